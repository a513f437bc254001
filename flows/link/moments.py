"""Which of a link's moments may lie ahead of us, and how far; sets none that does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, cast

from flows.link.state import Link

AHEAD: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        # The cap on logins asks for half an hour.
        "Link.cooling_until": timedelta(minutes=30),
        # Over a weekend to Monday, and from a zone to the next.
        "Link.snoozed_until": timedelta(days=8),
    }
)
"""How far ahead a moment that people wait for rightly lies at most; all others have been, or are worked out anew."""


def in_time(link: Link, now: datetime) -> Link:
    """Return the link as it would be if the clock had never run ahead; equal to it where nothing lies too far ahead."""
    found = _in_time(link, now)
    return found if isinstance(found, Link) else link


def _in_time(value: Any, now: datetime, ahead: timedelta = timedelta()) -> Any:  # noqa: ANN401  whatever a link holds
    if isinstance(value, datetime):
        return min(value, now + ahead)
    if isinstance(value, dict):
        return {key: _in_time(one, now) for key, one in cast("dict[object, object]", value).items()}
    if isinstance(value, tuple):
        return tuple(_in_time(one, now) for one in cast("tuple[object, ...]", value))
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value).__name__
        moved = {
            one.name: _in_time(getattr(value, one.name), now, AHEAD.get(f"{kind}.{one.name}", timedelta()))
            for one in fields(value)
        }
        return replace(value, **moved)
    return value
