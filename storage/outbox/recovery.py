"""Owns what errands need besides being carried out: audit, revival, counts, pruning; it sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.changes import change
from storage.outbox.errands import BEHIND, Errand, Lane, State
from storage.serialization import StoredValueError, read_effect
from storage.tables import UNAUDITED, ErrandRow, LinkRow

if TYPE_CHECKING:
    from datetime import datetime

    from flows.link.effects import Effect

_MESSAGES: Final = (Lane.SLACK.value, Lane.TALK.value, Lane.STAFF.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that was doubtful once, to be looked at again for stray copies."""

    id: str
    link_id: str
    effect: Effect
    channel_id: str | None
    ts: str | None
    first_try_at: datetime
    sent_at: datetime

    @property
    def version(self) -> tuple[str, datetime]:
        """Return what changes with each copy that somebody suspects."""
        return self.id, self.sent_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message that may be in Slack or not, where history may not be read; a person has to look."""

    id: str
    link_id: str
    channel_id: str
    kind: str
    slot: str | None
    since: datetime
    error: str


def to_audit(session: Session, *, limit: int) -> list[Sent]:
    """List messages that were doubtful once and whose audit is not over, those recorded first in front.

    Those that this release cannot read are left to a newer one beside it, and those of a shut channel until it opens.
    """
    found = session.exec(
        select(ErrandRow)
        .join(LinkRow, col(LinkRow.id) == col(ErrandRow.link_id))
        .where(
            UNAUDITED,
            col(LinkRow.blocked).is_(None) | (col(ErrandRow.lane) == Lane.STAFF.value),
            col(ErrandRow.state) == State.SENT.value,
            col(ErrandRow.lane).in_(_MESSAGES),
        )
        .order_by(col(ErrandRow.settled_at), col(ErrandRow.seq))
        .limit(limit)
    )
    return [sent for row in found if (sent := _sent(row))]


def _sent(row: ErrandRow) -> Sent | None:
    if row.first_try_at is None or row.settled_at is None:
        return None
    try:
        effect = read_effect(row.kind, row.payload)
    except StoredValueError:
        return None
    return Sent(
        id=row.id,
        link_id=row.link_id,
        effect=effect,
        channel_id=row.channel_id,
        ts=row.slack_ts,
        first_try_at=row.first_try_at,
        sent_at=row.settled_at,
    )


def suspect(session: Session, errand: Errand, now: datetime) -> None:
    """If somebody else has taken an errand over, have it audited again: it may have been sent here long after that.

    Its end moves to `now`, so that the audit waits as long as history may lag.
    """
    change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.id) == errand.id, col(ErrandRow.fence) != errand.fence)
        .values(
            doubtful=True,
            audited_at=None,
            settled_at=case((col(ErrandRow.settled_at).is_not(None), literal(now, UTCDateTime()))),
        ),
    )


def audited(session: Session, sent: Sent, now: datetime) -> None:
    """Record that a message has no copy left, unless somebody has suspected one since it was listed."""
    change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.id) == sent.id, col(ErrandRow.settled_at) == sent.sent_at)
        .values(audited_at=now),
    )


def send_again(session: Session, sent: Sent, now: datetime) -> None:
    """Have it carried out once more, unless somebody has suspected a copy since it was listed."""
    change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.id) == sent.id, col(ErrandRow.settled_at) == sent.sent_at)
        .values(state=State.PENDING.value, run_at=now, settled_at=None),
    )


def waits(session: Session, link_id: str) -> bool:
    """Tell whether a message to the thread of a link is still to be sent."""
    unsent = select(ErrandRow.id).where(
        col(ErrandRow.link_id) == link_id,
        col(ErrandRow.lane).in_([Lane.SLACK.value, Lane.TALK.value]),
        col(ErrandRow.settled_at).is_(None),
    )
    return session.exec(unsent.limit(1)).first() is not None


def revive(session: Session, link_id: str, now: datetime) -> int:
    """Let the dead and held messages of a link be tried again; return how many.

    One that is on its way in the same lane goes first, so that no two ever are at once; its end lets the others go.
    """
    sending = aliased(ErrandRow)
    busy_until = (
        select(func.max(sending.run_at))
        .where(
            col(sending.link_id) == link_id,
            col(sending.lane) == col(ErrandRow.lane),
            col(sending.state) == State.SENDING.value,
        )
        .scalar_subquery()
    )
    return change(
        session,
        update(ErrandRow)
        .where(
            col(ErrandRow.link_id) == link_id,
            col(ErrandRow.lane).in_(_MESSAGES),
            col(ErrandRow.state).in_([State.DEAD.value, State.HELD.value]),
        )
        .values(
            state=State.PENDING.value,
            run_at=func.coalesce(busy_until, literal(now, UTCDateTime())),
            settled_at=None,
            error=case((busy_until.is_not(None), literal(BEHIND)), else_=None),
        ),
    )


def wake_behind(session: Session, errand: Errand, now: datetime) -> None:
    """Let revived messages go on that waited for an errand of their lane, which has ended otherwise than well."""
    change(
        session,
        update(ErrandRow)
        .where(
            col(ErrandRow.link_id) == errand.link_id,
            col(ErrandRow.lane) == errand.lane.value,
            col(ErrandRow.settled_at).is_(None),
            col(ErrandRow.error) == BEHIND,
        )
        .values(run_at=now, error=None),
    )


def held(session: Session) -> list[Held]:
    """List the messages that nobody knows the end of, oldest first."""
    found = session.exec(
        select(ErrandRow, LinkRow.channel_id)
        .join(LinkRow, col(LinkRow.id) == col(ErrandRow.link_id))
        .where(col(ErrandRow.settled_at).is_(None), col(ErrandRow.state) == State.HELD.value)
        .order_by(col(ErrandRow.seq))
    )
    return [
        Held(
            id=row.id,
            link_id=row.link_id,
            channel_id=channel_id,
            kind=row.kind,
            slot=row.slot,
            since=row.created_at,
            error=row.error or "",
        )
        for row, channel_id in found
    ]


def release_held(session: Session, now: datetime, errand_id: str | None = None) -> int:
    """Let held messages be tried again; one that is named is not in Slack, somebody has looked. Return how many."""
    here = [col(ErrandRow.settled_at).is_(None), col(ErrandRow.state) == State.HELD.value]
    values: dict[str, object] = {"state": State.PENDING.value, "run_at": now, "error": None}
    if errand_id is not None:
        here.append(col(ErrandRow.id) == errand_id)
        values["doubtful"] = False
    return change(session, update(ErrandRow).where(*here).values(**values))


def settle_held(session: Session, errand_id: str, *, channel_id: str, ts: str, now: datetime) -> bool:
    """Record where somebody has found a held message; False when no such message is held."""
    settled = change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.id) == errand_id, col(ErrandRow.state) == State.HELD.value)
        .values(state=State.SENT.value, channel_id=channel_id, slack_ts=ts, settled_at=now, error=None),
    )
    return settled == 1


def bury_held(session: Session, link_id: str, now: datetime) -> int:
    """Give up the held messages of a link that is to be erased, so that those behind them go out; return how many.

    Nobody will look for them any more, and an errand that is never settled would keep the link for ever.
    """
    return change(
        session,
        update(ErrandRow)
        .where(
            col(ErrandRow.link_id) == link_id,
            col(ErrandRow.settled_at).is_(None),
            col(ErrandRow.state) == State.HELD.value,
        )
        .values(state=State.DEAD.value, settled_at=now, error="forgotten"),
    )


def counts(session: Session) -> dict[State, int]:
    """Count the errands in each state."""
    found = session.exec(select(ErrandRow.state, func.count()).group_by(col(ErrandRow.state)))
    return dict.fromkeys(State, 0) | {State(state): count for state, count in found}


def prune(session: Session, before: datetime) -> int:
    """Forget errands that ended before a moment, except those still to be audited; return how many."""
    return change(
        session,
        delete(ErrandRow).where(
            col(ErrandRow.settled_at) < before,
            ~col(ErrandRow.doubtful)
            | col(ErrandRow.audited_at).is_not(None)
            | (col(ErrandRow.state) != State.SENT.value)
            | ~col(ErrandRow.lane).in_(_MESSAGES),
        ),
    )


def release(session: Session, now: datetime) -> int:
    """Let errands that a dead process held be claimed at once; only where no other process can be alive."""
    return change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.state) == State.SENDING.value, col(ErrandRow.run_at) > now)
        .values(run_at=now),
    )


def doubt_all(session: Session, now: datetime) -> int:
    """Take every unfinished errand for one that may have been carried out, as after a restore; return how many.

    Each is read back from when it was written; a check counts as tried, so that no login is made anew by itself.
    """
    return change(
        session,
        update(ErrandRow)
        .where(col(ErrandRow.settled_at).is_(None))
        .values(
            state=case((col(ErrandRow.state) == State.SENDING.value, State.PENDING.value), else_=col(ErrandRow.state)),
            run_at=now,
            doubtful=True,
            first_try_at=func.coalesce(col(ErrandRow.first_try_at), col(ErrandRow.created_at)),
            tries=case((col(ErrandRow.tries) < 1, 1), else_=col(ErrandRow.tries)),
        ),
    )
