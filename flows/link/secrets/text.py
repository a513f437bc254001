"""Tells whether a message gives a secret away, and what in it may be the secret; keeps no text and decides nothing.

Every rule is one form in which secrets are given away: `forms` and `programs` have those of programs, `labelled`,
`sentences` and `phrases` those of people, `pairs` and `unnamed` what bears no name, `likely` what only several signs
tell. `words` has the words about secrets, `vocabulary` those of ordinary talk, `shapes` and `ordinary` the looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from flows.link.secrets.forms import (
    is_called_secret,
    is_in_link,
    is_in_table,
    is_kept_elsewhere,
    is_known,
    opened,
)
from flows.link.secrets.likely import is_likely
from flows.link.secrets.message import LONGEST_TEXT, as_typed, read, readable
from flows.link.secrets.pairs import is_abbreviated, is_beside_user, is_pair_of_words
from flows.link.secrets.phrases import is_by_letters, is_of_words, is_spelt_out
from flows.link.secrets.programs import is_argument, is_in_call, is_option
from flows.link.secrets.sentences import is_named
from flows.link.secrets.shapes import is_assigned, is_strong, stripped
from flows.link.secrets.unnamed import is_entered, stands_alone

__all__ = ["LONGEST_TEXT", "is_elsewhere", "looks_secret", "posted_values", "readings"]

_RULES: Final = (
    is_known,
    is_in_link,
    is_option,
    is_abbreviated,
    is_in_call,
    is_argument,
    is_named,
    is_of_words,
    is_spelt_out,
    is_by_letters,
    is_in_table,
    is_beside_user,
    is_entered,
    is_pair_of_words,
    stands_alone,
    is_likely,
)

_WORD: Final = re.compile(r"[^\s`'\"|]+")
_PART: Final = re.compile(r"[^\s`'\"|<>=&?/:,;()]+")
_ENDING: Final = re.compile(r"\.[a-z]{2,4}$")
_SHORTEST_POSTED: Final = 6
"""Shorter ones stand in ordinary words by chance."""
_MOST_POSTED: Final = 40


def looks_secret(text: str, *, user: str = "") -> bool:
    """Tell whether a message seems to carry a password, a client secret or a token; linear in its length.

    `user` is the integration user's name, where it is known.
    """
    message = read(text, user)
    return any(rule(message) for rule in _RULES)


def is_elsewhere(text: str, files: Sequence[str] = ()) -> bool:
    """Tell whether somebody hands a secret over in a file, a picture, a canvas or a link to where such things lie."""
    return any(map(is_called_secret, files)) or ("://" in text and is_kept_elsewhere(readable(text)))


def posted_values(text: str) -> tuple[str, ...]:
    """Return what in a message may be the secret itself, the likeliest first, so that it is known again and refused."""
    found: list[str] = []
    for plain in readings(text):
        for word in _WORD.findall(plain):
            # A file may be called after it.
            found += [word, stripped(word), _ENDING.sub("", word), *_PART.findall(word)]
        for line in plain.splitlines():
            # Behind "password:" a whole phrase may stand.
            found += [line.strip(), re.split(r"[:=]\s*", line, maxsplit=1)[-1].strip()]
    values = dict.fromkeys(value for value in found if len(value) >= _SHORTEST_POSTED)
    return tuple(sorted(values, key=_plainness))[:_MOST_POSTED]


def _plainness(value: str) -> int:
    return 0 if is_strong(value) else 1 if is_assigned(value) else 2


def readings(text: str) -> tuple[str, ...]:
    """Return what a message may mean letter by letter: as it came, as it was typed, decoded."""
    whole = readable(text)
    decoded = (unquote(whole) if "%" in whole else whole, *opened(whole))
    return tuple(dict.fromkeys((*as_typed(text[:LONGEST_TEXT]), whole, *decoded)))
