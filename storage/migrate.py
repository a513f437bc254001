"""Owns moving a database from one schema to the next; only here is Alembic imported, which loads slowly."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import text

from storage.database import Database, DatabaseError, connect, new_engine, read_url

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Connection

__all__ = ["downgrade", "draft", "drift", "pending", "upgrade"]

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME: Final = 0x6C696E6B
"""PostgreSQL's advisory lock under which replicas that start together migrate one after another."""


def upgrade(database: Database | str, revision: str = "head") -> None:
    """Bring the schema up to date; safe to call from several processes at once. Raises DatabaseError."""
    with _connection(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database | str, revision: str) -> None:
    """Take the schema back to a revision, `base` for none. Raises DatabaseError."""
    with _connection(database) as connection:
        command.downgrade(_config(connection), revision)


def pending(database: Database | str) -> bool:
    """Return whether the schema is not the one this release needs. Raises DatabaseError."""
    with _connection(database) as connection:
        heads = set(ScriptDirectory.from_config(_config(connection)).get_heads())
        return set(MigrationContext.configure(connection).get_current_heads()) != heads


def drift(database: Database | str) -> str | None:
    """Return how the migrated schema differs from the tables in code, if it does. Raises DatabaseError."""
    with _connection(database) as connection:
        try:
            command.check(_config(connection))
        except CommandError as error:
            return str(error)
    return None


def draft(database: Database | str, name: str) -> None:
    """Write the migration from this up-to-date database to the tables in code, for a person to edit."""
    with _connection(database) as connection:
        command.revision(_config(connection), message=name, autogenerate=True)


@contextmanager
def _connection(database: Database | str) -> Generator[Connection]:
    url = read_url(database) if isinstance(database, str) else database.url
    # SQLite alters a table by replacing it, which foreign keys would take for deleting all its rows.
    engine = new_engine(url, foreign_keys=False)
    try:
        with connect(engine) as connection, connection.begin():
            if url.get_backend_name() == "sqlite":
                yield connection
                _check_references(connection)
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
                yield connection
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise DatabaseError("DATABASE_URL names a database with rows that refer to nothing; restore it from a backup")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config
