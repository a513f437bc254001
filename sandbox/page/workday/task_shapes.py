"""Owns the shapes of a task in Workday's search: its pages, their fields, and how a page says no; it runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sandbox.page.ground.playground import Playground

Values: TypeAlias = Mapping[str, list[str]]
"""What stands in the fields of all pages so far, by label."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field by its label in Workday; `kind` is text, secret, area, box, choice, several, copy, note or table."""

    label: str
    kind: str = "text"
    value: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    hint: str = ""


class RefusedError(Exception):
    """Workday does not take a page: what is wrong, and at which field."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a task: its fields, and what its OK does; the text that this gives is shown as its end."""

    fields: Callable[[Playground, Values], list[Field]]
    ok: Callable[[Playground, Values], str | None] | None = None
    button: str = "OK"


@dataclass(frozen=True, slots=True)
class Task:
    """One task as the search box finds it; `right` gives what the card asks to enter on its pages."""

    name: str
    pages: tuple[Page, ...]
    about: str = ""
    right: Callable[[Playground], dict[str, list[str]]] = lambda _ground: {}


def one(values: Values, label: str) -> str:
    """Return the only value of a field, empty when there is none."""
    return (values.get(label) or [""])[0].strip()


def ticked(values: Values, label: str) -> bool:
    return bool(values.get(label))


def needed(values: Values, *labels: str) -> None:
    """Refuse a page on which one of these fields is empty."""
    for label in labels:
        if not one(values, label):
            raise RefusedError(label, f"The field {label} is required and must have a value.")
