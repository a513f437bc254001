"""Owns the second wrapping that makes sealed secrets unusable while the app is shut out of Slack; it deletes none.

`0x71 | length of key id, key id | nonce 12 | AES-256-GCM of the whole envelope`

Its key is one of the app's own, so that a freeze asks no key service and is done in the transaction that decides it.
The key id stands where it stands in an envelope, as what is inside still needs that key.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, col

from storage.credentials.envelope import EnvelopeError
from storage.credentials.store import Sealed, SecretError, read, read_own, rewrite
from storage.database.transactions import shred_after_commit
from storage.tables import SecretRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.link.setup import SecretRef
    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

NAME: Final = "quarantine"
"""Names the key among the app's own secrets."""

FORMAT: Final = b"\x71"
"""The first byte of what is wrapped once more."""

_NONCE: Final = 12


def freeze(session: Session, key: bytes, link_id: str) -> None:
    """Wrap the sealed secrets of a link once more, with a key of the app's `own`: nothing opens them until `thaw`."""
    for one in read(session, col(SecretRow.link_id) == link_id):
        if not is_covered(one.sealed):
            rewrite(session, one, replace(one, sealed=cover(key, one.ref, one.sealed)))
    shred_after_commit(session)


def thaw(session: Session, key: bytes, link_id: str) -> None:
    """Take the second wrapping off again; what does not open stays as it is, and useless."""
    for one in read(session, col(SecretRow.link_id) == link_id):
        rewrite(session, one, _bare(key, one))


def uncovered(database: Database, ring: KeyRing, found: Iterable[Sealed]) -> list[Sealed]:
    """Take the second wrapping off what has one, to tell which key it needs; what does not open stays as it is."""
    sealed = list(found)
    try:
        frozen = key_for(database, ring, sealed)
    except SecretError:
        return sealed
    return [_bare(frozen, one) for one in sealed]


def key_for(database: Database, ring: KeyRing, found: Iterable[Sealed]) -> bytes:
    """Return the key of the second wrapping where one of these secrets has one."""
    return read_own(database, ring, NAME) if any(is_covered(one.sealed) for one in found) else b""


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


def _bare(frozen: bytes, one: Sealed) -> Sealed:
    try:
        inner = uncover(frozen, one.ref, one.sealed) if is_covered(one.sealed) else one.sealed
    except EnvelopeError:
        return one
    return replace(one, sealed=inner)
