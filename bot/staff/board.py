"""The Home tab: shows our own people their board while they look, and one link in a window; decides nothing itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.drawing import Drawing
from bot.slack.acks import NO_ANSWER, OPEN_SECONDS, Ack
from bot.slack.block_kit import home_view, window
from bot.slack.guests import People, UnknownPersonError
from bot.slack.reading.json_values import Body
from bot.slack.reading.payloads import read_asking, read_id
from bot.slack.start_link import Asked
from bot.staff.command import Answers
from bot.staff.watching import Watching
from flows.cards.parts import Card, Part, Text
from flows.cards.placeholders import mention
from flows.cards.staff import board as drawn
from flows.cards.staff import lines
from flows.cards.staff.board import Known, Looking, read_looking
from flows.cards.staff.timeline import UNTOLD, Happened, happened
from flows.link.commands import reading
from flows.link.commands import rows as commands
from flows.link.commands.rows import Typed
from flows.link.state import Person
from flows.transitions.forecast import forecast
from flows.words import Words
from storage import audit_log as audit
from storage.board import finding, notes
from storage.board.finding import Found
from storage.board.notes import Note
from storage.database.transactions import Database

log = logging.getLogger(__name__)

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
        self._watching = Watching(client, drawing.clock, view=self._view, instead=self._instead)

    async def stop(self) -> None:
        """Show nothing new any more."""
        await self._watching.stop()

    async def opened(self, event: Body) -> None:
        """Take note that somebody looks, and show them what is theirs to see."""
        user_id = read_id(event, "user")
        if user_id is None or event.get("tab") != "home":
            return
        person = await self._known(Person(user_id=user_id))
        if person is None:
            return
        if not self._is_ours(person):
            await self._watching.publish(user_id, self._friendly(person))
            return
        await self._watching.show(person)

    async def turn(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Take a press on a filter, a page or a state, or a customer's name."""
        await ack()
        asking = read_asking(body)
        person = await self._known(asking.actor) if asking else None
        if asking is None or person is None or not self._is_ours(person):
            return
        looking = read_looking(asking.metadata if asking.is_search else asking.value)
        if asking.is_search:
            looking = Looking(filters=looking.filters, state=looking.state, customer=asking.value.strip()[:80])
        if not await self._watching.show(person, looking):
            await self._say_not_shown(person, asking.trigger_id, client)

    async def _say_not_shown(self, person: Person, trigger_id: str, client: AsyncWebClient) -> None:
        """Say in a window that nothing came of a press, as the board cannot."""
        say = self._drawing.to(person.locale).words.say
        card = Card(parts=(Text(text=say("board.not_shown")),))
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await client.views_open(
                    trigger_id=trigger_id, view=window(say("board.title"), say("board.close"), card)
                )
        except NO_ANSWER as error:
            log.info("nobody could be told of a board that is not shown", extra={"why": type(error).__name__})

    async def detail(self, ack: Ack, body: Body, client: AsyncWebClient) -> None:
        """Open the window of a link, or do what a button says and show what came of it."""
        until = asyncio.get_running_loop().time() + OPEN_SECONDS
        asking = read_asking(body)
        person = await self._known(asking.actor) if asking else None
        typed = reading.read(asking.value, self._drawing.clock().date()) if asking else None
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
                in_window=asking.in_window,
            )
            answer = await self._answers.answer(asked)
            if typed.row in lines.OPENS and not asking.in_window:
                # The trigger has opened a window of its own, and opens no second one.
                await ack()
                return
        shown = answer if typed.row in READ else await self._card(typed, person, answer.text)
        say = self._drawing.to(person.locale).words.say
        view = window(say("board.title"), say("board.close"), shown)
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
        link = found[0].link
        scene = drawing.scene(link)
        telling = [one for one in history if one.what not in UNTOLD]
        past = [happened(scene, _line(one)) for one in reversed(telling[-PAST:])]
        ahead = [
            drawing.scene(one.link).say(
                "board.reminder", at=drawing.words.moment(one.at), what=drawing.scene(one.link).say(f"plan.{one.cause}")
            )
            for one in forecast(link, now, now + FORECAST, drawing.rules, most=200)
        ]
        thread = self._answers.tell.thread(found[0].parent)
        noted = [_note(drawing.words, one) for one in kept]
        return drawn.detail(scene, thread, who, said, Known(past=past, ahead=ahead[:AHEAD], notes=noted))

    async def _instead(self, person: Person) -> Body | None:
        """Return what somebody sees in place of the board; None for one of our own people."""
        known = await self._people.known(person)
        return None if self._is_ours(known) else self._friendly(known)

    def _friendly(self, person: Person) -> Body:
        return home_view(drawn.friendly(self._drawing.to(person.locale).words, self._drawing.rules))

    async def _view(self, person: Person, looking: Looking) -> Body:
        now, team_id = self._drawing.clock(), self._people.own.team_id
        query, number = looking.query(person.user_id), looking.page

        def look(session: Session) -> tuple[finding.Page, drawn.Counts]:
            page = finding.find(session, team_id, query, page=number, size=PAGE, now=now)
            return page, finding.count_states(session, team_id)

        page, counts = await self._database.run(look)
        looking = replace(looking, page=page.number)
        rows = [part for one in page.found for part in self._row(one, person)]
        shown = drawn.Shown(rows=rows, total=page.total, pages=page.pages, counts=counts)
        return home_view(drawn.board(self._drawing.to(person.locale).words, looking, shown), looking.write())

    def _row(self, one: Found, who: Person) -> tuple[Part, ...]:
        if one.link is None:
            return (self._answers.tell.row(one, who),)
        return drawn.row(self._drawing.to(who.locale).scene(one.link), self._answers.tell.thread(one.parent))

    async def _known(self, person: Person) -> Person | None:
        try:
            return await self._people.known(person)
        except UnknownPersonError:
            return None

    def _is_ours(self, person: Person) -> bool:
        return person.team_id == self._people.own.team_id and not person.guest


def _line(one: audit.Entry) -> Happened:
    return Happened(
        at=one.at,
        what=one.what,
        actor=one.actor,
        team=one.team,
        step=str(one.detail.get("step", "")),
        is_refused="refused" in one.detail,
    )


def _note(words: Words, one: Note) -> str:
    who = mention(Person(user_id=one.author))
    return words.say("board.note", {"when": words.moment(one.at), "who": who, "text": one.text[:SHOWN]})
