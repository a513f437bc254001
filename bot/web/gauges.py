"""Brings the numbers that lie in the database up to date when somebody reads them; judges none."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlmodel import Session

from bot import meters
from bot.clock import Clock
from bot.web.health import PARTS, Health
from storage import heartbeats as pulse
from storage.database.transactions import Database
from storage.database.workers import CLOCK, patient
from storage.reports import counts
from storage.reports.counts import Counts

COUNTING_SECONDS = 8.0
"""How long counting may take; whoever reads the numbers gives up after ten, and has the older ones before that."""


class Gauges:
    """Counts anew; raises what the database raises."""

    def __init__(self, database: Database, clock: Clock, health: Health) -> None:
        self._database = database
        self._clock = clock
        self._health = health

    async def refresh(self) -> None:
        """Count anew what `/metrics` tells."""
        found = await self._health.problems()
        for part in PARTS:
            meters.PROBLEM.labels(part=part).set(part in found)

        def look(session: Session) -> tuple[Counts, datetime | None]:
            return counts.count(session), pulse.last_beat(session, pulse.TICKER)

        # In a database that holds much it takes long, and nobody who presses has to wait for that.
        async with asyncio.timeout(COUNTING_SECONDS):
            with patient(CLOCK):
                counted, beat = await self._database.run(look)
        _show(counted, beat, self._clock())


def _show(counted: Counts, beat: datetime | None, now: datetime) -> None:
    for state, number in counted.errands.items():
        meters.ERRANDS.labels(state=state).set(number)
    for gauge in (meters.ERRANDS_WAITING, meters.ERRAND_AGE, meters.LINKS):
        # What is not there any more is not told any more.
        gauge.clear()
    for kind, waiting in counted.waiting.items():
        meters.ERRANDS_WAITING.labels(kind=kind).set(waiting.number)
        meters.ERRAND_AGE.labels(kind=kind).set((now - waiting.since).total_seconds())
    for name, number in counted.links.items():
        meters.LINKS.labels(state=name).set(number)
    oldest = min((waiting.since for waiting in counted.waiting.values()), default=now)
    meters.OLDEST.set((now - oldest).total_seconds())
    meters.BLOCKED.set(counted.blocked)
    meters.QUARANTINED.set(counted.quarantined)
    meters.LAG.set((now - beat).total_seconds() if beat else 0)
