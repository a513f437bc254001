"""Brings one message of a link to Slack, or up to date, so that none stands there twice; draws and decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.slack.block_kit import Address, blocks, fallback
from bot.slack.delivery_errors import DoubtfulError, Outcome, SaidNoError
from bot.slack.web_api import Message, Speaker
from flows.cards.parts import Card
from flows.link.state import Link
from storage.messages import Posted
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

T = TypeVar("T")


class Posting:
    """Posts and edits; without `read_back` nobody may look whether one is there. Raises what `Speaker` raises."""

    def __init__(self, speaker: Speaker, *, read_back: bool) -> None:
        self._speaker = speaker
        self._read_back = read_back

    async def update(
        self, link: Link, drawn: Card, posted: Posted, thread: str = "", *, or_anew: bool = False
    ) -> Outcome | None:
        """Bring a message up to date; gives why where it is not there any more, or stays as it is for good.

        With `or_anew` it is posted anew where nobody knows why Slack refuses.
        """
        stays = {Outcome.GONE, Outcome.FINAL, *((Outcome.UNHEARD,) if or_anew else ())}

        async def send(message: Message) -> None:
            await self._speaker.update(channel=posted.channel_id, ts=posted.ts, message=message)

        try:
            await self._with_pictures(link, drawn, send, thread)
        except SaidNoError as error:
            if error.outcome not in stays:
                raise
            log.info("a message takes no edit", extra={"code": error.code})
            return error.outcome
        return None

    async def post(
        self, errand: Errand, link: Link, drawn: Card, thread: str | None, *, broadcast: bool = False
    ) -> Posted:
        """Post a card into the channel of its link unless an earlier try has; returns where it stands."""

        async def send(message: Message) -> str:
            return await self._speaker.post(
                channel=link.channel_id,
                message=message,
                errand_id=errand.id,
                ours_until=errand.lease_until,
                thread_ts=thread,
                broadcast=broadcast,
            )

        copies = await self.copies(errand, link.channel_id, thread)
        ts = copies[0] if copies else await self._with_pictures(link, drawn, send)
        return Posted(channel_id=link.channel_id, ts=ts, thread_ts=thread)

    async def _with_pictures(
        self, link: Link, drawn: Card, send: Callable[[Message], Awaitable[T]], thread: str = ""
    ) -> T:
        address = Address(link_id=link.id, step=link.step, revision=link.revision, thread=thread)
        try:
            return await send(Message(text=fallback(drawn), blocks=blocks(drawn, address)))
        except SaidNoError as error:
            if error.outcome is not Outcome.PLAINER:
                raise
            # Slack refuses a whole message for one picture that it cannot fetch.
            log.warning("a card was refused with its picture", extra={"code": error.code})
        return await send(Message(text=fallback(drawn), blocks=blocks(drawn, address, pictures=False)))

    async def copies(self, errand: Errand, channel: str, thread: str | None) -> list[str]:
        """Find what earlier tries have brought, where that is in doubt; raises DoubtfulError where nobody may look."""
        if not errand.doubtful:
            return []
        if not self._read_back:
            raise DoubtfulError("READ_BACK")
        try:
            return await self._speaker.copies(
                channel=channel, thread_ts=thread, errand_id=errand.id, since=errand.first_try_at
            )
        except SaidNoError as error:
            if error.outcome is not Outcome.RIGHTS:
                raise
            raise DoubtfulError(error.code) from None
