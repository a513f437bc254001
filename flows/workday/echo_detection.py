"""Secret-echo detection: whether a text repeats what we sent, in any usual encoding; it changes no text."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Final
from urllib.parse import unquote

from pydantic import SecretStr

SHORTEST_SECRET: Final = 4
MOST_CHARACTERS: Final = 16 * 1024
"""Longer than any fault of Workday; what is longer is not searched and counts as an echo."""
_MOST_FORMS: Final = 48
_MOST_HIDDEN_FORMS: Final = 12
"""Fewer of what may be base64: most of it is not, and chance makes encodings in what comes out."""

# What may be put between two characters, or stands for a blank in a form.
_BETWEEN = re.compile(r"[\s+\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_TAG = re.compile(r"<[^<>]*>")
_NUMBERED = re.compile(r"&#(?:[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>[0-9]{1,8}));?")
_ESCAPED = re.compile(r"\\(?:u(?P<four>[0-9a-fA-F]{4})|x(?P<two>[0-9a-fA-F]{2})|(?P<one>.))", re.DOTALL)
_BLANK_ESCAPES: Final = frozenset("nrtbfv")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_LINE_ENDS = re.compile(r"\s+")
_STANDARD = str.maketrans("-_", "+/")
_LAST_CHARACTER: Final = 0x10FFFF
# Parts of our own requests, without blanks and capitals.
_OUR_WORDS = re.compile(r"wsse:|usernametoken|(?:authorization|refresh_token|client_secret)[\"']?[:=]")
_PASSWORD: Final = "password"  # noqa: S105 - the word itself


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request carried that must not come back: its secrets, and the user that signed on."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    user: str = ""

    def with_secret(self, secret: SecretStr) -> "Sent":
        """Return the same with one more secret, such as a token."""
        return replace(self, secrets=(*self.secrets, secret.get_secret_value()))

    def is_in(self, text: str) -> bool:
        """Return whether a text holds one of the secrets, or part of the request that carried them; in doubt, yes.

        Looked through are all encodings, one within another too, and what tags or blanks tear apart.
        """
        if len(text) > MOST_CHARACTERS:
            return True
        needles = {_squeezed(one) for secret in self.secrets for one in _spellings(secret)} - {""}
        user = _squeezed(self.user)
        forms = _forms(text, _MOST_FORMS)
        return len(forms) > _MOST_FORMS or any(_is_ours(_squeezed(seen), needles, user) for seen in _views(forms))

    def is_in_body(self, body: bytes) -> bool:
        """Return the same of a body, whose character set may be another one than it says."""
        # Two bytes a character leave zeros between, which are not seen.
        return any(self.is_in(text) for text in {body.decode("utf-8", "replace"), body.decode("latin-1")})


def _is_ours(seen: str, needles: set[str], user: str) -> bool:
    if any(needle in seen for needle in needles) or _OUR_WORDS.search(seen):
        return True
    return bool(user) and user in seen and _PASSWORD in seen.replace(user, "")


def _spellings(secret: str) -> Iterator[str]:
    # What looks like a tag within it is gone where tags are gone.
    return (one for one in (secret, _without_tags(secret)) if len(one) >= SHORTEST_SECRET)


def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", text).casefold()


def _forms(text: str, most: int) -> list[str]:
    """Return the text, and what undoing one encoding after another makes of it; one too many when there are more."""
    forms = [text]
    for form in forms:
        for decode in _DECODERS:
            if len(forms) <= most and (other := decode(form)) not in forms:
                forms.append(other)
    return forms


def _views(forms: list[str]) -> Iterator[str]:
    """Return the forms, and whatever in them could be base64, decoded, itself or with base64 in it."""
    yield from forms
    hidden = dict.fromkeys(part for form in forms for part in _from_base64(form))
    for part in hidden:
        yield from _forms(part, _MOST_HIDDEN_FORMS)
        yield from _from_base64(part)


def _from_base64(text: str) -> Iterator[str]:
    """Decode all runs of it; where a run begins within a longer one is not known, so all four places are tried."""
    runs = [run.translate(_STANDARD) for run in _BASE64.findall(_LINE_ENDS.sub("", text))]
    for start in range(4):
        parts = (run[start:] for run in runs)
        whole = (part[: len(part) - (len(part) % 4 == 1)] for part in parts)
        decoded = (base64.b64decode(part + "=" * (-len(part) % 4)) for part in whole)
        yield "|".join(part.decode("utf-8", "replace") for part in decoded)


def _without_numbers(text: str) -> str:
    return _NUMBERED.sub(_numbered, text)


def _numbered(match: re.Match[str]) -> str:
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    return chr(code) if code <= _LAST_CHARACTER else ""


def _without_escapes(text: str) -> str:
    # Two escapes stand for one character beyond the first 65536.
    return _ESCAPED.sub(_escaped, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(match: re.Match[str]) -> str:
    if code := match["four"] or match["two"]:
        return chr(int(code, 16))
    return " " if match["one"] in _BLANK_ESCAPES else match["one"]


def _without_tags(text: str) -> str:
    return _TAG.sub("", text)


# Python's own way with numbered characters leaves some out.
_DECODERS: Final[tuple[Callable[[str], str], ...]] = (
    unescape,
    _without_numbers,
    _without_escapes,
    _without_tags,
    unquote,
)
