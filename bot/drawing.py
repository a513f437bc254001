"""What all that people read is drawn with: the rules, the words and the clock; it draws nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.experience import Experience
from flows.cards.context import Scene
from flows.link.rulebook import Rulebook
from flows.link.state import Link
from flows.link.steps import UNKNOWN
from flows.words import Words
from storage.messages import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Handed to every module that says something."""

    rules: Rulebook
    words: Words
    clock: Clock
    experience: Experience | None = None

    def scene(self, link: Link) -> Scene:
        """Set out everything a card of this link is drawn from."""
        usual = self.experience.usual if self.experience else UNKNOWN
        return Scene(link, self.rules, self.words, self.clock(), usual)


def thread_url(slack_url: str, parent: Posted | None) -> str:
    """Return the address of a link's conversation in the workspace at `slack_url`; empty where it has none yet."""
    return f"{slack_url}archives/{parent.channel_id}/p{parent.ts.replace('.', '')}" if parent else ""
