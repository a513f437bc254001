"""Owns the verdict on blocks and views, as Slack would give it. It changes nothing and posts nothing."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from slackblocks import Block
from slackblocks.errors import InvalidUsageError

from sandbox.slack.block_kit.blocks import BLOCKS, MOST_BLOCKS, SURFACES
from sandbox.slack.block_kit.elements import ELEMENTS
from sandbox.slack.block_kit.shapes import (
    Shape,
    anything,
    boolean,
    check,
    fault,
    listed,
    may,
    need,
    string,
    text,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.slack.json_object import Json

MODAL: Shape = {
    "title": need(text(24, plain=True)),
    "submit": may(text(24, plain=True)),
    "close": may(text(24, plain=True)),
    "blocks": need(anything),
    "private_metadata": may(string(3000, shortest=0)),
    "callback_id": may(string(255, shortest=0)),
    "external_id": may(string(255, shortest=0)),
    "clear_on_close": may(boolean),
    "notify_on_close": may(boolean),
    "submit_disabled": may(boolean),
}
OBJECT, MOST_OF_BLOCKS = 20, 13_200
"""What each object counts for besides its text, and all of them at most."""

HOME: Shape = {name: MODAL[name] for name in ("blocks", "private_metadata", "callback_id", "external_id")}


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """Yield the interactive elements of a block with their place inside it."""
    if isinstance(block.get("accessory"), dict):
        yield "accessory", block["accessory"]
    if isinstance(block.get("element"), dict):
        yield "element", block["element"]
    if block.get("type") == "actions":
        for number, element in enumerate(block.get("elements", [])):
            if isinstance(element, dict):
                yield f"elements/{number}", element


def faults_in_blocks(blocks: object, surface: str, pointer: str = "/blocks") -> list[str]:
    """List what Slack would refuse in these blocks on a `message`, `modal` or `home`."""
    out: list[str] = []
    listed(MOST_BLOCKS[surface], anything, least=0)(blocks, pointer, out)
    if not isinstance(blocks, list):
        return out
    texts = [json.dumps(block) for block in blocks]
    for number, written in enumerate(texts):
        out += _faults_of_shape(written, surface, f"{pointer}/{number}")
    if out:
        return out
    for number, block in enumerate(blocks):
        place = f"{pointer}/{number}"
        if second := _second_opinion(texts[number]):
            fault(out, place, second)
        if block["type"] == "section" and not block.get("text") and not block.get("fields"):
            fault(out, place, "must provide at least one of text or fields")
        for where, element in elements_of(block):
            _faults_of_choices(element, f"{place}/{where}", out)
        for image in _images(block):
            if bool(image.get("image_url")) == bool(image.get("slack_file")):
                fault(out, place, "must provide exactly one of image_url or slack_file")
    for kind, most in (("table", 1), ("plan", 1), ("data_visualization", 2)):
        if sum(block["type"] == kind for block in blocks) > most:
            fault(out, pointer, f"only {most} {kind} allowed")
    _faults_of_ids(blocks, pointer, out)
    return out


def faults_in_view(view: object) -> list[str]:
    """List what Slack would refuse in this view."""
    out: list[str] = []
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["failed to match all allowed schemas [json-pointer:/view]"]
    check(MODAL if view["type"] == "modal" else HOME, view, "/view", out)
    out += faults_in_blocks(view.get("blocks"), view["type"], "/view/blocks")
    blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if view["type"] == "modal" and has_input and not view.get("submit"):
        fault(out, "/view/submit", "missing required field: submit, a view with input blocks needs one")
    return out


def are_too_long(blocks: list[Json]) -> bool:
    """Return whether the blocks of one message hold too much in all; Slack tells no limit, but has been seen to."""
    waiting: list[Any] = list(blocks)
    size = 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            size += OBJECT + sum(len(value) for name, value in one.items() if name == "text" and isinstance(value, str))
            waiting += one.values()
    return size > MOST_OF_BLOCKS


def is_too_large(view: Json) -> bool:
    """Return whether a view is over 250 kB as JSON."""
    return len(json.dumps(view).encode()) > 250_000


def metadata_fault(metadata: object) -> str | None:
    """Return the error Slack has for this message metadata, if any."""
    if not isinstance(metadata, dict):
        return "invalid_metadata_format"
    if not metadata:
        return None
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"] or not isinstance(payload, dict):
        return "invalid_metadata_format"
    if metadata.keys() - {"event_type", "event_payload", "entities"}:
        return "invalid_metadata_schema"
    for value in payload.values():
        items = value if isinstance(value, list) else [value]
        if any(item is not None and not isinstance(item, str | int | float | bool | dict) for item in items):
            return "invalid_metadata_schema"
    return "metadata_too_large" if len(json.dumps(metadata).encode()) > 8_000 else None


def unreachable_images(blocks: list[Json], is_unreachable: Callable[[str], bool]) -> list[str]:
    """List the image blocks whose picture Slack cannot download; a section's accessory is forgiven."""
    out: list[str] = []
    for number, block in enumerate(blocks):
        for image in _images({**block, "accessory": None}):
            if image.get("image_url") and is_unreachable(image["image_url"]):
                fault(out, f"/blocks/{number}/image_url", "downloading image failed")
    return out


def _images(block: Json) -> Iterator[Json]:
    candidates: list[Any] = [block, block.get("accessory"), *(block.get("elements") or [])]
    yield from (item for item in candidates if isinstance(item, dict) and item.get("type") == "image")


# Most blocks come again and again.
@lru_cache(maxsize=4096)
def _faults_of_shape(block: str, surface: str, pointer: str) -> tuple[str, ...]:
    out: list[str] = []
    typed(BLOCKS, SURFACES[surface])(json.loads(block), pointer, out)
    return tuple(out)


@lru_cache(maxsize=1024)
def _second_opinion(block: str) -> str:
    """Return what another reader of Block Kit refuses."""
    try:
        Block.from_dict(json.loads(block))
    except InvalidUsageError as error:
        return str(error)
    except NotImplementedError:  # slackblocks parses no block with elements yet
        pass
    return ""


def _faults_of_choices(element: Json, pointer: str, out: list[str]) -> None:
    choices = [*(element.get("options") or [])]
    for group in element.get("option_groups") or []:
        choices += group["options"]
    if element["type"] in {"static_select", "multi_static_select"}:
        if bool(element.get("options")) == bool(element.get("option_groups")):
            fault(out, pointer, "must provide exactly one of options or option_groups")
        if any(choice["text"]["type"] != "plain_text" for choice in choices):
            fault(out, pointer, "option text must be plain_text")
    if element["type"] == "overflow" and any(choice["text"]["type"] != "plain_text" for choice in choices):
        fault(out, pointer, "option text must be plain_text")
    initial = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options") or []
    if "options" in ELEMENTS[element["type"]] and any(option not in choices for option in initial):
        fault(out, pointer, "initial option must match one of the options exactly")
    twice = [value for value, count in Counter(choice["value"] for choice in choices).items() if count > 1]
    if twice:
        fault(out, pointer, f"option values must be unique: {', '.join(twice)}")
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if element["type"] == "plain_text_input" and (low > high or len(element.get("initial_value") or "") > high):
        fault(out, pointer, "initial_value, min_length and max_length do not agree")


def _faults_of_ids(blocks: list[Json], pointer: str, out: list[str]) -> None:
    """Refuse a block_id twice, and an action_id twice within one block; across blocks Slack takes it."""
    for block_id, count in Counter(block["block_id"] for block in blocks if block.get("block_id")).items():
        if count > 1:
            fault(out, pointer, f"block_id {block_id!r} already exists")
    for number, block in enumerate(blocks):
        ids = Counter(element.get("action_id") for _, element in elements_of(block))
        for action_id, count in ids.items():
            if action_id and count > 1:
                fault(out, f"{pointer}/{number}", f"action_id {action_id!r} already exists in this block")
