"""Owns what our own people note about a link, apart from the link itself, so that no card can show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select

from storage.tables import NoteRow, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

__all__ = ["Note", "add", "newest"]

_NOTE: Final = table_of(NoteRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one of our own people noted; `author` is their Slack user id."""

    at: datetime
    author: str
    text: str


def add(session: Session, link_id: str, note: Note) -> None:
    """Keep a note about a link, as long as the link is kept."""
    values = {"link_id": link_id, "at": note.at, "author": note.author, "text": note.text}
    session.connection().execute(insert(_NOTE), values)


def newest(session: Session, link_id: str, *, most: int) -> list[Note]:
    """Read the newest notes about a link, the last one first."""
    wanted = select(_NOTE).where(_NOTE.c.link_id == link_id).order_by(_NOTE.c.number.desc()).limit(most)
    return [Note(at=row.at, author=row.author, text=row.text) for row in session.connection().execute(wanted)]
