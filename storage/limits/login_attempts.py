"""Owns the cap that keeps Workday from locking an account: it counts logins and makes none.

At most two logins that failed, or whose outcome is unknown, per account within 30 minutes, because some tenants lock an
account at the third; of an API client, which is locked later, whoever asks allows more. A password that worked has no
budget of its own: a lost answer may hide a refusal of it, too. The second try is for whoever has proved the account, so
that nobody else's wrong password shuts them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists
from sqlmodel import Session, col, delete, select, update

from storage.changes import change
from storage.tables import GateRow, LoginRow
from storage.upsert import insert_or_update

CAP: Final = 2
OTHERS: Final = 1
"""Of these, how many somebody may cause who has not proved an account that another has."""

WINDOW: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Leave to log in once; counts as a failure until it is settled as good."""

    id: str


def reserve(session: Session, *, account_key: str, now: datetime, once: str, most: int = CAP) -> Reservation | datetime:
    """Reserve a login, the last of at most `most`, or return the moment from which to ask again.

    Commit before logging in. `once` names what it is for: another try of the same counts instead of the one before.
    """
    # The row lock makes concurrent replicas count one after another.
    insert_or_update(session, GateRow, {"account_key": account_key, "used_at": now}, key=("account_key",))
    change(session, delete(LoginRow).where(col(LoginRow.account_key) == account_key, col(LoginRow.at) <= now - WINDOW))
    change(session, delete(LoginRow).where(col(LoginRow.id) == once))
    newest = select(LoginRow.at).where(col(LoginRow.account_key) == account_key).order_by(col(LoginRow.at).desc())
    counted = session.exec(newest.limit(most)).all()
    if len(counted) == most:
        return counted[-1] + WINDOW
    reservation = Reservation(id=once)
    session.add(LoginRow(id=reservation.id, account_key=account_key, at=now))
    session.flush()
    return reservation


def left(session: Session, account_key: str, now: datetime) -> int:
    """Count the logins that may still fail, or end unknown, before a pause."""
    counted = select(LoginRow.id).where(col(LoginRow.account_key) == account_key, col(LoginRow.at) > now - WINDOW)
    return max(CAP - len(session.exec(counted).all()), 0)


def prune(session: Session, before: datetime) -> None:
    """Forget logins and accounts from before a moment, which has to be longer ago than WINDOW."""
    change(session, delete(LoginRow).where(col(LoginRow.at) < before))
    in_use = exists().where(col(LoginRow.account_key) == col(GateRow.account_key))
    change(session, delete(GateRow).where(col(GateRow.used_at) < before, ~in_use))


def settle(session: Session, reservation_id: str, *, good: bool, now: datetime) -> None:
    """Record how a login ended; good also when Workday was never asked. A failure counts from `now`."""
    mine = col(LoginRow.id) == reservation_id
    if good:
        change(session, delete(LoginRow).where(mine))
    else:
        change(session, update(LoginRow).where(mine).values(at=now))
