"""The clock: APScheduler ticks, the database decides; holds no job that must not be lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session

from bot import meters
from bot.clock import Clock
from bot.engine import Engine
from bot.outbox.duplicates import Auditor
from bot.outbox.endings import UNREADABLE
from bot.outbox.worker import Courier
from bot.slack.delivery_errors import HOURLY, PACED, SHUTS, codes_of
from bot.slack.rate_limits import Bucket, Budget
from bot.staff.digest import write_digests
from bot.turns import Room
from flows.link.effects import Effect, Handed, HandOff, TellStaff
from flows.link.moments import in_time
from flows.link.rulebook import Rulebook
from flows.workday.outbound import Outbound
from storage import audit_log as audit
from storage import deduplication as inbox
from storage import form_tokens as tickets
from storage import heartbeats as pulse
from storage import link_lists
from storage import links as store
from storage.database.transactions import Database, shred_after_commit
from storage.database.trouble import TROUBLE, explain
from storage.database.workers import CLOCK, patient
from storage.limits import login_attempts as logins
from storage.limits import refusals
from storage.outbox import claims, errands, recovery, set_back
from storage.reports import journeys

log = logging.getLogger(__name__)

KEEP_EVENTS = timedelta(days=7)
KEEP_SIGNED = timedelta(hours=1)
"""More than twice the ten minutes in which a signature is taken."""

KEEP_ERRANDS = timedelta(days=30)
KEEP_LOGINS = timedelta(days=1)
CLEAN_SECONDS = 3600
LIFTED_SECONDS = 3600
"""Between two tries at what Slack's administrators have forbidden, or the app has no right to."""

MINUTE = 60
ENDING_SECONDS = 2
"""How long a tick or an audit may go on when the app is told to end."""

Work = Callable[[], Awaitable[None]]

WAKING = Budget(1, 20)
"""Links a second that say something unasked: it comes on top of the answers to people, who get most of the limits."""

MOST_WAITING = 50
"""Links with unfinished messages beyond which no more are woken: while Slack is away, nothing is piled up for it."""

MOST_CHECKS = 32
"""Checks that nobody asked for under way or waiting: the courier has as many hands left for people."""

BATCH = 200
"""Links woken in one transaction; it holds up others for some fifty milliseconds."""

SHARE = 0.8
"""Of the time between two ticks that one tick may go on waking; its pulse must not come late."""

BREATH = 0.2
"""Seconds after which is looked whether checks have ended."""


class Ticker:
    """Wakes due links, sends what waits, takes back stray copies, leaves its pulse; `each_minute` is done then, too.

    `has_channel` tells that there is a STAFF_CHANNEL.
    """

    def __init__(  # noqa: PLR0913  all that happens by itself starts here
        self,
        database: Database,
        engine: Engine,
        courier: Courier,
        auditor: Auditor,
        *,
        rules: Rulebook,
        clock: Clock,
        seconds: float,
        waking: Budget = WAKING,
        each_minute: Mapping[str, Work] = MappingProxyType({}),
        has_channel: bool = False,
    ) -> None:
        self._has_channel = has_channel
        self._digests_at: datetime | None = None
        self._database = database
        self._engine = engine
        self._rules = rules
        self._clock = clock
        self._courier = courier
        self._auditor = auditor
        self._ticking = asyncio.Lock()
        self._auditing = asyncio.Lock()
        self._waking = Bucket(waking)
        self._seconds = seconds
        self.ticked_at: datetime | None = None
        self.trouble = ""
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_job(self.tick, IntervalTrigger(seconds=seconds, timezone="UTC"), id="tick")
        # A job of its own: it talks to Slack, and a slow Slack must not stop the clock.
        self._scheduler.add_job(self.audit, IntervalTrigger(seconds=seconds, timezone="UTC"), id="audit")
        self._scheduler.add_job(self.clean, IntervalTrigger(seconds=CLEAN_SECONDS, timezone="UTC"), id="clean")
        self._scheduler.add_job(self.try_shut, IntervalTrigger(seconds=LIFTED_SECONDS, timezone="UTC"), id="shut")
        for name, work in each_minute.items():
            self._scheduler.add_job(work, IntervalTrigger(seconds=MINUTE, timezone="UTC"), id=name)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more; what is on its way has a moment to end, then the scheduler cuts it off: it comes again."""
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_SECONDS), self._ticking, self._auditing:
                pass
        self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Do what is due now; a failure is logged and the next tick tries again."""
        async with self._ticking:
            with patient(CLOCK), meters.timed(meters.TICKS):
                await self._tick()

    async def _tick(self) -> None:
        now = self._clock()
        try:
            await self._wake(now)
            # A tick can take long; what has been written meanwhile is no sign of a clock that was set back.
            if not await self._database.run(self._end_tick):
                await self._bring_back()
                await self._database.run(self._end_tick)
            if now.replace(second=0, microsecond=0) != self._digests_at:
                await write_digests(self._database, now, self._rules, to_channel=self._has_channel)
                self._digests_at = now.replace(second=0, microsecond=0)
            self.ticked_at, self.trouble = now, ""
        except TROUBLE as error:
            self.trouble = explain(error)
            # Where it happened helps nobody, unless the mistake is ours.
            is_ours = isinstance(error, IntegrityError | ProgrammingError)
            log.error("a tick failed", extra={"why": self.trouble}, exc_info=is_ours)  # noqa: TRY400
        except Exception as error:
            log.exception("a tick failed", extra={"why": type(error).__name__})
        self._courier.kick()

    async def _wake(self, now: datetime) -> None:
        """Wake as many due links as Slack and Workday can take beside what people do; the others stay due."""
        ends = time.monotonic() + self._seconds * SHARE
        for times in count():
            room = await self._database.run(lambda session: self._room(session, now))
            if room.messages <= 0:
                return
            # Without room for a check, who only wants to say something is looked for among the others once a tick.
            left = await self._engine.wake_due(room) if not times or room.checks > 0 else room
            if woken := room.links - left.links:
                log.debug("links were woken", extra={"links": woken, "checks": room.checks - left.checks})
            self._waking.take(now, room.messages - left.messages)
            if time.monotonic() > ends or (left.links and left.checks):
                return
            if left.links:
                await asyncio.sleep(BREATH)

    def _room(self, session: Session, now: datetime) -> Room:
        waiting = claims.waiting(session, at_most=MOST_WAITING, but=(PACED, UNREADABLE))
        checks = claims.waiting(session, at_most=MOST_CHECKS, checks=True)
        messages = min(self._waking.room(now), MOST_WAITING - waiting)
        return Room(links=BATCH, messages=messages, checks=MOST_CHECKS - checks)

    def _end_tick(self, session: Session) -> bool:
        """Tell the head of the audit and show that the clock goes; False when it was set back: first mend that."""
        now = self._clock()
        if set_back.is_set_back(session, now):
            return False
        write_head(session, now, tells=self._has_channel, hands_off=self._rules.hands_off)
        pulse.beat(session, pulse.TICKER, now)
        return True

    async def _bring_back(self) -> None:
        """Mend what a clock that was set back has left: links some at a time, and last that by which it is noticed."""
        now = self._clock()
        log.error("the clock was set back; what lies too far ahead is brought back", extra={"now": now.isoformat()})
        moved = [link.id async for link in link_lists.each(self._database) if in_time(link, now) != link]
        await self._engine.run_each(moved, self._engine.turns.bring_back)
        await self._database.run(lambda session: set_back.mend(session, now))

    async def audit(self) -> None:
        """Take back stray copies; a failure is logged and the next round tries again."""
        async with self._auditing:
            try:
                with patient(CLOCK):
                    await self._auditor.run()
            except Exception as error:
                log.exception("an audit failed", extra={"why": type(error).__name__})

    async def try_shut(self) -> None:
        """Let be sent what was forbidden or not within our rights: that it is no longer so Slack tells nobody.

        What is refused as before tells nobody once more.
        """
        known = codes_of(SHUTS.keys() - HOURLY)
        try:
            for link_id in await self._database.run(lambda session: link_lists.blocked(session, None, known)):
                await self._database.run(partial(recovery.revive, link_id=link_id, now=self._clock()))
        except Exception as error:
            log.exception("what was forbidden could not be tried again", extra={"why": type(error).__name__})

    async def clean(self) -> None:
        """Forget what nobody asks for any more; what fails is logged, tried again in an hour, and holds up nothing."""
        now = self._clock()
        parts: tuple[Callable[[Session], object], ...] = (
            lambda session: inbox.prune(session, now - KEEP_EVENTS, signed_before=now - KEEP_SIGNED),
            lambda session: recovery.prune(session, now - KEEP_ERRANDS),
            lambda session: logins.prune(session, now - KEEP_LOGINS),
            lambda session: refusals.prune(session, now - KEEP_LOGINS),
            lambda session: tickets.prune(session, now),
            lambda session: _erase(session, now),
            # Last, so that no byte of all this stays in SQLite's log, nor of what another process has deleted.
            shred_after_commit,
        )
        for part in parts:
            try:
                with patient(CLOCK):
                    await self._database.run(part)
            except Exception as error:
                log.exception("old records could not be forgotten", extra={"why": type(error).__name__})


def _erase(session: Session, now: datetime) -> None:
    """Erase what was to be forgotten, once everybody has been told; what nobody knows the end of keeps none of it."""
    for link_id in link_lists.ending(session):
        recovery.bury_held(session, link_id, now)
    for link_id in link_lists.erasable(session):
        store.erase(session, link_id)


def write_head(session: Session, now: datetime, *, tells: bool, hands_off: bool) -> None:
    """Once a day say what all histories come to, where whoever has the database cannot take it back."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if not pulse.take_turn(session, pulse.HEAD, now, since=midnight):
        return
    head, at = audit.head(session, now), now.isoformat(timespec="microseconds")
    log.info("the head of the audit", extra={"at": at, "links": head.links, "lines": head.lines, "head": head.digest})
    names = {"at": at, "links": str(head.links), "lines": str(head.lines), "head": head.digest}
    told: list[Effect] = [TellStaff(key="staff.audit_head", names=names)] if tells else []
    told += [HandOff(what=Handed.AUDIT_HEAD)] if hands_off else []
    link_id = journeys.any_link(session, None)
    if link_id:
        errands.enqueue(session, link_id, told, now)


async def ping(session: aiohttp.ClientSession, url: SecretStr, outbound: Outbound) -> None:
    """Call the dead man's switch once; a failure is logged without the address, as whoever knows it could call, too."""
    try:
        address = url.get_secret_value()
        proxy = outbound.proxy_for(urlsplit(address).hostname or "") or None
        async with session.get(address, allow_redirects=False, proxy=proxy, ssl=outbound.tls) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("the heartbeat could not be sent", extra={"why": type(error).__name__})
        return
    if not 200 <= status < 300:  # noqa: PLR2004  the range of success
        log.warning("the heartbeat was refused", extra={"status": status})
