"""Owns which keys the stored secrets need: it wraps their data keys anew with the first one, and shows no plaintext."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from storage.credentials import envelope, quarantine
from storage.credentials.envelope import EnvelopeError
from storage.credentials.store import Sealed, SecretError, opens, read, rewrite
from storage.database.transactions import shred_after_commit
from storage.tables import SecretRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

__all__ = ["left", "missing_keys", "rotate"]


def rotate(database: Database, ring: KeyRing, *, batch: int = 500) -> int:
    """Wrap up to `batch` data keys anew with the first key; call again until nothing is `left`.

    Plaintext is not touched. Secrets whose key is not in the ring stay as they are (`missing_keys` tells). What was
    replaced or forgotten meanwhile is passed over. Raises SecretError and KeyServiceError.
    """
    old = col(SecretRow.kek_id).in_(ring.ids - {ring.sealing_id})
    found = database.run_sync(lambda session: read(session, old, batch))
    frozen = quarantine.key_for(database, ring, found)
    anew = [(one, _rewrap(ring, one, frozen)) for one in found]

    def write(session: Session) -> int:
        done = sum(rewrite(session, before, after) for before, after in anew)
        if done:
            shred_after_commit(session)
        return done

    return database.run_sync(write)


def left(session: Session, ring: KeyRing) -> int:
    """Count the secrets that `rotate` has yet to wrap anew."""
    old = ring.ids - {ring.sealing_id}
    return session.exec(select(func.count()).select_from(SecretRow).where(col(SecretRow.kek_id).in_(old))).one()


def missing_keys(database: Database, ring: KeyRing) -> set[str]:
    """Return the ids of keys that stored secrets need and the ring lacks or holds wrongly; raises KeyServiceError."""
    newest = quarantine.uncovered(database, ring, database.run_sync(_newest).values())
    return {one.key_id for one in newest if not opens(ring, one)}


def _newest(session: Session) -> Mapping[str, Sealed]:
    used = session.exec(select(SecretRow.kek_id).distinct()).all()
    # Meanwhile a rotation may have taken the last one.
    return {key_id: one for key_id in used for one in read(session, col(SecretRow.kek_id) == key_id, 1)}


def _rewrap(ring: KeyRing, one: Sealed, frozen: bytes) -> Sealed:
    """Wrap a data key anew; `frozen` is the key of the second wrapping, for what has one."""
    try:
        if not quarantine.is_covered(one.sealed):
            return replace(one, key_id=ring.sealing_id, sealed=envelope.rewrap(ring, one.place, one.sealed))
        inner = quarantine.uncover(frozen, one.ref, one.sealed)
        sealed = quarantine.cover(frozen, one.ref, envelope.rewrap(ring, one.place, inner))
        return replace(one, key_id=ring.sealing_id, sealed=sealed)
    except EnvelopeError:
        raise SecretError(one.ref) from None
