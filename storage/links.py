"""Owns links, each one document; it decides nothing and knows no message."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import sqlalchemy
from sqlalchemy import bindparam, exists, func
from sqlmodel import Session, col, delete, select, update

from flows.link.state import Link, Status
from storage.changes import change
from storage.database.transactions import shred_after_commit
from storage.link_columns import active_key, columns_of, endpoint_key_of
from storage.outbox import errands
from storage.serialization import LINKS, StoredValueError
from storage.tables import ErrandRow, LinkRow, MessageRow, NoteRow, SecretRow, TicketRow, ToldRow, table_of
from storage.upsert import insert_if_new

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from sqlmodel.sql.expression import Select

    from flows.link.effects import Effect
    from storage.database.transactions import Database

__all__ = [
    "AT_A_TIME",
    "SAVE",
    "AlreadyRunningError",
    "SetAside",
    "asleep",
    "blocked",
    "create",
    "each",
    "ending",
    "endpoint_rival",
    "erasable",
    "erase",
    "everywhere",
    "examine",
    "in_channel",
    "load",
    "lock",
    "move_channel",
    "next_wake",
    "owners_of",
    "page",
    "profiles",
    "put_off",
    "read_kept",
    "rest_of",
    "running",
    "save",
]

_log = logging.getLogger(__name__)

AT_A_TIME: Final = 200
"""Links read or changed in one transaction, which holds up others for some fifty milliseconds."""

_REST: Final = "what only a newer release knows"
_ENDING: Final = (col(LinkRow.status) == Status.CANCELLED.value, col(LinkRow.erase))
_OLDEST_FIRST: Final = (col(LinkRow.created_at), col(LinkRow.id))

# What each turn runs is built once, of Core: the ORM takes longer to build a statement than a database to run it.
_LINK: Final = table_of(LinkRow)
_LOAD: Final = sqlalchemy.select(_LINK.c.document).where(_LINK.c.id == bindparam("link"))
# Without key_share, every insert that refers to this link (an errand, a message) would wait as well.
_LOCK: Final = _LOAD.with_for_update(key_share=True)
_RIVAL: Final = sqlalchemy.select(_LINK.c.id).where(
    _LINK.c.active_key == bindparam("key"), _LINK.c.id != bindparam("link")
)
SAVE: Final = sqlalchemy.update(_LINK).where(_LINK.c.id == bindparam("link")).values(version=_LINK.c.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A link that this release cannot read, and where in its document it stumbles; it holds no value of it."""

    link_id: str
    why: str


class AlreadyRunningError(Exception):
    """Another link of the same team, customer and environment runs already."""


def create(
    session: Session, link: Link, effects: Iterable[Effect], *, wake_at: datetime | None, now: datetime
) -> Link | None:
    """Store a new link and its errands; None when created, else the link that runs for this customer.

    Raises StoredValueError when one runs that cannot be read.
    """
    values = {"id": link.id, "created_at": now, "version": 1, **columns_of(link, wake_at, now)}
    while not insert_if_new(session, LinkRow, values, unique="active_key"):
        running = _running(session, link)
        if running is not None:
            return running
        # It was cancelled between the two statements, so the place is free now.
    errands.enqueue(session, link.id, effects, now)
    return None


def load(session: Session, link_id: str) -> Link | None:
    """Read a link; raises StoredValueError."""
    return read_kept(session, link_id, session.connection().execute(_LOAD, {"link": link_id}).scalar())


def lock(session: Session, link_id: str) -> Link | None:
    """Read a link that nobody else can change before this transaction ends; raises StoredValueError."""
    return read_kept(session, link_id, session.connection().execute(_LOCK, {"link": link_id}).scalar())


def save(
    session: Session,
    link: Link,
    effects: Iterable[Effect],
    *,
    wake_at: datetime | None,
    now: datetime,
    before: Link | None = None,
) -> None:
    """Store a changed link together with its errands; lock it first, as what only a newer release knows is kept.

    With `before`, a rival is only looked for when the key is a new one.

    Raises AlreadyRunningError when the change would make it the second running link of its customer,
    and LookupError when it was never created.
    """
    connection, key = session.connection(), active_key(link)
    # Without a key it would ask for any other cancelled link.
    is_new = key is not None and (before is None or active_key(before) != key)
    if is_new and connection.execute(_RIVAL, {"key": key, "link": link.id}).first() is not None:
        raise AlreadyRunningError
    values = columns_of(link, wake_at, now, over=rest_of(session).get(link.id))
    changed = connection.execute(SAVE, {"link": link.id, **values})
    if changed.rowcount != 1:
        raise LookupError("only a link that was created can be saved")
    errands.enqueue(session, link.id, effects, now)


def profiles(session: Session) -> set[str]:
    """Return the ids of the permission profiles that links use."""
    return set(session.exec(select(LinkRow.profile).distinct()))


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


def erase(session: Session, link_id: str) -> None:
    """Delete a link with its messages, errands, secrets and tickets; lines of the audit hold ids only and stay."""
    for row in (MessageRow, ErrandRow, SecretRow, TicketRow, ToldRow, NoteRow):
        change(session, delete(row).where(col(row.link_id) == link_id))
    change(session, delete(LinkRow).where(col(LinkRow.id) == link_id))
    shred_after_commit(session)


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


def put_off(session: Session, link_id: str, until: datetime) -> None:
    """Wake a link later than it asked for; what it holds is not touched."""
    change(session, update(LinkRow).where(col(LinkRow.id) == link_id).values(wake_at=until))


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


def move_channel(session: Session, team_id: str, old: str, new: str) -> list[str]:
    """Point what was posted in channel `old` at `new`, and list the links that still name `old`.

    The links themselves change when each of them is told (`ChannelMoved`) and saved.
    """
    theirs = select(LinkRow.id).where(col(LinkRow.team_id) == team_id)
    for row in (MessageRow, ErrandRow):
        change(
            session, update(row).where(col(row.channel_id) == old, col(row.link_id).in_(theirs)).values(channel_id=new)
        )
    named = _stored().where(col(LinkRow.team_id) == team_id, col(LinkRow.channel_id) == old)
    return sorted(link.id for link in _readable(session.exec(named)))


def _running(session: Session, link: Link) -> Link | None:
    key = active_key(link)
    if key is None:
        return None
    document = session.exec(select(LinkRow.document).where(col(LinkRow.active_key) == key)).first()
    return None if document is None else LINKS.read(document)


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


def read_kept(session: Session, link_id: str, document: str | None) -> Link | None:
    """Read a document and keep what of it only a newer release knows until it is saved; raises StoredValueError."""
    if document is None:
        return None
    link, rest = LINKS.read_with_rest(document)
    if rest is None:
        rest_of(session).pop(link_id, None)
    else:
        rest_of(session)[link_id] = rest
    return link


def rest_of(session: Session) -> dict[str, str]:
    """Return the documents of this transaction that hold more than this release knows, by link."""
    rest: dict[str, str] = session.info.setdefault(_REST, {})
    return rest
