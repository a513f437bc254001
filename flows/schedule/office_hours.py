"""Whose move it is, and when their working hours are: calendars and zones, no reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.link.rulebook import Rulebook
from flows.link.state import Link, Person

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hours:
    """When somebody works: Monday to Friday, `opens` to `closes` in their zone; told apart by what it is, not holds."""

    zone: ZoneInfo
    opens: time
    closes: time


def waiting_on(link: Link) -> Person:
    """Name the person whose move it is; when the admin is gone, the owner has to find another."""
    doer = link.doer
    return doer if doer and doer.present else link.owner


def zone_of(person: Person, rules: Rulebook) -> ZoneInfo:
    """Return the person's time zone; one that is not known here falls back to the calendar's, and that to UTC."""
    return _zone(person.zone) or _zone(rules.zone) or ZoneInfo("UTC")


@lru_cache
def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (LookupError, ValueError, OSError):  # Slack's word for a zone is no promise that tzdata has it
        return None


def hours_of(person: Person, rules: Rulebook) -> Hours:
    """Return when a person works."""
    return _hours(zone_of(person, rules), rules.opens, rules.closes)


@lru_cache
def _hours(zone: ZoneInfo, opens: time, closes: time) -> Hours:
    return Hours(zone=zone, opens=opens, closes=closes)


def into_hours(at: datetime, person: Person, rules: Rulebook) -> datetime:
    """Move a moment to the person's next working hour.

    Returns UTC. A local time that a clock change skips is read as the moment after the gap.
    """
    return moved(at, hours_of(person, rules))


def opening(day: date, hours: Hours) -> datetime:
    """Return the opening of a day, moved on to a working day; UTC."""
    return moved(datetime.combine(day, hours.opens, tzinfo=hours.zone), hours)


def last_opening(end: date, hours: Hours) -> datetime:
    """Return the opening of the last working day up to `end`; UTC."""
    day = end - timedelta(days=max(end.weekday() - SATURDAY + 1, 0))
    return datetime.combine(day, hours.opens, tzinfo=hours.zone).astimezone(UTC)


def next_day(at: datetime, hours: Hours, days: int = 1) -> datetime:
    """Return the opening of a later day, moved on to a working day; UTC."""
    return opening(at.astimezone(hours.zone).date() + timedelta(days=days), hours)


def moved(at: datetime, hours: Hours) -> datetime:
    """Move a moment to the next working hour; UTC."""
    local = at.astimezone(hours.zone)
    if local.time() >= hours.closes:
        local = _opening_after(local, hours)
    elif local.time() < hours.opens:
        local = datetime.combine(local.date(), hours.opens, tzinfo=hours.zone)
    while local.weekday() >= SATURDAY:
        local = _opening_after(local, hours)
    return local.astimezone(UTC)


def _opening_after(local: datetime, hours: Hours) -> datetime:
    return datetime.combine(local.date() + timedelta(days=1), hours.opens, tzinfo=hours.zone)


def local_day(link: Link, now: datetime, rules: Rulebook) -> date:
    """Return the calendar day of whoever has to move."""
    return now.astimezone(zone_of(waiting_on(link), rules)).date()
