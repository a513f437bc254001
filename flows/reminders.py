"""When a link wants attention next, and why: ladders as data and one pure function over them; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flows.permissions import Permissions
from flows.state import Cause, Link, Person, Status, Step

RECHECKS = (
    timedelta(0),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    *(timedelta(hours=hour) for hour in range(1, 25)),
)
"""How long after the failed activation Workday is asked again without anybody pressing anything."""

STALLED = (1, 3, 7)
"""Days after the last move on which a waiting link is brought up; after the last one staff take over."""

PAUSED = (7, 21, 42)
"""The same for a link that somebody paused on purpose."""

ACTIVATION = tuple(range(1, 15))
"""Days after the first failed check on which whoever must activate is reminded."""

PASSWORD = (30, 14, 7, 3, 1, 0)
"""Days before the password ends."""

PASSWORD_NEW_POST = frozenset({30, 14, 3, 0})
"""Rungs that are worth a new message; the others edit the one that stands there."""


class Snooze(StrEnum):
    """What the snooze button offers."""

    DAY = "day"
    THREE_DAYS = "three_days"
    MONDAY = "monday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What decisions need to know beyond the link: the vendor's name, its profiles, the fallback calendar.

    `opens` and `closes` are local times of working days; `zone` serves people whose own zone is unknown.
    """

    vendor: str
    permissions: Permissions
    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next reminder: its reason, its rung on the ladder, the moment it is sent, a new post or an edit."""

    cause: Cause
    rung: int
    at: datetime
    new_post: bool


def waiting_on(link: Link) -> Person:
    """Name the person whose move it is."""
    return link.admin or link.owner


def into_hours(at: datetime, person: Person, rules: Rulebook) -> datetime:
    """Move a moment to the person's next working hour: Monday to Friday, `opens` to `closes`.

    Returns UTC. A local time that a clock change skips is read as the moment after the gap.
    """
    zone = ZoneInfo(person.zone or rules.zone)
    local = at.astimezone(zone)
    if local.time() >= rules.closes:
        local = _opening(local + timedelta(days=1), rules)
    elif local.time() < rules.opens:
        local = _opening(local, rules)
    while local.weekday() > 4:  # noqa: PLR2004  Saturday is 5
        local = _opening(local + timedelta(days=1), rules)
    return local.astimezone(ZoneInfo("UTC"))


def _opening(local: datetime, rules: Rulebook) -> datetime:
    return datetime.combine(local.date(), rules.opens, tzinfo=local.tzinfo)


def snooze_until(choice: Snooze, link: Link, now: datetime, rules: Rulebook) -> datetime:
    """Turn a snooze into a moment in working hours, never past the day the password ends."""
    person = waiting_on(link)
    local = now.astimezone(ZoneInfo(person.zone or rules.zone))
    days = {Snooze.DAY: 1, Snooze.THREE_DAYS: 3, Snooze.MONDAY: 7 - local.weekday()}[choice]
    until = into_hours(_opening(local + timedelta(days=days), rules), person, rules)
    end = _password_moment(link, 0, rules) if link.status is Status.LINKED else None
    return min(until, into_hours(end, person, rules)) if end else until


def next_due(link: Link, rules: Rulebook) -> Due | None:
    """Work out the next reminder from the state alone.

    A reminder is the first rung after the last one that was sent, so time spent switched off gives one
    reminder and not a burst; two never fall on one of the person's days.
    """
    cause = cause_of(link)
    if cause is None:
        return None
    person = waiting_on(link)
    sent = link.nudged.get(cause)
    base = link.recheck.since if cause is Cause.ACTIVATION and link.recheck else link.touched
    after = max(sent, base) if sent else base
    rungs = ladder(link, cause, rules)
    rest = [(rung, at) for rung, at in enumerate(rungs) if at > after]
    if link.snoozed_until and link.snoozed_until > after:
        rung = max(len(rungs) - len(rest) - 1, 0)
        later = [(number, at) for number, at in rest if at > link.snoozed_until]
        rest = [(rung, link.snoozed_until), *later]
    if not rest:
        return None
    rung, at = rest[0]
    at = into_hours(at, person, rules)
    if sent and sent >= base:
        zone = ZoneInfo(person.zone or rules.zone)
        tomorrow = _opening(sent.astimezone(zone) + timedelta(days=1), rules)
        at = max(at, into_hours(tomorrow, person, rules))
    return Due(cause=cause, rung=rung, at=at, new_post=_is_new_post(link, cause, rung))


def cause_of(link: Link) -> Cause | None:
    """Tell what this link would be reminded about, if anything."""
    if link.blocked:
        return None
    if link.status is Status.LINKED:
        return Cause.PASSWORD if link.expiry and link.expiry.due else None
    if link.status is Status.CANCELLED:
        return None
    if link.status is Status.ACTIVE and link.recheck:
        return Cause.ACTIVATION
    return Cause.STALLED


def ladder(link: Link, cause: Cause, rules: Rulebook) -> tuple[datetime, ...]:
    """List the moments of a ladder, before working hours are applied."""
    if cause is Cause.PASSWORD:
        moments = (_password_moment(link, days, rules) for days in PASSWORD)
        return tuple(at for at in moments if at)
    if cause is Cause.ACTIVATION and link.recheck:
        return tuple(link.recheck.since + timedelta(days=days) for days in ACTIVATION)
    days = PAUSED if link.status is Status.PAUSED else STALLED
    return tuple(link.touched + timedelta(days=number) for number in days)


def is_last(link: Link, due: Due, rules: Rulebook) -> bool:
    """Tell whether nothing follows this rung, so that staff have to take over."""
    return due.rung >= len(ladder(link, due.cause, rules)) - 1


def days_left(link: Link, now: datetime, rules: Rulebook) -> int | None:
    """Count the days until the password ends, in the recipient's calendar; negative when it has ended."""
    if not link.expiry or not link.expiry.due:
        return None
    zone = ZoneInfo(waiting_on(link).zone or rules.zone)
    return (link.expiry.due - now.astimezone(zone).date()).days


def next_wake(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the link wants to be woken: its next own check or its next reminder, whichever is first."""
    moments = []
    if link.recheck and link.status is Status.ACTIVE and not link.checking and not link.blocked:
        moments.append(link.recheck.at)
    due = next_due(link, rules)
    if due:
        moments.append(due.at)
    return min(moments, default=None)


def _password_moment(link: Link, days: int, rules: Rulebook) -> datetime | None:
    end = link.expiry.due if link.expiry else None
    if end is None:
        return None
    zone = ZoneInfo(waiting_on(link).zone or rules.zone)
    return datetime.combine(end - timedelta(days=days), rules.opens, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _is_new_post(link: Link, cause: Cause, rung: int) -> bool:
    standing = link.nudge if link.nudge and not link.nudge.over else None
    if standing is None or standing.cause is not cause:
        return True
    match cause:
        case Cause.STALLED:
            return True
        case Cause.ACTIVATION:
            return False
        case Cause.PASSWORD:
            return PASSWORD[rung] in PASSWORD_NEW_POST


def waits_for(link: Link) -> str:
    """Name the stuck state in one word-key, for reminders and for the status list."""
    if link.status is Status.PAUSED:
        return "paused"
    if link.admin is None:
        return "admin"
    return {Step.WELCOME: "start"}.get(link.step, link.step.value)
