"""Whose move it is, and when their working hours are: calendars and zones, no reminder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.link.rulebook import Rulebook
from flows.link.state import Link, Person

SATURDAY = 5


def waiting_on(link: Link) -> Person:
    """Name the person whose move it is; when the admin is gone, the owner has to find another."""
    return link.doer if link.doer and link.doer.present else link.owner


def zone_of(person: Person, rules: Rulebook) -> ZoneInfo:
    """Return the person's time zone; one that is not known here falls back to the calendar's, and that to UTC."""
    return _zone(person.zone) or _zone(rules.zone) or ZoneInfo("UTC")


@lru_cache
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


def next_day(at: datetime, person: Person, rules: Rulebook, days: int = 1) -> datetime:
    """Return the opening of a later day of the person's, moved on to a working day."""
    local = at.astimezone(zone_of(person, rules))
    return into_hours(_opening(local + timedelta(days=days), rules), person, rules)


def last_opening(end: date, person: Person, rules: Rulebook) -> datetime:
    """Return the opening of the last working day up to `end`."""
    day = end - timedelta(days=max(end.weekday() - SATURDAY + 1, 0))
    return datetime.combine(day, rules.opens, tzinfo=zone_of(person, rules)).astimezone(UTC)


def local_day(link: Link, now: datetime, rules: Rulebook) -> date:
    """Return the calendar day of whoever has to move."""
    return now.astimezone(zone_of(waiting_on(link), rules)).date()
