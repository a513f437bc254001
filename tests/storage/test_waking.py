"""Many links woken at once come to what they come to one by one, in the right order and with room for people."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, col, delete, select, update

from bot import turns
from bot.encryption import Sealing
from bot.engine import PUT_OFF, Engine
from bot.turns import Room, Turns
from flows import decide
from flows.link.attempt import Recheck
from flows.link.effects import Decision, RunCheck, Show
from flows.link.events import Woke
from flows.link.state import Link, Status, Step
from storage import audit_log, waking
from storage import links as store
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.outbox import errands
from storage.tables import AuditRow, ErrandRow, HeadRow, LinkRow, MessageRow, SecretRow, table_of
from tests.support.drawn_states import every_state
from tests.support.links import ACCOUNT, ENDPOINT, RULES

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = datetime.fromisoformat("2026-12-03T16:00:00+00:00")
"""So long after the states of the tests that most of their links have something to do."""

PLENTY = Room(links=500, messages=500, checks=500)
ROWS = (LinkRow, MessageRow, ErrandRow, SecretRow, AuditRow, HeadRow)
TURNS = Turns(RULES)


def crowd() -> list[Link]:
    """Make links in states of all kinds, each of a customer of its own."""
    return [
        replace(link, id=f"link{number}", customer=f"Customer {number}", channel_id=f"C{number}")
        for number, link in enumerate(islice(every_state(), 0, None, 6))
    ]


def stored(session: Session, links: list[Link]) -> None:
    for number, link in enumerate(links):
        due = LATER - timedelta(seconds=number % 7)
        store.create(session, link, (Show(slot="parent"),) if number % 2 else (), wake_at=due, now=link.created)


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return every row but for what is random or counted."""
    found = {}
    for kind in ROWS:
        rows = [
            row.model_dump(exclude={"seq"} | ({"id"} if kind is ErrandRow else set()))
            for row in session.exec(select(kind).order_by(*table_of(kind).primary_key))
        ]
        found[kind.__name__] = rows
    return found


def empty(session: Session) -> None:
    for kind in reversed(ROWS):
        session.exec(delete(kind))


def test_together_they_come_to_the_same_to_the_last_byte(database: Database) -> None:
    links = crowd()
    assert len(links) > 100
    audit_log.use_key(database, b"key")

    def one_by_one(session: Session) -> None:
        for link in list(waking.lock_due(session, LATER, 500)):
            TURNS.turn(session, link.id, Woke(), LATER)

    database.run_sync(lambda session: stored(session, links))
    database.run_sync(one_by_one)
    wanted = database.run_sync(everything)
    database.run_sync(empty)
    database.run_sync(lambda session: stored(session, links))
    left = database.run_sync(lambda session: TURNS.wake_due(session, LATER, PLENTY))
    assert PLENTY.links - left.links == len(links)
    found = database.run_sync(everything)
    assert found == wanted
    assert len(found["AuditRow"]) == len(found["HeadRow"]) == len(links)
    assert len(found["ErrandRow"]) > len(links) // 2


def test_what_only_a_newer_release_knows_is_kept(database: Database, make_link: Callable[..., Link]) -> None:
    link = make_link()

    def newer(session: Session) -> None:
        store.create(session, link, (), wake_at=LATER, now=link.created)
        document = (
            session.exec(select(LinkRow.document)).one().replace('"customer":', '"from_the_future":1,"customer":')
        )
        session.exec(update(LinkRow).values(document=document))

    database.run_sync(newer)
    database.run_sync(lambda session: TURNS.wake_due(session, LATER, PLENTY))
    assert '"from_the_future":1' in database.run_sync(lambda session: session.exec(select(LinkRow.document)).one())


def test_unfinished_links_go_first(database: Database, make_link: Callable[..., Link]) -> None:
    looks = [make_link(status=Status.LINKED) for _ in range(3)]
    walks = [make_link() for _ in range(2)]

    def store_all(session: Session) -> None:
        for minute, link in enumerate((*looks, *walks)):
            store.create(session, link, (), wake_at=LATER - timedelta(minutes=9 - minute), now=link.created)

    database.run_sync(store_all)
    for most in (9, 3, 1):
        found = database.run_sync(lambda session, most=most: list(waking.lock_due(session, LATER, most)))  # type: ignore[misc]
        assert found == [*walks, *looks][:most]


def test_no_more_speak_or_ask_than_there_is_room_for(database: Database) -> None:
    database.run_sync(lambda session: stored(session, crowd()))
    room = Room(links=400, messages=5, checks=4)
    left = database.run_sync(lambda session: TURNS.wake_due(session, LATER, room))
    assert 0 in (left.messages, left.checks)
    assert min(left.messages, left.checks) >= 0

    def since(session: Session) -> list[ErrandRow]:
        return list(session.exec(select(ErrandRow).where(ErrandRow.created_at == LATER)))

    said = database.run_sync(since)
    asking = {one.link_id for one in said if one.kind == RunCheck.__name__}
    speaking = {one.link_id for one in said if one.kind != RunCheck.__name__}
    assert len(asking) == room.checks - left.checks
    assert len(speaking) <= room.messages - left.messages


def test_who_wants_to_say_something_does_not_wait_behind_tenants_that_hang(
    database: Database, make_link: Callable[..., Link]
) -> None:
    again = Recheck(since=LATER - timedelta(hours=1), attempt=1, at=LATER)
    looks = [make_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT, recheck=again) for _ in range(3)]
    talks = make_link()

    def store_all(session: Session) -> None:
        for minute, link in enumerate((*looks, talks)):
            store.create(session, link, (), wake_at=LATER - timedelta(minutes=9 - minute), now=link.created)

    database.run_sync(store_all)
    left = database.run_sync(lambda session: TURNS.wake_due(session, LATER, Room(links=9, messages=9, checks=0)))
    assert (left.links, left.checks) == (8, 0)
    still_due = database.run_sync(lambda session: list(waking.lock_due(session, LATER, 9)))
    assert [link.id for link in still_due] == [link.id for link in looks]


def test_one_that_cannot_be_read_takes_no_other_ones_place(database: Database, make_link: Callable[..., Link]) -> None:
    links = [make_link() for _ in range(5)]

    def spoiled(session: Session) -> None:
        for minute, link in enumerate(links):
            due = LATER - timedelta(minutes=9 - minute)
            store.create(session, link, (), wake_at=due, now=link.created)
        unreadable = col(LinkRow.id).in_([link.id for link in links[:2]])
        session.exec(update(LinkRow).where(unreadable).values(document="{}"))

    database.run_sync(spoiled)
    for most in (1, 2, 9):
        found = database.run_sync(lambda session, most=most: list(waking.lock_due(session, LATER, most)))  # type: ignore[misc]
        assert found == links[2:][:most]


def test_one_that_cannot_be_woken_holds_up_none_of_the_others(
    database: Database,
    make_link: Callable[..., Link],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL)
    links = [make_link() for _ in range(5)]
    bad = links[2].id

    def poisoned(link: Link, *rest: Any) -> Decision:  # noqa: ANN401  as `decide` takes them
        if link.id == bad:
            raise RuntimeError("poison")
        return decide(link, *rest)

    def store_all(session: Session) -> None:
        for link in links:
            store.create(session, link, (), wake_at=LATER, now=link.created)

    monkeypatch.setattr(turns, "decide", poisoned)
    database.run_sync(store_all)
    sealing = Sealing(database, KeyRing.parse(new_key("k1")), lambda: LATER)
    engine = Engine(database=database, sealing=sealing, rules=RULES, clock=lambda: LATER)
    left = asyncio.run(engine.wake_due(PLENTY))
    assert PLENTY.links - left.links == 5
    lines = database.run_sync(lambda session: list(session.exec(select(AuditRow.link_id))))
    assert sorted(lines) == sorted(link.id for link in links if link.id != bad)
    later = database.run_sync(lambda session: session.exec(select(LinkRow.wake_at).where(LinkRow.id == bad)).one())
    assert later == LATER + PUT_OFF


def test_a_new_rival_is_left_to_the_way_of_one(database: Database, make_link: Callable[..., Link]) -> None:
    link = make_link()
    database.run_sync(lambda session: store.create(session, link, (), wake_at=LATER, now=link.created))
    change = waking.Change(before=link, link=replace(link, customer="Other"), effects=(), wake_at=None)
    with pytest.raises(store.AlreadyRunningError):
        database.run_sync(lambda session: waking.save_all(session, [change], LATER))


def test_a_show_joins_only_that_of_its_own_link(database: Database, make_link: Callable[..., Link]) -> None:
    one, other = make_link(), make_link()

    def work(session: Session) -> list[str]:
        for link in (one, other):
            store.create(session, link, (), wake_at=None, now=link.created)
        errands.enqueue(session, one.id, (Show(slot="card.1"),), LATER)
        errands.enqueue_all(session, [(one.id, (Show(slot="card.1"),)), (other.id, (Show(slot="card.1"),) * 2)], LATER)
        return list(session.exec(select(ErrandRow.link_id)))

    assert database.run_sync(work) == [one.id, other.id]
