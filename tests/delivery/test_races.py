"""What reaches one link at the same moment: it comes to what it would come to in some order, one after another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.turns import Turns
from flows import decide
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking
from flows.link.events import (
    Action,
    ChannelMoved,
    CheckFinished,
    Event,
    PersonKnown,
    Pressed,
    Reachable,
    Undeliverable,
)
from flows.link.setup import SecretRef
from flows.link.state import Link, Person, Step
from storage import audit_log as audit
from storage import links as store
from storage import migrate
from storage.database.transactions import Database
from tests.support.databases import migrated_sqlite
from tests.support.links import ACCOUNT, ADA, BOB, ENDPOINT, INVALID, NOW, RULES, SAM, a_link, report

ROUNDS = 6


def press(who: Person, action: Action, link: Link) -> Pressed:
    return Pressed(actor=who, action=action, step=link.step, revision=link.revision)


NEW = a_link(id="new", admin=None, customer="New")
GROUP = a_link(id="group", step=Step.GROUP, customer="Group", endpoint=ENDPOINT, account=ACCOUNT)
CHECKED = a_link(
    id="checked",
    step=Step.ISU,
    customer="Checked",
    endpoint=ENDPOINT,
    account=replace(ACCOUNT, proved=False),
    checking=Checking(
        id="checked.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,), secrets=(SecretRef("s1"),)
    ),
)
RACES: dict[str, tuple[Link, tuple[Event, ...]]] = {
    "two admins take a link": (NEW, (press(ADA, Action.START, NEW), press(BOB, Action.START, NEW))),
    "on, back and on again": (
        GROUP,
        (press(ADA, Action.DONE, GROUP), press(SAM, Action.BACK, GROUP), press(ADA, Action.DONE, GROUP)),
    ),
    "a press while the channel moves and shuts": (
        GROUP,
        (press(ADA, Action.DONE, GROUP), ChannelMoved(channel_id="C2"), Undeliverable(code="is_archived"), Reachable()),
    ),
    "a press of somebody who has left": (
        GROUP,
        (
            press(ADA, Action.DONE, GROUP),
            PersonKnown(person=ADA, present=False, left=True),
            ChannelMoved(channel_id="C2"),
        ),
    ),
    "an answer that comes twice, and a step back": (
        CHECKED,
        (
            CheckFinished(check_id="checked.1", report=report(CheckKind.LOGIN)),
            CheckFinished(check_id="checked.1", report=report(CheckKind.LOGIN, login=INVALID)),
            press(ADA, Action.BACK, CHECKED),
        ),
    ),
}


def in_turn(link: Link, events: tuple[Event, ...]) -> Link:
    for event in events:
        link = decide(link, event, NOW, RULES).link
    return link


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        file: Path = tmp_path_factory.mktemp("races") / "races.db"
        file.write_bytes(migrated_sqlite())
        url = f"sqlite:///{file}"
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres")
        url = create()
        migrate.upgrade(url)
    opened = Database(url)
    audit.use_key(opened, b"k" * 32)
    yield opened
    opened.close()


def race(database: Database, link: Link, events: tuple[Event, ...]) -> Link | None:
    """Have events reach a stored link at the same moment; returns what it has come to."""
    database.run_sync(partial(store.create, link=link, effects=(), wake_at=None, now=NOW))
    turns, ready = Turns(RULES), threading.Barrier(len(events))

    def happen(event: Event) -> None:
        def work(session: Session) -> None:
            turns.turn(session, link.id, event, NOW)

        ready.wait()
        database.run_sync(work)

    with ThreadPoolExecutor(len(events)) as people:
        list(people.map(happen, events))
    return database.run_sync(partial(store.load, link_id=link.id))


@pytest.mark.parametrize("name", RACES)
def test_what_comes_at_once_comes_to_what_some_order_makes_of_it(database: Database, name: str) -> None:
    model, events = RACES[name]
    for number in range(ROUNDS):
        link = replace(model, id=f"{model.id}{name[:9]}{number}", customer=f"{name} {number}")
        outcomes = [in_turn(link, order) for order in permutations(events)]
        assert race(database, link, events) in outcomes
    assert not database.run_sync(audit.verify).problems


def test_the_order_matters_in_each_race() -> None:
    for name, (link, events) in RACES.items():
        outcomes = [in_turn(link, order) for order in permutations(events)]
        assert any(one != outcomes[0] for one in outcomes), name
