"""Finds short phrases in what people paste, small slips included; it knows no phrase and no meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import OSA

_WORD: Final = re.compile(r"[^\W_]+")
_SHORT: Final = 4
_LONG: Final = 8
# One slip away from a word of a phrase, and yet another word.
_OTHERS: Final = frozenset(
    {"enabled", "disable", "disables", "require", "expires", "expire", "expiry", "expiring", "users", "passwords"}
)


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text in lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def place_of(phrase: Sequence[str], words: Sequence[str], fillers: Iterable[str] = ()) -> range | None:
    """Give the first place where the phrase stands, word by word; `fillers` may stand between its words.

    A word may have one slip when it has five letters or more, two when it has nine or more.
    """
    between = frozenset(fillers)
    for start in range(len(words)):
        end = _end_of(phrase, words, start, between)
        if end is not None:
            return range(start, end)
    return None


def _end_of(phrase: Sequence[str], words: Sequence[str], start: int, between: frozenset[str]) -> int | None:
    at = start
    for position, wanted in enumerate(phrase):
        while position and at < len(words) and words[at] in between and not _alike(wanted, words[at]):
            at += 1
        if at >= len(words) or not _alike(wanted, words[at]):
            return None
        at += 1
    return at


def _alike(wanted: str, word: str) -> bool:
    if wanted == word:
        return True
    # What only lacks its beginning is the opposite: un-, in-, de-.
    if word in _OTHERS or wanted.endswith(word) or word.endswith(wanted):
        return False
    slips = (len(wanted) > _SHORT) + (len(wanted) > _LONG)
    return OSA.distance(wanted, word, score_cutoff=slips) <= slips
