"""Owns `state.values`: what stands in inputs, at first and after a redraw. It checks and draws nothing."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sandbox.slack.block_kit.elements import STATEFUL
from sandbox.slack.block_kit.validation import elements_of
from sandbox.slack.json_object import Json, copied

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
"""Under which key an element's value stands in `state.values` and in actions."""

_INITIAL = {key: key.replace("selected_", "initial_") for key in STATE_KEY.values()} | {
    "value": "initial_value",
    "rich_text_value": "initial_value",
}


def with_ids(blocks: list[Json]) -> list[Json]:
    """Copy blocks, giving every block and element without an id one, as Slack does."""
    given = copied(blocks)
    for block in given:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for _, element in elements_of(block):
            if element.get("type") != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return given


def stateful(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield (block, element) for every element that holds a value."""
    for block in blocks:
        for _, element in elements_of(block):
            if element["type"] in STATEFUL:
                yield block, element


def entry(element: Json, value: object) -> Json:
    """Write one `state.values` entry."""
    return {"type": element["type"], STATE_KEY[element["type"]]: value}


def fresh_values(blocks: list[Json], old: Json | None = None) -> Json:
    """Return the state of newly drawn blocks: initial values, or what stood under the same ids."""
    values: Json = {}
    for block, element in stateful(blocks):
        key = STATE_KEY[element["type"]]
        value: Any = element.get(_INITIAL[key], [] if key.endswith("s") else None)
        before = (old or {}).get(block["block_id"], {}).get(element["action_id"])
        if before is not None and before["type"] == element["type"]:
            value = before[key]
        values.setdefault(block["block_id"], {})[element["action_id"]] = entry(element, value)
    return values
