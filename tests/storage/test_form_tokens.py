"""Leave to send one form: for ten minutes, ten tries, one person, and only its hash is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from flows.link.events import Form
from flows.link.state import Person, Step
from storage import form_tokens as tickets
from storage import links as store
from storage.form_tokens import Ticket
from storage.tables import TicketRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from flows.link.state import Link


@pytest.fixture
def ticket(session: Session, make_link: Callable[..., Link], now: datetime) -> Ticket:
    link = make_link()
    store.create(session, link, (), wake_at=None, now=now)
    person = Person(user_id="U1", team_id="T1")
    return Ticket(link_id=link.id, form=Form.ISU, step=Step.ISU, person=person, until=now + tickets.LIFE)


def test_a_token_is_long_and_only_its_hash_is_kept(session: Session, ticket: Ticket, now: datetime) -> None:
    tokens = {tickets.issue(session, replace(ticket, form=form), now) for form in (Form.ISU, Form.ROTATE)}
    assert {len(token) for token in tokens} == {43}
    assert len(tokens) == 2
    rows = session.exec(select(TicketRow)).all()
    assert not [token for token in tokens for row in rows if token in str(row.model_dump())]
    found = {tickets.read(session, token, now) for token in tokens}
    assert found == {ticket, replace(ticket, form=Form.ROTATE)}


def test_it_ends(session: Session, ticket: Ticket, now: datetime, minutes: Callable[[float], datetime]) -> None:
    token = tickets.issue(session, ticket, now)
    assert tickets.read(session, "x" * 43, now) is None
    assert not tickets.use(session, "x" * 43, now)
    for late in (10, 11):
        assert tickets.read(session, token, minutes(late)) is None
        assert not tickets.use(session, token, minutes(late))
    assert [tickets.use(session, token, minutes(9.9)) for _ in range(11)] == [True] * 10 + [False]


def test_it_is_spent(session: Session, ticket: Ticket, now: datetime) -> None:
    token, other = tickets.issue(session, ticket, now), tickets.issue(session, replace(ticket, form=Form.ROTATE), now)
    assert tickets.is_open(session, token)
    tickets.spend(session, token)
    assert not tickets.is_open(session, token)
    assert tickets.read(session, token, now) is None
    assert not tickets.use(session, token, now)
    assert tickets.read(session, other, now)


def test_it_goes_with_its_link(session: Session, ticket: Ticket, now: datetime) -> None:
    token = tickets.issue(session, ticket, now)
    store.erase(session, ticket.link_id)
    assert tickets.read(session, token, now) is None


def test_a_new_one_ends_the_persons_older_one_and_what_is_over(
    session: Session, ticket: Ticket, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    first = tickets.issue(session, ticket, now)
    of_another = tickets.issue(session, replace(ticket, person=Person(user_id="U2", team_id="T1")), now)
    second = tickets.issue(session, ticket, now)
    assert tickets.read(session, first, now) is None
    assert tickets.read(session, second, now)
    assert tickets.read(session, of_another, now)
    tickets.issue(session, replace(ticket, until=minutes(30)), minutes(20))
    assert len(session.exec(select(TicketRow)).all()) == 1


def test_what_is_over_is_forgotten_without_a_new_one(
    session: Session, ticket: Ticket, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    tickets.issue(session, ticket, now)
    later = tickets.issue(session, replace(ticket, form=Form.ROTATE, until=minutes(11)), now)
    assert tickets.prune(session, minutes(9)) == 0
    assert tickets.prune(session, minutes(10)) == 1
    assert tickets.read(session, later, minutes(10))
