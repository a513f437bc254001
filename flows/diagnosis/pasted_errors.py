"""Recognises Workday's own error texts in what a person pastes into the chat; it looks at no observation."""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz

from flows.diagnosis.phrase_match import place_of, words_of
from flows.diagnosis.reasons import Reason

_R = Reason
_CODES: Final = (
    (re.compile(r"authenticationerror"), _R.INVALID_CREDENTIALS),
    (re.compile(r"\binvalid_client\b"), _R.OAUTH_INVALID_CLIENT),
    (re.compile(r"\binvalid_grant\b"), _R.OAUTH_INVALID_GRANT),
    (re.compile(r"\bunauthorized_client\b"), _R.OAUTH_WRONG_CLIENT_KIND),
    (re.compile(r"\binvalid_request\b"), _R.OAUTH_BAD_TENANT),
    (re.compile(r"\binvalid_token\b"), _R.REST_INVALID_TOKEN),
    (re.compile(r"\b(unsupported_grant_type|invalid_scope)\b"), _R.OUR_REQUEST_REFUSED),
    (re.compile(r"workday\.com/(maintenance-page|\S*drs/outage)"), _R.MAINTENANCE),
    # The codes alone are names of telephones too.
    (re.compile(r"^\W*s2[12]\W*$"), _R.REST_FORBIDDEN),
    (re.compile(r"\b(permission|denied|forbidden|code|error|40[34])\b.*\bs2[12]\b"), _R.REST_FORBIDDEN),
    (re.compile(r"\bs2[12]\b.*\b(permission|denied|forbidden|error|40[34])\b"), _R.REST_FORBIDDEN),
)
# Matched without accents. The German texts are those a tenant may send; French and Spanish are best effort.
_PHRASES: Final = (
    ("invalid username or password", _R.INVALID_CREDENTIALS),
    ("username or password is invalid", _R.INVALID_CREDENTIALS),
    ("benutzername oder passwort ist ungultig", _R.INVALID_CREDENTIALS),
    ("benutzername oder kennwort ist ungultig", _R.INVALID_CREDENTIALS),
    ("nom d utilisateur ou mot de passe non valide", _R.INVALID_CREDENTIALS),
    ("nombre de usuario o contrasena no validos", _R.INVALID_CREDENTIALS),
    ("the task submitted is not authorized", _R.NOT_AUTHORIZED),
    ("die gesendete aufgabe ist nicht autorisiert", _R.NOT_AUTHORIZED),
    ("la tache soumise n est pas autorisee", _R.NOT_AUTHORIZED),
    ("la tarea enviada no esta autorizada", _R.NOT_AUTHORIZED),
    ("invalid request service version", _R.BAD_VERSION),
    ("ungultige version des angeforderten service", _R.BAD_VERSION),
    ("the web service or version is invalid for the requested operation", _R.WRONG_SERVICE),
    ("der webservice oder die version ist fur den vorgang ungultig", _R.WRONG_SERVICE),
    ("validation error occurred element not found", _R.OUR_REQUEST_REFUSED),
    ("validation error occurred invalid id value", _R.OUR_REQUEST_REFUSED),
    ("is not a valid id value for type", _R.OUR_REQUEST_REFUSED),
    ("is required on internal element", _R.OUR_REQUEST_REFUSED),
    ("invalid access token", _R.REST_INVALID_TOKEN),
)
# People are currently unavailable too, so this one is taken word by word.
_UNAVAILABLE: Final = ("workday", "is", "currently", "unavailable")
_BETWEEN: Final = ("system", "tenant", "service")
# Only when nothing more telling was found.
_LAST: Final = ((re.compile(r"client\.validationerror"), _R.OUR_REQUEST_REFUSED),)
_ALIKE: Final = 88
_ENOUGH: Final = 0.8


def recognise_fault(text: str) -> Reason | None:
    """Recognise one of Workday's own error texts in a message, small slips of the copy included."""
    lowered = " ".join(text.lower().split())
    return _coded(_CODES, lowered) or _said(text) or _coded(_LAST, lowered)


def _coded(table: tuple[tuple[re.Pattern[str], Reason], ...], lowered: str) -> Reason | None:
    return next((reason for pattern, reason in table if pattern.search(lowered)), None)


def _said(text: str) -> Reason | None:
    parts = words_of(text)
    if place_of(_UNAVAILABLE, parts, _BETWEEN):
        return _R.MAINTENANCE
    words = " ".join(parts)
    scores = [
        (fuzz.partial_ratio(phrase, words), reason)
        for phrase, reason in _PHRASES
        if len(words) >= _ENOUGH * len(phrase)
    ]
    score, best = max(scores, key=lambda scored: scored[0], default=(0.0, Reason.UNKNOWN))
    return best if score >= _ALIKE else None
