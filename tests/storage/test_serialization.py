from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.diagnosis.findings import Finding, RowVerdict
from flows.diagnosis.observations import Observation
from flows.link.attempt import Attempt, Checking, Recheck
from flows.link.setup import Account, ApiAccess, Expiry, Setup
from flows.link.state import Cause, Last, Link, Nudge, Outcome, Person
from flows.tenant.service_url import Endpoint
from storage.serialization import EFFECTS, LINKS, StoredValueError, read_effect, write_effect
from tests.support.links import ACCOUNT, ENDPOINT, a_link

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
    nudge=maybe(st.builds(Nudge, at=moments, outcome=...)),
    nudged=st.dictionaries(st.sampled_from(Cause), moments),
    snoozed_until=maybe(moments),
    last=maybe(st.builds(Last, at=moments, names=...)),
    linked=maybe(moments),
    blocked=...,
)


@given(links)
def test_any_link_comes_back_as_it_was(link: Link) -> None:
    assert LINKS.read(LINKS.write(link)) == link


def only_what(old: Any, new: Any) -> Any:  # noqa: ANN401  JSON
    """Leave out of a value the fields that came later."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {name: only_what(old[name], value) for name, value in new.items() if name in old}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [only_what(*pair) for pair in zip(old, new, strict=True)]
    return new


FIRST = Path(__file__).parent / "documents" / "first_schema"


@pytest.mark.parametrize("path", sorted(FIRST.glob("*.json")), ids=lambda path: path.stem)
def test_a_link_of_the_first_schema_is_read_with_all_it_says(path: Path) -> None:
    old = json.loads(path.read_text("utf-8"))
    link = LINKS.read(path.read_text("utf-8"))
    assert LINKS.read(LINKS.write(link)) == link
    now = json.loads(LINKS.write(link))
    assert now["schema"] == 3
    flat = {**now["value"], **now["value"]["setup"], **now["value"]["attempt"], "kept": now["value"]["previous"]}
    if old["nudge"]:
        assert bool(flat["nudge"].pop("outcome")) is old["nudge"].pop("over")
    assert only_what(old, flat) == old


@pytest.mark.parametrize(("over", "outcome"), [(True, Outcome.UNKNOWN), (False, None)])
def test_of_a_reminder_of_an_earlier_schema_that_is_over_nobody_knows_the_outcome(
    *, over: bool, outcome: Outcome | None
) -> None:
    nudge = Nudge(cause=Cause.STALLED, number=1, rung=0, at=a_link().touched, outcome=outcome)
    link = a_link(nudge=nudge)
    whole = stored(link)
    del whole["value"]["nudge"]["outcome"]
    whole["value"]["nudge"]["over"] = over
    assert LINKS.read(json.dumps({**whole, "schema": 2})) == link


@pytest.mark.parametrize("kind", sorted(EFFECTS))
def test_an_effect_of_the_first_schema_is_read_with_all_it_says(kind: str) -> None:
    text = (FIRST / "effects" / f"{kind}.json").read_text("utf-8")
    effect = read_effect(kind, text)
    now = json.loads(write_effect(effect)[1])
    assert now["schema"] == 1
    assert is_kept(json.loads(text), now["value"])
    assert read_effect(*write_effect(effect)) == effect
    more = json.dumps({"schema": 1, "value": {**json.loads(text), "new": "x"}})
    assert read_effect(kind, more) == effect


def is_kept(old: Any, new: Any) -> bool:  # noqa: ANN401  JSON
    """Tell whether all of `old` stands in `new`, which may say more."""
    if isinstance(old, dict):
        return all(name in new and is_kept(value, new[name]) for name, value in old.items())
    return bool(old == new)


def stored(link: Link, **more: object) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(LINKS.write(link))
    return {**whole, "value": {**whole["value"], **more}}


def test_what_only_a_newer_release_knows_is_kept_where_it_stands() -> None:
    link = a_link(account=ACCOUNT, endpoint=ENDPOINT)
    whole = stored(link, colour="red")
    whole["value"]["setup"] |= {"region": "eu"}
    whole["value"]["setup"]["account"] |= {"level": 3}
    whole["value"]["owner"] |= {"nick": "sam"}
    text = json.dumps(whole)
    read, rest = LINKS.read_with_rest(text)
    assert read == link
    assert rest == text
    changed = LINKS.write(replace(read, revision=2, setup=replace(read.setup, endpoint=None)), over=rest)
    again = json.loads(changed)["value"]
    assert (again["revision"], again["colour"], again["owner"]["nick"]) == (2, "red", "sam")
    assert (again["setup"]["endpoint"], again["setup"]["region"], again["setup"]["account"]["level"]) == (None, "eu", 3)
    other = replace(read, setup=replace(read.setup, account=replace(ACCOUNT, user_name="ISU_Other")))
    account = json.loads(LINKS.write(other, over=rest))["value"]["setup"]["account"]
    assert "level" not in account, "what was known of one account says nothing of another"
    assert LINKS.read_with_rest(LINKS.write(link)) == (link, None)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({**stored(a_link()), "schema": 4}),
        json.dumps({**stored(a_link()), "schema": "canary"}),
        json.dumps({"schema": 3, "value": ["canary"]}),
        json.dumps(stored(a_link(), revision="canary")),
        '["canary"]',
        '{"canary": ',
    ],
)
def test_what_this_release_cannot_read_is_said_without_a_value(text: str) -> None:
    with pytest.raises(StoredValueError) as caught:
        LINKS.read(text)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
