"""When a link wants attention: the ladders, working hours, snoozes, downtime, zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.cards.context import Scene
from flows.cards.reminder_card import nudge as reminder
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking, Recheck
from flows.link.effects import RunCheck, Show, TellStaff
from flows.link.events import Woke
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import standing
from flows.link.state import Cause, Issue, Link, Nudge, Outcome, Person, Status, Step
from flows.permissions import Way
from flows.schedule.office_hours import into_hours, local_day, waiting_on, zone_of
from flows.schedule.reminders import (
    AWAY_RECHECKS,
    LADDERS,
    RECHECKS,
    Snooze,
    cause_of,
    days_left,
    is_new_post,
    ladder,
    next_due,
    rung_at,
    snooze_until,
)
from flows.schedule.wakeups import next_health, next_wake
from flows.tenant.maintenance import next_change, next_refresh
from flows.tenant.service_url import Environment
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.links import ACCOUNT, ADA, ENDPOINT, NOW, RULES, SAM, SILENT, a_link, changed, report

WORDS = load_words()
YORK = ZoneInfo("America/New_York")
OPENING = datetime(2027, 3, 1, 9, 0, tzinfo=YORK).astimezone(UTC)  # a Monday
BROKEN = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=OPENING, last_seen=OPENING)
AWAY = conclude(report(CheckKind.PERMISSIONS, login=SILENT))
PERHAPS_AWAY = conclude(report(CheckKind.REACH, login={"http_status": 503}))
CHECKING = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))


def stalled(**changes: object) -> Link:
    return a_link(step=Step.GROUP, touched=OPENING, **changes)


def linked(due: date, *, set_on: date = date(2027, 1, 4), **changes: object) -> Link:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=(due - set_on).days, set_on=set_on)
    since = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)
    return a_link(step=Step.LINKED, status=Status.LINKED, expiry=expiry, linked=since, touched=since, **changes)


def waiting(since: datetime = OPENING, **changes: object) -> Link:
    recheck = Recheck(since=since, attempt=1, at=since + timedelta(seconds=30))
    return a_link(step=Step.ACTIVATION, touched=since, recheck=recheck, **changes)


def lived(link: Link, *, until: datetime, late: timedelta = timedelta(0)) -> tuple[list[tuple[datetime, int]], Link]:
    """Wake a link whenever it asks for it; gives when and at which rung it was reminded, in local time."""
    told: list[tuple[datetime, int]] = []
    link = changed(link, recheck=replace(link.attempt.recheck, at=until) if link.attempt.recheck else None)
    while (wake := next_wake(link, RULES)) and wake < until:
        now = wake + late
        before, link = link, decide(link, Woke(), now, RULES).link
        assert link.nudge
        # Saying the standing one in other words reminds nobody.
        if before.nudge and replace(link.nudge, at=before.nudge.at) == before.nudge:
            assert link.nudge.at == now
            continue
        told.append((now.astimezone(zone_of(waiting_on(link), RULES)), link.nudge.rung))
    return told, link


def test_the_ladders_are_what_was_asked_for() -> None:
    seconds = [wait.total_seconds() for wait in RECHECKS]
    assert seconds == [0, 30, 120, 600, 3600, 4 * 3600, 24 * 3600]
    assert [wait.total_seconds() for wait in AWAY_RECHECKS][4:] == [hour * 3600 for hour in range(1, 25)]
    told, _ = lived(linked(date(2027, 6, 4)), until=OPENING + timedelta(days=365))  # a Friday
    assert [(date(2027, 6, 4) - at.date()).days for at, _ in told] == [30, 14, 7, 3, 1, 0, -7, -14, -21, -28]
    assert [at.time() for at, _ in told] == [time(9)] * 10
    told, _ = lived(stalled(), until=OPENING + timedelta(days=60))
    assert [(at.date() - OPENING.date()).days for at, _ in told] == [1, 3, 7]
    told, _ = lived(stalled(status=Status.PAUSED), until=OPENING + timedelta(days=60))
    assert [(at.date() - OPENING.date()).days for at, _ in told] == [7, 21, 42]


def test_an_activation_is_brought_up_every_working_day() -> None:
    told, link = lived(waiting(), until=OPENING + timedelta(days=LADDERS[Cause.ACTIVATION].days[-1] + 9))
    days = [at.date() for at, _ in told]
    assert days == sorted(set(days))
    assert all(day.weekday() < 5 for day in days)
    assert len(days) >= 60
    assert link.nudge
    assert link.nudge.number == 0, "one message, edited"
    assert next_due(link, RULES) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2027-03-01 09:00", "2027-03-01 09:00"),
        ("2027-03-01 16:59", "2027-03-01 16:59"),
        ("2027-03-01 17:00", "2027-03-02 09:00"),
        ("2027-03-01 03:00", "2027-03-01 09:00"),
        ("2027-03-05 18:00", "2027-03-08 09:00"),
        ("2027-03-06 12:00", "2027-03-08 09:00"),
        ("2027-03-07 23:59", "2027-03-08 09:00"),
        ("2028-02-29 08:59", "2028-02-29 09:00"),
        ("2027-03-13 12:00", "2027-03-15 09:00"),  # summer time begins in between
        ("2027-11-06 12:00", "2027-11-08 09:00"),  # and ends
    ],
)
def test_a_moment_is_moved_into_working_hours(at: str, expected: str) -> None:
    moved = into_hours(datetime.fromisoformat(at).replace(tzinfo=YORK), ADA, RULES)
    assert moved.tzinfo is UTC
    assert moved.astimezone(YORK) == datetime.fromisoformat(expected).replace(tzinfo=YORK)


def test_an_opening_in_the_gap_of_a_clock_change_is_after_it() -> None:
    early = Rulebook(vendor="Wintro", permissions=RULES.permissions, opens=time(2, 30), closes=time(10))
    person = Person(user_id="U", zone="Africa/Cairo")  # clocks change on a Friday there
    moved = into_hours(datetime(2027, 4, 29, 23, 0, tzinfo=UTC), person, early)
    assert moved.astimezone(ZoneInfo("Africa/Cairo")).time() >= time(2, 30)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", None, "../etc/passwd", "\x00", "America", "x" * 400, "\ud800"])
@pytest.mark.parametrize(("fallback", "expected"), [("Europe/Berlin", "Europe/Berlin"), ("Nowhere", "UTC")])
def test_a_zone_nobody_knows_falls_back(zone: str | None, fallback: str, expected: str) -> None:
    rules = replace(RULES, zone=fallback)
    assert zone_of(Person(user_id="U", zone=zone), rules) == ZoneInfo(expected)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (date(2027, 6, 4), [30, 14, 7, 3, 1, 0]),  # Friday
        (date(2027, 6, 5), [30, 12, 5, 3, 1]),  # Saturday: the day itself is told on Friday
        (date(2027, 6, 6), [30, 13, 6, 3, 2]),  # Sunday: the last two fall together on Friday
        (date(2027, 6, 7), [28, 14, 7, 3, 0]),  # Monday
    ],
)
def test_a_password_reminder_comes_before_the_end_even_on_a_weekend(due: date, days: list[int]) -> None:
    told, link = lived(linked(due), until=OPENING + timedelta(days=365))
    assert [left for at, _ in told if (left := (due - at.date()).days) >= 0] == days
    assert all(at.weekday() < 5 for at, _ in told)
    assert link.nudge
    assert link.nudge.rung == 9


@pytest.mark.parametrize("cause", [Cause.PASSWORD, Cause.CERTIFICATE])
def test_a_day_that_is_over_is_not_spoken_of_as_ahead(cause: Cause) -> None:
    """Nobody looks at a link whose credentials are forgotten, so nothing else would draw its reminder anew."""
    way = Way.KEY if cause is Cause.CERTIFICATE else Way.PASSWORD
    friday = date(2027, 6, 4)
    link = linked(friday, account=replace(ACCOUNT, secret=None), way=way)
    sent = datetime(2027, 6, 4, 14, 0, tzinfo=UTC)
    link = replace(
        link, nudge=Nudge(cause=cause, number=2, rung=LADDERS[cause].days.index(0), at=sent), nudged={cause: sent}
    )
    midnight = datetime(2027, 6, 5, 4, 0, tzinfo=UTC)  # in New York
    assert next_wake(link, RULES) == midnight
    early = Scene(link, RULES, WORDS, midnight - timedelta(seconds=1))
    assert "that day" in reminder(early, 2).text
    decision = decide(link, Woke(), midnight, RULES)
    assert decision.effects == (Show(slot="nudge.2"),)
    assert "has stopped or is about to" in reminder(Scene(decision.link, RULES, WORDS, midnight), 2).text
    assert (wake := next_wake(decision.link, RULES))
    assert wake > midnight
    # Whoever was off until the next rung reminds, and once.
    late = datetime(2027, 6, 11, 15, 0, tzinfo=UTC)
    reminded = decide(link, Woke(), late, RULES)
    assert reminded.link.nudge
    assert (reminded.link.nudge.at, LADDERS[cause].days[reminded.link.nudge.rung]) == (late, 7)
    assert [one for one in reminded.effects if isinstance(one, Show)] == [Show(slot="nudge.2")]


def test_no_working_day_is_left_before_the_end() -> None:
    saturday = datetime(2027, 6, 5, 15, 0, tzinfo=UTC)
    link = linked(date(2027, 6, 6), set_on=date(2027, 6, 4))
    link = replace(link, linked=saturday, touched=saturday)
    due = next_due(link, RULES)
    assert due
    assert due.at.astimezone(YORK).date() == date(2027, 6, 7)


@pytest.mark.parametrize(
    ("link", "cause"),
    [
        (stalled(), Cause.STALLED),
        (stalled(status=Status.PAUSED), Cause.STALLED),
        (waiting(), Cause.ACTIVATION),
        (waiting(status=Status.PAUSED), Cause.STALLED),
        (linked(date(2027, 6, 4)), Cause.PASSWORD),
        (changed(linked(date(2027, 6, 4)), expiry=None), None),
        (changed(linked(date(2027, 6, 4)), expiry=Expiry(kind=ExpiryKind.EXEMPT)), None),
        (changed(linked(date(2027, 6, 4)), expiry=Expiry(kind=ExpiryKind.UNKNOWN)), Cause.EXPIRY),
        (linked(date(2027, 6, 4), issue=BROKEN), Cause.BROKEN),
        (linked(date(2027, 6, 4), issue=replace(BROKEN, resolved=NOW)), Cause.PASSWORD),
        (linked(date(2027, 6, 4), issue=replace(BROKEN, reason=Reason.MAINTENANCE)), Cause.PASSWORD),
        (waiting(trouble=AWAY), None),
        (waiting(trouble=PERHAPS_AWAY), Cause.STALLED),
        (stalled(status=Status.CANCELLED), None),
        (stalled(blocked="is_archived"), None),
        (linked(date(2027, 6, 4), blocked="is_archived"), None),
    ],
)
def test_a_link_has_at_most_one_cause(link: Link, cause: Cause | None) -> None:
    assert cause_of(link) is cause
    assert (next_due(link, RULES) is None) == (cause is None)


def test_a_ladder_of_a_password_without_a_date_is_empty() -> None:
    assert ladder(stalled(), Cause.PASSWORD, RULES) == ()


@pytest.mark.parametrize("days", [10, 30, 400])
@pytest.mark.parametrize("link", [stalled(), stalled(status=Status.PAUSED), waiting(), linked(date(2027, 4, 8))])
def test_time_switched_off_gives_one_reminder(link: Link, days: int) -> None:
    wake = next_wake(link, RULES)
    assert wake
    now = into_hours(wake + timedelta(days=days), ADA, RULES)
    link = changed(
        link, recheck=replace(link.attempt.recheck, at=now + timedelta(hours=1)) if link.attempt.recheck else None
    )
    woken = decide(link, Woke(), now, RULES)
    assert woken.link.nudge
    assert woken.link.nudge.at == now
    again = decide(woken.link, Woke(), now, RULES)
    assert again.effects == ()
    after = next_due(woken.link, RULES)
    assert after is None or local_day(link, after.at, RULES) > local_day(link, now, RULES)


@pytest.mark.parametrize(
    ("link", "days"), [(stalled(), 30), (linked(date(2027, 4, 8)), 90), (waiting(), 20)], ids=["week", "end", "weeks"]
)
def test_staff_take_over_once_even_after_downtime(link: Link, days: int) -> None:
    link = changed(
        link, recheck=replace(link.attempt.recheck, at=NOW.replace(year=2030)) if link.attempt.recheck else None
    )
    now = into_hours(OPENING + timedelta(days=days), ADA, RULES)
    woken = decide(link, Woke(), now, RULES)
    assert [type(effect) for effect in woken.effects].count(TellStaff) == 1
    later = into_hours(now + timedelta(days=3), ADA, RULES)
    snoozed = replace(woken.link, snoozed_until=later)
    repeated = decide(snoozed, Woke(), later, RULES)
    assert repeated.link.nudge != snoozed.nudge
    assert not [effect for effect in repeated.effects if isinstance(effect, TellStaff)]


def test_two_nudges_for_one_cause_never_fall_on_one_day() -> None:
    sent = OPENING + timedelta(days=1)
    link = stalled(nudged={Cause.STALLED: sent}, snoozed_until=sent + timedelta(hours=2))
    due = next_due(link, RULES)
    assert due
    assert local_day(link, due.at, RULES) > local_day(link, sent, RULES)


def test_nobody_is_reminded_while_workday_is_asked() -> None:
    assert next_due(stalled(checking=CHECKING), RULES) is None
    assert next_wake(waiting(checking=CHECKING), RULES) is None


@pytest.mark.parametrize(
    ("choice", "now", "expected"),
    [
        (Snooze.DAY, "2027-03-01 10:00", "2027-03-02 09:00"),
        (Snooze.DAY, "2027-03-05 10:00", "2027-03-08 09:00"),
        (Snooze.THREE_DAYS, "2027-03-01 10:00", "2027-03-04 09:00"),
        (Snooze.MONDAY, "2027-03-01 10:00", "2027-03-08 09:00"),
        (Snooze.MONDAY, "2027-03-07 23:00", "2027-03-08 09:00"),
        (Snooze.MONDAY, "2027-03-12 10:00", "2027-03-15 09:00"),  # over the change to summer time
    ],
)
def test_a_snooze_ends_in_working_hours(choice: Snooze, now: str, expected: str) -> None:
    until = snooze_until(choice, stalled(), datetime.fromisoformat(now).replace(tzinfo=YORK), RULES)
    assert until.astimezone(YORK) == datetime.fromisoformat(expected).replace(tzinfo=YORK)


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (date(2027, 6, 4), "2027-06-01 10:00", "2027-06-04 09:00"),
        (date(2027, 6, 5), "2027-06-01 10:00", "2027-06-04 09:00"),
        (date(2027, 6, 6), "2027-06-01 10:00", "2027-06-04 09:00"),
        (date(2027, 6, 4), "2027-06-04 10:00", "2027-06-07 09:00"),
        (date(2027, 7, 4), "2027-06-01 10:00", "2027-06-07 09:00"),
    ],
)
def test_a_snooze_never_passes_the_last_working_day_of_a_password(due: date, now: str, expected: str) -> None:
    until = snooze_until(Snooze.MONDAY, linked(due), datetime.fromisoformat(now).replace(tzinfo=YORK), RULES)
    assert until.astimezone(YORK) == datetime.fromisoformat(expected).replace(tzinfo=YORK)


def test_a_snooze_moves_one_reminder_only() -> None:
    sent = OPENING + timedelta(days=1)
    until = OPENING + timedelta(days=2)
    link = stalled(nudged={Cause.STALLED: sent}, snoozed_until=until)
    told, _ = lived(link, until=OPENING + timedelta(days=60))
    assert [(at.date() - OPENING.date()).days for at, _ in told] == [2, 3, 7]


def test_a_move_during_a_snooze_begins_anew_but_not_before_its_end() -> None:
    moved = OPENING + timedelta(hours=3)
    link = replace(stalled(nudged={Cause.STALLED: OPENING}, snoozed_until=OPENING + timedelta(days=2)), touched=moved)
    told, _ = lived(link, until=OPENING + timedelta(days=60))
    assert [(at.date() - OPENING.date()).days for at, _ in told] == [2, 3, 7]
    link = replace(link, touched=OPENING + timedelta(days=1, hours=23))
    due = next_due(link, RULES)
    assert due
    assert due.at > OPENING + timedelta(days=2)


def test_a_changed_password_ends_a_snooze() -> None:
    link = linked(date(2027, 6, 4), set_on=date(2027, 3, 1), snoozed_until=OPENING + timedelta(days=7))
    due = next_due(link, RULES)
    assert due
    assert local_day(link, due.at, RULES) == date(2027, 5, 5)


@pytest.mark.parametrize("days", [1, 14, 30, 3650])
def test_a_password_set_today_is_not_brought_up_today(days: int) -> None:
    today = OPENING.date()
    link = linked(today + timedelta(days=days), set_on=today)
    due = next_due(replace(link, linked=OPENING, touched=OPENING), RULES)
    assert due
    assert local_day(link, due.at, RULES) > today


@pytest.mark.parametrize(
    ("standing", "cause", "rung", "is_new"),
    [
        (None, Cause.STALLED, 0, True),
        (Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW, outcome=Outcome.MOVED), Cause.ACTIVATION, 1, True),
        (Nudge(cause=Cause.ACTIVATION, number=0, rung=0, at=NOW), Cause.STALLED, 0, True),
        (Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW), Cause.STALLED, 1, True),
        (Nudge(cause=Cause.ACTIVATION, number=0, rung=0, at=NOW), Cause.ACTIVATION, 1, False),
        (Nudge(cause=Cause.PASSWORD, number=0, rung=0, at=NOW), Cause.PASSWORD, 1, True),
        (Nudge(cause=Cause.PASSWORD, number=0, rung=1, at=NOW), Cause.PASSWORD, 2, False),
        (Nudge(cause=Cause.PASSWORD, number=0, rung=2, at=NOW), Cause.PASSWORD, 3, True),
        (Nudge(cause=Cause.PASSWORD, number=0, rung=3, at=NOW), Cause.PASSWORD, 4, False),
        (Nudge(cause=Cause.PASSWORD, number=0, rung=4, at=NOW), Cause.PASSWORD, 5, True),
        # The app was away on a day that would have been worth a message.
        (Nudge(cause=Cause.BROKEN, number=0, rung=1, at=NOW), Cause.BROKEN, 3, True),
        (Nudge(cause=Cause.BROKEN, number=0, rung=2, at=NOW), Cause.BROKEN, 3, False),
    ],
)
def test_only_some_reminders_are_new_messages(standing: Nudge | None, cause: Cause, rung: int, *, is_new: bool) -> None:
    assert is_new_post(stalled(nudge=standing), cause, rung) is is_new


def test_a_rung_counts_what_has_come() -> None:
    assert rung_at(stalled(), Cause.STALLED, OPENING, RULES) == 0
    assert rung_at(stalled(), Cause.STALLED, OPENING + timedelta(days=1), RULES) == 0
    assert rung_at(stalled(), Cause.STALLED, OPENING + timedelta(days=3), RULES) == 1
    assert rung_at(stalled(), Cause.STALLED, OPENING + timedelta(days=99), RULES) == 2


def test_days_are_counted_in_the_readers_calendar() -> None:
    link = linked(date(2027, 6, 4))
    late_evening = datetime(2027, 6, 4, 2, 0, tzinfo=UTC)  # still the third in New York
    assert days_left(link, late_evening, RULES) == 1
    assert days_left(replace(link, admin=SAM), late_evening, RULES) == 0
    assert days_left(link, late_evening + timedelta(days=9), RULES) == -8
    assert days_left(changed(link, expiry=None), late_evening, RULES) is None
    assert days_left(changed(link, expiry=Expiry(kind=ExpiryKind.UNKNOWN)), late_evening, RULES) is None


def test_the_clock_asks_workday_only_for_open_links() -> None:
    since = OPENING + timedelta(seconds=30)
    assert next_wake(waiting(), RULES) == since
    for changes in ({"blocked": "is_archived"}, {"status": Status.CANCELLED}, {"checking": CHECKING}):
        assert next_wake(waiting(**changes), RULES) is None
    paused = next_wake(waiting(status=Status.PAUSED), RULES)
    assert paused
    assert paused > since + timedelta(days=6)


@pytest.mark.parametrize(
    ("link", "word"),
    [
        (stalled(status=Status.PAUSED), "paused"),
        (a_link(admin=None), "admin"),
        (a_link(), "start"),
        (stalled(), "group"),
    ],
)
def test_what_a_link_waits_for_has_a_name(link: Link, word: str) -> None:
    assert standing(link, OPENING).waits == word


def test_the_owner_is_reminded_until_there_is_an_admin() -> None:
    assert waiting_on(a_link(admin=None)) == SAM
    assert waiting_on(a_link()) == ADA


def test_what_does_not_work_is_brought_up_at_once_and_then_less_and_less() -> None:
    link = linked(date(2027, 12, 1), issue=BROKEN)
    told, after = lived(link, until=OPENING + timedelta(days=90))
    assert [(at.date() - OPENING.date()).days for at, _ in told] == [0, 1, 3, 7, 14, 21, 28]
    assert after.nudge
    assert after.nudge.number == 1, "posted on the first day and the third, edited on the others"


def test_whoever_stands_in_is_told_when_the_owner_does_not_react() -> None:
    rules = replace(RULES, backup="U0KIM")
    link = linked(date(2027, 12, 1), issue=BROKEN)
    told: list[tuple[int, str]] = []
    while (due := next_due(link, rules)) is not None and due.cause is Cause.BROKEN:
        decision = decide(link, Woke(), due.at, rules)
        days = (local_day(link, due.at, rules) - OPENING.date()).days
        told += [(days, effect.to) for effect in decision.effects if isinstance(effect, TellStaff)]
        link = decision.link
    assert told == [(3, SAM.user_id), (7, "U0KIM")]


def test_an_unknown_end_is_asked_about_once_a_month_for_a_year() -> None:
    link = changed(linked(date(2027, 6, 4)), expiry=Expiry(kind=ExpiryKind.UNKNOWN), touched=OPENING)
    told, _ = lived(link, until=OPENING + timedelta(days=800))
    assert len(told) == 12
    assert all(at.weekday() < 5 for at, _ in told)
    assert 30 <= (told[0][0].date() - OPENING.date()).days <= 32


def healthy(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    link = changed(linked(date(2027, 6, 4)), endpoint=ENDPOINT, account=ACCOUNT, asked_at=OPENING)
    return changed(link, **{"expiry": Expiry(kind=ExpiryKind.EXEMPT), **changes})


def test_a_healthy_link_is_looked_at_once_a_day_at_an_hour_of_its_own() -> None:
    link, hours = healthy(), set[int]()
    for number in range(40):
        one = replace(link, id=f"l{number}")
        moment = next_health(one)
        assert moment
        assert timedelta(hours=12) < moment - OPENING <= timedelta(hours=36)
        after = next_health(replace(one, asked_at=moment))
        assert after == moment + timedelta(days=1)
        hours.add(moment.hour)
    assert len(hours) > 12


def test_a_quiet_look_shows_nothing_and_blocks_nobody() -> None:
    link = healthy()
    moment = next_wake(link, RULES)
    assert moment
    assert decide(link, Woke(), moment - timedelta(seconds=1), RULES).effects == ()
    looking = decide(link, Woke(), moment, RULES)
    assert [type(effect) for effect in looking.effects] == [RunCheck]
    assert looking.link.revision == link.revision
    assert looking.link.is_asked_quietly


@pytest.mark.parametrize(
    "changes",
    [
        {"account": replace(ACCOUNT, proved=False)},
        {"account": replace(ACCOUNT, secret=None)},
        {"account": None},
        {"blocked": "is_archived"},
        {"checking": CHECKING},
        {"status": Status.CANCELLED},
    ],
)
def test_what_workday_refused_is_never_tried_by_the_clock(changes: dict[str, object]) -> None:
    assert next_health(healthy(**changes)) is None


def test_a_copied_sandbox_and_a_release_are_looked_at_first() -> None:
    friday = datetime(2027, 3, 5, 20, 0, tzinfo=UTC)
    link = healthy(environment=Environment.SANDBOX, asked_at=friday)
    copied = datetime(2027, 3, 6, 6, 0, tzinfo=ZoneInfo("America/Los_Angeles"))
    moments = [next_health(replace(link, id=f"l{number}")) for number in range(30)]
    assert all(moment and moment <= copied + timedelta(minutes=30) for moment in moments)
    assert any(moment and moment >= copied for moment in moments)
    assert next_change(Environment.SANDBOX, friday) == copied
    release = next_change(Environment.PRODUCTION, friday)
    assert release
    assert release.astimezone(ZoneInfo("America/Los_Angeles")) == datetime(
        2027, 3, 13, 18, 0, tzinfo=ZoneInfo("America/Los_Angeles")
    )
    assert next_change(Environment.PRODUCTION, release) == datetime(2027, 9, 12, 1, 0, tzinfo=UTC)


def test_a_calendar_is_asked_about_no_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_refresh(Environment.SANDBOX, datetime(2027, 3, 5, 20))  # noqa: DTZ001  that is what is refused


def test_while_workday_is_away_it_is_looked_for_hourly() -> None:
    away = Issue(reason=Reason.NOT_ANSWERING, first_seen=OPENING, last_seen=OPENING)
    assert next_health(healthy(issue=away)) == OPENING + timedelta(hours=1)


def test_a_reminder_waits_for_a_fresh_answer_of_workday() -> None:
    link = changed(linked(date(2027, 4, 8)), endpoint=ENDPOINT, account=ACCOUNT, asked_at=OPENING)
    due = next_due(link, RULES)
    assert due
    asked = decide(link, Woke(), due.at, RULES)
    assert [type(effect) for effect in asked.effects] == [RunCheck]
    fresh = replace(link, asked_at=due.at)
    told = decide(fresh, Woke(), due.at + timedelta(minutes=1), RULES)
    assert [type(effect).__name__ for effect in told.effects] == ["Show", "LookUp"]


def test_an_admin_who_is_gone_is_replaced_by_the_owner() -> None:
    link = stalled(admin=replace(ADA, present=False))
    assert waiting_on(link) == SAM
    assert standing(link, OPENING).waits == "gone"
