"""Owns the lock by which one process alone serves from a SQLite file; PostgreSQL needs none."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from storage.database.address import DatabaseError, sqlite_file
from storage.database.engines import NO_LOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

_END = ".lock"
"""A file of its own: SQLite's own locks on the database are lost when this process closes another handle of it."""


@contextmanager
def alone(url: URL) -> Iterator[None]:
    """Hold the file for this process until the block ends, however it ends; raises DatabaseError when it is held."""
    file = sqlite_file(url)
    if file is None:
        yield
        return
    path = file.resolve()
    try:
        handle = os.open(path.with_name(path.name + _END), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseError(f"DATABASE_URL names {path}: {error.strerror}; name a file that can be written") from None
    try:
        _lock(handle, path)
        yield
    finally:
        # The lock goes with the handle, also when the process is killed.
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415  not on every platform
    except ImportError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DatabaseError(
            f"DATABASE_URL names {path}, from which another process serves already; "
            "end that one first, or use PostgreSQL for several"
        ) from None
    except OSError:
        raise DatabaseError(f"DATABASE_URL names {path}, whose {NO_LOCKS}") from None
