"""Brings one effect to Slack: draws it and has it sent; ends no errand and decides nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, assert_never

from sqlmodel import Session

from bot.drawing import Drawing, thread_url
from bot.outbox import look_ups
from bot.outbox.files.certificates import Certificates
from bot.outbox.files.sheets import Sheets
from bot.outbox.posting import Posting
from bot.outbox.staff_notices import Notices
from bot.outbox.webhooks import News
from bot.slack.block_kit import NOWHERE, blocks, fallback
from bot.slack.delivery_errors import (
    NO_PARENT,
    NO_THREAD,
    SHUTS,
    UNHEARD_TRIES,
    NotNowError,
    Outcome,
    SaidNoError,
)
from bot.slack.web_api import UPLOAD_LOST, Message, Speaker
from flows.cards.messages import overheard, said, whispered
from flows.cards.parent import parent
from flows.cards.parts import Card, Text
from flows.cards.reminder_card import nudge
from flows.cards.staff.digest import KEY as DIGEST
from flows.cards.thread_card import card
from flows.link.effects import US, Farewell, LookUp, Say, SendCertificate, SendSheet, Show, Slot, TellStaff, Whisper
from flows.link.events import HandedOff, PersonKnown, Undeliverable
from flows.link.state import Link, Step
from flows.schedule.staff_news import is_outdated
from flows.transitions.moves import card_slot
from flows.words import Plain
from storage import messages
from storage.database.transactions import Database
from storage.messages import Posted, Standing
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

UPLOAD_TRIES = 4
"""After so many tries the host that takes files is out of our reach, and nobody should wait longer for a list."""

MUST_BE_HEARD = ("whisper.secret", "whisper.secret_key", "whisper.secret_ended", "whisper.secret_of_app")
"""What is worth a message to everybody when it cannot be whispered."""


FINISHED = frozenset({"linked", "relinked"})
"""What a link says of itself last while nothing has happened since it was finished."""


Messaging: TypeAlias = Show | Say | SendSheet | SendCertificate | Farewell | Whisper | TellStaff | LookUp
"""The effects that Slack carries out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of an effect: where its message stands, in which slot if it is new there, and what else was learnt.

    `reopens` says that a shut channel has taken a post, `edits` only an edit, which may pass where posts do not.
    """

    posted: Posted | None = None
    slot: str = ""
    event: PersonKnown | HandedOff | Undeliverable | None = None
    reopens: bool = False
    edits: bool = False


class Deliveries:
    """One method for each kind of effect; raises what `Speaker` raises, and `DoubtfulError`."""

    def __init__(  # noqa: PLR0913  what each kind of effect is carried out with, named where it is built
        self,
        database: Database,
        drawing: Drawing,
        speaker: Speaker,
        news: News,
        *,
        sheets: Sheets,
        staff_channel: str,
        slack_url: str,
        read_back: bool = True,
    ) -> None:
        self._database = database
        self._sheets = sheets
        self._drawing = drawing
        self._speaker = speaker
        self._posting = Posting(speaker, read_back=read_back)
        self._notices = Notices(
            database, drawing, speaker, self._posting, news, staff_channel=staff_channel, slack_url=slack_url
        )
        self._certificates = Certificates(drawing, speaker)
        self._slack_url = slack_url

    async def deliver(
        self,
        errand: Errand,
        effect: Messaging,
        standing: Standing | None = None,
    ) -> Delivered:
        """Carry out one effect against the newest state of its link; `standing` is that, if it was read already."""
        standing = standing or await self._database.run(partial(look, errand=errand))
        if standing is None:
            return Delivered()
        link = standing.link
        match effect:
            case Show():
                return await self._show(errand, standing, effect.slot)
            case Say():
                thread = _thread(standing)
                drawn = said(self._drawing.scene(link), effect)
                return await self._post(errand, link, drawn, thread, broadcast=effect.broadcast)
            case Farewell():
                return await self._say_farewell(errand, standing, effect)
            case SendSheet():
                return await self._send_files(errand, link, _thread(standing), self._sheets)
            case SendCertificate():
                return await self._send_files(errand, link, _thread(standing), self._certificates)
            case Whisper():
                return await self._whisper(errand, standing, effect)
            case TellStaff() if is_outdated(link, effect):
                return Delivered()
            case TellStaff():
                left = await look_ups.owner_left(self._speaker, link) if effect.key != DIGEST else None
                try:
                    return Delivered(posted=await self._notices.bring(errand, standing, effect), event=left)
                except SaidNoError as error:
                    # That they have left has to be known, also where nobody could be told in their place.
                    error.learnt = left
                    raise
            case LookUp() if effect.user_id == US:
                return Delivered(event=await look_ups.us(self._speaker, link))
            case LookUp():
                return Delivered(event=await look_ups.person(self._speaker, link, effect.user_id))
            case _:
                assert_never(effect)

    async def _show(self, errand: Errand, standing: Standing, slot: str) -> Delivered:
        link, posted = standing.link, standing.posted.get(slot)
        thread = _thread(standing) if slot != Slot.PARENT else None
        drawn = self._draw(link, slot)
        if not drawn.parts:
            return await self._take_back(errand, link, posted, thread)
        is_live = slot == card_slot(link)
        if posted:
            refusal = await self._posting.update(
                link,
                drawn,
                posted,
                self._thread_url(posted) if slot == Slot.PARENT else "",
                or_anew=is_live and errand.tries >= UNHEARD_TRIES,
            )
            if refusal is None:
                return Delivered(posted=posted, edits=bool(link.blocked))
            if refusal is Outcome.GONE and slot == Slot.PARENT:
                # What stands below it is left in a thread that nobody finds any more.
                raise SaidNoError(NO_THREAD)
            if refusal is Outcome.FINAL and not is_live:
                # It stays as it was. Posted anew, the parent would start another thread, a line of old another card.
                return Delivered(posted=posted)
        elif (
            not is_live
            and slot.startswith(Slot.CARD)
            and not await self._posting.copies(errand, link.channel_id, thread)
        ):
            # It never stood there, and a newer one stands below or comes.
            return Delivered()
        broadcast = is_live and _is_end(link, errand)
        sent = await self._post(errand, link, drawn, thread, broadcast=broadcast)
        if sent.posted and errand.doubtful:
            # What was found by reading back may show an older state.
            await self._posting.update(link, drawn, sent.posted)
        return Delivered(posted=sent.posted, slot=slot, reopens=sent.reopens)

    async def _take_back(self, errand: Errand, link: Link, posted: Posted | None, thread: str | None) -> Delivered:
        """Delete a message that has nothing to say any more, also where only an earlier try has brought it."""
        found = [posted.ts] if posted else await self._posting.copies(errand, link.channel_id, thread)
        for ts in found:
            await self._speaker.delete(channel=posted.channel_id if posted else link.channel_id, ts=ts)
        return Delivered()

    def _draw(self, link: Link, slot: str) -> Card:
        scene = self._drawing.scene(link)
        kind, _, number = slot.partition(".")
        if kind == Slot.CARD:
            return card(scene, int(number))
        if kind == Slot.NUDGE:
            return nudge(scene, int(number))
        return parent(scene)

    def _thread_url(self, parent: Posted) -> str:
        """Return the address under which Slack opens the thread of a message."""
        return f"{thread_url(self._slack_url, parent)}?thread_ts={parent.ts}&cid={parent.channel_id}"

    async def _post(
        self, errand: Errand, link: Link, drawn: Card, thread: str | None, *, broadcast: bool = False
    ) -> Delivered:
        posted = await self._posting.post(errand, link, drawn, thread, broadcast=broadcast)
        return Delivered(posted=posted, reopens=bool(link.blocked))

    async def _say_farewell(self, errand: Errand, standing: Standing, effect: Farewell) -> Delivered:
        """Say in the thread that was left where the link goes on, and leave no button in it; a closed one is let be."""
        link, slot = standing.link, messages.left_slot(effect.number)
        url = thread_url(self._slack_url, Posted(channel_id=link.channel_id, ts=_thread(standing)))

        def look_back(session: Session) -> list[Posted | None]:
            return [messages.posted(session, link.id, one) for one in (slot, f"{slot}.card")]

        parent, live = await self._database.run(look_back)
        if parent is None:
            return Delivered()
        key = "say.begun_anew" if parent.channel_id == link.channel_id else "say.moved"
        line = Card(parts=(Text(text=self._drawing.scene(link).say(key, url=Plain(url))),))
        try:
            # The word comes last, so that nothing after it can have it said twice.
            for one in (parent, live):
                if one:
                    await self._posting.update(link, line, one)
            copies = await self._posting.copies(errand, parent.channel_id, parent.ts)
            ts = (
                copies[0]
                if copies
                else await self._speaker.post(
                    channel=parent.channel_id,
                    message=Message(text=fallback(line), blocks=blocks(line, NOWHERE)),
                    errand_id=errand.id,
                    ours_until=errand.lease_until,
                    thread_ts=parent.ts,
                )
            )
        except SaidNoError as error:
            log.info("a thread that was left takes no word more", extra={"code": error.code})
            return Delivered()
        return Delivered(posted=Posted(channel_id=parent.channel_id, ts=ts, thread_ts=parent.ts))

    async def _send_files(self, errand: Errand, link: Link, thread: str, papers: Sheets | Certificates) -> Delivered:
        """Share papers as files, unless an earlier try has; a conversation that takes no files gets it as text."""
        if not await self._posting.copies(errand, link.channel_id, thread):
            try:
                await papers.share(errand, link, thread)
            except (SaidNoError, NotNowError) as error:
                if isinstance(error, NotNowError) and (error.code != UPLOAD_LOST or errand.tries < UPLOAD_TRIES):
                    raise
                log.warning("a file goes as text", extra={"code": error.code})
                sent = await self._post(errand, link, await papers.as_text(link), thread)
                await papers.tell(errand, error.code)
                return sent
        return Delivered(posted=Posted(channel_id=link.channel_id, ts=""), reopens=bool(link.blocked))

    async def _whisper(self, errand: Errand, standing: Standing, effect: Whisper) -> Delivered:
        link, thread = standing.link, _thread(standing)
        try:
            await self._speaker.whisper(
                channel=link.channel_id,
                user=effect.person.user_id,
                text=whispered(self._drawing.to_person(link, effect.person).scene(link), effect),
                thread_ts=thread if effect.where is None else effect.where or None,
            )
        except SaidNoError as error:
            if error.outcome in SHUTS:
                raise
            log.info("a whisper was refused", extra={"code": error.code, "key": effect.key})
            if effect.key not in MUST_BE_HEARD:
                return Delivered()
            heard = overheard(self._drawing.scene(link), effect)
            return await self._post(errand, link, Card(parts=(Text(text=heard),)), thread)
        return Delivered()


def _is_end(link: Link, errand: Errand) -> bool:
    """Return whether an errand was made by the very turn that finished a link: only that is news to the whole channel.

    A card that is posted anew, or of a set-up that was left as it was, is none.
    """
    is_news = link.step is Step.LINKED and link.last is not None and link.last.key in FINISHED
    return is_news and link.last is not None and errand.created_at <= link.last.at


def look(session: Session, errand: Errand) -> Standing | None:
    """Read in one go what an errand is drawn from; raises StoredValueError."""
    effect = errand.effect
    return messages.standing(session, errand.link_id, effect.slot if isinstance(effect, Show) else Slot.PARENT)


def _thread(standing: Standing) -> str:
    if standing.parent:
        return standing.parent.ts
    if standing.link.blocked:
        # Waiting for the parent message would hold back the notice to staff as well.
        raise SaidNoError(standing.link.blocked)
    raise NotNowError(1, NO_PARENT)
