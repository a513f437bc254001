"""Owns the turns of the clock: how far each goes from a moment, and what is due next; it tells nobody the time."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {
    "hour": "+1 hour",
    "day": "Next working day",
    "month": "+30 days",
    "due": "Next due",
}
ZONE = ZoneInfo("America/New_York")
"""Where the customer's admin works."""
MORNING = 10


def ahead(turn: str, now: datetime, due: datetime | None) -> timedelta:
    """Return how far a turn goes; nowhere when nothing is due."""
    match turn:
        case "hour":
            return timedelta(hours=1)
        case "month":
            return timedelta(days=30)
        case "day":
            return next_working_day(now) - now
        case _:
            return max(due - now, timedelta()) + timedelta(seconds=1) if due else timedelta()


def next_working_day(now: datetime) -> datetime:
    """Return ten o'clock on the next day that is no Saturday or Sunday, where the admin works."""
    there = now.astimezone(ZONE).replace(hour=MORNING, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while there.weekday() >= 5:
        there += timedelta(days=1)
    return there.astimezone(UTC)


def next_due(database: Path, now: datetime) -> datetime | None:
    """Return when the app wants to wake next, as it has written down itself; None when it waits for nothing."""
    if not database.exists():
        return None
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "select min(wake_at) from linkrow where wake_at is not null"
            " union all select min(run_at) from errandrow where settled_at is null and state != 'held'"
        ).fetchall()
    connection.close()
    moments = [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in rows if row[0]]
    return min((moment for moment in moments if moment > now), default=None)
