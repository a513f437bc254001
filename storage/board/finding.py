"""Finds, counts and pages many links by their columns, for our own people; reads the documents of one page alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from flows.link.effects import Slot
from flows.link.overview import EXPIRING_WITHIN, FAILING, STUCK_AFTER, Filter, Query, Turn, folded, sounded
from flows.link.standing import State
from flows.link.state import Status
from storage.messages import Posted
from storage.serialization import LINKS, StoredValueError
from storage.tables import LinkRow, MessageRow, table_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link

__all__ = ["Found", "Page", "by_id", "count", "count_states", "find", "in_channel", "read"]

MOST_ALIKE: Final = 1_000
"""Names that a word finds by how it sounds; a statement holds only so many."""

_LINK: Final = table_of(LinkRow)
_MESSAGE: Final = table_of(MessageRow)
_ORDER: Final = (_LINK.c.turn, _LINK.c.since, _LINK.c.id)
_WITH_PARENT: Final = select(_LINK.c.id, _LINK.c.document, _MESSAGE.c.channel_id, _MESSAGE.c.ts).outerjoin(
    _MESSAGE, and_(_MESSAGE.c.link_id == _LINK.c.id, _MESSAGE.c.slot == Slot.PARENT.value)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A link of a page, and where its parent message stands, if it does; no link where this release cannot read it."""

    link_id: str
    link: Link | None
    parent: Posted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the links that were asked for; `number` is the page that this is, the last one where there are fewer."""

    found: tuple[Found, ...]
    total: int
    number: int
    pages: int


def find(session: Session, team_id: str, query: Query, *, page: int, size: int, now: datetime) -> Page:
    """Find a page of a team's links, whoever has to act first and longest first; ended ones only when asked for."""
    wanted = _wanted(team_id, query, now, _alike(session, team_id, query))
    total = session.connection().execute(select(func.count()).select_from(_LINK).where(wanted)).scalar_one()
    pages = max(-(-total // size), 1)
    number = min(max(page, 1), pages)
    # The documents of the page alone are read, not those that are sorted.
    ids = select(_LINK.c.id).where(wanted).order_by(*_ORDER).limit(size).offset((number - 1) * size)
    found = _found(session, _LINK.c.id.in_(ids))
    return Page(found=tuple(found), total=total, number=number, pages=pages)


def in_channel(session: Session, team_id: str, channel_id: str) -> list[Found]:
    """Find the links of a channel, those that ended left out."""
    return _found(session, and_(_running(team_id), _LINK.c.channel_id == channel_id))


def by_id(session: Session, team_id: str, link_id: str) -> list[Found]:
    """Find one link of a team."""
    return _found(session, and_(_LINK.c.team_id == team_id, _LINK.c.id == link_id))


def _found(session: Session, wanted: ColumnElement[bool]) -> list[Found]:
    rows = session.connection().execute(_WITH_PARENT.where(wanted).order_by(*_ORDER))
    return [
        Found(
            link_id=row.id,
            link=read(row.document),
            parent=Posted(channel_id=row.channel_id, ts=row.ts) if row.ts else None,
        )
        for row in rows
    ]


def count_states(session: Session, team_id: str) -> dict[State, int]:
    """Count a team's links by state, those that ended left out."""
    rows = session.connection().execute(
        select(_LINK.c.state, func.count()).where(_running(team_id)).group_by(_LINK.c.state)
    )
    counted = {state: count for state, count in rows if state}
    return {state: counted[state] for state in State if state in counted}


def count(session: Session, team_id: str) -> int:
    """Count all links of a team, those that ended and those that cannot be read among them."""
    wanted = select(func.count()).select_from(_LINK).where(_LINK.c.team_id == team_id)
    return session.connection().execute(wanted).scalar_one()


def read(document: str) -> Link | None:
    """Read a link; None where this release cannot."""
    try:
        return LINKS.read(document)
    except StoredValueError:
        return None


def _running(team_id: str) -> ColumnElement[bool]:
    return and_(_LINK.c.team_id == team_id, _LINK.c.status != Status.CANCELLED.value)


def _alike(session: Session, team_id: str, query: Query) -> list[str]:
    """Find the customers whose names differ from what was typed by no more than accents and signs."""
    name = sounded(query.customer)
    if not name:
        return []
    rows = session.connection().execute(select(_LINK.c.customer).where(_of(team_id, query)).distinct())
    kept = ((one, sounded(one)) for one in rows.scalars() if one)
    return [one for one, sound in kept if (sound == name if query.is_whole else name in sound)][:MOST_ALIKE]


def _of(team_id: str, query: Query) -> ColumnElement[bool]:
    return _LINK.c.team_id == team_id if query.state is State.CANCELLED else _running(team_id)


def _wanted(team_id: str, query: Query, now: datetime, alike: list[str]) -> ColumnElement[bool]:
    conditions = [_of(team_id, query)]
    conditions += [_narrowed(one, query.user_id, now) for one in sorted(query.filters)]
    if query.state:
        conditions.append(_LINK.c.state == query.state.value)
    if query.customer:
        name, column = folded(query.customer), _LINK.c.customer
        exact = column == name if query.is_whole else column.contains(name, autoescape=True)
        conditions.append(or_(exact, column.in_(alike)))
    return and_(*conditions)


def _narrowed(one: Filter, user_id: str, now: datetime) -> ColumnElement[bool]:
    match one:
        case Filter.MINE:
            return _LINK.c.owner == user_id
        case Filter.STUCK:
            is_open = _LINK.c.status == Status.ACTIVE.value
            return and_(is_open, _LINK.c.turn != Turn.NOBODYS.value, _LINK.c.since < now - STUCK_AFTER)
        case Filter.WAITING:
            return and_(_LINK.c.status == Status.PAUSED.value, _LINK.c.approval.is_not(None))
        case Filter.EXPIRING:
            return _LINK.c.due <= (now + EXPIRING_WITHIN).date()
        case Filter.FAILED:
            return or_(_LINK.c.state.in_(["", *FAILING]), _LINK.c.blocked.is_not(None))
