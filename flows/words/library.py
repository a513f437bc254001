"""The words of every language there is, and which of them a reader gets; reads no file and holds no sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from flows.words.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Words by the tag of their language; `default` is the tag of the vendor's own, which is always among them."""

    words: Mapping[str, Words]
    default: str

    @property
    def languages(self) -> tuple[str, ...]:
        """Every tag, the vendor's own first."""
        return (self.default, *sorted(self.words.keys() - {self.default}))

    def of(self, locale: str) -> Words:
        """Return the words for a tag such as `de-DE` or `de_AT`: of that very language, else of its family.

        The vendor's own where there are none, or where nobody knows the reader's.
        """
        tag = locale.replace("-", "_")
        for one in (tag, tag.partition("_")[0]):
            if one in self.words:
                return self.words[one]
        return self.words[self.default]


@cache
def own_name(language: str) -> str:
    """Return what a language calls itself, as in `Deutsch`."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]
