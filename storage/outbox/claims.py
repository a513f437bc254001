"""Owns which errand is carried out next and by whom, and what still waits; how one ends is the outbox's."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    String,
    bindparam,
    func,
    literal_column,
    select,
    update,
)

from storage.outbox.errands import BEHIND, Errand, Lane, State, leave_unreadable
from storage.serialization import StoredValueError, read_effect
from storage.tables import ErrandRow, table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy import Executable
    from sqlmodel import Session

__all__ = ["Hands", "claim", "claim_next", "hands_for", "next_run", "waiting"]


class Hands(StrEnum):
    """What is carried out by hands of its own, so that whoever is slow to answer holds up nothing else."""

    ANSWERS = "answers"
    """Messages that come from a request of somebody's."""

    NOTICES = "notices"
    """Messages that nobody has asked for."""

    TESTS = "tests"
    """Checks and key pairs that somebody waits for."""

    LOOKS = "looks"
    """The same that nobody has asked for."""

    HANDOFFS = "handoffs"


_ERRAND: Final = table_of(ErrandRow)
_MESSAGES: Final = (Lane.SLACK.value, Lane.TALK.value, Lane.STAFF.value)
_HELD: Final = literal_column(f"'{State.HELD.value}'", String())
"""In the statement's text, as a database uses a partial index only for what it sees there."""

_COUNT_WAITING: Final = select(func.count()).select_from(
    select(_ERRAND.c.link_id)
    .distinct()
    .where(
        _ERRAND.c.settled_at.is_(None),
        _ERRAND.c.state != _HELD,
        # Not the hand-offs: a backend that is away must not stop what people are told.
        (_ERRAND.c.lane != Lane.BACKEND.value) & ((_ERRAND.c.lane == Lane.WORKDAY.value) == bindparam("checks")),
        func.coalesce(_ERRAND.c.error, "").not_in(bindparam("but", expanding=True)),
    )
    .limit(bindparam("at_most", type_=Integer()))
    .subquery()
)


def hands_for(errand: Errand) -> Hands:
    """Return which hands an errand goes through."""
    return _hands_for(errand.lane, is_asked=errand.origin is not None)


def _hands_for(lane: Lane, *, is_asked: bool) -> Hands:
    match lane:
        case Lane.BACKEND:
            return Hands.HANDOFFS
        case Lane.WORKDAY:
            return Hands.TESTS if is_asked else Hands.LOOKS
        case _:
            return Hands.ANSWERS if is_asked else Hands.NOTICES


def claim(session: Session, *, now: datetime, lease: timedelta, free: Mapping[Hands, int]) -> list[Errand]:
    """Take the oldest unfinished errand of each lane whose time has come or whose lease ran out, by `free` hands.

    No errand goes to two claims whose leases overlap, however many processes ask. Commit before sending.
    """
    left, taken = dict.fromkeys(Hands, 0) | dict(free), list[Row[Any]]()
    # So few at a time that no hands get too many; behind a crowd for hands that are full the others are found next.
    while most := min((number for number in left.values() if number > 0), default=0):
        full = frozenset(hands for hands, number in left.items() if number <= 0)
        asked = {"at": now, "until": now + lease, "most": most}
        rows = session.connection().execute(_claiming(full), asked).all()
        taken += rows
        for row in rows:
            left[_hands_for(Lane(row.lane), is_asked=row.origin is not None)] -= 1
        if len(rows) < most:
            break
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
        # One unreadable errand must not stop all the others.
        leave_unreadable(session, row, now)
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
        created_at=row.created_at,
        origin=row.origin,
    )


@cache
def _claiming(full: frozenset[Hands] = frozenset(), *, is_next: bool = False) -> Executable:
    now = bindparam("at", type_=_ERRAND.c.run_at.type)
    row = _ERRAND.alias()
    here = [row.c.link_id == bindparam("of_link"), row.c.lane == bindparam("in_lane")] if is_next else []
    here += [~_is_for(hands, row) for hands in sorted(full)]
    heads = (
        select(row.c.seq)
        # Behind one that has just ended, nothing waits any more for the end of its lease.
        .where(*_head(row), (row.c.run_at <= now) | (row.c.error == BEHIND) if is_next else row.c.run_at <= now, *here)
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
            _ERRAND.c.created_at,
            _ERRAND.c.origin,
            _ERRAND.c.error,
        )
    )


def _is_for(hands: Hands, row: FromClause) -> ColumnElement[bool]:
    is_asked = row.c.origin.is_not(None)
    match hands:
        case Hands.HANDOFFS:
            return row.c.lane == Lane.BACKEND.value
        case Hands.TESTS | Hands.LOOKS:
            return (row.c.lane == Lane.WORKDAY.value) & (is_asked if hands is Hands.TESTS else ~is_asked)
        case Hands.ANSWERS | Hands.NOTICES:
            return row.c.lane.in_(_MESSAGES) & (is_asked if hands is Hands.ANSWERS else ~is_asked)


def waiting(session: Session, *, at_most: int, but: Collection[str] = (), checks: bool = False) -> int:
    """Count the links with unfinished messages, or `checks`, that nobody holds, up to `at_most`.

    Not those put back for one of `but`. A link that floods its own thread counts once, and so holds up no other.
    """
    asked = {"at_most": at_most, "but": list(but), "checks": checks}
    return session.connection().execute(_COUNT_WAITING, asked).scalar_one()


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
