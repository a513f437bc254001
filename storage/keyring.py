"""Owns the keys that wrap data keys: reading, naming and deriving; it never stores or prints one."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KeyRing", "KeyRingError", "fingerprint", "new_key"]

_KEY_BYTES: Final = 32
_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_MEND: Final = (
    "write id:base64 of 32 bytes, separated by commas, the sealing key first (`workday-link check` makes one)"
)


class KeyRingError(Exception):
    """CREDENTIAL_KEYS cannot be used; says which entry and the mend, never the value."""


class KeyRing:
    """The keys that open secrets; the first of them seals."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = MappingProxyType(dict(keys))

    def __repr__(self) -> str:
        """Name the keys without showing them."""
        return f"KeyRing({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read CREDENTIAL_KEYS; raises KeyRingError."""
        if not text.strip():
            raise KeyRingError(f"CREDENTIAL_KEYS: is missing; {_MEND}")
        keys: dict[str, bytes] = {}
        for place, entry in enumerate(text.split(","), start=1):
            key_id, separator, encoded = entry.strip().partition(":")
            if not separator or not _KEY_ID.fullmatch(key_id):
                raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has no id before a colon; {_MEND}")
            if key_id in keys:
                raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has the id of an earlier one; give it another id")
            keys[key_id] = _decode(encoded, place)
        if len(set(keys.values())) != len(keys):
            raise KeyRingError("CREDENTIAL_KEYS: two ids have the same key; make a new key for one of them")
        return cls(keys)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._keys)

    @property
    def sealing_id(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def cipher(self, key_id: str) -> AESGCM:
        """Give the cipher of one key; raises KeyError."""
        return AESGCM(self._keys[key_id])

    def derive(self, purpose: str) -> bytes:
        """Derive 32 bytes for another purpose from the oldest (last) key.

        From the oldest, because a rotation puts a new key first and must not change them at once.
        """
        oldest = list(self._keys.values())[-1]
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose.encode()).derive(oldest)


def new_key(key_id: str) -> str:
    """Make an entry for CREDENTIAL_KEYS."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def fingerprint(ring: KeyRing, text: str) -> str:
    """Give a keyed hash by which equal texts are recognised and nothing else is learnt."""
    return hmac.new(ring.derive("link-workday fingerprint"), text.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def _decode(encoded: str, place: int) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} is not base64; {_MEND}") from None
    if len(key) != _KEY_BYTES:
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has {len(key)} bytes instead of {_KEY_BYTES}; {_MEND}")
    return key
