"""The one clock of the app, which whoever needs the time is handed; it wakes nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def clock_of(path: Path | None) -> Clock:
    """Return the clock; with a path (CLOCK_FILE, for the sandbox) it runs ahead by the seconds in that file."""

    def now() -> datetime:
        return datetime.now(UTC) + (timedelta(seconds=_offset(path)) if path else timedelta())  # noqa: TID251  the one clock

    return now


def _offset(path: Path) -> float:
    try:
        return float(path.read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return 0.0
