"""Texts by their key, with names filled in and numbers, days and lists written as the language does; reads no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from string import Formatter

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list

_MISLEADING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and marks of direction; joiners stay, as names and emoji need them."""

_ESCAPED = re.compile(f"{_MISLEADING.pattern}|[&<>*~`_]")
"""What is looked for first: in most names there is none of it."""

_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
_STYLES = str.maketrans({shown: mark for mark, shown in _LOOKALIKES.items()})
_STYLING = re.compile(r"[*~`]|(?<![\w_])_|_(?![\w_])")
"""An underscore within a name styles nothing, and many names have one."""

_MARKED = re.compile(
    r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"
    r"|`([^`\n]+)`"
    r"|(?<![\w_])_(?=\S)([^_\n]|[^\n]*?[^\s_])_(?![\w_])"
)
_STYLED = re.compile("[*`_&]")
_MOMENT = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")


class Plain(str):
    """A value that already is mrkdwn (a mention, a date token) and must not be escaped."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plural:
    """One text in every plural form of its language (CLDR's categories); `by` names the number that chooses."""

    by: str
    forms: Mapping[str, str]


Entry = str | tuple[str, ...] | Plural


class Words:
    """Every sentence of one language by its key, with `{names}` filled in.

    Lists are joined by `lines()`. Values are escaped for mrkdwn unless they are `Plain`. `lacking` are the keys whose
    text is another language's, because this one has none.
    """

    def __init__(self, table: Mapping[str, Entry], locale: str = "en", lacking: frozenset[str] = frozenset()) -> None:
        self._table = table
        self._locale = Locale.parse(locale)
        self.locale = locale
        self.lacking = lacking

    @cached_property
    def _plural(self) -> Callable[[int], str]:
        return self._locale.plural_form

    @property
    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._table)

    @property
    def language(self) -> str:
        """The language's tag, as a web page names it."""
        return self._locale.language

    def name_of(self, other: Words) -> str:
        """Name the language of other words in this one."""
        return str(self._locale.languages[other.language])

    def has(self, key: str) -> bool:
        """Tell whether there is a text for `key`."""
        return key in self._table

    def entry(self, key: str) -> Entry:
        """Return what stands in the file at `key`."""
        return self._table[key]

    def raw(self, key: str) -> tuple[str, ...]:
        """Return every line and every form of `key` before names are filled in."""
        found = self.entry(key)
        if isinstance(found, Plural):
            return tuple(found.forms.values())
        return (found,) if isinstance(found, str) else found

    def placeholders(self, key: str) -> frozenset[str]:
        """List the names that the text of `key` wants."""
        return frozenset(
            name for line in self.raw(key) for _, name, _, _ in Formatter().parse(line) if name is not None
        )

    def say(self, key: str, names: Mapping[str, str] | None = None, /, **more: str) -> Plain:
        """Return one text, ready to stand in another one; a list becomes its lines. `more` goes before `names`."""
        return Plain("\n".join(self.lines(key, names, **more)))

    def lines(self, key: str, names: Mapping[str, str] | None = None, /, **more: str) -> tuple[str, ...]:
        """Return the lines of one text."""
        values = _Escaped(names or {}, more)
        found = self.entry(key)
        if isinstance(found, Plural):
            found = self._form(found, values)
        return tuple(line.format_map(values) for line in ((found,) if isinstance(found, str) else found))

    def _form(self, text: Plural, names: _Escaped) -> str:
        number = names[text.by]
        form = self._plural(int(number)) if number.isdecimal() else "other"
        # A text that is borrowed from another language has that one's forms.
        return text.forms.get(form, text.forms["other"])

    def day(self, on: date) -> str:
        """Write a calendar day, which is the same in every zone."""
        return _day(on, self.raw("format.day")[0], self._locale)

    def moment(self, at: datetime) -> Plain:
        """Write a moment so that Slack shows it to every reader in their own time zone and language."""
        # Slack begins its words for a day with a capital, "I ask again Today", unless something stands before them.
        shown = f"\u200b{{date_short_pretty}} {self.raw('format.joined')[0]} {{time}}"
        return Plain(f"<!date^{int(at.timestamp())}^{shown}|{self._at(at, 'format.moment')}>")

    def stamp(self, at: datetime) -> str:
        """Write a moment for a page that Slack does not draw."""
        return self._at(at, "format.moment")

    def clock(self, at: datetime) -> str:
        """Write the time of day, for readers whose zone is not known."""
        return self._at(at, "format.clock")

    def second(self, at: datetime) -> str:
        """Write the time of day to the second, for evidence."""
        return self._at(at, "format.second")

    def _at(self, at: datetime, pattern: str) -> str:
        return format_datetime(at, self.raw(pattern)[0], tzinfo=UTC, locale=self._locale)

    def listed(self, items: Iterable[str]) -> Plain:
        """Write items as one enumeration."""
        return Plain(format_list([escape(item) for item in items], locale=self._locale))


@lru_cache(maxsize=512)
def _day(on: date, pattern: str, locale: Locale) -> str:
    # Babel reads the pattern each time, and a list of many links names few days again and again.
    return format_date(on, pattern, locale=locale)


class _Escaped:
    """Names that are escaped when a text takes them."""

    __slots__ = ("_more", "_names")

    def __init__(self, names: Mapping[str, str], more: Mapping[str, str]) -> None:
        self._names = names
        self._more = more

    def __getitem__(self, name: str) -> str:
        return escape(self._more[name] if name in self._more else self._names[name])


def escape(value: str) -> str:
    """Escape what Slack would read as markup, and drop what turns the rest of a line around or does not print.

    Slack has no escape for its marks of style, so a letter that looks like one stands for each.
    """
    if isinstance(value, Plain) or not _ESCAPED.search(value):
        return value
    shown = _MISLEADING.sub("", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _STYLING.sub(lambda mark: _LOOKALIKES[mark[0]], shown)


def unescape(text: str) -> str:
    """Take back the escaping of mrkdwn, for places that are plain text."""
    if text.isascii() and "&" not in text:
        return text
    shown = text.translate(_STYLES)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def unmarked(text: str) -> str:
    """Write mrkdwn for a place that shows marks of style as they are: without them, and with nothing escaped.

    A moment is written in UTC, as nobody knows there in which zone it is read.
    """
    text = untimed(text)
    if text.isascii() and not _STYLED.search(text):
        return text
    return unescape(_MARKED.sub(lambda found: found[1] or found[2] or found[3], text))


def untimed(text: str) -> str:
    """Write each moment as it is read where Slack does not draw it."""
    return _MOMENT.sub(r"\1", text) if "<!date" in text else text
