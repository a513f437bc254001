"""When a link wants attention next, and why: ladders as data and one pure function over them; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from flows.diagnosis.reasons import Field, Owner
from flows.link.setup import ExpiryKind
from flows.link.state import Cause, Link, Person, Status, Step
from flows.permissions import Permissions
from flows.tenant.maintenance import next_change

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
    our own people are told as well, on day `backup` whoever stands in for them.
    """

    days: tuple[int, ...]
    posts: frozenset[int]
    owner: int | None = None
    backup: int | None = None


LADDERS = {
    Cause.STALLED: Ladder(days=(1, 3, 7), posts=frozenset({1, 3, 7}), owner=7),
    Cause.ACTIVATION: Ladder(days=tuple(range(1, 91)), posts=frozenset({1}), owner=3, backup=7),
    Cause.PASSWORD: Ladder(days=(-30, -14, -7, -3, -1, 0, 7, 14, 21, 28), posts=frozenset({-30, -14, -3, 0}), owner=28),
    Cause.EXPIRY: Ladder(days=tuple(range(30, 361, 30)), posts=frozenset(range(30, 361, 30))),
    Cause.BROKEN: Ladder(days=(0, 1, 3, 7, 14, 21, 28), posts=frozenset({0, 3}), owner=3, backup=7),
}
PAUSED = Ladder(days=(7, 21, 42), posts=frozenset({7, 21, 42}), owner=42)
"""For a link that somebody paused on purpose."""

FRESH = timedelta(hours=1)
"""A reminder rests on an answer of Workday's that is no older than this."""

HEALTH_EVERY = timedelta(days=1)
HEALTH_WHILE_AWAY = timedelta(hours=1)

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
    `backup` is the Slack user who is told when a link's owner does not react. `hands_off` tells that there is a
    backend to hand credentials to; with `keeps_secrets` off they are forgotten once it has them. Of a link that
    nobody has moved for `idle_days` they are forgotten, too.
    """

    vendor: str
    permissions: Permissions
    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)
    backup: str = ""
    hands_off: bool = False
    keeps_secrets: bool = True
    idle_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next reminder: its reason and the earliest moment it may be sent."""

    cause: Cause
    at: datetime


def waiting_on(link: Link) -> Person:
    """Name the person whose move it is; when the admin is gone, the owner has to find another."""
    return link.admin if link.admin and link.admin.present else link.owner


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
    end = link.setup.expiry.due if link.setup.expiry and link.status is Status.LINKED else None
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
    if cause is None or link.attempt.checking:
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
    at = max(at, link.not_before or at)
    earliest = _next_day(last, person, rules) if last else at
    return Due(cause=cause, at=max(into_hours(at, person, rules), earliest))


def sent_at(link: Link, cause: Cause, rules: Rulebook) -> datetime | None:
    """Tell when this ladder was last used; what was sent before it began does not count."""
    sent = link.nudged.get(cause)
    return sent if sent and sent >= _since(link, cause, rules) else None


def _since(link: Link, cause: Cause, rules: Rulebook) -> datetime:
    """Tell when the ladder began; what lies before it is over and done with."""
    if cause is Cause.ACTIVATION and link.attempt.recheck:
        return link.attempt.recheck.since
    if cause is Cause.BROKEN and link.issue:
        # Its first rung is the very moment it was seen.
        return link.issue.first_seen - timedelta(microseconds=1)
    if cause is Cause.PASSWORD and link.setup.expiry and link.setup.expiry.set_on:
        first = datetime.combine(link.setup.expiry.set_on, time.min, tzinfo=zone_of(waiting_on(link), rules))
        return max(link.linked or link.touched, (first + timedelta(days=1)).astimezone(UTC))
    return link.touched


def cause_of(link: Link) -> Cause | None:
    """Tell what this link would be reminded about, if anything."""
    if link.blocked or link.status is Status.CANCELLED:
        return None
    if link.status is Status.LINKED:
        return _aftercare(link)
    if link.status is Status.ACTIVE and link.attempt.recheck:
        trouble = link.attempt.trouble
        if trouble is None or trouble.field is Field.PERMISSIONS:
            return Cause.ACTIVATION
        # While Workday is away there is nothing that people could do; an address that may be wrong is theirs.
        return Cause.STALLED if trouble.field is Field.ENDPOINT else None
    return Cause.STALLED


def _aftercare(link: Link) -> Cause | None:
    if link.open_issue and link.open_issue.reason.traits.owner is Owner.ADMIN:
        return Cause.BROKEN
    if link.setup.expiry is None or link.setup.expiry.kind is ExpiryKind.EXEMPT:
        return None
    return Cause.PASSWORD if link.setup.expiry.due else Cause.EXPIRY


def ladder_of(link: Link, cause: Cause) -> Ladder:
    """Give the ladder of a cause; a link that was paused on purpose has a slower one."""
    return PAUSED if cause is Cause.STALLED and link.status is Status.PAUSED else LADDERS[cause]


def ladder(link: Link, cause: Cause, rules: Rulebook) -> tuple[datetime, ...]:
    """List the moments of a ladder, in the person's working hours, the earliest first."""
    days = ladder_of(link, cause).days
    if cause is Cause.PASSWORD:
        end = link.setup.expiry.due if link.setup.expiry else None
        return tuple(_around_end(link, end, day, rules) for day in days) if end else ()
    since = link.issue.first_seen if cause is Cause.BROKEN and link.issue else _since(link, cause, rules)
    return tuple(into_hours(since + timedelta(days=day), waiting_on(link), rules) for day in days)


def _around_end(link: Link, end: date, day: int, rules: Rulebook) -> datetime:
    """Place a reminder `day` days after the end; a weekend moves one before it on, but not past the end."""
    person = waiting_on(link)
    zone = zone_of(person, rules)
    at = into_hours(datetime.combine(end + timedelta(days=day), rules.opens, tzinfo=zone), person, rules)
    early = _last_opening(end, person, rules)
    is_late = day <= 0 and at.astimezone(zone).date() > end
    return early if is_late and early > _since(link, Cause.PASSWORD, rules) else at


def rung_at(link: Link, cause: Cause, at: datetime, rules: Rulebook) -> int:
    """Tell how far the ladder has come at a moment; 0 is the first rung, and what stands before it too."""
    return max(sum(moment <= at for moment in ladder(link, cause, rules)) - 1, 0)


def is_passed(link: Link, cause: Cause, day: int | None, rung: int, rules: Rulebook) -> bool:
    """Tell whether this rung is the first of its ladder on which `day` has come."""
    days = ladder_of(link, cause).days
    if day is None or days[rung] < day:
        return False
    sent = sent_at(link, cause, rules)
    return sent is None or days[rung_at(link, cause, sent, rules)] < day


def is_new_post(link: Link, cause: Cause, rung: int) -> bool:
    """Tell whether a reminder is worth a new message, rather than an edit of the one that stands there."""
    if link.standing_nudge is None or link.standing_nudge.cause is not cause:
        return True
    row = ladder_of(link, cause)
    return row.days[rung] in row.posts


def local_day(link: Link, now: datetime, rules: Rulebook) -> date:
    """Give the calendar day of whoever has to move."""
    return now.astimezone(zone_of(waiting_on(link), rules)).date()


def days_left(link: Link, now: datetime, rules: Rulebook) -> int | None:
    """Count the days until the password ends, in the recipient's calendar; negative when it has ended."""
    if not link.setup.expiry or not link.setup.expiry.due:
        return None
    return (link.setup.expiry.due - local_day(link, now, rules)).days


def is_recheck_on(link: Link) -> bool:
    """Tell whether the link asks Workday again by itself, as soon as its moment has come."""
    return (
        link.attempt.recheck is not None
        and link.status is Status.ACTIVE
        and not link.attempt.checking
        and not link.blocked
    )


def next_health(link: Link) -> datetime | None:
    """Tell when a finished link is quietly looked at again: daily, at an hour of its own.

    The first look after a sandbox was copied or a release came in comes at once. While Workday is away it is hourly.
    A password that Workday has refused is never tried by the clock.
    """
    if link.status is not Status.LINKED or link.blocked or link.attempt.checking or not can_ask(link):
        return None
    last = link.asked_at or link.linked or link.touched
    if link.open_issue and link.open_issue.reason.traits.outage:
        return last + HEALTH_WHILE_AWAY
    jitter = timedelta(seconds=int.from_bytes(sha256(link.id.encode()).digest()[:4], "big") % 86_400)
    today = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + jitter
    daily = next(
        day for day in (today, today + HEALTH_EVERY, today + 2 * HEALTH_EVERY) if day > last + HEALTH_EVERY / 2
    )
    changed = next_change(link.setup.environment, last)
    return min(daily, changed + jitter / 48) if changed else daily


def can_ask(link: Link) -> bool:
    """Tell whether the clock may ask Workday with this link's password: only when it was accepted last time."""
    return link.setup.has_password and link.setup.is_trusted


def wants_asking(link: Link, now: datetime) -> bool:
    """Tell whether Workday is to be asked before somebody is reminded of something that it could deny."""
    is_checkable = link.status is Status.LINKED or (
        link.status is Status.ACTIVE and link.step in {Step.ACTIVATION, Step.AUTH_POLICY, Step.CHECK}
    )
    is_fresh = link.asked_at is not None and now - link.asked_at < FRESH
    return (
        is_checkable
        and not is_fresh
        and not link.attempt.checking
        and can_ask(link)
        and link.setup.endpoint is not None
    )


def idle_at(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the credentials of an unfinished link are forgotten, because nobody moves it any more."""
    if link.status not in {Status.ACTIVE, Status.PAUSED} or link.previous or not link.secrets:
        return None
    return link.touched + timedelta(days=rules.idle_days)


def next_wake(link: Link, rules: Rulebook) -> datetime | None:
    """Tell when the link wants to be woken: its next check or its next reminder, whichever is first."""
    moments = [next_health(link), None if link.blocked or link.attempt.checking else idle_at(link, rules)]
    if link.attempt.recheck and is_recheck_on(link):
        moments.append(link.attempt.recheck.at)
    due = next_due(link, rules)
    if due:
        moments.append(due.at)
    return min((moment for moment in moments if moment), default=None)


def waits_for(link: Link) -> str:
    """Name the stuck state in one word-key, for reminders and for the status list."""
    if link.status is Status.PAUSED:
        return "paused"
    if link.admin is None:
        return "admin"
    if not link.admin.present:
        return "gone"
    return {Step.WELCOME: "start"}.get(link.step, link.step.value)
