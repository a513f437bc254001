"""A plot is as wide as a phone, its bars as long as their numbers, and it is there without data, too."""

from __future__ import annotations

import io

from PIL import Image

from bot.papers.plot import draw
from flows.papers.insight import Bar


def dark(png: bytes) -> list[int]:
    """Count the dark points of each row of points that has a bar."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    rows = [sum(image.getpixel((x, y)) == (31, 58, 95) for x in range(0, image.width, 4)) for y in range(image.height)]
    return [rows[y] for y in range(166, image.height, 122)]


def test_bars_are_as_long_as_their_numbers() -> None:
    png = draw("How far", [Bar(label="a", share=1, number="10"), Bar(label="b", share=0.5, number="5")])
    whole, half = dark(png)[:2]
    assert abs(whole - 2 * half) <= 2
    assert Image.open(io.BytesIO(png)).width == 1080


def test_nothing_is_no_bar_and_no_mistake() -> None:
    assert set(dark(draw("Nothing", [Bar(label="a", share=0, number="0")]))) == {0}
    assert draw("No bars", []).startswith(b"\x89PNG")
