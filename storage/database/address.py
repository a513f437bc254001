"""Owns how DATABASE_URL is read and what is said of one that cannot be used; it opens nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

__all__ = ["DatabaseError", "read_url", "sqlite_file"]

_POSTGRESQL: Final = "postgresql+psycopg"
_DRIVERS: Final = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
}
_EXAMPLES: Final = "sqlite:///workday-link.db or postgresql+psycopg://user:password@host/name"


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


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite database; none for any other."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None
