"""Owns the words by which people and programs call a secret (`words.toml`); judges no text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

_LATIN_AND_GREEK: Final = (*range(0xC0, 0x250), *range(0x386, 0x3CF), *range(0x1EA0, 0x1F00))
_FOLD: Final = {code: unicodedata.normalize("NFD", chr(code))[0] for code in _LATIN_AND_GREEK} | str.maketrans(
    "łŁđĐøØ\u0131", "lLdDoOi"
)
_FOLDED: Final = re.compile(f"[{''.join(map(chr, _FOLD))}]")


def fold(text: str) -> str:
    """Return a text without accents and capitals, character by character, so that places in it stay the same."""
    # Most texts have nothing to fold, which is seen much faster than done.
    return (text if text.isascii() or not _FOLDED.search(text) else text.translate(_FOLD)).lower()


_ROWS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_TABLES: Final = {
    name: sorted({fold(word) for words in languages.values() for word in words.split()})
    for name, languages in _ROWS.items()
}
_FEWEST_STATES: Final = 12


def _names_of(*, spoken: bool) -> frozenset[str]:
    return frozenset(
        fold(word).replace("_", " ")
        for table in ("names", "short_names")
        for language, words in _ROWS[table].items()
        if (len(_ROWS["states"].get(language, "").split()) >= _FEWEST_STATES) is spoken and language != "any"
        for word in words.split()
        if word[0] < "\u0250"
    )


UNSPOKEN: Final = _names_of(spoken=False) - _names_of(spoken=True)
"""Names of secrets in languages of which hardly a word is known here: there a word of letters may say anything."""

SUBJECTS: Final = frozenset(_TABLES["subjects"])
EVENTS: Final = frozenset(_TABLES["events"])
LINKS: Final = frozenset(_TABLES["links"])
ENTRIES: Final = frozenset(_TABLES["entries"])
EQUALS: Final = frozenset(_TABLES["equals"])
POINTERS: Final = frozenset(_TABLES["pointers"])
TYPED: Final = frozenset(_TABLES["typed"])
GIVEN: Final = frozenset(_TABLES["given"])
STANDINS: Final = frozenset(_TABLES["standins"])
CHARACTERS: Final = frozenset(_TABLES["characters"])
REPEATS: Final = frozenset(_TABLES["repeats"])
SETTLED: Final = frozenset(_TABLES["settled"])
VERDICTS: Final = frozenset(_TABLES["verdicts"])
OTHERS: Final = frozenset(_TABLES["others"])
ONTO: Final = frozenset(_TABLES["onto"])
GREETINGS: Final = frozenset(_TABLES["greetings"])
SAMES: Final = frozenset(_TABLES["sames"])
MOVES: Final = frozenset(_TABLES["moves"])
PURPOSES: Final = frozenset(_TABLES["purposes"])
GLUE: Final = frozenset(_TABLES["glue"])
HALVES: Final = frozenset(_TABLES["halves"])
OWNERS: Final = frozenset(_TABLES["owners"])
CHOICES: Final = frozenset(_TABLES["choices"])
PLACEHOLDERS: Final = frozenset(_TABLES["placeholders"])
FAMOUS: Final = frozenset(_TABLES["famous"]) | frozenset(
    word
    for line in Path(__file__).with_name("chosen_words.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
STATES: Final = frozenset(_TABLES["states"]) | PLACEHOLDERS | EVENTS | SUBJECTS
COURTESIES: Final = tuple(word.replace("_", " ") for word in _TABLES["courtesies"])
MEETING_WORDS: Final = frozenset(_TABLES["meeting_words"])
TRADE: Final = frozenset(_TABLES["trade"])
BUNDLES: Final = frozenset(_TABLES["bundles"])
TRADE_WORDS: Final = frozenset(_TABLES["trade_words"])
ACCOUNTS: Final = "|".join(_TABLES["accounts"])
PROGRAMS: Final = frozenset(_TABLES["programs"])
LOCKERS: Final = tuple(_TABLES["lockers"])
MEETINGS: Final = tuple(_TABLES["meetings"])
UNITS: Final = "|".join(_TABLES["units"])
NUMBERED: Final = frozenset(_TABLES["numbered"])
THINGS: Final = frozenset(_TABLES["numbered"]) | frozenset(_TABLES["places"])
PLACES: Final = frozenset(_TABLES["places"])


def _either(*tables: str) -> str:
    """Return a pattern for the words of tables, parted by their first letters: so most places fail at one look."""
    words = {word for table in tables for word in _TABLES[table]}
    # The longest first, or "pass" would hide "password".
    by_letter = groupby(sorted(words, key=lambda word: (word[0], -len(word), word)), key=lambda word: word[0])
    branches = {letter: "|".join(_with_gaps(word[1:]) for word in group) for letter, group in by_letter}
    either = "|".join(f"{re.escape(letter)}(?:{rest})" for letter, rest in branches.items())
    return f"(?=[{re.escape(''.join(branches))}])(?:{either})"


def _with_gaps(word: str) -> str:
    return re.escape(word).replace("_", r"[\s_.'\u2019-]?")


_NAMES: Final = re.compile(rf"(?:{_either('names')})s?")
_SHORT_NAMES: Final = re.compile(rf"(?:{_either('short_names')})(?![^\W_\d])")
_SLIPS: Final = re.compile(r"p[a@4]{0,2}[s$5]{1,3}[a-z0]{0,2}w[a-z0]{0,4}(?![a-z])")
"""The same where fingers slipped: paasword, passw0rd, psswd."""

_CAMEL_HEADS: Final = ("Pass", "Pw", "Secret", "Token", "pass", "pw", "secret")
_SHORTEST_LONG: Final = 7
_LONG: Final = frozenset(word for word in _TABLES["names"] if word.isalpha() and len(word) >= _SHORTEST_LONG)
_NEIGHBOURS: Final = frozenset(_TABLES["neighbours"])
_CUT: Final = frozenset(word[:place] + word[place + 1 :] for word in _LONG for place in range(len(word))) | _LONG
_FIRST_LETTERS: Final = frozenset(word[0] for word in _LONG)
_BEGINNINGS: Final = frozenset(word[:3] for word in _LONG)
_ENDS: Final = frozenset(word[-3:] for word in _LONG)
_LONG_WORD: Final = re.compile(r"[^\W\d_]{6,15}")
_CAMEL_TAIL: Final = re.compile(r"(?:Pass|Pw|Pwd|Secret|Token)(?![a-z])")
_CAMEL_HEAD: Final = re.compile(r"(?:pass|pwd?|secret)(?=[A-Z][a-z])")
"""The same where a programmer wrote it as a part of a name."""

_PRODUCTS: Final = re.compile(
    r"keepass\w*|lastpass|enpass|nordpass|passbolt"
    r"|(?:postman|[cx]srf|(?:next[-_ ]?)?page|next|starting|pagination"
    r"|idempotency|client[-_ ]?request|continuation|sync|cancell?ation)[-_ ]?token|(?:top|open)[- ]secret"
    r"|(?:zoom|webex|meeting|webinar)[-_ ](?:password|passcode|pwd|pw)(?![a-z])"
    r"|pass(?:word|code) (?:for|to) (?:the |our |today's |this )?(?:zoom|webex|teams|meeting|webinar|call)\b"
)
"""What keeps passwords is called after them, and names none; nor does what opens nothing, or a meeting."""
_LETTERS: Final = re.compile(
    rf"[ ,;(]*(?:{_either('letters')})(?!\w)[^\w\n]*(?:only|letters|characters|case)?[^\S\n)]*\)?"
)
_LETTERS_ALONE: Final = re.compile(r"[^\W\d_]+")
_CASE_OR_SIGN: Final = re.compile(rf"(?<!\w)(?:{_either('cases')} \w|{_either('signs')})(?!\w)")
_PIECE: Final = rf"(?:(?:{_either('cases')} )?\w|{_either('signs')})"
_SPOKEN: Final = re.compile(rf"(?<!\w){_PIECE}(?:,\s(?:(?:and|und|et|y|en|then|dann) )?{_PIECE}){{4,60}}(?!\w)")
_DONE: Final = re.compile(rf"(?:{_either('typed', 'settled')})(?![a-z])")
_USERS: Final = re.compile(rf"(?:{_either('users')})(?![\w-])")


def names_in(text: str, folded: str) -> list[tuple[int, int]]:
    """Return where a text names a secret, in order; `folded` is the same text, folded."""
    found = {one.span() for one in _NAMES.finditer(folded)}
    if any(head in text for head in _CAMEL_HEADS):
        tails, heads = (
            ((one.span(), _before(text, one.start())) for one in form.finditer(text))
            for form in (_CAMEL_TAIL, _CAMEL_HEAD)
        )
        found.update(span for span, before in tails if (before.isascii() and before.islower()) or before.isdigit())
        found.update(span for span, before in heads if not (before.isalnum() or before == "_"))
    # What stands before is looked at here: a pattern that begins with words is searched for ten times as fast.
    short = (one.span() for pattern in (_SHORT_NAMES, _SLIPS) for one in pattern.finditer(folded))
    found.update(span for span in short if not _before(folded, span[0]).isalpha())
    slips = set(filter(_is_slip, set(_LONG_WORD.findall(folded))))
    if slips:
        found.update(one.span() for one in _LONG_WORD.finditer(folded) if one[0] in slips)
    products = [one.span() for one in _PRODUCTS.finditer(folded)] if found else []
    return sorted(found) if not products else sorted(span for span in found if not _is_in(span, products))


def _is_in(span: tuple[int, int], places: list[tuple[int, int]]) -> bool:
    """Tell whether a place is within one of others, which stand in order and apart."""
    at = bisect_right(places, span[0], key=itemgetter(0)) - 1
    return at >= 0 and span[1] <= places[at][1]


def _is_slip(word: str) -> bool:
    """Tell whether a word is one of the long names with one letter wrong, missing, added or in the wrong place."""
    if word[:3] not in _BEGINNINGS and word[-3:] not in _ENDS:
        # One slip spoils only one of the two.
        return False
    if word[0] not in _FIRST_LETTERS or word in _NEIGHBOURS or word in _LONG:
        return False
    return word in _CUT or any(word[:place] + word[place + 1 :] in _CUT for place in range(len(word)))


def letters_in(folded: str) -> list[tuple[int, int]]:
    """Return where a text explains how something is written: "all lower case", "with a capital S"."""
    return [one.span() for one in _LETTERS.finditer(folded)]


def is_spoken_in(folded: str) -> bool:
    """Tell whether a text says a word letter by letter: "capital M, i, n, k, dash, 4, 4"."""
    if not _CASE_OR_SIGN.search(folded):
        return False
    return any(_CASE_OR_SIGN.search(one[0]) for one in _SPOKEN.finditer(folded))


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
    return set(_LETTERS_ALONE.findall(folded))


def _ends_word(beside: str) -> bool:
    return not beside or beside in " \t\n,:" or not beside.isascii()


def _before(text: str, place: int) -> str:
    return text[max(0, place - 1) : place]
