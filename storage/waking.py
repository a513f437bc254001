"""Owns which links are due and how many turns are written at once; what a turn comes to is decided elsewhere."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, bindparam, select

from storage import links
from storage.link_columns import active_key, columns_of
from storage.outbox import errands
from storage.serialization import StoredValueError
from storage.tables import FINISHED, UNFINISHED_LINK, LinkRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.effects import Effect
    from flows.link.state import Link

__all__ = ["Change", "lock_due", "save_all"]

_LINK: Final = table_of(LinkRow)
_DUE: Final = (
    select(_LINK.c.id, _LINK.c.document)
    .where(_LINK.c.wake_at <= bindparam("at", type_=_LINK.c.wake_at.type))
    .order_by(_LINK.c.wake_at, _LINK.c.id)
    .limit(bindparam("most", type_=Integer()))
    .offset(bindparam("passed", type_=Integer()))
    .with_for_update(key_share=True, skip_locked=True)
)
_KINDS: Final = tuple(_DUE.where(kind) for kind in (UNFINISHED_LINK, FINISHED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one turn made of a link that is locked."""

    before: Link
    link: Link
    effects: tuple[Effect, ...]
    wake_at: datetime | None


def lock_due(session: Session, now: datetime, limit: int) -> Iterator[Link]:
    """Read the links whose moment to wake has come: unfinished ones first, each kind in the order of their moments.

    Those that somebody holds are left out, and those that cannot be read. This is asked at every tick, so it says
    nothing of them: whatever lists links does.
    """
    for kind in _KINDS:
        passed = 0
        while limit:
            rows = session.connection().execute(kind, {"at": now, "most": limit, "passed": passed}).all()
            is_last, passed = len(rows) < limit, passed + len(rows)
            for row in rows:
                with suppress(StoredValueError):
                    link = links.read_kept(session, row.id, row.document)
                    if link:
                        limit -= 1
                        yield link
            if is_last:
                break


def save_all(session: Session, changes: Sequence[Change], now: datetime) -> None:
    """Store changed links together with their errands.

    Raises AlreadyRunningError when one of them wants a place that another link may hold: save that one alone.
    """
    if any(active_key(one.link) not in (None, active_key(one.before)) for one in changes):
        raise links.AlreadyRunningError
    rest = links.rest_of(session)
    rows = [
        {"link": one.link.id, **columns_of(one.link, one.wake_at, now, over=rest.get(one.link.id))} for one in changes
    ]
    if rows and session.connection().execute(links.SAVE, rows).rowcount != len(rows):
        raise LookupError("only a link that was created can be saved")
    errands.enqueue_all(session, [(one.link.id, one.effects) for one in changes], now)
