"""Fills the columns of links that only an older release has saved; decides nothing and changes no document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from flows.link.overview import Turn
from storage.board.finding import read
from storage.link_columns import seen_of
from storage.tables import UNSEEN, LinkRow, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

__all__ = ["BATCH", "fill"]

BATCH: Final = 500
_LINK: Final = table_of(LinkRow)


def fill(session: Session, now: datetime, *, most: int = BATCH) -> int:
    """Fill the columns of links that only an older release saved; returns how many, 0 when all are done."""
    rows = session.connection().execute(select(_LINK.c.id, _LINK.c.document).where(UNSEEN).limit(most)).all()
    for row in rows:
        link = read(row.document)
        # What cannot be read is listed as failing, so that somebody sees it.
        seen = seen_of(link, now) if link else {"state": "", "turn": Turn.OURS.value, "since": now}
        session.connection().execute(update(_LINK).where(_LINK.c.id == row.id).values(**seen))
    return len(rows)
