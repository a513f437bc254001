"""The Home tab: shows our own people their board while they look, and one link in a window; decides nothing itself."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.drawing import Drawing
from bot.slack.acks import NO_ANSWER, OPEN_SECONDS, Ack, Body
from bot.slack.block_kit import home_view, window
from bot.slack.guests import People, UnknownPersonError
from bot.slack.payloads import read_asking, read_id
from bot.slack.start_link import Asked
from bot.staff.command import Answers
from flows.cards.parts import Card, Part
from flows.cards.placeholders import mention
from flows.cards.staff import board as drawn
from flows.cards.staff import lines
from flows.cards.staff.board import Known, Looking, read_looking
from flows.link import commands
from flows.link.commands import Typed
from flows.link.state import Person
from flows.transitions.forecast import forecast
from flows.words import Words
from storage import audit_log as audit
from storage.board import finding, notes
from storage.board.finding import Found
from storage.board.notes import Note
from storage.database import Database

log = logging.getLogger(__name__)

LOOKS_FOR = timedelta(minutes=10)
"""How long somebody is taken to look after they opened the tab or pressed something there."""

EACH = 1.0
"""Seconds between two looks at what has changed, for all who look together."""

REST = 30.0
"""Seconds without news after Slack took none."""

OF_ALL = frozenset({commands.INSIGHT, commands.EXPORT})
"""Words about all links, which have a button on the board."""

READ = frozenset({commands.BRIEF}) | OF_ALL
"""Words whose answer is a window of its own."""

PAGE = 20
PAST, AHEAD, NOTES = 15, 5, 8
SHOWN = 300
"""Letters of a note that the window shows."""

FORECAST = timedelta(days=60)
"""How far ahead reminders are shown."""


@dataclass(slots=True)
class _Watcher:
    person: Person
    until: datetime
    looking: Looking = field(default_factory=Looking)
    last: Body = field(default_factory=dict)


class Board:
    """The listeners proper; `answers` does what the buttons of a link say."""

    def __init__(
        self, client: AsyncWebClient, database: Database, drawing: Drawing, people: People, answers: Answers
    ) -> None:
        self._client = client
        self._database = database
        self._drawing = drawing
        self._people = people
        self._answers = answers
        self._watchers: dict[str, _Watcher] = {}
        self._keeping = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """Show nothing new any more."""
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping

    async def opened(self, event: Body) -> None:
        """Take note that somebody looks, and show them what is theirs to see."""
        user_id = read_id(event, "user")
        if user_id is None or event.get("tab") != "home":
            return
        person = await self._known(Person(user_id=user_id))
        if person is None:
            return
        if not self._is_ours(person):
            card = drawn.friendly(self._drawing.to(person.locale).words, self._drawing.rules)
            await self._publish(user_id, home_view(card))
            return
        watcher = self._watchers.setdefault(user_id, _Watcher(person=person, until=self._drawing.clock()))
        watcher.person, watcher.last = person, {}
        await self._show(watcher)

    async def turn(self, ack: Ack, body: Body) -> None:
        """Take a press on a filter, a page or a state, or a customer's name."""
        await ack()
        asking = read_asking(body)
        person = await self._known(asking.actor) if asking else None
        if asking is None or person is None or not self._is_ours(person):
            return
        watcher = self._watchers.setdefault(person.user_id, _Watcher(person=person, until=self._drawing.clock()))
        looking = read_looking(asking.metadata if asking.is_search else asking.value)
        if asking.is_search:
            looking = Looking(filters=looking.filters, state=looking.state, customer=asking.value.strip()[:80])
        watcher.person, watcher.looking = person, looking
        await self._show(watcher)

    async def detail(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Open the window of a link, or do what a button says and show what came of it."""
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        asking = read_asking(body)
        person = await self._known(asking.actor) if asking else None
        typed = commands.read(asking.value, self._drawing.clock().date()) if asking else None
        meant = typed is not None and (typed.link or typed.row in OF_ALL)
        if asking is None or typed is None or not meant or person is None or not self._is_ours(person):
            await ack()
            return
        answer = Card(parts=())
        if typed.row is not commands.OPEN:
            asked = Asked(
                who=person,
                channel_id="",
                text=asking.value,
                typed=typed,
                trigger_id=asking.trigger_id,
                client=client,
                until=until,
            )
            answer = await self._answers.answer(asked)
            if typed.row in lines.OPENS and not asking.in_window:
                # The trigger has opened a window of its own, and opens no second one.
                await ack()
                return
        shown = answer if typed.row in READ else await self._card(typed, person, answer.text)
        say = self._drawing.to(person.locale).words.say
        view = window(say("board.title"), say("form.close"), shown)
        try:
            async with asyncio.timeout_at(until):
                if asking.in_window:
                    await client.views_update(view_id=asking.view_id, view=view)
                else:
                    await client.views_open(trigger_id=asking.trigger_id, view=view)
        except NO_ANSWER as error:
            log.info("the window of a link could not be shown", extra={"why": type(error).__name__})
        await ack()

    async def _card(self, typed: Typed, who: Person, said: str) -> Card:
        drawing, now = self._drawing.to(who.locale), self._drawing.clock()

        def look(session: Session) -> tuple[list[Found], list[audit.Entry], list[Note]]:
            found = finding.by_id(session, who.team_id, typed.link)
            # Of a link of theirs only.
            kept = notes.newest(session, typed.link, most=NOTES) if found else []
            return found, audit.read(session, typed.link), kept

        found, history, kept = await self._database.run(look)
        if not found or found[0].link is None:
            return drawn.vanished(drawing.words)
        link, say = found[0].link, drawing.words.say
        past = [
            say(
                "board.line",
                {"when": drawing.words.moment(one.at), "what": one.what, "who": one.actor or say("board.app")},
            )
            for one in reversed(history[-PAST:])
        ]
        ahead = [
            drawing.scene(one.link).say(
                "board.reminder", at=drawing.words.moment(one.at), what=drawing.scene(one.link).say(f"plan.{one.cause}")
            )
            for one in forecast(link, now, now + FORECAST, drawing.rules, most=200)
        ]
        thread = self._answers.thread(found[0].parent)
        noted = [_note(drawing.words, one) for one in kept]
        return drawn.detail(drawing.scene(link), thread, who, said, Known(past=past, ahead=ahead[:AHEAD], notes=noted))

    async def _keep_fresh(self) -> None:
        """Show those who look what has changed, as long as they are taken to look."""
        while True:
            await asyncio.sleep(EACH)
            now = self._drawing.clock()
            for user_id in [one for one, watcher in self._watchers.items() if watcher.until < now]:
                del self._watchers[user_id]
            for watcher in list(self._watchers.values()):
                try:
                    await self._refresh(watcher)
                except Exception as error:  # noqa: BLE001  the next look tries again
                    log.warning("a board could not be drawn", extra={"why": type(error).__name__})
                    await asyncio.sleep(REST)

    async def _refresh(self, watcher: _Watcher) -> None:
        view = await self._view(watcher)
        if view == watcher.last:
            return
        person = await self._known(watcher.person)
        if person is None:
            return
        if not self._is_ours(person):
            # Whoever is none of us any more keeps no board.
            del self._watchers[person.user_id]
            view = home_view(drawn.friendly(self._drawing.to(person.locale).words, self._drawing.rules))
        watcher.last = view
        if not await self._publish(person.user_id, view):
            watcher.last = {}
            await asyncio.sleep(REST)

    async def _show(self, watcher: _Watcher) -> None:
        watcher.until = self._drawing.clock() + LOOKS_FOR
        watcher.last = await self._view(watcher)
        if not await self._publish(watcher.person.user_id, watcher.last):
            watcher.last = {}

    async def _view(self, watcher: _Watcher) -> Body:
        now, team_id = self._drawing.clock(), self._people.own.team_id
        query, number = watcher.looking.query(watcher.person.user_id), watcher.looking.page

        def look(session: Session) -> tuple[finding.Page, drawn.Counts]:
            page = finding.find(session, team_id, query, page=number, size=PAGE, now=now)
            return page, finding.count_states(session, team_id)

        page, counts = await self._database.run(look)
        looking = Looking(
            filters=watcher.looking.filters,
            state=watcher.looking.state,
            customer=watcher.looking.customer,
            page=page.number,
        )
        rows = [part for one in page.found for part in self._row(one, watcher.person)]
        shown = drawn.Shown(rows=rows, total=page.total, pages=page.pages, counts=counts)
        return home_view(drawn.board(self._drawing.to(watcher.person.locale).words, looking, shown), looking.write())

    def _row(self, one: Found, who: Person) -> tuple[Part, ...]:
        if one.link is None:
            return (self._answers.row(one, who),)
        return drawn.row(self._drawing.to(who.locale).scene(one.link), self._answers.thread(one.parent))

    async def _publish(self, user_id: str, view: Body) -> bool:
        try:
            await self._client.views_publish(user_id=user_id, view=view)
        except NO_ANSWER as error:
            log.info("a Home tab could not be shown", extra={"why": type(error).__name__})
            return False
        return True

    async def _known(self, person: Person) -> Person | None:
        try:
            return await self._people.known(person)
        except UnknownPersonError:
            return None

    def _is_ours(self, person: Person) -> bool:
        return person.team_id == self._people.own.team_id and not person.guest


def _note(words: Words, one: Note) -> str:
    who = mention(Person(user_id=one.author))
    return words.say("board.note", {"when": words.moment(one.at), "who": who, "text": one.text[:SHOWN]})
