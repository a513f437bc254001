"""What Slack may send us, and which turn each thing becomes; every listener ends its transaction before the ack."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import channels, commands
from bot.engine import Engine, Wish
from bot.payloads import (
    Command,
    Press,
    Sent,
    foreign_teams,
    read_command,
    read_message,
    read_press,
    read_sent,
    reply_url,
)
from bot.people import People, UnknownPersonError
from bot.views import Address, modal, start_view
from flows.actions import refusal
from flows.dialogs import dialog, start_dialog
from flows.endpoints import Environment
from flows.forms import customer_from_channel, fill
from flows.messages import Form, Heard, Intent, Pressed, Refusal, Submitted
from flows.state import Link, Status
from storage import store

log = logging.getLogger(__name__)

Body = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
Respond = Callable[..., Awaitable[Any]]

PREFILL_SECONDS = 1.2
"""How long the start modal may wait for the channel's name; without it the field stays open."""

ANSWER_SECONDS = 1.5

OPEN_SECONDS = 2.6
"""How long Slack may take to say who somebody is and to open a modal; the press has to be answered within three."""

NO_ANSWER = (SlackApiError, aiohttp.ClientError, OSError)
"""What calling Slack can raise; OSError stands for timeouts too."""


def register(app: AsyncApp, engine: Engine, people: People, *, team_id: str, bot_user_id: str) -> None:
    """Connect every command, button, modal and event."""
    listeners = Listeners(engine, people, team_id=team_id)
    app.command("/link-workday")(listeners.command)
    app.action(re.compile(r"^press\."))(listeners.press)
    app.action(re.compile(r".*"))(listeners.old_button)
    app.view(re.compile(r"^form\."))(listeners.submit)
    app.view(re.compile(r".*"))(listeners.old_modal)
    app.event("message")(listeners.message)
    app.event("app_mention")(listeners.message)
    app.error(failed)
    channels.register(app, engine, team_id=team_id, bot_user_id=bot_user_id)


async def failed(error: Exception) -> None:
    """Note that a listener failed; Bolt's own handler would log the words of the error, which can quote a secret."""
    log.error("a listener failed", exc_info=error)


class Listeners:
    """The listeners proper; `team_id` is the workspace that installed the app."""

    def __init__(self, engine: Engine, people: People, *, team_id: str) -> None:
        self._engine = engine
        self._people = people
        self._team_id = team_id

    async def command(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Answer `/link-workday`."""
        command = read_command(body)
        if command is None:
            await ack()
            return
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        try:
            actor = await self._people.known(command.actor)
        except UnknownPersonError:
            await ack(self._engine.words.say("refusal.busy"))
            return
        if actor.team_id != self._team_id or actor.guest:
            await ack(self._engine.words.say("command.outsider"))
            return
        if command.word:
            await ack(await commands.answer(self._engine, actor, command.channel_id, command.word))
            return
        try:
            async with asyncio.timeout_at(until):
                await self._open_start(command, client)
        except NO_ANSWER as error:
            log.warning("the start modal could not be opened", extra={"why": type(error).__name__})
            await ack(self._engine.words.say("refusal.busy"))
            return
        await ack()

    async def _open_start(self, command: Command, client: AsyncWebClient) -> None:
        name = command.channel_name
        view = self._start_view(command, customer_from_channel(name, self._engine.rules.vendor), "named")
        opened = await client.views_open(trigger_id=command.trigger_id, view=view)
        if name != "privategroup":
            return
        # Slack hides the names of private channels from commands; an answer that comes late is not needed.
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                info = await client.conversations_info(channel=command.channel_id)
                guess = customer_from_channel(str(info["channel"]["name"]), self._engine.rules.vendor)
                shown = opened["view"]
                await client.views_update(
                    view_id=shown["id"], hash=shown["hash"], view=self._start_view(command, guess, "found")
                )
        except NO_ANSWER as error:
            log.info("no name for the start modal", extra={"why": type(error).__name__})

    def _start_view(self, command: Command, customer: str, nonce: str) -> Body:
        drawn = start_dialog(self._engine.words, self._engine.rules, customer)
        return start_view(drawn, channel_id=command.channel_id, nonce=nonce)

    async def press(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Take a press on a button."""
        press = read_press(body)
        if press is None:
            await self.old_button(ack, body, client, respond)
            return
        link = await self._engine.load(press.link_id)
        if link is None or press.channel_id not in ("", link.channel_id):
            await ack()
            await self._answer_old(body, client, respond, "refusal.gone")
            return
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        try:
            press = replace(press, actor=await self._people.known(press.actor))
        except UnknownPersonError:
            await ack()
            await self._answer_old(body, client, respond, "refusal.busy")
            return
        event = Pressed(
            actor=press.actor,
            action=press.action,
            step=press.step,
            revision=press.revision,
            value=press.value,
        )
        if press.form:
            refused = await self._open(link, press, event, client, until)
            if refused:
                await self._engine.whisper(link.id, press.actor, refused)
        else:
            await self._engine.handle(link.id, event)
        await ack()

    async def _open(
        self, link: Link, press: Press, event: Pressed, client: AsyncWebClient, until: float
    ) -> Refusal | None:
        form = press.form
        if form is None or form is Form.START:
            return Refusal(key="refusal.unknown")
        has_pages = bool(self._engine.public_url)
        sending = Submitted(actor=press.actor, form=form, step=link.step, revision=link.revision, on_web=has_pages)
        refused = refusal(link, event) or refusal(link, sending)
        if refused:
            return refused
        scene = self._engine.scene(link)
        address = Address(link_id=link.id, step=link.step, revision=link.revision)
        nonce = press.trigger_id.replace(".", "")[-20:] or "first"
        page = await self._engine.page(link, form, press.actor)
        view = modal(dialog(scene, form, page), address, nonce)
        try:
            async with asyncio.timeout_at(until):
                await client.views_open(trigger_id=press.trigger_id, view=view)
        except NO_ANSWER as error:
            log.warning("a modal could not be opened", extra={"why": type(error).__name__})
            return Refusal(key="refusal.busy")
        return None

    async def submit(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Take a modal."""
        sent = read_sent(body)
        if sent is None:
            await ack()
            return
        try:
            actor = await self._people.known(sent.actor)
        except UnknownPersonError:
            if not sent.places:
                await self._engine.whisper(sent.link_id, sent.actor, Refusal(key="refusal.busy"))
            await self._answer(ack, sent, dict.fromkeys(list(sent.places)[:1], "refusal.busy"), None)
            return
        sent = replace(sent, actor=actor, typed=self._with_known_choices(sent.typed))
        if sent.form is Form.START:
            await self._start(ack, sent, client)
            return
        event = Submitted(actor=sent.actor, form=sent.form, step=sent.step, revision=sent.revision)
        if sent.form is Form.COPY:
            await self._copy(ack, sent, event)
            return
        decision, errors = await self._engine.submit(sent.link_id, sent.form, sent.typed, event)
        if decision is None:
            await ack()
            return
        if decision.refusal and decision.refusal.key:
            if not sent.places:
                # A modal without a field has no place for an error.
                await self._engine.whisper(sent.link_id, sent.actor, decision.refusal)
            errors = dict.fromkeys(list(sent.places)[:1], decision.refusal.key)
        await self._answer(ack, sent, errors, decision.link)

    def _with_known_choices(self, typed: dict[str, str]) -> dict[str, str]:
        """Take a choice that is not there to choose (any more) for none."""
        known: dict[str, Collection[str]] = {
            "environment": frozenset(Environment),
            "profile": self._engine.rules.permissions.profiles,
        }
        return {name: text if text in known.get(name, (text,)) else "" for name, text in typed.items()}

    async def _start(self, ack: Ack, sent: Sent, client: AsyncWebClient) -> None:
        engine = self._engine
        if sent.actor.team_id != self._team_id or sent.actor.guest:
            await ack()
            return
        filled = fill(Form.START, sent.typed, today=engine.clock().date())
        errors = filled.errors
        if not errors and not filled.values.get("admin"):
            errors = await self._who_starts(sent.channel_id, client)
        if errors:
            await self._answer(ack, sent, errors, None)
            return
        wish = Wish(team_id=self._team_id, channel_id=sent.channel_id, owner=sent.actor, filled=filled)
        link, is_new = await engine.begin(wish)
        if is_new:
            await ack()
            return
        here = link.channel_id == sent.channel_id
        key = "command.already" if here else "command.already_elsewhere"
        await self._answer(ack, sent, {"customer": key}, link)

    async def _who_starts(self, channel_id: str, client: AsyncWebClient) -> dict[str, str]:
        """Ask for the admin where people of several customers could press Start."""
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                channel = (await client.conversations_info(channel=channel_id)).get("channel")
        except NO_ANSWER as error:
            log.warning("the organisations of a channel are not known", extra={"why": type(error).__name__})
            return {"admin": "field.admin_unasked"}
        teams = foreign_teams(channel)
        if teams is None:
            return {"admin": "field.admin_unasked"}
        return {"admin": "field.admin_needed"} if len(teams - {self._team_id}) > 1 else {}

    async def _copy(self, ack: Ack, sent: Sent, event: Submitted) -> None:
        engine = self._engine
        link = await engine.load(sent.link_id)
        if link is None:
            await ack()
            return
        filled = fill(Form.COPY, sent.typed, today=engine.clock().date())
        errors = filled.errors or await engine.copy(replace(event, values=filled.values), sent.link_id)
        await self._answer(ack, sent, errors, link)

    async def _answer(self, ack: Ack, sent: Sent, errors: Any, link: Link | None) -> None:  # noqa: ANN401
        if not errors or not sent.places:
            await ack()
            return
        words = self._engine.words
        names = self._engine.scene(link).names if link else {}
        first = next(iter(sent.places.values()))
        # What is wrong with a field that the modal does not have stands at its first one.
        texts = {sent.places.get(name, first): words.say(key, names) for name, key in errors.items()}
        await ack(response_action="errors", errors=texts)

    async def message(self, event: Body) -> None:
        """Listen to what is typed in the thread of a link; ordinary talk leaves no trace."""
        message = read_message(event)
        if message is None:
            return
        link = await self._link_of(message.channel_id, message.thread_ts, is_mention=message.is_mention)
        if link is None or link.status is Status.CANCELLED:
            return
        unknown: UnknownPersonError | None = None
        try:
            actor = await self._people.known(message.actor)
        except UnknownPersonError as error:
            actor, unknown = replace(message.actor, guest=True), error
        heard = await self._engine.hear(link, message.text, actor, has_picture=message.has_picture)
        if heard is None and message.is_mention:
            heard = Heard(actor=actor, intent=Intent.HELP)
        if unknown and heard and heard.intent is not Intent.SECRET:
            # Not acknowledged, so Slack sends it again.
            raise unknown
        if message.is_edit and heard and heard.intent is not Intent.SECRET:
            # What was said before was answered before.
            return
        if heard:
            await self._engine.handle(link.id, heard, once=f"message:{message.channel_id}:{message.ts}")

    async def _link_of(self, channel: str, thread: str, *, is_mention: bool) -> Link | None:
        team = self._team_id
        if not thread and is_mention:
            # Asked in the channel itself: answered in the thread of the link that runs here.
            links = await self._engine.database.run(lambda session: store.in_channel(session, team, channel))
            return next((link for link in reversed(links) if link.status is not Status.CANCELLED), None)
        if not thread:
            return None
        found = await self._engine.database.run(lambda session: store.find_by_thread(session, team, channel, thread))
        return await self._engine.load(found) if found else None

    async def old_button(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Be polite about a button from an older version."""
        await ack()
        await self._answer_old(body, client, respond, "refusal.unknown")

    async def old_modal(self, ack: Ack) -> None:
        """Close a modal from an older version."""
        await ack()

    async def _answer_old(self, body: Body, client: AsyncWebClient, respond: Respond, key: str) -> None:
        """Whisper where there is no link to write an errand for; being lost does no harm."""
        if reply_url(body, client.base_url) is None:
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await respond(text=self._engine.words.say(key), response_type="ephemeral", replace_original=False)
        except NO_ANSWER as error:
            log.info("a whisper did not arrive", extra={"why": type(error).__name__})
