"""Notes are kept with their link, the newest first, and go with it; on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import links as store
from storage.board import notes
from storage.board.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link


def test_the_newest_come_first_and_go_with_their_link(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    one, other = make_link(customer="a"), make_link(customer="b")
    for link in (one, other):
        store.create(session, link, (), wake_at=None, now=now)
    kept = [Note(at=now, author="U0SAM", text=text) for text in ("first", "second", "third")]
    for note in kept:
        notes.add(session, one.id, note)
    notes.add(session, other.id, Note(at=now, author="U0KIM", text="of another"))
    assert notes.newest(session, one.id, most=2) == [kept[2], kept[1]]
    store.erase(session, one.id)
    assert notes.newest(session, one.id, most=2) == []
    assert len(notes.newest(session, other.id, most=2)) == 1
