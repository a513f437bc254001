"""Says whether the app works, for probes and whoever is alarmed; mends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from storage import heartbeats as pulse
from storage.database.transactions import Database
from storage.database.trouble import explain

LATE_TICKS = 6
DATABASE_SECONDS = 2.0
"""How long a probe waits for the database; whoever asks would give up soon after."""

PARTS = ("courier", "database", "slack", "ticker")
"""What can keep it from being ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """The signs of life of this process: its last tick or its start, what went wrong in it, its courier, Slack."""

    ticked_at: Callable[[], datetime]
    trouble: Callable[[], str]
    courier_is_alive: Callable[[], bool]
    is_connected: Callable[[], Awaitable[bool]]
    slack_trouble: Callable[[], str]


class Health:
    """Judges signs of life; `tick_seconds` is how often the clock should tick."""

    def __init__(self, database: Database, clock: Clock, signs: Signs, *, tick_seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._signs = signs
        self._late = timedelta(seconds=max(tick_seconds * LATE_TICKS, 1))

    async def problems(self) -> dict[str, str]:
        """Return what keeps the app from being ready; empty when it is."""
        found: dict[str, str] = {}
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                is_shut_out = await self._database.run(lambda session: pulse.last_beat(session, pulse.SHUT_OUT))
        except TimeoutError:
            return {"database": "does not answer"}
        except Exception as error:  # noqa: BLE001  whatever it is, the database is not there
            return {"database": explain(error)}
        # A full disk is still read: only what writes finds out.
        if trouble := self._signs.trouble():
            found["database"] = trouble
        # Not the pulse in the database: that one also beats when only another replica ticks.
        if self._clock() - self._signs.ticked_at() > self._late:
            found["ticker"] = "late"
        if not self._signs.courier_is_alive():
            found["courier"] = "stopped"
        if silent := self._signs.slack_trouble():
            found["slack"] = silent
        if not await self._signs.is_connected():
            found["slack"] = "Socket Mode is not connected"
        if is_shut_out:
            found["slack"] = "the token was revoked, or the app taken out"
        return found
