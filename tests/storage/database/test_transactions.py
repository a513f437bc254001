from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.config.process_lock import alone
from storage import heartbeats as pulse
from storage import migrate
from storage.database import engines, sqlite_log
from storage.database.address import DatabaseError, read_url
from storage.database.transactions import Database, shred_after_commit
from storage.tables import MessageRow
from tests.support.databases import migrated_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine.interfaces import DBAPICursor
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
    database.run_sync(lambda session: session.connection())
    database.close()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_does_not_lock_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        closing(sqlite3.connect(f"file:{tmp_path}/x.db?vfs=unix-dotfile", uri=True)) as shared,
        pytest.raises(DatabaseError, match="disk does not lock files"),
    ):
        engines._use_wal(cast("DBAPICursor", shared.cursor()))  # noqa: SLF001

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DatabaseError, match="disk does not lock files"), alone(read_url(f"sqlite:///{tmp_path}/x.db")):
        pass


def test_behind_a_pooler_no_statement_is_expected_to_be_known(migrated_postgres: Callable[[], str]) -> None:
    with closing(Database(migrated_postgres(), threads=1)) as database:
        for _ in range(9):
            database.run_sync(lambda session: pulse.last_beat(session, "x"))
        known = text("SELECT count(*) FROM pg_prepared_statements")
        assert database.run_sync(lambda session: session.connection().execute(known).scalar_one()) == 0


def test_a_database_has_to_hold_every_sign(postgres: Callable[[], str], now: datetime) -> None:
    url = read_url(postgres())
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(), autocommit=True) as server:
        for encoding in ("SQL_ASCII", "LATIN1"):
            server.execute(
                f"CREATE DATABASE {encoding} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            )
        server.execute("ALTER DATABASE sql_ascii SET datestyle = 'SQL, DMY'")
    plain, latin = (url.set(database=name).render_as_string() for name in ("sql_ascii", "latin1"))
    migrate.upgrade(plain)
    with closing(Database(plain)) as database:
        database.run_sync(lambda session: pulse.beat(session, "\u65e5\u672c \u2713", now))
        assert database.run_sync(lambda session: pulse.last_beat(session, "\u65e5\u672c \u2713")) == now
    with pytest.raises(DatabaseError, match="in LATIN1, which lacks many signs"):
        migrate.upgrade(latin)


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(migrated_sqlite())
    with closing(sqlite3.connect(file)) as another:
        another.execute("PRAGMA journal_mode = WAL")
        another.execute("CREATE TABLE t (x)")
        files = [file, tmp_path / "x.db-wal", tmp_path / "x.db-shm"]
        for one in files:
            one.chmod(0o664)
        link = tmp_path / "link.db"
        link.symlink_to(file)
        with closing(Database(f"sqlite:///{link}")):
            assert [one.stat().st_mode & 0o777 for one in files] == [0o600] * 3


def test_another_handle_of_one_process_does_not_give_its_file_away(tmp_path: Path) -> None:
    url, log = f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "x.db-wal"
    with closing(Database(url)) as database:
        database.run_sync(lambda session: session.execute(text("CREATE TABLE x (y)")))
        Database(url).close()
        # SQLite takes the log away with the last handle: another process must see that this one is not it.
        reader = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM x')"
        subprocess.run([sys.executable, "-c", reader, tmp_path / "x.db"], check=True)  # noqa: S603  our own words
        assert log.exists()


def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.db"
    file.touch()
    file.chmod(0o644)
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    Database(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "x.db"):
        with pytest.raises(DatabaseError, match="DATABASE_URL"):
            Database(f"sqlite:///{path}")


def test_what_does_not_answer_is_explained(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is not a database, whatever its name says" * 99)
    for url, mend in (
        (f"sqlite:///{tmp_path}/x.db", "no SQLite database"),
        ("postgresql://user:canary@127.0.0.1:1/x", "does not answer"),
    ):
        with pytest.raises(DatabaseError, match=f"^DATABASE_URL names .*{mend}") as caught:
            engines.connect(engines.new_engine(read_url(url)))
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_is_set_to_lose_and_leave_nothing(database: Database) -> None:
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


def test_reading_holds_up_nobody_who_writes(database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 100)
    with closing(Database(database.url.render_as_string(hide_password=False))) as app:

        def read(session: Session) -> list[datetime | None]:
            before = pulse.last_beat(session, "x")
            app.run_sync(lambda other: pulse.beat(other, "x", now))
            return [before, *([pulse.last_beat(session, "x")] if database.is_sqlite else [None])]

        assert database.read_sync(read) == [None, None]
        assert database.read_sync(lambda session: pulse.last_beat(session, "x")) == now


async def test_work_leaves_the_event_loop_free(database: Database, now: datetime) -> None:
    seen: set[str] = set()

    def work(session: Session) -> None:
        seen.add(threading.current_thread().name)
        pulse.beat(session, "x", now)

    await asyncio.gather(*(database.run(work) for _ in range(10)))
    assert all(name.startswith("storage") for name in seen)
    assert len(seen) == 1 or not database.is_sqlite
    assert await database.run(lambda session: pulse.last_beat(session, "x")) == now


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # on PostgreSQL each waits for the links of its own alone
async def test_what_waits_together_is_written_in_one_go_and_what_fails_harms_no_other(
    database: Database, now: datetime
) -> None:
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    def beat(session: Session, name: str) -> bool:
        pulse.beat(session, name, now)
        return pulse.last_beat(session, "x0") == now

    async def at_once(*works: Callable[[Session], object]) -> list[object]:
        over = threading.Event()
        first = asyncio.create_task(database.run(lambda _: over.wait()))
        rest = [asyncio.create_task(database.run(work)) for work in works]
        await asyncio.sleep(0)
        over.set()
        return (await asyncio.gather(first, *rest, return_exceptions=True))[1:]

    event.listen(database._engine, "commit", count)  # noqa: SLF001
    assert await at_once(*(partial(beat, name=f"x{number}") for number in range(9))) == [True] * 9
    assert commits <= 3
    found = await at_once(partial(beat, name="y1"), lambda _: 1 / 0, partial(beat, name="y2"))
    assert isinstance(found.pop(1), ZeroDivisionError)
    assert found == [True, True]
    names = ("x0", "x8", "y1", "y2")
    assert await database.run(lambda session: [pulse.last_beat(session, name) for name in names]) == [now] * 4


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_deadlock_is_tried_again(database: Database, now: datetime, minutes: Callable[[float], datetime]) -> None:
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


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_on_a_connection_that_is_lost_before_the_end_nothing_is_done_so_it_runs_again(
    database: Database, now: datetime
) -> None:
    tries = []

    def lose(session: Session, *, first: bool) -> None:
        pid = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
        tries.append(pid)
        pulse.beat(session, "x", now)
        if first:
            session.connection().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    database.run_sync(lambda session: lose(session, first=not tries))
    assert len(set(tries)) == 2
    tries.clear()
    database.read_sync(lambda session: lose(session, first=not tries))
    assert len(set(tries)) == 2, "what reads runs again as well"
    assert database.run_sync(lambda session: pulse.last_beat(session, "x")) == now

    def end(_connection: object) -> None:
        with closing(Database(database.url.render_as_string(hide_password=False))) as other:
            other.run_sync(
                lambda session: session.connection().execute(text(f"SELECT pg_terminate_backend({tries[-1]})"))
            )

    event.listen(database._engine, "commit", end)  # noqa: SLF001
    with pytest.raises(OperationalError):
        database.run_sync(lambda session: lose(session, first=False))
    assert len(tries) == 3, "whether it was committed nobody knows"


def test_a_process_that_stands_still_in_a_transaction_holds_up_others_for_a_while_only(
    postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", {"lock_timeout": "100ms", "idle_in_transaction_session_timeout": "300ms"})
    url, holds, stands = postgres(), threading.Event(), threading.Event()
    migrate.upgrade(url)
    with closing(Database(url)) as database, ThreadPoolExecutor(1) as other:

        def stand_still(session: Session) -> None:
            pulse.beat(session, "x", now)
            holds.set()
            stands.wait(10)

        frozen = other.submit(database.run_sync, stand_still)
        holds.wait(10)
        with pytest.raises(OperationalError, match="lock timeout"):
            database.run_sync(lambda session: pulse.beat(session, "x", now))
        database.run_sync(lambda session: pulse.beat(session, "y", now))
        deadline = time.monotonic() + 10
        while database.run_sync(lambda session: pulse.last_beat(session, "x")) is None:
            assert time.monotonic() < deadline, "the server keeps its locks for ever"
            with suppress(OperationalError):
                database.run_sync(lambda session: pulse.beat(session, "x", now))
        stands.set()
        assert isinstance(frozen.exception(10), DBAPIError)


def test_a_server_that_went_without_a_word_is_noticed(postgres: Callable[[], str]) -> None:
    for more, idle in (("", 30), ("&keepalives_idle=5", 5)):
        url = postgres()
        with closing(Database(f"{url}{more if '?' in url else more.replace('&', '?')}")) as database:

            def told(session: Session) -> dict[str, str]:
                connection = session.connection().connection.driver_connection
                assert isinstance(connection, psycopg.Connection)
                return connection.info.get_parameters()

            found = database.run_sync(told)
            assert (found["keepalives_idle"], found["tcp_user_timeout"]) == (str(idle), "60000")


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CANARY = "c4n4ry-that-is-to-be-shredded"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "x.db").write_bytes(migrated_sqlite())
    return tmp_path / "x.db"


def log_of(file: Path) -> bytes:
    return file.with_name(f"{file.name}-wal").read_bytes()


def write(session: Session) -> None:
    # Always something new: SQLite does not write what is there already.
    pulse.beat(session, str(uuid4()), NOW)


def shred(session: Session) -> None:
    write(session)
    shred_after_commit(session)


def keep_canary(session: Session) -> None:
    pulse.beat(session, CANARY, NOW)


def forget_canary(session: Session) -> None:
    session.connection().execute(text("DELETE FROM pulserow WHERE name = :name"), {"name": CANARY})
    shred_after_commit(session)


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Keep a read transaction of another connection open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM pulserow").fetchall()
        yield
        reader.execute("ROLLBACK")


def test_shredding_does_not_wait_for_a_reader_and_is_made_good(file: Path) -> None:
    with closing(Database(f"sqlite:///{file}")) as database:
        database.run_sync(keep_canary)
        with reading(file):
            began = time.monotonic()
            database.run_sync(forget_canary)
            database.run_sync(shred)
            assert time.monotonic() - began < 5
            assert CANARY.encode() in log_of(file)
        database.run_sync(write)
        assert CANARY.encode() not in log_of(file) + file.read_bytes()
        database.run_sync(write)
        assert log_of(file), "what is done is not done again"
        timeout = database.run_sync(lambda session: session.connection().execute(text("PRAGMA busy_timeout")).scalar())
        assert timeout == 30000


def test_shredding_is_made_good_at_the_end_at_the_latest(file: Path) -> None:
    with closing(sqlite3.connect(file)) as another:
        another.execute("SELECT * FROM pulserow").fetchall()
        with closing(Database(f"sqlite:///{file}")) as database:
            database.run_sync(keep_canary)
            with reading(file):
                database.run_sync(forget_canary)
        assert CANARY.encode() not in log_of(file) + file.read_bytes()


def test_it_is_told_once_that_shredding_stays_undone(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Database(f"sqlite:///{file}")) as database:
        database.run_sync(keep_canary)
        for _ in range(2):
            caplog.clear()
            with reading(file):
                database.run_sync(shred)
                assert not caplog.records
                monkeypatch.setattr(sqlite_log, "_LONG_UNDONE", 0.0)
                for _ in range(3):
                    database.run_sync(shred)
                monkeypatch.undo()
                (record,) = caplog.records
                assert "deleted secrets" in record.message
            database.run_sync(shred)
            database.run_sync(write)
