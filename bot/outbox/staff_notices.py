"""Brings notices to our own people: to STAFF_CHANNEL, or to a person directly; the customer reads none of them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel import Session

from bot.drawing import Drawing
from bot.outbox.insight_delivery import KEY as INSIGHT
from bot.outbox.insight_delivery import Numbers
from bot.outbox.webhooks import News
from bot.slack.block_kit import Address, blocks, fallback
from bot.slack.delivery_errors import SaidNoError
from bot.slack.web_api import Message, Speaker
from flows.cards.digest import KEY as DIGEST
from flows.cards.digest import digest
from flows.cards.messages import ANSWERS, notice
from flows.link.effects import TellStaff
from flows.schedule.attention import Worry, owned, owners, worries
from storage import deduplication as inbox
from storage import links as store
from storage.database import Database
from storage.messages import Posted, Standing
from storage.outbox import errands
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)


class Notices:
    """Carries out `TellStaff`; `copies` finds where an earlier try has posted the notice of an errand in a channel."""

    def __init__(
        self,
        database: Database,
        drawing: Drawing,
        speaker: Speaker,
        copies: Callable[[Errand, str], Awaitable[list[str]]],
        news: News,
        *,
        staff_channel: str,
        slack_url: str,
    ) -> None:
        self._database = database
        self._drawing = drawing
        self._speaker = speaker
        self._copies = copies
        self._numbers = Numbers(database, drawing, speaker)
        self._news = news
        self._staff_channel = staff_channel
        self._slack_url = slack_url

    async def bring(self, errand: Errand, standing: Standing, effect: TellStaff) -> Posted | None:
        """Tell our own people; returns where the notice stands."""
        if effect.key == DIGEST:
            return await self._digest(errand, effect.to)
        if effect.key == INSIGHT:
            return await self._insight(errand, effect.to)
        link, parent = standing.link, standing.parent
        where = f"{self._slack_url}archives/{parent.channel_id}/p{parent.ts.replace('.', '')}" if parent else ""
        drawn = notice(self._drawing.scene(link), effect, where)
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        message = Message(text=fallback(drawn), blocks=blocks(drawn, address) if effect.key in ANSWERS else [])
        if effect.to:
            try:
                return await self._tell(errand, effect.to, message)
            except SaidNoError as error:
                log.warning("somebody cannot be told directly", extra={"code": error.code})
        return await self._to_channel(errand, message) or await self._tell_owner(errand, link.owner.user_id, message)

    async def _insight(self, errand: Errand, person: str) -> Posted:
        channel = await self._speaker.direct_channel(person)
        copies = await self._copies(errand, channel)
        return Posted(channel_id=channel, ts=copies[0]) if copies else await self._numbers.bring(errand, channel)

    async def _digest(self, errand: Errand, owner: str) -> Posted | None:
        """Draw the digest of all links for the channel, or for one owner that of their own."""
        drawing, now = self._drawing, self._drawing.clock()
        links = [link async for link in store.each(self._database) if worries([link], now, drawing.rules)]
        found = worries(owned(links, owner) if owner else links, now, drawing.rules)
        if not found:
            return None
        message = Message(text=digest(found, drawing.rules, drawing.words, now))
        if owner:
            return await self._tell_owner(errand, owner, message)
        posted = await self._to_channel(errand, message)
        if posted is None:
            await self._spread(errand, found, now)
        return posted

    async def _tell_owner(self, errand: Errand, owner: str, message: Message) -> Posted | None:
        """Tell an owner, or whoever stands in for owners when Slack does not reach them."""
        backup = self._drawing.rules.backup
        try:
            return await self._tell(errand, owner, message)
        except SaidNoError as error:
            if not backup or backup == owner:
                return await self._elsewhere(errand, message, error)
            log.warning("an owner cannot be told directly", extra={"code": error.code})
        return await self._at_last(errand, backup, message)

    async def _spread(self, errand: Errand, found: tuple[Worry, ...], now: datetime) -> None:
        """Give each owner an errand of their own, on a link of their own; once, however often this is tried."""

        def work(session: Session) -> None:
            if inbox.first_time(session, f"digest {errand.id}", now):
                for owner, link_id in owners(found).items():
                    errands.enqueue(session, link_id, (TellStaff(key=DIGEST, to=owner),), now)

        await self._database.run(work)

    async def _to_channel(self, errand: Errand, message: Message) -> Posted | None:
        """Post to STAFF_CHANNEL; None where there is none, or where it refuses."""
        if not self._staff_channel:
            return None
        try:
            if await self._speaker.is_shared(self._staff_channel):
                log.error("STAFF_CHANNEL is shared with another organisation by now, so the owner is told")
                await self._say_shared(errand)
                return None
            return await self._post(errand, self._staff_channel, message)
        except SaidNoError as error:
            log.warning("STAFF_CHANNEL refuses, so the owner is told", extra={"code": error.code})
            return None

    async def _at_last(self, errand: Errand, user_id: str, message: Message) -> Posted | None:
        try:
            return await self._tell(errand, user_id, message)
        except SaidNoError as error:
            return await self._elsewhere(errand, message, error)

    async def _elsewhere(self, errand: Errand, message: Message, error: SaidNoError) -> Posted | None:
        """Bring to NOTIFY_URL what Slack does not take; where that is not taken either, Slack's refusal stands."""
        log.error("Slack refuses a notice to our own people", extra={"code": error.code})
        if not await self._news.tell(errand.id, "notice.staff", {"text": message.text, "refused": error.code}):
            raise error
        return None

    async def _say_shared(self, errand: Errand) -> None:
        """Say once a day, to whoever is told instead, why."""
        now = self._drawing.clock()

        def work(session: Session) -> None:
            if inbox.first_time(session, f"shared {self._staff_channel} {now:%Y-%m-%d}", now):
                errands.enqueue(session, errand.link_id, (TellStaff(key="staff.staff_channel_shared"),), now)

        await self._database.run(work)

    async def _tell(self, errand: Errand, user_id: str, message: Message) -> Posted:
        return await self._post(errand, await self._speaker.direct_channel(user_id), message)

    async def _post(self, errand: Errand, channel: str, message: Message) -> Posted:
        copies = await self._copies(errand, channel)
        ts = (
            copies[0]
            if copies
            else await self._speaker.post(
                channel=channel, message=message, errand_id=errand.id, ours_until=errand.lease_until
            )
        )
        return Posted(channel_id=channel, ts=ts)
