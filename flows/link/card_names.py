"""Knows the names that cards show: Workday's tasks, fields and policies, so that talk of one is heard; keeps none."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from flows.permissions import load_permissions
from flows.words import load_words

_SHOWN: Final = re.compile(r"\*([^*{}]+)\*|^> ([^{}]+)$", re.MULTILINE)
"""What stands in bold type or in a box to copy."""
_NAME: Final = re.compile(
    r"(?:[A-Z(][\w/)]*[ :,-]+){1,9}[A-Z(][\w/.)]*|(?:[A-Z][\w/]*[ :-]+){2}(?:[\w/()]+[ :-]*){1,6}"
)
"""Of two words with capitals or more; anything else in bold is a sentence."""
_ORDINARY: Final = frozenset({"Time Off", "Leave of Absence"})
"""Ends of policies that people say of one another."""

FIELD: Final = "field"


@cache
def _names(own: frozenset[str]) -> re.Pattern[str]:
    words = load_words()
    shown = {one for key in words.keys for text in words.raw(key) for pair in _SHOWN.findall(text) for one in pair}
    policies = load_permissions().policies | own
    # People leave out whose data it is: "Worker Data: Compensation History".
    ends = {end for one in policies if " " in (end := one.rpartition(": ")[2])} - _ORDINARY
    names = policies | ends | {one for one in shown if _NAME.fullmatch(one)}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)", re.IGNORECASE)


def without_names(text: str, policies: frozenset[str] = frozenset()) -> str:
    """Put "field" for each name that a card shows, the vendor's own `policies` among them.

    It is what the link is about, and its words say nothing else.
    """
    return _names(policies).sub(FIELD, text)
