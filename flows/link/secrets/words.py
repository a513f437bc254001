"""Owns the words by which people and programs call a secret (`words.toml`); judges no text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Final

_LATIN_AND_GREEK: Final = (*range(0xC0, 0x250), *range(0x386, 0x3CF), *range(0x1EA0, 0x1F00))
_FOLD: Final = {code: unicodedata.normalize("NFD", chr(code))[0] for code in _LATIN_AND_GREEK} | str.maketrans(
    "łŁđĐøØ\u0131", "lLdDoOi"
)


def fold(text: str) -> str:
    """Return a text without accents and capitals, character by character, so that places in it stay the same."""
    return text.translate(_FOLD).lower()


_TABLES: Final = {
    name: sorted({fold(word) for words in languages.values() for word in words.split()})
    for name, languages in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}

SUBJECTS: Final = frozenset(_TABLES["subjects"])
EVENTS: Final = frozenset(_TABLES["events"])
LINKS: Final = frozenset(_TABLES["links"])
ENTRIES: Final = frozenset(_TABLES["entries"])
EQUALS: Final = frozenset(_TABLES["equals"])
POINTERS: Final = frozenset(_TABLES["pointers"])
TYPED: Final = frozenset(_TABLES["typed"])
SETTLED: Final = frozenset(_TABLES["settled"])
VERDICTS: Final = frozenset(_TABLES["verdicts"])
OTHERS: Final = frozenset(_TABLES["others"])
ROLES: Final = frozenset(_TABLES["roles"])
ONTO: Final = frozenset(_TABLES["onto"])
GREETINGS: Final = frozenset(_TABLES["greetings"])
SAMES: Final = frozenset(_TABLES["sames"])
MOVES: Final = frozenset(_TABLES["moves"])
PURPOSES: Final = frozenset(_TABLES["purposes"])
GLUE: Final = frozenset(_TABLES["glue"])
OWNERS: Final = frozenset(_TABLES["owners"])
CHOICES: Final = frozenset(_TABLES["choices"])
PLACEHOLDERS: Final = frozenset(_TABLES["placeholders"])
FAMOUS: Final = frozenset(_TABLES["famous"])
STATES: Final = frozenset(_TABLES["states"]) | PLACEHOLDERS | EVENTS | SUBJECTS
COURTESIES: Final = tuple(word.replace("_", " ") for word in _TABLES["courtesies"])
MEETING_WORDS: Final = frozenset(_TABLES["meeting_words"])
TRADE: Final = frozenset(_TABLES["trade"])
BUNDLES: Final = frozenset(_TABLES["bundles"])
LOCKERS: Final = tuple(_TABLES["lockers"])
MEETINGS: Final = tuple(_TABLES["meetings"])
UNITS: Final = "|".join(_TABLES["units"])
PLACES: Final = "|".join(_TABLES["places"])


def _either(table: str) -> str:
    # The longest first, or "pass" would hide "password".
    words = sorted(_TABLES[table], key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace("_", r"[\s_.'\u2019-]?") for word in words)


_NAMES: Final = re.compile(rf"(?:{_either('names')})s?")
_SHORT_NAMES: Final = re.compile(rf"(?:{_either('short_names')})(?![^\W_\d])")
_SLIPS: Final = re.compile(r"p[a@4]{0,2}[s$5]{1,3}[a-z0]{0,2}w[a-z0]{0,4}(?![a-z])")
"""The same where fingers slipped: paasword, passw0rd, psswd."""

_CAMEL: Final = re.compile(r"(?<=[a-z\d])(?:Pass|Pw|Pwd|Secret|Token)(?![a-z])|\b(?:pass|pwd?|secret)(?=[A-Z][a-z])")
"""The same where a programmer wrote it as a part of a name."""

_DONE: Final = re.compile(rf"(?:{_either('typed')}|{_either('settled')})(?![a-z])")
_USERS: Final = re.compile(rf"(?:{_either('users')})(?![\w-])")


def names_in(text: str, folded: str) -> list[tuple[int, int]]:
    """Return where a text names a secret, in order; `folded` is the same text, folded."""
    found = {one.span() for pattern, where in ((_NAMES, folded), (_CAMEL, text)) for one in pattern.finditer(where)}
    # What stands before is looked at here: a pattern that begins with words is searched for ten times as fast.
    short = (one.span() for pattern in (_SHORT_NAMES, _SLIPS) for one in pattern.finditer(folded))
    return sorted(found.union(span for span in short if not _before(folded, span[0]).isalpha()))


def user_labels_in(folded: str) -> list[int]:
    """Return where the words end behind which a user's name stands."""
    return [one.end() for one in _USERS.finditer(folded) if not _before(folded, one.start()).isalnum()]


def is_user_label(folded: str) -> bool:
    """Tell whether words are what stands before the name of a user, and no more."""
    return bool(_USERS.fullmatch(folded))


def doings_in(folded: str) -> list[tuple[int, int]]:
    """Return where it is said that something was typed or set."""
    places = (one.span() for one in _DONE.finditer(folded))
    return [
        (start, end)
        for start, end in places
        if _ends_word(_before(folded, start)) and _ends_word(folded[end : end + 1])
    ]


def parts(folded: str) -> set[str]:
    """Return the words of which a name is made."""
    return set(re.split(r"[\W_\d]+", folded)) - {""}


def _ends_word(beside: str) -> bool:
    return not beside or beside in " \t\n,:" or not beside.isascii()


def _before(text: str, place: int) -> str:
    return text[max(0, place - 1) : place]
