"""What `/link-workday` answers to a word: help, where links stand, and what is done to one of them at a word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.drawing import Drawing
from bot.engine import Engine
from bot.slack.guests import People
from bot.slack.start_link import Asked
from bot.staff.lookup import Lookup
from bot.staff.meant import Meant
from bot.staff.telling import Telling
from flows.cards.parts import Card, Part, Text
from flows.cards.staff import lines
from flows.cards.staff.brief import brief
from flows.link.access.reading import refusal
from flows.link.access.rows import ON
from flows.link.commands import reading
from flows.link.commands import rows as commands
from flows.link.commands.rows import CommandRow, Typed
from flows.link.effects import Decision, Denial, TellStaff
from flows.link.events import Action, Form, Pressed, Submitted
from flows.link.overview import Query
from flows.link.state import Link
from flows.words import Plain, escape
from storage.board import finding
from storage.database.transactions import Database
from storage.outbox import errands
from storage.reports import journeys

LONGEST_WORD = 12

OpenForm = Callable[[Link, Pressed, Form, Asked], Awaitable[Denial | None]]
"""Opens a modal for somebody, or says why not."""


Obstacle = Callable[[Link, str, AsyncWebClient], Awaitable[str]]
"""Says why a link cannot go on in a channel, if it cannot."""


class Answers:
    """One method for each command; `has_pages` tells whether secrets can be entered outside of Slack.

    `slack_url` is the address of the workspace; `tell` puts the answers together. `open_form` is set by whoever can
    open modals, `obstacle` by whoever can ask of channels.
    """

    def __init__(
        self, engine: Engine, database: Database, drawing: Drawing, people: People, *, slack_url: str, has_pages: bool
    ) -> None:
        self._engine = engine
        self._drawing = drawing
        self.tell = Telling(drawing, slack_url)
        self._people = people
        self._team_id = people.own.team_id
        self._lookup = Lookup(database, drawing.clock, self._team_id)
        self._meant = Meant(self._lookup, self.tell)
        self._has_pages = has_pages
        self.open_form: OpenForm = _cannot_open
        self.obstacle: Obstacle = _not_known

    async def answer(self, asked: Asked) -> Card:
        """Return the answer to what stands behind the command; only who typed it, one of our own, sees it."""
        typed = asked.typed
        if typed is None:
            return await self._unknown(asked)
        if typed.wrong:
            return self._meant.wrong(asked, typed.wrong, typed)
        if typed.row not in OF_ONE_LINK:
            return await ANSWERS[typed.row](self, asked, typed)
        link = await self._meant.one(asked, typed)
        return link if isinstance(link, Card) else await OF_ONE_LINK[typed.row](self, asked, typed, link)

    async def _unknown(self, asked: Asked) -> Card:
        """Show the links of a customer who is named alone, else say that a word is not known and what is nearest.

        The button of what is nearest does that with all that was typed behind.
        """
        named = await self._lookup.named(asked.who.user_id, asked.text)
        if named.found and named.is_whole:
            return self.tell.shown(list(named.found), asked.who, more=named.more)
        # Whatever looks like more than a word is not repeated: it may be a secret that went astray.
        word = asked.text if asked.text.isalpha() and len(asked.text) <= LONGEST_WORD else "…"
        words, near = self.tell.to(asked.who).words, reading.meant(asked.text, self._drawing.clock().date())
        if near is None or not near.name or near.wrong:
            return lines.unknown(words, word, near)
        link = await self._meant.one(asked, near)
        if isinstance(link, Card):
            return Card(parts=(*lines.unknown(words, word, near, is_clear=False).parts, *link.parts))
        return lines.unknown(words, word, replace(near, link=link.id), link.customer)

    async def help(self, asked: Asked, _typed: Typed) -> Card:
        """Return one line for each command."""
        return lines.helped(self.tell.to(asked.who).words)

    async def status(self, asked: Asked, typed: Typed) -> Card:
        """Return each link of the channel, or of a customer, with what can be done about it."""
        if typed.name or typed.link:
            return await self.found(asked, typed)
        found = await self._lookup.here(asked.channel_id)
        return self.tell.shown(found, asked.who) if found else self.tell.said(asked, "command.status_none")

    async def many(self, asked: Asked, typed: Typed) -> Card:
        """Return one page of the links that are asked for, whoever has to act first and longest first."""
        query = Query(user_id=asked.who.user_id, filters=typed.filters)
        page = await self._lookup.page(query, typed.page)
        rows: list[Part] = [self.tell.row(one, asked.who) for one in page.found]
        return lines.listed(
            self.tell.to(asked.who).words, replace(typed, page=page.number), rows, page.total, page.pages
        )

    async def found(self, asked: Asked, typed: Typed) -> Card:
        """Return the links of a customer, with what can be done about each."""
        if typed.link:
            found, more = [one for one in await self._lookup.by_id(typed.link) if one.link], False
        elif typed.name:
            named = await self._lookup.named(asked.who.user_id, typed.name)
            found, more = list(named.found), named.more
        else:
            return self.tell.said(asked, "command.which_customer")
        return self.tell.shown(found, asked.who, more=more) if found else self.tell.said(asked, "command.open_none")

    async def press(self, asked: Asked, typed: Typed, link: Link) -> Card:
        """Do at a word what a button does."""
        day = typed.day.isoformat() if typed.day else ""
        event = lines.pressed(typed.row, link, asked.who, day)
        refused = refusal(link, event)
        if refused is None:
            decision = await self._engine.handle(link.id, event, whispers=False)
            refused = _refusal(decision)
        if refused:
            return self.tell.refused(asked, link, lines.said(typed.row, refused))
        until = "_until" if typed.day else ""
        return self.tell.done(asked, await self._engine.load(link.id) or link, f"command.done.{typed.row.word}{until}")

    async def brief(self, asked: Asked, _typed: Typed, link: Link) -> Card:
        """Return what to say about a link on a call."""
        found = await self._lookup.by_id(link.id)
        thread = self.tell.thread(found[0].parent if found else None)
        return brief(self.tell.to(asked.who).scene(link), thread, self._drawing.scene(link))

    async def form(self, asked: Asked, typed: Typed, link: Link) -> Card:
        """Open the modal that a word stands for."""
        action, form = lines.OPENS[typed.row]
        event = Pressed(actor=asked.who, action=action, step=link.step, revision=link.revision)
        refused = await self.open_form(link, event, form, asked)
        return (
            self.tell.refused(asked, link, refused)
            if refused
            else self.tell.done(asked, link, f"command.done.{typed.row.word}")
        )

    async def handover(self, asked: Asked, typed: Typed, link: Link) -> Card:
        """Hand a link over to whoever is named, else ask in a modal who that is."""
        if not typed.person:
            return await self.form(asked, typed, link)
        chosen = await self._people.about(typed.person)
        if chosen is None:
            return self.tell.refused(asked, link, Denial(key="field.person_unasked"))
        event = Submitted(
            actor=asked.who,
            form=Form.HAND_OVER,
            step=link.step,
            revision=link.revision,
            chosen=chosen.person,
            chosen_app=chosen.is_app,
        )
        decision, errors = await self._engine.submit(link.id, Form.HAND_OVER, {"person": typed.person}, event)
        wrong = next(iter(errors.values()), "")
        refused = Denial(key=wrong) if wrong else _refusal(decision)
        if refused:
            return self.tell.refused(asked, link, refused)
        return self.tell.done(asked, await self._engine.load(link.id) or link, "command.done.given")

    async def move(self, asked: Asked, typed: Typed, link: Link) -> Card:
        """Let a link go on in the channel that is named, else ask in a modal which that is."""
        if not typed.channel:
            return await self.form(asked, typed, link)
        event = Submitted(actor=asked.who, form=Form.MOVE, step=link.step, revision=link.revision)
        refused = refusal(link, event)
        wrong = "" if refused else await self.obstacle(link, typed.channel, asked.client)
        if wrong:
            return self.tell.refused(asked, link, Denial(key=wrong))
        decision, _ = await self._engine.submit(link.id, Form.MOVE, {"channel": typed.channel}, event)
        refused = _refusal(decision)
        if refused:
            return self.tell.refused(asked, link, refused)
        channel = Plain(f"<#{typed.channel}>")
        return Card(parts=(Text(text=self.tell.to(asked.who).scene(link).say("command.done.moved", channel=channel)),))

    async def insight(self, asked: Asked, _typed: Typed) -> Card:
        """Have the numbers of all links sent to whoever asks, and nowhere else."""
        return await self._sent(asked, "insight")

    async def export(self, asked: Asked, _typed: Typed) -> Card:
        """Have the rows of all links sent to whoever asks, and nowhere else."""
        return await self._sent(asked, "export")

    async def _sent(self, asked: Asked, what: str) -> Card:
        def work(session: Session, now: datetime) -> tuple[str, int]:
            # An errand belongs to a link; which one of theirs does not matter.
            link_id = journeys.any_link(session, self._team_id)
            if link_id is None:
                unread = finding.count(session, self._team_id)
                return ("insight.unread" if unread else "insight.none"), unread
            errands.enqueue(session, link_id, (TellStaff(key=f"staff.{what}", to=asked.who.user_id),), now)
            return f"command.{what}", 0

        key, count = await self._engine.run(work)
        return self.tell.said(asked, key, count=str(count))

    async def web_only(self, asked: Asked, typed: Typed) -> Card:
        """Change how the links of the channel take secrets, and say whether that changed anything."""
        return self.tell.said(asked, await self._set_web_only(asked, ON if typed.choice == ON else ""))

    async def _set_web_only(self, asked: Asked, value: str) -> str:
        if value and not self._has_pages:
            return "command.web_only_unset"
        links = [one.link for one in await self._lookup.here(asked.channel_id) if one.link]
        changed = False
        for link in links:
            event = Pressed(
                actor=asked.who, action=Action.WEB_ONLY, step=link.step, revision=link.revision, value=value
            )
            decision = await self._engine.handle(link.id, event) if link.web_only is not bool(value) else None
            changed |= decision is not None and decision.refusal is None
        if not links:
            return "command.status_none"
        return f"command.web_only_{'on' if value else 'off'}" if changed else "command.web_only_same"

    async def running(self, channel_id: str) -> list[str]:
        """Name the customers whose links a channel has, each leading to its thread."""
        found = await self._lookup.here(channel_id)
        return [
            Plain(f"<{self.tell.thread(one.parent)}|{escape(one.link.customer)}>") if one.parent else one.link.customer
            for one in found
            if one.link
        ]


def _refusal(decision: Decision | None) -> Denial | None:
    return decision.refusal if decision else Denial(key="refusal.gone")


async def _not_known(*_: object) -> str:
    return "field.channel_unasked"


async def _cannot_open(*_: object) -> Denial:
    return Denial(key="refusal.busy")


ANSWERS: Mapping[CommandRow, Callable[[Answers, Asked, Typed], Awaitable[Card]]] = {
    commands.STATUS: Answers.status,
    commands.LIST: Answers.many,
    commands.OPEN: Answers.found,
    commands.INSIGHT: Answers.insight,
    commands.EXPORT: Answers.export,
    commands.WEB_ONLY: Answers.web_only,
    commands.HELP: Answers.help,
}
"""Who answers which row; the row without a word opens the modal that starts a link."""

OF_ONE_LINK: Mapping[CommandRow, Callable[[Answers, Asked, Typed, Link], Awaitable[Card]]] = {
    commands.RESUME: Answers.press,
    commands.RECHECK: Answers.press,
    commands.HANDOVER: Answers.handover,
    commands.PAUSE: Answers.press,
    commands.CANCEL: Answers.form,
    commands.COPY: Answers.form,
    commands.SHEET: Answers.press,
    commands.BRIEF: Answers.brief,
    commands.NOTE: Answers.form,
    commands.MOVE: Answers.move,
    commands.MUTE: Answers.press,
    commands.UNMUTE: Answers.press,
}
"""Who does with the one link that is meant what a row says."""
