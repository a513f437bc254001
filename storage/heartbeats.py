"""Owns the signs of life that health checks read; it judges none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, delete, select, update

from storage.changes import change
from storage.tables import PulseRow
from storage.upsert import insert_if_new, insert_or_update

if TYPE_CHECKING:
    from datetime import datetime


TICKER = "ticker"
"""Beats with every tick of any process."""

HEAD = "audit_head"
"""Beats when the head of the audit is told, once a day."""

SHUT_OUT = "shut_out"
"""Is there while Slack has taken our token away, and says since when."""


def beat(session: Session, name: str, now: datetime) -> None:
    """Record that a part of the program is alive."""
    insert_or_update(session, PulseRow, {"name": name, "at": now}, key=("name",))


def take_turn(session: Session, name: str, now: datetime, *, since: datetime) -> bool:
    """Claim something that happens once after `since`, for one process of all; the very first time it is skipped."""
    if insert_if_new(session, PulseRow, {"name": name, "at": now}, unique="name"):
        return False
    is_due = (col(PulseRow.name) == name, col(PulseRow.at) < since)
    return change(session, update(PulseRow).where(*is_due).values(at=now)) == 1


def end(session: Session, name: str) -> None:
    """Forget one."""
    change(session, delete(PulseRow).where(col(PulseRow.name) == name))


def last_beat(session: Session, name: str) -> datetime | None:
    """Return when a part of the program last was alive, if ever."""
    return session.exec(select(PulseRow.at).where(col(PulseRow.name) == name)).first()
