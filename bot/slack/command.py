"""What `/link-workday` answers to a word: help, the state of this channel's links, how they take secrets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.drawing import Drawing
from bot.engine import Engine
from flows.link import commands
from flows.link.access import ON
from flows.link.commands import CommandRow
from flows.link.events import Action, Pressed
from flows.link.standing import State, standing
from flows.link.state import Link, Person, Status
from storage import links as store
from storage.database import Database

LONGEST_WORD = 12


class Answers:
    """One method for each command; `has_pages` tells whether secrets can be entered outside of Slack."""

    def __init__(self, engine: Engine, database: Database, drawing: Drawing, *, has_pages: bool) -> None:
        self._engine = engine
        self._database = database
        self._drawing = drawing
        self._has_pages = has_pages

    async def answer(self, who: Person, channel_id: str, typed: str) -> str:
        """Return the answer to what stands behind the command; only who typed it, one of our own, sees it."""
        found = commands.read(typed)
        if found is None:
            # Whatever looks like more than a word is not repeated: it may be a secret that went astray.
            shown = typed if typed.isalpha() and len(typed) <= LONGEST_WORD else "…"
            return self._drawing.words.say("command.unknown", {"word": shown})
        row, choice = found
        return await ANSWERS[row](self, who, channel_id, choice)

    async def help(self, _who: Person, _channel_id: str, _choice: str) -> str:
        """Return one line for each command."""
        say = self._drawing.words.say
        lines = [say("command.line", {"typed": row.typed, "does": say(row.does)}) for row in commands.COMMANDS]
        return "\n".join((*lines, say("command.buttons")))

    async def status(self, who: Person, channel_id: str, _choice: str) -> str:
        """Return one line for each link of the channel."""
        lines = [self._line(link) for link in await self._links(who, channel_id)]
        return "\n".join(lines) or self._drawing.words.say("command.status_none")

    async def sheet(self, who: Person, channel_id: str, _choice: str) -> str:
        """Have the permission sheet of each link of the channel posted into its thread."""
        lines = []
        for link in await self._links(who, channel_id):
            event = Pressed(actor=who, action=Action.SHEET, step=link.step, revision=link.revision)
            decision = await self._engine.handle(link.id, event)
            refused = decision.refusal if decision else None
            scene = self._drawing.scene(link)
            lines.append(scene.say(refused.key, **refused.names) if refused else scene.say("command.sheet"))
        return "\n".join(lines) or self._drawing.words.say("command.status_none")

    async def web_only(self, who: Person, channel_id: str, choice: str) -> str:
        """Change how the links of the channel take secrets, and say whether that changed anything."""
        return self._drawing.words.say(await self._set_web_only(who, channel_id, ON if choice == ON else ""))

    async def _set_web_only(self, who: Person, channel_id: str, value: str) -> str:
        if not self._has_pages:
            return "command.web_only_unset"
        links = await self._links(who, channel_id)
        changed = False
        for link in links:
            event = Pressed(actor=who, action=Action.WEB_ONLY, step=link.step, revision=link.revision, value=value)
            decision = await self._engine.handle(link.id, event) if link.web_only is not bool(value) else None
            changed |= decision is not None and decision.refusal is None
        if not links:
            return "command.status_none"
        return f"command.web_only_{'on' if value else 'off'}" if changed else "command.web_only_same"

    async def _links(self, who: Person, channel_id: str) -> list[Link]:
        links = await self._database.run(lambda session: store.in_channel(session, who.team_id, channel_id))
        return [link for link in links if link.status is not Status.CANCELLED]

    def _line(self, link: Link) -> str:
        scene = self._drawing.scene(link)
        found = standing(link, scene.now)
        if link.status is not Status.LINKED:
            return scene.say("command.status_line")
        return scene.say("command.status_linked" if found.state is State.LINKED else "command.status_attention")


ANSWERS: Mapping[CommandRow, Callable[[Answers, Person, str, str], Awaitable[str]]] = {
    commands.STATUS: Answers.status,
    commands.SHEET: Answers.sheet,
    commands.WEB_ONLY: Answers.web_only,
    commands.HELP: Answers.help,
}
"""Who answers which row; the row without a word opens the modal that starts a link."""
