"""Owns emptying SQLite's write-ahead log of what was deleted; it decides not when, and never waits."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from storage.database.engines import BUSY_MILLISECONDS

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["SqliteLog"]

_log = logging.getLogger(__name__)

_LONG_UNDONE: Final = 600.0
"""Seconds after which somebody should know that deleted secrets still lie in the log."""


class SqliteLog:
    """The log of one file, which keeps what was deleted until it is emptied."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._undone_since: float | None = None
        self._has_complained = False

    @property
    def is_undone(self) -> bool:
        """Whether it was to be emptied, and somebody read it."""
        return self._undone_since is not None

    def empty(self) -> None:
        """Empty it; while somebody reads it, it stays undone."""
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
        """Move everything out of the log and cut it off; never waits, False when somebody uses it."""
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
