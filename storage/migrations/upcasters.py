"""Turns documents of an earlier schema into those of this release, one step at a time; reads and writes no table.

A step works on plain dictionaries, so that it goes on doing what it did when the classes of today have changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

SETUP_OF_2: Final = (
    *("profile", "absence", "environment", "endpoint", "account", "expiry", "expiry_at", "ticked", "policy_needed"),
    *("api", "matrix", "empty_is_right", "burnt", "burnt_client"),
)
ATTEMPT_OF_2: Final = ("checking", "tried", "offer", "trouble", "hitch", "likely", "before", "help", "recheck")


def _set_up_and_attempt(old: dict[str, Any]) -> dict[str, Any]:
    """Give the set-up and the present attempt values of their own; what was `kept` is `previous`."""
    moved = {*SETUP_OF_2, *ATTEMPT_OF_2, "kept"}
    return {
        **{name: value for name, value in old.items() if name not in moved},
        "setup": {name: old[name] for name in SETUP_OF_2 if name in old},
        "previous": old.get("kept"),
        "attempt": {name: old[name] for name in ATTEMPT_OF_2 if name in old},
    }


def _outcome(old: dict[str, Any]) -> dict[str, Any]:
    """Say of a reminder that is over that nobody knows what became of it."""
    nudge: JsonValue = old.get("nudge")
    if not isinstance(nudge, dict):
        return old
    kept = {name: value for name, value in nudge.items() if name != "over"}
    return {**old, "nudge": {**kept, "outcome": "unknown" if nudge.get("over") else None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcaster:
    """One step: documents of `kind` in the schema `since` come out in the one after it."""

    kind: str
    since: int
    change: Callable[[dict[str, Any]], dict[str, Any]]


UPCASTERS: Final = (
    Upcaster(kind="Link", since=1, change=_set_up_and_attempt),
    Upcaster(kind="Link", since=2, change=_outcome),
)
"""Every step there ever was, each kind's in order."""


def newest(kind: str) -> int:
    """Tell the schema that this release writes for a kind of document."""
    return 1 + sum(row.kind == kind for row in UPCASTERS)


def upcast(kind: str, schema: int, document: dict[str, Any]) -> dict[str, Any]:
    """Bring a document up to the schema of this release."""
    for row in UPCASTERS:
        if row.kind == kind and row.since >= schema:
            document = row.change(document)
    return document
