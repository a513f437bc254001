"""Owns how rows are changed or deleted by their columns; what a session holds of them is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Delete, Update
    from sqlmodel import Session


def change(session: Session, statement: Update | Delete) -> int:
    """Change or delete rows; return how many."""
    return session.exec(statement.execution_options(synchronize_session=False)).rowcount
