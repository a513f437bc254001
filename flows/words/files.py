"""Reads the words of a language from its one file, and a vendor's changes over them; says nothing to anybody.

A file that begins with `locale` is a language of its own and has every text. One without it only changes some. A text
that depends on a number is a table of CLDR's plural categories; `by` names the number, `count` unless it says another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

from babel import Locale, UnknownLocaleError

from flows.small_files import read_text
from flows.words.dress import Dress, dressed
from flows.words.words import Entry, Plural, Words

FOLDER = Path(__file__).parent
DEFAULT = FOLDER / "en.toml"
PLAIN_DRESS = Dress()
_FREE = ("permission.", "profile.")
"""Texts that a language may have beyond those of the default: what its vendor's own rows say."""


class WordsError(Exception):
    """A words file that cannot be used; the text names the file, the key and the mend."""


def load_words(
    own: Path | None = None,
    language: str = "en",
    folder: Path = FOLDER,
    *,
    dress: Dress = PLAIN_DRESS,
    own_rows: bool = False,
    borrows: bool = False,
) -> Words:
    """Read the words of a language from its file in `folder` and, over them, the vendor's own file.

    What `dress` changes lies between the two, but over an own file that is a whole language. With `own_rows`, where
    the vendor has permissions of its own, nothing is said of the built-in ones. What a language lacks is borrowed from
    English if it `borrows`, and named by `Words.lacking`.

    Raises WordsError for a file that cannot be read, an unknown key, a name the built-in text does not have, a plural
    form too many or too few, or a language that lacks a text and borrows none.
    """
    built_in = folder / f"{language}.toml"
    words = _built_in(built_in, borrows) if built_in != DEFAULT and built_in.exists() else _first(DEFAULT)
    if own_rows:
        kept = {key: words.entry(key) for key in words.keys if not key.startswith(_FREE)}
        words = Words(kept, words.locale, words.lacking)
    changes = dress.changes.get(language)
    layers = [(dress.source, changes)] if changes else []
    if own:
        table = _read(own)
        layers.insert(0 if "locale" in table else len(layers), (str(own), table))
    for source, table in layers:
        words = _over(words, source, table, borrows=borrows)
    if Locale.parse(words.locale).language != language.partition("_")[0]:
        raise WordsError(f"there are no words in the language {language!r}; add {built_in.name} with its `locale`")
    is_built_in = not layers and not own_rows
    return _plainly(words) if is_built_in and dress == PLAIN_DRESS else dressed(words, dress)


@cache
def _plainly(words: Words) -> Words:
    return dressed(words, PLAIN_DRESS)


@cache
def _first(path: Path) -> Words:
    table = _flatten(_read(path))
    return Words(table, str(table.pop("locale")))


@cache
def _built_in(path: Path, borrows: bool) -> Words:  # noqa: FBT001  a part of what it is remembered by
    return _over(_first(DEFAULT), str(path), _read(path), borrows=borrows)


def _over(base: Words, path: str, table: Mapping[str, object], *, borrows: bool = False) -> Words:
    own = _flatten(table)
    locale = str(own.pop("locale", ""))
    words = Words({} if locale else {key: base.entry(key) for key in base.keys}, base.locale)
    try:
        words = Words({key: words.entry(key) for key in words.keys} | own, locale or base.locale)
        tags = Locale.parse(words.locale).plural_form.tags | {"other"}
    except (UnknownLocaleError, ValueError):
        raise WordsError(f"{path}: there is no locale {locale}; name one such as en_GB") from None
    for key in sorted(own):
        _check(path, base, words, key, tags)
    lacking = sorted(key for key in base.keys - words.keys if not key.startswith(_FREE))
    if lacking and not borrows:
        raise WordsError(f"{path}: {lacking[0]} has no text ({len(lacking)} lack one); add it, or remove `locale`")
    borrowed = {key: base.entry(key) for key in lacking}
    still = frozenset(lacking) if locale else base.lacking - own.keys()
    return Words(borrowed | {key: words.entry(key) for key in words.keys}, words.locale, still)


def _check(path: str, base: Words, words: Words, key: str, tags: frozenset[str]) -> None:
    if not base.has(key) and not key.startswith(_FREE):
        raise WordsError(f"{path}: there is no text called {key}; remove it or mend its name")
    try:
        unknown = words.placeholders(key) - (base.placeholders(key) if base.has(key) else frozenset())
    except ValueError as error:
        raise WordsError(f"{path}: {key} has a brace that does not close ({error}); mend that text") from None
    found = words.entry(key)
    if isinstance(found, Plural):
        if frozenset(found.forms) != tags:
            raise WordsError(f"{path}: {key} needs the plural forms {', '.join(sorted(tags))} and no others")
        if not base.has(key) or found.by not in base.placeholders(key):
            raise WordsError(f"{path}: {key} has no number {{{found.by}}} to choose its form by")
    if unknown:
        raise WordsError(f"{path}: {key} may not use {{{min(unknown)}}}; remove that name")


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(read_text(path))
    except OSError as error:
        raise WordsError(f"{path}: cannot be read ({error.strerror}); name a readable file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsError(f"{path}: is not TOML ({error}); mend that line") from None


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, Entry]:
    flat: dict[str, Entry] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            inner = cast("Mapping[str, object]", value)
            flat |= {key: _plural(inner)} if "other" in inner else _flatten(inner, f"{key}.")
        elif isinstance(value, list):
            flat[key] = tuple(map(str, cast("list[object]", value)))
        else:
            flat[key] = str(value)
    return flat


def _plural(table: Mapping[str, object]) -> Plural:
    forms = {name: str(text) for name, text in table.items() if name != "by"}
    return Plural(by=str(table.get("by", "count")), forms=forms)
