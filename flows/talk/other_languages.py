"""Hears questions and trouble in the languages that no card has, by a few words of each; it answers nothing.

A language is a table of words. Whatever is asked or fails is heard near a topic: people name Workday's things in
English, and ask in their own words. Which language it is tell the small words that every sentence has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from flows.talk.phrase_match import plain, words_of

_SHARED: Final = "shared"
_CARDS: Final = ("en", "de")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def asks_in_other_language(text: str) -> bool:
    """Tell whether a message asks or tells of trouble in a language that no card has."""
    said, words = plain(text), frozenset(words_of(text))
    marks = {name: len(words & known) for name, known in _marks().items()}
    most = max(marks.values())
    if most and max(marks[name] for name in _CARDS) == most:
        return False
    near = [name for name in _tables() if name not in {_SHARED, *_CARDS} and marks.get(name, most) == most]
    return any(heard.search(said) and not left.search(said) for heard, left in map(_language, near))


@cache
def _marks() -> dict[str, frozenset[str]]:
    # Where words are written without blanks there are none: its letters are a mark.
    return {name: frozenset(table["marks"].split()) for name, table in _tables().items() if "marks" in table}


@cache
def _language(name: str) -> Sequence[re.Pattern[str]]:
    table = _tables()[name]
    edge = r"\b" if name in _marks() else ""
    topic, form, alone, left = (
        f"{edge}(?:{'|'.join(rows)})"
        for rows in (
            [*table["topic"], *_tables()[_SHARED]],
            [*table["asks"], *table["fails"]],
            table["alone"],
            table["left"],
        )
    )
    heard = rf"{form}{edge}[^.!?]{{0,60}}{topic}{edge}|{topic}{edge}[^.!?]{{0,60}}{form}{edge}|{alone}"
    return [re.compile(plain(rows).replace(" ", r"\s+")) for rows in (heard, left)]
