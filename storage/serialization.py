"""Owns how frozen `flows` values become stored JSON and come back; it knows no table and keeps nothing.

Stored is `{"schema": 2, "value": {…}}`; what was stored before there were schemas is the bare value, of schema 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, get_args

from pydantic import JsonValue, TypeAdapter, ValidationError

from flows.link.effects import Effect
from flows.link.state import Link
from storage.migrations.upcasters import newest, upcast

T = TypeVar("T")


class StoredValueError(Exception):
    """Something stored is not what this release understands; names the places, never a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[T]):
    """A value as it lies in the database."""

    schema: int
    value: T


class Document(Generic[T]):
    """Writes and reads one kind of value; what it writes it reads back equal.

    `lasting` names parts of the value that are changed in place, where others are replaced as a whole.
    """

    def __init__(self, kind: type[T], *, lasting: frozenset[str] = frozenset()) -> None:
        self._name = kind.__name__
        self._schema = newest(self._name)
        self._kind = kind
        self._stored: TypeAdapter[Stored[T]] = TypeAdapter(Stored[kind])  # type: ignore[valid-type]
        self._lasting = lasting

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        # Wanted only where the document is of another release.
        return TypeAdapter(self._kind)

    def write(self, value: T, *, over: str | None = None) -> str:
        """Return the value as JSON text; what `over`, the text it was read from, holds beyond this release stays."""
        if over is None:
            return self._stored.dump_json(Stored(schema=self._schema, value=value)).decode()
        kept = self._kept(self._raw(over), self._plain(self.read(over)), self._plain(value))
        return json.dumps({"schema": self._schema, "value": kept}, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str) -> T:
        """Rebuild the value; raises StoredValueError for a wrong type, a missing field or a newer schema."""
        return self.read_with_rest(text)[0]

    def read_with_rest(self, text: str) -> tuple[T, str | None]:
        """Rebuild the value; the text comes with it where it holds fields that this release does not know."""
        try:
            stored = self._stored.validate_json(text, strict=True, extra="forbid")
        except ValidationError:
            stored = None
        if stored and stored.schema == self._schema:
            return stored.value, None
        value = self._read(json.dumps(self._raw(text)))
        return value, text if self._raw(text) != self._plain(value) else None

    def _read(self, text: str) -> T:
        try:
            return self._adapter.validate_json(text, strict=True, extra="ignore")
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            places = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in found[:5])
            # The original is not chained: its text quotes what is stored.
            raise StoredValueError(f"stored {self._name} cannot be read ({places})") from None

    def _plain(self, value: T) -> Any:  # noqa: ANN401  JSON
        return json.loads(self._adapter.dump_json(value))

    def _raw(self, text: str) -> dict[str, Any]:
        """Read the value as plain JSON, in the schema of this release."""
        try:
            document: JsonValue = json.loads(text)
        except ValueError:
            raise StoredValueError(f"stored {self._name} is no JSON") from None
        if not isinstance(document, dict):
            raise StoredValueError(f"stored {self._name} is no object")
        schema: JsonValue = 1
        value: JsonValue = document
        if document.keys() == {"schema", "value"}:
            schema, value = document["schema"], document["value"]
        if not isinstance(schema, int) or not isinstance(value, dict) or not 1 <= schema <= self._schema:
            raise StoredValueError(f"stored {self._name} is of a schema that this release does not have")
        return upcast(self._name, schema, value)

    def _kept(self, raw: dict[str, Any], known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """Put a changed value in the place of `known`; what did not change stays as it was stored."""
        kept = {name: value for name, value in raw.items() if name not in known}
        for name, value in new.items():
            if name in raw and known[name] == value:
                kept[name] = raw[name]
            elif name in raw and name in self._lasting:
                kept[name] = self._kept(raw[name], known[name], value)
            else:
                kept[name] = value
        return kept


LINKS = Document(Link, lasting=frozenset({"setup"}))
EFFECTS: dict[str, Document[Effect]] = {kind.__name__: Document(kind) for kind in get_args(Effect)}


def write_effect(effect: Effect) -> tuple[str, str]:
    """Return the kind of an effect and its JSON text."""
    kind = type(effect).__name__
    return kind, EFFECTS[kind].write(effect)


def read_effect(kind: str, text: str) -> Effect:
    """Rebuild an effect; raises StoredValueError, also for a kind this release does not have."""
    document = EFFECTS.get(kind)
    if document is None:
        raise StoredValueError("stored effect is of a kind this release does not have")
    return document.read(text)
