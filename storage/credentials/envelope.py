"""Owns the byte format of a sealed secret; it knows no table and keeps no plaintext.

`0x02 | length of key id, key id | length 2, wrapped data key | nonce 12 | ciphertext, tag 16`

AES-256-GCM with a fresh data key for every secret. Both layers are bound to the place the secret stands at;
only the wrapping is bound to the key id too, so a rotation replaces it and leaves the rest alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.credentials.keyring import KeyRefusedError

if TYPE_CHECKING:
    from storage.credentials.keyring import KeyRing

_FORMAT: Final = b"\x02"
_OLDER: Final = b"\x01"
_OLDER_LENGTH: Final = 60
"""The same without the length, which was always this; a replica of the release before may still write it."""

_SPELLING: Final = b"\x01"
"""Says how a place is spelled out, so that this could change one day."""

_NONCE: Final = 12
_DATA_KEY: Final = 32
_TAG: Final = 16


class EnvelopeError(Exception):
    """The bytes do not open: wrong key, wrong place or damage; deliberately says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed secret belongs; moved anywhere else it does not open."""

    link_id: str
    table: str
    row_id: str
    field: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """An empty envelope with its data key, wrapped already: to seal with it asks nobody."""

    place: Place
    head: bytes
    data_key: bytes = field(repr=False)

    def seal(self, plaintext: bytes) -> bytes:
        """Seal one secret; an envelope serves once."""
        nonce = secrets.token_bytes(_NONCE)
        return self.head + nonce + AESGCM(self.data_key).encrypt(nonce, plaintext, _bound(self.place))


def prepare(ring: KeyRing, place: Place) -> Envelope:
    """Make an envelope with the ring's first key; raises KeyServiceError."""
    data_key = secrets.token_bytes(_DATA_KEY)
    return Envelope(place, _head(ring, place, data_key), data_key)


def unseal(ring: KeyRing, place: Place, sealed: bytes) -> bytes:
    """Return the plaintext; raises EnvelopeError and KeyServiceError."""
    data_key, body = _open(ring, place, sealed)
    try:
        return AESGCM(data_key).decrypt(body[:_NONCE], body[_NONCE:], _bound(place))
    except (InvalidTag, ValueError):
        raise EnvelopeError from None


def key_id(sealed: bytes) -> str:
    """Return the id of the key that wraps the data key; raises EnvelopeError."""
    try:
        return sealed[2 : 2 + sealed[1]].decode("ascii")
    except (IndexError, ValueError):
        raise EnvelopeError from None


def length(sealed: bytes) -> int:
    """Return how many bytes the plaintext has; encryption does not hide it. Raises EnvelopeError."""
    return len(_cut(sealed)[2]) - _NONCE - _TAG


def rewrap(ring: KeyRing, place: Place, sealed: bytes) -> bytes:
    """Replace the wrapping by one of the ring's first key; raises EnvelopeError and KeyServiceError."""
    data_key, body = _open(ring, place, sealed)
    return _head(ring, place, data_key) + body


def _open(ring: KeyRing, place: Place, sealed: bytes) -> tuple[bytes, bytes]:
    wrapper, wrapped, body = _cut(sealed)
    try:
        return ring.key(wrapper).unwrap(wrapped, _bound(place, wrapper)), body
    except (KeyRefusedError, KeyError):
        raise EnvelopeError from None


def _cut(sealed: bytes) -> tuple[str, bytes, bytes]:
    """Return the id of the key, the wrapped data key, and the rest."""
    wrapper = key_id(sealed)
    start = 2 + int.from_bytes(sealed[1:2])
    if sealed[:1] == _FORMAT:
        size = int.from_bytes(sealed[start : start + 2])
        start += 2
    elif sealed[:1] == _OLDER:
        size = _OLDER_LENGTH
    else:
        raise EnvelopeError
    return wrapper, sealed[start : start + size], sealed[start + size :]


def _head(ring: KeyRing, place: Place, data_key: bytes) -> bytes:
    wrapper = ring.sealing_id
    wrapped = ring.key(wrapper).wrap(data_key, _bound(place, wrapper))
    return _FORMAT + len(wrapper).to_bytes() + wrapper.encode("ascii") + len(wrapped).to_bytes(2) + wrapped


def _bound(place: Place, key_id: str = "") -> bytes:
    parts = (
        _SPELLING,
        *(part.encode() for part in (place.link_id, place.table, place.row_id, place.field, key_id)),
    )
    # Lengths in front, so that no two places can spell the same bytes.
    return b"".join(len(part).to_bytes(4) + part for part in parts)
