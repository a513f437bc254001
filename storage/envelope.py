"""Owns the byte format of a sealed secret; it knows no table and keeps no plaintext.

`0x01 | length of key id, key id | wrapped data key: nonce 12, key 32, tag 16 | nonce 12 | ciphertext, tag 16`

AES-256-GCM throughout, a fresh data key for every secret. Both layers are bound to the place the secret
stands at; only the wrapping is bound to the key id too, so a rotation replaces it and leaves the rest alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from storage.keyring import KeyRing

_FORMAT: Final = b"\x01"
_NONCE: Final = 12
_TAG: Final = 16
_DATA_KEY: Final = 32
_WRAPPED: Final = _NONCE + _DATA_KEY + _TAG


class EnvelopeError(Exception):
    """The bytes do not open: wrong key, wrong place or damage; deliberately says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed secret belongs; moved anywhere else it does not open."""

    link_id: str
    table: str
    row_id: str
    field: str


def seal(ring: KeyRing, place: Place, plaintext: bytes) -> bytes:
    """Seal with the ring's first key."""
    data_key = secrets.token_bytes(_DATA_KEY)
    nonce = secrets.token_bytes(_NONCE)
    body = nonce + AESGCM(data_key).encrypt(nonce, plaintext, _bound(place))
    return _head(ring.sealing_id) + _wrap(ring, place, data_key) + body


def unseal(ring: KeyRing, place: Place, sealed: bytes) -> bytes:
    """Give the plaintext; raises EnvelopeError."""
    data_key, body = _open(ring, place, sealed)
    try:
        return AESGCM(data_key).decrypt(body[:_NONCE], body[_NONCE:], _bound(place))
    except (InvalidTag, ValueError):
        raise EnvelopeError from None


def key_id(sealed: bytes) -> str:
    """Give the id of the key that wraps the data key; raises EnvelopeError."""
    try:
        return sealed[2 : 2 + sealed[1]].decode("ascii")
    except (IndexError, ValueError):
        raise EnvelopeError from None


def rewrap(ring: KeyRing, place: Place, sealed: bytes) -> bytes:
    """Replace the wrapping by one of the ring's first key; raises EnvelopeError."""
    data_key, body = _open(ring, place, sealed)
    return _head(ring.sealing_id) + _wrap(ring, place, data_key) + body


def _open(ring: KeyRing, place: Place, sealed: bytes) -> tuple[bytes, bytes]:
    if sealed[:1] != _FORMAT:
        raise EnvelopeError
    start = 2 + int.from_bytes(sealed[1:2])
    wrapped, body = sealed[start : start + _WRAPPED], sealed[start + _WRAPPED :]
    try:
        wrapper = key_id(sealed)
        key = ring.cipher(wrapper)
        return key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(place, wrapper)), body
    except (InvalidTag, KeyError, ValueError):
        raise EnvelopeError from None


def _wrap(ring: KeyRing, place: Place, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ring.cipher(ring.sealing_id).encrypt(nonce, data_key, _bound(place, ring.sealing_id))


def _head(key_id: str) -> bytes:
    return _FORMAT + len(key_id).to_bytes() + key_id.encode("ascii")


def _bound(place: Place, key_id: str = "") -> bytes:
    parts = (
        _FORMAT,
        *(part.encode() for part in (place.link_id, place.table, place.row_id, place.field, key_id)),
    )
    # Lengths in front, so that no two places can spell the same bytes.
    return b"".join(len(part).to_bytes(4) + part for part in parts)
