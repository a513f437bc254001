"""Finds a secret all alone, or beside what somebody does with it, where nothing is said of one.

What is named is for `sentences`, what stands beside its user for `pairs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from flows.link.secrets.message import LINK, MOST_NAMES, Read, is_odd
from flows.link.secrets.ordinary import is_id, is_numbered
from flows.link.secrets.shapes import (
    is_alone,
    is_famous,
    is_strong,
    last_word,
    stripped,
)
from flows.link.secrets.vocabulary import is_of_trade
from flows.link.secrets.words import (
    ENTRIES,
    EQUALS,
    ONTO,
    OTHERS,
    TYPED,
    VERDICTS,
    doings_in,
    fold,
    parts,
    user_labels_in,
)

_NEAR: Final = 40
"""Characters before a place in which its label stands."""
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_LONGEST_WORD: Final = 400
"""Characters of a message that may be one word and the blanks around it."""
_MOST_ODD: Final = 80
"""Odd words of a message that are looked at: a text with more of them is the output of a program."""
_WORD: Final = re.compile(r"[^\s`'\"|]+")
_ID_LABEL: Final = re.compile(
    r"(?:(?<!\bval)(?<!inval)(?<!\bpa)id|\blei|cursor|\w+-ray|\bwid|ssh-\w+|nonce[^<>]{0,20}>?|trace\w*|etag|commit|checksum|digest"
    r"|public[ -]key|md5|sha-?\d*|fingerprint|revision|hash)[\"'*_]*\s{0,2}(?:[:=]|is|ist|est|es)?\s{0,2}"
    r"[\"'*_`]*$",
    re.IGNORECASE,
)
USER: Final = re.compile(
    r"(?:(?<![\w@.])|(?<=\s-u))(?:\w{1,30}[_-]ISU|ISU[_-][\w-]{1,60}|\w{2,30}ISU)(?:@[\w-]{1,60})?(?![\w@])"
    r"|(?<![\w@.+-])[\w.-]{2,60}@[A-Za-z][\w-]{1,60}(?![\w@.-])"
)
_KEY: Final = re.compile(r"[?&]?[\w.!-]{1,40}[=:](?=[^\s=])")
_CRIED: Final = re.compile(r"(?<![^\s(])(\w{2,30}[a-z]{2}\d{1,6}!+)(?=[,;:)]|\s+[a-z?])")
"""A mark in the middle of a sentence is a part of the word."""
_VERDICT: Final = 4
WINDOW: Final = 160
"""Characters around a word about a secret in which the secret is looked for."""
_TOKEN: Final = re.compile(r"\S+")
_HUMP: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_LINES: Final = 2
_ONE: Final = 1
_DIGIT: Final = re.compile(r"\d")
_NO_WORD: Final = re.compile(
    r"</?\w|^[A-Za-z][\w.-]*[=:(]|[,;].*[,;]|_20\d\d$|^AAAA|['\"`].*['\"`].|^[A-Za-z]\w*(?:\.[A-Za-z]\w*)+:?$|^#"
)
"""Keys with a value, calls, addresses in quotes, names of packages and channels."""
_OF_PROGRAM: Final = re.compile(r"[a-z]+(?:Password|Passwd|Pwd|Secret|Token)\d{0,2}")
"""The name of a function or a variable: resetPassword2."""


def has_user(message: Read, place: int) -> bool:
    """Tell whether a user stands shortly before a place in a message."""
    before = message.plain[max(0, place - _NEAR) : place]
    return bool(
        USER.search(before) or (message.user and message.user in before.casefold()) or user_labels_in(fold(before))
    )


def names_user(message: Read) -> bool:
    """Tell whether a message names a user anywhere, or has a word for one."""
    is_known = bool(message.user) and message.user in message.folded
    return is_known or "isu_" in message.folded or bool(user_labels_in(message.folded))


def stands_alone(message: Read) -> bool:
    """Find a word that can be nothing else, all the more beside the user's name or as the whole message."""
    plain = message.plain.replace(LINK, " " * len(LINK))
    tokens: Sequence[str] = message.odd
    if "</" in plain:
        plain = _TAG.sub(lambda tag: " " * len(tag[0]), plain)
        tokens = list(filter(is_odd, dict.fromkeys(plain.split())))
    words = dict.fromkeys(word for token in _fewer(tokens) for word in _WORD.findall(token))
    odd = list(filter(is_odd, words))
    if odd:
        is_all = len(plain) < _LONGEST_WORD and len(set(_WORD.findall(plain))) == 1
        bare = is_all or (bool(message.user) and message.user in message.plain.casefold())
        if any(_is_alone(message, plain, word, bare=bare) for word in odd):
            return True
    return "!" in plain and any(is_alone(one[1], bare=True) for one in _CRIED.finditer(plain))


def _is_alone(message: Read, plain: str, word: str, *, bare: bool) -> bool:
    if not is_alone(word, bare=True) or word.casefold().partition("@")[0] == message.user:
        return False
    if not is_famous(stripped(word)) and is_of_trade(stripped(word)):
        return False
    start = plain.rfind(word)
    if not (bare or is_alone(word, bare=False) or _is_pointed_at(plain, start, start + len(word))):
        return False
    return not is_id_label(message.plain, start)


def _fewer(odd: Sequence[str]) -> Sequence[str]:
    """Return the first and the last of very many."""
    return odd if len(odd) <= _MOST_ODD else (*odd[: _MOST_ODD // 2], *odd[-_MOST_ODD // 2 :])


def _is_pointed_at(plain: str, start: int, end: int) -> bool:
    """Tell whether something is said to be, to be used, to be refused or to work."""
    before = plain[max(0, start - _NEAR) : start].rpartition("\n")[2].rstrip(" \t\"'`")
    # One word before a colon is the label of anything.
    if (before[-1:] == ":" and " " in before) or last_word(before) in ENTRIES | EQUALS | VERDICTS:
        return True
    after = plain[end : end + _NEAR].partition("\n")[0].split()[:_VERDICT]
    return not VERDICTS.isdisjoint(map(stripped, map(fold, after)))


def is_entered(message: Read) -> bool:
    """Find what somebody says to have typed, or to have set "it" to."""
    if not any(_is_new(message, word) for word in _fewer(message.odd)):
        return False
    return any(_is_done(message, start, end) for start, end in doings_in(message.folded)[:MOST_NAMES])


def _is_done(message: Read, start: int, end: int) -> bool:
    is_typed = message.folded[start:end] in TYPED and message.plain[end : end + 1] != ":"
    return any(
        is_typed or last_word(message.plain[max(0, place - _NEAR) : place]) in ONTO
        for place in strong_beside(message, start, end)
    )


def has_strong_beside(message: Read, start: int, end: int) -> bool:
    """Tell whether something strong stands in the line around a place, be it the first in the message."""
    return next(strong_beside(message, start, end), None) is not None


def strong_beside(message: Read, start: int, end: int) -> Iterator[int]:
    """Yield where in the line around a place something strong stands that is no user and bears no other label."""
    first = max(message.plain.rfind("\n", 0, start) + 1, start - WINDOW)
    last = min(_line_ends(message.plain, end), end + WINDOW)
    words = list(_TOKEN.finditer(message.plain, first, last))
    for index, word in enumerate(words):
        apart = word.end() <= start or end <= word.start()
        if apart and _is_new(message, word[0]):
            around = (*words[max(0, index - 1) : index], *words[index + 1 : index + 2])
            if not (any(is_of_others(beside[0]) for beside in around) or is_id_label(message.plain, word.start())):
                yield word.start()


def strong_nearby(message: Read, start: int, end: int) -> bool:
    """Tell whether something strong ends one of the short lines around the line of a place."""
    *above, before = message.plain[max(0, start - 2 * WINDOW) : start].split("\n")
    after = _line_ends(message.plain, end)
    below = message.plain[after : after + 2 * WINDOW].split("\n")[1 : 1 + _LINES]
    own = before + message.plain[start:after]
    for label, line in (*pairwise(["", *above][-1 - _LINES :]), *pairwise([own, *below])):
        *labels, word = line.split() or [""]
        if not labels and is_id_label(label, len(label)):
            continue
        is_label = not labels[_ONE:] or labels[-1][-1] in ":="
        if is_label and _is_new(message, word) and not is_of_others(" ".join(labels)):
            return True
    return False


def is_of_others(label: str) -> bool:
    """Tell whether a label names something else that stands beside a user."""
    return not OTHERS.isdisjoint(parts(fold(_HUMP.sub(" ", label))))


def _line_ends(plain: str, place: int) -> int:
    found = plain.find("\n", place)
    return len(plain) if found < 0 else found


def _is_new(message: Read, word: str) -> bool:
    if word not in message.seen:
        # What has several bars is a row of cells.
        cells = word.split("|") if word.count("|") > 1 else [word]
        message.seen[word] = any(_may_be_secret(message, cell) for cell in cells)
    return message.seen[word]


def _may_be_secret(message: Read, word: str) -> bool:
    if (
        not _DIGIT.search(word)
        or not is_strong(word)
        or _NO_WORD.search(word.lstrip("'\""))
        or is_numbered(stripped(word))
        or is_of_trade(stripped(word))
        or is_id(stripped(word).strip("!"))
        or _OF_PROGRAM.fullmatch(stripped(word))
    ):
        return False
    return stripped(word).casefold().partition("@")[0] != message.user


def is_id_label(plain: str, place: int) -> bool:
    """Tell whether what stands at a place is said to be an id, a digest or a key that everybody may see."""
    return bool(_ID_LABEL.search(_label(plain, place)))


def _label(plain: str, place: int) -> str:
    """Return what stands before a word, with the key that is a part of it."""
    key = _KEY.match(plain, place)
    return plain[max(0, place - _NEAR) : key.end() if key else place]
