"""Carries out saved errands: claims, sends, records, reads back what is doubtful; decides nothing about links."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar, assert_never

from sqlmodel import Session

from bot.checker import Checker
from bot.engine import Engine
from bot.speaker import Message, NotNowError, SaidNoError, Speaker, WhoKnowsError
from bot.views import Address, blocks, fallback
from flows.cards import card, nudge, parent
from flows.messages import (
    CheckBroken,
    Event,
    LookUp,
    PersonKnown,
    RunCheck,
    Say,
    Show,
    Slot,
    TellStaff,
    Undeliverable,
    Whisper,
)
from flows.moves import card_slot
from flows.parts import Card
from flows.sayings import overheard, said, told, whispered
from flows.state import Link, Person, Step
from storage import aftercare, errands, store
from storage.errands import Errand, Lane
from storage.store import Posted

log = logging.getLogger(__name__)

T = TypeVar("T")

LEASE = timedelta(seconds=60)
AUDIT_AFTER = timedelta(seconds=90)
"""Lease plus the time Slack's history may lag."""

AT_ONCE = 16
LONGEST_WAIT = timedelta(hours=1)

CHANNEL_IS_SHUT = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_thread_only_channel",
        "restricted_action_read_only_channel",
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "not_authed",
        "missing_scope",
        "user_not_in_channel",
    }
)
"""Refusals that concern the whole conversation: staff are told, its messages wait until the channel opens again."""

MESSAGE_IS_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
BLOCKS_REFUSED = frozenset({"invalid_blocks", "msg_blocks_too_long"})


class Courier:
    """The one that sends. `kick()` wakes it; it also wakes by itself when the next errand is due."""

    def __init__(self, *, engine: Engine, speaker: Speaker, checker: Checker, staff_channel: str, slack_url: str) -> None:
        self._engine = engine
        self._speaker = speaker
        self._checker = checker
        self._staff_channel = staff_channel
        self._slack_url = slack_url
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
        """Claim nothing more and finish what is on its way."""
        self._stopping = True
        self.kick()
        if self._loop:
            await self._loop
        if self._running:
            await asyncio.wait(self._running, timeout=20)

    @property
    def is_alive(self) -> bool:
        """Tell whether the loop still runs."""
        return self._loop is not None and not self._loop.done()

    async def _run(self) -> None:
        while not self._stopping:
            self._kicked.clear()
            try:
                claimed = await self._claim()
            except Exception as error:  # noqa: BLE001  a database that is away must not end the loop
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
        self.kick()

    async def _claim(self) -> list[Errand]:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return []
        now = self._engine.clock()
        return await self._engine.database.run(
            lambda session: errands.claim(session, now=now, lease=LEASE, limit=free)
        )

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._kicked.wait()
        except TimeoutError:
            pass

    async def _carry(self, errand: Errand) -> None:
        try:
            await self._do(errand)
        except NotNowError as error:
            await self._retry(errand, timedelta(seconds=error.after), error.code)
        except SaidNoError as error:
            await self._refused(errand, error)
        except WhoKnowsError:
            # Left as it is: when the lease has run out, whoever claims it next reads back first.
            log.warning("an errand's end is unknown", extra={"errand": errand.id, "kind": _kind(errand)})
        except Exception as error:  # noqa: BLE001  one errand must not take the others with it
            log.exception("an errand failed", extra={"errand": errand.id, "kind": _kind(errand)})
            await self._retry(errand, _backoff(errand.tries), type(error).__name__)

    async def _do(self, errand: Errand) -> None:
        effect = errand.effect
        if isinstance(effect, RunCheck):
            await self._checker.run(errand, effect.check_id)
            return
        link = await self._engine.load(errand.link_id)
        if link is None:
            await self._finish(errand)
            return
        match effect:
            case Show():
                await self._show(errand, link, effect.slot)
            case Say():
                await self._say(errand, link, effect)
            case Whisper():
                await self._whisper(errand, link, effect)
            case TellStaff():
                await self._tell_staff(errand, link, effect)
            case LookUp():
                await self._look_up(errand, link, effect.user_id)
            case _:
                assert_never(effect)

    async def _show(self, errand: Errand, link: Link, slot: str) -> None:
        posted = await self._posted(link, slot)
        if posted is None and errand.tries > 1:
            thread = await self._thread(link) if slot != Slot.PARENT else None
            copies = await self._copies(errand, link.channel_id, thread)
            if copies:
                posted = Posted(channel_id=link.channel_id, ts=copies[0], thread_ts=thread)
        drawn, address = self._draw(link, slot)
        if posted:
            try:
                await self._with_pictures(
                    drawn, address, lambda message: self._speaker.update(
                        channel=posted.channel_id, ts=posted.ts, message=message
                    )
                )
            except SaidNoError as error:
                if error.code not in MESSAGE_IS_GONE:
                    raise
            else:
                await self._finish(errand, posted, slot)
                return
        thread = await self._thread(link) if slot != Slot.PARENT else None
        broadcast = link.step is Step.LINKED and slot == card_slot(link)
        ts = await self._with_pictures(
            drawn,
            address,
            lambda message: self._speaker.post(
                channel=link.channel_id,
                message=message,
                errand_id=errand.id,
                thread_ts=thread,
                broadcast=broadcast,
            ),
        )
        await self._finish(errand, Posted(channel_id=link.channel_id, ts=ts, thread_ts=thread), slot)

    def _draw(self, link: Link, slot: str) -> tuple[Card, Address]:
        scene = self._engine.scene(link)
        kind, _, number = slot.partition(".")
        drawn = parent(scene)
        if kind == Slot.CARD:
            drawn = card(scene, int(number))
        elif kind == Slot.NUDGE:
            drawn = nudge(scene, int(number))
        return drawn, Address(link_id=link.id, step=link.step, revision=link.revision)

    async def _with_pictures(self, drawn: Card, address: Address, send: Callable[[Message], Awaitable[T]]) -> T:
        try:
            return await send(Message(text=fallback(drawn), blocks=blocks(drawn, address)))
        except SaidNoError as error:
            if error.code not in BLOCKS_REFUSED:
                raise
            # Slack refuses a whole message for one picture that it cannot fetch.
            log.warning("a card was refused with its picture", extra={"code": error.code})
            return await send(Message(text=fallback(drawn), blocks=blocks(drawn, address, pictures=False)))

    async def _say(self, errand: Errand, link: Link, effect: Say) -> None:
        thread = await self._thread(link)
        drawn = said(self._engine.scene(link), effect)
        await self._post_once(errand, link, drawn, link.channel_id, thread, broadcast=effect.broadcast)

    async def _whisper(self, errand: Errand, link: Link, effect: Whisper) -> None:
        thread = await self._thread(link)
        scene = self._engine.scene(link)
        try:
            await self._speaker.whisper(
                channel=link.channel_id,
                user=effect.person.user_id,
                text=whispered(scene, effect),
                thread_ts=thread,
            )
        except SaidNoError as error:
            if error.code in CHANNEL_IS_SHUT and error.code != "user_not_in_channel":
                raise
            line = overheard(scene, effect)
            await self._speaker.post(
                channel=link.channel_id, message=Message(text=line), errand_id=errand.id, thread_ts=thread
            )
        await self._finish(errand)

    async def _tell_staff(self, errand: Errand, link: Link, effect: TellStaff) -> None:
        channel = self._staff_channel or await self._speaker.direct_channel(link.owner.user_id)
        posted = await self._posted(link, Slot.PARENT)
        where = f"{self._slack_url}archives/{posted.channel_id}/p{posted.ts.replace('.', '')}" if posted else ""
        text = told(self._engine.scene(link), effect, where)
        if errand.tries > 1 and await self._copies(errand, channel, None):
            await self._finish(errand)
            return
        ts = await self._speaker.post(channel=channel, message=Message(text=text), errand_id=errand.id)
        await self._finish(errand, Posted(channel_id=channel, ts=ts))

    async def _post_once(
        self, errand: Errand, link: Link, drawn: Card, channel: str, thread: str | None, *, broadcast: bool
    ) -> None:
        if errand.tries > 1:
            copies = await self._copies(errand, channel, thread)
            if copies:
                await self._finish(errand, Posted(channel_id=channel, ts=copies[0], thread_ts=thread))
                return
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        message = Message(text=fallback(drawn), blocks=blocks(drawn, address))
        ts = await self._speaker.post(
            channel=channel, message=message, errand_id=errand.id, thread_ts=thread, broadcast=broadcast
        )
        await self._finish(errand, Posted(channel_id=channel, ts=ts, thread_ts=thread))

    async def _look_up(self, errand: Errand, link: Link, user_id: str) -> None:
        try:
            member = await self._speaker.member(user_id)
            present = not member.deleted and await self._speaker.is_in(link.channel_id, user_id)
            person = Person(user_id=user_id, team_id=member.team_id, zone=member.zone)
        except SaidNoError as error:
            if error.code not in {"user_not_found", "user_not_visible"}:
                raise
            person, present = Person(user_id=user_id), False
        await self._finish(errand, event=PersonKnown(person=person, present=present))

    async def _posted(self, link: Link, slot: str) -> Posted | None:
        return await self._engine.database.run(lambda session: store.posted(session, link.id, slot))

    async def _thread(self, link: Link) -> str:
        posted = await self._posted(link, Slot.PARENT)
        if posted is None:
            raise NotNowError(2, "no_parent")
        return posted.ts

    async def _copies(self, errand: Errand, channel: str, thread: str | None) -> list[str]:
        since = errand.first_try_at.timestamp() - 5
        return await self._speaker.copies(channel=channel, thread_ts=thread, errand_id=errand.id, since=since)

    async def _finish(
        self, errand: Errand, posted: Posted | None = None, slot: str = "", event: Event | None = None
    ) -> None:
        now = self._engine.clock()

        def work(session: Session) -> None:
            channel, ts = (posted.channel_id, posted.ts) if posted else (None, None)
            if not errands.finish(session, errand, now=now, channel_id=channel, ts=ts):
                return
            if posted and slot:
                store.remember(session, errand.link_id, slot, posted)
            if event:
                self._engine.turn(session, errand.link_id, event, now)

        await self._engine.database.run(work)

    async def _retry(self, errand: Errand, after: timedelta, code: str) -> None:
        run_at = self._engine.clock() + after
        await self._engine.database.run(
            lambda session: errands.retry(session, errand, run_at=run_at, error=code)
        )

    async def _refused(self, errand: Errand, error: SaidNoError) -> None:
        now = self._engine.clock()
        log.warning("Slack refused", extra={"errand": errand.id, "kind": _kind(errand), "code": error.code})
        event: Event | None = None
        if errand.lane is Lane.WORKDAY and isinstance(errand.effect, RunCheck):
            event = CheckBroken(check_id=errand.effect.check_id)
        elif not isinstance(errand.effect, TellStaff | LookUp):
            event = Undeliverable(code=error.code)

        def work(session: Session) -> None:
            if errands.bury(session, errand, error=error.code, now=now) and event:
                self._engine.turn(session, errand.link_id, event, now)

        await self._engine.database.run(work)

    async def audit(self) -> int:
        """Look once more at messages that were tried twice and take back stray copies; gives how many."""
        now = self._engine.clock()
        doubtful = await self._engine.database.run(
            lambda session: aftercare.to_audit(session, now=now, after=AUDIT_AFTER, limit=20)
        )
        removed = 0
        for sent in doubtful:
            removed += await self._audit_one(sent, now)
        return removed

    async def _audit_one(self, sent: aftercare.Sent, now: datetime) -> int:
        removed = 0
        link = await self._engine.load(sent.link_id)
        if link and sent.channel_id and sent.ts:
            parent_slot = isinstance(sent.effect, Show) and sent.effect.slot == Slot.PARENT
            own_thread = None if parent_slot or isinstance(sent.effect, TellStaff) else await self._thread(link)
            try:
                copies = await self._speaker.copies(
                    channel=sent.channel_id,
                    thread_ts=own_thread,
                    errand_id=sent.id,
                    since=sent.first_try_at.timestamp() - 5,
                )
                for ts in copies:
                    if ts != sent.ts:
                        await self._speaker.delete(channel=sent.channel_id, ts=ts)
                        removed += 1
            except SaidNoError as error:
                log.warning("a message could not be audited", extra={"errand": sent.id, "code": error.code})
            except (NotNowError, WhoKnowsError):
                return removed
        await self._engine.database.run(lambda session: aftercare.audited(session, sent.id, now))
        return removed


def _kind(errand: Errand) -> str:
    return type(errand.effect).__name__


def _backoff(tries: int) -> timedelta:
    wait = min(timedelta(seconds=2 ** min(tries, 12)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  spreads retries, keeps no secret
