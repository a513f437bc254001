"""Owns the connection: one transaction at a time per thread, SQLite or PostgreSQL; it knows no table."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlmodel import Session

from storage.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

__all__ = ["Database", "DatabaseError", "connect", "new_engine", "read_url", "shred_after_commit"]

T = TypeVar("T")

_log = logging.getLogger(__name__)

_POSTGRESQL: Final = "postgresql+psycopg"
_DRIVERS: Final = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
}
_EXAMPLES: Final = "sqlite:///workday-link.db or postgresql+psycopg://user:password@host/name"
THREADS: Final = 8
SPARE: Final = 2
"""Connections to PostgreSQL: one for each thread, and some for what comes beside them."""

_CONNECT_SECONDS: Final = 10
LINE: Final = {
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""For libpq, which else waits for hours for a server that went without a word. The address may say something else."""

_OF_EACH: Final = {"prepare_threshold": None, "client_encoding": "utf8"}
"""A pooler between us and the server gives each transaction another session, which knows none of our statements; and
where a database says nothing of its encoding (SQL_ASCII), we would get bytes for texts."""

_HOLDS_ALL: Final = frozenset({"UTF8", "SQL_ASCII"})
"""The encodings of PostgreSQL in which every sign that people write can be kept."""

PATIENCE: Final = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "120s"}
"""For PostgreSQL. A process that stands still in a transaction keeps its locks; whoever needs one gives up in time, so
that not every thread waits for it, and after a while the server ends that transaction."""

BUSY_MILLISECONDS: Final = 30_000
NO_LOCKS: Final = "disk does not lock files, as many network disks do not; use a disk of this machine, or PostgreSQL"
_WAL_TRIES: Final = 200
_WAL_PAUSE: Final = 0.05
_RETRIES: Final = 4
_SIDE_FILES: Final = ("-wal", "-shm")
_NOT_THE_OWNER: Final = 0o077
_LONG_UNDONE: Final = 600.0
"""Seconds after which somebody should know that deleted secrets still lie in SQLite's log."""
_TRANSIENT: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and a deadlock: nothing was done, so it may run again."""
_SHRED: Final = "shred"


class DatabaseError(Exception):
    """The database cannot be used as configured; names DATABASE_URL and the mend, never a credential."""


def read_url(url: str) -> URL:
    """Read a DATABASE_URL; raises DatabaseError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseError(f"DATABASE_URL is not a database address; write {_EXAMPLES}") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise DatabaseError(f"DATABASE_URL names an unknown kind of database; write {_EXAMPLES}")
    parsed = parsed.set(drivername=driver)
    if driver == "sqlite" and (not parsed.database or parsed.database.startswith((":memory:", "file:"))):
        raise DatabaseError("DATABASE_URL has to name a file, for example sqlite:///workday-link.db")
    return parsed


def new_engine(url: URL, *, threads: int = 1, foreign_keys: bool = True) -> Engine:
    """Make an engine whose transactions exclude each other where they have to; raises DatabaseError."""
    if url.get_backend_name() == "sqlite":
        _create_file(Path(url.database or ""))
        engine = create_engine(url, hide_parameters=True)
        _tame_sqlite(engine, foreign_keys=foreign_keys)
        _begin_with(engine, "BEGIN IMMEDIATE")
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=threads,
        max_overflow=SPARE,
        connect_args={name: value for name, value in LINE.items() if name not in url.query} | _OF_EACH,
    )
    event.listen(engine, "connect", _be_patient)
    return engine


def _be_patient(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding and encoding not in _HOLDS_ALL:
        raise DatabaseError(
            f"DATABASE_URL names a database in {encoding}, which lacks many signs; make one with ENCODING 'UTF8'"
        )
    # Outside of a transaction, or the end of the first one would take it back.
    connection.autocommit = True
    cursor = connection.cursor()
    # Times are read in this form alone.
    for name, value in (*PATIENCE.items(), ("datestyle", "ISO")):
        cursor.execute(f"SET {name} = '{value}'")
    cursor.close()
    connection.autocommit = False


def _create_file(path: Path) -> None:
    # Only the owner may read it; SQLite gives its side files the same mode when it makes them.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        real = path.resolve()
        _make(real)
        for file in (real, *(real.with_name(real.name + end) for end in _SIDE_FILES)):
            _make_private(file)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise DatabaseError(f"DATABASE_URL names {path}: {reason}; name a file that can be written") from None


def _make(file: Path) -> None:
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        # It is not opened: closing it would drop the locks of every connection that this process has to it, and the
        # next process that ends would take SQLite's log away from under them.
        if not file.is_file():
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not os.access(file, os.R_OK | os.W_OK):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES)) from None


def _make_private(file: Path) -> None:
    with suppress(FileNotFoundError):
        found = file.stat()
        if found.st_mode & _NOT_THE_OWNER and found.st_uid == os.geteuid():
            file.chmod(0o600)


def _use_wal(cursor: DBAPICursor) -> None:
    # Processes that open a new file together collide here, and here alone SQLite does not wait by itself.
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            if cursor.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",):
                return
            raise DatabaseError(f"DATABASE_URL names a file whose {NO_LOCKS}")
        time.sleep(_WAL_PAUSE)
    cursor.execute("PRAGMA journal_mode = WAL")


def _tame_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver must not begin transactions by itself: its deferred ones lose updates.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    event.listen(engine, "connect", connect)


def _begin_with(engine: Engine, statement: str) -> None:
    """Have all transactions of SQLite begin so; a listener would be asked about each of their statements, too."""

    def begin(connection: PoolProxiedConnection) -> None:
        connection.cursor().execute(statement)

    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]  # of one engine alone


def _reading(engine: Engine) -> Engine:
    """Return an engine of the same connections whose transactions only read: no writer waits for their end."""
    if engine.dialect.name != "sqlite":
        return engine
    reading = create_engine(engine.url, hide_parameters=True, pool=engine.pool)
    _begin_with(reading, "BEGIN")
    return reading


def connect(engine: Engine) -> Connection:
    """Open a connection; raises DatabaseError when nothing answers there as a database."""
    try:
        return engine.connect()
    except SQLAlchemyError:
        where = "/".join(filter(None, (engine.url.host, engine.url.database)))
        raise DatabaseError(
            f"DATABASE_URL names {where}, which does not answer as a database; "
            "check the address, the user and that it is running"
        ) from None


def _node(file: Path | None) -> int | None:
    """Return what tells one file from another that later has its name."""
    try:
        return file.stat().st_ino if file else None
    except OSError:
        return None


def shred_after_commit(session: Session) -> None:
    """Ask that, once this transaction is committed, nothing it deleted stays in SQLite's write-ahead log."""
    session.info[_SHRED] = True


class _Transaction(Session):
    """A session that has its connection from the beginning, where the transaction is already."""

    def connection(
        self, bind_arguments: dict[str, Any] | None = None, execution_options: Mapping[str, Any] | None = None
    ) -> Connection:
        if bind_arguments or execution_options or not isinstance(self.bind, Connection):
            return super().connection(bind_arguments, execution_options)
        return self.bind


class Database:
    """Runs plain functions over a session, each in one transaction, away from the event loop.

    SQLite gets a single thread: its transactions exclude each other anyway. What waits there together is done in one
    transaction, as most of the time of a small one is that of the disk.
    """

    def __init__(self, url: str, *, threads: int = THREADS) -> None:
        self.url = read_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        workers = 1 if self.is_sqlite else threads
        self._engine = new_engine(self.url, threads=workers)
        self._reading = _reading(self._engine)
        self._file = Path(self.url.database or "") if self.is_sqlite else None
        self._node = _node(self._file)
        self.info: dict[str, object] = {}
        """What every session of this database knows."""
        self._undone_since: float | None = None
        self._has_complained = False
        self._workers = Workers[Session](workers, self.run_sync, self._together if self.is_sqlite else None)

    def on_wait(self, tell: Callable[[float, float], None]) -> None:
        """Have told, from any thread, with what patience a transaction waited for its turn, and how many seconds."""
        self._workers.on_wait = tell

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction; cancelling the caller does not stop it once it has begun."""
        return await self._workers.run(work)

    def run_sync(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction in this thread; it runs again after a deadlock, or on another connection.

        Of one that is lost while it commits nobody knows what came of it.
        """
        is_handed_in = False

        def whole(session: Session) -> T:
            nonlocal is_handed_in
            result = work(session)
            session.flush()
            is_handed_in = True
            return result

        for _ in range(_RETRIES):
            try:
                return self._alone(whole)
            except DBAPIError as error:
                is_undone = error.connection_invalidated and not is_handed_in
                if not is_undone and getattr(error.orig, "sqlstate", None) not in _TRANSIENT:
                    raise
                is_handed_in = False
        return self._alone(work)

    def read_sync(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which changes nothing, in one transaction in this thread; however long it takes, nobody waits."""
        return self._alone(work, self._reading)

    def ping(self) -> None:
        """Open a connection and ask for one row; raises DatabaseError."""
        with connect(self._engine) as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Wait for the work under way and close every connection."""
        self._workers.close()
        if self._undone_since is not None:
            self._shred()
        self._engine.dispose()

    def _alone(self, work: Callable[[Session], T], engine: Engine | None = None) -> T:
        (result,), shreds = self._committed((work,), engine or self._engine)
        self._tidy(shreds=shreds)
        return result

    def _together(self, works: Sequence[Callable[[Session], Any]]) -> list[Any] | None:
        """Run them in one transaction; returns their results, or None where one has failed and none is done."""
        try:
            results, shreds = self._committed(works, self._engine)
        except Exception:  # noqa: BLE001  it is raised again where that one runs alone
            return None
        self._tidy(shreds=shreds)
        return results

    def _committed(self, works: Sequence[Callable[[Session], T]], engine: Engine) -> tuple[list[T], bool]:
        """Return what came of works, all committed, and whether something of theirs has to be shredded."""
        if self._file and _node(self._file) != self._node:
            # The system would let us write on into a file that nobody finds again.
            raise DatabaseError(f"DATABASE_URL names {self._file}, which was taken away; bring it back and start anew")
        results: list[T] = []
        shreds = False
        with engine.begin() as connection:
            for work in works:
                with _Transaction(connection, expire_on_commit=False, autoflush=False, info=dict(self.info)) as session:
                    results.append(work(session))
                    if session.in_transaction():
                        session.commit()
                shreds = shreds or _SHRED in session.info
        return results, shreds

    def _tidy(self, *, shreds: bool) -> None:
        if self.is_sqlite and (shreds or self._undone_since is not None):
            self._shred()

    def _shred(self) -> None:
        """Empty SQLite's log; while somebody reads it this is tried again after each transaction."""
        now = time.monotonic()
        # Taken before the try: what another thread deletes meanwhile must not count as shredded by this one.
        since, self._undone_since = self._undone_since, None
        if self._checkpoint():
            self._has_complained = False
            return
        self._undone_since = now if since is None else since
        if now - self._undone_since >= _LONG_UNDONE and not self._has_complained:
            self._has_complained = True
            _log.warning("a reader of the database file has kept deleted secrets in its log for long; end that reader")

    def _checkpoint(self) -> bool:
        """Move everything out of SQLite's log and cut it off; never waits, False when somebody uses it."""
        with closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("PRAGMA busy_timeout = 0")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError:
                # What it is for has been committed, so whoever asked for that must not be told that it failed.
                return False
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
                cursor.close()
        return not busy
