"""What Slack may send us, and which turn each thing becomes; every listener ends its transaction before the ack."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import channels, commands
from bot.engine import Engine, Wish
from bot.payloads import Press, Sent, read_press, read_sent
from bot.views import Address, modal, start_view
from flows.actions import refusal
from flows.dialogs import dialog, start_dialog
from flows.forms import customer_from_channel, fill
from flows.hearing import hear
from flows.messages import Form, Heard, Intent, Pressed, Refusal, Submitted
from flows.state import Link, Person, Status
from storage import store

log = logging.getLogger(__name__)

Body = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]
Respond = Callable[..., Awaitable[Any]]

PREFILL_SECONDS = 1.2
"""How long the start modal may wait for the channel's name; without it the field stays open."""

ANSWER_SECONDS = 1.5

OPEN_SECONDS = 2.2
"""How long Slack may take to open a modal; the press itself has to be answered within three."""

NO_ANSWER = (SlackApiError, aiohttp.ClientError, OSError)
"""What calling Slack can raise; OSError stands for timeouts too."""


def register(app: AsyncApp, engine: Engine, *, team_id: str, bot_user_id: str) -> None:
    """Connect every command, button, modal and event."""
    listeners = Listeners(engine, team_id=team_id)
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

    def __init__(self, engine: Engine, *, team_id: str) -> None:
        self._engine = engine
        self._team_id = team_id

    async def command(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Answer `/link-workday`."""
        if body.get("team_id") != self._team_id:
            await ack(self._engine.words.say("command.outsider"))
            return
        word = str(body.get("text") or "").strip().lower()
        if word:
            await ack(await self._command_answer(body, word))
            return
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._open_start(body, client)
        except NO_ANSWER as error:
            log.warning("the start modal could not be opened", extra={"why": type(error).__name__})
            await ack(self._engine.words.say("refusal.busy"))
            return
        await ack()

    async def _command_answer(self, body: Body, word: str) -> str:
        who = Person(user_id=str(body.get("user_id", "")), team_id=self._team_id)
        return await commands.answer(self._engine, who, str(body["channel_id"]), word)

    async def _open_start(self, body: Body, client: AsyncWebClient) -> None:
        name = str(body.get("channel_name") or "")
        view = self._start_view(body, customer_from_channel(name, self._engine.rules.vendor), "named")
        opened = await client.views_open(trigger_id=body["trigger_id"], view=view)
        if name != "privategroup":
            return
        # Slack hides the names of private channels from commands; an answer that comes late is not needed.
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                info = await client.conversations_info(channel=body["channel_id"])
                guess = customer_from_channel(str(info["channel"]["name"]), self._engine.rules.vendor)
                shown = opened["view"]
                await client.views_update(
                    view_id=shown["id"], hash=shown["hash"], view=self._start_view(body, guess, "found")
                )
        except NO_ANSWER as error:
            log.info("no name for the start modal", extra={"why": type(error).__name__})

    def _start_view(self, body: Body, customer: str, nonce: str) -> Body:
        drawn = start_dialog(self._engine.words, self._engine.rules, customer)
        return start_view(drawn, channel_id=str(body["channel_id"]), nonce=nonce)

    async def press(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Take a press on a button."""
        press = read_press(body)
        if press is None:
            await self._answer_old(ack, respond, "refusal.unknown")
            return
        link = await self._engine.load(press.link_id)
        if link is None or not _same_channel(link, body):
            await self._answer_old(ack, respond, "refusal.gone")
            return
        event = Pressed(
            actor=press.actor,
            action=press.action,
            step=press.step,
            revision=press.revision,
            value=press.value,
        )
        if press.form:
            refused = await self._open(link, press, event, client)
            if refused:
                await self._engine.whisper(link.id, press.actor, refused)
        else:
            await self._engine.handle(link.id, event)
        await ack()

    async def _open(self, link: Link, press: Press, event: Pressed, client: AsyncWebClient) -> Refusal | None:
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
            async with asyncio.timeout(OPEN_SECONDS):
                await client.views_open(trigger_id=press.trigger_id, view=view)
        except NO_ANSWER as error:
            log.warning("a modal could not be opened", extra={"why": type(error).__name__})
            return Refusal(key="refusal.busy")
        return None

    async def submit(self, ack: Ack, body: Body) -> None:
        """Take a modal."""
        sent = read_sent(body)
        if sent is None:
            await ack()
            return
        if sent.form is Form.START:
            await self._start(ack, sent)
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

    async def _start(self, ack: Ack, sent: Sent) -> None:
        engine = self._engine
        if sent.actor.team_id != self._team_id:
            await ack()
            return
        filled = fill(Form.START, sent.typed, today=engine.clock().date())
        if filled.errors:
            await self._answer(ack, sent, filled.errors, None)
            return
        wish = Wish(team_id=self._team_id, channel_id=sent.channel_id, owner=sent.actor, filled=filled)
        link, is_new = await engine.begin(wish)
        if is_new:
            await ack()
            return
        here = link.channel_id == sent.channel_id
        key = "command.already" if here else "command.already_elsewhere"
        await self._answer(ack, sent, {"customer": key}, link)

    async def _copy(self, ack: Ack, sent: Sent, event: Submitted) -> None:
        engine = self._engine
        filled = fill(Form.COPY, sent.typed, today=engine.clock().date())
        errors = filled.errors or await engine.copy(replace(event, values=filled.values), sent.link_id)
        await self._answer(ack, sent, errors, await engine.load(sent.link_id))

    async def _answer(self, ack: Ack, sent: Sent, errors: Any, link: Link | None) -> None:  # noqa: ANN401
        if not errors or not sent.places:
            await ack()
            return
        words = self._engine.words
        names = self._engine.scene(link).names if link else {}
        texts = {sent.places[name]: words.say(key, names) for name, key in errors.items() if name in sent.places}
        await ack(response_action="errors", errors=texts)

    async def message(self, event: Body) -> None:
        """Listen to what is typed in the thread of a link; ordinary talk leaves no trace."""
        if event.get("subtype") not in {None, "thread_broadcast", "file_share"} or event.get("bot_id"):
            return
        channel, ts = str(event.get("channel", "")), str(event.get("ts", ""))
        thread = str(event.get("thread_ts") or "")
        is_mention = event.get("type") == "app_mention"
        link = await self._link_of(channel, thread, is_mention=is_mention)
        if link is None or link.status is Status.CANCELLED:
            return
        team = str(event.get("user_team") or event.get("team") or "")
        actor = Person(user_id=str(event.get("user", "")), team_id=team)
        pictures = [str(file.get("alt_txt") or file.get("title") or "") for file in event.get("files") or ()]
        text = "\n".join((str(event.get("text") or ""), *pictures))
        if await self._engine.holds_secret(link, text):
            heard: Heard | None = Heard(actor=actor, intent=Intent.SECRET, current=True)
        else:
            heard = hear(text, link, actor, has_picture=bool(pictures), extra_hosts=self._engine.extra_hosts)
        if heard is None and is_mention:
            heard = Heard(actor=actor, intent=Intent.HELP)
        if heard and heard.intent is Intent.SECRET:
            heard = replace(heard, marks=self._engine.marks(text))
        if heard:
            await self._engine.handle(link.id, heard, once=f"message:{channel}:{ts}")

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

    async def old_button(self, ack: Ack, respond: Respond) -> None:
        """Be polite about a button from an older version."""
        await self._answer_old(ack, respond, "refusal.unknown")

    async def old_modal(self, ack: Ack) -> None:
        """Close a modal from an older version."""
        await ack()

    async def _answer_old(self, ack: Ack, respond: Respond, key: str) -> None:
        """Whisper where there is no link to write an errand for; being lost does no harm."""
        await ack()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await respond(text=self._engine.words.say(key), response_type="ephemeral", replace_original=False)
        except NO_ANSWER as error:
            log.info("a whisper did not arrive", extra={"why": type(error).__name__})


def _same_channel(link: Link, body: Body) -> bool:
    channel = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
    return channel is None or channel == link.channel_id
