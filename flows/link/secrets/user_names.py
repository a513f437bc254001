"""Tells whether a password is its user's name, said so or written twice; the rest of a sentence is for `sentences`."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from flows.link.secrets.shapes import is_account, is_placeholder
from flows.link.secrets.vocabulary import is_rare_part
from flows.link.secrets.words import ACCOUNTS, EQUALS, LINKS, SAMES, fold, is_user_label, names_in

_MOST_WORDS: Final = 8
_NAMED: Final = re.compile(
    r"(?:^|[\s,;{(\"'])(?P<label>[^\W\d_]{2,16})[\"']?\s?[:=]?\s?[\"'`*]{0,2}(?P<user>[\w.@-]{3,40})[\"'`*]{0,2}"
    r"\s?(?:[,;/|&\n]|and|und|et|y|e)?\s{0,2}[\"'`*]?$"
)
_GIVEN: Final = re.compile(r"[\"'`*]{0,2}\s?[:=]?\s?[\"'`*]{0,2}([\w.@-]{3,40})[\"'`*]{0,2}(?:$|[\s,;}])")
_ACCOUNT: Final = re.compile(ACCOUNTS)
_NAME_OR_SIGN: Final = re.compile(r"[\w@-]+(?:\.\w+)*|[=:]")


def is_user_name(line: str, user: str) -> bool:
    """Tell whether a password is said to be its user's name: "is ISU_Wintro", "same as the login", "= username"."""
    if "?" in line:
        return False
    words = _NAME_OR_SIGN.findall(line)[:_MOST_WORDS]
    said = list(takewhile((LINKS | SAMES).__contains__, map(fold, words)))
    name = " ".join(words[len(said) :])
    label, _, last = name.rpartition(" ")
    if is_user_label(fold(label.rstrip(" :="))):
        # As in "the same as user name: ISU_Wintro".
        name = last
    folded = fold(name)
    if not name or (EQUALS | SAMES).isdisjoint(said):
        return False
    return (is_account(name) and not names_in(name, folded)) or folded == user or is_user_label(folded)


def repeats_user(before: str, line: str) -> bool:
    """Tell whether a password is the same word as the user's name before it: "user admin, password admin"."""
    named, given = _NAMED.search(before), _GIVEN.match(line)
    if not (named and given and is_user_label(fold(named["label"]))):
        return False
    user = given[1].casefold()
    is_name = not is_placeholder(user) and (not user.isalpha() or is_rare_part(user) or bool(_ACCOUNT.fullmatch(user)))
    return is_name and named["user"].casefold() == user
