"""Owns how blocks are written as HTML for one reader, close to Slack; who presses what is the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.drawing.control_html import ControlWriter
from sandbox.slack.drawing.html import Html, broken, el, joined
from sandbox.slack.reading import Span, cell_text, emojized, lines, rich_spans, spans, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import World

_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "pre": "pre", "underline": "u"}


class BlockWriter:
    """Writes blocks for one reader: their zone, what they chose, the errors shown to them.

    `target` holds the attributes by which a page knows whose press it is and where; without it nothing can be used.
    """

    def __init__(
        self,
        world: World,
        zone: tzinfo | None = None,
        values: Json | None = None,
        errors: Mapping[str, str] | None = None,
        *,
        scope: str = "",
        target: Mapping[str, str] | None = None,
    ) -> None:
        self.world = world
        self.zone = zone
        self.errors = errors or {}
        self.controls = ControlWriter(world, values or {}, self.text, scope, target)

    def blocks(self, blocks: Iterable[Json]) -> Html:
        return joined(*(piece for block in blocks for piece in self._block(block)))

    def mrkdwn(self, text: str) -> Html:
        return written(spans(text, self.world, self.zone))

    def text(self, thing: Json) -> Html:
        return self.mrkdwn(thing["text"]) if thing["type"] == "mrkdwn" else broken(emojized(thing["text"]))

    def _block(self, block: Json) -> Iterator[Html]:
        match block["type"]:
            case "header":
                yield el("h3", self.text(block["text"]))
            case "divider":
                yield el("hr")
            case "section":
                yield self._section(block)
            case "actions":
                yield el("div", *self._controls(block["elements"], block), class_="row")
            case "context":
                parts = joined(*map(self._context, block["elements"]), between=" &nbsp; ")
                yield el("div", parts, class_="dim context")
            case "image":
                title = text_of(block.get("title"), self.world)
                yield el("figure", el("figcaption", title, class_="dim") if title else None, self._image(block))
            case "rich_text":
                yield from self._rich(block["elements"])
            case "table":
                yield self._table(block["rows"])
            case "alert":
                yield el("div", self.text(block["text"]), class_=f"alert {block.get('level', '')}")
            case "input":
                yield self._input(block)
            case _:
                for line in lines([block], self.world, self.zone):
                    yield el("div", line)

    def _section(self, block: Json) -> Html:
        cells = [el("div", self.text(field)) for field in block.get("fields", ())]
        inside = joined(
            el("div", self.text(block["text"])) if block.get("text") else None,
            el("div", *cells, class_="fields") if cells else None,
        )
        beside = block.get("accessory")
        if not beside:
            return el("div", inside)
        return el("div", el("div", inside), *self._controls([beside], block), class_="section")

    def _controls(self, elements: Iterable[Json], block: Json) -> Iterator[Html]:
        for element in elements:
            yield self._image(element) if element["type"] == "image" else self.controls.write(element, block)

    def _context(self, element: Json) -> Html:
        return self._image(element) if element["type"] == "image" else self.text(element)

    def _image(self, element: Json) -> Html:
        url, words = str(element.get("image_url", "")), element["alt_text"]
        if url.startswith("http://127.0.0.1:"):  # no request leaves this machine
            return el("img", src=url, alt=words, class_="picture", loading="lazy")
        return el("div", f"🖼 {words}", class_="picture")

    def _table(self, rows: list[list[Json]]) -> Html:
        def row(cells: list[Json], tag: str) -> Html:
            return el("tr", *(el(tag, cell_text(cell, self.world, self.zone)) for cell in cells))

        return el("table", row(rows[0], "th"), *(row(cells, "td") for cells in rows[1:]))

    def _input(self, block: Json) -> Html:
        element, error = block["element"], self.errors.get(block["block_id"])
        optional = el("span", " (optional)", class_="dim") if block.get("optional") else None
        label = joined(self.text(block["label"]), optional)
        hint = el("div", self.text(block["hint"]), class_="dim hint") if block.get("hint") else None
        complaint = el("div", f"⚠ {emojized(error)}", class_="error", role="alert") if error else None
        field = self.controls.field(element, block, label, is_bad=bool(error))
        return el("div", field, complaint, hint, class_="field")

    def _rich(self, parts: list[Json]) -> Iterator[Html]:
        for part in parts:
            if part["type"] == "rich_text_list":
                items = (el("li", written(rich_spans(item, self.world, self.zone))) for item in part["elements"])
                yield el("ol" if part["style"] == "ordered" else "ul", *items)
                continue
            pieces = rich_spans(part, self.world, self.zone)
            if part["type"] == "rich_text_preformatted":
                yield copyable("".join(piece.text for piece in pieces))
            else:
                yield el("div", written(pieces), class_="quote" if part["type"] == "rich_text_quote" else None)


def copyable(text: str) -> Html:
    """Write a block with a button that copies it."""
    button = el("button", "Copy", type="button", class_="copy", data_copy=text, aria_label=f"Copy {text[:60]}")
    return el("div", el("pre", text), button, class_="copyable")


def written(pieces: Iterable[Span]) -> Html:
    """Write styled spans."""
    out = []
    for span in pieces:
        if "pre" in span.styles:
            out.append(copyable(span.text))
            continue
        text = broken(span.text)
        for name in sorted(span.styles & _TAGS.keys()):
            text = el(_TAGS[name], text)
        if "mention" in span.styles:
            text = el("span", text, class_="mention")
        if span.href and span.href.startswith(("http://", "https://", "mailto:")):
            text = el("a", text, href=span.href, target="_blank", rel="noopener noreferrer")
        out.append(text)
    return joined(*out)
