"""Plots of bars as PNG, made to be read on a phone; decides no number and no word."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.papers.letters import BOLD, REGULAR, printable
from flows.papers.insight import Bar

_WIDTH: Final = 1080
_MARGIN: Final = 48
_ROW: Final = 122
_BAR: Final = 44
_INK: Final = (31, 58, 95)
_PALE: Final = (226, 232, 240)
_TEXT: Final = (30, 30, 30)


def draw(title: str, bars: Sequence[Bar]) -> bytes:
    """Return the bytes of a PNG: each bar below its label and its number."""
    head = 2 * _MARGIN + 44
    image = Image.new("RGB", (_WIDTH, head + _ROW * len(bars) + _MARGIN // 2), "white")
    canvas, room = ImageDraw.Draw(image), _WIDTH - 2 * _MARGIN
    large, plain = ImageFont.truetype(BOLD, 44), ImageFont.truetype(REGULAR, 34)
    canvas.text((_MARGIN, _MARGIN), printable(title), fill=_INK, font=large)
    for number, bar in enumerate(bars):
        top = head + number * _ROW
        canvas.text((_MARGIN, top), printable(bar.label), fill=_TEXT, font=plain)
        canvas.text((_WIDTH - _MARGIN, top), printable(bar.number), fill=_TEXT, font=plain, anchor="ra")
        below = top + 46
        canvas.rectangle((_MARGIN, below, _MARGIN + room, below + _BAR), fill=_PALE)
        if bar.share:
            canvas.rectangle((_MARGIN, below, _MARGIN + room * bar.share, below + _BAR), fill=_INK)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
