"""Makes a message ready to be searched: what Slack and XML wrapped and escaped is undone; judges nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from flows.link.secrets.words import COURTESIES, fold, names_in

LONGEST_TEXT: Final = 40_000
"""Characters of a message that are looked at: Slack lets nobody write more at once."""

MOST_NAMES: Final = 60
"""How often "password" is followed up in one message: more of it is no message of a person."""

_ODD: Final = range(8, 2_000)
_DIGIT: Final = re.compile(r"\d")
_SCHEME: Final = "://"
_URL: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z+.:-]{1,30}://|\barn:aws[\w-]{0,10}:|\bmailto:(?=[^\s<>|]{3,200}\?))[^\s<>\"'|`]+"
)
_URL_MARKS: Final = (_SCHEME, "arn:", "mailto:")
_PUBLIC: Final = re.compile(
    r"-BEGIN (?:CERTIFICATE|PUBLIC KEY)-{1,9}[^-]*"
    r"|\b(?:DKIM|ARC(?:-\w+)?)-\w*(?:Signature|Seal|Results):[^\n]*(?:\n[ \t]+\S[^\n]*)*"
)
"""What everybody may see: halves of keys, the seals of mails."""
LINK: Final = "{link}"
"""Stands where a link stood."""

_MARKUP: Final = re.compile(
    # A sign that it begins with is found ten times as fast as what must not stand before it.
    r"<(?:[@#]|!(?!\[))[^<>\s]*>|:(?<![\w:/]:)(?!key:|lock:|closed_lock)[a-z][a-z0-9_+'-]*:(?![\w:/])"
)
_HTML: Final = re.compile(r"</?(b|i|strong|em|u|span|p|br|div|li|tr|td|th|code)\b(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_HTML_MEANS: Final = {"td": "\t", "th": "\t", "tr": "\n", "br": "\n", "p": "\n", "div": "\n", "li": "\n"}
_LINK: Final = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>")
_ENTITY: Final = re.compile(r"&#?[A-Za-z0-9]{1,31};")
_PERCENT: Final = re.compile(r"%3A%20|%(?:3A|3D|26|2F|40|3C|3E|22)", re.IGNORECASE)
_PERCENT_MEANS: Final = {
    "%3A": ":",
    "%3D": "=",
    "%26": "&",
    "%2F": "/",
    "%40": "@",
    "%3A%20": ": ",
    "%3C": "<",
    "%3E": ">",
    "%22": '"',
}
_MARKS: Final = str.maketrans(
    "\u201c\u201d\u201e\u201f\xab\xbb\u2018\u2019\u201a\u2039\u203a\xa0",
    6 * '"' + 5 * "'" + " ",
    "\u200b\u200c\u200d\u2060\ufeff",
)
"""Quotation marks of all kinds, and what nobody sees."""

_MARKED: Final = re.compile(f"[{''.join(map(chr, _MARKS))}]")
_CJK: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0590-\u0e7f"
_IN_CJK: Final = re.compile(f"[{_CJK}]")
_BESIDE_CJK: Final = re.compile(rf"(?<=[{_CJK}])(?=[!-~])|(?<=[!-~])(?=[{_CJK}])")


_LINE_BEGINS: Final = re.compile(
    r"^[ \t]*(?:(?:>+|[\u2022\u25aa\u25e6\u2023*-]|\d{1,2}[.)])[ \t]+)+|\r$|^`{3}\n|\n`{3}$", re.MULTILINE
)
"""Quotes, bullets and numbers, which part what stands on two lines, and the lines that fence code in."""
_COMMA_APART: Final = re.compile(r"(?<=[^\W_])[ \t]+(?=[,;](?:\s|$))")
"""A comma belongs to the word before it, however it is set."""
_HYPHENATED: Final = re.compile(r"(?<=[^\W\d_])-\r?\n(?=[^\W\d_])")
"""A word that did not fit in its line; what goes on with a capital keeps its hyphen."""
_DRESSED: Final = re.compile(r"(?<![\w*])\*(\w[^*\n]{0,200} [^*\n]{0,200}\w)\*(?![\w*])")
"""What Slack shows in bold, of several words."""
_EXAMPLES: Final = re.compile(
    r"\S{3,80}[- ](?:type|style) (?=pass|pw)|(?<=passwords )(?:like|such as) \S{3,80}|(?<=passwörter )wie \S{3,80}",
    re.IGNORECASE,
)
_EXAMPLE_MARKS: Final = ("type pass", "type pw", "style pass", "style pw", "asswords ", "asswörter ")
"""What is no password, but shows of what kind passwords are."""
_PIECES: Final = re.compile(r"([\"'])\s?[+.&]\s?\1")
"""A password in pieces that a program puts together."""
_ANNOTATED: Final = re.compile(r"(?<=\w):[ ]?(?:str|bytes|string|SecretStr)(?: \| (?:None|str|bytes))?(?=[ ]?[=,)])")
"""What a program says of the type of a name, before the value or none."""
_SPELT: Final = re.compile(r"(?<!\S)(?:(?:[^\s|,;][ \n]){4,60}|(?:[^\s|,;]-){4,60})[^\s|,;](?!\S)")
"""A word letter by letter, in a line, with hyphens between, or a letter a line."""
_BETWEEN_LETTERS: Final = re.compile(r"(?<=\S)[ \n-](?=\S)")
_FAREWELL: Final = re.compile(rf"[,.]?[ \t]+(?:(?:{'|'.join(COURTESIES)})\b[ \t,.!]*|[:;]-?[)pd])$", re.IGNORECASE)
_LONGEST_FAREWELL: Final = 40
_LAST_WORDS: Final = frozenset(courtesy.split()[-1].casefold() for courtesy in COURTESIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A readable message: `plain` without links, `whole` with them, `folded` as `plain`, for looking words up.

    `names` are the places in `plain` where a secret is named, `user` the integration user where it is known.
    """

    plain: str
    whole: str
    folded: str
    names: tuple[tuple[int, int], ...]
    user: str
    odd: tuple[str, ...]
    """The different words that may be a password by their length, and as they are not of letters alone."""
    spelt: tuple[str, ...]
    """The words that were written letter by letter."""
    seen: dict[str, bool] = field(default_factory=dict)
    """What was found of words, so that each is looked at once; gone with the message."""


def read(text: str, user: str) -> Read:
    """Return a message made ready to be searched."""
    whole = "\n".join(map(_to_the_point, _LINE_BEGINS.sub("", readable(text)).split("\n")))
    spelt: list[str] = []

    def put_together(letters: re.Match[str]) -> str:
        spelt.append(_BETWEEN_LETTERS.sub("", letters[0]))
        return spelt[-1]

    whole = _SPELT.sub(put_together, _PIECES.sub("", whole))
    whole = _ANNOTATED.sub("", whole) if ": " in whole else whole
    whole = _EXAMPLES.sub(" ", whole) if any(mark in whole for mark in _EXAMPLE_MARKS) else whole
    whole = _DRESSED.sub(r"\1", whole) if "*" in whole else whole
    whole = _HYPHENATED.sub(lambda at: "" if whole[at.end()].islower() else "-", whole) if "-\n" in whole else whole
    whole = _COMMA_APART.sub("", whole) if " ," in whole or " ;" in whole else whole
    whole = _PUBLIC.sub(" ", whole) if "BEGIN " in whole or "DKIM-" in whole or "ARC-" in whole else whole
    plain = _URL.sub(f" {LINK} ", whole) if any(mark in whole for mark in _URL_MARKS) else whole
    folded = fold(plain)
    names = names_in(plain, folded)[:MOST_NAMES]
    odd = tuple(filter(is_odd, dict.fromkeys(plain.split())))
    return Read(
        plain=plain,
        whole=whole,
        folded=folded,
        names=tuple(names),
        user=user.casefold(),
        odd=odd,
        spelt=tuple(spelt),
    )


def is_odd(word: str) -> bool:
    """Tell whether a word may be a password by its length, and as it is not of letters alone."""
    return len(word) in _ODD and not word.isalpha() and _DIGIT.search(word) is not None


def _to_the_point(line: str) -> str:
    """Return a line without what is said last and to somebody: the word before it is the last that says something."""
    if not _is_farewell(line):
        return line
    while farewell := _FAREWELL.search(line, max(1, len(line) - _LONGEST_FAREWELL)):
        line = line[: farewell.start()].rstrip()
    return line


def _is_farewell(line: str) -> bool:
    """Tell at a glance whether a line may end with what is said to somebody."""
    *_, last = line[-_LONGEST_FAREWELL:].split() or [""]
    return last.strip(",.! ").casefold() in _LAST_WORDS or last[-1:] in ")pPdD,.! "


def urls_in(whole: str) -> list[str]:
    """Return the addresses in a readable message."""
    return _URL.findall(whole) if _SCHEME in whole else []


def readable(text: str) -> str:
    """Return a message as it was typed."""
    plain = _LINK.sub(_typed, _MARKUP.sub(" ", text[:LONGEST_TEXT]))
    # Twice: Slack escapes what is pasted, and what is pasted can be escaped XML.
    plain = _unescaped(_unescaped(plain)).replace('\\"', '"')
    plain = _PERCENT.sub(lambda code: _PERCENT_MEANS[code[0].upper()], plain) if "%" in plain else plain
    plain = _HTML.sub(lambda tag: _HTML_MEANS.get(tag[1].lower(), ""), plain)
    if plain.isascii():
        return plain
    # Where no blank stands between the words, one is put around what is not of that script.
    plain = plain.translate(_MARKS) if _MARKED.search(plain) else plain
    plain = unicodedata.normalize("NFKC", plain)
    return _BESIDE_CJK.sub(" ", plain) if _IN_CJK.search(plain) else plain


def _unescaped(text: str) -> str:
    """Undo entities that end as they must: in `&region=eu` nobody means the first four characters."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def as_typed(text: str) -> tuple[str, str]:
    """Return a message as Slack shows it, and with the links that it made of words turned back into them."""
    return _unescaped(text), _unescaped(
        _LINK.sub(lambda link: link[2] or link[1].partition(":")[2].removeprefix("//"), text)
    )


def _typed(link: re.Match[str]) -> str:
    target, label = link[1], link[2] or ""
    if label and label.rstrip("/") in {target.rstrip("/"), _bare(target).rstrip("/")}:
        return label
    return f"{label} {target}"


def _bare(target: str) -> str:
    return target.partition(":")[2].removeprefix("//")
