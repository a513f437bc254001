"""How a link is started: `/link-workday` and its modal, for our own people only."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing import Drawing
from bot.engine import UNREADABLE, Engine, Wish
from bot.slack.acks import NO_ANSWER, OPEN_SECONDS, Ack, Body, at_fields
from bot.slack.block_kit import start_view
from bot.slack.command import Answers
from bot.slack.guests import People, UnknownPersonError
from bot.slack.payloads import Command, Sent, foreign_teams, read_command
from flows.cards.modals import start_dialog
from flows.link.events import Form
from flows.link.forms import fill
from flows.link.state import Status
from flows.tenant.channel_name import customer_from_channel
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

PREFILL_SECONDS = 1.2
"""How long the start modal may wait for what Slack knows of the channel."""


class Starting:
    """The command and the modal; `team_id` is the workspace that installed the app."""

    def __init__(self, engine: Engine, drawing: Drawing, people: People, answers: Answers, *, team_id: str) -> None:
        self._engine = engine
        self._drawing = drawing
        self._answers = answers
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
            await ack(self._drawing.words.say("refusal.busy"))
            return
        if actor.team_id != self._team_id or actor.guest:
            await ack(self._drawing.words.say("command.outsider"))
            return
        if command.word:
            await ack(await self._answers.answer(actor, command.channel_id, command.word))
            return
        try:
            async with asyncio.timeout_at(until):
                await self._open_start(command, client)
        except NO_ANSWER as error:
            log.warning("the start modal could not be opened", extra={"why": type(error).__name__})
            await ack(self._drawing.words.say("refusal.busy"))
            return
        await ack()

    async def _open_start(self, command: Command, client: AsyncWebClient) -> None:
        name = command.channel_name
        view = self._start_view(command, customer_from_channel(name, self._drawing.rules.vendor), "named")
        opened = await client.views_open(trigger_id=command.trigger_id, view=view)
        if name != "privategroup":
            return
        # Slack hides the names of private channels from commands; an answer that comes late is not needed.
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                info = await client.conversations_info(channel=command.channel_id)
                guess = customer_from_channel(str(info["channel"]["name"]), self._drawing.rules.vendor)
                shown = opened["view"]
                await client.views_update(
                    view_id=shown["id"], hash=shown["hash"], view=self._start_view(command, guess, "found")
                )
        except NO_ANSWER as error:
            log.info("no name for the start modal", extra={"why": type(error).__name__})

    def _start_view(self, command: Command, customer: str, nonce: str) -> Body:
        drawn = start_dialog(self._drawing.words, self._drawing.rules, customer)
        return start_view(drawn, channel_id=command.channel_id, nonce=nonce)

    async def start(self, ack: Ack, sent: Sent, client: AsyncWebClient) -> None:
        """Take the start modal."""
        if sent.actor.team_id != self._team_id or sent.actor.guest:
            await at_fields(self._drawing, ack, sent, {"customer": "command.outsider"}, None)
            return
        filled = fill(Form.START, sent.typed, today=self._drawing.clock().date())
        errors = filled.errors
        if not errors and not filled.values.get("admin"):
            is_crowded = await self.is_crowded(sent.channel_id, client)
            key = "field.admin_unasked" if is_crowded is None else "field.admin_needed"
            errors = {} if is_crowded is False else {"admin": key}
        if errors:
            await at_fields(self._drawing, ack, sent, errors, None)
            return
        wish = Wish(team_id=self._team_id, channel_id=sent.channel_id, owner=sent.actor, filled=filled)
        try:
            link, is_new = await self._engine.begin(wish)
        except StoredValueError as error:
            log.error("the link that runs already cannot be read", extra={"why": str(error)})  # noqa: TRY400  its traceback says no more
            await at_fields(self._drawing, ack, sent, {"customer": UNREADABLE}, None)
            return
        if is_new:
            await ack()
            return
        here = link.channel_id == sent.channel_id
        running = "already_linked" if link.status is Status.LINKED else "already"
        key = f"command.{running}" if here else "command.already_elsewhere"
        await at_fields(self._drawing, ack, sent, {"customer": key}, link)

    async def is_crowded(self, channel_id: str, client: AsyncWebClient) -> bool | None:
        """Ask whether people of several other organisations read a channel; None while Slack does not say."""
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                channel = (await client.conversations_info(channel=channel_id)).get("channel")
        except NO_ANSWER as error:
            log.warning("the organisations of a channel are not known", extra={"why": type(error).__name__})
            return None
        teams = foreign_teams(channel)
        return None if teams is None else len(teams - self._people.own.ids) > 1
