"""Owns how frozen `flows` values become stored JSON and come back; it knows no table and keeps nothing."""

from __future__ import annotations

from typing import Generic, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from flows.link.events import Effect
from flows.link.state import Link

T = TypeVar("T")


class StoredValueError(Exception):
    """Something stored is not what this release understands; names the places, never a value."""


class Document(Generic[T]):
    """Writes and reads one kind of value; what it writes it reads back equal."""

    def __init__(self, kind: type[T]) -> None:
        self._name = kind.__name__
        self._adapter = TypeAdapter(kind)

    def write(self, value: T) -> str:
        """Give the value as JSON text."""
        return self._adapter.dump_json(value).decode()

    def read(self, text: str) -> T:
        """Rebuild the value; raises StoredValueError for a wrong type or an unknown field."""
        try:
            return self._adapter.validate_json(text, strict=True, extra="forbid")
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            places = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in found[:5])
            # The original is not chained: its text quotes what is stored.
            raise StoredValueError(f"stored {self._name} cannot be read ({places})") from None


LINKS = Document(Link)
EFFECTS: dict[str, Document[Effect]] = {kind.__name__: Document(kind) for kind in get_args(Effect)}


def write_effect(effect: Effect) -> tuple[str, str]:
    """Give the kind of an effect and its JSON text."""
    kind = type(effect).__name__
    return kind, EFFECTS[kind].write(effect)


def read_effect(kind: str, text: str) -> Effect:
    """Rebuild an effect; raises StoredValueError, also for a kind this release does not have."""
    document = EFFECTS.get(kind)
    if document is None:
        raise StoredValueError("stored effect is of a kind this release does not have")
    return document.read(text)
