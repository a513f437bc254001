"""Every card, form and board in every language as text that reads well in a diff; `python -m` renews the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.config.look_settings import LookSettings, look_of
from bot.preview.exhibits import Exhibit, Lines, Message, Room, Window
from bot.preview.gallery import Gallery
from bot.slack.block_kit import Block
from flows.words import load_words
from flows.words.files import FOLDER

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "snapshots"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
# As it is where nothing is set, whatever the environment says.
RULES = replace(look_of(LookSettings.model_construct(), "Northwind"), pictures="https://pages.example/pictures")
LISTS = frozenset({"rest", "whispers"})
"""Rooms that only list texts, which stand in the words file as they are."""


def snapshots() -> dict[str, str]:
    """Draw the text of each file by its name, such as `de/board.txt`."""
    return {
        f"{language}/{room.name}.txt": text_of(room)
        for language in LANGUAGES
        for room in Gallery(RULES, load_words(language=language)).rooms()
        if room.name not in LISTS
    }


def text_of(room: Room) -> str:
    """Write a room as text, an exhibit below the other."""
    shown = (f"=== {one.title} ===\n\n" + "\n".join(_lines(one)) for one in room.exhibits)
    return "\n\n\n".join(shown) + "\n"


def _lines(one: Exhibit) -> Iterator[str]:
    match one:
        case Message():
            for block in one.blocks:
                yield from _block(block)
        case Lines():
            yield from one.texts
        case Window():
            view = one.view
            if view["type"] == "modal":
                yield f"# {view['title']['text']}"
            for block in view["blocks"]:
                yield from _block(block)
            ends = [view[part]["text"] for part in ("close", "submit") if part in view]
            if ends:
                yield " ".join(f"[{text}]" for text in ends)


def _block(block: Block) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"# {block['text']['text']}"
        case "section":
            yield block["text"]["text"]
            if "accessory" in block:
                yield f"    {_element(block['accessory'])}"
        case "context":
            yield from (f"({element['text']})" for element in block["elements"])
        case "actions":
            yield " ".join(map(_element, block["elements"]))
        case "image":
            yield f"<picture: {block['alt_text']}>"
        case "input":
            yield f"{block['label']['text']}{' (optional)' * bool(block.get('optional'))}: {_entry(block['element'])}"
            if "hint" in block:
                yield f"    ({block['hint']['text']})"
        case _:
            texts = (part["text"] for element in block["elements"] for part in element["elements"])
            yield from (f"    | {line}" for text in texts for line in text.splitlines())
    yield ""


def _element(element: dict[str, Any]) -> str:
    if element["type"] == "overflow":
        return "[⋯ " + " / ".join(option["text"]["text"] for option in element["options"]) + "]"
    asks = f" ?{element['confirm']['text']['text']}?" if "confirm" in element else ""
    only = " (shown to named people)" if "visible_to_user_ids" in element else ""
    return f"[{'*' if element.get('style') else ''}{element['text']['text']}{asks}{only}]"


def _entry(element: dict[str, Any]) -> str:
    options = [option["text"]["text"] for option in element.get("options", ())]
    value = element.get("initial_value", element.get("initial_date", ""))
    return " / ".join(options) if options else f"«{value}»"


def renew(folder: Path = FILES) -> None:
    """Write every file anew, and remove those that nothing is drawn for."""
    wanted = snapshots()
    for path in folder.rglob("*.txt"):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
