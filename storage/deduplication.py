"""Owns the deduplication keys of what Slack has delivered, so that a repeated delivery changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, delete

from storage.tables import InboxRow
from storage.upsert import insert_if_new

if TYPE_CHECKING:
    from datetime import datetime


def first_time(session: Session, key: str, now: datetime) -> bool:
    """Return whether `key` is new, and remember it; undone together with the transaction."""
    return insert_if_new(session, InboxRow, {"key": key, "received_at": now}, unique="key")


def prune(session: Session, before: datetime) -> int:
    """Forget deliveries older than a moment; return how many."""
    gone = delete(InboxRow).where(col(InboxRow.received_at) < before)
    return session.exec(gone.execution_options(synchronize_session=False)).rowcount
