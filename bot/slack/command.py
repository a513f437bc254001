"""What `/link-workday` answers to a word: help, the state of this channel's links, how they take secrets."""

from __future__ import annotations

from bot.engine import Engine
from flows.link import commands
from flows.link.access import ON
from flows.link.events import Action, Pressed
from flows.link.state import Link, Person, Status
from storage import links as store

LONGEST_WORD = 12


async def answer(engine: Engine, who: Person, channel_id: str, typed: str) -> str:
    """Return the answer to what stands behind the command; only the person who typed it, one of our own, sees it."""
    words = engine.words
    found = commands.read(typed)
    if found is None:
        # Whatever looks like more than a word is not repeated: it may be a secret that went astray.
        shown = typed if typed.isalpha() and len(typed) <= LONGEST_WORD else "…"
        return words.say("command.unknown", {"word": shown})
    row, choice = found
    return await ANSWERS[row](engine, who, channel_id, choice)


async def _help(engine: Engine, _who: Person, _channel_id: str, _choice: str) -> str:
    words = engine.words
    lines = [words.say("command.line", {"typed": row.typed, "does": words.say(row.does)}) for row in commands.COMMANDS]
    return "\n".join((*lines, words.say("command.buttons")))


async def _status(engine: Engine, who: Person, channel_id: str, _choice: str) -> str:
    lines = [_line(engine, link) for link in await _links(engine, who, channel_id)]
    return "\n".join(lines) or engine.words.say("command.status_none")


async def _links(engine: Engine, who: Person, channel_id: str) -> list[Link]:
    links = await engine.database.run(lambda session: store.in_channel(session, who.team_id, channel_id))
    return [link for link in links if link.status is not Status.CANCELLED]


async def _web_only(engine: Engine, who: Person, channel_id: str, choice: str) -> str:
    return engine.words.say(await _set_web_only(engine, who, channel_id, ON if choice == ON else ""))


async def _set_web_only(engine: Engine, who: Person, channel_id: str, value: str) -> str:
    if not engine.public_url:
        return "command.web_only_unset"
    links = await _links(engine, who, channel_id)
    changed = False
    for link in links:
        event = Pressed(actor=who, action=Action.WEB_ONLY, step=link.step, revision=link.revision, value=value)
        decision = await engine.handle(link.id, event) if link.web_only is not bool(value) else None
        changed |= decision is not None and decision.refusal is None
    if not links:
        return "command.status_none"
    return f"command.web_only_{'on' if value else 'off'}" if changed else "command.web_only_same"


def _line(engine: Engine, link: Link) -> str:
    key = "command.status_linked" if link.status is Status.LINKED else "command.status_line"
    if link.open_issue:
        key = "command.status_attention"
    return engine.scene(link).say(key)


ANSWERS = {commands.STATUS: _status, commands.WEB_ONLY: _web_only, commands.HELP: _help}
"""Who answers which row; the row without a word opens the modal that starts a link."""
