"""Brings notices to our own people: to STAFF_CHANNEL, or to a person directly; the customer reads none of them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.drawing import Drawing, thread_url
from bot.outbox.export_delivery import KEY as EXPORT
from bot.outbox.export_delivery import Export
from bot.outbox.insight_delivery import KEY as INSIGHT
from bot.outbox.insight_delivery import Numbers
from bot.outbox.webhooks import News
from bot.slack.block_kit import NOWHERE, Address, blocks, fallback
from bot.slack.delivery_errors import SaidNoError
from bot.slack.web_api import Message, Speaker
from flows.cards.messages import notice
from flows.cards.staff import digest as morning
from flows.cards.staff.digest import KEY as DIGEST
from flows.cards.staff.digest import digest
from flows.link.effects import TellStaff
from storage import deduplication as inbox
from storage.database import Database
from storage.messages import Posted, Standing
from storage.outbox import errands
from storage.outbox.errands import Errand
from storage.reports import digests
from storage.reports.digests import Told

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
        self._export = Export(database, drawing, speaker)
        self._news = news
        self._staff_channel = staff_channel
        self._slack_url = slack_url

    async def bring(self, errand: Errand, standing: Standing, effect: TellStaff) -> Posted | None:
        """Tell our own people; returns where the notice stands."""
        if effect.key == DIGEST:
            return await self._digest(errand, effect)
        if effect.key in {INSIGHT, EXPORT}:
            return await self._file(errand, standing, effect)
        link, parent = standing.link, standing.parent
        drawn = notice(self._drawing.scene(link), effect, thread_url(self._slack_url, parent))
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        message = Message(text=fallback(drawn), blocks=blocks(drawn, address))
        if effect.to:
            try:
                return await self._tell(errand, await self._here(effect.to), message)
            except SaidNoError as error:
                log.warning("somebody cannot be told directly", extra={"code": error.code})
        return await self._to_channel(errand, message) or await self._tell_owner(errand, link.owner.user_id, message)

    async def _file(self, errand: Errand, standing: Standing, effect: TellStaff) -> Posted:
        """Bring what comes as a file to whoever asked for it, and to nobody else."""
        channel = await self._speaker.direct_channel(effect.to)
        copies = await self._copies(errand, channel)
        if copies:
            return Posted(channel_id=channel, ts=copies[0])
        if effect.key == EXPORT:
            return await self._export.bring(errand, channel, standing.link.team_id)
        return await self._numbers.bring(errand, channel)

    async def _digest(self, errand: Errand, effect: TellStaff) -> Posted | None:
        """Draw the digest that was settled on, of the links as they are now, for the channel or for one owner."""
        drawing, at = self._drawing, effect.names.get("at")
        told = await self._database.run(lambda session: digests.told(session, datetime.fromisoformat(at))) if at else []
        lines = [
            morning.news(drawing.scene(link), thread_url(self._slack_url, one.found.parent), is_new=one.is_new)
            for one in told
            if (link := one.found.link) and effect.to in {"", link.owner.user_id}
        ]
        drawn = digest([one for one in lines if one], drawing.words, int(effect.names.get("left", "0")))
        if drawn is None:
            return None
        message = Message(text=fallback(drawn), blocks=blocks(drawn, NOWHERE))
        if effect.to:
            return await self._tell_owner(errand, effect.to, message)
        posted = await self._to_channel(errand, message)
        if posted is None:
            await self._spread(errand, effect, told)
        return posted

    async def _tell_owner(self, errand: Errand, owner: str, message: Message) -> Posted | None:
        """Tell an owner, or whoever stands in for owners when Slack does not reach them."""
        backup = self._drawing.rules.backup
        try:
            return await self._tell(errand, await self._here(owner), message)
        except SaidNoError as error:
            if not backup or backup == owner:
                return await self._elsewhere(errand, message, error)
            log.warning("an owner cannot be told directly", extra={"code": error.code})
        return await self._at_last(errand, backup, message)

    async def _here(self, user_id: str) -> str:
        """Return who reads what is for one of our own people: whoever stands in while their status says away.

        Slack's answer tells their zone as well, in which their mornings are.
        """
        backup = self._drawing.rules.backup
        try:
            member = await self._speaker.member(user_id)
        except SaidNoError:
            return user_id
        if member.zone:
            zone = member.zone
            await self._database.run(lambda session: digests.found_zone(session, user_id, zone))
        return backup if backup and member.away else user_id

    async def _spread(self, errand: Errand, effect: TellStaff, told: list[Told]) -> None:
        """Give each owner an errand of their own, on a link of their own; once, however often this is tried."""
        owners = {one.found.link.owner.user_id: one.found.link_id for one in told if one.found.link}

        def work(session: Session) -> None:
            now = self._drawing.clock()
            if inbox.first_time(session, f"digest {errand.id}", now):
                for owner, link_id in owners.items():
                    errands.enqueue(session, link_id, (replace(effect, to=owner),), now)

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
