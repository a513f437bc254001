"""Weighs how much a word looks like a password against what is said around it; for what no single form tells.

A form is certain by itself; here several weak signs come together: "IT gave us Lark99spur!", "it used to be
tulipan43". Owns the weights and nothing else: the words are in `words`, the looks in `shapes`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from flows.link.secrets import words
from flows.link.secrets.message import Read
from flows.link.secrets.ordinary import is_any_id, is_numbered
from flows.link.secrets.shapes import (
    classes,
    is_account,
    is_alone,
    is_random,
    is_strong,
    says_nothing,
    stripped,
)
from flows.link.secrets.unnamed import is_id_label, names_user
from flows.link.secrets.vocabulary import has_names_and_number, is_of_no_thing, is_of_trade, is_rare_part
from flows.link.secrets.words import OTHERS, STATES, SUBJECTS, fold, is_user_label, parts

ENOUGH: Final = 4
"""From here on it is taken for a secret; the corpus says where that is."""

_FEWEST_SIGNS: Final = 2
"""However odd a word looks, something has to be said of it."""

_ODDEST: Final = 3
_NAMED_BESIDE: Final = 3
"""The word for a password stands within a few words."""
_NAMED_FAR: Final = 2
"""It stands further off in the line, or alone in the line before."""
_DONE: Final = 2
"""Somebody typed it, was given it or set it."""
_POINTED_AT: Final = 2
"""It is what something "is", or stands behind a colon that ends several words."""
_BESIDE_USER: Final = 2
_JUDGED: Final = 1
"""It is said to work or to be refused."""
_SUBJECT: Final = 1
"""It begins the line that says so."""
_SPELT: Final = 3
"""Somebody talks of a character in it: "is it the capital P in …?"."""
_LAST: Final = 1
_QUOTED: Final = 1
_OF_SOMEBODY: Final = -3
"""What follows "for" and "in" is whose password it is, or where."""
_OF_SOMETHING: Final = -1
"""It is what some other thing is: "the folder is HR-Exports-2026"."""
_LABELLED: Final = -3
"""It is said what else it is: a tenant, a ticket, a report."""

_FEW: Final = 4
_MANY: Final = 10
_FEWEST_CHARACTERS: Final = 7
_ALL_CLASSES: Final = 4
_MOST_CHARACTERS: Final = 64
_MOST_WORDS: Final = 60
"""Words of a message that are weighed: a text with more of them is the output of a program."""
_TOKEN: Final = re.compile(r"\S+")
_MARKS: Final = "\"'`"
_STILL: Final = frozenset({"still", "now", "just", "again"})
"""Between "it is" and what it is."""
_NO_PASSWORD: Final = re.compile(r"[/=:;(){}\[\]<>\"'`|,]|^[#@]|\\\w.*\\|^(?i:svc|srv|sa|app)[-_]|_20\d\d$")
"""Addresses, keys, calls, channels, names with a year."""
_ENDS_IN_NUMBER: Final = re.compile(r"[^\W\d_]\d{2,}$")
_WORD_AND_NUMBER: Final = re.compile(r"[^\W\d_]{4,}(?:[-.][^\W\d_]{2,})*[-.]?\d{2,4}")
_WORD_AND_YEAR: Final = re.compile(r"[^\W\d_]{5,}\d{2,4}")
_WORD_AND_DIGIT: Final = re.compile(r"[^\W\d_]{8,}\d")
_NUMBER_INSIDE: Final = re.compile(
    r"[^\W\d_]{2,}\d{1,4}[^\W\d_]{2,}\d{0,4}|[^\W\d_]+(?:\d[^\W\d_]+){2,}\d?|[^\W\d_]\d[^\W\d_]{4,}"
)
_CHAIN: Final = re.compile(
    r"[^\W\d_]{2,}[-._]\d{1,4}(?:[-._]\w{2,})+|(?:[^\W\d_]{3,}[-._]){2,}\d{1,4}|[^\W\d_]{4,}_\d-\d"
)
_HUMPS_AND_NUMBER: Final = re.compile(r"(?:[A-ZÀ-Þ][a-zß-ÿ]{2,}){2,}(?!20\d\d)\d{2,4}")
_MISREAD: Final = str.maketrans("10", "lo")
_HAS_WORD: Final = re.compile(r"\w[a-zß-ÿа-я]{3}")
_SIGN_INSIDE: Final = re.compile(r"[^\W\d_]{3,}[#!$%^*~][^\W\d_]{3,}")


DONE, SET, ENTRY, IS, ONTO, OWNER, VERDICT, CHARACTER, STANDIN, THING, USER, OTHER, NO_WORD = (
    1 << bit for bit in range(13)
)
"""What a word can be for the one that is weighed."""
_ROLES: Final = {
    DONE: words.TYPED | words.GIVEN,
    SET: words.SETTLED | words.REPEATS,
    ENTRY: words.ENTRIES,
    IS: words.EQUALS,
    ONTO: words.ONTO,
    OWNER: words.OWNERS,
    VERDICT: words.VERDICTS,
    CHARACTER: words.CHARACTERS,
    STANDIN: words.STANDINS,
    THING: words.THINGS,
}
_ROLE_OF: Final = {
    word: sum(role for role in _ROLES if word in _ROLES[role]) for table in _ROLES.values() for word in table
}


class _Roles:
    """What the words of a message are for those beside them; each is looked up once."""

    def __init__(self, user: str) -> None:
        self._user = user
        self._known: dict[str, int] = {}

    def of(self, words: list[re.Match[str]]) -> list[int]:
        """Return what some words are."""
        return [self._of(word[0]) for word in words]

    def _of(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = self._understood(stripped(fold(text)), is_label=text[-1] == ":")
        return self._known[text]

    def _understood(self, word: str, *, is_label: bool) -> int:
        word = word.strip("!")
        role = _ROLE_OF.get(word, 0) or _ROLE_OF.get(word.rpartition("'")[2], 0)
        if is_account(word.upper()) or word == self._user or is_user_label(word):
            role |= USER
        if role & (DONE | SET) and not is_label:
            # "Type" and "change" are done here, and no names of things.
            role &= ~THING
        elif not OTHERS.isdisjoint(parts(word)):
            role |= OTHER
        return role if word.isalpha() else role | NO_WORD


class _Looks:
    """How much the words of a message look like passwords; each is looked at once."""

    def __init__(self, message: Read, *, is_named: bool) -> None:
        self._user, self._is_named = message.user, is_named
        self._is_beside_user = names_user(message)
        self._known: dict[str, int] = {}

    def __call__(self, word: str) -> int:
        """Return 0 to 3."""
        if len(word) < _FEWEST_CHARACTERS or word.isalpha():
            return 0
        if word not in self._known:
            self._known[word] = _looks(word, self._user) or int(self._is_of_names(stripped(word)))
        return self._known[word]

    def _is_of_names(self, value: str) -> bool:
        return has_names_and_number(value) and (self._is_named or (self._is_beside_user and is_of_no_thing(value)))


def is_likely(message: Read) -> bool:
    """Tell whether one word of a message, with what is said around it, is more likely a secret than not."""
    names = [place for place in message.names if _is_of_value(message, place[1])]
    roles, looks_of, weighed = _Roles(message.user), _Looks(message, is_named=bool(names)), 0
    for start, end in _lines(message.plain):
        if not any(map(looks_of, message.plain[start:end].split())):
            continue
        line = list(_TOKEN.finditer(message.plain, start, end))
        for index, word in enumerate(line):
            looks = looks_of(word[0])
            if not looks or is_id_label(message.plain, word.start()) or _holds(message.names, word):
                continue
            weighed += 1
            if weighed > _MOST_WORDS:
                return False
            around = _around(message, names, roles, line, index)
            fewest = 1 if looks == _ODDEST and _HAS_WORD.search(word[0]) else _FEWEST_SIGNS
            if around >= fewest and looks + around >= ENOUGH:
                return True
    return False


def _holds(names: Sequence[tuple[int, int]], word: re.Match[str]) -> bool:
    """Tell whether a word names a secret itself: validatePassword2."""
    at = bisect_left(names, (word.start(), 0))
    return at < len(names) and names[at][0] < word.end()


def _lines(plain: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in plain.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _is_of_value(message: Read, end: int) -> bool:
    """Tell whether a name of a secret is not that of something about one: "password policy"."""
    tail = message.folded[end : end + 40].partition("\n")[0].split()[:1]
    return not tail or SUBJECTS.isdisjoint(parts(tail[0]))


def _looks(word: str, user: str) -> int:
    """Return how much a word looks like a password by itself: 0 to 3."""
    value = stripped(word).rstrip("!")
    if len(value) > _MOST_CHARACTERS or _NO_PASSWORD.search(value) or value.casefold().partition("@")[0] == user:
        return 0
    if not any(map(str.isdigit, value)):
        return 1 if _SIGN_INSIDE.fullmatch(value) else 0
    if not any(map(str.islower, value)) or is_account(value) or is_random(value):
        return 0
    if _ENDS_IN_NUMBER.search(value) and has_names_and_number(value) and is_of_no_thing(value):
        return 2
    looks = _shape(value)
    # What costs most is asked last.
    things = (is_any_id, _is_misread, is_numbered, is_of_trade, _says_something)
    return 0 if looks and any(is_thing(value) for is_thing in things) else looks


def _says_something(value: str) -> bool:
    return not says_nothing(value)


def _is_misread(value: str) -> bool:
    """Tell whether a word says how something is, read from a picture: inva1id."""
    return fold(value).translate(_MISREAD) in STATES


def _shape(value: str) -> int:
    if _HUMPS_AND_NUMBER.fullmatch(value) or is_alone(value, bare=True):
        return _ODDEST
    if _NUMBER_INSIDE.fullmatch(value):
        return 2 if is_strong(value) else 1
    if len(classes(value)) == _ALL_CLASSES or _CHAIN.fullmatch(value) or is_strong(value):
        return 2
    if (_WORD_AND_YEAR.fullmatch(value) or _WORD_AND_DIGIT.fullmatch(value)) and is_rare_part(
        value.rstrip("0123456789")
    ):
        return 2
    return 1 if _WORD_AND_NUMBER.fullmatch(value) or _WORD_AND_DIGIT.fullmatch(value) else 0


def _around(message: Read, names: list[tuple[int, int]], roles: _Roles, words: list[re.Match[str]], index: int) -> int:
    """Return what the words around one say of it."""
    told = [one for one in words[max(0, index - _MANY) : index] if one[0].casefold() not in _STILL]
    before, after = roles.of(told), roles.of(words[index + 1 : index + 1 + _FEW])
    near = before[-_FEW:]
    last = before[-1] if before else 0
    around, following = _all_of(before) | _all_of(after), _all_of(after)
    is_done = bool((_all_of(before) & (DONE | SET)) | (following & DONE))
    is_last = index == len(words) - 1
    word = words[index][0]
    named = _naming(names, words, index)
    weight = named + _DONE * is_done
    if last & IS and not (weight or last & STANDIN) and len(before) > 1 and not before[-2] & (STANDIN | NO_WORD):
        weight += _OF_SOMETHING
    elif (
        last & (IS | ENTRY) or (last & ONTO and around & (DONE | SET)) or (index > 1 and words[index - 1][0][-1] == ":")
    ):
        weight += _POINTED_AT
    elif last & OWNER:
        weight += _OF_SOMEBODY
    if around & CHARACTER or _is_spelt_twice(words, index):
        weight += _SPELT - _OF_SOMEBODY * bool(last & OWNER)
    if _all_of(near) & USER or (is_last and index == 1 and _is_below_user(message, words[0].start())):
        weight += _BESIDE_USER
    if last & THING and not named:
        weight += _LABELLED
    if last & OTHER:
        weight += 2 * _LABELLED
    elif _all_of(near) & OTHER or any(one & OTHER and not one & USER for one in after[:2]):
        weight += _LABELLED
    weight += _JUDGED * bool(following & VERDICT) + _LAST * is_last + _SUBJECT * bool(not index and following & VERDICT)
    return weight + _QUOTED * (word[0] in _MARKS and word.rstrip(".,;!?)")[-1:] in _MARKS)


def _is_spelt_twice(words: list[re.Match[str]], index: int) -> bool:
    """Tell whether a word stands near by once more, in other capitals: "is it Maple8Road or maple8road?"."""
    word = stripped(words[index][0])
    near = (stripped(one[0]) for one in words[max(0, index - _FEW) : index + 1 + _FEW])
    return any(one != word and one.casefold() == word.casefold() for one in near)


def _all_of(roles: list[int]) -> int:
    found = 0
    for role in roles:
        found |= role
    return found


def _is_below_user(message: Read, start: int) -> bool:
    """Tell whether the line above ends with a user."""
    above = message.plain[max(0, start - 100) : start].rstrip().rpartition("\n")[2].split()
    return bool(above) and (is_account(stripped(above[-1])) or fold(stripped(above[-1])) == message.user)


def _naming(names: list[tuple[int, int]], words: list[re.Match[str]], index: int) -> int:
    """Return what it says that a secret is named, near a word or further off in its line."""
    if not names:
        return 0
    start, end = words[index].span()
    at = bisect_left(names, (start, start))
    before = names[at - 1] if at else None
    after = names[at] if at < len(names) else None
    if before and before[0] >= words[max(0, index - _FEW - 1)].start():
        return _NAMED_BESIDE
    if after and after[0] >= end and after[1] <= words[min(len(words) - 1, index + _FEW)].end():
        return _NAMED_BESIDE
    is_in_line = (before and before[0] >= words[0].start()) or (after and after[1] <= words[-1].end())
    return _NAMED_FAR if is_in_line else 0
