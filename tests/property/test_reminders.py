"""Reminders over any calendar: in working hours, once a day, never in a burst, never past the end by a snooze."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st

from flows.link.attempt import Recheck
from flows.link.effects import Show
from flows.link.events import Woke
from flows.link.rulebook import Rulebook
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Cause, Link, Person, Status, Step
from flows.schedule.office_hours import into_hours, local_day, waiting_on, zone_of
from flows.schedule.reminders import Snooze, ladder, next_due, snooze_until, turns_at
from flows.schedule.wakeups import next_wake
from flows.transitions.decide import decide
from tests.support.links import ADA, RULES, a_link

NAMES = sorted(available_timezones())
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
PEOPLE = st.one_of(st.sampled_from(NAMES), st.none(), st.text(max_size=20)).map(lambda zone: replace(ADA, zone=zone))
HOURS = st.tuples(st.integers(0, 22), st.integers(0, 59)).flatmap(
    lambda opens: st.tuples(st.just(time(*opens)), st.integers(opens[0] + 1, 23).map(time))
)
BOOKS = st.builds(
    lambda zone, hours: replace(RULES, zone=zone, opens=hours[0], closes=hours[1]), st.sampled_from(NAMES), HOURS
)


@st.composite
def links(draw: st.DrawFn) -> Link:
    """Draw a link that waits for somebody, in one of the ways there are."""
    since = draw(MOMENTS)
    kind = draw(st.sampled_from(("stalled", "paused", "activation", "password")))
    values = {"touched": since, "created": since, "admin": draw(PEOPLE)}
    if kind == "stalled":
        return a_link(step=Step.GROUP, **values)
    if kind == "paused":
        return a_link(step=Step.GROUP, status=Status.PAUSED, **values)
    if kind == "activation":
        recheck = Recheck(since=since, attempt=0, at=since + timedelta(days=4000))
        return a_link(step=Step.ACTIVATION, recheck=recheck, **values)
    set_on = since.date() - timedelta(days=draw(st.integers(0, 200)))
    expiry = Expiry(kind=ExpiryKind.POLICY, days=draw(st.integers(1, 3650)), set_on=set_on)
    return a_link(step=Step.LINKED, status=Status.LINKED, linked=since, expiry=expiry, **values)


def is_open(at: datetime, person: Person, rules: Rulebook) -> bool:
    """Tell whether a moment lies in working hours; a clock change may move an opening inside them."""
    local = at.astimezone(zone_of(person, rules))
    return local.weekday() < 5 and rules.opens <= local.time() < max(rules.closes, rules.opens)


@given(at=MOMENTS, person=PEOPLE, rules=BOOKS)
def test_a_moment_is_moved_forward_into_hours(at: datetime, person: Person, rules: Rulebook) -> None:
    moved = into_hours(at, person, rules)
    assert moved.tzinfo is UTC
    assert timedelta(0) <= moved - at <= timedelta(days=4)
    local = moved.astimezone(zone_of(person, rules))
    assert local.weekday() < 5
    # A clock change may skip the opening itself, in a few zones even past the closing.
    assert is_open(moved, person, rules) or local.time() >= rules.opens
    if is_open(at, person, rules):
        assert moved == at


@given(link=links(), rules=BOOKS)
def test_a_ladder_climbs_in_working_hours(link: Link, rules: Rulebook) -> None:
    for cause in Cause:
        rungs = ladder(link, cause, rules)
        assert list(rungs) == sorted(rungs)
        assert all(at.astimezone(zone_of(waiting_on(link), rules)).weekday() < 5 for at in rungs)


@given(link=links(), late=st.lists(st.timedeltas(timedelta(0), timedelta(days=30)), min_size=1, max_size=5))
def test_a_life_of_reminders(link: Link, late: list[timedelta]) -> None:
    told: list[date] = []
    for number in range(70):
        wake = next_wake(link, RULES)
        if wake is None or not next_due(link, RULES):
            break
        now = wake + late[number % len(late)]
        turns = turns_at(link, RULES)
        if wake == turns:
            # Nobody is reminded when what stands there is said in other words.
            decision = decide(link, Woke(), wake, RULES)
            assert [type(effect) for effect in decision.effects] == [Show]
            link = decision.link
            continue
        zone = zone_of(waiting_on(link), RULES)
        assert wake.astimezone(zone).weekday() < 5
        assert RULES.opens <= wake.astimezone(zone).time() < RULES.closes
        decision = decide(link, Woke(), now, RULES)
        if into_hours(now, waiting_on(link), RULES) > now:
            # Too late for today: it waits for the next opening.
            assert decision.effects == () or (turns and turns <= now)
            link, now = decision.link, into_hours(now, waiting_on(link), RULES)
            assert next_wake(link, RULES) == now
            decision = decide(link, Woke(), now, RULES)
        assert 1 <= len([effect for effect in decision.effects if isinstance(effect, Show)]) <= 2
        told.append(local_day(link, now, RULES))
        link = decision.link
        after = next_wake(link, RULES)
        assert after is None or after > now
        assert decide(link, Woke(), now, RULES).effects == ()
    assert len(told) == len(set(told))


@given(
    link=links(),
    choice=st.sampled_from(Snooze),
    wait=st.timedeltas(timedelta(0), timedelta(days=3700)),
)
def test_a_snooze_is_kept_to(link: Link, choice: Snooze, wait: timedelta) -> None:
    now = link.touched + wait
    until = snooze_until(choice, link, now, RULES)
    person = waiting_on(link)
    assert until > now
    assert is_open(until, person, RULES)
    due = link.setup.expiry.due if link.setup.expiry else None
    if due:
        tomorrow = into_hours(now + timedelta(days=1), person, RULES)
        assert local_day(link, until, RULES) <= max(due, local_day(link, tomorrow, RULES))
    snoozed = replace(link, snoozed_until=until, nudged=dict.fromkeys(Cause, now))
    reminded = next_due(snoozed, RULES)
    assert reminded
    assert reminded.at >= until
    assert local_day(link, reminded.at, RULES) == local_day(link, until, RULES)
    after = decide(snoozed, Woke(), reminded.at, RULES).link
    following = next_due(after, RULES)
    assert following is None or following.at > reminded.at
    unsnoozed = next_due(replace(after, snoozed_until=None), RULES)
    assert following == unsnoozed, "a snooze moves one reminder only"
