"""Owns the hashes by which accounts and posted secrets are known again; nothing is learnt from one without its key.

The key is sealed like every other secret and stays the same when the key ring changes, so what was counted and burnt
before a rotation still is.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from storage.credentials import store as vault

if TYPE_CHECKING:
    from datetime import datetime

    from storage.credentials.keyring import KeyRing
    from storage.database import Database

_NAME: Final = "marks"


class Marks:
    """Makes keyed hashes; `load` comes first."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def load(cls, database: Database, ring: KeyRing, now: datetime) -> Marks:
        """Open the key, or make it the first time; raises VaultError and KeyServiceError."""
        return cls(vault.own(database, ring, _NAME, now))

    def of(self, text: str) -> str:
        """Return the HMAC of a text."""
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()
