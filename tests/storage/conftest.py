from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlmodel import Session

from flows.link.setup import Setup
from flows.link.state import Link, Person
from flows.tenant.hosts import Environment
from storage import links as store
from storage import migrate
from storage.database.transactions import Database
from storage.tables import Row
from tests.support.databases import migrated_sqlite
from tests.support.links import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOTH = ["sqlite", "postgresql"]
_numbers = count(1)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """One migrated database; each call empties it, which is ten times as fast as a new one."""
    url = postgres()
    migrate.upgrade(url)
    tables = ", ".join(table.name for table in Row.metadata.sorted_tables)
    with psycopg.connect(url, autocommit=True) as connection:

        def empty() -> str:
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
            return url

        yield empty


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    fresh: str = request.getfixturevalue("postgres")()
    return fresh


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database."""
    if request.param == "sqlite":
        (tmp_path / "test.db").write_bytes(migrated_sqlite())
        return f"sqlite:///{tmp_path}/test.db"
    fresh: str = request.getfixturevalue("migrated_postgres")()
    return fresh


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One open transaction, for tests of a single caller."""
    with Session(database._engine, expire_on_commit=False, autoflush=False) as opened:  # noqa: SLF001
        yield opened


@pytest.fixture
def make_link() -> Callable[..., Link]:
    def make(**changes: Any) -> Link:  # noqa: ANN401
        number = next(_numbers)
        link = Link(
            id=f"link-{number}",
            team_id="T1",
            channel_id="C1",
            customer=f"Customer {number}",
            setup=Setup(profile="recruiting", absence=False, environment=Environment.PRODUCTION),
            owner=Person(user_id="U1", team_id="T1"),
            admin=None,
            created=NOW,
            touched=NOW,
        )
        return changed(link, **changes)

    return make


@pytest.fixture
def stored_link(database: Database, make_link: Callable[..., Link]) -> Link:
    """A link that is committed and has no errands."""
    link = make_link()
    database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=NOW))
    return link


@pytest.fixture
def minutes() -> Callable[[float], datetime]:
    return lambda number: NOW + timedelta(minutes=number)
