"""Owns bringing every row from one database into another and comparing them; both are at rest meanwhile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text, tuple_

from storage.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping, Table
    from sqlmodel import Session

    from storage.database.transactions import Database

__all__ = ["Sum", "TransferError", "equal", "transfer"]

_AT_ONCE: Final = 500
_MODULUS: Final = 1 << 256


class TransferError(Exception):
    """The other database holds what is not from here; names the table, and nothing in it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and what all of them come to, in whatever order they are read."""

    rows: int
    digest: str


def transfer(source: Database, target: Database) -> dict[str, int]:
    """Bring over what is not there yet and return how many rows of each table came; raises TransferError.

    It may be broken off anywhere and started again: what has come stays, and is looked at first.
    """
    tables = Row.metadata.sorted_tables
    for table in tables:
        for rows in _batches(target, table):
            if not _are_known(source, table, rows):
                raise TransferError(
                    f"the table {table.name} there holds rows that are not from here; name an empty one"
                )
    return {table.name: sum(_bring(target, table, rows) for rows in _batches(source, table)) for table in tables}


def equal(source: Database, target: Database) -> dict[str, tuple[Sum, Sum]]:
    """Add up every table on both sides; equal sums are equal tables."""
    return {table.name: (_sum(source, table), _sum(target, table)) for table in Row.metadata.sorted_tables}


def _batches(database: Database, table: Table) -> Iterator[list[RowMapping]]:
    """Read a table in the order of its key, a transaction for each batch."""
    key = list(table.primary_key)
    last: tuple[Any, ...] | None = None
    while True:
        chosen = select(table).order_by(*key).limit(_AT_ONCE)
        if last is not None:
            chosen = chosen.where(tuple_(*key) > last)

        def work(session: Session, chosen: Any = chosen) -> list[RowMapping]:  # noqa: ANN401  a statement of any table
            return list(session.connection().execute(chosen).mappings())

        rows = database.run_sync(work)
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        last = tuple(rows[-1][column.name] for column in key)


def _are_known(source: Database, table: Table, rows: list[RowMapping]) -> bool:
    key = list(table.primary_key)
    keys = [tuple(row[column.name] for column in key) for row in rows]

    def work(session: Session) -> list[RowMapping]:
        return list(session.connection().execute(select(table).where(tuple_(*key).in_(keys))).mappings())

    here = {_hash(row) for row in source.run_sync(work)}
    return all(_hash(row) in here for row in rows)


def _bring(target: Database, table: Table, rows: list[RowMapping]) -> int:
    """Insert what is not there, and let numbers that the database gives go on behind the last one."""
    key, counter = list(table.primary_key), table.autoincrement_column

    def work(session: Session) -> int:
        connection = session.connection()
        keys = [tuple(row[column.name] for column in key) for row in rows]
        found = connection.execute(select(*key).where(tuple_(*key).in_(keys))).mappings()
        there = {tuple(row[column.name] for column in key) for row in found}
        new = [dict(row) for row, its in zip(rows, keys, strict=True) if its not in there]
        if new:
            connection.execute(table.insert(), new)
        if counter is not None and not target.is_sqlite:
            sequence = "SELECT setval(pg_get_serial_sequence(:table, :column), :last)"
            last = rows[-1][counter.name]
            connection.execute(text(sequence), {"table": table.name, "column": counter.name, "last": last})
        return len(new)

    return target.run_sync(work)


def _sum(database: Database, table: Table) -> Sum:
    count = total = 0
    for rows in _batches(database, table):
        count += len(rows)
        total = (total + sum(map(_hash, rows))) % _MODULUS
    return Sum(count, f"{total:064x}")


def _hash(row: RowMapping) -> int:
    said = repr([(name, _plain(value)) for name, value in sorted(row.items())])
    return int.from_bytes(hashlib.sha256(said.encode()).digest())


def _plain(value: object) -> object:
    """Write a moment the same way, whichever kind of database gave it back."""
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else value
