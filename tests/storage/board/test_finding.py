"""Many links are found, counted and paged by their columns, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select, update

from flows.link.effects import Slot
from flows.link.overview import Filter, Query
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import State
from flows.link.state import Link, Person, Status, Step
from storage import links as store
from storage import messages
from storage.board import filling, finding
from storage.messages import Posted
from storage.tables import LinkRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

ADA = Person(user_id="U0ADA", team_id="T0ACME")
KIM = Person(user_id="U0KIM", team_id="T0OURS")


def keep(session: Session, link: Link, now: datetime) -> Link:
    store.create(session, link, (), wake_at=None, now=now)
    return link


def names(session: Session, now: datetime, *filters: Filter, **more: object) -> list[str]:
    query = Query(user_id="U0KIM", filters=frozenset(filters), **more)  # type: ignore[arg-type]
    found = finding.find(session, "T0OURS", query, page=1, size=50, now=now).found
    return [one.link.customer for one in found if one.link]


@pytest.fixture
def many(session: Session, make_link: Callable[..., Link], now: datetime) -> Session:
    def old(days: int) -> datetime:
        return now - timedelta(days=days)

    def make(customer: str, **changes: object) -> None:
        keep(session, make_link(team_id="T0OURS", customer=customer, admin=ADA, **changes), now)

    make("fresh", touched=now)
    make("stuck", touched=old(2))
    make("stuck longer", touched=old(5), owner=KIM)
    make("waits", touched=old(9), status=Status.PAUSED, approval=date(2026, 4, 1))
    make("paused", touched=old(9), status=Status.PAUSED)
    ends = Expiry(kind=ExpiryKind.POLICY, days=20, set_on=now.date())
    make("ends", touched=old(9), linked=old(9), status=Status.LINKED, step=Step.LINKED, expiry=ends)
    later = replace(ends, days=31)
    make("ends later", linked=old(8), status=Status.LINKED, step=Step.LINKED, expiry=later)
    make("shut", touched=now, blocked="is_archived")
    make("100%_sure", touched=now)
    make("gone", status=Status.CANCELLED)
    keep(session, make_link(team_id="T0ELSE", customer="not ours"), now)
    return session


def test_who_has_to_act_first_and_longest_is_first(many: Session, now: datetime) -> None:
    assert names(many, now)[0] == "shut"
    assert names(many, now)[-2:] == ["ends", "ends later"]
    assert {"gone", "not ours"}.isdisjoint(names(many, now))
    assert names(many, now).index("stuck longer") < names(many, now).index("stuck") < names(many, now).index("fresh")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([Filter.MINE], ["stuck longer"]),
        ([Filter.STUCK], ["stuck longer", "stuck"]),
        ([Filter.STUCK, Filter.MINE], ["stuck longer"]),
        ([Filter.WAITING], ["waits"]),
        ([Filter.EXPIRING], ["ends"]),
        ([Filter.FAILED], ["shut"]),
    ],
)
def test_each_filter_keeps_its_links(many: Session, now: datetime, filters: list[Filter], found: list[str]) -> None:
    assert names(many, now, *filters) == found


def test_a_state_and_a_part_of_a_name_narrow(many: Session, now: datetime) -> None:
    assert names(many, now, state=State.CANCELLED) == ["gone"]
    assert set(names(many, now, state=State.PAUSED)) == {"waits", "paused"}
    assert names(many, now, customer="  STUCK  l") == ["stuck longer"]
    assert names(many, now, customer="%_") == ["100%_sure"]
    assert names(many, now, customer="nobody") == []
    assert names(many, now, customer="100 súr") == ["100%_sure"]
    assert names(many, now, customer="100-sure", is_whole=True) == ["100%_sure"]
    assert names(many, now, customer="100 sur", is_whole=True) == []


def test_states_are_counted(many: Session) -> None:
    assert finding.count_states(many, "T0OURS") == {State.STEP: 5, State.PAUSED: 2, State.LINKED: 2}


def test_pages_hold_every_link_once_and_the_last_stands_for_those_behind_it(many: Session, now: datetime) -> None:
    def page(number: int) -> finding.Page:
        return finding.find(many, "T0OURS", Query(user_id=""), page=number, size=4, now=now)

    found = [one.link_id for number in (1, 2, 3) for one in page(number).found]
    assert len(found) == len(set(found)) == page(1).total == 9
    assert (page(99).number, page(0).number, page(1).pages) == (3, 1, 3)


def test_a_link_comes_with_its_parent_message(session: Session, make_link: Callable[..., Link], now: datetime) -> None:
    link = keep(session, make_link(), now)
    assert finding.by_id(session, link.team_id, link.id)[0].parent is None
    messages.remember(session, link.id, Slot.PARENT, Posted(channel_id="C9", ts="1.2"))
    messages.remember(session, link.id, "card.0", Posted(channel_id="C9", ts="1.3", thread_ts="1.2"))
    (found,) = finding.in_channel(session, link.team_id, link.channel_id)
    assert (found.link, found.parent) == (link, Posted(channel_id="C9", ts="1.2"))
    assert finding.by_id(session, "T0ELSE", link.id) == []
    assert finding.in_channel(session, "T0ELSE", link.channel_id) == []


def test_what_an_older_release_saved_is_filled_in(
    session: Session, make_link: Callable[..., Link], now: datetime
) -> None:
    links = [keep(session, make_link(), now) for _ in range(3)]
    columns = ("state", "turn", "since", "owner", "customer", "due", "approval")
    session.exec(update(LinkRow).values(dict.fromkeys(columns)))
    session.exec(update(LinkRow).where(LinkRow.id == links[0].id).values(document="{}"))  # type: ignore[arg-type]
    assert filling.fill(session, now, most=2) == 2
    assert filling.fill(session, now, most=2) == 1
    assert filling.fill(session, now) == 0
    session.expire_all()
    read = {row.id: row for row in session.exec(select(LinkRow))}
    assert read[links[1].id].state == State.STEP
    page = finding.find(
        session, links[0].team_id, Query(user_id="", filters=frozenset({Filter.FAILED})), page=1, size=9, now=now
    )
    assert [(one.link_id, one.link) for one in page.found] == [(links[0].id, None)]
    assert finding.count_states(session, links[0].team_id) == {State.STEP: 2}
