"""What staff can do about a message whose end nobody knows: say that it is not there, or where it is; sends nothing."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel import Session

from flows.link.effects import Slot
from storage import links as store
from storage import outbox_recovery as aftercare
from storage.links import Posted

PERMALINK = re.compile(
    r"https?://[^/\s]+/archives/(?P<channel>[A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})(?:\?\S*)?"
)
"""What Slack's "Copy link" gives."""


def send_again(session: Session, errand_id: str, now: datetime) -> bool:
    """Send a held message: somebody has looked and it is not there. False when no such message is held."""
    return aftercare.release_held(session, now, errand_id) == 1


def found(session: Session, errand_id: str, permalink: str, now: datetime) -> bool:
    """Record that a held message stands where `permalink` points; False when no such message is held.

    Raises ValueError for anything that is not the link of a message in the link's channel.
    """
    held = next((held for held in aftercare.held(session) if held.id == errand_id), None)
    if held is None:
        return False
    where = PERMALINK.fullmatch(permalink.strip())
    if not where or where["channel"] != held.channel_id:
        raise ValueError(f'must be the link of a message in {held.channel_id}; take "Copy link" from its menu')
    ts = f"{where['seconds']}.{where['rest']}"
    if held.slot:
        parent = store.posted(session, held.link_id, Slot.PARENT)
        thread = parent.ts if parent and held.slot != Slot.PARENT else None
        posted = Posted(channel_id=held.channel_id, ts=ts, thread_ts=thread)
        store.remember(session, held.link_id, held.slot, posted)
    return aftercare.settle_held(session, errand_id, channel_id=held.channel_id, ts=ts, now=now)
