"""Reads a value that Workday gives out: a client ID, a client secret, a refresh token; keeps none and judges no pair.

Workday makes these of letters and digits, so what else stands around one came with it, and what else stands in it shows
that it is not the value, or not the value alone.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass, field
from enum import StrEnum

from flows.tenant.url_text import INVISIBLE

_AROUND = " \t\r\n\u00a0\"'`“”„‟‘’«»<>,;"  # noqa: RUF001 - these are the characters meant
_LABEL = re.compile(
    r"[\s\"'{(*-]*(?:\w{1,20}[_.-])?(?:(?:api|oauth|workday)\s+)?"
    r"(?:client[\s_-]?(?:id|secret)|(?:refresh|access)[\s_-]?token|secret|token)(?!\w)[\"'*]*"
    r"(?:\s{0,9}(?:[:=：|]|[-=]>)|\s+(?:is|ist|lautet)(?=\s)|(?=\s))\s{0,9}[\"'*]*(?P<rest>\S.*)",  # noqa: RUF001
    re.IGNORECASE | re.DOTALL,
)
_MORE = re.compile(r"[\s{}\"'`“”<>&:]")
_DOTS = re.compile(r"[*•●∙·⦁…]{3,}")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ValueProblem(StrEnum):
    """Why a typed value is asked for again."""

    BLANK = "blank"
    MASKED = "masked"
    MORE = "more"
    CONTROL_CHARACTERS = "control_characters"
    PASTED_LABEL = "pasted_label"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOut:
    """A value without what stood around it, its label too, and what is wrong with what was typed."""

    value: str = field(repr=False)
    problem: ValueProblem | None = None


def read_value(text: str) -> GivenOut:
    """Read a typed value; one that was broken over two lines is put together where it is surely a client ID."""
    bare = INVISIBLE.sub("", text).strip(_AROUND)
    label = _LABEL.fullmatch(bare)
    value = label["rest"].strip(_AROUND) if label else bare
    whole = "".join(value.split())
    value = whole if is_client_id(whole) else value
    checks = (
        (ValueProblem.BLANK, not value),
        (ValueProblem.MASKED, is_masked(value)),
        (ValueProblem.MORE, _MORE.search(value)),
        (ValueProblem.CONTROL_CHARACTERS, not value.isprintable()),
        (ValueProblem.PASTED_LABEL, label),
    )
    return GivenOut(value=value, problem=next((problem for problem, found in checks if found), None))


def is_masked(text: str) -> bool:
    """Tell whether a text is no more than the dots that a program shows for a secret."""
    return bool(_DOTS.fullmatch(text))


def is_id(text: str) -> bool:
    """Tell whether a text is a UUID, with hyphens or without."""
    return bool(_ID.fullmatch(text))


def is_client_id(text: str) -> bool:
    """Tell whether a text is what Workday gives out as a client ID: a UUID, in base64."""
    try:
        return is_id(b64decode(text, validate=True).decode("ascii")) if text else False
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
