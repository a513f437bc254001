"""Owns the connections: how SQLite and PostgreSQL are opened and tamed; it knows no table."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from storage.database.address import DatabaseError, sqlite_file

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

__all__ = ["BUSY_MILLISECONDS", "NO_LOCKS", "connect", "new_engine", "reading"]

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
_SIDE_FILES: Final = ("-wal", "-shm")
_NOT_THE_OWNER: Final = 0o077


def new_engine(url: URL, *, threads: int = 1, foreign_keys: bool = True) -> Engine:
    """Make an engine whose transactions exclude each other where they have to; raises DatabaseError."""
    if file := sqlite_file(url):
        _create_file(file)
        engine = create_engine(url, hide_parameters=True)
        _tame_sqlite(engine, foreign_keys=foreign_keys)
        _begin_with(engine, "BEGIN IMMEDIATE")
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
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
            found = errno.EROFS if os.statvfs(file).f_flag & os.ST_RDONLY else errno.EACCES
            raise OSError(found, os.strerror(found)) from None


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


def reading(engine: Engine) -> Engine:
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
        mend = (
            "is no SQLite database that can be read; restore it from a backup, or name another file"
            if engine.dialect.name == "sqlite"
            else "does not answer as a database; check the address, the user and that it is running"
        )
        raise DatabaseError(f"DATABASE_URL names {where}, which {mend}") from None
