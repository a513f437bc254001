"""Recognises Workday's own error texts in what a person pastes into the chat; it looks at no observation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import unquote

from flows.diagnosis.reasons import Reason
from flows.talk.hearsay import is_denied, is_other_product, is_supposed, is_told, is_turned
from flows.talk.localised_faults import name_or_password_at, task_denied_at
from flows.talk.phrase_match import place_of, places_of, plain, words_of

_Table: TypeAlias = tuple[tuple[re.Pattern[str], Reason], ...]
_R = Reason

_BAD: Final = r"(is |has been |was |has )?(invalid|not valid|revoked|expired|no longer valid)\b"
_CODES: Final[_Table] = (
    (re.compile(r"\binvalid_?client\b"), _R.OAUTH_INVALID_CLIENT),
    (re.compile(r"\binvalid_?grant\b"), _R.OAUTH_INVALID_GRANT),
    (re.compile(r"\bunauthorized_?client\b"), _R.OAUTH_WRONG_CLIENT_KIND),
    (re.compile(r"\binvalid_?request\b.{0,80}\bparameter\b"), _R.OUR_REQUEST_REFUSED),
    (re.compile(r"\binvalid_?request\b"), _R.OAUTH_BAD_TENANT),
    (re.compile(r"\binvalid_?token\b"), _R.REST_INVALID_TOKEN),
    (re.compile(r"\b(unsupported_?grant_?type|invalid_?scope)\b"), _R.OUR_REQUEST_REFUSED),
    (re.compile(r"\bclient is not authori[sz]ed to use\b.{0,40}\bgrant"), _R.OAUTH_WRONG_CLIENT_KIND),
    (re.compile(r"(?<!tls )(?<!ssl )\bclient authentication failed\b"), _R.OAUTH_INVALID_CLIENT),
    (re.compile(rf"\brefresh token {_BAD}"), _R.OAUTH_INVALID_GRANT),
    (re.compile(rf"\b(access|bearer) token {_BAD}"), _R.REST_INVALID_TOKEN),
    # Programs call any refusal so, that of a token, too.
    (re.compile(r"authenti\w{0,8}error"), _R.INVALID_CREDENTIALS),
    # The same by the names of WS-Security.
    (
        re.compile(
            r"\bfailedauthentication\b|wsse:invalidsecuritytoken"
            r"|security token could not be (authenticated|validated)"
        ),
        _R.INVALID_CREDENTIALS,
    ),
    (re.compile(r"workday\.com/(maintenance-page|\S{0,200}drs/outage)"), _R.MAINTENANCE),
    (re.compile(r"\bwe are experiencing a service interruption\b"), _R.MAINTENANCE),
    (
        re.compile(
            r"\bworkday is (currently |now )?(undergoing|down for|under|in) ((scheduled|planned) )?maintenance\b"
            r"(?! (on|this|next|tomorrow|tonight|every)\b)"
        ),
        _R.MAINTENANCE,
    ),
    # How tenants in other languages are expected to put it, without accents.
    (
        re.compile(
            r"\bworkday (ist (derzeit|momentan|zurzeit|zur zeit|aktuell|vorubergehend) nicht verfugbar"
            r"|(est actuellement indisponible|n.est (actuellement )?pas disponible actuellement)"
            r"|no esta disponible (actualmente|en este momento|temporalmente)"
            r"|(esta temporariamente indisponivel|nao esta disponivel no momento|esta indisponivel no momento)"
            r"|is (momenteel|tijdelijk) niet beschikbaar|non e (al momento|attualmente) disponibile)\b"
            r"(?! (fur|bei) (mich|mir|uns)| (pour|para|voor|per) )"
        ),
        _R.MAINTENANCE,
    ),
    # The codes alone are names of telephones and of rooms too.
    (re.compile(r"^\W*s2[12]\W*$"), _R.REST_FORBIDDEN),
    (
        re.compile(
            r"\b(permission|denied|forbidden|code|err|error|40[34]|wql|return(s|ed)|kommt|meldet)\b.*\bs2[12]\b"
        ),
        _R.REST_FORBIDDEN,
    ),
    (re.compile(r"\"error\"\s?:\s?\"permission denied\""), _R.REST_FORBIDDEN),
    (
        re.compile(
            r"(?<!galaxy )\bs2[12]\b.*\b(permission|denied|forbidden|error|40[34]|data source|quer(y|ies)|wql|scope)\b"
        ),
        _R.REST_FORBIDDEN,
    ),
    (re.compile(r"\belement content\b.{0,80}\b(not valid|invalid|does not match)\b"), _R.OUR_REQUEST_REFUSED),
    # What other vendors' products call the same answers of Workday.
    (
        re.compile(r"\b(invalid_credentials(?!\W{0,4}(?:yes|no|true|false|[01])\b)|authentication_failed)\b"),
        _R.INVALID_CREDENTIALS,
    ),
    (re.compile(r"\binsufficient_permissions\b|\btask not authori[sz]ed\b"), _R.NOT_AUTHORIZED),
    (
        re.compile(
            r"\b(http(/[\d.]+)?|status|error|code)\W{0,3}(code\W{0,3})?429\b"
            r"|too many (concurrent )?requests|rate limit exceeded"
        ),
        _R.THROTTLED,
    ),
    (
        re.compile(
            r"\b50[234]\W{1,3}(server error: )?(service (temporarily )?unavailable|bad gateway|gateway time-?out)"
            r"|\b(http(/[\d.]+)?|status|error|code)\W{0,3}((error|status|code)\W{0,3})?50[24]\b"
        ),
        _R.NOT_ANSWERING,
    ),
)
# The codes as people spell them when they type what they read; then something has to say that it was read.
_SPELT: Final[_Table] = (
    (re.compile(r"\binvalid[ -]client\b(?! (id|secret|name))"), _R.OAUTH_INVALID_CLIENT),
    (re.compile(r"\binvalid[ -]grants?\b"), _R.OAUTH_INVALID_GRANT),
    (re.compile(r"\bunauthori[sz]ed[ -]client\b"), _R.OAUTH_WRONG_CLIENT_KIND),
    (re.compile(r"\binvalid[ -]refresh[ -]token\b"), _R.OAUTH_INVALID_GRANT),
    (re.compile(r"\binvalid[ -](access |bearer )?token\b(?! (url|endpoint|name|type))"), _R.REST_INVALID_TOKEN),
    (re.compile(r"\b(unsupported[ -]grant[ -]type|invalid[ -]scopes?)\b"), _R.OUR_REQUEST_REFUSED),
)
_READ: Final = re.compile(
    r"\b(errors?|fault|failed|exception|says?|said|saying|gets?|got|getting|receiv\w+|see|seeing|shows?|showing"
    r"|c(?:ame|omes) back|returns?|returned|returning|gives?|responds?|responses?|message|endpoint|oauth|http|40[013]"
    r"|fehler|meldung|steht|erreur|affiche|mensaje)\b"
)
_ENCODED: Final = re.compile(r"%3C[\w/]|%7B%22", re.IGNORECASE)
"""What a program escaped for an address: a tag, or an object of JSON."""
_SPELT_ALONE: Final = 4
"""Words of a message that needs nothing else to say that it was read."""
# Matched without accents and with slips.
_PHRASES: Final = (
    ("invalid request service version", _R.BAD_VERSION),
    ("invalid service version", _R.BAD_VERSION),
    ("ungultige version des angeforderten service", _R.BAD_VERSION),
    ("the web service or version is invalid for the requested operation", _R.WRONG_SERVICE),
    ("service or version invalid for requested operation", _R.WRONG_SERVICE),
    ("der webservice oder die version ist fur den vorgang ungultig", _R.WRONG_SERVICE),
    ("validation error occurred element not found", _R.OUR_REQUEST_REFUSED),
    ("validation error occurred invalid id value", _R.OUR_REQUEST_REFUSED),
    ("is not a valid id value for type", _R.OUR_REQUEST_REFUSED),
    ("is required on internal element", _R.OUR_REQUEST_REFUSED),
    ("authorization grant is invalid expired revoked", _R.OAUTH_INVALID_GRANT),
    ("invalid access token", _R.REST_INVALID_TOKEN),
)
# People are currently unavailable too, so this one is taken word by word.
_UNAVAILABLE: Final = ("workday", "is", "currently", "unavailable")
_BETWEEN: Final = ("system", "tenant", "service")
# Only when nothing more telling was found.
_LAST: Final[_Table] = ((re.compile(r"client\.validationerror|\bvalidation error occurred\b"), _R.OUR_REQUEST_REFUSED),)
PASTED_FAULTS: Final = frozenset(reason for _, reason in (*_CODES, *_SPELT, *_PHRASES, *_LAST)) | {
    *(_R.HOST_NOT_FOUND, _R.TLS_FAILED, _R.NOT_ANSWERING),
    _R.MAINTENANCE,
    _R.NOT_AUTHORIZED,
}
"""All that is ever recognised; each has words of its own for what such a text means."""
_ALIKE: Final = 88
_ENOUGH: Final = 0.8


def recognise_fault(text: str) -> Reason | None:
    """Recognise one of Workday's error texts in a message, in other languages and with small slips of the copy too.

    Trouble that is over, denied, supposed or another's is none.
    """
    text = (unquote(text) if _ENCODED.search(text) else text).replace('\\"', '"')
    if is_supposed(text) or is_other_product(text):
        return None
    whole, is_past = plain(text), is_told(text)
    for at, reason in _found(text, whole):
        if not is_denied(whole, at) and (not is_past or is_turned(whole, at)):
            return reason
    return None


def _found(text: str, whole: str) -> Iterator[tuple[int, Reason]]:
    """Give what was recognised and where in the `whole` plain text it stands, the most telling first."""
    yield from _coded(_CODES, whole)
    words, places = words_of(text), places_of(text)
    joined = " ".join(words)
    for pattern, reason in _connections():
        if found := pattern.search(joined):
            yield places[joined.count(" ", 0, found.start())], reason
    if len(words) <= _SPELT_ALONE or _READ.search(whole):
        yield from _coded(_SPELT, whole)
    if place := place_of(_UNAVAILABLE, words, _BETWEEN):
        yield places[place.start], _R.MAINTENANCE
    yield from _said(words, places)
    for number, reason in (
        (name_or_password_at(text), _R.INVALID_CREDENTIALS),
        (task_denied_at(text), _R.NOT_AUTHORIZED),
    ):
        if number is not None:
            yield places[number], reason
    yield from _coded(_LAST, whole)


@cache
def _connections() -> _Table:
    """Return how programs say that a connection failed, in words alone: each parts them by other signs."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return tuple(
        (
            re.compile(rf"\b(?:{'|'.join(phrase.strip() for line in lines for phrase in line.split('/'))})"),
            Reason[reason.upper()],
        )
        for reason, lines in table.items()
    )


def _coded(table: _Table, whole: str) -> Iterator[tuple[int, Reason]]:
    flat = " ".join(whole.split())
    for pattern, reason in table:
        if found := pattern.search(flat):
            yield whole.find(found[0].split()[0]) if " " in found[0] else whole.find(found[0]), reason


def _said(words: tuple[str, ...], places: tuple[int, ...]) -> Iterator[tuple[int, Reason]]:
    from rapidfuzz import fuzz  # noqa: PLC0415  three megabytes, which nobody needs before somebody pastes

    joined = " ".join(words)
    scored = [
        (alignment.score, alignment.dest_start, reason)
        for phrase, reason in _PHRASES
        if len(joined) >= _ENOUGH * len(phrase)
        and (alignment := fuzz.partial_ratio_alignment(phrase, joined, score_cutoff=_ALIKE))
    ]
    if scored:
        _, start, reason = max(scored, key=lambda one: one[0])
        yield places[joined.count(" ", 0, start + 1)], reason
