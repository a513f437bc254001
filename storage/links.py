"""Owns links, each one document; it decides nothing and knows no message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select, update

from flows.link.state import Link
from storage.changes import change
from storage.database.transactions import shred_after_commit
from storage.link_columns import active_key, columns_of
from storage.link_lists import in_channel
from storage.outbox import errands
from storage.serialization import LINKS
from storage.tables import ErrandRow, LinkRow, MessageRow, NoteRow, SecretRow, TicketRow, ToldRow, table_of
from storage.upsert import insert_if_new

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flows.link.effects import Effect

_REST: Final = "what only a newer release knows"

# What each turn runs is built once, of Core: the ORM takes longer to build a statement than a database to run it.
_LINK: Final = table_of(LinkRow)
_LOAD: Final = sqlalchemy.select(_LINK.c.document).where(_LINK.c.id == bindparam("link"))
# Without key_share, every insert that refers to this link (an errand, a message) would wait as well.
_LOCK: Final = _LOAD.with_for_update(key_share=True)
_RIVAL: Final = sqlalchemy.select(_LINK.c.id).where(
    _LINK.c.active_key == bindparam("key"), _LINK.c.id != bindparam("link")
)
SAVE: Final = sqlalchemy.update(_LINK).where(_LINK.c.id == bindparam("link")).values(version=_LINK.c.version + 1)


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


def erase(session: Session, link_id: str) -> None:
    """Delete a link with its messages, errands, secrets and tickets; lines of the audit hold ids only and stay."""
    for row in (MessageRow, ErrandRow, SecretRow, TicketRow, ToldRow, NoteRow):
        change(session, delete(row).where(col(row.link_id) == link_id))
    change(session, delete(LinkRow).where(col(LinkRow.id) == link_id))
    shred_after_commit(session)


def put_off(session: Session, link_id: str, until: datetime) -> None:
    """Wake a link later than it asked for; what it holds is not touched."""
    change(session, update(LinkRow).where(col(LinkRow.id) == link_id).values(wake_at=until))


def move_channel(session: Session, team_id: str, old: str, new: str) -> list[str]:
    """Point what was posted in channel `old` at `new`, and list the links that still name `old`.

    The links themselves change when each of them is told (`ChannelMoved`) and saved.
    """
    theirs = select(LinkRow.id).where(col(LinkRow.team_id) == team_id)
    for row in (MessageRow, ErrandRow):
        change(
            session, update(row).where(col(row.channel_id) == old, col(row.link_id).in_(theirs)).values(channel_id=new)
        )
    return sorted(link.id for link in in_channel(session, team_id, old))


def _running(session: Session, link: Link) -> Link | None:
    key = active_key(link)
    if key is None:
        return None
    document = session.exec(select(LinkRow.document).where(col(LinkRow.active_key) == key)).first()
    return None if document is None else LINKS.read(document)


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
