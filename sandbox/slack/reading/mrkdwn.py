"""Owns the reading of Slack's text markup into styled spans; how spans look is for whoever draws them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from sandbox.slack.reading.emoji import EMOJI

if TYPE_CHECKING:
    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import World


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style (bold, italic, strike, code, pre, mention); `href` makes it a link."""

    text: str
    styles: frozenset[str] = frozenset()
    href: str | None = None


_PRE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_ANGLE = re.compile(r"<([^<>\n]+)>")
_CODE = re.compile(r"`([^`\n]+)`")
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_STYLED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
_SHORTCODE = re.compile(r":([a-z0-9_+\-]+):")

_DATES = {
    "date_num": "%Y-%m-%d",
    "date_slash": "%m/%d/%Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date": "%B %-d, %Y",
    "time_secs": "%H:%M:%S",
    "time": "%H:%M",
    "day_divider_pretty": "%A, %B %-d",
}
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def emojized(text: str) -> str:
    """Replace the common :shortcodes: by their characters."""
    return _SHORTCODE.sub(lambda m: EMOJI.get(m[1], m[0]), text)


def date_text(stamp: str, pattern: str, world: World, zone: tzinfo | None) -> str:
    """Format a `<!date^…>` token as Slack does for a reader in `zone` (UTC when unknown), with a capital first."""
    moment, now = (datetime.fromtimestamp(one, UTC).astimezone(zone or UTC) for one in (int(stamp), world.clock()))
    near = _NEAR.get((moment.date() - now.date()).days)

    def part(found: re.Match[str]) -> str:
        layout = _DATES.get(found[1]) or _DATES.get(found[1].removesuffix("_pretty"))
        if near and found[1].endswith("_pretty"):
            return near
        return moment.strftime(layout) if layout else found[0]

    written = re.sub(r"\{(\w+)\}", part, pattern)
    return (written[:1].upper() + written[1:]).removeprefix("\u200b")


def spans(text: str, world: World, zone: tzinfo | None = None) -> list[Span]:
    """Read mrkdwn."""
    out: list[Span] = []
    for number, piece in enumerate(_PRE.split(text)):
        if number % 2:
            inner = _ANGLE.sub(lambda m: _angle(m[1], world, zone, frozenset()).text, piece)
            out.append(Span(html.unescape(inner), frozenset({"pre"})))
        elif piece:
            out += _inline(piece, world, zone, frozenset())
    return out


def plain(text: str, world: World, zone: tzinfo | None = None) -> str:
    """Read mrkdwn as a person does: no marks, names for ids."""
    return "".join(span.text for span in spans(text, world, zone))


def rich_spans(element: Json, world: World, zone: tzinfo | None = None) -> list[Span]:
    """Read the inner elements of one rich_text part."""
    out = []
    for item in element.get("elements", []):
        styles = frozenset(name for name, on in item.get("style", {}).items() if on)
        match item["type"]:
            case "text":
                out.append(Span(item["text"], styles))
            case "link":
                out.append(Span(item.get("text") or item["url"], styles, item["url"]))
            case "emoji":
                out.append(Span(emojized(f":{item['name']}:"), styles))
            case "user":
                out.append(_angle(f"@{item['user_id']}", world, zone, styles))
            case "channel":
                out.append(_angle(f"#{item['channel_id']}", world, zone, styles))
            case "date":
                out.append(Span(date_text(str(item["timestamp"]), item["format"], world, zone), styles))
            case "broadcast":
                out.append(Span(f"@{item['range']}", styles | {"mention"}))
            case _:
                out.append(Span(str(item.get("text", "")), styles))
    return out


def _inline(text: str, world: World, zone: tzinfo | None, styles: frozenset[str]) -> list[Span]:
    """Read one stretch without code fences: the earliest mark first, its inside again."""
    out: list[Span] = []
    position = 0
    while position < len(text):
        found = [m for m in (p.search(text, position) for p in (_CODE, _ANGLE, _STYLED)) if m]
        if not found:
            break
        first = min(found, key=lambda m: m.start())
        if first.start() > position:
            out.append(_words(text[position : first.start()], styles))
        if first.re is _CODE:
            out.append(Span(html.unescape(first[1]), styles | {"code"}))
        elif first.re is _ANGLE:
            out.append(_angle(first[1], world, zone, styles))
        else:
            out += _inline(first[2], world, zone, styles | {_STYLES[first[1]]})
        position = first.end()
    if position < len(text):
        out.append(_words(text[position:], styles))
    return out


def _words(text: str, styles: frozenset[str]) -> Span:
    unquoted = re.sub(r"^(?:>|&gt;) ?", "▏ ", text, flags=re.MULTILINE)
    return Span(emojized(html.unescape(unquoted)), styles)


def _angle(inner: str, world: World, zone: tzinfo | None, styles: frozenset[str]) -> Span:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        user = world.users.get(target[1:])
        return Span(f"@{user.name if user else label or target[1:]}", styles | {"mention"})
    if target.startswith("#"):
        channel = world.channels.get(target[1:])
        return Span(f"#{channel.name if channel else label or target[1:]}", styles | {"mention"})
    if target.startswith("!date^"):
        _, stamp, pattern, *link = target.split("^")
        return Span(date_text(stamp, pattern, world, zone), styles, link[0] if link else None)
    if target.startswith("!"):
        return Span(f"@{label or target[1:]}", styles | {"mention"})
    return Span(html.unescape(label or target.removeprefix("mailto:")), styles, html.unescape(target))
