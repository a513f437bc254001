"""Finds a user and a password beside each other: `isu / …`, in two lines, `u: … p: …`, `admin:…`, `a / b`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.link.secrets.message import MOST_NAMES, Read
from flows.link.secrets.ordinary import is_id, is_placeholder
from flows.link.secrets.shapes import (
    classes,
    is_assigned,
    is_chosen,
    is_near,
    is_strong,
    is_word,
)
from flows.link.secrets.unnamed import USER, WINDOW, has_strong_beside, is_id_label, is_of_others
from flows.link.secrets.vocabulary import has_names_and_number, is_of_no_thing, is_of_trade, is_rare
from flows.link.secrets.words import (
    ACCOUNTS,
    BUNDLES,
    FAMOUS,
    VERDICTS,
    fold,
    parts,
    user_labels_in,
)

_PAIRED: Final = 8
_USER_SIGN: Final = re.compile(r"ISU|@")
_MAIL: Final = re.compile(r"@[\w-]+\.")
_WORD_ENDS: Final = re.compile(r"\S{1,200}")
_LONGEST_USER: Final = 130
_NAMED_USER: Final = re.compile(r"[^\S\n]{0,2}[:=]?[^\S\n]{0,2}[`*_\"']{0,3}[^\s/|,;:`]{2,80}")
_BESIDE: Final = re.compile(
    r"[`*_\"')]{0,3}(?P<sign>\s*(?:w/|\][ ]?\[|[/|\\:;,&=+\t\u2013\u2014]|\.{2,}|[-=]>|-(?=\s))+\s*|[ \t]*\n\s*"
    r"|\s+(?:with|mit|avec|con|com|met|and|und)\s+|\s+)"
    r"[`*_\"'(\[|]{0,3}(?P<value>[^\s`|]{6,80})(?P<rest>[^\n]?)"
)
_CODE_ENDS: Final = re.compile(r"[\"'][),;\]}]")
_QUOTED_KEY: Final = re.compile(r"\w+[\"']\s?:")
"""The next key of an object is no value."""
_DIVIDED: Final = re.compile(
    r"[`*_\"']{0,3}\s?[/|:]\s?[`*_\"']{0,3}([^\W\d_][^\s/|,;:`]{5,32}?)[`*_\"']{0,3}(?:\s*$|[ \t]*\n)"
)
_LABELLED: Final = re.compile(
    r"[^\w\n]{0,6}(?:\n[^\w\n]{0,6})?(?P<label>[^\W\d][\w .'-]{0,30}?)"
    r"[`*_\"')\]]{0,3}\s?[:=]+\s?[`*_\"']{0,3}(?P<value>\S{6,80})"
)
_OF_ACCOUNT: Final = re.compile(
    rf"(?<![\w./@-])(?P<account>(?i:{ACCOUNTS}))\s?[/:]\s?(?P<value>[^\W\d_]{{4,32}}\d{{1,4}}!?)(?![\w./])"
)
_ACCOUNT_IN: Final = re.compile(rf"(?:{ACCOUNTS})\s?[/:]")
_SHORT_PAIR: Final = re.compile(r"^[^\n/]{0,24}\w\s?/\s?([^\W\d_]{5,32}\d{1,4}!?)[ \t]*$", re.MULTILINE)
_INITIALS: Final = re.compile(
    r"(?<![\w&])(?:u|un|usr|uid)[\"']? ?[:=] ?\S{2,80}?"
    r"[\s,;/|]{1,4}[\"']?(?:p|pw|pwd|pass|psw)[\"']? ?[:=] ?(\S{4,80})",
    re.IGNORECASE,
)
_INITIAL_ENDS: Final = re.compile(r"[:=](?:(?<=[unrd][:=])|(?<=[unrd][ \"'][:=])|(?<=[unrd][\"'] [:=]))")
"""So the label of a user ends; looked for first, as it is quickly found that there is none."""
_INITIALS_TURNED: Final = re.compile(
    r"(?<![\w&])(?:p|pw|pwd|pass|psw)[\"']? ?[:=] ?(\S{4,80}?)"
    r"[\s,;/|]{1,4}[\"']?(?:u|un|usr|uid)[\"']? ?[:=] ?\S{2,80}",
    re.IGNORECASE,
)


def is_pair_of_words(message: Read) -> bool:
    """Find `admin:Otter44` and, as all that a line says, `wd / otter44`: a word that nobody says, and a number."""
    if _ACCOUNT_IN.search(message.folded) and any(
        _is_rare_and_number(found["value"]) or _is_of(found["account"], found["value"])
        for found in _OF_ACCOUNT.finditer(message.plain)
    ):
        return True
    return "/" in message.plain and any(_is_rare_and_number(found[1]) for found in _SHORT_PAIR.finditer(message.plain))


def _is_of(account: str, value: str) -> bool:
    """Tell whether a word is its account's name, turned round or not, and a number: admin123, toor2026."""
    word = value.rstrip("!").rstrip("0123456789").casefold()
    return word in {account.casefold(), account.casefold()[::-1]}


def _is_rare_and_number(value: str) -> bool:
    return is_rare(value.rstrip("!").rstrip("0123456789")) and not is_of_trade(value)


def is_abbreviated(message: Read) -> bool:
    """Find `u: user p: password`: one letter names a secret only behind another that names a user."""
    if not _INITIAL_ENDS.search(message.folded):
        return False
    return any(
        is_assigned(found[1]) or is_word(found[1], capital=False)
        for form in (_INITIALS, _INITIALS_TURNED)
        for found in form.finditer(message.plain)
    )


def is_beside_user(message: Read) -> bool:
    """Find a password beside its user, in one line or two."""
    may_name = "isu" in message.folded or "@" in message.plain
    places = list(_users_in(message.plain)) if may_name else []
    if message.user:
        known = re.compile(rf"{re.escape(message.user)}(?:@[\w.-]+)?(?!\w)", re.IGNORECASE)
        places += [
            found.end() for at in _places(message.folded, message.user) if (found := known.match(message.plain, at))
        ]
    named = (_NAMED_USER.match(message.plain, label) for label in user_labels_in(message.folded))
    labelled = [one.end() for one in named if one and not (is_of_others(one[0]) or fold(one[0].strip()) in VERDICTS)]
    places += labelled
    return any(_is_divided(message.plain, end) for end in labelled[:MOST_NAMES]) or any(
        _is_pair(message.plain, end)
        or _is_chosen(message.plain, end)
        or _is_labelled(message.plain, end)
        or has_strong_beside(message, end - 1, end)
        for end in places[:MOST_NAMES]
    )


def _places(text: str, part: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + len(part))


def _users_in(plain: str) -> Iterator[int]:
    """Yield where the names of integration users end; looks only at the words that may hold one."""
    end = found = 0
    for sign in _USER_SIGN.finditer(plain):
        if sign.start() < end or found > MOST_NAMES:
            continue
        start = max(end, sign.start() - _LONGEST_USER)
        start = max(start, *(plain.rfind(blank, start, sign.start()) + 1 for blank in " \n\t"))
        if _MAIL.match(plain, sign.start()):
            continue
        word = _WORD_ENDS.match(plain, sign.start())
        end = word.end() if word else sign.end()
        for user in USER.finditer(plain, start, end):
            found += 1
            yield user.end()


def _is_divided(plain: str, end: int) -> bool:
    """Tell whether a labelled user is followed, behind a stroke or a colon, by a word that nobody says."""
    found = _DIVIDED.match(plain, end)
    return found is not None and is_rare(found[1])


def _is_chosen(plain: str, end: int) -> bool:
    """Tell whether a user is followed, behind a stroke, by one of the words that people choose as passwords."""
    found = _DIVIDED.match(plain, end)
    return found is not None and fold(found[1]) in FAMOUS


def _is_labelled(plain: str, end: int) -> bool:
    """Tell whether a user is followed by something strong under a label that names none of the other things."""
    found = _LABELLED.match(plain, end)
    if found is None or is_of_others(found["label"]) or is_id_label(found["label"] + ":", len(found["label"]) + 1):
        return False
    value = found["value"].rstrip("\"'`}])>,;")
    return is_strong(value) and not is_id(value)


def _is_pair(plain: str, end: int) -> bool:
    beside = _BESIDE.match(plain, end)
    if beside is None:
        return False
    value, sign = _CODE_ENDS.split(beside["value"], maxsplit=1)[0].rstrip(".,;)]}\"'*_"), beside["sign"]
    if {",", ";"} & set(sign):
        value = re.split(r"[,;]", value, maxsplit=1)[0]
    if is_placeholder(value) or is_id(value) or _QUOTED_KEY.match(value):
        return False
    if is_chosen(value) and not value.isalpha():
        return True
    if sign.strip().isalpha() and "symbol" not in classes(value) and plain[beside.end("value") :].partition("\n")[0]:
        # "ISU_Wintro and Group2026 are there."
        return False
    if sign.strip(" "):
        # A sign or a new line between them says that they belong together.
        is_last = not beside["rest"].strip()
        before = plain[max(plain.rfind("\n", 0, end) + 1, end - WINDOW) : end]
        if is_last and is_assigned(value) and not BUNDLES.isdisjoint(parts(fold(before))):
            return True
        if is_last and has_names_and_number(value) and is_of_no_thing(value):
            return True
        return is_near(value, last=False) or (is_last and len(value) >= _PAIRED and is_near(value, last=True))
    return is_near(value, last=False)
