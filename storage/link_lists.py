"""Lists links by what they are in and reads many in parts; changes none, and none that is unreadable stops others."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from flows.link.state import Link, Status
from storage.link_columns import endpoint_key_of
from storage.serialization import LINKS, StoredValueError
from storage.tables import UNFINISHED_LINK, ErrandRow, LinkRow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from sqlmodel.sql.expression import Select

    from storage.database.transactions import Database

_log = logging.getLogger(__name__)

AT_A_TIME: Final = 200
"""Links read or changed in one transaction, which holds up others for some fifty milliseconds."""

_ENDING: Final = (col(LinkRow.status) == Status.CANCELLED.value, col(LinkRow.erase))
_OLDEST_FIRST: Final = (col(LinkRow.created_at), col(LinkRow.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A link that this release cannot read, and where in its document it stumbles; it holds no value of it."""

    link_id: str
    why: str


def profiles(session: Session) -> set[str]:
    """Return the ids of the permission profiles that links use, or used before what is done anew."""
    redone = _stored().where(UNFINISHED_LINK, col(LinkRow.document).contains('"previous":{'))
    before = {link.in_use.profile for link in _readable(session.exec(redone))}
    return before.union(session.exec(select(LinkRow.profile).distinct()))


def blocked(session: Session, team_id: str | None, but: Iterable[str]) -> list[str]:
    """List the links of a team, or of all, whose messages Slack refuses, those that cannot be read among them.

    Those with one of the codes in `but` are left out.
    """
    found = select(LinkRow.id).where(col(LinkRow.blocked).not_in(list(but)))
    if team_id is not None:
        found = found.where(col(LinkRow.team_id) == team_id)
    return list(session.exec(found.order_by(*_OLDEST_FIRST)))


def ending(session: Session) -> list[str]:
    """List the links that are to be erased."""
    return [link.id for link in _readable(session.exec(_stored().where(*_ENDING)))]


def erasable(session: Session) -> list[str]:
    """List the links that are to be erased and have nothing left to say."""
    is_busy = exists().where(col(ErrandRow.link_id) == col(LinkRow.id), col(ErrandRow.settled_at).is_(None))
    return [link.id for link in _readable(session.exec(_stored().where(*_ENDING, ~is_busy)))]


def in_channel(session: Session, team_id: str, channel_id: str) -> list[Link]:
    """List the links of a channel, oldest first."""
    statement = _stored().where(col(LinkRow.team_id) == team_id, col(LinkRow.channel_id) == channel_id)
    return list(_readable(session.exec(statement)))


def everywhere(session: Session, team_id: str | None = None) -> list[Link]:
    """List all links, or those of one team, oldest first."""
    statement = _stored() if team_id is None else _stored().where(col(LinkRow.team_id) == team_id)
    return list(_readable(session.exec(statement)))


def page(session: Session, *, after: str = "", most: int = AT_A_TIME) -> tuple[list[Link], str]:
    """Read some links in the order of their ids, and tell what the next ones come after; empty behind the last."""
    rows = session.exec(
        select(LinkRow.id, LinkRow.document).where(col(LinkRow.id) > after).order_by(col(LinkRow.id)).limit(most)
    ).all()
    return list(_readable(rows)), rows[-1][0] if len(rows) == most else ""


async def each(database: Database) -> AsyncIterator[Link]:
    """Read all links, some in each transaction, so that nobody waits for long."""
    found, after = await database.run(page)
    while True:
        for link in found:
            yield link
        if not after:
            return
        found, after = await database.run(partial(page, after=after))


def examine(session: Session) -> list[Link | SetAside]:
    """List all links, oldest first, those that this release cannot read in their places among them."""
    return [_judged(row) for row in session.exec(_stored())]


def asleep(session: Session) -> list[str]:
    """List finished links that no moment is set for, as an older release knew none; unreadable ones among them."""
    found = select(LinkRow.id).where(col(LinkRow.status) == Status.LINKED.value, col(LinkRow.wake_at).is_(None))
    return list(session.exec(found.order_by(*_OLDEST_FIRST)))


def running(session: Session, team_id: str) -> list[str]:
    """List the links of a team that are not cancelled, those that cannot be read among them."""
    found = select(LinkRow.id).where(col(LinkRow.team_id) == team_id, col(LinkRow.status) != Status.CANCELLED.value)
    return list(session.exec(found.order_by(*_OLDEST_FIRST)))


def ended(session: Session, team_id: str, since: datetime) -> list[Link]:
    """List the links of a team that were cancelled and changed last after a moment, those that can be read."""
    is_ended = col(LinkRow.status) == Status.CANCELLED.value
    statement = _stored().where(col(LinkRow.team_id) == team_id, is_ended, col(LinkRow.updated_at) >= since)
    return list(_readable(session.exec(statement)))


def next_wake(session: Session) -> datetime | None:
    """Return the earliest moment at which any link wants to be woken."""
    return session.exec(select(func.min(LinkRow.wake_at))).first()


def endpoint_rival(session: Session, link: Link, host: str, tenant: str) -> Link | None:
    """Find another link of the same team, not cancelled, that holds this tenant."""
    statement = _stored().where(
        col(LinkRow.team_id) == link.team_id,
        col(LinkRow.endpoint_key) == endpoint_key_of(host, tenant),
        col(LinkRow.id) != link.id,
        col(LinkRow.status) != Status.CANCELLED.value,
    )
    return next(_readable(session.exec(statement)), None)


def owners_of(session: Session, account: str) -> dict[str, str]:
    """Return the links that have proved a Workday account, each with its channel."""
    found = session.exec(select(LinkRow.id, LinkRow.channel_id).where(col(LinkRow.account_key) == account))
    return dict(found.all())


def _stored() -> Select[str, str]:
    return select(LinkRow.id, LinkRow.document).order_by(*_OLDEST_FIRST)


def _judged(row: tuple[str, str]) -> Link | SetAside:
    link_id, document = row
    try:
        return LINKS.read(document)
    except StoredValueError as error:
        return SetAside(link_id=link_id, why=str(error))


def _readable(rows: Iterable[tuple[str, str]]) -> Iterator[Link]:
    """Read links; one that cannot be read stops none of the others."""
    for found in map(_judged, rows):
        if isinstance(found, SetAside):
            _log.error("a link cannot be read and is set aside", extra={"link": found.link_id, "why": found.why})
        else:
            yield found
