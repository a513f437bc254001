"""Owns the leave to send one form from a web page: who, for which link, until when; it knows no page and no secret."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlmodel import col, delete, or_, select, update

from flows.link.events import Form
from flows.link.state import Person, Step
from storage.changes import change
from storage.tables import TicketRow

if TYPE_CHECKING:
    from sqlmodel import Session

LIFE: Final = timedelta(minutes=10)
MOST_TRIES: Final = 10
"""So often a form may be sent until it is taken; nobody mistypes that often."""

_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a token stands for."""

    link_id: str
    form: Form
    step: Step
    person: Person
    until: datetime


def issue(session: Session, ticket: Ticket, now: datetime) -> str:
    """Make a one-time token; the older ones of the same person for the same form are worth nothing from now on."""
    mine = (col(TicketRow.link_id) == ticket.link_id) & (col(TicketRow.user_id) == ticket.person.user_id)
    same = mine & (col(TicketRow.form) == ticket.form.value)
    change(session, delete(TicketRow).where(or_(col(TicketRow.until) <= now, same)))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        TicketRow(
            digest=_digest(token),
            link_id=ticket.link_id,
            form=ticket.form.value,
            step=ticket.step.value,
            user_id=ticket.person.user_id,
            team_id=ticket.person.team_id,
            until=ticket.until.astimezone(UTC),
            tries=0,
        )
    )
    session.flush()
    return token


def read(session: Session, token: str, now: datetime) -> Ticket | None:
    """Return what a token stands for, or None when it is over or never was."""
    row = session.exec(
        select(TicketRow).where(col(TicketRow.digest) == _digest(token), col(TicketRow.until) > now)
    ).first()
    if row is None:
        return None
    return Ticket(
        link_id=row.link_id,
        form=Form(row.form),
        step=Step(row.step),
        person=Person(user_id=row.user_id, team_id=row.team_id),
        until=row.until,
    )


def use(session: Session, token: str, now: datetime) -> bool:
    """Count a try to send the form; False when there is none left. Lock the link first."""
    tried = change(
        session,
        update(TicketRow)
        .where(col(TicketRow.digest) == _digest(token), col(TicketRow.until) > now, col(TicketRow.tries) < MOST_TRIES)
        .values(tries=col(TicketRow.tries) + 1),
    )
    return tried == 1


def is_open(session: Session, token: str) -> bool:
    """Return whether a token was not spent yet."""
    return session.exec(select(TicketRow.digest).where(col(TicketRow.digest) == _digest(token))).first() is not None


def spend(session: Session, token: str) -> None:
    """End a token whose form was taken."""
    change(session, delete(TicketRow).where(col(TicketRow.digest) == _digest(token)))


def prune(session: Session, now: datetime) -> int:
    """Forget what is over; return how many."""
    over = delete(TicketRow).where(col(TicketRow.until) <= now)
    return change(session, over)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
