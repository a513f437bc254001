"""What a look at the board and a page of a list cost with 5,000 links, against counting their rows in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from flows.link.overview import Filter, Query
from flows.link.setup import Setup
from flows.link.state import Link, Person, Step
from flows.tenant.service_url import Environment
from storage import links as store
from storage import migrate
from storage.board import finding
from storage.database.transactions import Database

LINKS = 5000
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADA = Person(user_id="U2", team_id="T2")


def milliseconds(work: Callable[[], object]) -> float:
    """Run `work` some times and give the median."""
    took = []
    for _ in range(15):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def test_a_look_at_5000_links(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'link.db'}")
    migrate.upgrade(database)

    def fill(session: Session) -> None:
        for number in range(LINKS):
            link = Link(
                id=f"{number:012x}",
                team_id="T1",
                channel_id=f"C{number}",
                customer=f"Customer {number}",
                setup=Setup(profile="recruiting", absence=False, environment=Environment.UNKNOWN),
                owner=Person(user_id=f"U{number % 20}", team_id="T1"),
                admin=ADA,
                created=NOW,
                touched=NOW - timedelta(minutes=number),
                step=list(Step)[number % 9],
            )
            store.create(session, link, (), wake_at=None, now=NOW)

    database.run_sync(fill)

    def look(*filters: Filter, page: int = 1, customer: str = "") -> None:
        query = Query(user_id="U7", filters=frozenset(filters), customer=customer)
        database.run_sync(lambda session: finding.find(session, "T1", query, page=page, size=20, now=NOW))

    def board() -> None:
        look()
        database.run_sync(lambda session: finding.count_states(session, "T1"))

    def bare() -> None:
        database.run_sync(lambda session: session.connection().execute(text("select count(*) from linkrow")).scalar())

    rows = {
        "board": board,
        "last page": lambda: look(page=250),
        "mine and stuck": lambda: look(Filter.MINE, Filter.STUCK),
        "a name": lambda: look(customer="er 499"),
        "bare count": bare,
    }
    found = {name: milliseconds(work) for name, work in rows.items()}
    database.close()
    print("\n" + ", ".join(f"{name}: {took:.1f} ms" for name, took in found.items()))  # noqa: T201
    assert found["board"] < 250
