"""Owns a static HTML page of messages and modals that looks close to Slack, for the docs; no scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.slack.block_kit import STATE_KEY, fresh_values
from sandbox.slack.people import Message
from sandbox.slack.reading import (
    Span,
    cell_text,
    emojized,
    lines,
    options_of,
    rich_spans,
    shown_to,
    shown_value,
    spans,
    text_of,
    zone_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from sandbox.slack.json_object import Json
    from sandbox.slack.people import Modal
    from sandbox.slack.workspace import World

_STYLE = Path(__file__).with_name("web_page.css").read_text(encoding="utf-8")
_FACES = ("#4a154b", "#1264a3", "#2eb67d", "#e01e5a", "#ecb22e")
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "pre": "pre", "underline": "u"}


def page(things: Sequence[Message | Modal], world: World, title: str = "Link Workday") -> str:
    """Return one complete HTML page with these messages and modals, in order."""
    body = "\n".join(_message(t, world) if isinstance(t, Message) else _modal(t, world) for t in things)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def _message(message: Message, world: World) -> str:
    post = message.post
    reader = message.reader.user if message.reader else None
    zone = zone_of(reader)
    chosen = post.chosen.get(reader.id if reader else "")
    writer = _Writer(world, zone, fresh_values(post.blocks, chosen), {})
    shown = shown_to(post.blocks, reader.id if reader else "")
    inside = writer.blocks(shown) if post.blocks else f"<p>{writer.mrkdwn(post.text)}</p>"
    author = world.users[post.user]
    moment = datetime.fromtimestamp(float(post.ts), UTC).astimezone(zone or UTC)
    kind = "message" + " reply" * bool(post.thread_ts) + " whisper" * bool(post.only_for)
    only = '<div class="dim">Only visible to you</div>' if post.only_for else ""
    colour = _FACES[sum(map(ord, author.id)) % len(_FACES)]
    badge = '<span class="app">APP</span>' if author.is_bot else ""
    edited = ' <span class="dim">(edited)</span>' if post.is_marked_edited else ""
    return (
        f'<div class="{kind}"><div class="face" style="background:{colour}">{author.real_name[0]}</div>'
        f'<div class="body">{only}<div><span class="who">{escape(author.real_name)}</span>{badge} '
        f'<span class="when">{moment:%H:%M}</span></div>{inside}{edited}</div></div>'
    )


def _modal(modal: Modal, world: World) -> str:
    spec = modal.view.spec
    inside = _Writer(world, zone_of(modal.person.user), modal.view.values, modal.view.errors).blocks(modal.blocks)
    close = escape(text_of(spec.get("close"), world) or "Cancel")
    submit = escape(text_of(spec.get("submit"), world))
    send = f'<span class="button primary">{submit}</span>' if submit else ""
    foot = f'<footer><span class="button">{close}</span>{send}</footer>' if spec["type"] == "modal" else ""
    head = escape(modal.title or "Home")
    return f'<div class="modal"><header>{head}</header><div class="inside">{inside}</div>{foot}</div>'


class _Writer:
    """Writes blocks as HTML for one reader."""

    def __init__(self, world: World, zone: tzinfo | None, values: Json, errors: dict[str, str]) -> None:
        self.world = world
        self.zone = zone
        self.values = values
        self.errors = errors

    def blocks(self, blocks: list[Json]) -> str:
        return "\n".join(piece for block in blocks for piece in self._block(block))

    def mrkdwn(self, text: str) -> str:
        return _html(spans(text, self.world, self.zone))

    def _text(self, thing: Json) -> str:
        if thing["type"] == "mrkdwn":
            return self.mrkdwn(thing["text"])
        return escape(emojized(thing["text"])).replace("\n", "<br>")

    def _block(self, block: Json) -> Iterator[str]:
        match block["type"]:
            case "header":
                yield f"<h3>{self._text(block['text'])}</h3>"
            case "divider":
                yield "<hr>"
            case "section":
                if block.get("text"):
                    yield f"<div>{self._text(block['text'])}</div>"
                if block.get("fields"):
                    cells = "".join(f"<div>{self._text(field)}</div>" for field in block["fields"])
                    yield f'<div class="fields">{cells}</div>'
                if block.get("accessory"):
                    yield self._row([block["accessory"]], block)
            case "actions":
                yield self._row(block["elements"], block)
            case "context":
                parts = (escape(e["alt_text"]) if e["type"] == "image" else self._text(e) for e in block["elements"])
                yield f'<div class="dim">{" &nbsp; ".join(parts)}</div>'
            case "image":
                yield f'<div class="picture">🖼 {escape(block["alt_text"])}</div>'
            case "rich_text":
                yield from self._rich(block["elements"])
            case "table":
                rows = (
                    "".join(f"<td>{escape(cell_text(c, self.world, self.zone))}</td>" for c in row)
                    for row in block["rows"]
                )
                yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
            case "alert":
                yield f'<div class="alert {block.get("level", "")}">{self._text(block["text"])}</div>'
            case "input":
                yield self._input(block)
            case _:
                for line in lines([block], self.world, self.zone):
                    yield f"<div>{escape(line)}</div>"

    def _row(self, elements: list[Json], block: Json) -> str:
        out = []
        for element in elements:
            if element["type"] == "image":
                out.append(f'<span class="picture">🖼 {escape(element["alt_text"])}</span>')
            elif element["type"] in {"checkboxes", "radio_buttons"}:
                out.append(self._ticks(element, block))
            elif element["type"] == "button":
                style = element.get("style", "")
                out.append(f'<span class="button {style}">{self._text(element["text"])}</span>')
            elif element["type"] == "overflow":
                out.append('<span class="button">···</span>')
            else:
                shown = self._value(element, block) or text_of(element.get("placeholder"), self.world)
                out.append(f'<span class="button select">{escape(shown)}</span>')
        return f'<div class="row">{"".join(out)}</div>'

    def _ticks(self, element: Json, block: Json) -> str:
        state = self.values.get(block["block_id"], {}).get(element["action_id"], {})
        chosen = state.get(STATE_KEY[element["type"]]) or []
        picked = {option["value"] for option in (chosen if isinstance(chosen, list) else [chosen])}
        kind = "checkbox" if element["type"] == "checkboxes" else "radio"
        rows = []
        for option in options_of(element):
            mark = " checked" if option["value"] in picked else ""
            more = f'<div class="dim">{self._text(option["description"])}</div>' if option.get("description") else ""
            rows.append(f'<div><input type="{kind}"{mark} disabled> {self._text(option["text"])}{more}</div>')
        return f"<div>{''.join(rows)}</div>"

    def _input(self, block: Json) -> str:
        element, error = block["element"], self.errors.get(block["block_id"])
        optional = ' <span class="dim">(optional)</span>' if block.get("optional") else ""
        if element["type"] in {"checkboxes", "radio_buttons"}:
            control = self._ticks(element, block)
        else:
            value = self._value(element, block)
            empty = f'<span class="dim">{escape(text_of(element.get("placeholder"), self.world))}</span>'
            kind = "input" + " select" * ("select" in element["type"]) + " tall" * bool(element.get("multiline"))
            control = f'<div class="{kind}{" bad" * bool(error)}">{escape(value) if value else empty}</div>'
        complaint = f'<div class="error">⚠ {escape(emojized(error))}</div>' if error else ""
        hint = f'<div class="dim">{self._text(block["hint"])}</div>' if block.get("hint") else ""
        return f"<div><label>{self._text(block['label'])}{optional}</label>{control}{complaint}{hint}</div>"

    def _value(self, element: Json, block: Json) -> str:
        state = self.values.get(block["block_id"], {}).get(element.get("action_id"))
        value = shown_value(state, self.world) if state else None
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

    def _rich(self, parts: list[Json]) -> Iterator[str]:
        for part in parts:
            if part["type"] == "rich_text_list":
                tag = "ol" if part["style"] == "ordered" else "ul"
                items = (f"<li>{_html(rich_spans(i, self.world, self.zone))}</li>" for i in part["elements"])
                yield f"<{tag}>{''.join(items)}</{tag}>"
                continue
            inside = _html(rich_spans(part, self.world, self.zone))
            if part["type"] == "rich_text_preformatted":
                yield f"<pre>{inside.replace('<br>', chr(10))}</pre>"
            elif part["type"] == "rich_text_quote":
                yield f'<div class="quote">{inside}</div>'
            else:
                yield f"<div>{inside}</div>"


def _html(pieces: Iterable[Span]) -> str:
    out = []
    for span in pieces:
        text = escape(span.text)
        if "pre" not in span.styles:
            text = text.replace("\n", "<br>")
        for name in sorted(span.styles & _TAGS.keys()):
            text = f"<{_TAGS[name]}>{text}</{_TAGS[name]}>"
        if "mention" in span.styles:
            text = f'<span class="mention">{text}</span>'
        if span.href and span.href.startswith(("http://", "https://", "mailto:")):
            text = f'<a href="{escape(span.href)}">{text}</a>'
        out.append(text)
    return "".join(out)
