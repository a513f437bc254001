"""The ways in which programs are given a secret: options of commands, arguments of calls, values of variables.

What the results of programs hold is for `forms`.
"""

from __future__ import annotations

import re
from typing import Final

from flows.link.secrets.forms import is_name
from flows.link.secrets.message import Read
from flows.link.secrets.ordinary import is_placeholder
from flows.link.secrets.shapes import is_assigned, is_quoted, is_strong
from flows.link.secrets.vocabulary import is_rare
from flows.link.secrets.words import EVENTS, PROGRAMS, SUBJECTS, fold, parts

_SHORTEST_NAMED: Final = 4
_LONGEST_OPTION: Final = 30
_LONGEST_COMMENTED: Final = 200
_LONGEST_KEY: Final = 40
_KEY_BEFORE: Final = re.compile(r"(\w+)[\"']?\s?(?:=>|[=:])\s?$")
_QUOTED: Final = re.compile(r"([\"'`])([^\"'`\n]{1,200})\1")
_CALL: Final = re.compile(
    r"(?:auth\w{0,20}|credentials?\w{0,20}(?:\.\w{1,20})?|token|login|log_in|sign_?in|connect|session)\s{0,2}=?\s{0,2}"
    r"(?=\(([^()\n]{1,200})\)?)",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(
    r"(?<![\w-])-{1,2}(?:u|a|user|auth|proxy-user|basic)[ =]{1,2}[\"']?([^\s\"':]{1,100}):([^\s\"']{1,200})"
)
_SHORT_OPTION: Final = re.compile(r"(?<![\w-])-[pPw] ?[\"']?([^\s\"'-][^\s\"']{5,200})")
_PROGRAM: Final = re.compile(r"(?<![\w/-])[a-z7][\w-]{1,14}(?=\s)")
_ANY_OPTION: Final = re.compile(
    r"(?<=\s)-{1,2}[pPwkWa](?:ass\w{0,5})?(?P<apart>[ =]|(?=[^\s-]))[\"']?(?:pass:)?"
    r"(?P<value>[^\s\"'$-][^\s\"']{4,200})"
)
_USER_OPTIONS: Final = ("-u", "-a", "-proxy-user", "-basic")
_OPTIONS: Final = ("-p", "-P", "-w", "-k", "-W", "-a")
"""One of these stands in each of them, and is looked for a hundred times as fast."""
_ASKS: Final = re.compile(r"(?<![\w/-])(?:mysql\w{0,12}|mariadb\w{0,12})\s")
"""What stands apart from its option is another thing for these."""
_NAMED_OPTION: Final = re.compile(r"[\w-]{0,20}[ =][\"']?([^\s\"'$-][^\s\"']{4,200})[\"']?(?=\s|$)")
_SETTER: Final = re.compile(
    r"[^\n]{0,120}?[\])\"'\w]\s?\.\s?(?:send_?keys|val|value|type|fill|press_?sequentially|set\w{0,20}|input|enter\w{0,12}|write|insert\w{0,8}"
    r"|inner_?text|text_?content|text)\s?[(=]\s?([\"'`])([^\"'`\n]{4,200})\1",
    re.IGNORECASE,
)
_ARGUMENT: Final = re.compile(r"[\w.\]#)-]{0,20}[\"'`]\)?,\s?([\"'`])([^\"'`\n]{4,200})\1(?!\s?:)")
_MADE: Final = re.compile(
    r"\w{0,30}(?:\s?:\s?[A-Za-z][\w.<>\[\]?]{0,30})?(?:\s?:?=\s?|\{)(?:new\s)?(?:[\w.]{0,30}(?:String|Secret|SecretStr|b64decode|bytes|str)\()?"
    r"([\"'`])([^\"'`\n]{4,200})\1"
)
"""A variable that is declared with its type, or made of the literal by a constructor."""
_WINDOWS: Final = re.compile(
    r"(?i:\bnet1?(?:\.exe)?\s+use\s[^\n]{0,80}?\\\\\S{1,120}\s+|\bnet1?(?:\.exe)?\s+user\s+\S{1,60}\s+"
    r"|\s/(?:rp|p|pw|pwd|pass)[ :=])"
    r"[\"']?(?P<value>[^\s\"'/*$%<][^\s\"']{4,80})"
)
"""Where the commands of Windows take a password: `net use X: \\\\server password`, `/rp password`."""
_WINDOWS_MARKS: Final = ("net ", "net1 ", "net.exe ", " /p", " /rp")
_COMMENTED: Final = re.compile(
    r"=\s?([\"'`])([^\"'`\n]{4,200})\1\)?[;,]?[ \t]*(?:#+|//|--|/\*|<!--|;)[ \t]*(?:[A-Za-z]{1,12}[ \t]){0,3}$"
)
"""A literal of which a comment says what it is."""
_COMMENT_ENDS: Final = re.compile(r"[ \t]*(?:\*/|-->)?[ \t]*(?:\n|$)")
_REST_OF_NAME: Final = re.compile(r"[\w-]{0,40}")
_KEY_OF_KEYBOARD: Final = re.compile(r"\{\w+\}$|\\[nrt]$")
_SECOND: Final = re.compile(r"[\w.]{1,60}, ?[\"'`][^\"'`]{1,200}[\"'`]$")
"""The user is the name of a variable, the password is not."""


def is_option(message: Read) -> bool:
    """Find `curl -u user:password`, where nothing else can stand, and a strong word in `-p password`."""
    if any(sign in message.plain for sign in _USER_OPTIONS) and any(
        len(found[2]) >= _SHORTEST_NAMED and not is_placeholder(found[2].strip("\"'"))
        for found in _OPTION.finditer(message.plain)
    ):
        return True
    if any(mark in message.folded for mark in _WINDOWS_MARKS) and any(
        _may_be(found["value"]) for found in _WINDOWS.finditer(message.plain)
    ):
        return True
    if not any(sign in message.plain for sign in _OPTIONS):
        return False
    return any(is_strong(found[1]) for found in _SHORT_OPTION.finditer(message.plain)) or _is_given_to_program(message)


def _is_given_to_program(message: Read) -> bool:
    return any(
        not PROGRAMS.isdisjoint(_PROGRAM.findall(line))
        and any(_is_of_program(found, line) for found in _ANY_OPTION.finditer(line))
        for line in message.plain.split("\n")
        if " -" in line
    )


def _is_of_program(found: re.Match[str], line: str) -> bool:
    if not found["apart"]:
        return is_assigned(found["value"])
    return not _ASKS.search(line) and _may_be(found["value"])


def is_argument(message: Read) -> bool:
    """Find what a line of a program does with a field, a key or a variable that is named like a secret."""
    for start, end in message.names:
        tail = _REST_OF_NAME.match(message.plain, end)
        if tail and not (SUBJECTS | EVENTS).isdisjoint(parts(fold(tail[0]))):
            continue
        for form in (_SETTER, _ARGUMENT, _MADE):
            found = form.match(message.plain, end)
            if found is None:
                continue
            value = _KEY_OF_KEYBOARD.sub("", found[2])
            # A list of names looks like a call's arguments.
            if (_may_be(value) or (form is not _ARGUMENT and is_quoted(value))) and not is_name(value):
                return True
        if _is_commented(message.plain, start, end):
            return True
        if message.folded[start:end] == "securestring" or _is_in_option(message.plain, start):
            given = _NAMED_OPTION.match(message.plain, end)
            if given and _may_be(given[1]):
                return True
    return False


def _is_commented(plain: str, start: int, end: int) -> bool:
    """Tell whether a comment that says no more than the name of a secret follows a literal."""
    line = plain[max(plain.rfind("\n", 0, start) + 1, start - _LONGEST_COMMENTED) : start]
    found = _COMMENTED.search(line) if _COMMENT_ENDS.match(plain, end) else None
    return found is not None and _may_be(found[2]) and not is_name(found[2])


def _is_in_option(plain: str, place: int) -> bool:
    """Tell whether a place is inside `--an-option`."""
    before = plain[max(0, place - _LONGEST_OPTION) : place]
    return before[-1:].strip() != "" and before.split()[-1].startswith("-")


def _may_be(value: str) -> bool:
    return is_assigned(value) or is_rare(value)


def _is_of_other_key(arguments: str, place: int) -> bool:
    """Tell whether what stands at a place among arguments bears a name, and not that of a secret."""
    key = _KEY_BEFORE.search(arguments, max(0, place - _LONGEST_KEY), place)
    return key is not None and not is_name(key[1])


def is_in_call(message: Read) -> bool:
    """Find `auth=("user", "password")`: the last of two quoted words is what proves the first."""
    for call in _CALL.finditer(message.plain) if "(" in message.plain else ():
        words = [found[2] for found in _QUOTED.finditer(call[1]) if not _is_of_other_key(call[1], found.start())]
        if is_quoted(words[1]) if len(words) > 1 else _SECOND.search(call[1]) and is_strong(words[0]):
            return True
    return False
