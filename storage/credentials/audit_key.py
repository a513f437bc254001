"""Owns the key that seals the end of each history; it is sealed itself, and the history knows it only in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlmodel import Session, col, select

from storage import audit_log as audit
from storage.credentials import store as credentials
from storage.tables import SecretRow

if TYPE_CHECKING:
    from datetime import datetime

    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

_NAME: Final = "audit"


def arm(database: Database, ring: KeyRing, now: datetime) -> None:
    """Have every line that is written through this database sealed; raises SecretError and KeyServiceError.

    What an older release has written is sealed once, when the key is made.
    """
    is_new = database.run_sync(_is_missing)
    audit.use_key(database, credentials.own(database, ring, _NAME, now))
    if is_new:
        database.run_sync(audit.seal_all)


def _is_missing(session: Session) -> bool:
    return session.exec(select(SecretRow.id).where(col(SecretRow.id) == _NAME)).first() is None
