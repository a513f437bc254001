"""When a link wants attention next, and why: ladders as data and one pure function over them; sends nothing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.diagnosis.reasons import Field, Owner
from flows.link.rulebook import Rulebook
from flows.link.setup import ExpiryKind
from flows.link.standing import State, state_of
from flows.link.state import Cause, Link, Status
from flows.link.steps import row_of
from flows.replacing import replace
from flows.schedule.office_hours import (
    Hours,
    hours_of,
    last_opening,
    local_day,
    moved,
    next_day,
    opening,
    waiting_on,
)

RECHECKS = (
    timedelta(0),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)
"""How long after the failed activation Workday is asked again by itself; from the last one on daily."""

AWAY_RECHECKS = (*RECHECKS[:4], *(timedelta(hours=hour) for hour in range(1, 25)))
"""The same while Workday does not answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """On which days somebody is reminded, counted from a cause's first day.

    On the days of `posts` the reminder is a new message, on the others the standing one is edited. On day `owner`
    our own people hear that nobody has reacted, on day `backup` whoever stands in for them; that it is time for it
    stands in their digest before.
    """

    days: tuple[int, ...]
    posts: frozenset[int]
    owner: int | None = None
    backup: int | None = None


LADDERS = {
    Cause.STALLED: Ladder(days=(1, 3, 7), posts=frozenset({1, 3, 7}), owner=7),
    Cause.ACTIVATION: Ladder(days=tuple(range(1, 91)), posts=frozenset({1}), owner=3, backup=7),
    Cause.PASSWORD: Ladder(days=(-30, -14, -7, -3, -1, 0, 7, 14, 21, 28), posts=frozenset({-30, -14, -3, 0}), owner=28),
    Cause.CERTIFICATE: Ladder(
        days=(-60, -30, -14, -7, -3, -1, 0, 7, 14, 21, 28), posts=frozenset({-60, -30, -14, -3, 0}), owner=28
    ),
    Cause.EXPIRY: Ladder(days=tuple(range(30, 361, 30)), posts=frozenset(range(30, 361, 30))),
    Cause.APPROVAL: Ladder(days=(0, 7, 21), posts=frozenset({0, 7, 21}), owner=7),
    Cause.BROKEN: Ladder(days=(0, 1, 3, 7, 14, 21, 28), posts=frozenset({0, 3}), owner=3, backup=7),
}
ENDING = frozenset({Cause.PASSWORD, Cause.CERTIFICATE})
"""What counts its days around an end."""

PAUSED = Ladder(days=(7, 21, 42), posts=frozenset({7, 21, 42}), owner=42)
"""For a link that somebody paused on purpose."""


class Snooze(StrEnum):
    """What the snooze button offers."""

    DAY = "day"
    THREE_DAYS = "three_days"
    MONDAY = "monday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next reminder: its reason, the earliest moment it may be sent, and the ladder and hours it comes from."""

    cause: Cause
    at: datetime
    moments: tuple[datetime, ...]
    hours: Hours


def snooze_until(choice: Snooze, link: Link, now: datetime, rules: Rulebook) -> datetime:
    """Turn a snooze into a moment in working hours.

    It never passes the last working day before the password ends, unless that is today or over.
    """
    hours = hours_of(waiting_on(link), rules)
    weekday = now.astimezone(hours.zone).weekday()
    days = {Snooze.DAY: 1, Snooze.THREE_DAYS: 3, Snooze.MONDAY: 7 - weekday}[choice]
    until = next_day(now, hours, days)
    end = link.setup.expiry.due if link.setup.expiry and link.status is Status.LINKED else None
    return until if end is None else min(until, max(last_opening(end, hours), next_day(now, hours)))


def next_due(link: Link, rules: Rulebook) -> Due | None:
    """Work out the next reminder from the state alone.

    It is the first rung after the last one that was sent, so time spent switched off gives one reminder and
    not a burst; two never fall on one of the person's days. A snooze holds back whatever would come earlier, and
    brings the reminder that was put off back once. Nobody is reminded while Workday is being asked, or is to be.
    """
    cause = cause_of(link)
    if cause is None or link.attempt.checking or link.keeps_new:
        return None
    hours = hours_of(waiting_on(link), rules)
    since = _since(link, cause, hours)
    moments = _moments(link, cause, since, hours)
    at = _next(moments, since, link.nudged.get(cause), link.snoozed_until, link.not_before, hours)
    return None if at is None else Due(cause=cause, at=at, moments=moments, hours=hours)


# A link asks for it to know when it is woken, and again when it is, as do all that share its days.
@lru_cache(maxsize=2048)
def _next(
    moments: tuple[datetime, ...],
    since: datetime,
    last: datetime | None,
    held: datetime | None,
    not_before: datetime | None,
    hours: Hours,
) -> datetime | None:
    """Return the first moment of a ladder after the last reminder, as snoozes and the person's hours move it."""
    sent = last if last and last >= since else None
    after = sent or since
    rung = bisect_right(moments, after)
    at = moments[rung] if rung < len(moments) else None
    if held and held > after:
        at = held if sent else at and max(at, held)
    if at is None:
        return None
    at = moved(max(at, not_before or at), hours)
    return max(at, next_day(last, hours)) if last else at


def sent_at(link: Link, cause: Cause, rules: Rulebook) -> datetime | None:
    """Tell when this ladder was last used; what was sent before it began does not count."""
    sent = link.nudged.get(cause)
    return sent if sent and sent >= _since(link, cause, hours_of(waiting_on(link), rules)) else None


def _since(link: Link, cause: Cause, hours: Hours) -> datetime:
    """Tell when the ladder began; what lies before it is over and done with."""
    if cause is Cause.ACTIVATION and link.attempt.recheck:
        return link.attempt.recheck.since
    if cause is Cause.BROKEN and link.issue:
        # Its first rung is the very moment it was seen.
        return link.issue.first_seen - timedelta(microseconds=1)
    if cause in ENDING and link.setup.expiry and link.setup.expiry.set_on:
        return max(link.linked or link.touched, _end_of(link.setup.expiry.set_on, hours.zone))
    return link.touched


def turns_at(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when a standing reminder's end lies behind its reader, so that it is to be said in other words."""
    nudge, expiry = link.standing_nudge, link.setup.expiry
    if nudge is None or nudge.cause not in ENDING or expiry is None or expiry.due is None or cause_of(link) is None:
        return None
    over = _end_of(expiry.due, hours_of(waiting_on(link), rules).zone)
    return over if nudge.at < over else None


@lru_cache(maxsize=2048)
def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time.min, tzinfo=zone) + timedelta(days=1)).astimezone(UTC)


def cause_of(link: Link) -> Cause | None:
    """Tell what this link would be reminded about, if anything."""
    if link.blocked or link.frozen or link.paused_until or link.status is Status.CANCELLED:
        return None
    if link.status is Status.LINKED:
        return _aftercare(link)
    # What a check on its way brings is not known yet.
    known = replace(link, attempt=replace(link.attempt, checking=None)) if link.attempt.checking else link
    state = state_of(known)
    trouble = link.attempt.trouble
    if state is State.TROUBLE and trouble and trouble.owner is not Owner.ADMIN:
        # Our own people have been told, or Workday is away: there is nothing that people there could do.
        return None
    if state in {State.TROUBLE, State.STEP} and link.attempt.recheck:
        return Cause.ACTIVATION if trouble is None or trouble.field is Field.PERMISSIONS else Cause.STALLED
    return Cause.APPROVAL if link.approval else Cause.STALLED


def _aftercare(link: Link) -> Cause | None:
    if link.open_issue and link.open_issue.reason.traits.owner is Owner.ADMIN:
        return Cause.BROKEN
    if link.setup.expiry is None or link.setup.expiry.kind is ExpiryKind.EXEMPT:
        return None
    return row_of(link.setup).reminder if link.setup.expiry.due else Cause.EXPIRY


def ladder_of(link: Link, cause: Cause) -> Ladder:
    """Give the ladder of a cause; a link that was paused on purpose has a slower one."""
    return PAUSED if cause is Cause.STALLED and link.status is Status.PAUSED else LADDERS[cause]


def ladder(link: Link, cause: Cause, rules: Rulebook) -> tuple[datetime, ...]:
    """List the moments of a ladder, in the person's working hours, the earliest first."""
    hours = hours_of(waiting_on(link), rules)
    return _moments(link, cause, _since(link, cause, hours), hours)


def _moments(link: Link, cause: Cause, since: datetime, hours: Hours) -> tuple[datetime, ...]:
    if cause in ENDING:
        end = link.setup.expiry.due if link.setup.expiry else None
        if end is None:
            return ()
        early, with_early, without = _around(cause, end, hours)
        return with_early if early > since else without
    days = ladder_of(link, cause).days
    if cause is Cause.APPROVAL and link.approval:
        return _on(days, link.approval, hours)
    return _after(days, link.issue.first_seen if cause is Cause.BROKEN and link.issue else since, hours)


# A link asks for its ladder several times whenever it is woken, and nearly always for the same one.
@lru_cache(maxsize=512)
def _after(days: tuple[int, ...], first: datetime, hours: Hours) -> tuple[datetime, ...]:
    return tuple(moved(first + timedelta(days=day), hours) for day in days)


@lru_cache(maxsize=512)
def _on(days: tuple[int, ...], first: date, hours: Hours) -> tuple[datetime, ...]:
    return tuple(opening(first + timedelta(days=day), hours) for day in days)


@lru_cache(maxsize=2048)
def _around(cause: Cause, end: date, hours: Hours) -> tuple[datetime, tuple[datetime, ...], tuple[datetime, ...]]:
    """Return the last opening before an end, the reminders around it, and those where that opening has passed.

    A weekend moves one on; where that passes the end, it comes with the last opening before that.
    """
    early = last_opening(end, hours)
    days = LADDERS[cause].days
    moments = _on(days, end, hours)
    late = (day <= 0 and at.astimezone(hours.zone).date() > end for day, at in zip(days, moments, strict=True))
    return early, tuple(early if is_late else at for is_late, at in zip(late, moments, strict=True)), moments


def rung_at(link: Link, cause: Cause, at: datetime, rules: Rulebook) -> int:
    """Tell how far the ladder has come at a moment; 0 is the first rung, and what stands before it too."""
    return rung_of(ladder(link, cause, rules), at)


def rung_of(moments: tuple[datetime, ...], at: datetime) -> int:
    """Tell the same of a ladder that is known."""
    return max(bisect_right(moments, at) - 1, 0)


def is_passed(link: Link, cause: Cause, day: int | None, rung: int, rules: Rulebook) -> bool:
    """Tell whether this rung is the first of its ladder on which `day` has come."""
    days = ladder_of(link, cause).days
    if day is None or days[rung] < day:
        return False
    sent = sent_at(link, cause, rules)
    return sent is None or days[rung_at(link, cause, sent, rules)] < day


def is_new_post(link: Link, cause: Cause, rung: int) -> bool:
    """Tell whether a reminder is worth a new message, rather than an edit of the one that stands there.

    It is, too, where nobody could send the one of a day before that was worth it.
    """
    standing = link.standing_nudge
    if standing is None or standing.cause is not cause:
        return True
    row = ladder_of(link, cause)
    return not row.posts.isdisjoint(row.days[min(standing.rung + 1, rung) : rung + 1])


def days_left(link: Link, now: datetime, rules: Rulebook) -> int | None:
    """Count the days until the password or certificate ends, in the recipient's calendar; negative when it has."""
    if not link.setup.expiry or not link.setup.expiry.due:
        return None
    return (link.setup.expiry.due - local_day(link, now, rules)).days
