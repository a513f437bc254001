"""Owns the small language in which Block Kit's shapes are written and checked; it names no block itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.slack.json_object import Json

Rule: TypeAlias = Callable[[object, str, list[str]], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a shape."""

    rule: Rule
    needed: bool = False


Shape: TypeAlias = dict[str, Field]


def fault(out: list[str], pointer: str, message: str) -> None:
    """Add one fault in Slack's wording, with the place as a JSON pointer."""
    out.append(f"{message} [json-pointer:{pointer}]")


def need(rule: Rule) -> Field:
    """Mark a property that must be there."""
    return Field(rule, needed=True)


def may(rule: Rule) -> Field:
    """Mark a property that may be left out."""
    return Field(rule)


def check(shape: Shape, value: Json, pointer: str, out: list[str]) -> None:
    """Check an object: nothing missing, nothing unknown, every property by its rule."""
    for name, entry in shape.items():
        if entry.needed and value.get(name) is None:
            fault(out, pointer, f"missing required field: {name}")
    for name, item in value.items():
        if name == "type":
            continue
        if name not in shape:
            fault(out, f"{pointer}/{name}", f"invalid additional property: {name}")
        elif item is not None:
            shape[name].rule(item, f"{pointer}/{name}", out)


def string(longest: int, shortest: int = 1) -> Rule:
    """Check a string's length."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, str):
            fault(out, pointer, "must be a string")
        elif len(value) > longest:
            fault(out, pointer, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            fault(out, pointer, f"must be more than {shortest - 1} characters")

    return rule


def matching(pattern: str, what: str) -> Rule:
    """Check a string against a pattern."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            fault(out, pointer, f"must be {what}")

    return rule


def one_of(*allowed: object) -> Rule:
    """Check for one of some values."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if value not in allowed:
            fault(out, pointer, f"must be one of {', '.join(map(str, allowed))}")

    return rule


def boolean(value: object, pointer: str, out: list[str]) -> None:
    """Check for true or false."""
    if not isinstance(value, bool):
        fault(out, pointer, "must be a boolean")


def integer(low: int, high: int) -> Rule:
    """Check for a whole number in a range."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            fault(out, pointer, f"must be a whole number from {low} to {high}")

    return rule


def anything(value: object, pointer: str, out: list[str]) -> None:
    """Accept what this Slack does not look into."""


def listed(most: int, item: Rule, least: int = 1) -> Rule:
    """Check a list and each item."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, list):
            fault(out, pointer, "must be an array")
            return
        if len(value) > most:
            fault(out, pointer, f"no more than {most} items allowed")
        if len(value) < least:
            fault(out, pointer, f"must have at least {least} item")
        for number, entry in enumerate(value):
            item(entry, f"{pointer}/{number}", out)

    return rule


def an_object(shape: Shape) -> Rule:
    """Check an object of a fixed shape."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, dict):
            fault(out, pointer, "must be an object")
        else:
            check(shape, value, pointer, out)

    return rule


def typed(shapes: dict[str, Shape], allowed: Collection[str] | None = None) -> Rule:
    """Check an object by the shape its `type` names, of the types allowed here."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, dict):
            fault(out, pointer, "must be an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in shapes or (allowed is not None and kind not in allowed):
            fault(out, f"{pointer}/type", f"unsupported type: {kind}")
        else:
            check(shapes[kind], value, pointer, out)

    return rule


def text(longest: int, *, plain: bool = False) -> Rule:
    """Check a text object; `plain` allows plain_text only."""

    def rule(value: object, pointer: str, out: list[str]) -> None:
        if not isinstance(value, dict):
            fault(out, pointer, "must be a text object")
            return
        kind = value.get("type")
        if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
            fault(out, f"{pointer}/type", f"unsupported type: {kind}")
            return
        string(longest)(value.get("text"), f"{pointer}/text", out)
        extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}[str(kind)]
        for name in value.keys() - {"type", "text", extra}:
            fault(out, f"{pointer}/{name}", f"invalid additional property: {name}")

    return rule
