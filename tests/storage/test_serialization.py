from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from flows.diagnosis.findings import Finding, RowVerdict
from flows.diagnosis.observations import Observation
from flows.link.attempt import Attempt, Checking, Recheck
from flows.link.setup import Account, ApiAccess, Expiry, Setup
from flows.link.state import Cause, Last, Link, Nudge, Person
from flows.tenant.service_url import Endpoint
from storage.serialization import LINKS

# Types built from their hints; only these need a rule of their own.
moments = st.datetimes(timezones=st.just(UTC))
endpoints = st.builds(
    Endpoint,
    host=st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True),
    tenant=st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True),
)
maybe = st.none().__or__
observations = st.builds(Observation, http_status=maybe(st.integers()), fault_text=st.text())
findings = st.builds(Finding, rows=st.lists(st.builds(RowVerdict), max_size=3).map(tuple), evidence=maybe(observations))
setups = st.builds(
    Setup,
    endpoint=maybe(endpoints),
    account=maybe(st.builds(Account, proved=..., candidate=...)),
    expiry=maybe(st.builds(Expiry, days=..., set_on=...)),
    ticked=...,
    policy_needed=...,
    api=maybe(st.builds(ApiAccess, proved=...)),
    matrix=maybe(findings),
    burnt=...,
)
attempts = st.builds(
    Attempt,
    offer=maybe(endpoints),
    checking=maybe(
        st.builds(Checking, since=moments, endpoints=st.lists(endpoints, max_size=2).map(tuple), secrets=...)
    ),
    trouble=maybe(findings),
    before=...,
    help=...,
    recheck=maybe(st.builds(Recheck, since=moments, at=moments)),
)
links = st.builds(
    Link,
    setup=setups,
    previous=maybe(setups),
    attempt=attempts,
    owner=st.builds(Person, zone=maybe(st.text())),
    admin=maybe(st.builds(Person)),
    created=moments,
    touched=moments,
    status=...,
    step=...,
    revision=...,
    cards=...,
    cooling_until=maybe(moments),
    nudge=maybe(st.builds(Nudge, at=moments, over=...)),
    nudged=st.dictionaries(st.sampled_from(Cause), moments),
    snoozed_until=maybe(moments),
    last=maybe(st.builds(Last, at=moments, names=...)),
    linked=maybe(moments),
    blocked=...,
)


@given(links)
def test_any_link_comes_back_as_it_was(link: Link) -> None:
    assert LINKS.read(LINKS.write(link)) == link
