"""What Slack may send us, and the turns of presses and messages; every listener ends its transaction before the ack."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.arrivals import RepeatedError
from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.acks import OPEN_SECONDS, Ack, Respond, whisper_back
from bot.slack.channel_events import Watch
from bot.slack.guests import People, UnknownPersonError
from bot.slack.modals import UNREADABLE, Modals, note_unreadable
from bot.slack.reading.json_values import Body
from bot.slack.reading.messages import read_message
from bot.slack.reading.payloads import Press, read_press, who_waits
from bot.slack.start_link import Starting
from bot.slack.thread import Ears
from flows.link.access.reading import has_left
from flows.link.effects import Farewell
from flows.link.events import Action, Heard, Intent, Pressed
from storage import deduplication as inbox
from storage.database.trouble import TROUBLE
from storage.messages import Left
from storage.outbox import errands
from storage.serialization import StoredValueError

log = logging.getLogger(__name__)


FROM_ANYWHERE = frozenset({Action.COMING, Action.TAKE})
"""Presses that stand on notices to our own people, too, and so in channels that are not the link's."""

FROM_EDITS = frozenset({Intent.SECRET, Intent.URL})
"""What counts when it is edited into a message, too: a secret, and the address that was mistyped at first."""

LOOKING_UP = "refusal.looking_up"
"""Said to somebody of whom it is not known yet who they are."""

Follow = Callable[[Press, AsyncWebClient], Awaitable[bool]]
"""Follows the link of a press to its channel, where that has got another id."""


def register(app: AsyncApp, listeners: Listeners, modals: Modals, starting: Starting, watch: Watch) -> None:
    """Connect every command, button, modal and event; what comes most often first, as Bolt asks one after another."""
    app.action(re.compile(r"^press\."))(listeners.press)
    app.event("message")(listeners.message)
    app.view(re.compile(r"^form\."))(modals.submit)
    app.command("/link-workday")(starting.command)
    app.action(re.compile(r"^type\."))(starting.again)
    app.event("app_mention")(listeners.message)
    app.error(listeners.apologise)
    watch.register(app)


def register_rest(app: AsyncApp, listeners: Listeners, modals: Modals) -> None:
    """Connect what no other listener knows, from older versions; to be called when all others are connected."""
    app.action(re.compile(r".*"))(listeners.old_button)
    app.view(re.compile(r".*"))(modals.old_modal)


async def failed(error: Exception) -> BoltResponse | None:
    """Note that a listener failed; Bolt's own handler would log the words of the error, which can quote a secret."""
    if isinstance(error, RepeatedError):
        log.info("a request came again and was not carried out again")
        return BoltResponse(status=200)
    log.error("a listener failed", exc_info=error)
    return None


def _say_where(session: Session, now: datetime, *, left: Left) -> None:
    """Say once more in a thread that a link has left where it goes on, as what is written there is not heard."""
    if inbox.first_time(session, f"left:{left.link.id}:{left.number}", now):
        errands.enqueue(session, left.link.id, (Farewell(number=left.number),), now)


class Listeners:
    """The listeners proper; `follow` tells whether the channel of a press is one that a link has been followed to."""

    def __init__(
        self,
        engine: Engine,
        drawing: Drawing,
        people: People,
        modals: Modals,
        ears: Ears,
        *,
        follow: Follow,
    ) -> None:
        self._engine = engine
        self._drawing = drawing
        self._people = people
        self._modals = modals
        self._ears = ears
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
            note_unreadable(press.link_id, error)
            await ack()
            await whisper_back(self._drawing.to_person(None, press.actor).words, body, client, respond, UNREADABLE)

    async def _press(self, press: Press, ack: Ack, body: Body, client: AsyncWebClient, respond: Respond) -> None:
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        try:
            press = replace(press, actor=await self._people.known(press.actor))
        except UnknownPersonError as error:
            await ack()
            words = self._drawing.to_person(await self._engine.load(press.link_id), press.actor).words
            await whisper_back(words, body, client, respond, error.refusal)
            return
        event = Pressed(
            actor=press.actor,
            action=press.action,
            step=press.step,
            revision=press.revision,
            value=press.value,
        )
        event = replace(event, crowded=await self._modals.is_crowded(press.channel_id, event, client))
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
        refused = await self._modals.open(link, press, event, client.views_open, until)
        if refused and refused.key == LOOKING_UP:
            # Slack is asked about them, which is an effect of a turn.
            await self._engine.handle(link.id, event)
        elif refused:
            await self._engine.whisper(link.id, press.actor, refused)
        return True

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
            if message.is_edit and one.intent not in FROM_EDITS:
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
