"""Records what the outbox has claimed and how each errand ended, each in one transaction; sends nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from bot import meters
from bot.clock import Clock
from bot.outbox.slack_delivery import Delivered, look
from bot.slack.delivery_errors import LIVE_CARD_LOST, NO_PARENT, SHUTS, outcome_of, told_of
from bot.turns import Turns
from flows.link.effects import Farewell, HandOff, LookUp, RunCheck, Say, SendSheet, Show, Slot, TellStaff, Whisper
from flows.link.events import CallLost, CheckBroken, Event, PersonKnown, Reachable, Undeliverable
from flows.transitions.moves import card_slot
from storage import deduplication as inbox
from storage import links as store
from storage import messages
from storage.database.transactions import Database
from storage.messages import Posted, Standing
from storage.outbox import claims, errands, recovery
from storage.outbox.claims import Hands
from storage.outbox.errands import LEFT_FOR, LONGEST_WAIT, Errand, Lane
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""At least three times what a call may take, so that what was on its way has arrived when it ends."""


UNREADABLE = "unreadable"
"""Why an errand waits whose link this release cannot read."""

SELDOM = timedelta(minutes=1)
"""How seldom it is looked at most whether that has changed."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An errand of ours and what it is drawn from; `is_unreadable` where this release cannot read its link."""

    errand: Errand
    standing: Standing | None
    is_unreadable: bool = False

    @classmethod
    def of(cls, session: Session, errand: Errand) -> Claimed:
        """Read what an errand that was just claimed is drawn from."""
        try:
            return cls(errand, look(session, errand))
        except StoredValueError:
            # One link that cannot be read must not keep the others from being claimed.
            return cls(errand, None, is_unreadable=True)


class Endings:
    """The courier's book; an errand that somebody else has taken over is left to them."""

    def __init__(self, database: Database, turns: Turns, clock: Clock, *, lease: timedelta = LEASE) -> None:
        self._database = database
        self._turns = turns
        self._clock = clock
        self._lease = lease

    async def claim(self, free: Mapping[Hands, int]) -> list[Claimed]:
        """Claim what is due as far as hands are free, and read what it is drawn from."""
        if not any(free.values()):
            return []
        now = self._clock()

        def work(session: Session) -> list[Claimed]:
            claimed = claims.claim(session, now=now, lease=self._lease, free=free)
            return [Claimed.of(session, errand) for errand in claimed]

        return await self._database.run(work)

    async def finish(self, errand: Errand, done: Delivered, *, goes_on: bool) -> Claimed | None:
        """Record that an errand is done; with `goes_on`, claim the next of its lane in the same transaction."""
        now = self._clock()
        posted = done.posted

        def work(session: Session) -> Claimed | None:
            channel, ts = (posted.channel_id, posted.ts) if posted else (None, None)
            if not errands.finish(session, errand, now=now, channel_id=channel, ts=ts):
                # Somebody else took it over, and what we have sent may be a copy that an audit was too early to see.
                # It is not taken back here: it may just as well be the one that the other has found and recorded.
                recovery.suspect(session, errand, now)
                return None
            if posted and done.slot:
                messages.remember(session, errand.link_id, done.slot, posted)
            if done.event:
                self._turns.turn(session, errand.link_id, done.event, now)
            if done.edits:
                recovery.revive(session, errand.link_id, now)
            was_refused = done.edits and errand.tries > 1 and not recovery.waits(session, errand.link_id)
            if done.reopens or was_refused:
                # A message has arrived, so the channel is open again, whether or not Slack told us. An edit may pass
                # where posts do not: it proves something only of itself, when it was refused before.
                self._turns.turn(session, errand.link_id, Reachable(), now)
                recovery.revive(session, errand.link_id, now)
            following = claims.claim_next(session, errand, now=now, lease=self._lease) if goes_on else None
            return Claimed.of(session, following) if following else None

        following = await self._database.run(work)
        if isinstance(errand.effect, Show | Say | SendSheet | Farewell | Whisper | TellStaff):
            waited = max((now - errand.created_at).total_seconds(), 0)
            meters.MESSAGE_WAIT.labels(asked_by="people" if errand.origin else "nobody").observe(waited)
        self._note(errand, "sent")
        return following

    async def retry(self, errand: Errand, after: timedelta, code: str, *, doubtful: bool = False) -> None:
        """Put an errand back for `after`; as `doubtful` when it may have been sent and nothing is on its way."""
        run_at = self._clock() + min(after, LONGEST_WAIT)

        def work(session: Session) -> None:
            if errands.retry(session, errand, run_at=run_at, error=code, doubtful=doubtful):
                recovery.wake_behind(session, errand, self._clock())
            else:
                # Of an edit whose answer is lost nobody knows whether it came after that of whoever took it over.
                recovery.suspect(session, errand, self._clock())

        await self._database.run(work)
        self._note(errand, "again", code)

    async def begin_anew(self, errand: Errand, lost: Posted | None) -> bool:
        """Begin the thread anew that an errand did not find: its first message is gone, or was never recorded.

        In its lane what begins it takes the errand's place, as everything else there waits for that. False when a
        thread was lost on that day already: whatever takes ours away would have us post one after another.
        """
        now = self._clock()

        def work(session: Session) -> bool:
            soon, link = now + timedelta(seconds=1), store.load(session, errand.link_id)
            if messages.posted(session, errand.link_id, Slot.PARENT) not in {None, lost} or link is None:
                # Somebody else has begun it.
                errands.retry(session, errand, run_at=soon, error=NO_PARENT)
                return True
            if lost and not inbox.first_time(session, f"thread lost {errand.link_id} {now:%Y-%m-%d}", now):
                messages.forget(session, errand.link_id)
                return False
            # What is left of the old thread says where it goes on.
            number = int(now.timestamp())
            messages.leave(session, errand.link_id, number, card_slot(link))
            farewell = (Farewell(number=number),) if lost else ()
            live, parent = Show(slot=card_slot(link)), Show(slot=Slot.PARENT)
            if errand.lane is Lane.SLACK:
                is_there = errands.turn_into(session, errand, parent, run_at=now)
                is_card = isinstance(errand.effect, Show) and errand.effect.slot.startswith(f"{Slot.CARD}.")
                wanted = (live,) if is_card or errand.effect == parent else (live, errand.effect)
            else:
                is_there = errands.retry(session, errand, run_at=soon, error=NO_PARENT)
                wanted = (parent, live)
            if is_there:
                errands.enqueue(session, errand.link_id, (*wanted, *farewell), now)
            return True

        is_begun = await self._database.run(work)
        if is_begun:
            self._note(errand, "again", NO_PARENT)
        return is_begun

    async def put_back(self, errand: Errand, after: timedelta, code: str) -> None:
        """Put an errand back for `after` that was not even begun."""
        run_at = self._clock() + min(after, LONGEST_WAIT)

        def work(session: Session) -> None:
            if errands.put_back(session, errand, run_at=run_at, error=code):
                recovery.wake_behind(session, errand, self._clock())

        await self._database.run(work)

    async def leave(self, errand: Errand) -> None:
        """Put an errand back whose link a newer release may read; the longer none has, the more seldom it is looked."""
        age = self._clock() - errand.created_at
        await self.put_back(errand, max(LEFT_FOR, min(age / 20, SELDOM)), UNREADABLE)

    async def hold(self, errand: Errand, code: str) -> None:
        """Keep an errand, and its lane, until a person decides; staff are told."""
        now = self._clock()

        def work(session: Session) -> None:
            # Tried again and held again, it is the same message: staff are told once.
            if errands.hold(session, errand, error=code) and inbox.first_time(session, f"held {errand.id}", now):
                told = TellStaff(key="staff.held", names={"code": code})
                errands.enqueue(session, errand.link_id, (told,), now)

        await self._database.run(work)
        self._note(errand, "held", code)

    async def suspect(self, errand: Errand) -> None:
        """Record nothing but that it may have been sent, in case that somebody else has taken it over meanwhile."""
        now = self._clock()
        await self._database.run(lambda session: recovery.suspect(session, errand, now))
        self._note(errand, "unknown")

    async def give_up(self, errand: Errand, code: str, learnt: PersonKnown | None = None) -> None:
        """Give up an errand after a permanent no, and let its link know what that means, and what was learnt."""
        now = self._clock()

        def work(session: Session) -> None:
            if not errands.bury(session, errand, error=code, now=now):
                return
            recovery.wake_behind(session, errand, now)
            if learnt:
                self._turns.turn(session, errand.link_id, learnt, now)
            event = _meaning(session, errand, code)
            if event:
                self._turns.turn(session, errand.link_id, event, now)
            elif not isinstance(errand.effect, TellStaff | LookUp | HandOff):
                told = TellStaff(key=told_of(code), names={"code": code})
                errands.enqueue(session, errand.link_id, (told,), now)

        await self._database.run(work)
        self._note(errand, "dead", code)

    @staticmethod
    def _note(errand: Errand, ending: str, code: str = "") -> None:
        kind = kind_of(errand)
        meters.ERRANDS_ENDED.labels(kind=kind, ending=ending).inc()
        log.debug(
            "an errand was tried",
            extra={
                "errand": errand.id,
                "link": errand.link_id,
                "kind": kind,
                "tries": errand.tries,
                "ending": ending,
                "code": code,
            },
        )


def kind_of(errand: Errand) -> str:
    """Name what an errand is to do."""
    return type(errand.effect).__name__


def _is_live(session: Session, link_id: str, slot: str) -> bool:
    link = store.load(session, link_id)
    return link is not None and slot == card_slot(link)


def _meaning(session: Session, errand: Errand, code: str) -> Event | None:
    """Return what giving up an errand means for its link; one message that Slack refuses shuts no channel."""
    match errand.effect:
        case RunCheck(check_id=check_id):
            return CheckBroken(check_id=check_id)
        case TellStaff(key="staff.called"):
            return CallLost()
        case TellStaff() | LookUp() | HandOff():
            return None
        case effect if outcome_of(code) in SHUTS or (
            # Without a parent message there is no thread, and everything else waits for it.
            effect == Show(slot=Slot.PARENT) and messages.posted(session, errand.link_id, Slot.PARENT) is None
        ):
            return Undeliverable(code=code, told=told_of(code))
        case Show(slot=slot) if (told := LIVE_CARD_LOST.get(outcome_of(code))) and _is_live(
            session, errand.link_id, slot
        ):
            # Without the newest card nobody has a button: it waits for a sign that the conversation goes on.
            return Undeliverable(code=code, told=told)
        case _:
            return None
