"""What `/link-workday` answers to a word: help and the state of this channel's links."""

from __future__ import annotations

from bot.engine import Engine
from flows.state import Link, Status
from storage import store

LONGEST_WORD = 12


async def answer(engine: Engine, team_id: str, channel_id: str, word: str) -> str:
    """Give the answer to a word behind the command; only the person who typed it sees it."""
    words = engine.words
    match word:
        case "help":
            return words.say("command.help")
        case "status":
            links = await engine.database.run(lambda session: store.in_channel(session, team_id, channel_id))
            lines = [_line(engine, link) for link in links if link.status is not Status.CANCELLED]
            return "\n".join(lines) or words.say("command.status_none")
        case _:
            # Whatever looks like more than a word is not repeated: it may be a secret that went astray.
            shown = word if word.isalpha() and len(word) <= LONGEST_WORD else "…"
            return words.say("command.unknown", {"word": shown})


def _line(engine: Engine, link: Link) -> str:
    key = "command.status_linked" if link.status is Status.LINKED else "command.status_line"
    if link.issue and not link.issue.resolved:
        key = "command.status_attention"
    return engine.scene(link).say(key)
