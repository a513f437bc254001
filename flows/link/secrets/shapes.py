"""What one word looks like: a password, a token, or one of the many things that only resemble them; knows no sentence.

Taken over from the field: letters alone are no secret and the name of a variable is none (gitleaks), ids, templates and
calls are none (detect-secrets), long strings are judged by how mixed they are (all of them).
"""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.ordinary import (
    LONGEST,
    is_formed_id,
    is_id,
    is_numbered,
    is_ordinary,
    is_pattern,
    is_placeholder,
)
from flows.link.secrets.words import (
    FAMOUS,
    GLUE,
    GREETINGS,
    OTHERS,
    PLACEHOLDERS,
    STATES,
    THINGS,
    TRADE_WORDS,
    fold,
)

_AROUND: Final = "\"'`*_~.,;:?()[]<>|\\"
_STRONG: Final = frozenset("!#$%^*?=~<>{}")
_INNER: Final = _STRONG | frozenset("&@+")
_PASSWORD: Final = range(8, 65)
_WORD_PASSWORD: Final = range(6, 33)
_TOKEN: Final = 20
_RUNS_OF_DIGITS: Final = 3
_SHORT_TOKEN: Final = 14
_MANY_RUNS_OF_DIGITS: Final = 5
_LONGEST_PLAIN_PART: Final = 5
_SHORTEST: Final = 5
_SHORTEST_NUMBER: Final = 6
_THREE: Final = 3
_PHRASE: Final = 20

_SYMBOL: Final = re.compile(r"[^\w.,:;()\[\]/\\…-]")
_DIGIT: Final = re.compile(r"\d")
_SEPARATORS: Final = re.compile(r"[-_./:,;@+&*#()\[\]\\]+")
_LIKE_A_WORD: Final = re.compile(
    r"[A-Z]*[a-zß-ÿ]+(?:[A-Z]+[a-zß-ÿ]+)*\d{0,4}[a-z]?(?:[A-Z][a-z]{2,})?[A-Z]{0,2}\d?"  # getWorkers44, iPhone15Pro
    r"|[A-ZÀ-Þ]+[a-z]?\d*|[A-Z\d]{1,8}|[a-z]{1,3}\d+|\d+[A-Za-z]{0,4}"  # DE8937, FY26Q4, rc1, 3rd
    r"|[0-9a-f]{7,12}"  # ends of ids
)
_DIGEST: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-f]+", re.IGNORECASE)

_ACCOUNT: Final = re.compile(r"(?:\w+[_-])?ISU(?:[_-][\w-]+)?(?:@[\w.-]+)?")
_SIGNED: Final = re.compile(
    r"\w+!\$?[A-Z]+\$?\d+(?::\S+)?|!?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?"  # cells
    r"|(?:\w+[_-])?ISU[_-][\w@-]+[;,|][a-z]+"
    r"|#[\w-]*|[A-Za-z]+[_.-][A-Za-z_.-]*#[\w-]*!?"
    r"|[A-Za-z]{1,2}#[\w-]*|[A-Za-z]+#\d|\S*~\d+\w*|\d+%\S*"  # Ticket#12345, approx.~15, 100%ready
    r"|[a-z]+_[a-z]+\d{1,2}"  # acme_dpt1
    r"|\S+:[$%]\{?\w+[%}]?"  # user:$PASSWORD
    r"|\(*\w{1,2}(?:[-+*/^=<>()!]+\w{1,2}){2,}\)*"  # x^2+y^2=z^2
    r"|[\dx.,+*/^()-]+=[\d.,]+%?"  # 10x10=100
    r"|wd[#?*_]{1,3}[-.]\S*"  # a guide's server
    r"|[\w/.-]+@\{\S*\}"  # main@{2026-11-20}
    r"|[A-Za-z][\w.-]*(?:/[A-Za-z][\w.-]*)+\?[a-z]+"  # Human_Resources/v44.0?wsdl
    r"|[A-Za-z][\w.-]{3,}@[A-Za-z]+(?:[_-][A-Za-z]+)*\d{0,2}"  # user@tenant
)
"""What a password could look like too, so it counts only where nothing is said of one."""

_MADE_OF_NAMES: Final = re.compile(
    r"[A-Za-z]+\d?(?:_[A-Za-z]+\d*)+|[a-z]+_[a-z]+\d{1,2}-20\d\d|(?:[A-Z][a-z]+_){2,}\d|[A-Za-z]+_?\d+_\w+|[A-Z][A-Z\d]*(?:_[A-Z\d]+)+"
)
_WEAK: Final = re.compile(r"(?i:workday|test|user|worker|account)\d{1,4}")
"""Elsewhere the name of a place at work; behind "password:" what lazy people choose."""
_COUNTED: Final = re.compile(r"([^\W\d_]+)\.? \d+|\d+ ([^\W\d_]+)\.?")
"""min 12"""
_BOUND: Final = re.compile(r"[-._]")
_BOUND_BY_EQUALS: Final = re.compile(r"[A-Z][a-z]+(?:=[A-Z][a-z]+)+=?\d+")
"""Juniper=Kayak7: no program calls both a key and its value by a name."""
_CAPITALS: Final = re.compile(r"(?![A-Z]{2,5}\d{5})[A-Z]+\d+[A-Z]+[A-Z\d]*")
"""No code of letters and a number: HERON7LAKE."""
_IN_GROUPS: Final = re.compile(r"[A-Za-z\d]{3,6}(?:-[A-Za-z\d]{3,6}){2,5}")
"""7Gq-2Lm-9Xz, as password managers make them; the numbers of things have letters of one kind."""
_STATE: Final = re.compile(r"(?:ed|able|less)$|^(?:your|my|the)|pass?wor[dt]|secret|kennwort")
"""How English ends what has been done to something and how it is, and what stands in for a password: YourPassword."""
_OF_WORK: Final = THINGS | TRADE_WORDS | OTHERS | {"password", "secret", "token"}
_PHRASE_WORD: Final = re.compile(r"[a-z]{3,}")
_LONGEST_PHRASE: Final = 8
_ENDING: Final = re.compile(r"[^A-Za-zÀ-ÿ]{1,8}$")
_LEET: Final = str.maketrans("@013$5", "aoiess")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_SIGN: Final = re.compile(r"[^\w&+.-]")
_USER_AT_TENANT: Final = re.compile(r"[\w.-]+@[\w-]*[A-Za-z][\w-]*")
_KEY_AND_VALUE: Final = re.compile(
    r"(?:\W?[A-Za-z_][\w.:-]*?(?:[=<>!~]=|[-=]>|:=|[=<>?])|[\w.-]+?(?:[=<>!~]=|[-=]>))(?P<value>.*)", re.DOTALL
)
_QUERY: Final = re.compile(r"(?:[\w/.-]*\?|&)?[\w.]+(?:![\w.]+)?=[\w.%:+{}$<>*/-]*(?:[&;,][\w.!]+=[\w.%:+{}$<>*/-]*)+")
_NEXT_PAIR: Final = re.compile(r";\w[\w ]*=.*")
_CALL: Final = re.compile(r"=?\$?[A-Za-z_][\w.]*\(")
_FRAME: Final = re.compile(r"[A-Za-z_][\w.$<>`+/]*\.<?\w+>?\(")
"""A call as programs list those that were under way: `jdk.$Proxy45.get(Unknown`, `Sync+<Run>d__14.MoveNext()`."""


def stripped(word: str) -> str:
    """Return a word without the marks that stand around words."""
    return word[:LONGEST].strip(_AROUND)


def last_word(text: str) -> str:
    """Return the last word of a text, folded."""
    words = text.rsplit(maxsplit=1)
    return stripped(fold(words[-1])) if words else ""


def is_assigned(value: str) -> bool:
    """Tell whether what stands behind "password:" is one: letters alone say how things are, not what the secret is."""
    value = stripped(value)
    if len(value) < _SHORTEST or is_placeholder(value):
        return False
    if is_ordinary(value) and not (_DIGEST.fullmatch(value) or _WEAK.fullmatch(value)):
        return False
    found = classes(value)
    if value.isdigit():
        return len(value) >= _SHORTEST_NUMBER
    counted = _COUNTED.fullmatch(value)
    if counted and fold(counted[1] or counted[2]) in STATES | GLUE:
        return False
    if "digit" in found:
        return len(found) > 1
    inner = _INNER & set(value[1:-1]) or (_INNER - set("!?")) & set(value[-1])
    return (
        (bool(inner) and len(value) in _PASSWORD)
        or (value.isalpha() and len(value) in _PASSWORD and not _LIKE_A_WORD.fullmatch(value) and value.isascii())
        or (len(value) >= _PHRASE and "/" not in value and _is_chain(value))
        or is_chain(value)
    )


def is_chain(value: str) -> bool:
    """Tell whether a word is a passphrase bound by hyphens or dots, of words that say nothing of it."""
    words = _BOUND.split(value)
    is_said = any(not word.isalpha() or fold(word) in GLUE | STATES for word in words)
    return len(words) > _THREE and not is_said and not _is_of_work(value, words)


def _is_chain(value: str) -> bool:
    words = re.findall(r"[A-Za-z]+", value)
    is_long = len(words) > _THREE or (len(words) == _THREE and GLUE.isdisjoint(words) and STATES.isdisjoint(words))
    return is_long and not _is_of_work(value, words)


def _is_of_work(value: str, words: list[str]) -> bool:
    """Tell whether words are bound as Workday binds the names of its operations and fields: Update_Workday_Account."""
    return "_" in value and sum(fold(word) in _OF_WORK for word in words) > 1


def is_quoted(value: str) -> bool:
    """Tell whether what a program is given as its secret is one: here a word of letters alone is one, too."""
    value = value.strip()
    if is_placeholder(value) or len(value) < _SHORTEST or value[:4] == "http":
        return False
    word = value.rstrip("!?*#$")
    return is_assigned(value) or (word.isalpha() and word.isascii() and not is_placeholder(word))


def is_word(value: str, *, capital: bool) -> bool:
    """Tell whether a word of letters can be a password: it says not how one is; in prose it has a `capital`."""
    value = stripped(value)
    has_form = value != value.lower() if capital else value.isascii()
    if not value.isalpha() or len(value) not in _WORD_PASSWORD or value.isupper() or is_ordinary(value):
        return False
    folded = fold(value)
    return folded in FAMOUS or (has_form and folded not in STATES and not _STATE.search(folded))


def says_how(word: str) -> bool:
    """Tell whether a word stands in for a password or says what has been done to one: YourPassword, unlocked."""
    return _STATE.search(fold(word)) is not None


def is_account(value: str) -> bool:
    """Tell whether a word is the name of an integration user, by Workday's custom."""
    return len(value) > _SHORTEST and bool(_ACCOUNT.fullmatch(value))


def is_famous(value: str) -> bool:
    """Tell whether a word is one of the passwords that everybody has had once: Welcome123, P@ssw0rd!, Willkommen1."""
    stem = _ENDING.sub("", value)
    ending, name = value[len(stem) :], fold(stem).translate(_LEET)
    # "password1" is the name of a field.
    return name in GREETINGS and bool(_DIGIT.search(value)) and len(ending) > (name in PLACEHOLDERS)


def is_chosen(value: str) -> bool:
    """Tell whether a word is one that people choose as a password, with a number or a mark behind it or without."""
    value = stripped(value)
    word = fold(value.rstrip("0123456789!?*#$"))
    return word.isalpha() and word in (FAMOUS | GREETINGS) - PLACEHOLDERS and not is_placeholder(value)


def is_phrase(text: str, *, fewest: int = 4) -> bool:
    """Tell whether words stand together as in a passphrase: nothing binds them, and none says how a password is."""
    words = text.strip(" .!\"'`*_").split(" ")
    if not fewest <= len(words) <= _LONGEST_PHRASE or not all(_PHRASE_WORD.fullmatch(word) for word in words):
        return False
    return GLUE.isdisjoint(words) and not any(word in STATES or _STATE.search(word) for word in words[1:])


def is_near(value: str, *, last: bool) -> bool:
    """Tell whether a word beside "password" is one; in lower case only where nothing more follows (`last`)."""
    value = stripped(value)
    if is_strong(value):
        return True
    if last and value.isdigit():
        return len(value) >= _PASSWORD.start and not is_ordinary(value) and value[:2] not in {"19", "20"}
    if last and len(value) >= _PASSWORD.start and _CAPITALS.fullmatch(value):
        return says_nothing(value)
    is_mixed = value[:1].isalpha() or len(re.findall(r"\d+", value)) > 1
    is_short = last and len(value) > _SHORTEST and {"lower", "digit"} <= classes(value) and not {"=", "/"} & set(value)
    return is_short and is_mixed and says_nothing(value)


def is_strong(value: str) -> bool:
    """Tell whether a word by itself looks like a password, once there is talk of one."""
    value = _NEXT_PAIR.sub("", stripped(value).lstrip("="))
    value = value if _BOUND_BY_EQUALS.fullmatch(value) else unkeyed(value)
    if len(value) not in _PASSWORD or is_random(value):
        return is_random(value)
    found = classes(value)
    return "digit" in found and len(found) >= _THREE and says_nothing(value) and not _is_path(value)


def _is_path(value: str) -> bool:
    return "/" in value and _INNER.isdisjoint(value)


def says_nothing(value: str) -> bool:
    """Tell whether a word is nothing that people name: no date, file, id, placeholder."""
    if '"' in value or "()" in value or _MADE_OF_NAMES.fullmatch(value) or is_formed_id(value):
        return False
    return not (is_ordinary(value) or is_placeholder(value))


def is_alone(word: str, *, bare: bool) -> bool:
    """Tell whether a word is a secret where nothing is said of one: no sentence, address, formula or program holds it.

    `bare` means that it is the whole message, or stands beside the user's name.
    """
    if len(word) < _PASSWORD.start or not _DIGIT.search(word) or _FRAME.match(word):
        return False
    word = word.strip(".,;:?()[]" if bare else ".,;:!?()[]*_~").lstrip("#$~+>")
    if word[0:1] in "*_~" and word[:1] == word[-1:]:
        word = word.strip(word[0])
    if _PERCENT.search(word):
        word = max(_PERCENT.sub(" ", word).split() or [""], key=len)
    if not word or _CALL.match(word) or _is_common(word.strip("<>").rstrip("?!")) or is_pattern(word):
        return False
    value = unkeyed(word)
    word, bare = value, bare and value == word
    if is_placeholder(word) or _is_common(word):
        return False
    if is_random(word) or is_famous(word):
        return True
    found = classes(word)
    if len(word) not in _PASSWORD or "digit" not in found:
        return False
    plain = _is_plain(word)
    if {"lower", "upper", "symbol"} <= found:
        return not plain or (bare and bool(_SIGN.search(word)) and not _USER_AT_TENANT.fullmatch(word))
    return bare and not (plain and _STRONG.isdisjoint(word)) and len(found) >= _THREE


def _is_common(word: str) -> bool:
    return is_ordinary(word) or is_numbered(word) or is_id(word) or _is_signed(word[:LONGEST])


def _is_signed(word: str) -> bool:
    return bool(_SIGNED.fullmatch(word)) or word.partition("#")[0].lower() in THINGS | TRADE_WORDS | OTHERS


def unkeyed(word: str) -> str:
    """Return the value of `key=value`, the longest where there are several: the key makes no password of it."""
    if _QUERY.fullmatch(pairs := word.lstrip("{")):
        return max((pair.partition("=")[2] for pair in re.split("[&;,]", pairs)), key=len)
    named = _KEY_AND_VALUE.fullmatch(word)
    value = named["value"] if named and named["value"].strip("=") else word
    # An option as a value has a key of its own.
    return unkeyed(value[2:]) if value[:2] == "--" and value != word else value


def is_random(word: str) -> bool:
    """Tell whether letters and digits are mixed as no word, number, file name or digest mixes them."""
    if _IN_GROUPS.fullmatch(word) and sum(len(classes(group)) >= _THREE for group in word.split("-")) > 1:
        return True
    part = max(_SEPARATORS.split(word[: 4 * LONGEST]), key=len)
    is_long = len(part) >= _TOKEN
    if is_formed_id(part):
        return False
    if len(part) < _SHORT_TOKEN or _LIKE_A_WORD.fullmatch(part) or (_DIGEST if is_long else _HEX).fullmatch(part):
        return False
    return len(re.findall(r"\d+", part)) >= (_RUNS_OF_DIGITS if is_long else _MANY_RUNS_OF_DIGITS)


def classes(word: str) -> set[str]:
    """Name the kinds of characters in a word."""
    found = {"lower" if word != word.upper() else "", "upper" if word != word.lower() else ""}
    found |= {"digit" if _DIGIT.search(word) else "", "symbol" if _SYMBOL.search(word) else ""}
    return found - {""}


def _is_plain(word: str) -> bool:
    """Tell whether a word consists of words, numbers and the signs between them."""
    if not _STRONG.isdisjoint(word[:-1]):
        return False
    return all(len(part) <= _LONGEST_PLAIN_PART or _LIKE_A_WORD.fullmatch(part) for part in _SEPARATORS.split(word))
