"""Finds what is written like an address in any text, however it was wrapped, broken or encoded; judges none of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from urllib.parse import unquote

INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""What clipboards put beside a text and nobody sees, marks of direction among it."""

WRAPPING = "\"'`*_~“”„‟‘’«»‹›<>()[]{},;:!?.…|"  # noqa: RUF001 - these are the characters meant
_DEEPEST = 3
"""Links in links in links: more than three layers are not opened."""

_JSON_ESCAPE = re.compile(r"\\u00([2-7][0-9a-fA-F])")
_SLACK_LINK = re.compile(r"<([^<>|\s]+)\|([^<>]*)>")
_TAG = re.compile(r"<([A-Za-z][A-Za-z _-]{0,30})>")
_GAP_IN_SCHEME = re.compile(r"(?i)\b(http)[ \t]?(s?)[ \t]{0,3}:[ \t]{0,3}/[ \t]{0,3}/?\s{0,9}(?=\w)")
_WIDE = {sign + 0xFEE0: sign for sign in range(0x21, 0x7F)} | dict.fromkeys(map(ord, "\u3002\uff61"), ".")
"""What keyboards of East Asia type for the signs of an address; browsers take them for those, too."""
_DEFANGED = re.compile(r"\[\s?(?:\.|dot)\s?\]|\((?:\.|dot)\)|(?<=s)\[:\](?=//)", re.IGNORECASE)
"""Whoever guards against bad links writes `workday[.]com`."""
_SOFT_BREAK = re.compile(r"(://[^\s=?]{1,300})=\r?\n[ \t]*(?=\S)")
"""Mail in its raw form ends a line so that goes on in the next one."""
_NUMBERLESS = re.compile(r"(?i)\bwd[#?_\u2026]{1,3}(?=[-.])")
"""A guide's `wd#`: the sign would end the address, and what stands behind it would be lost."""
_GAP_IN_PATH = re.compile(r"(?<=\.com)[ \t]{1,3}(/ccx/)|(?<=\w)[ \t]{1,3}(\.(?:my)?workday\.com/)", re.IGNORECASE)
_GAP_IN_SERVER = re.compile(
    r"(?i)\b((?:wd\d+|services\d?|impl|www)\.)[ \t]{1,3}((?:my)?workday(?:gov)?\.)[ \t]{0,3}(?=com\b)"
    r"|\b((?:my)?workday(?:gov)?\.)[ \t]{1,3}(?=com/)"
)
"""Programs that read pictures part what stands around a dot or a slash."""
_REQUEST = re.compile(
    r"(?im)^[^\w\n]{0,4}(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[ \t]+(?P<path>/\S{0,400})[^\n]{0,40}"
    r"(?:\n[^\n]{1,200}){0,12}?\n[^\w\n]{0,4}host:[ \t]{0,3}(?P<host>[\w.:-]{1,100})"
)
"""An HTTP request as programs print it: the path first, the server in a line below."""
_BLANKLESS = r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Letters and signs of languages that put no blank beside an address."""
_SPLIT = re.compile(rf"[\s<>\"“”„«»`|]+|'+(?![a-z]\b)|(?<=[A-Za-z0-9_])(?={_BLANKLESS})|(?<={_BLANKLESS})(?=https?:)")
# "https", or what a slip of the hand or of the clipboard left of it; "ftp" is another scheme.
_SCHEME = re.compile(r"(?i)(?<![a-z0-9])(?:h{0,2}[tx]{1,3}ps{0,2}(?::{1,2}|[;.](?=/))/*|h{1,2}[tx]{1,3}ps{0,2}/+:?/*)")
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_ENCODED = re.compile(r"(?i)https?%(?:25)*3a")
_ENCODED_PATH = re.compile(r"(?i)(?:https?:/+)?[\w.-]+%(?:25)*2f")
_IN_PIECES = re.compile(r"[=(\[{,;]+|:(?!\d)")
_MOST_LINES = 300
"""What has more lines than that is a log, and no address cut in two."""

_LONGEST_WORD = 4_000
"""Browsers and mail programs make no longer links."""

_LONGEST_NAME = 80
_SERVER_BEGUN = re.compile(r"://[\w-]+$")
_PATH_BEGUN = re.compile(r"workday\w*\.com/\S{0,200}$", re.IGNORECASE)
_SERVER_ENDS = re.compile(r"[\w-]{1,63}\.")
_AROUND = WRAPPING.replace("}", "").replace("]", "")
_OPENING, _CLOSING = re.compile(r"[{\[]"), re.compile(r"[}\]]")
_CUT = ("…", "...")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One thing written like an address; nothing of it is checked.

    `signed` tells that a user (and perhaps a password) stands before the host; it is not kept. `cut` tells that
    the writer's program shortened it.
    """

    host: str
    path: str = ""
    query: str = ""
    is_web: bool = True
    signed: bool = False
    cut: bool = False


def as_typed(text: str) -> str:
    """Undo what chat, mail, JSON and clipboards do to a text; placeholders such as `<tenant>` become `{tenant}`."""
    text = INVISIBLE.sub("", unescape(unescape(text))).translate(_WIDE)
    text = _DEFANGED.sub(lambda found: ":" if found[0] == "[:]" else ".", _SOFT_BREAK.sub(r"\1", text))
    text = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\\", "/")
    text = _SLACK_LINK.sub(lambda link: f" {link[2] if link[1].startswith(('mailto:', 'tel:')) else link[1]} ", text)
    if "host:" in text.lower():
        text = _REQUEST.sub(r"https://\g<host>\g<path>", text)
    text = _GAP_IN_SERVER.sub(lambda gap: (gap[1] or "") + (gap[2] or gap[3]), text)
    text = _NUMBERLESS.sub("wd{n}", _GAP_IN_PATH.sub(lambda gap: gap[1] or gap[2], text))
    return _GAP_IN_SCHEME.sub(r"\1\2://", _joined(_TAG.sub(r"{\1}", text), _is_broken))


def joined(text: str) -> str:
    """Put lines together that may be one address, cut after or before a slash or a dot."""
    return _joined(text, _may_be_broken)


def _joined(text: str, goes_on: Callable[[str, str], bool]) -> str:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if len(lines) > _MOST_LINES:
        return text
    before = ""
    parts: list[str] = []
    for line in lines:
        parts += [("" if goes_on(before, line) else "\n") if parts else "", line]
        before = line
    return "".join(parts)


def _is_broken(line: str, following: str) -> bool:
    """Tell whether a line ends where no address can: within a server's name, or behind a hyphen."""
    if _SERVER_ENDS.match(following) and _SERVER_BEGUN.search(line[-_LONGEST_NAME:]):
        return True
    return line.endswith(("-", "_")) and line[-2:-1].isalnum() and _is_one_word(following)


def _may_be_broken(line: str, following: str) -> bool:
    if following.startswith(("/", ".")):
        return True
    is_within = "/" in following and _PATH_BEGUN.search(line) is not None
    return (is_within or line.endswith(("/", "."))) and _is_one_word(following)


def _is_one_word(line: str) -> bool:
    return not re.search(r"\s", line)


def words_of(text: str) -> list[str]:
    """Split a text as `as_typed` gives it, at blanks and quotes."""
    return [word[:_LONGEST_WORD] for word in _SPLIT.split(text) if word.strip(WRAPPING)]


def addresses_in(word: str, extra_hosts: frozenset[str], depth: int = 0) -> Iterator[Address]:
    """Yield every address in one word, the inner one of a wrapped link after the outer one."""
    if "__;" in word and "/v3/__" in word:  # urldefense.com/v3/__ADDRESS__;!!signature
        word = word.partition("/v3/__")[2].partition("__;")[0]
    elif "/v2/url?u=" in word:  # urldefense.proofpoint.com/v2/url?u=ADDRESS with - for % and _ for /
        outer, _, inner = word.partition("/v2/url?u=")
        word = outer + "/v2/url?u=" + unquote(inner.partition("&")[0].translate({ord("-"): "%", ord("_"): "/"}))
    if depth == 0 and (_ENCODED.match(word) or _ENCODED_PATH.match(word)):
        word = unquote(unquote(word))
    schemes = list(_SCHEME.finditer(word))
    start = schemes[0].start() if schemes else len(word)
    yield from _without_scheme(word[:start], extra_hosts)
    for found, following in zip_longest(schemes, schemes[1:]):
        body = word[found.end() : following.start() if following else None]
        if body.strip(WRAPPING):
            yield _read(body)
    if depth < _DEEPEST and _ENCODED.search(word):
        yield from addresses_in(unquote(word[start:]), extra_hosts, depth + 1)


def _without_scheme(text: str, extra_hosts: frozenset[str]) -> Iterator[Address]:
    other = _OTHER_SCHEME.match(text)
    if other:
        yield _read(text[other.end() :], is_web=False)
        return
    for piece in _IN_PIECES.split(text):
        bare = piece.strip(WRAPPING)
        bare = bare.lstrip("/") if bare.startswith("//") else bare
        host = bare.partition("/")[0].lower()
        if "." in host or host in extra_hosts:
            yield _read(bare + "..." if piece.endswith(_CUT) else bare)


def _read(text: str, *, is_web: bool = True) -> Address:
    bare = text.rstrip("\"'`*_~“”’«»‹›<>()[],;:!?|")  # noqa: RUF001 - these are the characters meant
    cut = bare.endswith(_CUT)
    head, _, query = _trimmed(bare).partition("#")[0].partition("?")
    server, slash, path = head.partition("/")
    user, at, host = server.rpartition("@")
    path = re.sub(r"/{2,}", "/", re.split("[&;]", unquote(slash + path), maxsplit=1)[0])
    return Address(
        host=host.lstrip("\"'`*_~“”‘«‹(["),  # noqa: RUF001 - these are the characters meant
        path="/".join(part.strip() for part in path.split("/")),
        query=query,
        is_web=is_web,
        signed=bool(at and user),
        cut=cut,
    )


def _trimmed(text: str) -> str:
    """Take off what a sentence or a bracket put behind an address; a whole `{placeholder}` stays."""
    text = text.rstrip(_AROUND)
    spare = len(_CLOSING.findall(text)) - len(_OPENING.findall(text))
    while spare > 0 and text.endswith(("}", "]")):
        bare = text.rstrip("}]")
        spare -= len(text) - len(bare)
        text = bare.rstrip(_AROUND)
    return text
