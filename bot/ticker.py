"""The clock: APScheduler ticks, the database decides; holds no job that must not be lost."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.auditor import Auditor
from bot.courier import Courier
from bot.engine import Engine
from storage import aftercare, inbox, pulse

log = logging.getLogger(__name__)

PULSE = "ticker"
KEEP_EVENTS = timedelta(days=7)
KEEP_ERRANDS = timedelta(days=30)
CLEAN_SECONDS = 3600


class Ticker:
    """Wakes due links, sends what waits, takes back stray copies, leaves its pulse."""

    def __init__(self, engine: Engine, courier: Courier, auditor: Auditor, *, seconds: float) -> None:
        self._engine = engine
        self._courier = courier
        self._auditor = auditor
        self._ticking = asyncio.Lock()
        self._auditing = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_job(self.tick, IntervalTrigger(seconds=seconds, timezone="UTC"), id="tick")
        # A job of its own: it talks to Slack, and a slow Slack must not stop the clock.
        self._scheduler.add_job(self.audit, IntervalTrigger(seconds=seconds, timezone="UTC"), id="audit")
        self._scheduler.add_job(self.clean, IntervalTrigger(seconds=CLEAN_SECONDS, timezone="UTC"), id="clean")

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more; what is on its way ends first, as the scheduler would cut it off."""
        self._scheduler.pause()
        async with self._ticking, self._auditing:
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Do what is due now; a failure is logged and the next tick tries again."""
        async with self._ticking:
            await self._tick()

    async def _tick(self) -> None:
        now = self._engine.clock()
        try:
            await self._engine.wake_due()
            await self._engine.database.run(lambda session: pulse.beat(session, PULSE, now))
        except Exception as error:
            log.exception("a tick failed", extra={"why": type(error).__name__})
        self._courier.kick()

    async def audit(self) -> None:
        """Take back stray copies; a failure is logged and the next round tries again."""
        async with self._auditing:
            try:
                await self._auditor.run()
            except Exception as error:
                log.exception("an audit failed", extra={"why": type(error).__name__})

    async def clean(self) -> None:
        """Forget what nobody asks for any more."""
        now = self._engine.clock()
        try:
            await self._engine.database.run(lambda session: inbox.prune(session, now - KEEP_EVENTS))
            await self._engine.database.run(lambda session: aftercare.prune(session, now - KEEP_ERRANDS))
        except Exception as error:
            log.exception("old records could not be forgotten", extra={"why": type(error).__name__})
