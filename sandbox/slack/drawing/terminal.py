"""Owns how a message or modal looks in a terminal. It only reads; what blocks say is the reading module's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

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
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from sandbox.slack.json_object import Json
    from sandbox.slack.people import Modal
    from sandbox.slack.workspace import World

_LOOK = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strike",
    "code": "red",
    "pre": "default",
    "mention": "bold blue",
    "underline": "underline",
}
_BUTTON = {"primary": "bold white on green", "danger": "bold white on red"}
_ALERT = {"error": "red", "warning": "yellow", "success": "green", "info": "blue"}


def draw(thing: Message | Modal, world: World, width: int = 88) -> RenderableType:
    """Draw a message or modal as a box of at most `width` columns."""
    return _message(thing, world, width) if isinstance(thing, Message) else _modal(thing, world, width)


def _message(message: Message, world: World, width: int) -> RenderableType:
    post = message.post
    zone = zone_of(message.reader.user if message.reader else None)
    painter = Painter(
        world, zone, fresh_values(post.blocks, post.chosen.get(message.reader.id if message.reader else ""))
    )
    shown = shown_to(post.blocks, message.reader.id if message.reader else "")
    body = painter.blocks(shown) if post.blocks else [painter.text(post.text)]
    author = world.users[post.user]
    moment = datetime.fromtimestamp(float(post.ts), UTC).astimezone(zone or UTC)
    channel = world.channels.get(post.channel)
    name = "direct message" if channel and channel.is_im else f"#{channel.name}" if channel else ""
    place = f"{name} / thread" if post.thread_ts else name
    title = Text.assemble((author.real_name, "bold"), *((" APP", "dim"),) * author.is_bot, (f"  {moment:%H:%M}", "dim"))
    foot = f"{place} · edited" if post.is_marked_edited else place
    if post.only_for:
        foot = f"{place} · only visible to {world.users[post.only_for].name}"
    border = "yellow" if post.only_for else "dim"
    panel = Panel(
        Group(*body),
        title=title,
        title_align="left",
        subtitle=Text(foot, "dim"),
        subtitle_align="right",
        box=box.ROUNDED,
        border_style=border,
        width=width - 4 if post.thread_ts else width,
    )
    return Padding(panel, (0, 0, 0, 4), expand=False) if post.thread_ts else panel


def _modal(modal: Modal, world: World, width: int) -> RenderableType:
    view, spec = modal.view, modal.view.spec
    painter = Painter(world, zone_of(modal.person.user), view.values, view.errors)
    body = painter.blocks(view.blocks)
    if spec["type"] == "modal":
        buttons = Text(justify="right")
        buttons.append(f"[ {text_of(spec.get('close'), world) or 'Cancel'} ]")
        if spec.get("submit"):
            buttons.append("  ").append(f"[ {text_of(spec['submit'], world)} ]", _BUTTON["primary"])
        body += [Text(), buttons]
    title = Text(modal.title or "Home", "bold")
    return Panel(
        Group(*body),
        title=title,
        title_align="left",
        subtitle=Text(f"{modal.person.name}'s screen", "dim"),
        subtitle_align="right",
        box=box.DOUBLE,
        width=min(width, 72) if spec["type"] == "modal" else width,
        padding=(0, 1),
    )


class Painter:
    """Draws blocks for one reader: their zone, what they chose, the errors shown to them."""

    def __init__(
        self,
        world: World,
        zone: tzinfo | None = None,
        values: Json | None = None,
        errors: dict[str, str] | None = None,
    ) -> None:
        self.world = world
        self.zone = zone
        self.values = values or {}
        self.errors = errors or {}

    def blocks(self, blocks: list[Json]) -> list[RenderableType]:
        out: list[RenderableType] = []
        for block in blocks:
            out += self._block(block)
        return out

    def text(self, mrkdwn: str) -> RenderableType:
        return self._flow(spans(mrkdwn, self.world, self.zone))

    def _block(self, block: Json) -> Iterator[RenderableType]:
        match block["type"]:
            case "header":
                yield Text(emojized(block["text"]["text"]), "bold underline")
            case "divider":
                yield Rule(style="dim")
            case "section":
                yield from self._section(block)
            case "actions":
                yield from self._actions(block["elements"], block)
            case "context":
                parts = [
                    Text(f"🖼 {e['alt_text']}") if e["type"] == "image" else self._text(e) for e in block["elements"]
                ]
                line = Text("  ").join(parts)
                line.stylize("dim")
                yield line
            case "image":
                yield Text(f"🖼 {text_of(block.get('title'), self.world) or block['alt_text']}", "italic cyan")
            case "rich_text":
                yield from self._rich(block["elements"])
            case "markdown":
                yield Markdown(block["text"])
            case "table":
                yield self._table(block["rows"])
            case "alert":
                yield Text.assemble("▌ ", self._text(block["text"]), style=_ALERT.get(block.get("level", ""), ""))
            case "input":
                yield from self._input(block)
            case _:
                yield Text("\n".join(line for line in lines([block], self.world, self.zone) if line))

    def _section(self, block: Json) -> Iterator[RenderableType]:
        if block.get("text"):
            plain = block["text"]["type"] == "plain_text"
            yield self._text(block["text"]) if plain else self.text(block["text"]["text"])
        if block.get("fields"):
            grid = Table.grid(padding=(0, 3), expand=True)
            grid.add_column(ratio=1)
            grid.add_column(ratio=1)
            cells = [self._text(field) for field in block["fields"]]
            for number in range(0, len(cells), 2):
                grid.add_row(*cells[number : number + 2])
            yield grid
        if block.get("accessory"):
            if block["accessory"]["type"] == "image":
                yield Text(f"🖼 {block['accessory']['alt_text']}", "italic cyan")
            else:
                yield from self._actions([block["accessory"]], block)

    def _actions(self, elements: list[Json], block: Json) -> Iterator[RenderableType]:
        row = Text()
        for element in elements:
            if element["type"] in {"checkboxes", "radio_buttons"}:
                if row:
                    yield row
                    row = Text()
                yield from self._ticks(element, block)
                continue
            if row:
                row.append("  ")
            if element["type"] == "button":
                label = emojized(element["text"]["text"])
                row.append(f"[ {label} ]", _BUTTON.get(element.get("style", ""), "bold"))
            elif element["type"] == "overflow":
                row.append("[ ··· ]", "bold")
            else:
                shown = self._value(element, block) or text_of(element.get("placeholder"), self.world) or "Choose"
                row.append(f"[ {shown} ▾ ]", "bold")
        if row:
            yield row

    def _ticks(self, element: Json, block: Json) -> Iterator[RenderableType]:
        state = self.values.get(block["block_id"], {}).get(element["action_id"], {})
        chosen = state.get(STATE_KEY[element["type"]]) or []
        picked = {option["value"] for option in (chosen if isinstance(chosen, list) else [chosen])}
        on, off = ("☑", "☐") if element["type"] == "checkboxes" else ("◉", "○")
        for option in options_of(element):
            line = Text(f"{on if option['value'] in picked else off} ").append_text(self._text(option["text"]))
            if option.get("description"):
                line.append("\n  ").append_text(self._text(option["description"], "dim"))
            yield line

    def _input(self, block: Json) -> Iterator[RenderableType]:
        label = Text(emojized(block["label"]["text"]), "bold")
        if block.get("optional"):
            label.append(" (optional)", "dim")
        yield label
        element = block["element"]
        error = self.errors.get(block["block_id"])
        if element["type"] in {"checkboxes", "radio_buttons"}:
            yield from self._ticks(element, block)
        else:
            value = self._value(element, block)
            shown = Text(str(value)) if value else Text(text_of(element.get("placeholder"), self.world), "dim")
            if "select" in element["type"] or "picker" in element["type"]:
                shown.append(" ▾", "dim")
            if element.get("multiline") and "\n" not in shown.plain:
                shown.append("\n")
            yield Panel(shown, box=box.SQUARE, border_style="red" if error else "dim")
        if error:
            yield Text(f"⚠ {emojized(error)}", "red")
        if block.get("hint"):
            yield Text(emojized(block["hint"]["text"]), "dim")

    def _value(self, element: Json, block: Json) -> str:
        state = self.values.get(block["block_id"], {}).get(element.get("action_id"))
        value = shown_value(state, self.world) if state else None
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

    def _rich(self, parts: list[Json]) -> Iterator[RenderableType]:
        for part in parts:
            match part["type"]:
                case "rich_text_preformatted":
                    yield _copyable("".join(s.text for s in rich_spans(part, self.world, self.zone)))
                case "rich_text_quote":
                    yield Text("▏ ", "dim").append_text(_joined(rich_spans(part, self.world, self.zone)))
                case "rich_text_list":
                    for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
                        mark = f"{number}." if part["style"] == "ordered" else "•"
                        indent = "  " * part.get("indent", 0)
                        line = _joined(rich_spans(item, self.world, self.zone))
                        yield Text(f"{indent} {mark} ").append_text(line)
                case _:
                    yield self._flow(rich_spans(part, self.world, self.zone))

    def _table(self, rows: list[list[Json]]) -> RenderableType:
        table = Table(box=box.SIMPLE_HEAD)
        for cell in rows[0]:
            table.add_column(cell_text(cell, self.world, self.zone))
        for row in rows[1:]:
            table.add_row(*(cell_text(cell, self.world, self.zone) for cell in row))
        return table

    def _text(self, thing: Json, style: str = "") -> Text:
        if thing["type"] == "plain_text":
            return Text(emojized(thing["text"]), style)
        joined = _joined(spans(thing["text"], self.world, self.zone))
        joined.stylize(style)
        return joined

    def _flow(self, pieces: Iterable[Span]) -> RenderableType:
        """Set code fences off as boxes to copy; the rest flows."""
        out: list[RenderableType] = []
        line: list[Span] = []
        for span in pieces:
            if "pre" in span.styles:
                out += [_joined(line, trim=True)] if any(s.text.strip() for s in line) else []
                out.append(_copyable(span.text))
                line = []
            else:
                line.append(span)
        if any(s.text.strip() for s in line) or not out:
            out.append(_joined(line, trim=bool(out)))
        return out[0] if len(out) == 1 else Group(*out)


def _copyable(text: str) -> RenderableType:
    return Panel(Text(text), box=box.SQUARE, border_style="dim", subtitle=Text("copy", "dim"), subtitle_align="right")


def _joined(pieces: Iterable[Span], *, trim: bool = False) -> Text:
    out = Text()
    for span in pieces:
        style = " ".join(_LOOK[name] for name in sorted(span.styles) if name in _LOOK)
        if span.href:
            style = f"{style} underline blue link {span.href}".strip()
        out.append(span.text, style)
    if trim:
        out = out[len(out.plain) - len(out.plain.lstrip("\n")) :]
        out.rstrip()
    return out


__all__ = ["Painter", "draw"]
