"""Owns the outbox: which effect is carried out next, by whom, and how it ended; it carries out none."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, assert_never
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    String,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from flows.link.effects import Effect, HandOff, LookUp, RunCheck, Say, Show, TellStaff, Whisper
from storage.serialization import StoredValueError, read_effect, write_effect
from storage.tables import ErrandRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from sqlalchemy.sql.dml import ReturningUpdate
    from sqlmodel import Session

__all__ = [
    "Errand",
    "Lane",
    "State",
    "bury",
    "claim",
    "claim_next",
    "enqueue",
    "extend",
    "finish",
    "hold",
    "next_run",
    "retry",
    "waiting",
]

_log = logging.getLogger(__name__)


class Lane(StrEnum):
    """Errands of one link wait for each other only within a lane."""

    SLACK = "slack"
    WORKDAY = "workday"
    STAFF = "staff"
    BACKEND = "backend"
    """Notices to our own people; one about a message that is stuck must not wait behind it."""


class State(StrEnum):
    """How far an errand is; the first three are unfinished and keep the later ones of their lane waiting."""

    PENDING = "pending"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    DEAD = "dead"


_ERRAND: Final = table_of(ErrandRow)
_INSERT: Final = insert(_ERRAND)
_END: Final = update(_ERRAND).where(
    _ERRAND.c.id == bindparam("errand"),
    _ERRAND.c.fence == bindparam("ours"),
    _ERRAND.c.state == State.SENDING.value,
)
_WAITING_SLOTS: Final = (
    select(_ERRAND.c.slot)
    .where(
        _ERRAND.c.link_id == bindparam("link"),
        _ERRAND.c.lane == Lane.SLACK.value,
        _ERRAND.c.settled_at.is_(None),
        _ERRAND.c.slot.is_not(None),
        _ERRAND.c.state == State.PENDING.value,
        _ERRAND.c.tries == 0,
    )
    # Locked, or a courier could claim one now and show the state before this transaction.
    .with_for_update()
)
_HELD: Final = literal_column(f"'{State.HELD.value}'", String())
"""In the statement's text, as a database uses a partial index only for what it sees there."""

_COUNT_WAITING: Final = select(func.count()).select_from(
    select(_ERRAND.c.seq)
    .where(
        _ERRAND.c.settled_at.is_(None),
        _ERRAND.c.state != _HELD,
        func.coalesce(_ERRAND.c.error, "") != bindparam("but"),
    )
    .limit(bindparam("at_most", type_=Integer()))
    .subquery()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One claimed effect, ours until `lease_until`; a `doubtful` one may be there and is read back before sending."""

    id: str
    link_id: str
    lane: Lane
    effect: Effect
    tries: int
    doubtful: bool
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
        session.connection().execute(_INSERT, rows)


def claim(session: Session, *, now: datetime, lease: timedelta, limit: int) -> list[Errand]:
    """Take the oldest unfinished errand of each lane whose time has come or whose lease ran out.

    No errand goes to two claims whose leases overlap, however many processes ask. Commit before sending.
    """
    asked = {"at": now, "until": now + lease, "most": limit}
    taken = session.connection().execute(_claiming(), asked).all()
    found = (_read(session, row, now=now, lease=lease) for row in sorted(taken, key=lambda row: row.seq))
    return [errand for errand in found if errand]


def claim_next(session: Session, done: Errand, *, now: datetime, lease: timedelta) -> Errand | None:
    """Take the errand that waited behind one that ended in this transaction, if its time has come."""
    asked = {"at": now, "until": now + lease, "most": 1, "of_link": done.link_id, "in_lane": done.lane.value}
    row = session.connection().execute(_claiming(is_next=True), asked).first()
    return _read(session, row, now=now, lease=lease) if row else None


def _read(session: Session, row: Row[Any], *, now: datetime, lease: timedelta) -> Errand | None:
    try:
        effect = read_effect(row.kind, row.payload)
    except StoredValueError:
        # One unreadable errand must not stop all the others; it stays in the table and in the counts.
        _log.exception("errand cannot be read and is given up", extra={"errand_id": row.id})
        _end(session, row.id, row.fence, state=State.DEAD.value, settled_at=now, error="unreadable")
        return None
    return Errand(
        id=row.id,
        link_id=row.link_id,
        lane=Lane(row.lane),
        effect=effect,
        tries=row.tries,
        doubtful=row.doubtful,
        fence=row.fence,
        first_try_at=row.first_try_at,
        lease_until=now + lease,
    )


@cache
def _claiming(*, is_next: bool = False) -> ReturningUpdate[Any]:
    now = bindparam("at", type_=_ERRAND.c.run_at.type)
    row = _ERRAND.alias()
    here = (row.c.link_id == bindparam("of_link"), row.c.lane == bindparam("in_lane")) if is_next else ()
    heads = (
        select(row.c.seq)
        .where(*_head(row), row.c.run_at <= now, *here)
        .order_by(row.c.run_at, row.c.seq)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=row)
        # Materialised, or a plan may pick again for every row and take more than it locked.
        .cte("heads")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(_ERRAND)
        .where(_ERRAND.c.seq.in_(select(heads.c.seq)))
        .values(
            state=State.SENDING.value,
            run_at=bindparam("until", type_=_ERRAND.c.run_at.type),
            tries=_ERRAND.c.tries + 1,
            # Still being sent means that its lease ran out, and nobody knows how far that try came.
            doubtful=_ERRAND.c.doubtful | (_ERRAND.c.state == State.SENDING.value),
            fence=_ERRAND.c.fence + 1,
            first_try_at=func.coalesce(_ERRAND.c.first_try_at, now),
        )
        .returning(
            _ERRAND.c.seq,
            _ERRAND.c.id,
            _ERRAND.c.link_id,
            _ERRAND.c.lane,
            _ERRAND.c.kind,
            _ERRAND.c.payload,
            _ERRAND.c.tries,
            _ERRAND.c.doubtful,
            _ERRAND.c.fence,
            _ERRAND.c.first_try_at,
        )
    )


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


def retry(session: Session, errand: Errand, *, run_at: datetime, error: str, doubtful: bool = False) -> bool:
    """Put it back after a definite no, or as `doubtful` after a failure of our own that came we don't know when.

    Never for an unknown outcome at Slack: that waits for its lease to run out, while the message may still arrive.
    """
    doubtful = doubtful or errand.doubtful
    values = {"state": State.PENDING.value, "run_at": run_at, "error": error, "doubtful": doubtful}
    return _end(session, errand.id, errand.fence, **values)


def bury(session: Session, errand: Errand, *, error: str, now: datetime) -> bool:
    """Give it up after a permanent no; what waits behind it may go on."""
    return _end(session, errand.id, errand.fence, state=State.DEAD.value, settled_at=now, error=error)


def hold(session: Session, errand: Errand, *, error: str) -> bool:
    """Keep it, and its lane, until a person decides: its outcome is unknown and cannot be read back."""
    return _end(session, errand.id, errand.fence, state=State.HELD.value, error=error)


def waiting(session: Session, *, at_most: int, but: str) -> int:
    """Count the unfinished errands that nobody holds, up to `at_most`, without those put back for the reason `but`."""
    return session.connection().execute(_COUNT_WAITING, {"at_most": at_most, "but": but}).scalar_one()


def next_run(session: Session) -> datetime | None:
    """Return the earliest moment at which `claim` could give something."""
    row = _ERRAND.alias()
    return session.connection().execute(select(func.min(row.c.run_at)).where(*_head(row))).scalar()


def _head(row: FromClause) -> tuple[ColumnElement[bool], ...]:
    other = _ERRAND.alias()
    # Asked of each row, not as the absence of an earlier one, for which all that are unfinished could be joined.
    first = (
        select(func.min(other.c.seq))
        .where(other.c.link_id == row.c.link_id, other.c.lane == row.c.lane, other.c.settled_at.is_(None))
        .scalar_subquery()
    )
    return row.c.settled_at.is_(None), row.c.state != _HELD, row.c.seq == first


def _end(session: Session, errand_id: str, fence: int, **values: Any) -> bool:  # noqa: ANN401  columns differ in type
    return session.connection().execute(_END, {"errand": errand_id, "ours": fence, **values}).rowcount == 1


def _waiting_slots(session: Session, link_id: str) -> set[str]:
    return set(session.connection().execute(_WAITING_SLOTS, {"link": link_id}).scalars())


def _row(link_id: str, effect: Effect, slot: str | None, now: datetime) -> dict[str, Any]:
    kind, payload = write_effect(effect)
    return {
        "id": str(uuid4()),
        "link_id": link_id,
        "lane": _lane(effect).value,
        "kind": kind,
        "slot": slot,
        "payload": payload,
        "state": State.PENDING.value,
        "run_at": now,
        "created_at": now,
        "tries": 0,
        "doubtful": False,
        "fence": 0,
    }


def _lane(effect: Effect) -> Lane:
    match effect:
        case RunCheck():
            return Lane.WORKDAY
        case TellStaff():
            return Lane.STAFF
        case HandOff():
            return Lane.BACKEND
        case Show() | Say() | Whisper() | LookUp():
            return Lane.SLACK
        case _:
            assert_never(effect)
