"""The sentences in which people give a secret away: "the password is …", "use … as the password".

What stands behind its name without a sentence is for `labelled`, what programs write for `forms`, what bears no name
for `unnamed`.
"""

from __future__ import annotations

import re
from itertools import dropwhile
from typing import Final

from flows.link.secrets.labelled import LONGEST_LABEL, is_assigned_here, is_below, is_named_and_numbered, is_tagged
from flows.link.secrets.message import Read
from flows.link.secrets.ordinary import is_ordinary
from flows.link.secrets.shapes import (
    is_assigned,
    is_chosen,
    is_near,
    is_phrase,
    is_strong,
    is_word,
    last_word,
    stripped,
    unkeyed,
)
from flows.link.secrets.unnamed import has_strong_beside, has_user, strong_nearby
from flows.link.secrets.user_names import is_user_name, repeats_user
from flows.link.secrets.vocabulary import is_rare, is_said_of_things, is_walk
from flows.link.secrets.words import (
    CHOICES,
    EQUALS,
    EVENTS,
    GIVEN,
    LINKS,
    MEETING_WORDS,
    MOVES,
    ONTO,
    OTHERS,
    OWNERS,
    POINTERS,
    PURPOSES,
    SETTLED,
    SUBJECTS,
    TYPED,
    UNSPOKEN,
    fold,
    parts,
)

_WINDOW: Final = 160
"""Characters around the word for a secret in which the secret is looked for."""
_SIGHT: Final = 2 * _WINDOW
"""Characters beyond which nothing around a word for a secret is looked at."""
_MOST_WORDS: Final = 8
_TAIL: Final = re.compile(r"(?:[_.-]?\w+){0,4}(?:\[\d*\])?")
_CHOSEN: Final = re.compile(
    r"['\u2019*_`]*(?:s\b)?(?:\s?[(\[][^()\[\]\n]{0,30}[)\]])? ?(?P<sign>[:=|\t\u2192\u21d2\u27a1]|[-=]>)?"
    r"[*_`]*\s{0,3}(?P<words>(?:\w{1,30}[ :]{1,2}){0,6}?)"
    r"[*_]*(?:([\"'`])(?P<quoted>[^\"'`\n]{1,200})\3|(?P<value>[^\W\d_]{1,32}(?:[-._][^\W\d_]{1,32}){0,8})[*_.!]*\s{0,3}(?:$|[,;|&]|(?<=\s)(?:\(|#|//)|[^\x00-\u02ff]))"
)
_COLUMNS: Final = frozenset({"|", "\t"})
"""These part the headings of columns, too."""
_ENUMERATED: Final = re.compile(
    r"\w[\"'`*_)]{0,3}(?:[,;|&+]\s?|\s(?:and|und|et|y|e|i|en|og|och)\s)(?:[a-zA-Z]{2,3}\s)?$"
)
"""What stands before the label is one of several things that are given."""
_LETTERS_ALONE: Final = re.compile(r"[\W_]{0,8}[^\W\d_]{1,40}[\W_]{0,8}")
_BY_MACHINES: Final = re.compile(r"secr(?!et.?(?:wor|phr))|token|jeton|key|api|gehei|segr|code(?!.?wor)|cred|clef")
_HUMP: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_HAS_VALUE: Final = re.compile(r"[\s\"'*_`]*[:=|]\s*[^\s*\u2022\u25cf\u00b7\u2026]|.*\d")
"""What is masked is no value."""
_CLAUSE_ENDS: Final = frozenset(".,;!)")
_REFERS: Final = re.compile(r"\$\{?\w{0,40}$")
"""The name is that of a variable, in whose place something is put elsewhere."""
_TOKEN: Final = re.compile(r"\S+")
_IS: Final = "is"
_SHORT_IS: Final = frozenset({"'s", "\u2019s"})
"""So "is" is said behind the name of a secret: "the password's Falcon_Bay7"."""


def is_named(message: Read) -> bool:
    """Find `password: …`, "the password is …", `<Password>…</Password>`, and "… is the password"."""
    judged: set[tuple[str, str, str]] = set()
    for start, end in message.names:
        before, behind = message.plain[max(0, start - _SIGHT) : start], message.plain[end : end + _SIGHT]
        around = (before, message.plain[start:end], behind)
        # The same line again, as in a log, is the same again.
        if around not in judged and _is_given(message, start, end):
            return True
        judged.add(around)
    return False


def _is_given(message: Read, start: int, end: int) -> bool:
    tail = _TAIL.match(message.plain, end, end + LONGEST_LABEL)
    over = tail.end() if tail else end
    if (SUBJECTS | EVENTS) & parts(fold(_HUMP.sub(" ", message.plain[end:over]))):
        return False
    tail_word = message.plain[end + 1 : over].partition(".")[0]
    is_joined = message.plain[end:over][:1] in {"-", "_", "."} and not is_ordinary(message.plain[end + 1 : over])
    is_last = message.plain[over : over + 1].strip() == ""
    if is_joined and is_near(tail_word, last=is_last) and OTHERS.isdisjoint(parts(fold(tail_word))):
        return True
    rest = message.plain[over : over + _WINDOW]
    name = message.folded[start:end]
    is_code = name == "passcode" or rest.partition("\n")[0].strip(" :").isdigit()
    if is_code and MEETING_WORDS & parts(message.folded[max(0, start - _WINDOW) : over + _WINDOW]):
        return False
    if is_tagged(message.plain, start, rest) or is_assigned_here(rest, name) or is_below(message.plain, start, rest):
        return True
    before = message.plain[max(0, start - _WINDOW) : start]
    said = fold(before.rpartition("\n")[2])
    line = rest.partition("\n")[0]
    if name in UNSPOKEN and _LETTERS_ALONE.fullmatch(line):
        return is_chosen(line.strip(" :=.!*_`\"'"))
    if last_word(before) not in CHOICES:
        is_key = message.plain[start - 1 : start] in {".", "_"} and start > 1
        is_beside = (
            is_key or has_user(message, start) or message.folded[end:over] in EQUALS or _ENUMERATED.search(before)
        )
        if not _BY_MACHINES.search(name) and _is_chosen(line, beside=bool(is_beside)):
            return True
        if _is_after(line, moved=bool(MOVES & parts(said)), settled=bool(SETTLED & parts(said))):
            return True
    if is_user_name(line, message.user) or repeats_user(before, line):
        return True
    if has_strong_beside(message, start, over) or (
        not (_HAS_VALUE.match(line) or _REFERS.search(before)) and strong_nearby(message, start, over)
    ):
        return True
    ahead = before.rpartition("\n")[2]
    ends = line.strip(" .!,;)*_`\"'") == "" or line[:1] in _CLAUSE_ENDS
    return _is_before(ahead, ends=ends) or (not line.strip() and len(ahead.split()) == 1 and is_strong(ahead))


def _is_chosen(line: str, *, beside: bool) -> bool:
    """Tell whether a word of letters or a quoted phrase is said to be a password, as people choose them.

    `beside` means that its user stands before it, or that a part of the label already says "is": then less has to be
    said. What people say in talk needs a capital in a sentence.
    """
    chosen = _CHOSEN.match(line)
    if chosen is None:
        return False
    words = re.findall(r"\w+", fold(chosen["words"]))
    if words and not (
        words[-1] in EQUALS and all(word in LINKS | OWNERS or "_" in word or word == "isu" for word in words)
    ):
        return False
    value, sign = chosen["value"], chosen["sign"]
    if value and is_rare(value) and (words or sign or beside or is_walk(value) or "." in value or is_chosen(value)):
        return True
    if value is None:
        quoted = chosen["quoted"]
        return (
            is_word(quoted, capital=False)
            or (" " not in quoted and is_assigned(unkeyed(quoted)))
            or ((bool(words) or beside) and is_assigned(unkeyed(quoted)))
            or ((bool(words) or sign in {":", "="}) and is_phrase(quoted, fewest=3))
        )
    if words:
        return is_assigned(value) or is_word(value, capital=True)
    return beside and sign not in _COLUMNS and is_word(value, capital=not sign) and not is_said_of_things(value)


def _is_after(line: str, *, moved: bool, settled: bool) -> bool:
    """Tell whether a word that follows "password" in its sentence is one; the further off, the odder it has to look.

    `moved` and `settled` mean that the words before say it was changed: then "to" leads to the new one, and so do "in"
    and "para", which lead to its owner elsewhere.
    """
    sentence = re.split(r"(?<=[\w\"'`)])[.!?]\s|[<>]", line, maxsplit=1)[0]
    words = _TOKEN.findall(sentence)[:_MOST_WORDS]
    if sentence.isupper():
        words = [word if is_ordinary(stripped(word)) else word.lower() for word in words]
    folded = [_IS if word in _SHORT_IS else stripped(fold(word)) for word in words]
    if folded and folded[0] in SUBJECTS and folded[:2] != ["reset", "to"]:
        return False
    said = list(dropwhile(LINKS.__contains__, folded))
    if not EQUALS.isdisjoint(folded[: -len(said)]) and is_phrase(sentence.split(maxsplit=len(words) - len(said))[-1]):
        return True
    is_close, owned, asks = True, False, line[len(sentence) : len(sentence) + 1] == "?"
    for index, word in enumerate(words):
        if folded[index] in LINKS:
            is_close = is_close or folded[index] in POINTERS
            owned = False
            continue
        owned = (not moved and index > 0 and folded[index - 1] in OWNERS - {"from"}) or (
            owned and (folded[index] in CHOICES or folded[index - 1] in CHOICES)
        )
        if index and words[index - 1][:2] == "--":
            # The value of another option.
            continue
        is_last = index == len(words) - 1 or word[-1] in ",.;)" or words[index + 1][0] == "("
        if not owned and (is_near(word, last=is_last) if is_close else is_strong(word)):
            return True
        if is_close and is_last and not owned and is_named_and_numbered(word):
            return True
        if (
            is_last
            and ((index and folded[index - 1] in EQUALS) or (not index and word.isdigit()))
            and (is_assigned(word) or (index and not asks and word[-1] != "?" and is_rare(stripped(word))))
        ):
            return True
        is_set = index > 0 and folded[index - 1] in ONTO and (folded[index - 2] in SETTLED if index > 1 else settled)
        if is_last and is_set and is_rare(stripped(word).rstrip("!")):
            return True
        if index and folded[index] in SUBJECTS and word[-1] != "," and folded[index + 1 : index + 2] != ["to"]:
            return False
        is_close = False
    return False


def _is_before(line: str, *, ends: bool) -> bool:
    """Tell whether a password is followed by the word for it: "… is the password", "use … as password".

    `ends` means that nothing is said behind that word: then a rare word that begins the line is one, too.
    """
    words = _TOKEN.findall(line)[-_MOST_WORDS:]
    points = meant = False
    for index in range(len(words) - 1, -1, -1):
        folded = stripped(fold(words[index]))
        if is_near(words[index], last=points):
            return (points or (meant and is_strong(words[index]))) and not (
                index and stripped(fold(words[index - 1])) in OWNERS
            )
        if points and index < len(words) - 1 and is_chosen(words[index]):
            return True
        did = stripped(fold(words[index - 1])) if points and index else ""
        if did in GIVEN | TYPED | SETTLED and is_rare(stripped(words[index])):
            return "?" not in line
        if points and ends and not index and 1 < len(words) < _MOST_WORDS and is_rare(stripped(words[0])):
            return "?" not in line
        points = points or folded in POINTERS or words[index] in {"=", "<-"} or words[index][0] == "("
        meant = meant or folded in PURPOSES
        if not (points or meant) and folded not in LINKS and folded:
            return False
    return False
