"""Owns the inserts that both databases spell alike but SQLAlchemy keeps per database; it knows no table."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from storage.tables import Row, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Executable, Table
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlmodel import Session


def insert_if_new(session: Session, row: type[Row], values: Mapping[str, Any], *, unique: str) -> bool:
    """Insert unless another row has the same value in the column `unique`; tell whether it was inserted."""
    connection = session.connection()
    statement = _insert_if_new(connection.dialect.name, table_of(row), unique)
    return connection.execute(statement, dict(values)).first() is not None


def insert_or_update(session: Session, row: type[Row], *values: Mapping[str, Any], key: tuple[str, ...]) -> None:
    """Insert one row or more, or overwrite those with the same `key` columns; either way locked until commit."""
    connection = session.connection()
    statement = _insert_or_update(connection.dialect.name, table_of(row), tuple(values[0]), key)
    connection.execute(statement, [dict(one) for one in values])


def insert_or_count(session: Session, row: type[Row], values: Mapping[str, Any], *, unique: str, times: str) -> int:
    """Insert with one in the column `times`, or add one where `unique` is the same; return how many that makes."""
    connection = session.connection()
    statement = _insert_or_count(connection.dialect.name, table_of(row), unique, times)
    return int(connection.execute(statement, {**values, times: 1}).scalar_one())


@cache
def _insert_or_count(dialect: str, table: Table, unique: str, times: str) -> Executable:
    statement = _insert(dialect, table)
    one_more = {times: table.c[times] + 1}
    return statement.on_conflict_do_update(index_elements=[unique], set_=one_more).returning(table.c[times])


@cache
def _insert_if_new(dialect: str, table: Table, unique: str) -> Executable:
    statement = _insert(dialect, table)
    return statement.on_conflict_do_nothing(index_elements=[unique]).returning(table.c[unique])


@cache
def _insert_or_update(dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Executable:
    statement = _insert(dialect, table)
    rest = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    # Each takes a while to load, and only one of them is used.
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_there  # noqa: PLC0415

        return insert_there(table)
    from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415

    return insert(table)
