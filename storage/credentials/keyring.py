"""Owns the keys that wrap data keys: reading and naming them; it never stores or prints one."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Key", "KeyRefusedError", "KeyRing", "KeyRingError", "KeyServiceError", "new_key"]

_NONCE: Final = 12
_KEY_BYTES: Final = 32
_KEY_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SERVED: Final = "vault:"
_MEND: Final = (
    "write id:base64 of 32 bytes, separated by commas, the sealing key first (`workday-link check` makes one)"
)


class KeyRingError(Exception):
    """CREDENTIAL_KEYS cannot be used; says which entry and the mend, never the value."""


class KeyRefusedError(Exception):
    """The wrapped bytes do not open: wrong key, wrong place or damage; deliberately says no more."""


class KeyServiceError(Exception):
    """The service that holds a key cannot be asked now; says why and never what it was asked."""


class Key(Protocol):
    """Wraps data keys, each tied to what it is `bound` to."""

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """Wrap a data key; raises KeyServiceError."""
        ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Return the data key; raises KeyRefusedError and KeyServiceError."""
        ...


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key in this process: AES-256-GCM, `nonce 12 | key 32, tag 16`."""

    secret: bytes = field(repr=False)

    def wrap(self, data_key: bytes, bound: bytes) -> bytes:
        """See `Key`."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, data_key, bound)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """See `Key`."""
        try:
            return AESGCM(self.secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise KeyRefusedError from None


class KeyRing:
    """The keys that open secrets; the first of them seals."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self._keys = MappingProxyType(dict(keys))

    def __repr__(self) -> str:
        """Name the keys without showing them."""
        return f"KeyRing({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str, served: Callable[[str], Key] | None = None) -> KeyRing:
        """Read CREDENTIAL_KEYS; `served` gives the key of that name in a key service. Raises KeyRingError."""
        if not text.strip():
            raise KeyRingError(f"CREDENTIAL_KEYS: is missing; {_MEND}")
        keys: dict[str, Key] = {}
        for place, entry in enumerate(text.split(","), start=1):
            key_id, separator, said = entry.strip().partition(":")
            if not separator or not _KEY_ID.fullmatch(key_id):
                raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has no id before a colon; {_MEND}")
            if key_id in keys:
                raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has the id of an earlier one; give it another id")
            keys[key_id] = _served(said, place, served) if said.startswith(_SERVED) else _local(said, place)
        if len(set(keys.values())) != len(keys):
            raise KeyRingError("CREDENTIAL_KEYS: two ids have the same key; make a new key for one of them")
        return cls(keys)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._keys)

    @property
    def in_order(self) -> tuple[str, ...]:
        """The ids as they were given, the sealing key first."""
        return tuple(self._keys)

    @property
    def sealing_id(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def key(self, key_id: str) -> Key:
        """Return one key; raises KeyError."""
        return self._keys[key_id]

    def prove(self) -> None:
        """Wrap and unwrap with the sealing key, so that what cannot work shows at once.

        Raises KeyServiceError and KeyRefusedError.
        """
        proof, bound = secrets.token_bytes(_KEY_BYTES), b"link-workday proof"
        key = self.key(self.sealing_id)
        if key.unwrap(key.wrap(proof, bound), bound) != proof:
            raise KeyRefusedError


def new_key(key_id: str) -> str:
    """Make an entry for CREDENTIAL_KEYS."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def _served(said: str, place: int, served: Callable[[str], Key] | None) -> Key:
    name = said.removeprefix(_SERVED)
    if not _KEY_ID.fullmatch(name) or name.startswith("."):
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} names no key; write id:vault:name")
    if served is None:
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} is kept by Vault; set VAULT_ADDR")
    return served(name)


def _local(encoded: str, place: int) -> LocalKey:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} is not base64; {_MEND}") from None
    if len(key) != _KEY_BYTES:
        raise KeyRingError(f"CREDENTIAL_KEYS: entry {place} has {len(key)} bytes instead of {_KEY_BYTES}; {_MEND}")
    return LocalKey(key)
