"""Finds a secret beside its user or all alone, where nothing is said of one; what is named is for `sentences`."""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.message import LINK, MOST_NAMES, Read
from flows.link.secrets.shapes import classes, is_alone, is_assigned, is_near, is_placeholder, is_word, last_word
from flows.link.secrets.words import ENTRIES, fold, user_labels_in

_NEAR: Final = 40
"""Characters before a place in which its label stands."""
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_PAIRED: Final = 8
_WORD: Final = re.compile(r"[^\s`'\"|]+")
_ID_LABEL: Final = re.compile(
    r"(?:(?<![^\W_])id|\bwid|ssh-\w+|nonce[^<>]{0,20}>?|trace\w*|etag|commit|checksum|digest|md5|sha-?\d*|fingerprint|revision|hash)[\"'*_]*\s{0,2}(?:[:=]|is|ist|est|es)?\s{0,2}"
    r"[\"'*_`]*$",
    re.IGNORECASE,
)
_USER: Final = re.compile(
    r"(?:(?<![\w@.])|(?<=\s-u))(?:\w{1,30}[_-]ISU|ISU[_-][\w-]{1,60}|\w{2,30}ISU)(?:@[\w-]{1,60})?(?![\w@])"
    r"|(?<![\w@.+-])[\w.-]{2,60}@[A-Za-z][\w-]{1,60}(?![\w@.-])"
)
_NAMED_USER: Final = re.compile(r"[^\S\n]{0,2}[:=]?[^\S\n]{0,2}[`*_\"']{0,3}[^\s/|,;:`]{2,80}")
_BESIDE: Final = re.compile(
    r"[`*_\"')]{0,3}(?P<sign>\s*(?:w/|[/|\\:;,&=+\t\u2013\u2014]|[-=]>|-(?=\s))+\s*|[ \t]*\n\s*"
    r"|\s+(?:with|mit|avec|con|com|met|and|und)\s+|\s+)"
    r"[`*_\"'(\[|]{0,3}(?P<value>[^\s`|]{6,80})(?P<rest>[^\n]?)"
)
_KEY: Final = re.compile(r"[\w.-]{1,40}[=:](?=[^\s=])")
_INITIALS: Final = re.compile(
    r"(?<![\w&])(?:u|un|usr|uid) ?[:=] ?\S{2,80}[\s,;/|]{1,4}(?:p|pw|pwd|pass|psw) ?[:=] ?(\S{4,80})", re.IGNORECASE
)


def has_user(message: Read, place: int) -> bool:
    """Tell whether a user stands shortly before a place in a message."""
    before = message.plain[max(0, place - _NEAR) : place]
    return bool(
        _USER.search(before) or (message.user and message.user in before.casefold()) or user_labels_in(fold(before))
    )


def is_beside_user(message: Read) -> bool:
    """Find a password beside its user, in one line or two."""
    places = [found.end() for found in _USER.finditer(message.plain)]
    if message.user:
        known = re.compile(rf"{re.escape(message.user)}(?:@[\w.-]+)?(?!\w)", re.IGNORECASE)
        places += [found.end() for found in known.finditer(message.plain)]
    named = (_NAMED_USER.match(message.plain, label) for label in user_labels_in(message.folded))
    places += [one.end() for one in named if one]
    return any(_is_pair(message.plain, end) for end in places[:MOST_NAMES])


def _is_pair(plain: str, end: int) -> bool:
    beside = _BESIDE.match(plain, end)
    if beside is None:
        return False
    value, sign = beside["value"].rstrip(".,;)]\"'*_"), beside["sign"]
    if {",", ";"} & set(sign):
        value = re.split(r"[,;]", value, maxsplit=1)[0]
    if is_placeholder(value):
        return False
    if sign.strip().isalpha() and "symbol" not in classes(value) and plain[beside.end("value") :].partition("\n")[0]:
        # "ISU_Wintro and Group2026 are there."
        return False
    if sign.strip(" "):
        # A sign or a new line between them says that they belong together.
        is_last = not beside["rest"].strip()
        return is_near(value, last=False) or (is_last and len(value) >= _PAIRED and is_near(value, last=True))
    return is_near(value, last=False)


def stands_alone(message: Read) -> bool:
    """Find a word that can be nothing else, all the more beside the user's name or as the whole message."""
    plain = message.plain.replace(LINK, " " * len(LINK))
    if "</" in plain:
        plain = _TAG.sub(lambda tag: " " * len(tag[0]), plain)
    found = {one[0]: one for one in _WORD.finditer(plain)}.values()
    bare = len(found) == 1 or (bool(message.user) and message.user in message.plain.casefold())
    return any(
        is_alone(one[0], bare=bare or last_word(plain[max(0, one.start() - _NEAR) : one.start()]) in ENTRIES)
        and one[0].casefold().partition("@")[0] != message.user
        and not _ID_LABEL.search(_label(message.plain, one.start()))
        for one in found
    )


def _label(plain: str, place: int) -> str:
    """Return what stands before a word, with the key that is a part of it."""
    key = _KEY.match(plain, place)
    return plain[max(0, place - _NEAR) : key.end() if key else place]


def is_abbreviated(message: Read) -> bool:
    """Find `u: user p: password`: one letter names a secret only behind another that names a user."""
    return any(is_assigned(found[1]) or is_word(found[1], capital=False) for found in _INITIALS.finditer(message.plain))
