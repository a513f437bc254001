"""Owns the sealed secrets: they come and go as `SecretStr`, others hold their names (`SecretRef`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from pydantic import SecretStr
from sqlmodel import Session, col, delete, func, select, update

from flows.state import SecretRef
from storage import envelope
from storage.database import shred_after_commit
from storage.envelope import EnvelopeError, Place
from storage.keyring import KeyRing, KeyRingError, fingerprint, new_key
from storage.tables import SecretRow

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "KeyRing",
    "KeyRingError",
    "VaultError",
    "fingerprint",
    "keep_only",
    "left",
    "missing_keys",
    "new_key",
    "rotate",
    "seal",
    "unseal",
]

_TABLE: Final = "secretrow"
_TEXT: Final = ("utf-8", "surrogatepass")
"""Takes every text there is; an encoding error would quote the secret."""


class VaultError(Exception):
    """A secret cannot be opened; `ref` names it, why is deliberately not told."""

    def __init__(self, ref: SecretRef) -> None:
        super().__init__("a sealed secret cannot be opened")
        self.ref = ref


def seal(session: Session, ring: KeyRing, *, link_id: str, field: str, secret: SecretStr, now: datetime) -> SecretRef:
    """Seal a secret of a link that exists, and give its name."""
    ref = SecretRef(str(uuid4()))
    sealed = envelope.seal(ring, _place(ref, link_id, field), secret.get_secret_value().encode(*_TEXT))
    session.add(SecretRow(id=ref, link_id=link_id, field=field, kek_id=ring.sealing_id, sealed=sealed, created_at=now))
    session.flush()
    return ref


def unseal(session: Session, ring: KeyRing, ref: SecretRef) -> SecretStr:
    """Open a secret; raises VaultError, also when there is none of that name."""
    found = session.exec(
        select(SecretRow.link_id, SecretRow.field, SecretRow.kek_id, SecretRow.sealed).where(col(SecretRow.id) == ref)
    ).first()
    if found is None:
        raise VaultError(ref)
    link_id, field, kek_id, sealed = found
    try:
        # What a rotation and the look at the start go by must be what really opens it.
        if envelope.key_id(sealed) != kek_id:
            raise VaultError(ref)
        return SecretStr(envelope.unseal(ring, _place(ref, link_id, field), sealed).decode(*_TEXT))
    except EnvelopeError:
        raise VaultError(ref) from None


def keep_only(session: Session, link_id: str, refs: frozenset[SecretRef]) -> int:
    """Delete every secret of a link but these, also from SQLite's log once committed; tell how many."""
    gone = session.exec(
        delete(SecretRow)
        .where(col(SecretRow.link_id) == link_id, col(SecretRow.id).not_in(refs))
        .execution_options(synchronize_session=False)
    ).rowcount
    if gone:
        shred_after_commit(session)
    return gone


def rotate(session: Session, ring: KeyRing, *, batch: int = 500) -> int:
    """Wrap up to `batch` data keys anew with the first key; call again until it tells 0. Raises VaultError.

    Plaintext is not touched. Secrets whose key is not in the ring are left (`missing_keys` tells).
    """
    old = ring.ids - {ring.sealing_id}
    found = session.exec(
        select(SecretRow.id, SecretRow.link_id, SecretRow.field, SecretRow.sealed)
        .where(col(SecretRow.kek_id).in_(old))
        .order_by(col(SecretRow.id))
        .limit(batch)
        .with_for_update()
    ).all()
    changed = [
        {
            "id": ref,
            "kek_id": ring.sealing_id,
            "sealed": _rewrap(ring, SecretRef(ref), link_id, field, sealed),
        }
        for ref, link_id, field, sealed in found
    ]
    if changed:
        session.exec(update(SecretRow), params=changed)
        shred_after_commit(session)
    return len(changed)


def left(session: Session, ring: KeyRing) -> int:
    """Count the secrets that `rotate` has yet to wrap anew."""
    old = ring.ids - {ring.sealing_id}
    return session.exec(select(func.count()).select_from(SecretRow).where(col(SecretRow.kek_id).in_(old))).one()


def missing_keys(session: Session, ring: KeyRing) -> set[str]:
    """Tell the ids of keys that stored secrets need and the ring lacks or holds wrongly."""
    used = session.exec(select(SecretRow.kek_id).distinct()).all()
    return {key_id for key_id in used if key_id not in ring.ids or not _opens_one(session, ring, key_id)}


def _opens_one(session: Session, ring: KeyRing, key_id: str) -> bool:
    newest = select(SecretRow.id).where(col(SecretRow.kek_id) == key_id).order_by(col(SecretRow.created_at).desc())
    try:
        for ref in session.exec(newest.limit(1)):
            unseal(session, ring, SecretRef(ref))
    except VaultError:
        return False
    return True


def _rewrap(ring: KeyRing, ref: SecretRef, link_id: str, field: str, sealed: bytes) -> bytes:
    try:
        return envelope.rewrap(ring, _place(ref, link_id, field), sealed)
    except EnvelopeError:
        raise VaultError(ref) from None


def _place(ref: SecretRef, link_id: str, field: str) -> Place:
    return Place(link_id=link_id, table=_TABLE, row_id=ref, field=field)
