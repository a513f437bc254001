"""Opens the modals of a link and takes what was sent in them; every transaction ends before the ack. Draws nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.acks import NO_ANSWER, Ack, at_fields, not_kept
from bot.slack.block_kit import Address, modal
from bot.slack.delivery_errors import code_of
from bot.slack.guests import People, UnknownPersonError
from bot.slack.reading.json_values import Body
from bot.slack.reading.payloads import Press, Sent, read_sent
from bot.slack.start_link import Asked, Starting
from bot.starting import copy
from flows.cards.modals import dialog
from flows.cards.parts import Modal, Picture
from flows.link.access.reading import is_for_newcomers, refusal
from flows.link.effects import Denial
from flows.link.events import Form, Pressed, Submitted
from flows.link.forms import WITH_SECRETS, fill
from flows.link.state import Link, Person
from flows.tenant.service_url import Environment
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

UNREADABLE = "refusal.unreadable"
"""Said of a link that a newer release beside this one has written, or that is damaged."""

Page = Callable[[Link, Form, Person], Awaitable[str]]
"""Returns the address of a page for one form of one person."""

ShowView = Callable[..., Awaitable[object]]
"""Slack's method that shows a modal: a first one, or one above another."""


def note_unreadable(link_id: str, error: StoredValueError) -> None:
    """Name a link that this release cannot read."""
    log.error("a link cannot be read", extra={"link": link_id, "why": str(error)})


def _is_for_pictures(drawn: Modal, error: SlackApiError) -> bool:
    has_pictures = any(isinstance(part, Picture) for part in drawn.parts)
    return has_pictures and code_of(error) in {"invalid_arguments", "invalid_blocks"}


class Modals:
    """Those of one install; `page` is there if people can enter secrets outside of Slack."""

    def __init__(
        self, engine: Engine, drawing: Drawing, people: People, starting: Starting, *, page: Page | None
    ) -> None:
        self._engine = engine
        self._drawing = drawing
        self._people = people
        self._starting = starting
        self._page = page

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
        return await self.open(link, press, event, show, asked.until)

    async def open(self, link: Link, press: Press, event: Pressed, show: ShowView, until: float) -> Denial | None:
        """Show a modal with one of Slack's methods, or say why not; `until` is when the trigger is over."""
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
        drawn = dialog(scene, form, page, event.value)
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

    async def is_crowded(self, channel_id: str, event: Pressed | Submitted, client: AsyncWebClient) -> bool | None:
        """Ask Slack who reads the channel, where somebody may take a link that nobody was named for.

        None while Slack does not say. What was so at the start may have changed since.
        """
        if not is_for_newcomers(event) or self._people.is_staff(event.actor):
            return False
        return await self._starting.is_crowded(channel_id, client)

    async def submit(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Take a modal."""
        sent = read_sent(body)
        if sent is None:
            await self.old_modal(ack)
            return
        try:
            await self._submit(sent, ack, client)
        except StoredValueError as error:
            note_unreadable(sent.link_id, error)
            await at_fields(self._drawing, ack, sent, dict.fromkeys(list(sent.places)[:1], UNREADABLE), None)

    async def _submit(self, sent: Sent, ack: Ack, client: AsyncWebClient) -> None:
        try:
            actor = await self._people.known(sent.actor)
        except UnknownPersonError as error:
            if not sent.places:
                await self._engine.whisper(sent.link_id, sent.actor, Denial(key=error.refusal))
            link = await self._engine.load(sent.link_id)
            await at_fields(self._drawing, ack, sent, dict.fromkeys(list(sent.places)[:1], error.refusal), link)
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
            event = replace(event, crowded=await self.is_crowded(link.channel_id, event, client))
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

    async def old_modal(self, ack: Ack) -> None:
        """Say of a modal from another version that nothing of it was kept."""
        await not_kept(ack, self._drawing.words, "refusal.old_form")
