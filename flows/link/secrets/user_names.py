"""Tells whether a password is its user's name, said so or written twice; the rest of a sentence is for `sentences`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from flows.link.secrets.ordinary import is_placeholder
from flows.link.secrets.shapes import is_account
from flows.link.secrets.vocabulary import is_rare_part
from flows.link.secrets.words import ACCOUNTS, EQUALS, LINKS, SAMES, fold, is_user_label, names_in

_MOST_WORDS: Final = 8
_NAMED: Final = re.compile(
    r"(?:^|[\s,;{(\"'])(?P<label>[^\W\d_]{2,16})[\"']?\s?[:=]?\s?[\"'`*]{0,2}(?P<user>[\w.@-]{3,40})[\"'`*]{0,2}"
    r"\s?(?:[,;/|&\n]|and|und|et|y|e)?\s{0,2}[\"'`*]?$"
)
_GIVEN: Final = re.compile(r"[\"'`*]{0,2}\s?[:=]?\s?[\"'`*]{0,2}([\w.@-]{3,40})[\"'`*]{0,2}(?:$|[\s,;}])")
_ACCOUNT: Final = re.compile(ACCOUNTS)
_NAME_OR_SIGN: Final = re.compile(r"[\w@-]+(?:\.\w+)*|[=:+]")
_CLAUSE_ENDS: Final = re.compile(r"[.,;()](?:\s|$)")
_ADDED: Final = frozenset({"+", "plus", "and", "with", "und", "mit", "et", "avec", "y", "con", "e", "en", "met"})
"""Behind one of these stands what was added to the name: "same as user + 77"."""


def is_user_name(line: str, user: str) -> bool:
    """Tell whether a password is said to be its user's name: "is ISU_Wintro", "same as the login", "= username"."""
    if "?" in line:
        return False
    words = _NAME_OR_SIGN.findall(_CLAUSE_ENDS.split(line, maxsplit=1)[0])[:_MOST_WORDS]
    said = list(takewhile((LINKS | SAMES).__contains__, map(fold, words)))
    left = words[len(said) :]
    if not left or (EQUALS | SAMES).isdisjoint(said):
        return False
    label = next((length for length in (2, 1) if is_user_label(fold(" ".join(left[:length])))), 0)
    if label and _is_all(left[label:]):
        return True
    if fold(left[0]) == "name" and left[1:] and _is_all(left[1:]):
        return True
    if said[-1] in EQUALS - SAMES and is_account(left[0]) and left[0][-1].isdigit():
        return True
    # As in "the same as user name: ISU_Wintro".
    name = " ".join(left[label:]).lstrip(":= ")
    return (is_account(name) and not names_in(name, fold(name))) or fold(name) == user


def _is_all(words: Sequence[str]) -> bool:
    """Tell whether nothing follows the word for a user but what is added to it."""
    return not words or (fold(words[0]) in _ADDED and any(map(str.isdigit, words[1:3])))


def repeats_user(before: str, line: str) -> bool:
    """Tell whether a password is the same word as the user's name before it: "user admin, password admin"."""
    named, given = _NAMED.search(before), _GIVEN.match(line)
    if not (named and given and is_user_label(fold(named["label"]))):
        return False
    user = given[1].casefold()
    is_name = not is_placeholder(user) and (not user.isalpha() or is_rare_part(user) or bool(_ACCOUNT.fullmatch(user)))
    return is_name and named["user"].casefold() == user
