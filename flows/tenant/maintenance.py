"""When Workday is usually down or copied over, by its calendar; it knows habits, never the state of a tenant."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from flows.tenant.hosts import Environment

# Tenants other than production are down from Friday evening to Saturday morning, and a sandbox is then
# copied anew from production as of Friday 18:00. Workday counts in Pacific time.
PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_FRIDAY: Final = 4
_WEEK: Final = timedelta(days=7)
OPENS: Final = time(18)
CLOSES: Final = time(6)
RELEASES: Final = (3, 9)
"""The months in which Workday's two feature releases a year reach production."""
_DOWN_AT_WEEKENDS: Final = frozenset({Environment.SANDBOX, Environment.IMPLEMENTATION, Environment.PREVIEW})


def likely_window(environment: Environment, now: datetime) -> datetime | None:
    """Give the end of the service window that `now` falls into, in UTC, or None outside of it.

    Raises ValueError for a moment without a time zone.
    """
    if environment not in _DOWN_AT_WEEKENDS:
        _aware(now)
        return None
    opened = _last_friday(now)
    closes = datetime.combine(opened.astimezone(PACIFIC).date() + timedelta(days=1), CLOSES, PACIFIC).astimezone(UTC)
    return closes if now < closes else None


def last_refresh(environment: Environment, now: datetime) -> datetime | None:
    """Give the moment as of which a sandbox was last copied from production, in UTC; None for other tenants.

    Raises ValueError for a moment without a time zone.
    """
    friday = _last_friday(now)
    return friday if environment is Environment.SANDBOX else None


def next_refresh(environment: Environment, now: datetime) -> datetime | None:
    """Give the next moment a sandbox is copied from production, in UTC; None for other tenants.

    Up to two refreshes can be skipped at the customer's wish, so it is a likely moment, not a sure one. Raises
    ValueError for a moment without a time zone.
    """
    friday = _last_friday(now).astimezone(PACIFIC).date() + _WEEK
    return datetime.combine(friday, OPENS, PACIFIC).astimezone(UTC) if environment is Environment.SANDBOX else None


def next_change(environment: Environment, now: datetime) -> datetime | None:
    """Give the next moment after which a working set-up may work no more, in UTC; None when there is none soon.

    That is the end of a sandbox's weekly copy, and of the two weekends a year on which a release comes in.
    """
    this = now.astimezone(PACIFIC).year
    moments = [_release(year, month) for year in (this, this + 1) for month in RELEASES]
    copied = next_refresh(environment, now)
    if copied:
        before = last_refresh(environment, now)
        moments += [_reopening(friday) for friday in (before, copied) if friday]
    return min((moment for moment in moments if moment > now), default=None)


@lru_cache(maxsize=64)
def _release(year: int, month: int) -> datetime:
    """Give the Saturday evening of the second weekend; Workday's customers know the day, we only guess it."""
    first = datetime(year, month, 1, tzinfo=PACIFIC)
    saturday = first + timedelta(days=(_FRIDAY + 1 - first.weekday()) % 7 + 7)
    return datetime.combine(saturday.date(), OPENS, PACIFIC).astimezone(UTC)


def _reopening(friday: datetime) -> datetime:
    return datetime.combine(friday.astimezone(PACIFIC).date() + timedelta(days=1), CLOSES, PACIFIC).astimezone(UTC)


def _last_friday(now: datetime) -> datetime:
    """Give the last Friday evening at or before a moment."""
    _aware(now)
    local = now.astimezone(PACIFIC)
    day = local.date() - timedelta(days=(local.weekday() - _FRIDAY) % 7)
    evening = datetime.combine(day, OPENS, PACIFIC)
    if evening > now:
        evening = datetime.combine(day - _WEEK, OPENS, PACIFIC)
    return evening.astimezone(UTC)


def _aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("A moment needs a time zone")
