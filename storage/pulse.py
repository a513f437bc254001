"""Owns the signs of life that health checks read; it judges none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from storage.tables import PulseRow
from storage.upsert import insert_or_update

if TYPE_CHECKING:
    from datetime import datetime


def beat(session: Session, name: str, now: datetime) -> None:
    """Record that a part of the program is alive."""
    insert_or_update(session, PulseRow, {"name": name, "at": now}, key=("name",))


def last_beat(session: Session, name: str) -> datetime | None:
    """Tell when a part of the program last was alive, if ever."""
    return session.exec(select(PulseRow.at).where(col(PulseRow.name) == name)).first()
