"""The fixed forms in which programs and tables give a secret away: headers, links, options, calls, columns.

Every function is one form and takes one message; what people write in sentences is for `sentences`.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import takewhile
from typing import Final
from urllib.parse import unquote, urlsplit

from flows.link.secrets.message import Read, urls_in
from flows.link.secrets.ordinary import is_id, is_placeholder
from flows.link.secrets.shapes import is_assigned, is_quoted
from flows.link.secrets.vocabulary import is_rare
from flows.link.secrets.words import BUNDLES, LOCKERS, MEETING_WORDS, MEETINGS, SUBJECTS, fold, names_in, parts

_MOST_ROWS: Final = 20
_FEWEST_CELLS: Final = 2
_LONGEST_ROW: Final = 400
_LABEL: Final = re.compile(r"[^\W\d][\w /.-]{0,40}")
_PARAMETER: Final = re.compile(r"[?&;#]([\w.-]{1,60})=([^&#\s;]+)")
_SEALS: Final = frozenset({"sig", "x-amz-signature", "x-goog-signature"})
"""What opens a file in a store to whoever has the link."""
_SHORTEST_SEAL: Final = 16
_USER_INFO: Final = re.compile(r"://[^\s/:?#]{1,120}:([^\s/?#]{1,120})@")
_BASIC: Final = re.compile(r"basic[ :]{1,2}([A-Za-z0-9+/_-]{8,400})", re.IGNORECASE)
_URL_SAFE: Final = str.maketrans("+/", "-_")
_BEARER: Final = re.compile(
    r"(?:(?P<bearer>bearer)|token)(?: ?: ?| {1,2})(?P<value>[A-Za-z0-9_.~+/-]{12,400})", re.IGNORECASE
)
_KNOWN: Final = re.compile(
    # The published prefixes of the trade: JSON Web Tokens, Slack, GitHub, GitLab, Stripe, npm, AWS, Google, SendGrid,
    # OpenAI, keys.
    r"(?<![\w-])eyJ[\w-]{8,400}\.[\w-]{8}|xox[abeprs]-[\w-]{10}|xapp-\d-[\w-]{10}|gh[oprsu]_\w{20}|github_pat_\w{20}"
    r"|glpat-[\w-]{16}|sk_(?:live|test)_\w{12}|whsec_\w{12}|npm_\w{20}|gldt-[\w-]{16}|AKIA[A-Z0-9]{16}\b|ASIA[A-Z0-9]{16}\b|AIza[\w-]{30}|SG\.[\w-]{16,60}\.[\w-]{16}|sk-[\w-]{20}"
    r"|[-\u2013\u2014]{2}BEGIN [A-Z ]{0,20}PRIVATE KEY|hvs\.\w{20}"
)
_MARKS: Final = (
    *("eyJ", "xox", "xapp-", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "AKIA", "ASIA", "AIza"),
    *("SG.", "sk-", "sk_", "whsec_", "npm_", "gldt-", "BEGIN ", "hvs."),
)
"""One of these stands in each of them, and is looked for a hundred times as fast."""
_CELLS: Final = re.compile(r"[\t|;,]")
_QUOTED_CELL: Final = re.compile(r"\"[^\"\n]*\"")
"""What parts cells elsewhere is a part of it."""


def is_known(message: Read) -> bool:
    """Find a token with the mark of its maker, a private key, and what a header carries."""
    if any(mark in message.whole for mark in _MARKS) and _KNOWN.search(message.whole):
        return True
    if "basic" in message.folded and any(not is_placeholder(one.partition(":")[2]) for one in opened(message.plain)):
        return True
    if "bearer" not in message.folded and "token" not in message.folded:
        return False
    # A UUID is what other things are called by; only behind "Bearer" it opens something.
    return any(
        is_assigned(found["value"]) and _has_digit(found["value"]) and (found["bearer"] or not is_id(found["value"]))
        for found in _BEARER.finditer(message.plain)
    )


def opened(plain: str) -> list[str]:
    """Return what headers hold behind "Basic": a user, a colon and a password."""
    found: list[str] = []
    for header in _BASIC.finditer(plain):
        encoded = header[1].rstrip("=")
        try:
            decoded = base64.urlsafe_b64decode(encoded.translate(_URL_SAFE) + "=" * (-len(encoded) % 4)).decode()
        except (binascii.Error, ValueError):
            continue
        found += [decoded] if ":" in decoded else []
    return found


def is_in_link(message: Read) -> bool:
    """Find `https://user:password@host`, and a parameter that is named like a secret."""
    return any(_is_open(url) for url in urls_in(message.whole))


def _is_open(url: str) -> bool:
    user_info = _USER_INFO.search(url)
    if user_info:
        # What is in front of the host has no other use; only a placeholder is harmless.
        return not is_placeholder(unquote(user_info[1]))
    host = _host(url)
    if host.endswith(MEETINGS) or not MEETING_WORDS.isdisjoint(host.split(".")):
        return False
    return any(
        (is_name(name) and is_quoted(unquote(value))) or (name.lower() in _SEALS and len(value) >= _SHORTEST_SEAL)
        for name, value in _PARAMETER.findall(url)
    )


def is_kept_elsewhere(whole: str) -> bool:
    """Tell whether a message has a link to where people leave passwords for others."""
    return any(_host(url).endswith(LOCKERS) for url in urls_in(whole))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_called_secret(name: str) -> bool:
    """Tell whether a file or a canvas is called after a secret: "ISU password.docx", not "Password rules.pdf"."""
    return is_name(name) or bool(BUNDLES & parts(fold(name)))


def is_name(text: str) -> bool:
    """Tell whether a key names a secret and not something about one: `client_secret`, not `token_type`."""
    folded = fold(text)
    names = names_in(text, folded)
    return bool(names) and not SUBJECTS & parts(folded[names[0][1] :])


def is_in_table(message: Read) -> bool:
    """Find what stands in a column that is headed "password"."""
    heads = {message.plain.count("\n", 0, start) for start, _ in message.names}
    lines = message.whole.split("\n") if heads else []  # a link ends where its cell does
    for head in heads:
        cells = _cells(lines[head])
        columns = [index for index, cell in enumerate(cells) if _LABEL.fullmatch(cell) and is_name(cell)]
        if len(cells) < _FEWEST_CELLS or not columns:
            continue
        for line in takewhile(str.strip, lines[head + 1 : head + 1 + _MOST_ROWS]):
            row = _cells(line)
            cell = row[columns[0]] if len(row) == len(cells) else ""
            if (is_assigned(cell) and " " not in cell) or is_rare(cell):
                return True
    return False


def _cells(line: str) -> list[str]:
    line = _QUOTED_CELL.sub(lambda cell: _CELLS.sub(".", cell[0]), line[:_LONGEST_ROW])
    return [cell.strip(" *_`\"'") for cell in _CELLS.split(line)]


def _has_digit(text: str) -> bool:
    return any(one.isdigit() for one in text)
