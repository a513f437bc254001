"""Owns the keys of what Slack has delivered and of what is counted, so that a repetition changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlmodel import Session, col, delete, select

from storage.changes import change
from storage.tables import InboxRow
from storage.upsert import insert_if_new, insert_or_count

if TYPE_CHECKING:
    from datetime import datetime


SIGNED: Final = "signed:"
"""Begins the keys of whole requests, which count no longer than their stamps."""


def first_time(session: Session, key: str, now: datetime) -> bool:
    """Return whether `key` is new, and remember it; undone together with the transaction."""
    return insert_if_new(session, InboxRow, {"key": key, "received_at": now}, unique="key")


def count(session: Session, key: str, now: datetime) -> int:
    """Count one more of `key` and return how many that makes; undone together with the transaction."""
    return insert_or_count(session, InboxRow, {"key": key, "received_at": now}, unique="key", times="times")


def is_known(session: Session, key: str) -> bool:
    """Return whether `key` was remembered."""
    return session.exec(select(InboxRow.key).where(col(InboxRow.key) == key)).first() is not None


def prune(session: Session, before: datetime, *, signed_before: datetime) -> int:
    """Forget deliveries older than a moment, and signed requests older than theirs; return how many."""
    is_over = col(InboxRow.received_at) < before
    is_outdated = col(InboxRow.key).startswith(SIGNED) & (col(InboxRow.received_at) < signed_before)
    gone = delete(InboxRow).where(is_over | is_outdated)
    return change(session, gone)
