"""Owns what is said about a database that fails: one line with the mend, never a value or a statement."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage.database import DatabaseError

__all__ = ["TROUBLE", "explain"]

TROUBLE: Final = (DatabaseError, SQLAlchemyError)
"""What comes of a database that cannot do its work."""

_SQLITE: Final = {
    "SQLITE_FULL": "the disk is full; make room",
    "SQLITE_READONLY": "the file may not be written; mend its rights, or those of its folder",
    "SQLITE_BUSY": "another program holds the file locked; end that program",
    "SQLITE_LOCKED": "another program holds the file locked; end that program",
    "SQLITE_NOTADB": "the file is not a database; name another, or restore a backup",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup",
    "SQLITE_CANTOPEN": "the file cannot be opened; look at its folder and the disk",
    "SQLITE_IOERR": "the disk fails while the file is read or written; look at the disk",
}
"""By the beginning of SQLite's name for an error."""

_OTHER: Final = "does not do its work; look at its own log"


def explain(error: BaseException) -> str:
    """Say in one line what is wrong and how to mend it."""
    if isinstance(error, DatabaseError):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else None
    name = str(getattr(cause, "sqlite_errorname", ""))
    known = next((text for start, text in _SQLITE.items() if name.startswith(start)), None)
    if known is None:
        known = f"the database {_OTHER} ({type(cause or error).__name__})"
    return f"DATABASE_URL: {known}"
