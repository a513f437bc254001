"""Owns when each reader's digest is due and what the last ones said of each link; it decides and draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, func, insert, select, update

from flows.link.effects import Slot
from flows.link.state import Status
from storage.board.finding import Found, read
from storage.messages import Posted
from storage.tables import DigestRow, LinkRow, MessageRow, ToldRow, table_of
from storage.upsert import insert_if_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link

__all__ = [
    "CHANNEL",
    "News",
    "Reader",
    "Told",
    "due",
    "found_zone",
    "join",
    "newcomers",
    "page",
    "put_off",
    "tell",
    "told",
]

CHANNEL: Final = ""
"""Stands for the staff channel among the readers."""

AT_A_TIME: Final = 200
_LINK: Final = table_of(LinkRow)
_MESSAGE: Final = table_of(MessageRow)
_DIGEST: Final = table_of(DigestRow)
_TOLD: Final = table_of(ToldRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a digest, and their zone as far as Slack has told it."""

    who: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The links that a digest speaks of, and of how many more there is something to tell."""

    said: tuple[str, ...]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A link that a digest speaks of; `is_new` is one of which its reader had read nothing before."""

    found: Found
    is_new: bool


def newcomers(session: Session) -> list[Reader]:
    """Name those who own a link and have no digest yet, with their zone as far as one of their links knows it."""
    known = select(_DIGEST.c.who)
    owned = select(_LINK.c.owner, func.min(_LINK.c.id).label("id")).where(
        _LINK.c.owner.is_not(None), _LINK.c.owner.not_in(known), _LINK.c.status != Status.CANCELLED.value
    )
    first = owned.group_by(_LINK.c.owner).subquery()
    rows = session.connection().execute(select(first.c.owner, _LINK.c.document).join(_LINK, _LINK.c.id == first.c.id))
    links = {row.owner: read(row.document) for row in rows}
    return [Reader(who=who, zone=(link.owner.zone if link else None) or "") for who, link in links.items()]


def join(session: Session, reader: Reader, due_at: datetime) -> None:
    """Let somebody have a digest from now on."""
    values = {"who": reader.who, "zone": reader.zone, "due_at": due_at}
    insert_if_new(session, DigestRow, values, unique="who")


def due(session: Session, now: datetime, *, channel: bool) -> list[Reader]:
    """List whose digest is due: that of the channel, or else those of people."""
    is_wanted = _DIGEST.c.who == CHANNEL if channel else _DIGEST.c.who != CHANNEL
    rows = session.connection().execute(
        select(_DIGEST.c.who, _DIGEST.c.zone).where(is_wanted, _DIGEST.c.due_at <= now).order_by(_DIGEST.c.who)
    )
    return [Reader(who=row.who, zone=row.zone) for row in rows]


def put_off(session: Session, who: str, now: datetime, until: datetime) -> bool:
    """Take the turn of one digest that is due, for one process of all: the next one is due at `until`."""
    turn = update(_DIGEST).where(_DIGEST.c.who == who, _DIGEST.c.due_at <= now).values(due_at=until)
    return session.connection().execute(turn).rowcount == 1


def found_zone(session: Session, who: str, zone: str) -> None:
    """Note in which zone a reader is."""
    session.connection().execute(update(_DIGEST).where(_DIGEST.c.who == who).values(zone=zone))


def page(session: Session, who: str, *, after: str = "") -> tuple[list[Link], str]:
    """Read some of the links that a reader is told of, and what the next ones come after; empty behind the last."""
    wanted = and_(_LINK.c.id > after, _LINK.c.status != Status.CANCELLED.value)
    if who != CHANNEL:
        wanted = and_(wanted, _LINK.c.owner == who)
    rows = (
        session.connection()
        .execute(select(_LINK.c.id, _LINK.c.document).where(wanted).order_by(_LINK.c.id).limit(AT_A_TIME))
        .all()
    )
    links = [link for row in rows if (link := read(row.document))]
    return links, rows[-1].id if len(rows) == AT_A_TIME else ""


def tell(session: Session, who: str, marks: Mapping[str, str], now: datetime, *, most: int) -> News:
    """Note what a digest says, link by link, as `marks` are ordered, and forget what is true no more.

    Of more than `most`, new ones first, the others are news still when the next one is written.
    """
    connection = session.connection()
    rows = connection.execute(select(_TOLD.c.link_id, _TOLD.c.who, _TOLD.c.mark)).all()
    before = {row.link_id: row for row in rows if row.who == who or row.link_id in marks}
    news = [
        {"link_id": link_id, "who": who, "mark": mark, "is_new": old is None or old.who != who, "at": now}
        for link_id, mark in marks.items()
        if (old := before.get(link_id)) is None or (old.who, old.mark) != (who, mark)
    ]
    news.sort(key=lambda one: not one["is_new"])
    said = news[:most]
    gone = [link_id for link_id in before if link_id not in marks] + [str(one["link_id"]) for one in said]
    for at in range(0, len(gone), AT_A_TIME):
        connection.execute(delete(_TOLD).where(_TOLD.c.link_id.in_(gone[at : at + AT_A_TIME])))
    if said:
        connection.execute(insert(_TOLD), said)
    return News(said=tuple(str(one["link_id"]) for one in said), left=len(news) - len(said))


def told(session: Session, at: datetime) -> list[Told]:
    """Read what the digests of one moment speak of, with where each link's thread is."""
    rows = session.connection().execute(
        select(_LINK.c.id, _LINK.c.document, _MESSAGE.c.channel_id, _MESSAGE.c.ts, _TOLD.c.is_new)
        .join(_TOLD, _TOLD.c.link_id == _LINK.c.id)
        .outerjoin(_MESSAGE, and_(_MESSAGE.c.link_id == _LINK.c.id, _MESSAGE.c.slot == Slot.PARENT.value))
        .where(_TOLD.c.at == at)
        .order_by(_LINK.c.id)
    )
    return [
        Told(
            found=Found(
                link_id=row.id,
                link=read(row.document),
                parent=Posted(channel_id=row.channel_id, ts=row.ts) if row.ts else None,
            ),
            is_new=row.is_new,
        )
        for row in rows
    ]
