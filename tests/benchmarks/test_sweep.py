"""What it costs to wake due links and to claim errands: flat per link, however many others are stored.

Every figure is a ratio: to the same work with fewer links stored, or to bare SQL in the same database and the same run.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.encryption import Sealing
from bot.engine import Engine
from bot.turns import Room
from flows.link.effects import Show
from storage import links as store
from storage import migrate
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.outbox import claims
from tests.support.databases import postgres_server
from tests.support.links import RULES, a_link

NOW = datetime(2026, 11, 26, 15, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3)
LATER = NOW + timedelta(days=1)
SIZES = (10_000, 100_000, 1_000_000)
WOKEN = 200
ROOM = Room(links=WOKEN, messages=WOKEN, checks=WOKEN)
ROUNDS = 5
DUE = 100_000
BATCH = 500
FREE = {claims.Hands.NOTICES: BATCH}
LEASE = timedelta(seconds=60)
MOST_GROWTH = 2.0
"""A link may cost so many times as much with a million others as with ten thousand; measured 1.0 to 1.3."""

MOST_TIMES_BARE = 16.0
"""Claiming gives objects, checked and typed; it may take so many times the bare statement; measured 6 to 10."""

MOST_MEGABYTES = 30
"""What waking and claiming may hold at a time, however much is stored."""

_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'sweep.db'}")
        migrate.upgrade(opened)
        yield opened
        opened.close()
        return
    with postgres_server(is_durable=True) as create:
        opened = Database(create())
        migrate.upgrade(opened)
        yield opened
        opened.close()


def numbers(database: Database, first: int, last: int) -> str:
    """Give the SQL of a row for each number."""
    if database.is_sqlite:
        return f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last - 1})"  # noqa: S608
    return f"WITH n(i) AS (SELECT generate_series({first}, {last - 1}))"


def store_idle(database: Database, first: int, last: int) -> None:
    """Store links that are not due, each with an errand that was carried out."""
    rows = numbers(database, first, last)
    links = text(
        "INSERT INTO linkrow (id, team_id, channel_id, status, wake_at, created_at, updated_at, version, "  # noqa: S608
        "profile, document) "
        f"{rows} SELECT 'idle' || i, 'T', 'C' || i, 'active', :later, :now, :now, 1, 'recruiting', '' FROM n"
    )
    done = text(
        "INSERT INTO errandrow (id, link_id, lane, kind, payload, state, run_at, created_at, tries, fence, settled_at) "  # noqa: S608
        f"{rows} SELECT 'idle' || i, 'idle' || i, 'slack', 'Show', '', 'sent', :now, :now, 1, 1, :now FROM n"
    )

    def work(session: Session) -> None:
        moment = {"now": stamp(database, LONG_AGO), "later": stamp(database, LATER)}
        session.connection().execute(links, moment)
        session.connection().execute(done, {"now": moment["now"]})

    database.run_sync(work)
    if not database.is_sqlite:
        database.run_sync(lambda session: session.connection().execute(text("ANALYZE")))


def stamp(database: Database, moment: datetime) -> object:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") if database.is_sqlite else moment


def store_due(database: Database, number: int) -> None:
    """Store links that are due, each with a reminder to send."""
    model = replace(a_link(), created=LONG_AGO, touched=LONG_AGO)

    def work(session: Session) -> None:
        for _ in range(number):
            one = next(_numbers)
            link = replace(model, id=f"due{one}", customer=f"Due {one}", channel_id=f"D{one}")
            store.create(session, link, (), wake_at=NOW, now=LONG_AGO)

    database.run_sync(work)


def engine_of(database: Database) -> Engine:
    sealing = Sealing(database, KeyRing.parse(new_key("k1")), lambda: NOW)
    return Engine(database=database, sealing=sealing, rules=RULES, clock=lambda: NOW)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def drain(database: Database) -> int:
    """Claim everything that is due in batches, and count it."""
    total = 0
    while claimed := database.run_sync(lambda session: claims.claim(session, now=NOW, lease=LEASE, free=FREE)):
        total += len(claimed)
    return total


def say(line: str) -> None:
    print(line)  # noqa: T201  the figures are what this is for


@pytest.mark.timeout(0)
def test_a_due_link_costs_the_same_however_many_are_not_due(database: Database) -> None:
    engine = engine_of(database)
    waking: list[float] = []
    claiming: list[float] = []
    stored = 0
    with asyncio.Runner() as runner:
        for size in SIZES:
            store_idle(database, stored, size)
            stored = size
            woken, claimed = [], []
            for _ in range(ROUNDS):
                store_due(database, WOKEN)
                woken.append(timed(lambda: runner.run(engine.wake_due(ROOM))) / WOKEN)
                began = time.perf_counter()
                number = drain(database)
                claimed.append((time.perf_counter() - began) / number)
                assert number >= WOKEN
            assert runner.run(engine.wake_due(ROOM)) == ROOM
            waking.append(min(woken))
            claiming.append(min(claimed))
            say(
                f"\n{database.url.get_backend_name()}, {size:>9,} links not due: "
                f"waking {waking[-1] * 1000:.2f} ms, claiming {claiming[-1] * 1000:.3f} ms a link"
            )
        store_due(database, WOKEN)
        tracemalloc.start()
        runner.run(engine.wake_due(ROOM))
        drain(database)
        most = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    say(f"waking and claiming {WOKEN} holds {most:.1f} MB more; the process {rss():.0f} MB in all")
    assert waking[-1] <= waking[0] * MOST_GROWTH
    assert claiming[-1] <= claiming[0] * MOST_GROWTH
    assert most <= MOST_MEGABYTES


@pytest.mark.timeout(0)
def test_claiming_a_hundred_thousand(database: Database) -> None:
    """After a long outage everything is due at once; it is taken in batches, in memory that does not grow with it."""
    store_idle(database, 0, DUE)
    rows = numbers(database, 0, DUE)
    payload = Show(slot="nudge.0")
    due = text(
        "INSERT INTO errandrow (id, link_id, lane, kind, slot, payload, state, run_at, created_at, tries, fence) "  # noqa: S608
        f"{rows} SELECT 'due' || i, 'idle' || i, 'slack', 'Show', :slot, :payload, 'pending', :now, :now, 0, 0 FROM n"
    )
    bare = text(
        "UPDATE errandrow SET state = 'sending', run_at = :until WHERE seq IN (SELECT seq FROM errandrow "  # noqa: S608
        "WHERE settled_at IS NULL AND state != 'held' AND run_at <= :now "
        f"ORDER BY run_at, seq LIMIT {BATCH}) RETURNING seq, id, payload"
    )

    def fill(session: Session) -> None:
        moment = stamp(database, LONG_AGO)
        values = {"slot": payload.slot, "payload": f'{{"slot": "{payload.slot}"}}', "now": moment}
        session.connection().execute(due, values)

    def plainly() -> int:
        values = {"now": stamp(database, NOW), "until": stamp(database, LATER)}
        total = 0
        while taken := database.run_sync(lambda session: session.connection().execute(bare, values).all()):
            total += len(taken)
        return total

    database.run_sync(fill)
    began = time.perf_counter()
    assert plainly() == DUE
    floor = time.perf_counter() - began
    database.run_sync(lambda session: session.connection().execute(text("DELETE FROM errandrow WHERE tries = 0")))
    database.run_sync(fill)
    began = time.perf_counter()
    assert drain(database) == DUE
    ours = time.perf_counter() - began
    say(
        f"\n{database.url.get_backend_name()}: claiming {DUE:,} in batches of {BATCH} takes {ours:.1f} s, "
        f"bare {floor:.1f} s, {ours / floor:.1f} times; the process {rss():.0f} MB"
    )
    assert ours <= floor * MOST_TIMES_BARE


def rss() -> float:
    """Give the most memory that the process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
