"""The ways in which people give a secret away in words: behind its name, before it, beside the user, or all alone.

Every function with a message as its argument is one way; what programs write is for `forms`.
"""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.message import LINK, MOST_NAMES, Read
from flows.link.secrets.shapes import (
    is_alone,
    is_assigned,
    is_near,
    is_placeholder,
    is_quoted,
    is_strong,
    is_word,
    stripped,
)
from flows.link.secrets.words import (
    CHOICES,
    ENTRIES,
    EQUALS,
    EVENTS,
    LINKS,
    MEETING_WORDS,
    OWNERS,
    POINTERS,
    SUBJECTS,
    fold,
    parts,
    user_labels_in,
)

_WINDOW: Final = 160
"""Characters around the word for a secret in which the secret is looked for."""
_MOST_WORDS: Final = 8
_PHRASE_WORDS: Final = 4
_PAIRED: Final = 8
_LONGEST_LABEL: Final = 40
_TAG: Final = re.compile(r"<[^<>]{0,300}>")
_TAIL: Final = re.compile(r"(?:[_.-]?\w+){0,4}(?:\[\d*\])?")
_ASSIGN: Final = re.compile(
    r"[ ]?[\"'`*_)\]]*(?P<filler>[^:=\n<>|\t.,;?!#\"'&]{0,40}?)[\"'`*_)\]]*\s{0,3}"
    r"(?P<sign>:=|[-=~]+>|={1,3}|:+|\||\t+|[#→⇒➡]+|(?<=\s)[-\u2013\u2014]+(?=\s)|[\u2013\u2014]|\.{2,}|\((?=[\"'`])|(?<=\w)\((?=\S+\)))"
    r"[\s|]{0,8}[*_]{0,2}(?P<value>[\"'`(\[]{0,2}[^\s|]+)"
)
_ODD_SIGN: Final = re.compile(r"\s?[/>~*\\;,-]{1,3}\s?(?P<value>[^\s|]+)")
"""Somebody may well put one of these between, but sentences and lists do, too."""
_VALUE_KEY: Final = re.compile(
    r"[\"'“”]?[^{}<>\n]{0,60}?\s*,?\s*[\"']?\b(?:value|wert|val|text)[\"']?\s*[:=]\s*[\"']?([^\s\"'<>,}]+)",
    re.IGNORECASE,
)
_CHOSEN: Final = re.compile(
    r"['\u2019*_`]*(?:s\b)?(?:\s?[(\[][^()\[\]\n]{0,30}[)\]])?\s?(?P<sign>[:=]|[-=]>)?"
    r"[*_`]*\s{0,3}(?P<words>(?:\w{1,30}[ :]{1,2}){0,6}?)"
    r"[*_]*(?:([\"'`])(?P<quoted>[^\"'`\n]{1,200})\3|(?P<value>[^\W\d_]{1,32}(?:-[^\W\d_]{1,32}){0,8})[*_.!]*\s{0,3}(?:$|[,;|]))"
)
_BY_MACHINES: Final = re.compile(r"secr|token|jeton|key|api|gehei|segr|code|cred|clef")
_IN_TAG: Final = re.compile(r"[^<>\n]{0,140}>\s*(?:<!\[CDATA\[)?([^<>]{1,200}?)\s*(?:\]\]>)?\s*</")
_KEY: Final = re.compile(r"[\w.-]{1,40}[=:]")
_NEXT_LINE: Final = re.compile(r"[*_`\"]*\s?[:=]?[*_`\"]*[ \t]*\n\s*[`*_\"']*([^\s`]+)[`*_\"']*[ \t]*(?:\n|$)")
_QUOTED: Final = re.compile(r"([\"'`])([^\"'`\n]{1,200})\1")
_WORD: Final = re.compile(r"[^\s`'\"|]+")
_TOKEN: Final = re.compile(r"\S+")
_ID_LABEL: Final = re.compile(
    r"(?:(?<![^\W_])id|\bwid|ssh-\w+|trace\w*|etag|commit|checksum|digest|md5|sha-?\d*|fingerprint|revision|hash)[\"'*_]*\s{0,2}(?:[:=]|is|ist|est|es)?\s{0,2}"
    r"[\"'*_`]*$",
    re.IGNORECASE,
)
_USER: Final = re.compile(
    r"(?:(?<![\w@.])|(?<=\s-u))(?:\w{1,30}[_-]ISU|ISU[_-][\w-]{1,60}|\w{2,30}ISU)(?:@[\w-]{1,60})?(?![\w@])"
    r"|(?<![\w@.+-])[\w.-]{2,60}@[A-Za-z][\w-]{1,60}(?![\w@.-])"
)
_NAMED_USER: Final = re.compile(r"[^\S\n]{0,2}[:=]?[^\S\n]{0,2}[`*_\"']{0,3}[^\s/|,;:`]{2,80}")
_BESIDE: Final = re.compile(
    r"[`*_\"')]{0,3}(?P<sign>\s*(?:[/|:;,&\t\u2013\u2014]|->|-(?=\s))+\s*|[ \t]*\n\s*"
    r"|\s+(?:with|mit|avec|con|com|met|and|und)\s+|\s+)"
    r"[`*_\"'(|]{0,3}(?P<value>[^\s`|]{6,80})(?P<rest>[^\n]?)"
)


def is_named(message: Read) -> bool:
    """Find `password: …`, "the password is …", `<Password>…</Password>`, and "… is the password"."""
    return any(_is_given(message, start, end) for start, end in message.names)


def _is_given(message: Read, start: int, end: int) -> bool:
    tail = _TAIL.match(message.plain, end, end + _LONGEST_LABEL)
    over = tail.end() if tail else end
    if SUBJECTS & parts(message.folded[end:over]):
        return False
    if message.plain[end:over][:1] in {"-", "_"} and is_strong(message.plain[end + 1 : over].partition(".")[0]):
        return True
    rest = message.plain[over : over + _WINDOW]
    name = message.folded[start:end]
    if name == "passcode" and MEETING_WORDS & parts(message.folded[max(0, start - _WINDOW) : over + _WINDOW]):
        return False
    if _is_tagged(message.plain, start, rest) or _is_assigned_here(rest, name) or _is_below(message.plain, start, rest):
        return True
    before = message.plain[max(0, start - _WINDOW) : start]
    line = rest.partition("\n")[0]
    if _last_word(before) not in CHOICES:
        if not _BY_MACHINES.search(name) and _is_chosen(line, beside=_has_user(message, start)):
            return True
        if _is_after(line):
            return True
    return _is_before(before.rpartition("\n")[2])


def _has_user(message: Read, place: int) -> bool:
    """Tell whether a user stands shortly before a place in a message."""
    before = message.plain[max(0, place - _LONGEST_LABEL) : place]
    return bool(
        _USER.search(before) or (message.user and message.user in before.casefold()) or user_labels_in(fold(before))
    )


def _is_chosen(line: str, *, beside: bool) -> bool:
    """Tell whether a word of letters or a quoted phrase is said to be a password, as people choose them.

    `beside` means that its user stands before it: then the word alone says enough, and it may be in lower case.
    """
    chosen = _CHOSEN.match(line)
    if chosen is None:
        return False
    words = fold(chosen["words"]).split()
    if words:
        is_said = words[-1] in EQUALS and all(word in LINKS | OWNERS or "_" in word or word == "isu" for word in words)
    else:
        is_said = bool(chosen["sign"]) or beside
    if chosen["quoted"]:
        return is_said and bool(words) and (is_quoted(chosen["quoted"]) or is_word(chosen["quoted"], capital=False))
    return is_said and (
        is_assigned(chosen["value"]) or is_word(chosen["value"], capital=bool(words) or not (beside and chosen["sign"]))
    )


def _is_tagged(plain: str, start: int, rest: str) -> bool:
    """Tell whether the element or the twin attribute that is named so holds something."""
    opened = plain.rfind("<", max(0, start - 100), start)
    if opened >= 0 and ">" not in plain[opened:start]:
        inside = _IN_TAG.match(rest)
        if inside and is_quoted(inside[1]):
            return True
    twin = _VALUE_KEY.match(rest)
    return twin is not None and is_quoted(twin[1])


def _is_assigned_here(rest: str, name: str) -> bool:
    given = _ASSIGN.match(rest)
    if given is None:
        odd = _ODD_SIGN.match(rest)
        return odd is not None and is_strong(odd["value"])
    filler, value = given["filler"], given["value"]
    words = parts(fold(filler))
    if words & SUBJECTS or (words & EVENTS and not is_strong(value)):
        return False
    if "phrase" in name and len(rest[given.start("value") :].partition("\n")[0].split()) >= _PHRASE_WORDS:
        return True
    quoted = _QUOTED.match(rest, given.start("value"))
    if quoted:
        # Programs are given words of letters, too.
        is_code = not filler.strip() and given["sign"] in {":", "=", ":=", "=>", "("}
        return is_quoted(quoted[2]) if is_code else is_assigned(quoted[2])
    if value[:1] in "([" and not is_assigned(value[1:].rstrip(")].,")):
        return False
    if filler.strip() and not is_near(value, last=True):
        return False
    return is_assigned(value)


def _is_below(plain: str, start: int, rest: str) -> bool:
    """Tell whether a label by itself is followed by a word by itself in the next line."""
    below = _NEXT_LINE.match(rest)
    if below is None:
        return False
    label = plain.rfind("\n", 0, start) + 1
    return start - label <= _LONGEST_LABEL and is_assigned(below[1]) and is_near(below[1], last=True)


def _is_after(line: str) -> bool:
    """Tell whether a word that follows "password" in its sentence is one; the further off, the odder it has to look."""
    sentence = re.split(r"(?<=[\w\"'`)])[.!?]\s|[<>]", line, maxsplit=1)[0]
    words = _TOKEN.findall(sentence.lower() if sentence.isupper() else sentence)[:_MOST_WORDS]
    folded = [stripped(fold(word)) for word in words]
    if folded and folded[0] in SUBJECTS and folded[:2] != ["reset", "to"]:
        return False
    is_close, owned = True, False
    for index, word in enumerate(words):
        if folded[index] in LINKS:
            is_close = is_close or folded[index] in POINTERS
            owned = False
            continue
        owned = (index > 0 and folded[index - 1] in OWNERS - {"from"}) or (
            owned and (folded[index] in CHOICES or folded[index - 1] in CHOICES)
        )
        is_last = index == len(words) - 1 or word[-1] in ",.;)"
        if not owned and (is_near(word, last=is_last) if is_close else is_strong(word)):
            return True
        if index and folded[index] in SUBJECTS:
            return False
        is_close = False
    return False


def _is_before(line: str) -> bool:
    """Tell whether a password is followed by the word for it: "… is the password", "use … as password"."""
    words = _TOKEN.findall(line)[-_MOST_WORDS:]
    points = False
    for index in range(len(words) - 1, -1, -1):
        folded = stripped(fold(words[index]))
        if is_near(words[index], last=points):
            return points and not (index and stripped(fold(words[index - 1])) in OWNERS)
        points = points or folded in POINTERS or words[index] in {"=", "("}
        if not points and folded not in LINKS and folded:
            return False
    return False


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
    value, sign = beside["value"].rstrip(".,;)\"'*_"), beside["sign"]
    if {",", ";"} & set(sign):
        value = re.split(r"[,;]", value, maxsplit=1)[0]
    if is_placeholder(value):
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
        is_alone(one[0], bare=bare or _last_word(plain[max(0, one.start() - _LONGEST_LABEL) : one.start()]) in ENTRIES)
        and one[0].casefold().partition("@")[0] != message.user
        and not _ID_LABEL.search(_label(plain, one.start()))
        for one in found
    )


def _label(plain: str, place: int) -> str:
    """Return what stands before a word, with the key that is a part of it."""
    key = _KEY.match(plain, place)
    return plain[max(0, place - _LONGEST_LABEL) : key.end() if key else place]


def _last_word(text: str) -> str:
    words = text.rsplit(maxsplit=1)
    return stripped(fold(words[-1])) if words else ""
