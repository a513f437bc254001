"""Owns what ordinary words are: the most common of ten languages, and how most languages end what says how things are.

A word that nobody says in talk, where talk says how a password is, is the password. Judges no sentence.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from flows.link.secrets.ordinary import is_ordinary, is_placeholder
from flows.link.secrets.shapes import says_how
from flows.link.secrets.words import (
    FAMOUS,
    GLUE,
    GREETINGS,
    OTHERS,
    PLACEHOLDERS,
    STATES,
    SUBJECTS,
    THINGS,
    TRADE_WORDS,
    fold,
)

_LONG: Final = 5
_LONGEST: Final = 32
_LONG_PART: Final = 4
_SHORT: Final = 3
_LONG_STATE: Final = 6
_PARTS: Final = re.compile(r"[-._]")
_IS_HOW: Final = re.compile(
    r"(?:ed|able|ible|less|ing|ful|ous|ive|al|ic|ly|ish|ary|ory|ness|ment|tion|ent|ant)$"  # English
    r"|(?:lich|ig|isch|bar|los|haft|ung|keit)(?:e[nmrs]?)?$"
    r"|^(?:ab|an|auf|aus|be|durch|ein|ent|er|ge|her|hin|miss|nach|neu|ueber|uber|um|un|unter|ver|vor|weg|wieder|zer|zu|zuruck)"
    r"\w*[bdfghklmnprstwz](?:e?t|en)$"  # German, Dutch: what has been done
    r"|(?:baar|lijk|eerd)$|^(?:ge|ver|be|in|uit|op)\w+d$"
    r"|(?:[aiu]d|[aiu]t)[oaie]s?$|(?:nte|bile|ivel|avel|ble|oso|osa)s?$|(?:aire|eux|euse|elle)s?$"
    r"|[aei]r(?:ei|emos|ao|emo)$|[aei]ndo$"  # Romance
    r"|(?:[ae]n|on|it|ut)[oaey]$|(?:sk[iay])$|[bcdfhjklmprstvwz]n[yeio]$|^nie\w{3,}[aeyo]$"  # Slavic
    r"|(?:ttu|tty|nut|nyt|t[a\u00e4][a\u00e4]n|m[a\u00e4]ss[a\u00e4])$"  # Finnish
    r"|(?:erat|drad|kad|ret|rat|[bdfgjklmnprtv]as|[dgklnprtv]es|lls|llt|itt|ert|iskt?)$"  # Scandinavian
    r"|(?:[ln]d[iu]|[eiu]yor|[ae]c[ae]k)$|(?:[bdgjklmnprstz]v[ae]|ban|ben)$|(?:eaza)$"  # Turkish, Hungarian, Romanian
)
"""The endings of adjectives, participles and abstract nouns."""
_ACCENTED_END: Final = re.compile(r"(?:\u00e9e?s?|\u00e1n|\u00edn|\u00fd|\u00e1|\u00e9)$")
"""The same where a language marks it by an accent."""
_WALKS: Final = (
    *("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn"),
    *("abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgb"),
)
_HUMPS: Final = re.compile(r"[A-Z\u00c0-\u00de]+(?![a-z\u00df-\u00ff])|[A-Z\u00c0-\u00de]?[a-z\u00df-\u00ff]+")
_FROM_TO: Final = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)*[24][A-Z][A-Za-z]+|[A-Z][a-z]+-[A-Z]{2}-\d{1,3}")
"""Validator2Test; Payroll-DE-01."""
_OF_WORKDAY: Final = re.compile(r"(?:INT|EIB|RPT|CRF?|ISU|ISSG)[-_]")
"""So people begin the names of integrations, reports and users in Workday."""
_NAMES_AND_NUMBER: Final = re.compile(
    r"(?!ISU_|ISSG_|INT_|EIB_|CRF?_|RPT_)[A-ZÀ-Þ][a-zß-ÿ]+(?:(?:_[a-zß-ÿ]{1,3})?_[A-ZÀ-Þa-zß-ÿ][a-zß-ÿ]+)+_?(?!20\d\d)\d{1,4}"
)
_WORDS: Final = re.compile(r"[^\W\d_]+")
_STRONG_SIGNS: Final = frozenset("!#$%^*?=~<>{}&@+")
_SHORTEST_WALK: Final = 5


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_common(word: str) -> bool:
    """Tell whether a word of letters is said in ordinary talk, or says how something is, as far as its ending shows."""
    folded = fold(word)
    return folded in _common() or folded.removesuffix("s") in _common() or is_said_of_things(word)


def is_said_of_things(word: str) -> bool:
    """Tell whether a word binds others, names a thing at work, or says how something is."""
    return is_bound(word) or _IS_HOW.search(fold(word)) is not None or _ACCENTED_END.search(word.lower()) is not None


def is_bound(word: str) -> bool:
    """Tell whether a word binds others, is said of passwords, or names a thing at work."""
    folded = fold(word)
    return any(folded in table for table in (STATES, GLUE, SUBJECTS, OTHERS, THINGS, TRADE_WORDS))


def has_names_and_number(value: str) -> bool:
    """Tell whether a value is like Meadow_Falcon_3; reports are called so, too, with a word for a thing in it."""
    return _NAMES_AND_NUMBER.fullmatch(value) is not None


def is_of_no_thing(value: str) -> bool:
    """Tell whether no word of a name is one for a thing at work."""
    return not any(map(is_bound, _WORDS.findall(value)))


def is_rare_part(word: str) -> bool:
    """Tell whether a word of letters is said in no ordinary talk, however short."""
    return len(word) >= _SHORT and word[0] < "\u0250" and not is_common(word)


def is_walk(word: str) -> bool:
    """Tell whether a word is what lies side by side on a keyboard or in the alphabet, and perhaps a number."""
    letters = fold(word).rstrip("0123456789!")
    return len(letters) >= _SHORTEST_WALK and any(letters in walk for walk in _WALKS)


def is_rare(value: str) -> bool:
    """Tell whether a word of letters, or several bound by dots and dashes, is no word that people say in talk."""
    if not _LONG <= len(value) <= _LONGEST:
        return False
    if fold(value) in FAMOUS or is_walk(value):
        return True
    if _is_slip(fold(value)):
        return False
    parts = _PARTS.split(value)
    if not all(part.isalpha() and part[0] < "\u0250" for part in parts) or not PLACEHOLDERS.isdisjoint(
        map(fold, parts)
    ):
        return False
    if is_placeholder(value) or is_ordinary(value) or says_how(value):
        return False
    if any(fold(hump) in TRADE_WORDS for hump in _HUMPS.findall(value)[1:]):
        # The name of a product: HashiVault.
        return False
    if "." in value or "_" in value:
        # Nobody binds words so in talk: they may well be common ones.
        return not any(map(is_bound, parts))
    return any(len(part) >= _LONG_PART and not is_common(part) for part in parts)


def _is_slip(word: str) -> bool:
    """Tell whether a word is one of those that say how a password is, with one letter wrong, missing or too many."""
    if len(word) < _LONG_STATE:
        return False
    shortened = (word[:place] + word[place + 1 :] for place in range(len(word)))
    return word in _cut_states() or any(one in _cut_states() or one in STATES for one in shortened)


@cache
def _cut_states() -> frozenset[str]:
    long = (word for word in STATES if len(word) >= _LONG_STATE)
    return frozenset(word[:place] + word[place + 1 :] for word in long for place in range(len(word)))


def is_of_trade(value: str) -> bool:
    """Tell whether a name is made of words for things at work, or of two and a "2": HR-Prod-01, Okta2Acme."""
    if (_FROM_TO.fullmatch(value) and fold(_HUMPS.findall(value)[0]) not in GREETINGS) or _OF_WORKDAY.match(value):
        return True
    if not _STRONG_SIGNS.isdisjoint(value):
        return False
    parts = [fold(part) for part in _HUMPS.findall(value)]
    return any(len(part) >= _LONG_PART for part in parts) and all(
        len(part) < _LONG_PART or part in TRADE_WORDS or part in THINGS or part in OTHERS for part in parts
    )
