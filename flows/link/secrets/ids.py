"""Tells ids by the forms that their makers publish: of records, commits, machines, parcels; knows no sentence."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

_FORMS: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"  # UUIDs
    r"|(?:00[a-z]|0[a-z]{2}|exk|aus)[\dA-Za-z]{17}|00[\dA-Za-z]{13}(?:[\dA-Za-z]{3})?"  # Okta, Salesforce
    r"|(?:ami|i|vpc|vol|sg|subnet|snap|eni|rtb|igw|lt)-[0-9a-f]{8,17}"  # Amazon
    r"|[a-z][a-z\d]*(?:-[a-z\d]+)*-[bcdf-hj-np-tv-xz2-9]{8,10}-[bcdf-hj-np-tv-xz2-9]{5}"  # what Kubernetes runs
    r"|1Z[\dA-Z]{16}|[A-HJ-NPR-Z\d]{17}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"  # parcels, vehicles, network cards
)
_DIGEST: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_LENGTHS: Final = frozenset({16, 24, 32, 40, 64})
_LONGEST_KEY: Final = 40
"""Characters; what is longer is a digest or the id of a message, whatever its length."""
_SHORT: Final = frozenset({7, 8, 12})
"""So programs shorten a digest; people may type as much themselves."""
_UUID_BEGUN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{0,28}")
_CLIENT_ID: Final = range(12, 49)
"""Characters of a UUID in base64, which is what Workday calls its API clients; people write its beginning alone."""


def is_id(value: str) -> bool:
    """Tell whether a word is an id, by its form or as a digest of a usual length."""
    is_long = len(value) in _LENGTHS or len(value) > _LONGEST_KEY
    return is_formed_id(value) or (is_long and bool(_DIGEST.fullmatch(value)))


def is_any_id(value: str) -> bool:
    """Tell whether a word is an id, or a shortened digest."""
    return is_id(value) or (len(value) in _SHORT and bool(_DIGEST.fullmatch(value)))


def is_formed_id(value: str) -> bool:
    """Tell whether a word has the form of an id that no secret has."""
    return bool(_FORMS.fullmatch(value)) or _is_client_id(value)


def _is_client_id(value: str) -> bool:
    if len(value) not in _CLIENT_ID or not value.isascii() or not value.isalnum():
        return False
    return bool(_UUID_BEGUN.fullmatch(b64decode(value[: len(value) // 4 * 4]).decode("latin-1")))
