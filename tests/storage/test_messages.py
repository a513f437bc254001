"""A thread that a link leaves is known still by its parent and its live card; on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.link.effects import Slot
from storage import links as store
from storage import messages
from storage.messages import Posted, left_slot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link


def test_a_thread_that_was_left_is_remembered_and_the_new_one_begins_empty(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    link, other = make_link(customer="a"), make_link(customer="b")
    for one in (link, other):
        store.create(session, one, (), wake_at=None, now=now)
        for number, slot in enumerate((Slot.PARENT.value, "card.0", "card.1", "nudge.0")):
            messages.remember(session, one.id, slot, Posted(channel_id="C1", ts=f"{number}.0"))
    messages.leave(session, link.id, 1, "card.1")
    for slot in (Slot.PARENT.value, "card.0", "card.1", "nudge.0"):
        assert messages.posted(session, link.id, slot) is None
        assert messages.posted(session, other.id, slot)
    assert messages.posted(session, link.id, left_slot(1)) == Posted(channel_id="C1", ts="0.0")
    assert messages.posted(session, link.id, f"{left_slot(1)}.card") == Posted(channel_id="C1", ts="2.0")
    messages.remember(session, link.id, Slot.PARENT, Posted(channel_id="C2", ts="9.0"))
    messages.leave(session, link.id, 2, "card.1")
    assert messages.posted(session, link.id, left_slot(1)), "every thread that was left is known"
    assert messages.posted(session, link.id, left_slot(2)) == Posted(channel_id="C2", ts="9.0")
    found = messages.find_left(session, link.team_id, "C2", "9.0")
    assert found
    assert (found.link, found.number) == (link, 2)
    assert messages.find_left(session, link.team_id, "C2", "0.0") is None
    assert messages.find_left(session, "T0OTHER", "C2", "9.0") is None
