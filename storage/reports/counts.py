"""Owns the numbers about all links and errands that monitoring asks for; it judges none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.credentials import quarantine
from storage.outbox import recovery
from storage.tables import ErrandRow, LinkRow, SecretRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.outbox.errands import State

__all__ = ["Counts", "Waiting", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The unfinished errands of one kind, and since when the oldest waits."""

    number: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Errands by state, unfinished ones by kind, links by what their card shows, and what is shut."""

    errands: Mapping[State, int]
    waiting: Mapping[str, Waiting]
    links: Mapping[str, int]
    blocked: int
    quarantined: int


def count(session: Session) -> Counts:
    """Count in one go."""
    unfinished = (
        select(ErrandRow.kind, func.count(), func.min(ErrandRow.created_at))
        .where(col(ErrandRow.settled_at).is_(None))
        .group_by(ErrandRow.kind)
    )
    states = select(LinkRow.state, func.count()).group_by(col(LinkRow.state))
    blocked = select(func.count()).where(col(LinkRow.blocked).is_not(None))
    covered = select(func.count()).where(func.substr(SecretRow.sealed, 1, 1) == quarantine.FORMAT)
    return Counts(
        errands=recovery.counts(session),
        waiting={kind: Waiting(number=number, since=since) for kind, number, since in session.exec(unfinished)},
        links={state: number for state, number in session.exec(states) if state},
        blocked=session.exec(blocked).one(),
        quarantined=session.exec(covered).one(),
    )
