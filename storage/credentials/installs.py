"""Owns who has installed the app, with sealed tokens, and the one-time states of installs under way; asks nobody."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlmodel import Session, col, delete, select, update

from flows.link.setup import SecretRef
from storage import deduplication as inbox
from storage.changes import change
from storage.credentials import store as credentials
from storage.database.transactions import shred_after_commit
from storage.tables import InstallRow, SecretRow
from storage.upsert import insert_or_update

if TYPE_CHECKING:
    from storage.credentials.store import Sealed

__all__ = ["FIELD", "Install", "claim", "everyone", "forget", "save", "use_state"]

FIELD: Final = "install"
"""Names the token of an install among the app's own secrets."""

_CLAIM: Final = timedelta(minutes=1)
_NONE: Final = SecretRef("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """One install; `id` is the workspace's, or the organisation's where `is_org`; `expires_at` is its token's end."""

    id: str
    name: str
    org_id: str
    is_org: bool
    bot_user_id: str
    bot_id: str
    url: str
    scopes: str
    saved_at: datetime
    secret_id: SecretRef = _NONE
    expires_at: datetime | None = None


def save(session: Session, install: Install, token: Sealed) -> None:
    """Store an install, or a newer token of one; the older token is shredded."""
    older = session.exec(select(InstallRow.secret_id).where(col(InstallRow.id) == install.id)).first()
    kept = credentials.keep(session, token, install.saved_at)
    values = asdict(install) | {"secret_id": kept, "busy_until": None}
    insert_or_update(session, InstallRow, values, key=("id",))
    _shred(session, older)


def everyone(session: Session) -> list[Install]:
    """List the installs."""
    return [
        Install(
            id=row.id,
            name=row.name,
            org_id=row.org_id,
            is_org=row.is_org,
            bot_user_id=row.bot_user_id,
            bot_id=row.bot_id,
            url=row.url,
            scopes=row.scopes,
            saved_at=row.saved_at,
            secret_id=SecretRef(row.secret_id),
            expires_at=row.expires_at,
        )
        for row in session.exec(
            select(InstallRow).order_by(col(InstallRow.id)).execution_options(populate_existing=True)
        )
    ]


def forget(session: Session, install_id: str, *, before: datetime) -> bool:
    """Forget an install that was saved before a moment and shred its token; its links stay."""
    older = (col(InstallRow.id) == install_id) & (col(InstallRow.saved_at) < before)
    secret_id = session.exec(select(InstallRow.secret_id).where(older)).first()
    if secret_id is None:
        return False
    change(session, delete(InstallRow).where(older))
    _shred(session, secret_id)
    return True


def claim(session: Session, install_id: str, now: datetime) -> bool:
    """Take it upon this process to renew a token, for a minute; False while another one does."""
    free = col(InstallRow.busy_until).is_(None) | (col(InstallRow.busy_until) <= now)
    taken = change(
        session, update(InstallRow).where(col(InstallRow.id) == install_id, free).values(busy_until=now + _CLAIM)
    )
    return taken == 1


def use_state(session: Session, state: str, now: datetime) -> bool:
    """Use up the state of an install under way; False when it was used. It counts no longer than a signed request."""
    key = sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
    return inbox.first_time(session, f"{inbox.SIGNED}install:{key}", now)


def _shred(session: Session, secret_id: str | None) -> None:
    if secret_id is not None:
        change(session, delete(SecretRow).where(col(SecretRow.id) == secret_id))
        shred_after_commit(session)
