"""What Slack may send us, and which turn each thing becomes; every listener ends its transaction before the ack."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.arrivals import RepeatedError
from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.acks import NO_ANSWER, OPEN_SECONDS, Ack, Body, Respond, at_fields, not_kept, whisper_back
from bot.slack.block_kit import Address, modal
from bot.slack.channel_events import Watch
from bot.slack.delivery_errors import code_of
from bot.slack.guests import People, UnknownPersonError
from bot.slack.reading.messages import read_message
from bot.slack.reading.payloads import Press, Sent, read_press, read_sent, who_waits
from bot.slack.start_link import Asked, Starting
from bot.slack.thread import Ears
from bot.starting import copy
from flows.cards.modals import dialog
from flows.cards.parts import Modal, Picture
from flows.link.access.reading import has_left, is_for_newcomers, refusal
from flows.link.effects import Denial, Farewell
from flows.link.events import Action, Form, Heard, Intent, Pressed, Submitted
from flows.link.forms import WITH_SECRETS, fill
from flows.link.state import Link, Person
from flows.tenant.service_url import Environment
from storage import deduplication as inbox
from storage.database.trouble import TROUBLE
from storage.messages import Left
from storage.outbox import errands
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)


FROM_ANYWHERE = frozenset({Action.COMING, Action.TAKE})
"""Presses that stand on notices to our own people, too, and so in channels that are not the link's."""

UNREADABLE = "refusal.unreadable"
"""Said of a link that a newer release beside this one has written, or that is damaged."""

LOOKING_UP = "refusal.looking_up"
"""Said to somebody of whom it is not known yet who they are."""

Page = Callable[[Link, Form, Person], Awaitable[str]]
"""Returns the address of a page for one form of one person."""

ShowView = Callable[..., Awaitable[object]]
"""Slack's method that shows a modal: a first one, or one above another."""

Follow = Callable[[Press, AsyncWebClient], Awaitable[bool]]
"""Follows the link of a press to its channel, where that has got another id."""


def register(app: AsyncApp, listeners: Listeners, starting: Starting, watch: Watch) -> None:
    """Connect every command, button, modal and event; what comes most often first, as Bolt asks one after another."""
    app.action(re.compile(r"^press\."))(listeners.press)
    app.event("message")(listeners.message)
    app.view(re.compile(r"^form\."))(listeners.submit)
    app.command("/link-workday")(starting.command)
    app.action(re.compile(r"^type\."))(starting.again)
    app.event("app_mention")(listeners.message)
    app.error(listeners.apologise)
    watch.register(app)


def register_rest(app: AsyncApp, listeners: Listeners) -> None:
    """Connect what no other listener knows, from older versions; to be called when all others are connected."""
    app.action(re.compile(r".*"))(listeners.old_button)
    app.view(re.compile(r".*"))(listeners.old_modal)


async def failed(error: Exception) -> BoltResponse | None:
    """Note that a listener failed; Bolt's own handler would log the words of the error, which can quote a secret."""
    if isinstance(error, RepeatedError):
        log.info("a request came again and was not carried out again")
        return BoltResponse(status=200)
    log.error("a listener failed", exc_info=error)
    return None


def _note_unreadable(link_id: str, error: StoredValueError) -> None:
    log.error("a link cannot be read", extra={"link": link_id, "why": str(error)})


def _say_where(session: Session, now: datetime, *, left: Left) -> None:
    """Say once more in a thread that a link has left where it goes on, as what is written there is not heard."""
    if inbox.first_time(session, f"left:{left.link.id}:{left.number}", now):
        errands.enqueue(session, left.link.id, (Farewell(number=left.number),), now)


def _is_for_pictures(drawn: Modal, error: SlackApiError) -> bool:
    has_pictures = any(isinstance(part, Picture) for part in drawn.parts)
    return has_pictures and code_of(error) in {"invalid_arguments", "invalid_blocks"}


class Listeners:
    """The listeners proper; `page` is there if people can enter secrets outside of Slack.

    `follow` tells whether the channel of a press is one that a link has been followed to.
    """

    def __init__(
        self,
        engine: Engine,
        drawing: Drawing,
        people: People,
        starting: Starting,
        ears: Ears,
        *,
        page: Page | None,
        follow: Follow,
    ) -> None:
        self._engine = engine
        self._drawing = drawing
        self._people = people
        self._starting = starting
        self._ears = ears
        self._page = page
        self._follow = follow

    async def press(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Take a press on a button."""
        press = read_press(body)
        if press is None:
            await self.old_button(ack, body, client, respond)
            return
        try:
            await self._press(press, ack, body, client, respond)
        except StoredValueError as error:
            _note_unreadable(press.link_id, error)
            await ack()
            await whisper_back(self._drawing.to_person(None, press.actor).words, body, client, respond, UNREADABLE)

    async def _press(self, press: Press, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        try:
            press = replace(press, actor=await self._people.known(press.actor))
        except UnknownPersonError:
            await ack()
            words = self._drawing.to_person(await self._engine.load(press.link_id), press.actor).words
            await whisper_back(words, body, client, respond, "refusal.busy")
            return
        event = Pressed(
            actor=press.actor,
            action=press.action,
            step=press.step,
            revision=press.revision,
            value=press.value,
        )
        event = replace(event, crowded=await self._is_crowded(press.channel_id, event, client))
        is_there = await self._carry_out(press, event, client, until)
        if not is_there and await self._follow(press, client):
            is_there = await self._carry_out(press, event, client, until)
        await ack()
        if not is_there:
            await self._engine.tell_of_stranger(press.link_id)
            words = self._drawing.to(press.actor.locale).words
            await whisper_back(words, body, client, respond, "refusal.gone")

    async def _carry_out(self, press: Press, event: Pressed, client: AsyncWebClient, until: float) -> bool:
        """Do what a button stands for; False when there is no such link in its channel."""
        if press.form:
            return await self._open_form(press, event, client, until)
        place = "" if press.action in FROM_ANYWHERE else press.channel_id
        return await self._engine.handle(press.link_id, event, channel_id=place) is not None

    async def _is_crowded(self, channel_id: str, event: Pressed | Submitted, client: AsyncWebClient) -> bool | None:
        """Ask Slack who reads the channel, where somebody may take a link that nobody was named for.

        None while Slack does not say. What was so at the start may have changed since.
        """
        if not is_for_newcomers(event) or self._people.is_staff(event.actor):
            return False
        return await self._starting.is_crowded(channel_id, client)

    async def _open_form(self, press: Press, event: Pressed, client: AsyncWebClient, until: float) -> bool:
        """Open the form that a button stands for, or whisper why not; False when there is no such link here."""
        link = await self._engine.load(press.link_id)
        if link is None or press.channel_id not in ("", link.channel_id):
            return False
        is_ahead = press.revision > link.revision
        if (is_ahead or has_left(link, press.actor)) and (decision := await self._engine.handle(link.id, event)):
            if is_ahead and decision.refusal:
                return True
            link = decision.link
        refused = await self._open(link, press, event, client.views_open, until)
        if refused and refused.key == LOOKING_UP:
            # Slack is asked about them, which is an effect of a turn.
            await self._engine.handle(link.id, event)
        elif refused:
            await self._engine.whisper(link.id, press.actor, refused)
        return True

    async def open_form(self, link: Link, event: Pressed, form: Form, asked: Asked) -> Denial | None:
        """Open a modal of a link for whoever asked for it, or say why not."""
        press = Press(
            actor=event.actor,
            channel_id=link.channel_id,
            link_id=link.id,
            action=event.action,
            step=link.step,
            revision=link.revision,
            value="",
            form=form,
            trigger_id=asked.trigger_id,
        )
        show = asked.client.views_push if asked.in_window else asked.client.views_open
        return await self._open(link, press, event, show, asked.until)

    async def _open(self, link: Link, press: Press, event: Pressed, show: ShowView, until: float) -> Denial | None:
        form = press.form
        if form is None or form is Form.START:
            return Denial(key="refusal.unknown")
        on_web = self._page is not None
        sending = Submitted(
            actor=press.actor,
            form=form,
            step=link.step,
            revision=link.revision,
            on_web=on_web,
            crowded=event.crowded,
        )
        refused = refusal(link, event) or refusal(link, sending)
        if refused:
            return refused
        scene = self._drawing.to_person(link, press.actor).scene(link)
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        nonce = press.trigger_id.replace(".", "")[-20:] or "first"
        page = await self._page(link, form, press.actor) if self._page and form in WITH_SECRETS else ""
        drawn = dialog(scene, form, page)
        try:
            async with asyncio.timeout_at(until):
                try:
                    await show(trigger_id=press.trigger_id, view=modal(drawn, address, nonce))
                except SlackApiError as error:
                    if not _is_for_pictures(drawn, error):
                        raise
                    # Slack refuses a whole modal for one picture that it cannot fetch.
                    log.warning("a modal was refused with its pictures", extra={"form": form})
                    plain = modal(drawn, address, nonce, pictures=False)
                    await show(trigger_id=press.trigger_id, view=plain)
        except NO_ANSWER as error:
            log.warning("a modal could not be opened", extra={"why": type(error).__name__})
            return Denial(key="refusal.busy")
        return None

    async def submit(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Take a modal."""
        sent = read_sent(body)
        if sent is None:
            await self.old_modal(ack)
            return
        try:
            await self._submit(sent, ack, client)
        except StoredValueError as error:
            _note_unreadable(sent.link_id, error)
            await at_fields(self._drawing, ack, sent, dict.fromkeys(list(sent.places)[:1], UNREADABLE), None)

    async def _submit(self, sent: Sent, ack: Ack, client: AsyncWebClient) -> None:
        try:
            actor = await self._people.known(sent.actor)
        except UnknownPersonError:
            if not sent.places:
                await self._engine.whisper(sent.link_id, sent.actor, Denial(key="refusal.busy"))
            link = await self._engine.load(sent.link_id)
            await at_fields(self._drawing, ack, sent, dict.fromkeys(list(sent.places)[:1], "refusal.busy"), link)
            return
        sent = replace(sent, actor=actor, typed=self._with_known_choices(sent.typed))
        if sent.form is Form.START:
            await self._starting.start(ack, sent, client)
            return
        event = Submitted(actor=sent.actor, form=sent.form, step=sent.step, revision=sent.revision)
        if sent.form is Form.COPY:
            await self._copy(ack, sent, event)
            return
        if sent.form is Form.HAND_OVER and sent.typed.get("person"):
            chosen = await self._people.about(sent.typed["person"])
            if chosen is None:
                link = await self._engine.load(sent.link_id)
                await at_fields(self._drawing, ack, sent, {"person": "field.person_unasked"}, link)
                return
            event = replace(event, chosen=chosen.person, chosen_app=chosen.is_app)
        if sent.form is Form.MOVE and sent.typed.get("channel") and (link := await self._engine.load(sent.link_id)):
            wrong = refusal(link, event) is None and await self._starting.obstacle(link, sent.typed["channel"], client)
            if wrong:
                await at_fields(self._drawing, ack, sent, {"channel": wrong}, link)
                return
        if is_for_newcomers(event) and (link := await self._engine.load(sent.link_id)):
            event = replace(event, crowded=await self._is_crowded(link.channel_id, event, client))
        decision, errors = await self._engine.submit(sent.link_id, sent.form, sent.typed, event)
        if decision is None:
            await not_kept(ack, self._drawing.to_person(None, sent.actor).words, "refusal.gone")
            return
        if decision.refusal and decision.refusal.key:
            if not sent.places:
                # A modal without a field has no place for an error.
                await self._engine.whisper(sent.link_id, sent.actor, decision.refusal)
            errors = dict.fromkeys(list(sent.places)[:1], decision.refusal.key)
        await at_fields(self._drawing, ack, sent, errors, decision.link)

    def _with_known_choices(self, typed: dict[str, str]) -> dict[str, str]:
        """Take a choice that is not there to choose (any more) for none."""
        known: dict[str, Collection[str]] = {
            "environment": frozenset(Environment),
            "profile": self._drawing.rules.permissions.profiles,
            "language": self._drawing.rules.languages,
        }
        return {name: text if text in known.get(name, (text,)) else "" for name, text in typed.items()}

    async def _copy(self, ack: Ack, sent: Sent, event: Submitted) -> None:
        link = await self._engine.load(sent.link_id)
        if link is None:
            await not_kept(ack, self._drawing.to_person(None, sent.actor).words, "refusal.gone")
            return
        filled = fill(Form.COPY, sent.typed, today=self._drawing.clock().date())
        errors = filled.errors or await copy(self._engine, replace(event, values=filled.values), sent.link_id)
        await at_fields(self._drawing, ack, sent, errors, link)

    async def message(self, event: Body) -> None:
        """Listen to what is said in the channel of a link; ordinary talk leaves no trace."""
        message = read_message(event)
        place = await self._ears.find(message) if message else None
        if message is None or place is None:
            return
        unknown: UnknownPersonError | None = None
        actor = message.actor
        if place.own and not message.by_app:
            try:
                actor = await self._people.known(actor)
            except UnknownPersonError as error:
                actor, unknown = replace(actor, guest=True), error
        if place.left and not message.by_app:
            await self._engine.run(partial(_say_where, left=place.left))
        heard = await self._ears.hear(place, message, actor)
        if not heard and message.is_mention and not message.by_app:
            heard = [(link, Heard(actor=actor, intent=Intent.HELP)) for link in place.spoken_to]
        for link, one in heard:
            if unknown and one.intent is not Intent.SECRET:
                # Not acknowledged, so Slack sends it again.
                raise unknown
            if message.is_edit and one.intent is not Intent.SECRET:
                # What was said before was answered before.
                return
            await self._engine.handle(link.id, one, once=f"message:{message.channel_id}:{message.ts}:{link.id}")

    async def apologise(
        self, error: Exception, body: Body, client: AsyncWebClient, respond: Respond
    ) -> BoltResponse | None:
        """Say to whoever waits for it that a listener failed, where it is the database that does not do its work.

        Slack shows of a press that failed no more than a sign, keeps a modal with what was typed, and repeats an event.
        """
        answer = await failed(error)
        waits = who_waits(body) if isinstance(error, TROUBLE) else ""
        if not waits:
            return answer
        told = await self._people.about(waits)
        words = self._drawing.to(told.person.locale if told else "").words
        is_said = await whisper_back(words, body, client, respond, "refusal.unsaved")
        return BoltResponse(status=200) if is_said else None

    async def old_button(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Be polite about a button from an older version."""
        await ack()
        await whisper_back(self._drawing.words, body, client, respond, "refusal.unknown")

    async def old_modal(self, ack: Ack) -> None:
        """Say of a modal from another version that nothing of it was kept."""
        await not_kept(ack, self._drawing.words, "refusal.old_form")
