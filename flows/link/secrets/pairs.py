"""Finds a user and a password as short as people write them: `u: … p: …`, `admin:…`, `a / b`."""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.message import Read
from flows.link.secrets.shapes import is_assigned, is_word
from flows.link.secrets.vocabulary import is_of_trade, is_rare
from flows.link.secrets.words import ACCOUNTS

_OF_ACCOUNT: Final = re.compile(
    rf"(?<![\w./@-])(?P<account>(?i:{ACCOUNTS}))\s?[/:]\s?(?P<value>[^\W\d_]{{4,32}}\d{{1,4}}!?)(?![\w./])"
)
_ACCOUNT_IN: Final = re.compile(rf"(?:{ACCOUNTS})\s?[/:]")
_SHORT_PAIR: Final = re.compile(r"^[^\n/]{0,24}\w\s?/\s?([^\W\d_]{5,32}\d{1,4}!?)[ \t]*$", re.MULTILINE)
_INITIALS: Final = re.compile(
    r"(?<![\w&])(?:u|un|usr|uid)[\"']? ?[:=] ?\S{2,80}?"
    r"[\s,;/|]{1,4}[\"']?(?:p|pw|pwd|pass|psw)[\"']? ?[:=] ?(\S{4,80})",
    re.IGNORECASE,
)
_INITIAL_ENDS: Final = re.compile(r"[:=](?:(?<=[unrd][:=])|(?<=[unrd][ \"'][:=])|(?<=[unrd][\"'] [:=]))")
"""So the label of a user ends; looked for first, as it is quickly found that there is none."""
_INITIALS_TURNED: Final = re.compile(
    r"(?<![\w&])(?:p|pw|pwd|pass|psw)[\"']? ?[:=] ?(\S{4,80}?)"
    r"[\s,;/|]{1,4}[\"']?(?:u|un|usr|uid)[\"']? ?[:=] ?\S{2,80}",
    re.IGNORECASE,
)


def is_pair_of_words(message: Read) -> bool:
    """Find `admin:Otter44` and, as all that a line says, `wd / otter44`: a word that nobody says, and a number."""
    if _ACCOUNT_IN.search(message.folded) and any(
        _is_rare_and_number(found["value"]) or _is_of(found["account"], found["value"])
        for found in _OF_ACCOUNT.finditer(message.plain)
    ):
        return True
    return "/" in message.plain and any(_is_rare_and_number(found[1]) for found in _SHORT_PAIR.finditer(message.plain))


def _is_of(account: str, value: str) -> bool:
    """Tell whether a word is its account's name, turned round or not, and a number: admin123, toor2026."""
    word = value.rstrip("!").rstrip("0123456789").casefold()
    return word in {account.casefold(), account.casefold()[::-1]}


def _is_rare_and_number(value: str) -> bool:
    return is_rare(value.rstrip("!").rstrip("0123456789")) and not is_of_trade(value)


def is_abbreviated(message: Read) -> bool:
    """Find `u: user p: password`: one letter names a secret only behind another that names a user."""
    if not _INITIAL_ENDS.search(message.folded):
        return False
    return any(
        is_assigned(found[1]) or is_word(found[1], capital=False)
        for form in (_INITIALS, _INITIALS_TURNED)
        for found in form.finditer(message.plain)
    )
