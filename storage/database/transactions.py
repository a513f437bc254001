"""Owns transactions: one at a time per thread, each away from the event loop; it knows no table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.database.address import DatabaseError, read_url, sqlite_file
from storage.database.engines import new_engine, reading
from storage.database.sqlite_log import SqliteLog
from storage.database.workers import LateError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Engine

__all__ = ["THREADS", "Database", "shred_after_commit"]

T = TypeVar("T")

THREADS: Final = 8
"""Transactions at once on PostgreSQL."""

_RETRIES: Final = 4
_TRANSIENT: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and a deadlock: nothing was done, so it may run again."""
_SHRED: Final = "shred"


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
        self._file = sqlite_file(self.url)
        self.is_sqlite = self._file is not None
        workers = 1 if self.is_sqlite else threads
        self._engine = new_engine(self.url, threads=workers)
        self._reading = reading(self._engine)
        self._node = _node(self._file)
        self.info: dict[str, object] = {}
        """What every session of this database knows."""
        self._log = SqliteLog(self._engine) if self.is_sqlite else None
        self._workers = Workers[Session](workers, self.run_sync, self._together if self.is_sqlite else None)

    def on_wait(self, tell: Callable[[float, float], None]) -> None:
        """Have told, from any thread, with what patience a transaction waited for its turn, and how many seconds."""
        self._workers.on_wait = tell

    async def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction; cancelling the caller does not stop it once it has begun."""
        try:
            return await self._workers.run(work)
        except LateError:
            raise DatabaseError("DATABASE_URL: the database does not answer; see what holds it up") from None

    def run_sync(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction in this thread; it runs again after a deadlock, or on another connection.

        Of one that is lost while it commits nobody knows what came of it.
        """
        return self._tried(work, self._engine)

    def read_sync(self, work: Callable[[Session], T]) -> T:
        """Run `work`, which changes nothing, in one transaction in this thread; however long it takes, nobody waits."""
        return self._tried(work, self._reading)

    def close(self) -> None:
        """Wait for the work under way and close every connection."""
        self._workers.close()
        self._tidy(shreds=False)
        self._engine.dispose()

    def _tried(self, work: Callable[[Session], T], engine: Engine) -> T:
        is_handed_in = False

        def whole(session: Session) -> T:
            nonlocal is_handed_in
            result = work(session)
            session.flush()
            is_handed_in = True
            return result

        for _ in range(_RETRIES):
            try:
                return self._alone(whole, engine)
            except DBAPIError as error:
                is_undone = error.connection_invalidated and not is_handed_in
                if not is_undone and getattr(error.orig, "sqlstate", None) not in _TRANSIENT:
                    raise
                is_handed_in = False
        return self._alone(work, engine)

    def _alone(self, work: Callable[[Session], T], engine: Engine) -> T:
        (result,), shreds = self._committed((work,), engine)
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
        if self._log and (shreds or self._log.is_undone):
            self._log.empty()
