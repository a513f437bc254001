"""The letters that papers are written in, and which of them there are; they lie beside this file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import bidirectional

from fontTools.ttLib import TTFont

_FOLDER: Final = Path(__file__).parent / "fonts"
REGULAR: Final = _FOLDER / "DejaVuSans.ttf"
BOLD: Final = _FOLDER / "DejaVuSans-Bold.ttf"
ASIAN: Final = _FOLDER / "DroidSansFallbackFull.ttf"
"""Chinese and Japanese, for names; a free font with Korean, too, would be four times as large."""

MISSING: Final = "□"
"""What stands for a letter that none of them has."""

# Joiners, marks of direction and variation selectors: without the picture that they belong to they would be boxes.
_UNSEEN: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

_JOINED: Final = frozenset({"R", "AL", "NSM"})
"""Unicode's classes of Hebrew and its kin, of Arabic and its kin, and of marks that stand on the letter before."""


@cache
def _letters(font: Path) -> frozenset[int]:
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def printable(text: str) -> str:
    """Return a text in letters that there are; each other one, such as most emoji, becomes `MISSING`."""
    plain = _UNSEEN.sub("", _CONTROL.sub(" ", text))
    known = _letters(REGULAR)
    if known.issuperset(map(ord, plain)):
        return plain
    known |= _letters(ASIAN)
    return "".join(letter if ord(letter) in known else MISSING for letter in plain)


def needs_shaping(text: str) -> bool:
    """Tell whether letters join, run from the right or stand on one another; to draw such takes twice as long."""
    return any(bidirectional(letter) in _JOINED for letter in set(text))


def is_asian(text: str) -> bool:
    """Tell whether a printable text needs the fallback font."""
    return not _letters(REGULAR).issuperset(map(ord, text))
