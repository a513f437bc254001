"""Owns moving a database from one schema to the next; Alembic, which loads slowly, is imported here alone, and late."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from storage.database.address import DatabaseError, read_url, sqlite_file
from storage.database.engines import connect, new_engine
from storage.database.transactions import Database

if TYPE_CHECKING:
    from collections.abc import Generator

    from alembic.config import Config
    from sqlalchemy import Connection

__all__ = ["downgrade", "draft", "drift", "is_newer", "pending", "upgrade"]

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_REVISION: Final = re.compile(r"^(down_)?revision: .* = ['\"](\w+)['\"]", re.MULTILINE)
_ONE_AT_A_TIME: Final = 0x6C696E6B
"""PostgreSQL's advisory lock under which replicas that start together migrate one after another."""


def upgrade(database: Database | str, revision: str = "head") -> None:
    """Bring the schema up to date; safe to call from several processes at once. Raises DatabaseError."""
    if revision == "head" and not pending(database):
        return
    from alembic import command  # noqa: PLC0415  loads slowly

    with _connection(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database | str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none. Raises DatabaseError."""
    from alembic import command  # noqa: PLC0415  loads slowly

    with _connection(database) as connection:
        command.downgrade(_config(connection), revision)


def pending(database: Database | str) -> bool:
    """Return whether the schema is older than the one this release needs. Raises DatabaseError."""
    with _connection(database, checks=False) as connection:
        stored = _stored(connection)
    return stored != _newest() and not stored - _known()


def is_newer(database: Database | str) -> bool:
    """Return whether a newer release has changed the schema: it left in place all that this one uses.

    Raises DatabaseError.
    """
    with _connection(database, checks=False) as connection:
        return bool(_stored(connection) - _known())


def drift(database: Database | str) -> str | None:
    """Return how the migrated schema differs from the tables in code, if it does. Raises DatabaseError."""
    from alembic import command  # noqa: PLC0415  loads slowly
    from alembic.util.exc import CommandError  # noqa: PLC0415  loads slowly

    with _connection(database) as connection:
        try:
            command.check(_config(connection))
        except CommandError as error:
            return str(error)
    return None


def draft(database: Database | str, name: str) -> None:
    """Write the migration from this up-to-date database to the tables in code, for a person to edit."""
    from alembic import command  # noqa: PLC0415  loads slowly

    with _connection(database) as connection:
        command.revision(_config(connection), message=name, autogenerate=True)


def _stored(connection: Connection) -> set[str]:
    """Read at which revisions a database is; none where nothing was ever migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


@cache
def _revisions() -> list[tuple[str, str]]:
    """Read in the migrations each revision, and with `down_` before it what it follows."""
    return [match for path in _SCRIPTS.glob("versions/*.py") for match in _REVISION.findall(path.read_text("utf-8"))]


def _known() -> set[str]:
    return {name for follows, name in _revisions() if not follows}


def _newest() -> set[str]:
    """Name the revisions that no other one follows."""
    found = _revisions()
    return {name for follows, name in found if not follows} - {name for follows, name in found if follows}


@contextmanager
def _connection(database: Database | str, *, checks: bool = True) -> Generator[Connection]:
    url = read_url(database) if isinstance(database, str) else database.url
    # SQLite alters a table by replacing it, which foreign keys would take for deleting all its rows.
    engine = new_engine(url, foreign_keys=False)
    try:
        with connect(engine) as connection, connection.begin():
            if sqlite_file(url):
                yield connection
                if checks:
                    _check_references(connection)
            else:
                # However long it takes: replicas that start together wait for whoever migrates.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
                yield connection
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise DatabaseError("DATABASE_URL names a database with rows that refer to nothing; restore it from a backup")


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415  loads slowly

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config
