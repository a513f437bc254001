"""What our own people are told once a day, and what the forecast says will be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows import decide
from flows.cards.context import Scene
from flows.cards.staff.digest import digest, news
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking
from flows.link.effects import Denial
from flows.link.events import Action, Pressed, Woke
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Cause, Issue, Link, Status, Step
from flows.permissions import Way
from flows.schedule.attention import next_opening, todays_opening, worries, worry_of
from flows.tenant.service_url import Environment
from flows.transitions.forecast import forecast
from flows.words import load_words
from tests.support.links import ACCOUNT, ADA, DENIED, ENDPOINT, KEY, NOW, RULES, SAM, a_link, changed, report

WORDS = load_words()
OLD = NOW - timedelta(days=3)


def linked(**changes: object) -> Link:
    return a_link(step=Step.LINKED, status=Status.LINKED, linked=OLD, endpoint=ENDPOINT, account=ACCOUNT, **changes)


ISSUE = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=OLD, last_seen=NOW)
AWAY = Issue(reason=Reason.MAINTENANCE, first_seen=NOW - timedelta(hours=23), last_seen=NOW)
REFUSED = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)))
CASES = {
    "broken": linked(issue=ISSUE),
    "blocked": a_link(step=Step.GROUP, blocked="is_archived"),
    "gone": a_link(step=Step.GROUP, admin=replace(ADA, present=False)),
    "unlooked": linked(looked_at=NOW - timedelta(days=2), asked_at=NOW - timedelta(days=1)),
    "password": linked(expiry=Expiry(kind=ExpiryKind.POLICY, days=10, set_on=NOW.date())),
    "refused": a_link(step=Step.ACTIVATION, touched=OLD, trouble=REFUSED),
    "stalled": a_link(step=Step.GROUP, touched=OLD),
}
HEALTHY = (
    replace(changed(linked(), account=None), looked_at=NOW - timedelta(days=9)),
    linked(),
    linked(looked_at=NOW - timedelta(days=2, seconds=-1), asked_at=NOW),
    linked(looked_at=OLD, asked_at=OLD),
    linked(issue=replace(ISSUE, resolved=NOW)),
    linked(issue=AWAY),
    linked(expiry=Expiry(kind=ExpiryKind.POLICY, days=90, set_on=NOW.date())),
    linked(expiry=Expiry(kind=ExpiryKind.EXEMPT)),
    a_link(step=Step.GROUP),
    a_link(step=Step.GROUP, touched=OLD, status=Status.PAUSED),
    a_link(step=Step.GROUP, touched=OLD, status=Status.CANCELLED),
)


def read(links: Iterable[Link], now: datetime = NOW, *, is_new: bool = True, left: int = 0) -> str:
    """Read what a digest says of some links."""
    found = (
        news(Scene(link, RULES, WORDS, now), "https://x.slack.com/archives/C1/p1", is_new=is_new) for link in links
    )
    card = digest((one for one in found if one), WORDS, left)
    return card.text if card else ""


def test_a_workday_that_is_away_needs_somebody_after_a_day() -> None:
    found = worry_of(linked(issue=AWAY), NOW + timedelta(hours=1), RULES)
    assert found
    assert found.key == "broken"


def test_what_needs_somebody_is_listed_the_most_urgent_first() -> None:
    found = worries([*reversed(CASES.values()), *HEALTHY], NOW, RULES)
    assert [one.key for one in found] == list(CASES)
    text = read(CASES.values())
    assert len(text.splitlines()) == 2 + 2 * len(CASES), "a heading each, and a line and a move for each link"
    assert text.count("<#C1>") == len(CASES)


def test_a_clock_that_was_set_back_hides_no_link_that_nobody_could_look_at() -> None:
    looked = NOW - timedelta(days=2)
    found = worry_of(linked(looked_at=looked, asked_at=looked - timedelta(minutes=5)), NOW, RULES)
    assert found
    assert found.key == "unlooked"


def test_silence_means_health() -> None:
    assert worries(HEALTHY, NOW, RULES) == ()
    assert read(HEALTHY) == ""


def test_a_customers_name_is_escaped_once() -> None:
    assert "Globex &lt;b&gt;" in read([a_link(step=Step.GROUP, touched=OLD, customer="Globex <b>")])


def test_what_waits_for_another_day_is_counted() -> None:
    assert "3 more links have news" in read([CASES["stalled"]], left=3)


def test_every_line_has_an_age_a_move_and_the_way_to_the_thread() -> None:
    for key, link in CASES.items():
        text = read([link], is_new=False)
        assert "*Changed*" in text
        assert "*New*" not in text
        assert "archives/C1/p1|Open the thread" in text
        assert "→ " in text
        assert re.search(r"\d+ (day|hour|minute)", text), key


def test_a_worry_is_news_again_when_it_has_become_older_or_other() -> None:
    link = CASES["stalled"]

    def mark(now: datetime, changed: Link = link) -> str:
        worry = worry_of(changed, now, RULES)
        assert worry
        return worry.mark

    at = [mark(OLD + timedelta(days=days, hours=1)) for days in range(1, 10)]
    assert len(set(at)) == 3, "after a day, three and a week"
    assert mark(NOW) != mark(NOW, replace(link, touched=OLD - timedelta(days=1)))
    assert mark(NOW) != mark(NOW, CASES["refused"])
    password = CASES["password"]
    left = [mark(NOW + timedelta(days=days), password) for days in range(12)]
    assert len(set(left)) == 6, "with ten, seven, three and one day left, on the last and on the day after"


def test_what_has_ended_is_told_in_the_past() -> None:
    """Nobody reads of a Sunday on Monday that it is today."""
    password = CASES["password"]
    certificate = linked(way=Way.KEY, key=KEY, expiry=password.setup.expiry)
    for link, said in ((password, "password was to expire on"), (certificate, "certificate ended on")):
        assert "(today)" in read([link], now=NOW + timedelta(days=10))
        later = read([link], now=NOW + timedelta(days=11))
        assert said in later
        assert "(today)" not in later


def test_that_the_clock_asks_workday_at_the_moment_is_no_news() -> None:
    link = CASES["refused"]
    asking = changed(
        link, checking=Checking(id="l1.9", kind=CheckKind.PERMISSIONS, since=NOW, endpoints=(), by_hand=False)
    )
    before, meanwhile = (worry_of(one, NOW, RULES) for one in (link, asking))
    assert before
    assert meanwhile
    assert before.mark == meanwhile.mark
    assert read([asking]) == read([link])
    by_hand = changed(link, checking=Checking(id="l1.9", kind=CheckKind.PERMISSIONS, since=NOW, endpoints=()))
    assert "is being asked" in read([by_hand])


def test_a_mute_lasts_until_something_changes() -> None:
    link = CASES["stalled"]
    muted = decide(link, pressed(Action.MUTE), NOW, RULES).link
    assert muted.muted
    assert worries([muted], NOW, RULES) == ()
    assert worries([muted], NOW + timedelta(days=9), RULES) == (), "however old it becomes"
    assert read([muted]) == ""
    assert decide(muted, pressed(Action.MUTE), NOW, RULES).refusal == Denial(key="refusal.muted")
    assert decide(muted, pressed(Action.UNMUTE), NOW, RULES).link == link
    assert decide(link, pressed(Action.UNMUTE), NOW, RULES).refusal
    moved = replace(muted, touched=link.touched + timedelta(minutes=1))
    assert decide(moved, Woke(), NOW, RULES).link.muted == ""
    assert decide(moved, pressed(Action.MUTE), NOW, RULES).link.muted not in {"", muted.muted}, "it is another worry"
    assert decide(muted, Woke(), NOW, RULES).link.muted
    assert worries([replace(muted, blocked="is_archived")], NOW, RULES), "another worry is no muted one"


def test_what_is_well_cannot_be_muted() -> None:
    refused = decide(HEALTHY[0], pressed(Action.MUTE), NOW, RULES).refusal
    assert refused
    assert refused.key == "refusal.well"
    assert decide(CASES["stalled"], replace(pressed(Action.MUTE), actor=ADA), NOW, RULES).refusal


def pressed(action: Action) -> Pressed:
    return Pressed(actor=SAM, action=action, step=Step.GROUP, revision=1)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", ""])
def test_everybody_has_a_morning_of_their_own(zone: str) -> None:
    day = datetime(2027, 3, 1, 12, tzinfo=ZoneInfo(zone or "UTC"))
    opens = todays_opening(day, RULES, zone)
    assert opens == day.replace(hour=9)
    friday = day + timedelta(days=4)
    assert next_opening(friday, RULES, zone) == day.replace(hour=9) + timedelta(days=7)


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
    assert [one.is_new for one in found if not one.to_staff] == [True, True, False, True]
    assert not [one for one in found if one.to_staff], "it stands in their digest"
    assert list(forecast(link, NOW, NOW + timedelta(days=20), RULES)) == []


def test_a_forecast_of_a_healthy_link_is_empty() -> None:
    assert list(forecast(linked(expiry=Expiry(kind=ExpiryKind.EXEMPT)), NOW, NOW + timedelta(days=40), RULES)) == []


def test_a_forecast_that_never_ends_is_cut() -> None:
    link = linked(expiry=Expiry(kind=ExpiryKind.EXEMPT))
    assert list(forecast(link, NOW, NOW + timedelta(days=4000), RULES, most=50)) == []
