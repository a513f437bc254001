from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import pulse
from storage.database import Database, DatabaseError, read_url
from storage.tables import MessageRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlmodel import Session


@pytest.mark.parametrize(
    "url",
    [
        "",
        "canary",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
        "mysql://user:canary@host/x",
        "postgresql+asyncpg://user:canary@host/x",
        "postgresql://user:canary@host:port/x",
    ],
)
def test_a_bad_address_is_explained_without_being_shown(url: str) -> None:
    with pytest.raises(DatabaseError, match="DATABASE_URL") as caught:
        Database(url)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql(scheme: str) -> None:
    assert read_url(f"{scheme}://user@host/x").drivername == "postgresql+psycopg"


def test_the_file_and_its_directory_are_made_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "x.db"
    database = Database(f"sqlite:///{file}")
    database.ping()
    database.close()
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "x.db"):
        with pytest.raises(DatabaseError, match="DATABASE_URL"):
            Database(f"sqlite:///{path}")


def test_what_does_not_answer_is_explained(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is not a database, whatever its name says" * 99)
    for url in (f"sqlite:///{tmp_path}/x.db", "postgresql://user:canary@127.0.0.1:1/x"):
        database = Database(url)
        with pytest.raises(DatabaseError, match="DATABASE_URL") as caught:
            database.ping()
        assert "canary" not in str(caught.value)
        database.close()


def test_sqlite_is_set_to_lose_and_leave_nothing(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("settings of SQLite")

    def read(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        return [session.connection().execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert database.run_sync(read) == ["wal", 2, 1, 1, 30000]


def test_errors_do_not_show_what_was_to_be_stored(database: Database) -> None:
    def fail(session: Session) -> None:
        session.add(MessageRow(link_id="nobody", slot="parent", channel_id="canary", ts="canary", thread_ts=None))
        session.flush()

    with pytest.raises(IntegrityError) as caught:
        database.run_sync(fail)
    assert "canary" not in str(caught.value)


async def test_work_leaves_the_event_loop_free(database: Database, now: datetime) -> None:
    seen: set[str] = set()

    def work(session: Session) -> None:
        seen.add(threading.current_thread().name)
        pulse.beat(session, "x", now)

    await asyncio.gather(*(database.run(work) for _ in range(10)))
    assert all(name.startswith("storage") for name in seen)
    assert len(seen) == 1 or not database.is_sqlite
    assert await database.run(lambda session: pulse.last_beat(session, "x")) == now


def test_a_deadlock_is_tried_again(database: Database, now: datetime, minutes: Callable[[float], datetime]) -> None:
    if database.is_sqlite:
        pytest.skip("there is one writer at a time")
    both_hold_one = threading.Barrier(2)
    tries = []

    def cross(first: str, second: str) -> None:
        def work(session: Session) -> None:
            tries.append(first)
            pulse.beat(session, first, now)
            if len(tries) <= 2:
                both_hold_one.wait(10)
            pulse.beat(session, second, minutes(1))

        database.run_sync(work)

    other = threading.Thread(target=cross, args=("a", "b"))
    other.start()
    cross("b", "a")
    other.join(20)
    # Which of the two is given up, and whether the second attempts meet again, is up to the server.
    assert len(tries) > 2
    assert database.run_sync(lambda session: pulse.last_beat(session, "a")) is not None
