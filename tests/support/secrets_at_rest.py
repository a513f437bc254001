"""A secret that is sealed and stored, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from storage.credentials import store as credentials

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.setup import SecretRef
    from storage.credentials.keyring import KeyRing


def put(session: Session, ring: KeyRing, link_id: str, text: str, now: datetime) -> SecretRef:
    """Seal the password of a link and store it."""
    sealed = credentials.seal(ring, link_id=link_id, field="password", secret=SecretStr(text))
    return credentials.keep(session, sealed, now)


def get(session: Session, ring: KeyRing, ref: SecretRef) -> str:
    """Read a secret and open it."""
    (found,) = credentials.find(session, [ref])
    return credentials.unseal(ring, found).get_secret_value()
