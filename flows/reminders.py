"""When a link wants attention next, and why: ladders as data and one pure function over them; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flows.permissions import Permissions
from flows.reasons import Field
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

ACTIVATION = tuple(range(1, 91))
"""Days after the first failed check on which whoever must activate is reminded; one message, edited."""

PASSWORD = (30, 14, 7, 3, 1, 0)
"""Days before the password ends."""

PASSWORD_NEW_POST = frozenset({30, 14, 3, 0})
"""Rungs that are worth a new message; the others edit the one that stands there."""

TAKE_OVER = {Cause.STALLED: len(STALLED) - 1, Cause.ACTIVATION: 13, Cause.PASSWORD: len(PASSWORD) - 1}
"""The rung of each ladder at which staff are told as well."""

SATURDAY = 5


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
    """The next reminder: its reason and the earliest moment it may be sent."""

    cause: Cause
    at: datetime


def waiting_on(link: Link) -> Person:
    """Name the person whose move it is."""
    return link.admin or link.owner


def zone_of(person: Person, rules: Rulebook) -> ZoneInfo:
    """Give the person's time zone; one that is not known here falls back to the calendar's, and that to UTC."""
    zones = (_zone(name) for name in (person.zone, rules.zone))
    return next((zone for zone in zones if zone), ZoneInfo("UTC"))


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (LookupError, ValueError, OSError):  # Slack's word for a zone is no promise that tzdata has it
        return None


def into_hours(at: datetime, person: Person, rules: Rulebook) -> datetime:
    """Move a moment to the person's next working hour: Monday to Friday, `opens` to `closes`.

    Returns UTC. A local time that a clock change skips is read as the moment after the gap.
    """
    local = at.astimezone(zone_of(person, rules))
    if local.time() >= rules.closes:
        local = _opening(local + timedelta(days=1), rules)
    elif local.time() < rules.opens:
        local = _opening(local, rules)
    while local.weekday() >= SATURDAY:
        local = _opening(local + timedelta(days=1), rules)
    return local.astimezone(UTC)


def _opening(local: datetime, rules: Rulebook) -> datetime:
    return datetime.combine(local.date(), rules.opens, tzinfo=local.tzinfo)


def _next_day(at: datetime, person: Person, rules: Rulebook, days: int = 1) -> datetime:
    local = at.astimezone(zone_of(person, rules))
    return into_hours(_opening(local + timedelta(days=days), rules), person, rules)


def _last_opening(end: date, person: Person, rules: Rulebook) -> datetime:
    """Give the opening of the last working day up to `end`."""
    day = end - timedelta(days=max(end.weekday() - SATURDAY + 1, 0))
    return datetime.combine(day, rules.opens, tzinfo=zone_of(person, rules)).astimezone(UTC)


def snooze_until(choice: Snooze, link: Link, now: datetime, rules: Rulebook) -> datetime:
    """Turn a snooze into a moment in working hours.

    It never passes the last working day before the password ends, unless that is today or over.
    """
    person = waiting_on(link)
    weekday = now.astimezone(zone_of(person, rules)).weekday()
    days = {Snooze.DAY: 1, Snooze.THREE_DAYS: 3, Snooze.MONDAY: 7 - weekday}[choice]
    until = _next_day(now, person, rules, days)
    end = link.expiry.due if link.expiry and link.status is Status.LINKED else None
    if end is None:
        return until
    return min(until, max(_last_opening(end, person, rules), _next_day(now, person, rules)))


def next_due(link: Link, rules: Rulebook) -> Due | None:
    """Work out the next reminder from the state alone.

    It is the first rung after the last one that was sent, so time spent switched off gives one reminder and
    not a burst; two never fall on one of the person's days. A snooze holds back whatever would come earlier, and
    brings the reminder that was put off back once. Nobody is reminded while Workday is being asked.
    """
    cause = cause_of(link)
    if cause is None or link.checking:
        return None
    person = waiting_on(link)
    sent = sent_at(link, cause, rules)
    after = sent or _since(link, cause, rules)
    at = next((moment for moment in ladder(link, cause, rules) if moment > after), None)
    held = link.snoozed_until
    if held and held > after:
        at = held if sent else at and max(at, held)
    if at is None:
        return None
    last = link.nudged.get(cause)
    earliest = _next_day(last, person, rules) if last else at
    return Due(cause=cause, at=max(into_hours(at, person, rules), earliest))


def sent_at(link: Link, cause: Cause, rules: Rulebook) -> datetime | None:
    """Tell when this ladder was last used; what was sent before it began does not count."""
    sent = link.nudged.get(cause)
    return sent if sent and sent >= _since(link, cause, rules) else None


def _since(link: Link, cause: Cause, rules: Rulebook) -> datetime:
    """Tell when the ladder began: the failed activation, the day after the password was set, the last move."""
    if cause is Cause.ACTIVATION and link.recheck:
        return link.recheck.since
    if cause is Cause.PASSWORD and link.expiry and link.expiry.set_on:
        first = datetime.combine(link.expiry.set_on, time.min, tzinfo=zone_of(waiting_on(link), rules))
        return max(link.linked or link.touched, (first + timedelta(days=1)).astimezone(UTC))
    return link.touched


def cause_of(link: Link) -> Cause | None:
    """Tell what this link would be reminded about, if anything."""
    if link.blocked or link.status is Status.CANCELLED:
        return None
    if link.status is Status.LINKED:
        return Cause.PASSWORD if link.expiry and link.expiry.due else None
    if link.status is Status.ACTIVE and link.recheck:
        # While Workday is away there is nothing that people could do.
        is_theirs = link.trouble is None or link.trouble.field is Field.PERMISSIONS
        return Cause.ACTIVATION if is_theirs else None
    return Cause.STALLED


def ladder(link: Link, cause: Cause, rules: Rulebook) -> tuple[datetime, ...]:
    """List the moments of a ladder, in the person's working hours, the earliest first."""
    person = waiting_on(link)
    if cause is Cause.PASSWORD:
        end = link.expiry.due if link.expiry else None
        return tuple(_before_end(link, end, days, rules) for days in PASSWORD) if end else ()
    since = _since(link, cause, rules)
    rungs: tuple[int, ...] = STALLED
    if cause is Cause.ACTIVATION:
        rungs = ACTIVATION
    elif link.status is Status.PAUSED:
        rungs = PAUSED
    return tuple(into_hours(since + timedelta(days=days), person, rules) for days in rungs)


def _before_end(link: Link, end: date, days: int, rules: Rulebook) -> datetime:
    """Place a reminder `days` before the end; a weekend moves it on, but not past the end while there is time."""
    person = waiting_on(link)
    zone = zone_of(person, rules)
    day = datetime.combine(end - timedelta(days=days), rules.opens, tzinfo=zone)
    at = into_hours(day, person, rules)
    early = _last_opening(end, person, rules)
    return early if at.astimezone(zone).date() > end and early > _since(link, Cause.PASSWORD, rules) else at


def rung_at(link: Link, cause: Cause, at: datetime, rules: Rulebook) -> int:
    """Tell how far the ladder has come at a moment; 0 is the first rung, and what stands before it too."""
    return max(sum(moment <= at for moment in ladder(link, cause, rules)) - 1, 0)


def is_ours_now(link: Link, cause: Cause, rung: int, rules: Rulebook) -> bool:
    """Tell whether this rung is the first of its ladder at which staff have to take over."""
    sent = sent_at(link, cause, rules)
    return rung >= TAKE_OVER[cause] and (sent is None or rung_at(link, cause, sent, rules) < TAKE_OVER[cause])


def is_new_post(link: Link, cause: Cause, rung: int) -> bool:
    """Tell whether a reminder is worth a new message, rather than an edit of the one that stands there."""
    if link.nudge is None or link.nudge.over or link.nudge.cause is not cause:
        return True
    if cause is Cause.PASSWORD:
        return PASSWORD[rung] in PASSWORD_NEW_POST
    return cause is Cause.STALLED


def local_day(link: Link, now: datetime, rules: Rulebook) -> date:
    """Give the calendar day of whoever has to move."""
    return now.astimezone(zone_of(waiting_on(link), rules)).date()


def days_left(link: Link, now: datetime, rules: Rulebook) -> int | None:
    """Count the days until the password ends, in the recipient's calendar; negative when it has ended."""
    if not link.expiry or not link.expiry.due:
        return None
    return (link.expiry.due - local_day(link, now, rules)).days


def is_recheck_on(link: Link) -> bool:
    """Tell whether the link asks Workday again by itself, as soon as its moment has come."""
    return link.recheck is not None and link.status is Status.ACTIVE and not link.checking and not link.blocked


def next_wake(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the link wants to be woken: its next own check or its next reminder, whichever is first."""
    moments: list[datetime] = []
    if link.recheck and is_recheck_on(link):
        moments.append(link.recheck.at)
    due = next_due(link, rules)
    if due:
        moments.append(due.at)
    return min(moments, default=None)


def waits_for(link: Link) -> str:
    """Name the stuck state in one word-key, for reminders and for the status list."""
    if link.status is Status.PAUSED:
        return "paused"
    if link.admin is None:
        return "admin"
    return {Step.WELCOME: "start"}.get(link.step, link.step.value)
