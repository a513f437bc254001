"""Owns the outbox: which effect is carried out next, by whom, and how it ended; it carries out none."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import Integer, String, bindparam, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, insert, select, update
from sqlmodel.sql.sqltypes import UTCDateTime

from flows.link.effects import Effect, HandOff, RunCheck, Show, TellStaff
from storage.serialization import StoredValueError, read_effect, write_effect
from storage.tables import ErrandRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from sqlalchemy.sql.dml import UpdateBase

__all__ = [
    "Errand",
    "Lane",
    "State",
    "bury",
    "claim",
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


_HELD: Final = literal_column(f"'{State.HELD.value}'", String())
"""In the statement's text, as a database uses a partial index only for what it sees there."""


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
        session.exec(insert(ErrandRow), params=rows)


def claim(session: Session, *, now: datetime, lease: timedelta, limit: int) -> list[Errand]:
    """Take the oldest unfinished errand of each lane whose time has come or whose lease ran out.

    No errand goes to two claims whose leases overlap, however many processes ask. Commit before sending.
    """
    taken = session.exec(_claiming(), params={"at": now, "until": now + lease, "most": limit}).all()
    claimed: list[Errand] = []
    in_order = sorted(taken, key=lambda found: found[0])
    for _, errand_id, link_id, lane, kind, payload, tries, doubtful, fence, first in in_order:
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
                doubtful=doubtful,
                fence=fence,
                first_try_at=first,
                lease_until=now + lease,
            )
        )
    return claimed


@cache  # The courier asks at least once a second, and building this takes longer than asking it.
def _claiming() -> UpdateBase:
    now = bindparam("at", type_=UTCDateTime())
    row = aliased(ErrandRow)
    heads = (
        select(row.seq)
        .where(*_head(row), col(row.run_at) <= now)
        .order_by(col(row.run_at), col(row.seq))
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True, of=row)
        # Materialised, or a plan may pick again for every row and take more than it locked.
        .cte("heads")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(ErrandRow)
        .where(col(ErrandRow.seq).in_(select(heads.c.seq)))
        .values(
            state=State.SENDING.value,
            run_at=bindparam("until", type_=UTCDateTime()),
            tries=ErrandRow.tries + 1,
            # Still being sent means that its lease ran out, and nobody knows how far that try came.
            doubtful=col(ErrandRow.doubtful) | (col(ErrandRow.state) == State.SENDING.value),
            fence=ErrandRow.fence + 1,
            first_try_at=func.coalesce(ErrandRow.first_try_at, now),
        )
        .returning(
            col(ErrandRow.seq),
            col(ErrandRow.id),
            col(ErrandRow.link_id),
            col(ErrandRow.lane),
            col(ErrandRow.kind),
            col(ErrandRow.payload),
            col(ErrandRow.tries),
            col(ErrandRow.doubtful),
            col(ErrandRow.fence),
            col(ErrandRow.first_try_at),
        )
        .execution_options(synchronize_session=False)
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
    rows = select(ErrandRow.seq).where(
        col(ErrandRow.settled_at).is_(None),
        col(ErrandRow.state) != _HELD,
        func.coalesce(col(ErrandRow.error), "") != but,
    )
    return session.exec(select(func.count()).select_from(rows.limit(at_most).subquery())).one()


def next_run(session: Session) -> datetime | None:
    """Tell the earliest moment at which `claim` could give something."""
    row = aliased(ErrandRow)
    return session.exec(select(func.min(row.run_at)).where(*_head(row))).first()


def _head(row: type[ErrandRow]) -> tuple[Any, ...]:
    other = aliased(ErrandRow)
    # Asked of each row, not as the absence of an earlier one, for which all that are unfinished could be joined.
    first = (
        select(func.min(other.seq))
        .where(
            col(other.link_id) == col(row.link_id), col(other.lane) == col(row.lane), col(other.settled_at).is_(None)
        )
        .scalar_subquery()
    )
    return col(row.settled_at).is_(None), col(row.state) != _HELD, col(row.seq) == first


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
        case _:
            return Lane.SLACK
