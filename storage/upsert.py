"""Owns the inserts that both databases spell alike but SQLAlchemy keeps per database; it knows no table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session, SQLModel


def insert_if_new(session: Session, row: type[SQLModel], values: Mapping[str, Any], *, unique: str) -> bool:
    """Insert unless another row has the same value in the column `unique`; tell whether it was inserted."""
    statement = _insert(session, row).values(**values).on_conflict_do_nothing(index_elements=[unique])
    return session.exec(statement.returning(getattr(row, unique))).first() is not None


def insert_or_update(session: Session, row: type[SQLModel], values: Mapping[str, Any], *, key: tuple[str, ...]) -> None:
    """Insert, or overwrite the row with the same `key` columns; either way it is locked until commit."""
    rest = {name: value for name, value in values.items() if name not in key}
    statement = _insert(session, row).values(**values)
    session.exec(statement.on_conflict_do_update(index_elements=key, set_=rest))


def _insert(session: Session, row: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(row) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(row)
