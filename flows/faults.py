"""Recognises Workday's own error texts in what a person pastes into the chat; it looks at no observation."""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz import fuzz

from flows.reasons import Reason

_CODES: Final = (
    (re.compile(r"authenticationerror"), Reason.INVALID_CREDENTIALS),
    (re.compile(r"\binvalid_client\b"), Reason.OAUTH_INVALID_CLIENT),
    (re.compile(r"\binvalid_grant\b"), Reason.OAUTH_INVALID_GRANT),
    (re.compile(r"\bunauthorized_client\b"), Reason.OAUTH_WRONG_CLIENT_KIND),
    (re.compile(r"\bs2[12]\b"), Reason.REST_FORBIDDEN),
)
_PHRASES: Final = (
    ("invalid username or password", Reason.INVALID_CREDENTIALS),
    ("the task submitted is not authorized", Reason.NOT_AUTHORIZED),
    ("invalid request service version", Reason.BAD_VERSION),
    ("the web service or version is invalid for the requested operation", Reason.WRONG_SERVICE),
    ("validation error occurred element not found", Reason.OUR_REQUEST_REFUSED),
    ("invalid access token", Reason.REST_INVALID_TOKEN),
    ("workday is currently unavailable", Reason.MAINTENANCE),
)
_ALIKE: Final = 88
_ENOUGH: Final = 0.8


def recognise_fault(text: str) -> Reason | None:
    """Recognise one of Workday's own error texts in a message, small slips of the copy included."""
    lowered = " ".join(text.lower().split())
    for pattern, reason in _CODES:
        if pattern.search(lowered):
            return reason
    words = " ".join(re.findall(r"[^\W_]+", lowered))
    scores = [
        (fuzz.partial_ratio(phrase, words), reason)
        for phrase, reason in _PHRASES
        if len(words) >= _ENOUGH * len(phrase)
    ]
    score, best = max(scores, key=lambda scored: scored[0], default=(0.0, Reason.UNKNOWN))
    return best if score >= _ALIKE else None
