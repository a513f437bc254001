"""Owns the second wrapping that makes sealed secrets unusable while the app is shut out of Slack; it deletes none.

`0x71 | length of key id, key id | nonce 12 | AES-256-GCM of the whole envelope`

Its key is one of the app's own, so that a freeze asks no key service and is done in the transaction that decides it.
The key id stands where it stands in an envelope, as what is inside still needs that key.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.credentials.envelope import EnvelopeError

if TYPE_CHECKING:
    from flows.link.setup import SecretRef

NAME: Final = "quarantine"
"""Names the key among the app's own secrets."""

FORMAT: Final = b"\x71"
"""The first byte of what is wrapped once more."""

_NONCE: Final = 12


def is_covered(sealed: bytes) -> bool:
    """Return whether a sealed secret is wrapped once more."""
    return sealed[:1] == FORMAT


def cover(key: bytes, ref: SecretRef, sealed: bytes) -> bytes:
    """Wrap a sealed secret once more."""
    head = FORMAT + sealed[1 : 2 + sealed[1]]
    nonce = secrets.token_bytes(_NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, sealed, ref.encode())


def uncover(key: bytes, ref: SecretRef, covered: bytes) -> bytes:
    """Return the sealed secret inside; raises EnvelopeError."""
    start = 2 + covered[1]
    nonce, body = covered[start : start + _NONCE], covered[start + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, ref.encode())
    except (InvalidTag, ValueError):
        raise EnvelopeError from None
