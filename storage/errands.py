"""Owns the outbox: which effect is carried out next, by whom, and how it ended; it carries out none."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import exists, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, insert, select, update
from sqlmodel.sql.sqltypes import UTCDateTime

from flows.messages import Effect, RunCheck, Show
from storage.documents import StoredValueError, read_effect, write_effect
from storage.tables import ErrandRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

__all__ = ["Errand", "Lane", "State", "bury", "claim", "enqueue", "extend", "finish", "hold", "next_run", "retry"]

_log = logging.getLogger(__name__)


class Lane(StrEnum):
    """Errands of one link wait for each other only within a lane."""

    SLACK = "slack"
    WORKDAY = "workday"


class State(StrEnum):
    """How far an errand is; the first three are unfinished and keep the later ones of their lane waiting."""

    PENDING = "pending"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One claimed effect, ours until `lease_until`; from its second try on, read back before sending."""

    id: str
    link_id: str
    lane: Lane
    effect: Effect
    tries: int
    fence: int
    first_try_at: datetime
    lease_until: datetime


def enqueue(session: Session, link_id: str, effects: Iterable[Effect], now: datetime) -> None:
    """Add errands in order; a `Show` joins an untried one of its slot, as both show the newest state."""
    rows: list[dict[str, Any]] = []
    waiting: set[str] | None = None
    for effect in effects:
        slot = effect.slot if isinstance(effect, Show) else None
        if slot is not None:
            waiting = _waiting_slots(session, link_id) if waiting is None else waiting
            if slot in waiting:
                continue
            waiting.add(slot)
        rows.append(_row(link_id, effect, slot, now))
    if rows:
        session.exec(insert(ErrandRow), params=rows)


def claim(session: Session, *, now: datetime, lease: timedelta, limit: int) -> list[Errand]:
    """Take the oldest unfinished errand of each lane whose time has come or whose lease ran out.

    No errand goes to two claims whose leases overlap, however many processes ask. Commit before sending.
    """
    row = aliased(ErrandRow)
    heads = (
        select(row.seq)
        .where(*_head(row), col(row.run_at) <= now)
        .order_by(col(row.run_at), col(row.seq))
        .limit(limit)
        .with_for_update(skip_locked=True, of=row)
        # Materialised, or a plan may pick again for every row and take more than it locked.
        .cte("heads")
        .prefix_with("MATERIALIZED")
    )
    taken = session.exec(
        update(ErrandRow)
        .where(col(ErrandRow.seq).in_(select(heads.c.seq)))
        .values(
            state=State.SENDING.value,
            run_at=now + lease,
            tries=ErrandRow.tries + 1,
            fence=ErrandRow.fence + 1,
            first_try_at=func.coalesce(ErrandRow.first_try_at, literal(now, UTCDateTime())),
        )
        .returning(
            col(ErrandRow.seq),
            col(ErrandRow.id),
            col(ErrandRow.link_id),
            col(ErrandRow.lane),
            col(ErrandRow.kind),
            col(ErrandRow.payload),
            col(ErrandRow.tries),
            col(ErrandRow.fence),
            col(ErrandRow.first_try_at),
        )
        .execution_options(synchronize_session=False)
    ).all()
    claimed: list[Errand] = []
    for _, errand_id, link_id, lane, kind, payload, tries, fence, first in sorted(taken, key=lambda found: found[0]):
        try:
            effect = read_effect(kind, payload)
        except StoredValueError:
            # One unreadable errand must not stop all the others; it stays in the table and in the counts.
            _log.exception("errand cannot be read and is given up", extra={"errand_id": errand_id})
            _end(session, errand_id, fence, state=State.DEAD.value, settled_at=now, error="unreadable")
            continue
        claimed.append(
            Errand(
                id=errand_id,
                link_id=link_id,
                lane=Lane(lane),
                effect=effect,
                tries=tries,
                fence=fence,
                first_try_at=first,
                lease_until=now + lease,
            )
        )
    return claimed


def finish(
    session: Session, errand: Errand, *, now: datetime, channel_id: str | None = None, ts: str | None = None
) -> bool:
    """Record that it was done, and where the message stands; False when somebody else took it over."""
    return _end(
        session,
        errand.id,
        errand.fence,
        state=State.SENT.value,
        settled_at=now,
        channel_id=channel_id,
        slack_ts=ts,
        error=None,
    )


def extend(session: Session, errand: Errand, *, until: datetime) -> bool:
    """Keep it beyond its lease, for work that takes long; False when somebody else took it over."""
    return _end(session, errand.id, errand.fence, run_at=until)


def retry(session: Session, errand: Errand, *, run_at: datetime, error: str) -> bool:
    """Put it back after a definite no; never for an unknown outcome, which waits for its lease to run out."""
    return _end(session, errand.id, errand.fence, state=State.PENDING.value, run_at=run_at, error=error)


def bury(session: Session, errand: Errand, *, error: str, now: datetime) -> bool:
    """Give it up after a permanent no; what waits behind it may go on."""
    return _end(session, errand.id, errand.fence, state=State.DEAD.value, settled_at=now, error=error)


def hold(session: Session, errand: Errand, *, error: str) -> bool:
    """Keep it, and its lane, until a person decides: its outcome is unknown and cannot be read back."""
    return _end(session, errand.id, errand.fence, state=State.HELD.value, error=error)


def next_run(session: Session) -> datetime | None:
    """Tell the earliest moment at which `claim` could give something."""
    row = aliased(ErrandRow)
    return session.exec(select(func.min(row.run_at)).where(*_head(row))).first()


def _head(row: type[ErrandRow]) -> tuple[Any, ...]:
    earlier = aliased(ErrandRow)
    blocked = exists().where(
        col(earlier.link_id) == col(row.link_id),
        col(earlier.lane) == col(row.lane),
        col(earlier.seq) < col(row.seq),
        col(earlier.settled_at).is_(None),
    )
    return col(row.settled_at).is_(None), col(row.state) != State.HELD.value, ~blocked


def _end(session: Session, errand_id: str, fence: int, **values: Any) -> bool:  # noqa: ANN401  columns differ in type
    changed = session.exec(
        update(ErrandRow)
        .where(
            col(ErrandRow.id) == errand_id,
            col(ErrandRow.fence) == fence,
            col(ErrandRow.state) == State.SENDING.value,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount == 1


def _waiting_slots(session: Session, link_id: str) -> set[str]:
    statement = select(ErrandRow.slot).where(
        col(ErrandRow.link_id) == link_id,
        col(ErrandRow.lane) == Lane.SLACK.value,
        col(ErrandRow.settled_at).is_(None),
        col(ErrandRow.slot).is_not(None),
        col(ErrandRow.state) == State.PENDING.value,
        col(ErrandRow.tries) == 0,
    )
    # Locked, or a courier could claim one now and show the state before this transaction.
    return {slot for slot in session.exec(statement.with_for_update()) if slot is not None}


def _row(link_id: str, effect: Effect, slot: str | None, now: datetime) -> dict[str, Any]:
    kind, payload = write_effect(effect)
    lane = Lane.WORKDAY if isinstance(effect, RunCheck) else Lane.SLACK
    return {
        "id": str(uuid4()),
        "link_id": link_id,
        "lane": lane.value,
        "kind": kind,
        "slot": slot,
        "payload": payload,
        "state": State.PENDING.value,
        "run_at": now,
        "created_at": now,
        "tries": 0,
        "fence": 0,
    }
