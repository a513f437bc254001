"""Finds short phrases in what people paste, small slips included; it knows no phrase and no meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_MISREAD: Final = re.compile(r"\bln(?=[a-z])")
"""So "in" is read off pictures; no word begins like that."""
_DRAWN: Final = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("0", "o"), ("1", "l"))
"""What looks the same in small letters, so that programs that read pictures take the one for the other."""
_MOST_BETWEEN: Final = 6
"""Fillers that stand between two words of a phrase; a text of nothing else takes no time."""
_SHORT: Final = 4
_LONG: Final = 8
MOST_SLIPS: Final = 2
"""Letters by which a word may be longer or shorter than the wanted one."""
# One slip away from a word of a phrase, and yet another word.
_OTHERS: Final = frozenset(
    {"enabled", "disable", "disables", "require", "expires", "expire", "expiry", "expiring", "users", "passwords"}
)


def plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    if text.isascii():
        return _well_read(text.lower())
    apart = unicodedata.normalize("NFKD", text.casefold())
    marks = [sign for sign in set(apart) if unicodedata.combining(sign)]
    return _well_read(apart.translate(dict.fromkeys(map(ord, marks))) if marks else apart)


def _well_read(text: str) -> str:
    return _MISREAD.sub("in", text) if "ln" in text else text


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, without accents and punctuation."""
    return tuple(_WORD.findall(plain(text)))


def places_of(text: str) -> tuple[int, ...]:
    """Return where in the `plain` text each of its words begins."""
    return tuple(found.start() for found in _WORD.finditer(plain(text)))


def place_of(phrase: Sequence[str], words: Sequence[str], fillers: Iterable[str] = ()) -> range | None:
    """Give the first place where the phrase stands, word by word; `fillers` may stand between its words.

    A word may have one slip when it has five letters or more, two when it has nine or more.
    """
    first = {word for word in frozenset(words) if is_like(phrase[0], word)}
    starts = [start for start, word in enumerate(words) if word in first] if first else ()
    return place_from(starts, phrase, words, frozenset(fillers))


def place_from(
    starts: Iterable[int], phrase: Sequence[str], words: Sequence[str], between: frozenset[str]
) -> range | None:
    """Give the first of the `starts`, at which its first word stands, where the whole phrase does."""
    for start in starts:
        if (end := _end_of(phrase, words, start, between)) is not None:
            return range(start, end)
    return None


def _end_of(phrase: Sequence[str], words: Sequence[str], start: int, between: frozenset[str]) -> int | None:
    at = start + 1
    for wanted in phrase[1:]:
        furthest = min(len(words), at + _MOST_BETWEEN)
        while at < furthest and words[at] in between and not is_like(wanted, words[at]):
            at += 1
        if at >= len(words) or not is_like(wanted, words[at]):
            return None
        at += 1
    return at


def is_like(wanted: str, word: str) -> bool:
    """Tell whether a word is the wanted one but for slips: one in five letters or more, two in nine or more."""
    if wanted == word or (len(wanted) > _SHORT and _as_drawn(wanted) == _as_drawn(word)):
        return True
    slips = (len(wanted) > _SHORT) + (len(wanted) > _LONG)
    if abs(len(wanted) - len(word)) > slips or not slips:
        return False
    # What only lacks its beginning is the opposite: un-, in-, de-.
    if word in _OTHERS or wanted.endswith(word) or word.endswith(wanted):
        return False
    return _distance()(wanted, word, score_cutoff=slips) <= slips


def _as_drawn(word: str) -> str:
    for seen, meant in _DRAWN:
        if seen in word:
            word = word.replace(seen, meant)
    return word


@cache
def _distance() -> Callable[..., int]:
    # Three megabytes, which nobody needs before somebody writes.
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    return OSA.distance
