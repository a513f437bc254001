"""Owns where the messages of a link stand in Slack; it sends none and changes no link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select, update

from flows.link.effects import Slot
from storage.serialization import LINKS
from storage.tables import LinkRow, MessageRow, table_of
from storage.upsert import insert_or_update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from flows.link.state import Link

__all__ = [
    "Left",
    "Posted",
    "Standing",
    "find_by_thread",
    "find_left",
    "forget",
    "leave",
    "left_slot",
    "posted",
    "remember",
    "standing",
    "stands",
]

_PARENT: Final = Slot.PARENT.value
_LEFT: Final = "left"
_LINK: Final = table_of(LinkRow)
_MESSAGE: Final = table_of(MessageRow)
_WHERE: Final = (_MESSAGE.c.channel_id, _MESSAGE.c.ts, _MESSAGE.c.thread_ts)
_POSTED: Final = select(*_WHERE).where(_MESSAGE.c.link_id == bindparam("link"), _MESSAGE.c.slot == bindparam("slot"))
_STANDING: Final = (
    select(_LINK.c.document, _MESSAGE.c.slot, *_WHERE)
    .outerjoin(
        _MESSAGE,
        (_MESSAGE.c.link_id == _LINK.c.id) & _MESSAGE.c.slot.in_([bindparam("parent"), bindparam("slot")]),
    )
    .where(_LINK.c.id == bindparam("link"))
)
_BY_THREAD: Final = (
    select(_LINK.c.document)
    .join(_MESSAGE, _MESSAGE.c.link_id == _LINK.c.id)
    .where(
        _LINK.c.team_id == bindparam("team"),
        _MESSAGE.c.channel_id == bindparam("channel"),
        _MESSAGE.c.ts == bindparam("ts"),
        _MESSAGE.c.slot == _PARENT,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message stands; `thread_ts` is None for one that stands in the channel itself."""

    channel_id: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A thread that a link has left, by the number that names it, and the link."""

    link: Link
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A link as it is, and where its parent message and the one of some slot stand, by slot."""

    link: Link
    posted: Mapping[str, Posted]

    @property
    def parent(self) -> Posted | None:
        """The message that began the thread."""
        return self.posted.get(_PARENT)


def find_by_thread(session: Session, team_id: str, channel_id: str, thread_ts: str) -> Link | None:
    """Read the link whose parent message began this thread; raises StoredValueError."""
    where = {"team": team_id, "channel": channel_id, "ts": thread_ts}
    document = session.connection().execute(_BY_THREAD, where).scalar()
    return None if document is None else LINKS.read(document)


def find_left(session: Session, team_id: str, channel_id: str, thread_ts: str) -> Left | None:
    """Read the link that has left this thread for another; raises StoredValueError."""
    there = (_MESSAGE.c.channel_id == channel_id, _MESSAGE.c.ts == thread_ts, _MESSAGE.c.slot.like(f"{_LEFT}.%"))
    found = (
        select(_LINK.c.document, _MESSAGE.c.slot)
        .join(_MESSAGE, _MESSAGE.c.link_id == _LINK.c.id)
        .where(_LINK.c.team_id == team_id, *there, _MESSAGE.c.thread_ts.is_(None))
    )
    row = session.connection().execute(found).first()
    if row is None:
        return None
    return Left(link=LINKS.read(row[0]), number=int(row[1].partition(".")[2]))


def posted(session: Session, link_id: str, slot: str) -> Posted | None:
    """Return where the message of a slot stands."""
    found = session.connection().execute(_POSTED, {"link": link_id, "slot": slot}).first()
    return None if found is None else Posted(channel_id=found[0], ts=found[1], thread_ts=found[2])


def stands(session: Session, link_id: str, channel_id: str, ts: str) -> bool:
    """Tell whether a message of a link's present thread stands there."""
    there = (_MESSAGE.c.link_id == link_id, _MESSAGE.c.channel_id == channel_id, _MESSAGE.c.ts == ts)
    found = select(_MESSAGE.c.slot).where(*there, _MESSAGE.c.slot.not_like(f"{_LEFT}.%"))
    return session.connection().execute(found).first() is not None


def standing(session: Session, link_id: str, slot: str = _PARENT) -> Standing | None:
    """Read in one go what a message is drawn from; None when there is no such link. Raises StoredValueError."""
    asked = {"link": link_id, "parent": _PARENT, "slot": slot}
    rows = session.connection().execute(_STANDING, asked).all()
    if not rows:
        return None
    return Standing(
        link=LINKS.read(rows[0][0]),
        posted={
            found: Posted(channel_id=channel_id, ts=ts, thread_ts=thread_ts)
            for _, found, channel_id, ts, thread_ts in rows
            if found is not None
        },
    )


def leave(session: Session, link_id: str, number: int, card: str) -> None:
    """Keep where the parent message and the live card of a thread stand that a link has left; the rest is forgotten."""
    connection, mine = session.connection(), _MESSAGE.c.link_id == link_id
    for slot, kept in ((_PARENT, left_slot(number)), (card, f"{left_slot(number)}.card")):
        connection.execute(update(_MESSAGE).where(mine, _MESSAGE.c.slot == slot).values(slot=kept))
    connection.execute(delete(_MESSAGE).where(mine, _MESSAGE.c.slot.not_like(f"{_LEFT}.%")))


def forget(session: Session, link_id: str) -> None:
    """Forget where the messages of the present thread of a link stand."""
    mine = (_MESSAGE.c.link_id == link_id, _MESSAGE.c.slot.not_like(f"{_LEFT}.%"))
    session.connection().execute(delete(_MESSAGE).where(*mine))


def left_slot(number: int) -> str:
    """Name the parent message of a thread that a link has left, by how often it had moved then."""
    return f"{_LEFT}.{number}"


def remember(session: Session, link_id: str, slot: str, message: Posted) -> None:
    """Keep where the message of a slot stands; a newer message takes the place of the older."""
    place = {"channel_id": message.channel_id, "ts": message.ts, "thread_ts": message.thread_ts}
    insert_or_update(session, MessageRow, {"link_id": link_id, "slot": slot, **place}, key=("link_id", "slot"))
