"""Owns whole copies of a SQLite file: taken while it is in use, and proved; it reads of them only rows to count."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CopyError", "Proof", "prove", "take"]


class CopyError(Exception):
    """A copy that was not made or cannot be used; says why, and what is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a whole copy holds: rows by table, and the ids of the keys that open its secrets."""

    rows: dict[str, int]
    keys: tuple[str, ...]


def take(source: Path, to: Path) -> Proof:
    """Copy a file that may be in use into a new one, for its owner alone; raises CopyError and leaves nothing then."""
    if not source.is_file():
        raise CopyError(f"there is no file {source}; DATABASE_URL names it")
    part = to.with_name(f"{to.name}.part")
    try:
        if to.exists():
            raise CopyError(f"{to} is there already; name another file")
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CopyError(f"{part} cannot be written ({error.strerror})") from None
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as live, _open(part) as copy:
            live.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        proof = prove(part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(to)
    except (sqlite3.Error, OSError) as error:
        raise CopyError(f"{source} could not be copied ({error})") from None
    finally:
        part.unlink(missing_ok=True)
    return proof


def prove(file: Path) -> Proof:
    """Read a copy to its last page; raises CopyError when it is not whole."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            astray = copy.execute("PRAGMA foreign_key_check").fetchone()
            names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {
                name: int(copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  names of the file
                for name in names
                if not name.startswith(("sqlite_", "alembic_"))
            }
            keys = [key for (key,) in copy.execute("SELECT DISTINCT kek_id FROM secretrow ORDER BY 1")]
    except sqlite3.Error as error:
        raise CopyError(f"{file} is no whole copy of a database ({error})") from None
    if found != "ok" or astray:
        raise CopyError(f"{file} is damaged; take another copy")
    return Proof(rows=rows, keys=tuple(keys))


def _open(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(file))
