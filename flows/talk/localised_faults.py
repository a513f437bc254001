"""Knows Workday's two most frequent sentences in the languages of its tenants; what they mean is said elsewhere.

Word by word rather than as sentences, because nobody has published the texts of all languages: whoever says that user
name or password are wrong names both, an "or" between them, and what is wrong.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from flows.talk.phrase_match import is_like, places_of, plain, words_of

_LANGUAGES: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).values()


def _words(key: str) -> frozenset[str]:
    return frozenset(word for language in _LANGUAGES for word in words_of(language.get(key, "")))


def _wanted(key: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words of a key by their first letter, at which nobody slips."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(_words(key)):
        found[word[0]] = (*found.get(word[0], ()), word)
    return found


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(language[key] for language in _LANGUAGES if key in language))


_OR, _NOT = map(_words, ("or", "not"))
_USER, _PASSWORD, _WRONG, _VALID = map(_wanted, ("user", "password", "wrong", "valid"))
_TASK, _SUBMITTED, _AUTHORIZED, _UNAUTHORIZED = map(_wanted, ("task", "submitted", "authorized", "unauthorized"))
_REFUSED, _DENIED = map(_pattern, ("refused", "denied"))
_BETWEEN: Final = 4
"""How many words the password may stand behind the user's name."""
_NEAR: Final = 5
"""How many words before or behind both the wrong may stand."""
_MOST: Final = 20
"""Places of a word that are looked at; a text that has it more often is no sentence."""
_CELL: Final = frozenset(";|\t")
_WINDOW: Final = 8
"""In how many words the task, its submission and the missing right must stand."""


def name_or_password_at(text: str) -> int | None:
    """Return at which word a text begins to say that user name or password are wrong, None where it does not."""
    if _REFUSED.search(unicodedata.normalize("NFKC", text)):
        return 0
    words, whole, places = words_of(text), plain(text), places_of(text)
    users, passwords = _like(words, _USER), _like(words, _PASSWORD)
    for start, end in product(*(_where(words, wanted) for wanted in (users, passwords))):
        first = max(0, start - _NEAR)
        is_near = start < end <= start + 1 + _BETWEEN
        between = whole[places[start] : places[end]] if is_near else ";"
        # In another cell it is of another column.
        is_both = _CELL.isdisjoint(between) and ("/" in between or not _OR.isdisjoint(words[start + 1 : end]))
        if is_both and _is_wrong(words[first : end + 1 + _NEAR]):
            wrong = _like(words[first:start], _WRONG)
            return next((at for at in range(first, start) if words[at] in wrong), start)
    return None


def task_denied_at(text: str) -> int | None:
    """Return at which word a text begins to say that the submitted task is not allowed, None where it does not."""
    if _DENIED.search(unicodedata.normalize("NFKC", text)):
        return 0
    words = words_of(text)
    tasks, submitted = _like(words, _TASK), _like(words, _SUBMITTED)
    for start in _where(words, tasks | submitted) if tasks and submitted else ():
        near = words[start : start + _WINDOW]
        is_refused = _like(near, _AUTHORIZED) and not _NOT.isdisjoint(near)
        if not tasks.isdisjoint(near) and not submitted.isdisjoint(near) and (is_refused or _like(near, _UNAUTHORIZED)):
            return start
    return None


def _is_wrong(near: Sequence[str]) -> bool:
    not_valid = (word in _NOT and _like(near[at + 1 : at + 3], _VALID) for at, word in enumerate(near))
    return bool(_like(near, _WRONG)) or any(not_valid)


def _where(words: Sequence[str], wanted: frozenset[str]) -> Sequence[int]:
    return [at for at, word in enumerate(words) if word in wanted][:_MOST]


def _like(words: Sequence[str], wanted: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return those of the words that are wanted, slips included."""
    return frozenset(word for word in frozenset(words) if any(is_like(one, word) for one in wanted.get(word[0], ())))
