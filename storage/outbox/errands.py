"""Owns the outbox: what is to be carried out, and how that ended; who carries it out is claimed elsewhere."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, assert_never
from uuid import uuid4

from sqlalchemy import (
    Row,
    bindparam,
    insert,
    select,
    update,
)

from flows.link.effects import (
    Effect,
    Farewell,
    HandOff,
    LookUp,
    MakeKey,
    RunCheck,
    Say,
    SendCertificate,
    SendSheet,
    Show,
    TellStaff,
    Whisper,
)
from storage.serialization import write_effect
from storage.tables import ErrandRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlmodel import Session

__all__ = [
    "ORIGIN",
    "Errand",
    "Lane",
    "State",
    "bury",
    "enqueue",
    "enqueue_all",
    "extend",
    "finish",
    "has_new",
    "hold",
    "leave_unreadable",
    "put_back",
    "retry",
]

_log = logging.getLogger(__name__)


class Lane(StrEnum):
    """Errands of one link wait for each other only within a lane."""

    SLACK = "slack"
    WORKDAY = "workday"
    TALK = "talk"
    """Answers to what people say, and whispers; no card waits behind them."""

    STAFF = "staff"
    """Notices to our own people; one about a message that is stuck must not wait behind it."""

    BACKEND = "backend"


ORIGIN: ContextVar[str | None] = ContextVar("origin", default=None)
"""The request of somebody's that the running task comes from, as W3C `traceparent`; None for what nobody asked for."""

BEHIND: Final = "behind"
"""Why a revived errand waits: one of its lane is on its way, whose end lets it go on."""


LEFT_FOR: Final = timedelta(seconds=5)
"""How long a newer release, if one runs beside this one, has an errand to itself that this one cannot read."""

LONGEST_WAIT: Final = timedelta(hours=1)
"""No errand waits longer for its next try, and no lease is as long: what lies further ahead is a wrong clock's."""

_LEFT_AT_MOST: Final = timedelta(minutes=10)
_LEFT_SINCE: Final = "unreadable since "


class State(StrEnum):
    """How far an errand is; the first three are unfinished and keep the later ones of their lane waiting."""

    PENDING = "pending"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    DEAD = "dead"


_NEW: Final = "new errands"
_ERRAND: Final = table_of(ErrandRow)
_INSERT: Final = insert(_ERRAND)
_END: Final = update(_ERRAND).where(
    _ERRAND.c.id == bindparam("errand"),
    _ERRAND.c.fence == bindparam("ours"),
    _ERRAND.c.state == State.SENDING.value,
)
_WAITING_SLOTS: Final = (
    select(_ERRAND.c.link_id, _ERRAND.c.slot)
    .where(
        _ERRAND.c.lane == Lane.SLACK.value,
        _ERRAND.c.settled_at.is_(None),
        _ERRAND.c.slot.is_not(None),
        _ERRAND.c.state == State.PENDING.value,
        _ERRAND.c.tries == 0,
    )
    # Locked, or a courier could claim one now and show the state before this transaction.
    .with_for_update()
)
_SLOTS_OF_ONE: Final = _WAITING_SLOTS.where(_ERRAND.c.link_id == bindparam("link"))
# A list is written into the statement each time, which takes longer than to run it.
_SLOTS_OF_MANY: Final = _WAITING_SLOTS.where(_ERRAND.c.link_id.in_(bindparam("links", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One claimed effect, ours until `lease_until`; a `doubtful` one may be there and is read back before sending.

    `origin` is the request that it comes from, as it was in `ORIGIN` when it was wanted, at `created_at`.
    """

    id: str
    link_id: str
    lane: Lane
    effect: Effect
    tries: int
    doubtful: bool
    fence: int
    first_try_at: datetime
    lease_until: datetime
    created_at: datetime
    origin: str | None


def enqueue(session: Session, link_id: str, effects: Iterable[Effect], now: datetime) -> None:
    """Add errands in order; a `Show` joins an untried one of its slot, as both show the newest state."""
    enqueue_all(session, [(link_id, tuple(effects))], now)


def enqueue_all(session: Session, wanted: Sequence[tuple[str, Sequence[Effect]]], now: datetime) -> None:
    """Add the errands of many links, each link once."""
    shows = [link_id for link_id, effects in wanted if any(isinstance(effect, Show) for effect in effects)]
    waiting = _waiting_slots(session, shows)
    rows: list[dict[str, Any]] = []
    for link_id, effects in wanted:
        for effect in effects:
            slot = effect.slot if isinstance(effect, Show) else None
            if slot is not None:
                if (link_id, slot) in waiting:
                    continue
                waiting.add((link_id, slot))
            rows.append(_row(link_id, effect, slot, now))
    if rows:
        session.connection().execute(_INSERT, rows)
        session.info[_NEW] = True


def has_new(session: Session) -> bool:
    """Tell whether this transaction has added errands; a `Show` that has joined another one is none."""
    return _NEW in session.info


def finish(
    session: Session, errand: Errand, *, now: datetime, channel_id: str | None = None, ts: str | None = None
) -> bool:
    """Record that it was done, and where the message stands; False when somebody else took it over.

    An empty `ts` is that of files, of which Slack does not say where they stand, nor that they do: it is looked again.
    """
    looked_after = {"doubtful": True} if ts == "" else {}
    return _end(
        session,
        errand.id,
        errand.fence,
        state=State.SENT.value,
        settled_at=now,
        channel_id=channel_id,
        slack_ts=ts,
        error=None,
        **looked_after,
    )


def extend(session: Session, errand: Errand, *, until: datetime) -> bool:
    """Keep it beyond its lease, for work that takes long; False when somebody else took it over."""
    return _end(session, errand.id, errand.fence, run_at=until)


def retry(session: Session, errand: Errand, *, run_at: datetime, error: str, doubtful: bool = False) -> bool:
    """Put it back after a definite no; as `doubtful` after a failure of our own, or one that Slack has answered.

    Never where Slack's answer did not come: that waits for its lease to run out, while the message may still arrive.
    """
    doubtful = doubtful or errand.doubtful
    values = {"state": State.PENDING.value, "run_at": run_at, "error": error, "doubtful": doubtful}
    return _end(session, errand.id, errand.fence, **values)


def turn_into(session: Session, errand: Errand, effect: Show, *, run_at: datetime) -> bool:
    """Have another effect carried out in the place of one that was certainly not done."""
    kind, payload = write_effect(effect)
    values = {"kind": kind, "payload": payload, "slot": effect.slot, "state": State.PENDING.value, "doubtful": False}
    return _end(session, errand.id, errand.fence, run_at=run_at, error=None, tries=0, first_try_at=None, **values)


def put_back(session: Session, errand: Errand, *, run_at: datetime, error: str) -> bool:
    """Put it back unsent, as if it had not been claimed: what is shown later may join it, and no try is counted."""
    values = {"state": State.PENDING.value, "run_at": run_at, "error": error, "tries": errand.tries - 1}
    return _end(session, errand.id, errand.fence, doubtful=errand.doubtful, **values)


def bury(session: Session, errand: Errand, *, error: str, now: datetime) -> bool:
    """Give it up after a permanent no; what waits behind it may go on."""
    return _end(session, errand.id, errand.fence, state=State.DEAD.value, settled_at=now, error=error)


def leave_unreadable(session: Session, row: Row[Any], now: datetime) -> None:
    """Put a claimed errand back that this release cannot read: a newer one beside it may, within some seconds.

    Nobody has taken it for ten minutes: then nobody can, and it is given up. It stays in the table and in the counts.
    """
    told = row.error or ""
    since = datetime.fromisoformat(told.removeprefix(_LEFT_SINCE)) if told.startswith(_LEFT_SINCE) else now
    if now - since < _LEFT_AT_MOST:
        if since == now:
            _log.warning("an errand cannot be read and is left to a newer release", extra={"errand": row.id})
        left = {"run_at": now + LEFT_FOR, "error": f"{_LEFT_SINCE}{since.isoformat()}", "tries": row.tries - 1}
        _end(session, row.id, row.fence, state=State.PENDING.value, **left)
        return
    _log.error("an errand cannot be read and is given up", extra={"errand": row.id})
    _end(session, row.id, row.fence, state=State.DEAD.value, settled_at=now, error="unreadable")


def hold(session: Session, errand: Errand, *, error: str) -> bool:
    """Keep it, and its lane, until a person decides: its outcome is unknown and cannot be read back."""
    return _end(session, errand.id, errand.fence, state=State.HELD.value, error=error)


def _end(session: Session, errand_id: str, fence: int, **values: Any) -> bool:  # noqa: ANN401  columns differ in type
    return session.connection().execute(_END, {"errand": errand_id, "ours": fence, **values}).rowcount == 1


def _waiting_slots(session: Session, link_ids: list[str]) -> set[tuple[str, str]]:
    if not link_ids:
        return set()
    asked = (_SLOTS_OF_ONE, {"link": link_ids[0]}) if len(link_ids) == 1 else (_SLOTS_OF_MANY, {"links": link_ids})
    found = session.connection().execute(*asked)
    return {(link_id, slot) for link_id, slot in found}


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
        "origin": ORIGIN.get(),
    }


def _lane(effect: Effect) -> Lane:
    match effect:
        case RunCheck() | MakeKey():
            return Lane.WORKDAY
        case TellStaff():
            return Lane.STAFF
        case HandOff():
            return Lane.BACKEND
        case Say(aside=True) | Whisper():
            return Lane.TALK
        case Show() | Say() | SendSheet() | SendCertificate() | Farewell() | LookUp():
            return Lane.SLACK
        case _:
            assert_never(effect)
