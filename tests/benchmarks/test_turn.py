"""What one turn costs, against the same file written by bare sqlite3 in the same run."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.turns import Turns
from flows.link.events import Action, Pressed
from flows.link.rulebook import Rulebook
from flows.link.setup import Setup
from flows.link.state import Link, Person, Step
from flows.permissions import load_permissions
from flows.tenant.service_url import Environment
from storage import links as store
from storage import migrate
from storage.database import Database

TURNS = 300
SAM = Person(user_id="U1", team_id="T1")
ADA = Person(user_id="U2", team_id="T2")


def per_second(work: Callable[[], object], times: int) -> float:
    """Run `work` and give the median rate of five parts."""
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(times // 5):
            work()
        rates.append(times // 5 / (time.perf_counter() - began))
    return statistics.median(rates)


def bare(path: Path) -> Callable[[], object]:
    """One durable transaction of the same shape: read, update, insert."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "pragma journal_mode=wal; pragma synchronous=full;"
        "create table link(id integer primary key, document text); create table errand(payload text);"
    )
    connection.execute("insert into link values (1, ?)", ("x" * 1500,))

    def turn() -> None:
        connection.execute("begin immediate")
        (document,) = connection.execute("select document from link where id = 1").fetchone()
        connection.execute("update link set document = ? where id = 1", (document,))
        connection.execute("insert into errand values ('{}')")
        connection.execute("commit")

    return turn


def test_a_turn_against_bare_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'link.db'}")
    migrate.upgrade(database)
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    rules = Rulebook(vendor="Wintro", permissions=load_permissions())
    turns = Turns(rules)
    link = Link(
        id="bench",
        team_id="T1",
        channel_id="C1",
        customer="Acme",
        setup=Setup(profile="recruiting", absence=False, environment=Environment.UNKNOWN),
        owner=SAM,
        admin=ADA,
        created=now,
        touched=now,
        step=Step.PERMISSIONS,
    )
    database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=now))
    press = Pressed(actor=ADA, action=Action.TICK, step=Step.PERMISSIONS, revision=1, value="x")
    ours = per_second(lambda: database.run_sync(lambda session: turns.turn(session, "bench", press, now)), TURNS)
    floor = per_second(bare(tmp_path / "bare.db"), TURNS)
    database.close()
    print(f"\nturns: {ours:.0f}/s, bare sqlite3: {floor:.0f}/s, {floor / ours:.1f} times the floor")  # noqa: T201
