"""The shapes of single values in Slack's JSON: each reader gives what it is named for or raises; knows no payload.

`attempt` gives None for what was raised, and one line in the log.
Every text that is given out can be stored and sent: PostgreSQL takes no NUL and UTF-8 no half of a surrogate pair.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

log = logging.getLogger(__name__)

Body = dict[str, Any]
T = TypeVar("T")

LONGEST_ID = 200
LONGEST_INPUT = 3000
"""Characters that Slack lets anybody type into a field."""

MOST = 2**31
"""No counter of ours comes near."""

NOT_OF_THE_SHAPE = (KeyError, TypeError, ValueError)
"""What reading can raise."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def an_object(value: object) -> dict[str, Any]:
    """Read an object; nothing is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def a_list(value: object) -> list[Any]:
    """Read a list; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def a_text(value: object, longest: int = LONGEST_INPUT) -> str:
    """Read a text; nothing is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("no text")
    if len(value) > longest or _UNSTORABLE.search(value):
        raise ValueError("no text that can be kept")
    return value


def storable(text: str) -> str:
    """Return a text without what cannot be kept."""
    return _UNSTORABLE.sub(" ", text)


def a_name(value: object) -> str:
    """Read an id that may be missing."""
    name = a_text(value, LONGEST_ID)
    if not (name.isascii() and name.isprintable()):
        raise ValueError("no id")
    return name


def an_id(value: object) -> str:
    """Read an id."""
    name = a_name(value)
    if not name:
        raise ValueError("no id")
    return name


def a_number(value: object) -> int:
    """Read a counter."""
    if not isinstance(value, int) or abs(value) > MOST:
        raise ValueError("no counter")
    return value


def an_inner(text: object) -> dict[str, Any]:
    """Read an object that is written as JSON in a text."""
    try:
        return an_object(json.loads(a_text(text)))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def attempt(kind: str, read: Callable[[], T]) -> T | None:
    """Read something of a payload; None where it has not Slack's shape."""
    try:
        return read()
    except NOT_OF_THE_SHAPE as error:
        log.info("not Slack's shape, or not ours any more", extra={"kind": kind, "why": type(error).__name__})
        return None
