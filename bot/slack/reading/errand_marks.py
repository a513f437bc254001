"""Marks what an errand leaves in Slack, and reads back which messages bear its mark; sends and deletes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.slack.delivery_errors import NotNowError, SaidNoError

EVENT_TYPE: Final = "workday_link_errand"
NO_CURSOR: Final = "invalid_cursor"
"""Slack's code for a place to read on from that it does not know any more."""

KEPT_PLACES: Final = timedelta(minutes=10)
"""How long the place is kept to which a thread was read; later Slack may not know it, or messages may have gone."""


def metadata(errand_id: str) -> dict[str, Any]:
    """Return the mark of a message."""
    return {"event_type": EVENT_TYPE, "event_payload": {"errand_id": errand_id}}


def file_mark(errand_id: str) -> str:
    """Return what the names of an errand's files hold: Slack lets them carry no metadata."""
    return errand_id.partition("-")[0]


class Call(Protocol):
    """Asks a method of Slack's; raises SaidNoError and NotNowError."""

    def __call__(self, method: str, *, read: bool, **arguments: Any) -> Awaitable[dict[str, Any]]:  # noqa: ANN401  Slack's arguments differ in type
        """Ask it; `read` says that it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfRead:
    """How far a thread or channel was read, what was found until there, and when."""

    cursor: str = ""
    found: tuple[str, ...] = ()
    at: datetime | None = None


class MarkedMessages:
    """Finds marked messages page by page, and goes on where it was stopped."""

    def __init__(self, call: Call, now: Callable[[], datetime]) -> None:
        self._call = call
        self._now = now
        self._half_read: dict[str, HalfRead] = {}

    async def find(self, method: str, errand_id: str, arguments: Mapping[str, Any]) -> list[str]:
        """Return which messages bear an errand's mark, oldest first."""
        now = self._now()
        self._half_read = {
            one: read for one, read in self._half_read.items() if read.at and read.at > now - KEPT_PLACES
        }
        read = self._half_read.pop(errand_id, HalfRead())
        while True:
            at = {"cursor": read.cursor} if read.cursor else {}
            try:
                answer = await self._call(method, read=True, **arguments, **at)
            except NotNowError:
                if read.cursor:
                    # Where Slack allows one page a minute, whoever began anew each time would never come to the end.
                    self._half_read[errand_id] = replace(read, at=now)
                raise
            except SaidNoError as error:
                if error.code != NO_CURSOR or not read.cursor:
                    raise
                read = HalfRead()
                continue
            there = answer.get("messages") or ()
            found = (*read.found, *(str(message["ts"]) for message in there if _bears(message, errand_id)))
            read = HalfRead(cursor=(answer.get("response_metadata") or {}).get("next_cursor") or "", found=found)
            if not read.cursor:
                # The first message of a thread comes with each page of it.
                return sorted(set(found))


def _bears(message: Mapping[str, Any], errand_id: str) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    names = (str(file.get("name")) for file in message.get("files") or ())
    return payload.get("errand_id") == errand_id or any(file_mark(errand_id) in name for name in names)
