"""How a link is started: `/link-workday` and its modal, for our own people only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.acks import ANSWER_SECONDS, NO_ANSWER, OPEN_SECONDS, Ack, Respond, asking, at_fields
from bot.slack.block_kit import NOWHERE, blocks, fallback, start_view
from bot.slack.delivery_errors import code_of
from bot.slack.guests import People, UnknownPersonError
from bot.slack.reading.json_values import NOT_OF_THE_SHAPE, Body, a_list, a_name, an_object
from bot.slack.reading.organisations import foreign_teams
from bot.slack.reading.payloads import Command, Sent, read_command, read_control, reply_url
from bot.starting import UNREADABLE, Wish, begin
from flows.cards.modals import start_dialog
from flows.cards.parts import Card, Text
from flows.link.channel import Channel, obstacle
from flows.link.commands import reading
from flows.link.commands import rows as commands
from flows.link.commands.rows import Typed
from flows.link.events import Form
from flows.link.forms import fill
from flows.link.overview import folded
from flows.link.state import Link, Person, Status
from flows.schedule.office_hours import zone_of
from flows.tenant.channel_name import customer_from_channel
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)

PREFILL_SECONDS = 1.2
"""How long the start modal may wait for what Slack knows of the channel."""

MOST_MEMBERS = 30
"""Members of whom is asked where they belong, where Slack does not name the organisations that share a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one of our own people wants of the command; `until` is when their trigger is over, on the loop's clock.

    `in_window` tells that they pressed in a window, above which another one is pushed: it cannot be opened anew.
    """

    who: Person
    channel_id: str
    text: str
    typed: Typed | None
    trigger_id: str
    client: AsyncWebClient
    until: float
    in_window: bool = False


class Starting:
    """The command and the modal; `team_id` is the workspace that installed the app, `answer` answers all other words.

    `running` names the customers whose links a channel has.
    """

    def __init__(
        self,
        engine: Engine,
        drawing: Drawing,
        people: People,
        answer: Callable[[Asked], Awaitable[Card]],
        running: Callable[[str], Awaitable[list[str]]],
        *,
        team_id: str,
    ) -> None:
        self._engine = engine
        self._drawing = drawing
        self._answer = answer
        self._running = running
        self._people = people
        self._team_id = team_id

    async def command(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Answer `/link-workday`."""
        command = read_command(body)
        if command is None:
            await ack()
            return
        answer = await self._answered(command, client)
        if answer is None:
            await ack()
        else:
            await ack(text=fallback(answer), blocks=blocks(answer, NOWHERE))

    async def again(self, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        """Take a press on a button that does what typing a command does."""
        command = read_control(body)
        answer = await self._answered(command, client) if command else None
        await ack()
        if command is None or answer is None or reply_url(body, client.base_url) is None:
            return
        # The pages of a list turn in their place; whatever is said about a link stands below it.
        typed = self._read(command.word)
        turns = typed is not None and typed.row is commands.LIST
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await respond(
                    text=fallback(answer),
                    blocks=blocks(answer, NOWHERE),
                    response_type="ephemeral",
                    replace_original=turns,
                )
        except NO_ANSWER as error:
            log.info("an answer did not arrive", extra={"why": type(error).__name__})

    async def _answered(self, command: Command, client: AsyncWebClient) -> Card | None:
        """Return the answer; None when a modal is one."""
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        try:
            actor = await self._people.known(command.actor)
        except UnknownPersonError as error:
            return self._said(error.refusal, command.actor)
        command = replace(command, actor=actor)
        if actor.team_id != self._team_id or actor.guest:
            return self._said("command.outsider", actor)
        typed = self._read(command.word)
        if typed is None or typed.row is not commands.START:
            asked = Asked(
                who=actor,
                channel_id=command.channel_id,
                text=command.word,
                typed=typed,
                trigger_id=command.trigger_id,
                client=client,
                until=until,
            )
            return await self._answer(asked)
        try:
            async with asyncio.timeout_at(until):
                await self._open_start(command, client)
        except NO_ANSWER as error:
            log.warning("the start modal could not be opened", extra={"why": type(error).__name__})
            return self._said("refusal.busy", actor)
        return None

    def _read(self, text: str) -> Typed | None:
        return reading.read(text, self._today())

    def _today(self) -> date:
        us = Person(user_id="")
        return self._drawing.clock().astimezone(zone_of(us, self._drawing.rules)).date()

    def _said(self, key: str, who: Person) -> Card:
        return Card(parts=(Text(text=self._drawing.to(who.locale).words.say(key)),))

    async def _open_start(self, command: Command, client: AsyncWebClient) -> None:
        name = command.channel_name
        guess = customer_from_channel(name, self._drawing.rules.vendor)
        running = await self._running(command.channel_id)
        view = self._start_view(command, guess, "named", running, [])
        opened = await client.views_open(trigger_id=command.trigger_id, view=view)
        try:
            async with asyncio.timeout(PREFILL_SECONDS):
                found = await self._looked(command.channel_id, client)
                # Slack hides the names of private channels from commands; an answer that comes late is not needed.
                is_hidden = name == "privategroup" and bool(found.get("name"))
                if is_hidden:
                    guess = customer_from_channel(str(found["name"]), self._drawing.rules.vendor)
                remarks = _remarks(found)
                if not is_hidden and not remarks:
                    return
                shown = opened["view"]
                nonce = "found" if is_hidden else "named"
                view = self._start_view(command, guess, nonce, running, remarks)
                await client.views_update(view_id=shown["id"], hash=shown["hash"], view=view)
        except NO_ANSWER as error:
            log.info("nothing known of the channel for the start modal", extra={"why": type(error).__name__})

    async def _looked(self, channel_id: str, client: AsyncWebClient) -> Body:
        """Ask what Slack shows us of the channel; a private one without us in it is not there for us."""
        try:
            return an_object((await client.conversations_info(channel=channel_id)).get("channel"))
        except SlackApiError as error:
            if code_of(error) != "channel_not_found":
                raise
            return {"is_member": False}

    def _start_view(self, command: Command, customer: str, nonce: str, running: list[str], remarks: list[str]) -> Body:
        words = self._drawing.to(command.actor.locale).words
        drawn = start_dialog(words, self._drawing.rules, customer, running, remarks)
        return start_view(drawn, channel_id=command.channel_id, nonce=nonce)

    async def start(self, ack: Ack, sent: Sent, client: AsyncWebClient) -> None:
        """Take the start modal."""
        if sent.actor.team_id != self._team_id or sent.actor.guest:
            await at_fields(self._drawing, ack, sent, {"customer": "command.outsider"}, None)
            return
        filled = fill(Form.START, sent.typed, today=self._drawing.clock().date())
        errors = filled.errors
        if not errors and folded(filled.values["customer"]) == folded(self._drawing.rules.vendor):
            errors = {"customer": "command.own_name"}
        if not errors:
            errors = await self._where_and_who(sent.channel_id, client, admin=filled.values.get("admin", ""))
        if errors:
            await at_fields(self._drawing, ack, sent, errors, None)
            return
        wish = Wish(team_id=self._team_id, channel_id=sent.channel_id, owner=sent.actor, filled=filled)
        try:
            link, is_new = await begin(self._engine, wish)
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

    async def _where_and_who(self, channel_id: str, client: AsyncWebClient, *, admin: str) -> dict[str, str]:
        """See that the app can write in the channel, and that it is clear who may start, a person."""
        channel = await self._channel(channel_id, client)
        if channel is not None and channel.get("is_member") is False:
            return {"customer": "command.not_in_channel"}
        if admin and (chosen := await self._people.about(admin)) and chosen.is_app:
            return {"admin": "field.person_app"}
        is_crowded = False if admin else await self._has_many(channel_id, channel, client)
        key = "field.admin_unasked" if is_crowded is None else "field.admin_needed"
        return {} if is_crowded is False else {"admin": key}

    async def is_crowded(self, channel_id: str, client: AsyncWebClient) -> bool | None:
        """Ask whether people of several other organisations read a channel; None while Slack does not say."""
        return await self._has_many(channel_id, await self._channel(channel_id, client), client)

    async def obstacle(self, link: Link, channel_id: str, client: AsyncWebClient) -> str:
        """Ask Slack of the channel in which a link is to go on; returns the words for why it cannot."""
        try:
            async with asking(PREFILL_SECONDS):
                found = await self._looked(channel_id, client)
        except NO_ANSWER as error:
            log.warning("the channel that a link is to go to is not known", extra={"why": type(error).__name__})
            return "field.channel_unasked"
        channel = Channel(
            id=channel_id,
            has_us=found.get("is_member") is True,
            archived=found.get("is_archived") is True,
            others=self._others(found),
        )
        return obstacle(link, channel)

    async def _channel(self, channel_id: str, client: AsyncWebClient) -> Body | None:
        try:
            async with asking(PREFILL_SECONDS):
                return an_object((await client.conversations_info(channel=channel_id)).get("channel"))
        except (*NO_ANSWER, *NOT_OF_THE_SHAPE) as error:
            log.warning("the organisations of a channel are not known", extra={"why": type(error).__name__})
            return None

    async def _has_many(self, channel_id: str, channel: Body | None, client: AsyncWebClient) -> bool | None:
        if channel is None:
            return None
        others = self._others(channel)
        if others is None:
            others = await self._of_members(channel_id, client)
        return None if others is None else len(others) > 1

    async def _of_members(self, channel_id: str, client: AsyncWebClient) -> frozenset[str] | None:
        """Name the other organisations by who is in the channel; None where Slack does not say of all of them."""
        try:
            async with asking(PREFILL_SECONDS):
                found = await client.conversations_members(channel=channel_id, limit=MOST_MEMBERS)
                if an_object(found.get("response_metadata") or {}).get("next_cursor"):
                    return None
                told = await asyncio.gather(*(self._people.about(a_name(one)) for one in a_list(found.get("members"))))
        except (*NO_ANSWER, *NOT_OF_THE_SHAPE) as error:
            log.warning("the members of a channel are not known", extra={"why": type(error).__name__})
            return None
        homes = frozenset(one.person.team_id if one else "" for one in told)
        return None if "" in homes else homes - self._people.own.ids

    def _others(self, channel: Body) -> frozenset[str] | None:
        """Name the other organisations that share a channel; None where Slack does not, though there are some."""
        teams = foreign_teams(channel)
        others = None if teams is None else frozenset(teams - self._people.own.ids)
        return others or (None if channel.get("is_ext_shared") else others)


def _remarks(channel: Body) -> list[str]:
    """Name what somebody should know of a channel before a link is started in it."""
    if channel.get("is_member") is False:
        return ["form.start.absent"]
    is_shared = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
    return [] if is_shared else ["form.start.unshared"]
