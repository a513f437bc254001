"""What all that people read is drawn with: the rules, the words and the clock; it draws nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.experience import Experience
from flows.cards.context import Scene
from flows.link.rulebook import Rulebook
from flows.link.state import Link, Person
from flows.link.walk import UNKNOWN
from flows.words import Library, Words
from storage.messages import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Handed to every module that says something; `locale` is the reader's, None for everybody who reads a link."""

    rules: Rulebook
    library: Library
    clock: Clock
    experience: Experience | None = None
    locale: str | None = None

    @property
    def words(self) -> Words:
        """The reader's words; the vendor's own language where nobody knows theirs."""
        return self.library.of(self.locale or "")

    def to(self, locale: str) -> Drawing:
        """Return what one reader is drawn for; an empty `locale` is the vendor's own."""
        return replace(self, locale=locale)

    def to_person(self, link: Link | None, person: Person) -> Drawing:
        """Return what one person is drawn for who reads of a link, or of none."""
        return self.to(link.read_by(person) if link else person.locale)

    def scene(self, link: Link) -> Scene:
        """Set out everything a card of this link is drawn from, in the link's language or in the one reader's."""
        theirs = self.library.of(link.spoken)
        words = theirs if self.locale is None else self.words
        usual = self.experience.usual(link.team_id) if self.experience else UNKNOWN
        return Scene(link, self.rules, words, self.clock(), usual, theirs)


def thread_url(slack_url: str, parent: Posted | None) -> str:
    """Return the address of a link's conversation in the workspace at `slack_url`; empty where it has none yet."""
    return f"{slack_url}archives/{parent.channel_id}/p{parent.ts.replace('.', '')}" if parent else ""
