"""What stands behind the name of a secret without a sentence: behind a sign, in an element, in the next line.

What people say of it is for `sentences`.
"""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.ordinary import is_placeholder
from flows.link.secrets.shapes import (
    is_assigned,
    is_chain,
    is_near,
    is_phrase,
    is_quoted,
    is_strong,
    says_nothing,
    stripped,
)
from flows.link.secrets.vocabulary import has_names_and_number, is_of_no_thing, is_rare
from flows.link.secrets.words import (
    EVENTS,
    HALVES,
    LINKS,
    OTHERS,
    OWNERS,
    PLACES,
    SUBJECTS,
    fold,
    parts,
)

_PHRASE_WORDS: Final = 4
LONGEST_LABEL: Final = 40
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
_VERBS: Final = frozenset({"pass", "passes"})
_NAME_OF_TEST: Final = re.compile(r"(?:\w+/)*test\w*_\w+|\w+_test\b|\w+::|\w+\.py\b", re.IGNORECASE)
_IN_TAG: Final = re.compile(r"[^<>\n]{0,140}>\s*(?:<value>|<!\[CDATA\[)?([^<>]{1,200}?)\s*(?:\]\]>)?\s*</")
_NEXT_TAG: Final = re.compile(r"[\s:\"']{0,3}</[\w:]{1,40}>\s*<[^<>/]{1,100}>\s*([^<>]{1,200}?)\s*</")
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


def is_tagged(plain: str, start: int, rest: str) -> bool:
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


def is_assigned_here(rest: str, name: str) -> bool:
    """Tell whether a sign behind the name of a secret leads to a value."""
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
        return (is_owned and is_rare(value)) or is_named_and_numbered(value)
    is_tight = not filler and given["sign"] == "=" and rest[given.end("sign") :][:1] == value[:1]
    if is_tight and is_rare(stripped(value)) and not is_placeholder(value):
        return True
    return is_assigned(value) or (not filler.strip() and bool(_LIKE_USER.match(value)))


def is_named_and_numbered(word: str) -> bool:
    """Tell whether a word is like Meadow_Falcon_3 and names no thing at work."""
    value = stripped(word).replace("/", "_")
    return has_names_and_number(value) and is_of_no_thing(value)


def _owner(filler: str) -> tuple[str, bool]:
    """Return the end of a label that says whose secret it is, and whether the label says no more."""
    words = fold(filler).split()
    first = next((index for index, word in enumerate(words) if word in OWNERS), len(words))
    owner = filler.split(maxsplit=first)[first:] if first else [filler]
    return (owner[0] if owner else ""), bool(words) and not first


def is_below(plain: str, start: int, rest: str) -> bool:
    """Tell whether a label by itself is followed by a word by itself in the next line."""
    pair = _NEXT_PAIR.match(rest)
    if pair and not (SUBJECTS | OTHERS) & parts(fold(pair["key"])) and is_near(pair["value"], last=True):
        return True
    below = _NEXT_LINE.match(rest)
    if below is None:
        return False
    label = plain.rfind("\n", 0, start) + 1
    may_be = is_near(below[1], last=True) or is_chain(below[1]) or has_names_and_number(below[1])
    return start - label <= LONGEST_LABEL and is_assigned(below[1]) and may_be
