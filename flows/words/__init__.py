"""The sentences people read, kept in one TOML file per language; holds no sentence of its own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import cast

DEFAULT = Path(__file__).parent / "en.toml"


class WordsError(Exception):
    """A words file that cannot be used; the text names the file, the key and the mend."""


class Plain(str):
    """A value that already is mrkdwn (a mention, a date token) and must not be escaped."""

    __slots__ = ()


class Words:
    """Every sentence by its key, with `{names}` filled in.

    Lists are joined by `lines()`. Values are escaped for mrkdwn unless they are `Plain`.
    """

    def __init__(self, table: dict[str, str | tuple[str, ...]]) -> None:
        self._table = table

    @property
    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._table)

    def placeholders(self, key: str) -> frozenset[str]:
        """List the names that the text of `key` wants."""
        return frozenset(
            name for line in self.raw(key) for _, name, _, _ in Formatter().parse(line) if name is not None
        )

    def raw(self, key: str) -> tuple[str, ...]:
        """Give the lines of `key` before names are filled in."""
        found = self._table[key]
        return (found,) if isinstance(found, str) else found

    def has(self, key: str) -> bool:
        """Tell whether there is a text for `key`."""
        return key in self._table

    def say(self, key: str, names: dict[str, str] | None = None) -> Plain:
        """Give one text, ready to stand in another one; a list becomes its lines."""
        return Plain("\n".join(self.lines(key, names)))

    def lines(self, key: str, names: dict[str, str] | None = None) -> tuple[str, ...]:
        """Give the lines of one text."""
        values = {name: escape(value) for name, value in (names or {}).items()}
        return tuple(line.format_map(values) for line in self.raw(key))


def escape(value: str) -> str:
    """Escape what Slack would read as markup."""
    if isinstance(value, Plain):
        return value
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def load_words(path: Path | None = None) -> Words:
    """Read the built-in words and, over them, the vendor's own file.

    Raises WordsError for a file that cannot be read, an unknown key, or a name the built-in text does not have.
    """
    built_in = Words(_flatten(_read(DEFAULT)))
    if path is None:
        return built_in
    own = Words(_flatten(_read(path)))
    for key in sorted(own.keys):
        if not built_in.has(key):
            raise WordsError(f"{path}: there is no text called {key}; remove it or mend its name")
        try:
            unknown = own.placeholders(key) - built_in.placeholders(key)
        except ValueError as error:
            raise WordsError(f"{path}: {key} has a brace that does not close ({error}); mend that text") from None
        if unknown:
            raise WordsError(f"{path}: {key} may not use {{{min(unknown)}}}; remove that name")
    table: dict[str, str | tuple[str, ...]] = {key: built_in.raw(key) for key in built_in.keys}
    return Words(table | {key: own.raw(key) for key in own.keys})


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WordsError(f"{path}: cannot be read ({error.strerror}); name a readable file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(f"{path}: is not TOML ({error}); mend that line") from None


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str | tuple[str, ...]]:
    flat: dict[str, str | tuple[str, ...]] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            flat |= _flatten(cast("Mapping[str, object]", value), f"{key}.")
        elif isinstance(value, list):
            flat[key] = tuple(map(str, cast("list[object]", value)))
        else:
            flat[key] = str(value)
    return flat
