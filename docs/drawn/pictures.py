"""Draws docs/pictures from the preview with chromium: the board, a card, the permission sheet, the plot."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops

from bot.config.look_settings import LookSettings, look_of
from bot.preview.gallery import Gallery
from bot.preview.page import OWN_PICTURES, page
from flows.link.rulebook import Rulebook
from flows.words import Words, load_words

SHOWN = {
    "board": ("board", "the board"),
    "card": ("refusals", "activation · permissions_missing"),
    "details": ("board", "details"),
    "sheet": ("paper", ""),
    "plot": ("insight", ""),
}
"""What each picture shows: a room of the preview, and the title of what hangs in it."""

ALONE = (
    "nav,h2,h3{{display:none}}body{{display:block;background:#fff}}main{{padding:16px;max-width:832px}}"
    "section:not([id={section}]){{display:none}}{article}.window{{box-shadow:none}}.paper~.paper{{display:none}}"
)
BORDER, TALLEST = 16, 1500


def style_of(rules: Rulebook, words: Words, room: str, title: str) -> str:
    """Write what hides everything but one exhibit."""
    section, article = f"{words.language}-{room}", ""
    if title:
        (found,) = (one for one in Gallery(rules, words).rooms() if one.name == room)
        (at,) = (at for at, one in enumerate(found.exhibits) if one.title == title)
        article = f"article:not([id={section}-{at}]){{display:none}}"
    return ALONE.format(section=section, article=article)


def main(folder: Path) -> None:
    """Draw every picture into a folder."""
    rules, words = replace(look_of(LookSettings(), "Northwind"), pictures=OWN_PICTURES), load_words()
    html = page(rules, [words])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name, (room, title) in SHOWN.items():
            source, shot = Path(scratch, "page.html"), Path(scratch, "page.png")
            source.write_text(html.replace("</style>", f"{style_of(rules, words, room, title)}</style>", 1), "utf-8")
            subprocess.run(
                [
                    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                    *("--force-device-scale-factor=1", "--window-size=832,4000", f"--screenshot={shot}", str(source)),
                ],
                check=True,
                capture_output=True,
            )
            trimmed(Image.open(shot).convert("RGB")).save(folder / f"{name}.png", optimize=True)


def trimmed(picture: Image.Image) -> Image.Image:
    """Cut off what is empty around a picture, and what is longer than a page shows."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    if box is None:
        raise SystemExit("Nothing was drawn.")
    _, top, _, bottom = box
    bottom = min(bottom + BORDER, top + TALLEST, picture.height)
    return picture.crop((0, max(top - BORDER, 0), picture.width, bottom)).quantize(128)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
