"""Owns the hashes by which accounts and posted secrets are known again; nothing is learnt from one without its key.

The key is sealed like every other secret and stays the same when the key ring changes, so what was counted and burnt
before a rotation still is.
"""

from __future__ import annotations

import hmac
import string
from collections.abc import Collection, Iterator
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from storage.credentials import store as credentials

if TYPE_CHECKING:
    from datetime import datetime

    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

_NAME: Final = "marks"
_POSTED: Final = "posted|"
_LETTERS: Final = frozenset(string.ascii_letters.encode() + string.digits.encode())


class Marks:
    """Makes keyed hashes; `load` comes first."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, database: Database, ring: KeyRing, now: datetime) -> Marks:
        """Open the key, or make it the first time; raises SecretError and KeyServiceError."""
        return cls(credentials.own(database, ring, _NAME, now))

    def of(self, text: str) -> str:
        """Return the HMAC of a text."""
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()

    def of_secret(self, secret: str) -> str:
        """Return the hash by which a secret is known again."""
        return self.of(f"{_POSTED}{secret}")

    def found_in(self, text: str, lengths: Collection[int], wanted: Collection[str]) -> set[str]:
        """Return which of the hashes in `wanted` are of a part of the text; `lengths` are those of secrets, in bytes.

        A part begins and ends where no letter or digit stands on both sides, so that few have to be hashed.
        """
        plain = text.encode("utf-8", "surrogatepass")
        keyed = hmac.new(self._key, _POSTED.encode(), sha256)
        found: set[str] = set()
        for part in {part for length in lengths for part in _parts(plain, length)}:
            one = keyed.copy()
            one.update(part)
            found.add(one.hexdigest())
        return found.intersection(wanted)


def _parts(text: bytes, length: int) -> Iterator[bytes]:
    inside = bytes(one in _LETTERS for one in text)
    edges = [True, *(not (before and after) for before, after in pairwise(inside)), True]
    for start in range(len(text) - length + 1):
        if edges[start] and edges[start + length]:
            yield text[start : start + length]
