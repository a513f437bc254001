"""Slack's blocks as HTML that looks close to Slack: no script, nothing fetched; only the blocks that we send."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Final

from bot.preview.examples import CHANNELS, PEOPLE
from bot.slack.block_kit import Block

_TOKEN: Final = re.compile(r"<([^<>]+)>")
_CODE: Final = re.compile(r"`([^`\n]+)`")
_STYLES: Final = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)
_KEPT: Final = re.compile("\x00(\\d+)\x00")


def mrkdwn(text: str) -> str:
    """Write Slack's markup as HTML; what Slack escapes is escaped there already."""
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\x00{len(kept) - 1}\x00"

    text = _CODE.sub(lambda found: keep(f"<code>{found[1]}</code>"), text)
    text = _TOKEN.sub(lambda found: keep(_token(found[1])), text)
    for pattern, html in _STYLES:
        text = pattern.sub(html, text)
    lines = [f'<span class="item">{line[2:]}</span>' if line.startswith("• ") else line for line in text.split("\n")]
    text = "<br>".join(lines).replace("</span><br>", "</span>")
    while _KEPT.search(text):
        text = _KEPT.sub(lambda found: kept[int(found[1])], text)
    return text


def _token(inside: str) -> str:
    address, _, shown = inside.partition("|")
    match address[0]:
        case "@":
            return f'<span class="at">@{escape(PEOPLE.get(address[1:], address[1:]))}</span>'
        case "#":
            return f'<span class="at">#{escape(CHANNELS.get(address[1:], address[1:]))}</span>'
        case "!":
            return shown or escape(address)
        case _:
            return f'<a href="{escape(address)}" rel="noreferrer">{shown or escape(address)}</a>'


def shown(blocks: Iterable[Block]) -> str:
    """Draw blocks one below the other."""
    return "\n".join(_DRAW[block["type"]](block) for block in blocks)


def _text(text: Mapping[str, str]) -> str:
    return mrkdwn(text["text"]) if text["type"] == "mrkdwn" else escape(text["text"]).replace("\n", "<br>")


def _header(block: Block) -> str:
    return f"<h4>{_text(block['text'])}</h4>"


def _section(block: Block) -> str:
    beside = f"<div>{_element(block['accessory'])}</div>" if "accessory" in block else ""
    return f'<div class="section"><div>{_text(block["text"])}</div>{beside}</div>'


def _context(block: Block) -> str:
    return f'<div class="small">{" ".join(_text(one) for one in block["elements"])}</div>'


def _actions(block: Block) -> str:
    return f'<div class="row">{"".join(_element(one) for one in block["elements"])}</div>'


def _image(block: Block) -> str:
    alt, name = escape(block["alt_text"]), escape(block["image_url"].rpartition("/")[2].removesuffix(".png"))
    picture = f'<span role="img" class="picture {name}" aria-label="{alt}"></span>'
    return f"<figure>{picture}<figcaption>{alt}</figcaption></figure>"


def _rich(block: Block) -> str:
    texts = (part["text"] for element in block["elements"] for part in element["elements"])
    return f"<pre>{escape(''.join(texts))}</pre>"


def _input(block: Block) -> str:
    optional = ' <span class="small">(optional)</span>' if block.get("optional") else ""
    hint = f'<div class="small">{_text(block["hint"])}</div>' if "hint" in block else ""
    return f'<div class="field"><b>{_text(block["label"])}{optional}</b>{_entry(block["element"])}{hint}</div>'


def _entry(element: Block) -> str:
    match element["type"]:
        case "checkboxes":
            boxes = (f'<div><span class="box"></span>{_text(one["text"])}</div>' for one in element["options"])
            return "".join(boxes)
        case "static_select":
            others = "".join(f"<li>{_text(one['text'])}</li>" for one in element["options"])
            chosen = _text(element["initial_option"]["text"])
            return f'<div class="entry menu">{chosen}</div><ul class="others">{others}</ul>'
        case "users_select" | "conversations_select":
            return '<div class="entry menu"></div>'
        case _:
            value = element.get("initial_value", element.get("initial_date", ""))
            tall = " tall" if element.get("multiline") else ""
            return f'<div class="entry{tall}">{escape(str(value))}</div>'


def _element(element: Block) -> str:
    if element["type"] == "overflow":
        options = "".join(f"<li>{_text(one['text'])}</li>" for one in element["options"])
        return f'<span class="more"><span class="button">⋯</span><ul class="others">{options}</ul></span>'
    style = f" {element['style']}" if "style" in element else ""
    only = ", ".join(PEOPLE.get(one, one) for one in element.get("visible_to_user_ids", ()))
    seen = f' title="Shown to {escape(only)} alone"' if only else ""
    asks = ""
    if confirm := element.get("confirm"):
        asks = f'<span class="asks"><b>{_text(confirm["title"])}</b> {_text(confirm["text"])} '
        asks += f"[{_text(confirm['confirm'])}] [{_text(confirm['deny'])}]</span>"
    return f'<span class="button{style}{" only" if only else ""}"{seen}>{_text(element["text"])}</span>{asks}'


_DRAW: Final[Mapping[str, Callable[[Block], str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "rich_text": _rich,
    "input": _input,
}
