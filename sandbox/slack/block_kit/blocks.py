"""Owns Block Kit's table of blocks: their properties, limits and surfaces. It checks nothing itself."""

from __future__ import annotations

from sandbox.slack.block_kit.elements import ELEMENTS, FLAG, ID, IN_ACTIONS, IN_SECTION, INPUTS, URL
from sandbox.slack.block_kit.shapes import (
    Shape,
    an_object,
    anything,
    integer,
    listed,
    may,
    need,
    one_of,
    string,
    text,
    typed,
)

_text_style = may(
    an_object({"bold": FLAG, "italic": FLAG, "strike": FLAG, "code": FLAG, "underline": FLAG, "unlink": FLAG})
)
RICH_SPANS: dict[str, Shape] = {
    "text": {"text": need(string(3000)), "style": _text_style},
    "link": {"url": need(string(3000)), "text": may(string(3000)), "style": _text_style, "unsafe": FLAG},
    "emoji": {"name": need(string(255)), "unicode": may(string(255)), "style": _text_style},
    "user": {"user_id": need(string(255)), "style": _text_style},
    "channel": {"channel_id": need(string(255)), "style": _text_style},
    "usergroup": {"usergroup_id": need(string(255)), "style": _text_style},
    "date": {
        "timestamp": need(integer(0, 9_999_999_999)),
        "format": need(string(255)),
        "url": URL,
        "fallback": may(string(3000)),
        "style": _text_style,
    },
    "broadcast": {"range": need(one_of("here", "channel", "everyone")), "style": _text_style},
}
_spans = need(listed(1000, typed(RICH_SPANS), least=0))
_border = may(integer(0, 1))
_rich_section: Shape = {"elements": _spans}
RICH_PARTS: dict[str, Shape] = {
    "rich_text_section": _rich_section,
    "rich_text_preformatted": {"elements": _spans, "border": _border, "language": may(string(100))},
    "rich_text_quote": {"elements": _spans, "border": _border},
    "rich_text_list": {
        "elements": need(listed(1000, typed({"rich_text_section": _rich_section}))),
        "style": need(one_of("bullet", "ordered")),
        "indent": may(integer(0, 8)),
        "offset": may(integer(0, 100_000)),
        "border": _border,
    },
}
RICH_TEXT: Shape = {"block_id": ID, "elements": need(listed(1000, typed(RICH_PARTS)))}

_cell = typed({"raw_text": {"text": need(string(10_000))}, "rich_text": RICH_TEXT})
_loose: Shape = dict.fromkeys(
    (
        "block_id",
        "plan_id",
        "task_id",
        "title",
        "subtitle",
        "body",
        "text",
        "status",
        "details",
        "output",
        "sources",
        "tasks",
        "actions",
        "elements",
        "hero_image",
        "icon",
        "slack_icon",
        "subtext",
        "child_blocks",
        "width",
        "is_collapsible",
        "default_collapsed",
        "rows",
        "columns",
        "caption",
        "page_size",
        "row_header_column_index",
        "column_settings",
        "chart",
        "video_url",
        "thumbnail_url",
        "alt_text",
        "author_name",
        "provider_name",
        "provider_icon_url",
        "title_url",
        "description",
        "external_id",
        "source",
    ),
    may(anything),
)
"""The newer blocks are taken as they come, but for unknown properties."""

BLOCKS: dict[str, Shape] = {
    "section": {
        "block_id": ID,
        "text": may(text(3000)),
        "fields": may(listed(10, text(2000))),
        "accessory": may(typed(ELEMENTS, IN_SECTION)),
        "expand": FLAG,
    },
    "actions": {"block_id": ID, "elements": need(listed(25, typed(ELEMENTS, IN_ACTIONS)))},
    "context": {
        "block_id": ID,
        "elements": need(
            listed(
                10,
                lambda value, pointer, out: (
                    typed(ELEMENTS, {"image"})
                    if isinstance(value, dict) and value.get("type") == "image"
                    else text(3000)
                )(value, pointer, out),
            )
        ),
    },
    "divider": {"block_id": ID},
    "header": {"block_id": ID, "text": need(text(150, plain=True)), "level": may(integer(1, 4))},
    "image": {
        "block_id": ID,
        "image_url": URL,
        "slack_file": may(anything),
        "alt_text": need(string(2000)),
        "title": may(text(2000, plain=True)),
    },
    "input": {
        "block_id": ID,
        "label": need(text(2000, plain=True)),
        "element": need(typed(ELEMENTS, INPUTS)),
        "hint": may(text(2000, plain=True)),
        "optional": FLAG,
        "dispatch_action": FLAG,
    },
    "rich_text": RICH_TEXT,
    "markdown": {"block_id": ID, "text": need(string(12_000))},
    "table": {
        "block_id": ID,
        "rows": need(listed(100, listed(20, _cell))),
        "column_settings": may(
            listed(20, an_object({"align": may(one_of("left", "center", "right")), "is_wrapped": FLAG}), least=0)
        ),
    },
    "alert": {
        "block_id": ID,
        "text": need(text(200)),
        "level": may(one_of("default", "info", "warning", "error", "success")),
    },
    **dict.fromkeys(
        (
            "plan",
            "task_card",
            "card",
            "carousel",
            "container",
            "data_table",
            "data_visualization",
            "video",
            "file",
        ),
        _loose,
    ),
}

SURFACES: dict[str, set[str]] = {
    "message": BLOCKS.keys() - {"alert", "input"},
    "modal": BLOCKS.keys()
    - {
        "markdown",
        "table",
        "plan",
        "task_card",
        "carousel",
        "container",
        "data_table",
        "data_visualization",
        "file",
    },
    "home": BLOCKS.keys() - {"alert", "markdown", "plan", "task_card", "container", "data_visualization", "file"},
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
