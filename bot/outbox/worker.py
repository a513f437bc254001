"""Carries out saved errands: claims them, has them delivered or checked, records how each one ended."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import timedelta

from sqlmodel import Session

from bot.engine import Engine
from bot.outbox.handoff import Backend
from bot.outbox.slack_delivery import Delivered, Deliveries, DoubtfulError
from bot.outbox.workday_check import Checker
from bot.slack.error_codes import CHANNEL_IS_SHUT
from bot.slack.web_api import PACED, NotNowError, SaidNoError, WhoKnowsError
from flows.link.effects import HandOff, LookUp, RunCheck, Show, Slot, TellStaff
from flows.link.events import CheckBroken, Event, Reachable, Undeliverable
from storage import deduplication as inbox
from storage import links as store
from storage import outbox as errands
from storage import outbox_recovery as aftercare
from storage.outbox import Errand

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""At least three times what a call may take, so that what was on its way has arrived when it ends."""

AT_ONCE = 64
"""Errands under way; slow checks of many customers must leave room for messages."""

LONGEST_WAIT = timedelta(hours=1)
LONGEST_PAUSE = timedelta(minutes=1)
"""The longest wait after a "not now": when Slack is back, nobody should wait long."""

CHECK_TRIES = 2
"""After so many failures of our own a check is given up, and the button is given back."""

ENDING_SECONDS = 20


class Courier:
    """The one that sends. `kick()` wakes it; it also wakes by itself when the next errand is due."""

    def __init__(
        self,
        engine: Engine,
        deliveries: Deliveries,
        checker: Checker,
        *,
        backend: Backend | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._engine = engine
        self._deliveries = deliveries
        self._checker = checker
        self._backend = backend
        self._lease = lease
        self._kicked = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False
        engine.on_work = self.kick

    def kick(self) -> None:
        """Say that there is work."""
        self._kicked.set()

    def start(self) -> None:
        """Begin to carry out errands."""
        self._loop = asyncio.create_task(self._run(), name="courier")

    async def stop(self) -> None:
        """Claim nothing more and finish what is on its way; what takes too long is taken up after the restart."""
        self._stopping = True
        self.kick()
        if self._loop:
            await self._loop
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=ENDING_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    @property
    def is_alive(self) -> bool:
        """Tell whether the loop still runs."""
        return self._loop is not None and not self._loop.done()

    async def _run(self) -> None:
        while not self._stopping:
            self._kicked.clear()
            try:
                claimed = await self._claim()
            except Exception as error:
                log.exception("errands could not be claimed", extra={"why": type(error).__name__})
                claimed = []
            for errand in claimed:
                task = asyncio.create_task(self._carry(errand), name=f"errand {errand.id}")
                self._running.add(task)
                task.add_done_callback(self._done)
            if not claimed:
                await self._sleep()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Not even its end could be recorded: when the lease has run out it is claimed again.
            log.error("an errand was left unfinished", exc_info=error)
        self.kick()

    async def _claim(self) -> list[Errand]:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return []
        now = self._engine.clock()
        return await self._engine.database.run(
            lambda session: errands.claim(session, now=now, lease=self._lease, limit=free)
        )

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._kicked.wait()
        except TimeoutError:
            pass

    async def _carry(self, errand: Errand) -> None:
        effect = errand.effect
        try:
            if isinstance(effect, RunCheck):
                await self._checker.run(errand, effect.check_id)
            elif isinstance(effect, HandOff):
                done = await self._backend.bring(errand, effect) if self._backend else Delivered()
                await self._finish(errand, done)
            else:
                await self._finish(errand, await self._deliveries.deliver(errand, effect))
        except NotNowError as error:
            asked = timedelta(seconds=error.after)
            # Whoever is only paced has a moment of its own to come back at.
            pause = timedelta() if error.code == PACED else min(_backoff(errand.tries), LONGEST_PAUSE)
            await self._retry(errand, max(asked, pause), error.code)
        except DoubtfulError as error:
            log.warning("a message is held", extra={"errand": errand.id, "kind": _kind(errand), "code": error.code})
            await self._hold(errand, error.code)
        except SaidNoError as error:
            log.warning("Slack refused", extra={"errand": errand.id, "kind": _kind(errand), "code": error.code})
            await self._give_up(errand, error.code)
        except WhoKnowsError:
            # Left as it is: when the lease has run out, whoever claims it next reads back first.
            log.warning("an errand's end is unknown", extra={"errand": errand.id, "kind": _kind(errand)})
            now = self._engine.clock()
            await self._engine.database.run(lambda session: aftercare.suspect(session, errand, now))
        except Exception as error:
            log.exception("an errand failed", extra={"errand": errand.id, "kind": _kind(errand)})
            if isinstance(effect, RunCheck) and errand.tries >= CHECK_TRIES:
                await self._give_up(errand, type(error).__name__)
            else:
                await self._retry(errand, _backoff(errand.tries), type(error).__name__, doubtful=True)

    async def _finish(self, errand: Errand, done: Delivered) -> None:
        now = self._engine.clock()
        posted = done.posted

        def work(session: Session) -> None:
            channel, ts = (posted.channel_id, posted.ts) if posted else (None, None)
            if not errands.finish(session, errand, now=now, channel_id=channel, ts=ts):
                # Somebody else took it over, and what we have sent may be a copy that an audit was too early to see.
                # It is not taken back here: it may just as well be the one that the other has found and recorded.
                aftercare.suspect(session, errand, now)
                return
            if posted and done.slot:
                store.remember(session, errand.link_id, done.slot, posted)
            if done.event:
                self._engine.turn(session, errand.link_id, done.event, now)
            if done.reopens:
                # A message has arrived, so the channel is open again, whether or not Slack told us.
                self._engine.turn(session, errand.link_id, Reachable(), now)
                aftercare.revive(session, errand.link_id, now)

        await self._engine.database.run(work)

    async def _retry(self, errand: Errand, after: timedelta, code: str, *, doubtful: bool = False) -> None:
        run_at = self._engine.clock() + after
        await self._engine.database.run(
            lambda session: errands.retry(session, errand, run_at=run_at, error=code, doubtful=doubtful)
        )

    async def _hold(self, errand: Errand, code: str) -> None:
        now = self._engine.clock()

        def work(session: Session) -> None:
            # Tried again and held again, it is the same message: staff are told once.
            if errands.hold(session, errand, error=code) and inbox.first_time(session, f"held {errand.id}", now):
                told = TellStaff(key="staff.held", names={"code": code})
                errands.enqueue(session, errand.link_id, (told,), now)

        await self._engine.database.run(work)

    async def _give_up(self, errand: Errand, code: str) -> None:
        now = self._engine.clock()

        def work(session: Session) -> None:
            if not errands.bury(session, errand, error=code, now=now):
                return
            event = _meaning(errand, code)
            if event:
                self._engine.turn(session, errand.link_id, event, now)
            elif not isinstance(errand.effect, TellStaff | LookUp | HandOff):
                told = TellStaff(key="staff.undeliverable", names={"code": code})
                errands.enqueue(session, errand.link_id, (told,), now)

        await self._engine.database.run(work)


def _meaning(errand: Errand, code: str) -> Event | None:
    """Tell what giving up an errand means for its link; one message that Slack refuses shuts no channel."""
    match errand.effect:
        case RunCheck(check_id=check_id):
            return CheckBroken(check_id=check_id)
        case TellStaff() | LookUp() | HandOff():
            return None
        case effect if code in CHANNEL_IS_SHUT or effect == Show(slot=Slot.PARENT):
            return Undeliverable(code=code)
        case _:
            return None


def _kind(errand: Errand) -> str:
    return type(errand.effect).__name__


def _backoff(tries: int) -> timedelta:
    wait = min(timedelta(seconds=2 ** min(tries, 12)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  spreads retries, keeps no secret
