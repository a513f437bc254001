"""What a vendor makes of the words: its name for the app, a plainer tone, texts of its own; reads no file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from flows.words.words import Entry, Plural, Words

PRODUCT: Final = "Link Workday"
"""What the app is called where the vendor gives it no name of its own."""

_WAVES: Final = re.compile("[👋🙋] ")
"""Gestures that say nothing of their own; ✅, ⚠️, ⏳, 🔑 and their like tell a state and stay."""

# A mark that stands for something else, as in `<!date…`, ends no sentence.
_LOUD: Final = re.compile(r"(?<=[\w}*])!(?!\w)")

_COPIED: Final = "> "
"""How a line begins that is copied into Workday as it stands."""


class Tone(StrEnum):
    """How lively the texts are: `plain` is without waving hands and exclamation marks."""

    WARM = "warm"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """How the words are changed when they are read; `changes` are texts by language, as `source` has them."""

    product: str = PRODUCT
    tone: Tone = Tone.WARM
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    source: str = ""


def dressed(words: Words, dress: Dress) -> Words:
    """Return the words with the app's name in them, and in the tone that is wished for."""

    def line(text: str) -> str:
        if dress.tone is Tone.PLAIN and not text.startswith(_COPIED):
            text = _LOUD.sub(".", _WAVES.sub("", text))
        return text.replace("{product}", dress.product)

    def entry(found: Entry) -> Entry:
        if isinstance(found, Plural):
            return Plural(by=found.by, forms={name: line(text) for name, text in found.forms.items()})
        return line(found) if isinstance(found, str) else tuple(map(line, found))

    return Words({key: entry(words.entry(key)) for key in words.keys}, words.locale, words.lacking)
