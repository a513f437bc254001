"""Knows the questions that admins often ask; what is answered stands in the words, and no question is kept."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

_ROWS: Final[dict[str, list[str]]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_PATTERNS: Final = {
    name: re.compile("|".join(rows).replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)
    for name, rows in _ROWS.items()
}
COMMON_QUESTIONS: Final = tuple(_PATTERNS)
"""The names of the questions, each with an answer of its own."""


def common_question(text: str) -> str | None:
    """Name the question that a message asks, None when it is none of them."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(text)), None)
