"""What our own people are told once a day, and what the forecast says will be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.cards.digest import LINES, digest
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Cause, Issue, Link, Status, Step
from flows.schedule.attention import owned, owners, todays_opening, worries
from flows.tenant.service_url import Environment
from flows.transitions.forecast import forecast
from flows.words import load_words
from tests.support.links import ACCOUNT, ADA, DENIED, ENDPOINT, KIM, NOW, RULES, SAM, a_link, report

WORDS = load_words()
OLD = NOW - timedelta(days=3)


def linked(**changes: object) -> Link:
    return a_link(step=Step.LINKED, status=Status.LINKED, linked=OLD, endpoint=ENDPOINT, account=ACCOUNT, **changes)


ISSUE = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=OLD, last_seen=NOW)
REFUSED = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)))
CASES = {
    "broken": linked(issue=ISSUE),
    "blocked": a_link(step=Step.GROUP, blocked="is_archived"),
    "gone": a_link(step=Step.GROUP, admin=replace(ADA, present=False)),
    "unlooked": linked(looked_at=NOW - timedelta(days=2)),
    "password": linked(expiry=Expiry(kind=ExpiryKind.POLICY, days=10, set_on=NOW.date())),
    "refused": a_link(step=Step.ACTIVATION, touched=OLD, trouble=REFUSED),
    "stalled": a_link(step=Step.GROUP, touched=OLD),
}
HEALTHY = (
    linked(),
    linked(looked_at=NOW - timedelta(days=2, seconds=-1)),
    linked(issue=replace(ISSUE, resolved=NOW)),
    linked(expiry=Expiry(kind=ExpiryKind.POLICY, days=90, set_on=NOW.date())),
    linked(expiry=Expiry(kind=ExpiryKind.EXEMPT)),
    a_link(step=Step.GROUP),
    a_link(step=Step.GROUP, touched=OLD, status=Status.PAUSED),
    a_link(step=Step.GROUP, touched=OLD, status=Status.CANCELLED),
)


def test_what_needs_somebody_is_listed_the_most_urgent_first() -> None:
    found = worries([*reversed(CASES.values()), *HEALTHY], NOW, RULES)
    assert [one.key for one in found] == list(CASES)
    text = digest(found, RULES, WORDS, NOW)
    assert len(text.splitlines()) == 1 + len(CASES)
    assert text.count("<#C1>") == len(CASES)


def test_silence_means_health() -> None:
    assert worries(HEALTHY, NOW, RULES) == ()
    assert digest((), RULES, WORDS, NOW) == ""


def test_each_owner_has_a_link_of_their_own_and_sees_no_other() -> None:
    mine = [a_link(id="a", step=Step.GROUP, touched=OLD), a_link(id="b", step=Step.GROUP, touched=OLD)]
    other = a_link(id="c", step=Step.GROUP, touched=OLD, owner=KIM, customer="Globex <b>")
    found = worries([*mine, other], NOW, RULES)
    told = owners(found)
    assert set(told) == {SAM.user_id, KIM.user_id}
    assert told[SAM.user_id] in {"a", "b"}
    assert told[KIM.user_id] == "c"
    assert owned([*mine, other], SAM.user_id) == mine
    text = digest(worries(owned([*mine, other], KIM.user_id), NOW, RULES), RULES, WORDS, NOW)
    assert "Acme" not in text
    assert "Globex &lt;b&gt;" in text, "escaped once"


def test_a_long_list_is_cut() -> None:
    found = worries([CASES["stalled"]] * (LINES + 3), NOW, RULES)
    assert digest(found, RULES, WORDS, NOW).endswith("and 3 more")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2027-03-01T08:00", "2027-03-01T09:00"),
        ("2027-03-01T23:59", "2027-03-01T09:00"),
        ("2027-03-06T12:00", None),
        ("2027-03-07T12:00", None),
    ],
)
def test_a_digest_is_due_on_working_days(now: str, opens: str | None) -> None:
    moment = todays_opening(datetime.fromisoformat(now).replace(tzinfo=UTC), RULES)
    assert moment == (datetime.fromisoformat(opens).replace(tzinfo=UTC) if opens else None)


def test_a_forecast_plays_the_ladders_without_changing_anything() -> None:
    link = a_link(step=Step.GROUP, touched=NOW)
    found = list(forecast(link, NOW, NOW + timedelta(days=60), RULES))
    days = [((one.at - NOW).days, one.to, one.to_staff) for one in found]
    assert days == [(1, ADA.user_id, False), (3, ADA.user_id, False), (7, ADA.user_id, False), (7, SAM.user_id, True)]
    assert {one.cause for one in found} == {Cause.STALLED}
    assert all(one.is_new for one in found)


def test_a_forecast_of_a_password_counts_edits_and_new_messages() -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 11, 23))
    link = linked(expiry=expiry, environment=Environment.PRODUCTION)
    link = replace(link, linked=NOW, touched=NOW, asked_at=NOW)
    found = list(forecast(link, NOW, NOW + timedelta(days=88), RULES))
    assert [one.is_new for one in found] == [True, True, False, True]
    assert list(forecast(link, NOW, NOW + timedelta(days=20), RULES)) == []


def test_a_forecast_of_a_healthy_link_is_empty() -> None:
    assert list(forecast(linked(expiry=Expiry(kind=ExpiryKind.EXEMPT)), NOW, NOW + timedelta(days=40), RULES)) == []


def test_a_forecast_that_never_ends_is_cut() -> None:
    link = linked(expiry=Expiry(kind=ExpiryKind.EXEMPT))
    assert list(forecast(link, NOW, NOW + timedelta(days=4000), RULES, most=50)) == []
