"""Owns what is said about a database that fails: one line with the mend, never a value or a statement."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from storage.database.address import DatabaseError
from storage.database.engines import NO_LOCKS

__all__ = ["TROUBLE", "explain", "is_known"]

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
    "SQLITE_PROTOCOL": f"the {NO_LOCKS}",
    "SQLITE_IOERR_LOCK": f"the {NO_LOCKS}",
    "SQLITE_IOERR_SHM": f"the {NO_LOCKS}",
    "SQLITE_IOERR": "the disk fails while the file is read or written; look at the disk",
}
"""By the beginning of SQLite's name for an error."""

_POSTGRESQL: Final = {
    "08": "the server cannot be reached; see that it runs",
    "25006": "the server only reads, as a standby does; name the one that writes, or wait until this one does",
    "3F000": "the user has no schema; name one in search_path, or make them the owner of the database",
    "42501": "the user may not do this; make them the owner of the database, or GRANT USAGE, CREATE on its schema",
    "53100": "the disk is full; make room",
    "53300": "the server takes no more connections; raise max_connections, or end other programs",
    "57014": "the server cut a question off that took too long; raise statement_timeout for this user",
    "55P03": "another program holds a lock; end that program",
    "57P": "the server is being started or ended; see that it comes back",
}
"""By the beginning of PostgreSQL's code for an error."""

_AT_THE_DOOR: Final = {
    "password authentication failed": "the server does not take the password any more; look whether it was changed",
    "no pg_hba.conf entry": "the server lets us in not at all, or not without TLS; allow it, or set ?sslmode=require",
    "could not translate host name": "the name of the server is not found; look at it and at the network",
    "does not exist": "the server knows no such user or database; look at their names",
}
"""By what a server, or the way to it, says before there is any code."""

_NO_CONNECTION: Final = (
    "the server cannot be reached, or takes no more connections; see that it runs, and its max_connections"
)
_OTHER: Final = "does not do its work; look at its own log"


def explain(error: BaseException) -> str:
    """Say in one line what is wrong and how to mend it."""
    if isinstance(error, DatabaseError):
        return str(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"DATABASE_URL: {_known(error) or f'the database {_OTHER} ({type(cause).__name__})'}"


def is_known(error: BaseException) -> bool:
    """Tell whether the trouble is the database's and has a mend, so that it does not matter where it was met."""
    return isinstance(error, DatabaseError) or _known(error) is not None


def _known(error: BaseException) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else None
    name, code = getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)
    rows, found = (_SQLITE, name) if name else (_POSTGRESQL, code)
    if not found:
        # Only what has never reached the server has no code of its.
        said = (mend for words, mend in _AT_THE_DOOR.items() if words in str(cause))
        return next(said, _NO_CONNECTION) if isinstance(error, OperationalError) else None
    return next((text for start, text in rows.items() if found.startswith(start)), None)
