"""Owns which links are due and how many turns are written at once; what a turn comes to is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, bindparam, select

from storage import links
from storage.outbox import errands
from storage.tables import FINISHED, UNFINISHED_LINK, LinkRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlmodel import Session

    from flows.link.effects import Effect
    from flows.link.state import Link

__all__ = ["Change", "due", "lock_due", "save_all"]

_LINK: Final = table_of(LinkRow)
_DUE: Final = (
    select(_LINK.c.id)
    .where(_LINK.c.wake_at <= bindparam("at", type_=_LINK.c.wake_at.type))
    .order_by(_LINK.c.wake_at, _LINK.c.id)
    .limit(bindparam("most", type_=Integer()))
)
_KINDS: Final = tuple(_DUE.where(kind) for kind in (UNFINISHED_LINK, FINISHED))
_LOCKED: Final = tuple(
    one.add_columns(_LINK.c.document).with_for_update(key_share=True, skip_locked=True) for one in _KINDS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one turn made of a link that is locked."""

    before: Link
    link: Link
    effects: tuple[Effect, ...]
    wake_at: datetime | None


def due(session: Session, now: datetime, limit: int) -> list[str]:
    """List the links whose moment to wake has come: unfinished ones first, each kind in the order of their moments."""
    return [row.id for row in _due(session, _KINDS, now, limit)]


def lock_due(session: Session, now: datetime, limit: int) -> Iterator[Link]:
    """Read the links that are due, in that order, without those that somebody holds; raises StoredValueError."""
    for row in _due(session, _LOCKED, now, limit):
        link = links.read_kept(session, row.id, row.document)
        if link:
            yield link


def save_all(session: Session, changes: Sequence[Change], now: datetime) -> None:
    """Store changed links together with their errands.

    Raises AlreadyRunningError when one of them wants a place that another link may hold: save that one alone.
    """
    if any(links.active_key(one.link) not in (None, links.active_key(one.before)) for one in changes):
        raise links.AlreadyRunningError
    rest = links.rest_of(session)
    rows = [
        {"link": one.link.id, **links.columns_of(one.link, one.wake_at, now, over=rest.get(one.link.id))}
        for one in changes
    ]
    if rows and session.connection().execute(links.SAVE, rows).rowcount != len(rows):
        raise LookupError("only a link that was created can be saved")
    errands.enqueue_all(session, [(one.link.id, one.effects) for one in changes], now)


def _due(session: Session, kinds: Iterable[Select[Any]], now: datetime, limit: int) -> list[Any]:
    found: list[Any] = []
    for kind in kinds:
        if len(found) < limit:
            found += session.connection().execute(kind, {"at": now, "most": limit - len(found)}).all()
    return found
