"""Owns the budget of requests that a tenant has to refuse, for all links and processes; it makes none and judges none.

Workday shuts a tenant for a while after too many of them. Dry runs are such requests by their nature, so they are held
back in time; what a check asks beside them is counted and never held back.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from flows.diagnosis.limits import MOST_REFUSED, WINDOW
from storage.changes import change
from storage.tables import GateRow, RefusalRow
from storage.upsert import insert_or_update


def reserve(session: Session, *, tenant_key: str, now: datetime, once: str, wanted: int) -> int:
    """Reserve as many of the `wanted` dry runs as the last hour leaves room for; return how many that are.

    They count as refused until they are settled. `once` names the check: another try of it counts instead of the one
    before. Commit before asking.
    """
    # The row lock makes concurrent replicas count one after another.
    insert_or_update(session, GateRow, {"account_key": tenant_key, "used_at": now}, key=("account_key",))
    _forget(session, once)
    recent = select(func.sum(col(RefusalRow.times))).where(
        col(RefusalRow.tenant_key) == tenant_key, col(RefusalRow.at) > now - WINDOW
    )
    granted = min(wanted, max(MOST_REFUSED - (session.exec(recent).one() or 0), 0))
    if granted:
        session.add(RefusalRow(id=once, tenant_key=tenant_key, at=now, times=granted))
        session.flush()
    return granted


def settle(session: Session, *, tenant_key: str, now: datetime, once: str, times: int) -> None:
    """Record how many requests of a check were refused, instead of what was reserved for it."""
    _forget(session, once)
    if times:
        session.add(RefusalRow(id=once, tenant_key=tenant_key, at=now, times=times))
        session.flush()


def prune(session: Session, before: datetime) -> None:
    """Forget what was refused before a moment, which has to be longer ago than the window."""
    change(session, delete(RefusalRow).where(col(RefusalRow.at) < before))


def _forget(session: Session, once: str) -> None:
    change(session, delete(RefusalRow).where(col(RefusalRow.id) == once))
