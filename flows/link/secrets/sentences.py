"""The ways in which people give a secret away in words, behind its name or before it.

What programs write is for `forms`, what bears no name for `unnamed`.
"""

from __future__ import annotations

import re
from itertools import dropwhile
from typing import Final

from flows.link.secrets.message import Read
from flows.link.secrets.ordinary import is_ordinary
from flows.link.secrets.shapes import (
    is_assigned,
    is_chain,
    is_chosen,
    is_near,
    is_phrase,
    is_placeholder,
    is_quoted,
    is_strong,
    is_word,
    last_word,
    says_nothing,
    stripped,
    unkeyed,
)
from flows.link.secrets.unnamed import has_strong_beside, has_user, strong_nearby
from flows.link.secrets.user_names import is_user_name, repeats_user
from flows.link.secrets.vocabulary import has_names_and_number, is_of_no_thing, is_rare, is_said_of_things, is_walk
from flows.link.secrets.words import (
    CHOICES,
    EQUALS,
    EVENTS,
    GIVEN,
    HALVES,
    LINKS,
    MEETING_WORDS,
    MOVES,
    ONTO,
    OTHERS,
    OWNERS,
    PLACES,
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
_PHRASE_WORDS: Final = 4
_LONGEST_LABEL: Final = 40
_TAIL: Final = re.compile(r"(?:[_.-]?\w+){0,4}(?:\[\d*\])?")
_ASSIGN: Final = re.compile(
    r"[ ]?[\"'`*_)\]]{0,4}(?P<filler>[^:=\n<>|\t.,;?!#\"'&]{0,40}?)[\"'`*_)\]]{0,4}\s{0,3}"
    r"(?P<sign>:=|[-=~]+>|={1,3}|:+|\||\t+|[#→⇒➡]+|(?<=\s)[-\u2013\u2014]+(?=\s)|[\u2013\u2014]|\.{2,}|\((?=[\"'`])|(?<=\w)\((?=\S+\)))"
    r"[*_]{0,2}[\s|]{0,8}[*_]{0,2}(?P<value>[\"'`(\[]{0,2}[^\s|]+)"
)
_ODD_SIGN: Final = re.compile(r"\s?[^\w\s.:=?!\"'`()]{1,4}\s?(?P<value>[^\s|]+) ?(?P<rest>[^\n]?)")
"""Somebody may well put one of these between, but sentences and lists do, too."""
_VALUE_KEY: Final = re.compile(
    r"[\"'“”]?[^{}<>\n]{0,60}?\s*,?\s*[\"']?\b(?:value|wert|val|text)[\"']?\s*[:=]\s*[\"']?([^\s\"'<>,}]+)",
    re.IGNORECASE,
)
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
_VERBS: Final = frozenset({"pass", "passes"})
_NAME_OF_TEST: Final = re.compile(r"(?:\w+/)*test\w*_\w+|\w+_test\b|\w+::|\w+\.py\b", re.IGNORECASE)
_BY_MACHINES: Final = re.compile(r"secr(?!et.?(?:wor|phr))|token|jeton|key|api|gehei|segr|code(?!.?wor)|cred|clef")
_IN_TAG: Final = re.compile(r"[^<>\n]{0,140}>\s*(?:<value>|<!\[CDATA\[)?([^<>]{1,200}?)\s*(?:\]\]>)?\s*</")
_NEXT_TAG: Final = re.compile(r"[\s:\"']{0,3}</[\w:]{1,40}>\s*<[^<>/]{1,100}>\s*([^<>]{1,200}?)\s*</")
_HUMP: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_NEXT_PAIR: Final = re.compile(
    r"[\"'`*_]*:[ \t]*\n[ \t]+[\"']?(?P<key>[\w.-]{1,40})[\"']?:[ \t]+[\"']?(?P<value>[^\s\"']+)[\"']?[ \t]*(?:\n|$)"
)
"""A heading with a list of its own below, as in YAML."""
_NEXT_LINE: Final = re.compile(
    r"[*_`\"]*(?: (?:below|here|is|follows|unten|ist))?\s?[:=]?(?: ?[|>][+-]?)?[*_`\"]*"
    r"[ \t]*\n\s*[`*_\"']*([^\s`]+)[`*_\"']*[ \t]*(?:\n|$)"
)
_QUOTED: Final = re.compile(r"([\"'`])([^\"'`\n]{1,200})\1")
_QUOTES: Final = frozenset("\"'`")
_QUOTED_PHRASE: Final = re.compile(r"\s?[:=]?\s?([\"'`])[^\W\d_]+(?: [^\W\d_]+){2,7}\1")
_LIKE_USER: Final = re.compile(r"ISU_\w*\d|(?=\S*\d)[\w.+-]{1,60}@[\w.-]{1,60}$")
"""Elsewhere a user, a group, an address; nobody has a reason to name one right behind "password:"."""
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
    tail = _TAIL.match(message.plain, end, end + _LONGEST_LABEL)
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
    if _is_tagged(message.plain, start, rest) or _is_assigned_here(rest, name) or _is_below(message.plain, start, rest):
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


def _is_tagged(plain: str, start: int, rest: str) -> bool:
    """Tell whether the element or the twin attribute that is named so holds something."""
    opened = plain.rfind("<", max(0, start - 100), start)
    if opened >= 0 and ">" not in plain[opened:start]:
        inside = _IN_TAG.match(rest)
        if inside and is_quoted(inside[1]):
            return True
    beside = _NEXT_TAG.match(rest)
    if beside and is_quoted(beside[1]):
        return True
    twin = _VALUE_KEY.match(rest)
    return twin is not None and is_quoted(twin[1])


def _is_assigned_here(rest: str, name: str) -> bool:
    if "phrase" in name and (is_phrase(rest.partition("\n")[0]) or _QUOTED_PHRASE.match(rest)):
        return True
    given = _ASSIGN.match(rest)
    if given is None:
        odd = _ODD_SIGN.match(rest)
        return odd is not None and is_near(odd["value"], last=not odd["rest"])
    filler, value = given["filler"], given["value"]
    owner, is_of = _owner(filler)
    words = parts(fold(filler.removesuffix(owner)))
    if words & SUBJECTS or (words & EVENTS and not is_strong(value)):
        return False
    if name in _VERBS and _NAME_OF_TEST.match(value):
        # "PASS: test_login_2" is what programs print.
        return False
    line = rest[given.start("value") :].partition("\n")[0]
    if ("phrase" in name and len(line.split()) >= _PHRASE_WORDS) or (not filler.strip() and is_phrase(line)):
        return True
    if given["sign"] == "::" and rest[given.end("sign")].isalpha():
        # The name of a class, and what is in it.
        return False
    if ";" in value and given["sign"] == "=":
        value = value.partition(";")[0]
    quoted = _QUOTED.match(rest, given.start("value"))
    if quoted:
        # Programs are given words of letters, too.
        is_code = not filler.strip() and given["sign"] in {":", "=", ":=", "=>", "("}
        return is_quoted(quoted[2]) if is_code else is_assigned(quoted[2])
    if value[:1] in "([" and not is_assigned(value[1:].rstrip(")].,")):
        return False
    if is_of and given["sign"] in {":", "="} and is_assigned(value) and says_nothing(stripped(value)):
        return True
    if not HALVES.issuperset(fold(filler).split()) and not is_near(value, last=True):
        owners = fold(filler).split()
        is_owned = all(one in OWNERS | LINKS | PLACES or one == "isu" or "_" in one for one in owners)
        # A name that ends its quotes is no label of what stands behind them.
        if rest[:1] in _QUOTES or given["sign"] not in {":", "="}:
            return False
        return (is_owned and is_rare(value)) or _is_named_and_numbered(value)
    is_tight = not filler and given["sign"] == "=" and rest[given.end("sign") :][:1] == value[:1]
    if is_tight and is_rare(stripped(value)) and not is_placeholder(value):
        return True
    return is_assigned(value) or (not filler.strip() and bool(_LIKE_USER.match(value)))


def _is_named_and_numbered(word: str) -> bool:
    """Tell whether a word is like Meadow_Falcon_3 and names no thing at work."""
    value = stripped(word).replace("/", "_")
    return has_names_and_number(value) and is_of_no_thing(value)


def _owner(filler: str) -> tuple[str, bool]:
    """Return the end of a label that says whose secret it is, and whether the label says no more."""
    words = fold(filler).split()
    first = next((index for index, word in enumerate(words) if word in OWNERS), len(words))
    owner = filler.split(maxsplit=first)[first:] if first else [filler]
    return (owner[0] if owner else ""), bool(words) and not first


def _is_below(plain: str, start: int, rest: str) -> bool:
    """Tell whether a label by itself is followed by a word by itself in the next line."""
    pair = _NEXT_PAIR.match(rest)
    if pair and not (SUBJECTS | OTHERS) & parts(fold(pair["key"])) and is_near(pair["value"], last=True):
        return True
    below = _NEXT_LINE.match(rest)
    if below is None:
        return False
    label = plain.rfind("\n", 0, start) + 1
    may_be = is_near(below[1], last=True) or is_chain(below[1]) or has_names_and_number(below[1])
    return start - label <= _LONGEST_LABEL and is_assigned(below[1]) and may_be


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
        is_last = index == len(words) - 1 or word[-1] in ",.;)" or words[index + 1][0] == "("
        if not owned and (is_near(word, last=is_last) if is_close else is_strong(word)):
            return True
        if is_close and is_last and not owned and _is_named_and_numbered(word):
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
