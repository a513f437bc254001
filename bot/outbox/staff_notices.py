"""Brings notices to our own people: to STAFF_CHANNEL, or to a person directly; the customer reads none of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from bot.drawing import Drawing, thread_url
from bot.outbox import look_ups
from bot.outbox.files.export import KEY as EXPORT
from bot.outbox.files.export import Export
from bot.outbox.files.insight import KEY as INSIGHT
from bot.outbox.files.insight import Numbers
from bot.outbox.posting import Posting
from bot.outbox.webhooks import News
from bot.slack.block_kit import NOWHERE, Address, blocks, fallback
from bot.slack.delivery_errors import DoubtfulError, SaidNoError
from bot.slack.web_api import Message, Speaker
from flows.cards.messages import notice
from flows.cards.parts import Card
from flows.cards.staff import digest as morning
from flows.cards.staff.digest import KEY as DIGEST
from flows.cards.staff.digest import digest
from flows.link.effects import LookUp, TellStaff
from flows.link.state import Link, Person
from storage import deduplication as inbox
from storage.database.transactions import Database
from storage.messages import Posted, Standing
from storage.outbox import errands
from storage.outbox.errands import Errand
from storage.reports import digests
from storage.reports.digests import Told

log = logging.getLogger(__name__)

Draw: TypeAlias = Callable[[Drawing], Message]
"""Draws a notice in the language of whoever reads it."""


class Notices:
    """Carries out `TellStaff`."""

    def __init__(
        self,
        database: Database,
        drawing: Drawing,
        speaker: Speaker,
        posting: Posting,
        news: News,
        *,
        staff_channel: str,
        slack_url: str,
    ) -> None:
        self._database = database
        self._drawing = drawing
        self._speaker = speaker
        self._posting = posting
        self._numbers = Numbers(database, drawing.clock, speaker)
        self._export = Export(database, speaker)
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
        address = Address(link_id=link.id, step=link.step, revision=link.revision)

        def draw(drawing: Drawing) -> Message:
            drawn = notice(drawing.scene(link), effect, thread_url(self._slack_url, parent))
            return Message(text=fallback(drawn), blocks=blocks(drawn, address))

        if effect.to:
            try:
                return await self._tell(errand, await self._here(effect.to), draw)
            except SaidNoError as error:
                log.warning("somebody cannot be told directly", extra={"code": error.code})
        return await self._to_channel(errand, draw) or await self._tell_owner(errand, link.owner.user_id, draw)

    async def _file(self, errand: Errand, standing: Standing, effect: TellStaff) -> Posted:
        """Bring what comes as a file to whoever asked for it, and to nobody else."""
        channel = await self._speaker.direct_channel(effect.to)
        copies = await self._copies_in(errand, channel)
        if copies:
            return Posted(channel_id=channel, ts=copies[0])
        drawing = self._drawing.to((await self._reader(effect.to)).locale)
        if effect.key == EXPORT:
            return await self._export.bring(errand, channel, standing.link.team_id, drawing)
        return await self._numbers.bring(errand, channel, standing.link.team_id, drawing)

    async def _digest(self, errand: Errand, effect: TellStaff) -> Posted | None:
        """Draw the digest that was settled on, of the links as they are now, for the channel or for one owner."""
        at = effect.names.get("at")
        told = await self._database.run(lambda session: digests.told(session, datetime.fromisoformat(at))) if at else []
        read = [one for one in told if one.found.link and effect.to in {"", one.found.link.owner.user_id}]
        closed = await self._closed(errand, [one.found.link for one in read if one.found.link])

        def card(drawing: Drawing) -> Card | None:
            lines = [
                morning.news(
                    drawing.scene(_without(link, closed)),
                    thread_url(self._slack_url, one.found.parent),
                    is_new=one.is_new,
                )
                for one in read
                if (link := one.found.link)
            ]
            return digest([one for one in lines if one], drawing.words, int(effect.names.get("left", "0")))

        def draw(drawing: Drawing) -> Message:
            drawn = card(drawing) or Card(parts=())
            return Message(text=fallback(drawn), blocks=blocks(drawn, NOWHERE))

        if card(self._drawing.to("")) is None:
            return None
        if effect.to:
            return await self._tell_owner(errand, effect.to, draw)
        posted = await self._to_channel(errand, draw)
        if posted is None:
            await self._spread(errand, effect, told)
        return posted

    async def _closed(self, errand: Errand, links: Sequence[Link]) -> frozenset[str]:
        """Name whose account is closed by now, of all whom the digest would have somebody ask; their links learn it."""
        asked = [link for link in links if link.doer and link.doer.present]
        closed = set()
        for user_id, channel in {link.doer.user_id: link.channel_id for link in asked if link.doer}.items():
            if await look_ups.is_closed(self._speaker, channel, user_id):
                closed.add(user_id)

        def work(session: Session) -> None:
            now = self._drawing.clock()
            for link in asked:
                if (
                    link.doer
                    and link.doer.user_id in closed
                    and inbox.first_time(session, f"{errand.id} {link.id}", now)
                ):
                    errands.enqueue(session, link.id, (LookUp(user_id=link.doer.user_id),), now)

        if closed:
            await self._database.run(work)
        return frozenset(closed)

    async def _tell_owner(self, errand: Errand, owner: str, draw: Draw) -> Posted | None:
        """Tell an owner, or whoever stands in for owners when Slack does not reach them."""
        backup = self._drawing.rules.backup
        try:
            return await self._tell(errand, await self._here(owner), draw)
        except SaidNoError as error:
            if not backup or backup == owner:
                return await self._elsewhere(errand, draw, error)
            log.warning("an owner cannot be told directly", extra={"code": error.code})
        return await self._at_last(errand, backup, draw)

    async def _here(self, user_id: str) -> Person:
        """Return who reads what is for one of our own people: whoever stands in while their status says away."""
        backup = self._drawing.rules.backup
        reader = await self._reader(user_id)
        return await self._reader(backup) if backup and not reader.present else reader

    async def _reader(self, user_id: str) -> Person:
        """Ask Slack for somebody's language, for their zone, in which their mornings are, and whether they are away."""
        try:
            member = await self._speaker.member(user_id)
        except SaidNoError:
            return Person(user_id=user_id)
        if member.zone:
            zone = member.zone
            await self._database.run(lambda session: digests.found_zone(session, user_id, zone))
        return Person(user_id=user_id, locale=member.locale, present=not member.away)

    async def _spread(self, errand: Errand, effect: TellStaff, told: list[Told]) -> None:
        """Give each owner an errand of their own, on a link of their own; once, however often this is tried."""
        owners = {one.found.link.owner.user_id: one.found.link_id for one in told if one.found.link}

        def work(session: Session) -> None:
            now = self._drawing.clock()
            if inbox.first_time(session, f"digest {errand.id}", now):
                for owner, link_id in owners.items():
                    errands.enqueue(session, link_id, (replace(effect, to=owner),), now)

        await self._database.run(work)

    async def _to_channel(self, errand: Errand, draw: Draw) -> Posted | None:
        """Post to STAFF_CHANNEL in the vendor's language; None where there is none, or where it refuses."""
        if not self._staff_channel:
            return None
        try:
            if await self._speaker.is_shared(self._staff_channel):
                log.error("STAFF_CHANNEL is shared with another organisation by now, so the owner is told")
                await self._say_shared(errand)
                return None
            return await self._post(errand, self._staff_channel, draw(self._drawing.to("")))
        except SaidNoError as error:
            log.warning("STAFF_CHANNEL refuses, so the owner is told", extra={"code": error.code})
            return None

    async def _at_last(self, errand: Errand, user_id: str, draw: Draw) -> Posted | None:
        try:
            return await self._tell(errand, await self._reader(user_id), draw)
        except SaidNoError as error:
            return await self._elsewhere(errand, draw, error)

    async def _elsewhere(self, errand: Errand, draw: Draw, error: SaidNoError) -> Posted | None:
        """Bring to NOTIFY_URL what Slack does not take; where that is not taken either, Slack's refusal stands."""
        log.error("Slack refuses a notice to our own people", extra={"code": error.code})
        message = draw(self._drawing.to(""))
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

    async def _tell(self, errand: Errand, reader: Person, draw: Draw) -> Posted:
        channel = await self._speaker.direct_channel(reader.user_id)
        return await self._post(errand, channel, draw(self._drawing.to(reader.locale)))

    async def _copies_in(self, errand: Errand, channel: str) -> list[str]:
        try:
            return await self._posting.copies(errand, channel, None)
        except DoubtfulError as error:
            # Our own people rather read a notice twice than never.
            log.warning("a notice to staff may stand there twice", extra={"code": error.code})
            return []

    async def _post(self, errand: Errand, channel: str, message: Message) -> Posted:
        copies = await self._copies_in(errand, channel)
        ts = (
            copies[0]
            if copies
            else await self._speaker.post(
                channel=channel, message=message, errand_id=errand.id, ours_until=errand.lease_until
            )
        )
        return Posted(channel_id=channel, ts=ts)


def _without(link: Link, closed: Container[str]) -> Link:
    """Return a link as it is without those whose account is closed."""

    def seen(person: Person | None) -> Person | None:
        return replace(person, present=False) if person and person.user_id in closed else person

    holders = {
        step: replace(one, present=one.present and one.user_id not in closed) for step, one in link.holders.items()
    }
    return replace(link, admin=seen(link.admin), holders=holders)
