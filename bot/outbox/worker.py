"""Runs the outbox: has claimed errands delivered, checked or handed off, many at once; writes no record itself."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from bot import meters, traces
from bot.outbox.endings import Claimed, Endings, kind_of
from bot.outbox.handoff import Backend
from bot.outbox.key_making import KeyMaker
from bot.outbox.slack_delivery import Delivered, Messaging
from bot.outbox.workday_check import Checker
from bot.slack.delivery_errors import (
    NO_PARENT,
    PACED,
    UNHEARD_TRIES,
    DoubtfulError,
    NotNowError,
    Outcome,
    SaidNoError,
    WhoKnowsError,
)
from flows.link.effects import HandOff, MakeKey, RunCheck
from storage.database.workers import COURIER, patient
from storage.messages import Standing
from storage.outbox import errands
from storage.outbox.claims import Hands, hands_for
from storage.outbox.errands import Errand, Lane

log = logging.getLogger(__name__)

AT_ONCE: Mapping[Hands, int] = MappingProxyType(
    {Hands.ANSWERS: 32, Hands.NOTICES: 16, Hands.TESTS: 32, Hands.LOOKS: 32, Hands.HANDOFFS: 8}
)
"""Errands under way, by the hands they go through: a backend or a tenant that is slow must leave room for messages."""

LONGEST_WAIT = errands.LONGEST_WAIT
LONGEST_PAUSE = timedelta(minutes=1)
"""The longest wait after a "not now": when Slack is back, nobody should wait long."""

CHECK_TRIES = 2
"""After so many failures of our own a check is given up, and the button is given back."""

IDLE_SECONDS = 1.0
"""How often is asked for what has become due, when nobody says that there is work."""

ENDING_SECONDS = 5
"""How long what is on its way may take when the app is told to end; with all else that is within ten seconds."""

READ_BACK_AFTER = timedelta(seconds=5)
"""How long history may lag behind an answer of Slack's that left it open whether a message was taken."""


class Delivering(Protocol):
    """Whoever brings effects to Slack, as `Deliveries` do."""

    async def deliver(self, errand: Errand, effect: Messaging, standing: Standing | None = None) -> Delivered:
        """Carry out one effect."""


class Courier:
    """The one that sends. `kick()` wakes it; it also wakes by itself when the next errand is due."""

    def __init__(
        self,
        endings: Endings,
        deliveries: Delivering,
        checker: Checker,
        *,
        keys: KeyMaker | None = None,
        backend: Backend | None = None,
    ) -> None:
        self._endings = endings
        self._deliveries = deliveries
        self._checker = checker
        self._keys = keys
        self._backend = backend
        self._kicked = asyncio.Event()
        self._running: dict[asyncio.Task[None], Hands] = {}
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False
        self._unreadable: set[str] = set()
        self._unrecorded: list[Errand] = []

    def kick(self) -> None:
        """Say that there is work."""
        self._kicked.set()

    def start(self) -> None:
        """Begin to carry out errands."""
        # What it begins inherits this.
        with patient(COURIER):
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
        """Return whether the loop still runs."""
        return self._loop is not None and not self._loop.done()

    async def _run(self) -> None:
        while not self._stopping:
            self._kicked.clear()
            try:
                claimed = await self._endings.claim({hands: self._free(hands) for hands in Hands})
            except Exception as error:
                log.exception("errands could not be claimed", extra={"why": type(error).__name__})
                claimed = []
            else:
                self._make_good()
            for one in claimed:
                self._begin(one.errand, self._carry_all(one))
            # Also where each hand is full now: the end of whatever one of them does kicks.
            await self._sleep()

    def _free(self, hands: Hands) -> int:
        return max(0, AT_ONCE[hands] - sum(busy is hands for busy in self._running.values()))

    def _begin(self, errand: Errand, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name=f"errand {errand.id}")
        self._running[task] = hands_for(errand)
        task.add_done_callback(self._done)
        meters.RUNNING.set(len(self._running))

    def _done(self, task: asyncio.Task[None]) -> None:
        was_full = not self._free(self._running[task])
        del self._running[task]
        meters.RUNNING.set(len(self._running))
        if not task.cancelled() and (error := task.exception()):
            # Not even its end could be recorded: that is made good once the database is back.
            log.error("an errand was left unfinished", exc_info=error)
        if was_full:
            self.kick()

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._kicked.wait()
        except TimeoutError:
            pass

    async def _carry_all(self, first: Claimed) -> None:
        """Carry out an errand, then those that waited behind it."""
        claimed: Claimed | None = first
        while claimed:
            claimed = await self._carry(claimed)

    async def _carry(self, claimed: Claimed) -> Claimed | None:
        """Carry out an errand and record how it ended; returns the one that was claimed together with that."""
        errand = claimed.errand
        with traces.resumed(errand.origin, f"errand {kind_of(errand)}", link=errand.link_id, errand=errand.id):
            try:
                return await self._carry_out(claimed)
            except Exception:
                self._unrecorded.append(errand)
                raise

    def _make_good(self) -> None:
        """Put back what ended while the database was away; nobody has to wait for a lease that this process holds.

        Where even that fails, the lease is left to run out.
        """
        for errand in self._unrecorded:
            self._begin(errand, self._endings.retry(errand, READ_BACK_AFTER, "unrecorded", doubtful=True))
        self._unrecorded.clear()

    async def _carry_out(self, claimed: Claimed) -> Claimed | None:
        errand, effect = claimed.errand, claimed.errand.effect
        if claimed.is_unreadable:
            # A newer release beside this one may have written the link: it gets a turn, and no try is used up.
            self._complain(errand.link_id)
            await self._endings.leave(errand)
            return None
        try:
            if isinstance(effect, RunCheck):
                await self._check(errand, effect.check_id)
            elif isinstance(effect, MakeKey):
                if self._keys:
                    await self._keys.make(errand)
            elif isinstance(effect, HandOff):
                done = await self._backend.bring(errand, effect) if self._backend else Delivered()
                return await self._finish(errand, done)
            else:
                done = await self._deliveries.deliver(errand, effect, claimed.standing)
                return await self._finish(errand, done)
        except NotNowError as error:
            if error.code == NO_PARENT and errand.lane is Lane.SLACK:
                # In this lane what begins the thread comes first, so that nothing would ever begin it.
                await self._endings.begin_anew(errand, None)
                return None
            asked = timedelta(seconds=error.after)
            if error.code == PACED:
                await self._endings.put_back(errand, asked, error.code)
            else:
                await self._endings.retry(errand, max(asked, min(_backoff(errand.tries), LONGEST_PAUSE)), error.code)
        except DoubtfulError as error:
            log.warning("a message is held", extra={"errand": errand.id, "kind": kind_of(errand), "code": error.code})
            await self._endings.hold(errand, error.code)
            self.kick()
        except SaidNoError as error:
            await self._refused(claimed, error)
        except WhoKnowsError as error:
            if error.answered:
                # Read back before it is sent again, once Slack's history had time to follow.
                await self._endings.retry(errand, READ_BACK_AFTER, "answered", doubtful=True)
                return None
            # Left as it is: when the lease has run out, whoever claims it next reads back first.
            log.warning("an errand's end is unknown", extra={"errand": errand.id, "kind": kind_of(errand)})
            try:
                await self._endings.suspect(errand)
            except Exception:
                # Not made good with the rest: it may still be on its way to Slack.
                log.exception("an errand was left unfinished", extra={"errand": errand.id})
        except Exception as error:
            log.exception("an errand failed", extra={"errand": errand.id, "kind": kind_of(errand)})
            if isinstance(effect, RunCheck) and errand.tries >= CHECK_TRIES:
                await self._endings.give_up(errand, type(error).__name__)
                self.kick()
            else:
                await self._endings.retry(errand, _backoff(errand.tries), type(error).__name__, doubtful=True)
        return None

    async def _refused(self, claimed: Claimed, error: SaidNoError) -> None:
        """Begin a lost thread anew, try once more what nobody understands, and give up anything else."""
        errand, lost = claimed.errand, claimed.standing.parent if claimed.standing else None
        log.warning("Slack refused", extra={"errand": errand.id, "kind": kind_of(errand), "code": error.code})
        if error.outcome is Outcome.UNHEARD and errand.tries < UNHEARD_TRIES:
            await self._endings.retry(errand, _backoff(errand.tries), error.code)
            return
        is_begun = error.outcome is Outcome.NO_THREAD and lost and await self._endings.begin_anew(errand, lost)
        if not is_begun:
            await self._endings.give_up(errand, error.code, error.learnt)
        self.kick()

    def _complain(self, link_id: str) -> None:
        """Name a link that cannot be read, once."""
        if link_id not in self._unreadable:
            self._unreadable.add(link_id)
            log.error(
                "a link cannot be read, and what waits for it is left to a newer release", extra={"link": link_id}
            )

    async def _check(self, errand: Errand, check_id: str) -> None:
        """Run a check; one that is cut off because the app ends is given back at once, to whoever runs next.

        A message is not: it may still arrive at Slack, and is read back when its lease has run out.
        """
        try:
            await self._checker.run(errand, check_id)
        except asyncio.CancelledError:
            await self._endings.retry(errand, timedelta(), "stopped", doubtful=True)
            raise

    async def _finish(self, errand: Errand, done: Delivered) -> Claimed | None:
        goes_on = not self._stopping and self._free(hands_for(errand)) > 0
        following = await self._endings.finish(errand, done, goes_on=goes_on)
        if done.event or done.reopens or done.edits or not goes_on:
            self.kick()
        return following


def _backoff(tries: int) -> timedelta:
    wait = min(timedelta(seconds=2 ** min(tries, 12)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  spreads retries, keeps no secret
