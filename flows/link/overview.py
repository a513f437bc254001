"""What many links are found, counted and sorted by: a few plain values of each; draws and stores nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from flows.link.standing import Mover, State, standing
from flows.link.state import Link, Status

STUCK_AFTER = timedelta(days=1)
EXPIRING_WITHIN = timedelta(days=30)
FAILING = frozenset({State.TROUBLE, State.ISSUE})


class Filter(StrEnum):
    """Which links our own people may ask for."""

    MINE = "mine"
    STUCK = "stuck"
    WAITING = "waiting"
    EXPIRING = "expiring"
    FAILED = "failed"


class Turn(StrEnum):
    """Whose move it is, in the order in which our own people want to see links; as letters, so that they sort."""

    OURS = "a"
    THEIRS = "b"
    NOBODYS = "c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One link among many.

    `customer` is folded as people search for it, `due` the day its password ends, `approval` the one until which it
    waits for one.
    """

    customer: str
    owner: str
    state: State
    turn: Turn
    since: datetime
    due: date | None
    approval: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which links somebody wants to see; `user_id` is theirs, everything else narrows.

    `customer` is a part of a name, or with `is_whole` all of it, with or without its accents and signs.
    """

    user_id: str
    filters: frozenset[Filter] = frozenset()
    state: State | None = None
    customer: str = ""
    is_whole: bool = False


def overview(link: Link, now: datetime) -> Overview:
    """Read what a link is found by."""
    found = standing(link, now)
    expiry = link.setup.expiry
    return Overview(
        customer=folded(link.customer),
        owner=link.owner.user_id,
        state=found.state,
        turn=_TURNS[Mover.OWNER if link.blocked and link.status is not Status.CANCELLED else found.mover],
        since=found.since,
        due=expiry.due if expiry and link.status is Status.LINKED else None,
        approval=link.approval,
    )


@lru_cache(maxsize=1_000)
def folded(text: str) -> str:
    """Fold a customer's name: "ACME  Corp" and "acme corp" are one."""
    # Control characters have no place in an index.
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\0", " ").split())


@lru_cache(maxsize=1_000)
def sounded(text: str) -> str:
    """Leave of a name what people type of it in a hurry: "E*TRADE" and "etrade", "Société" and "societe" are one.

    Signs, blanks, accents and an "and" go, and "Mueller" is "Müller". It is empty for a name of signs alone, and
    several names can have it.
    """
    plain = _JOINED.sub(" ", folded(text))
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFD", plain.translate(_SPELLED)))
    plain = "".join(one for one in plain if one.isalnum() or unicodedata.category(one)[0] == "M")
    return _UMLAUT.sub(r"\1", plain)


_JOINED: Final = re.compile(r"(?<!\S)(?:and|und|et)(?!\S)")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
"""Accents of Latin, Greek and Cyrillic letters; marks of other scripts are letters of their own."""

_UMLAUT: Final = re.compile("([aou])e")
_SPELLED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})

_TURNS = {
    Mover.OWNER: Turn.OURS,
    Mover.ADMIN: Turn.THEIRS,
    Mover.ANYBODY: Turn.THEIRS,
    Mover.NOBODY: Turn.NOBODYS,
}
