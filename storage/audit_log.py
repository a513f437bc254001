"""Owns the history of who did what to a link: append-only, chained by hashes per link, free of secrets.

The chain shows a line that was changed, moved, removed from the middle or added by hand. Who may write to the
database can also cut the end or chain everything anew; both show against an export that is kept elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import bindparam, insert
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from storage.tables import AuditRow, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Entry", "Flaw", "Problem", "Verdict", "append", "read", "verify"]

_BEGINNING: Final = ""
_AUDIT: Final = table_of(AuditRow)
_NEWEST: Final = (
    core_select(_AUDIT).where(_AUDIT.c.link_id == bindparam("link")).order_by(_AUDIT.c.number.desc()).limit(1)
)
_APPEND: Final = insert(_AUDIT)
_DETAIL: Final[TypeAdapter[dict[str, JsonValue]]] = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: `actor`, of `team`, in the `role` they had then, did `what`."""

    link_id: str
    number: int
    at: datetime
    actor: str
    team: str
    role: str
    what: str
    detail: dict[str, JsonValue]
    digest: str


class Flaw(StrEnum):
    """What is wrong with a line."""

    CHANGED = "changed"
    GAP = "gap"
    REWRITTEN = "rewritten"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line that is not as it was written or is not there, or (`GAP`) the one behind a missing line."""

    link_id: str
    number: int
    flaw: Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many lines there are, and what is wrong with them."""

    lines: int
    problems: tuple[Problem, ...]


def append(  # noqa: PLR0913  who, what, when: a line of history has that many parts
    session: Session,
    link_id: str,
    *,
    at: datetime,
    actor: str,
    team: str,
    role: str,
    what: str,
    detail: Mapping[str, JsonValue],
    again: bool = True,
) -> None:
    """Add a line; without `again` not right behind one that says the same of the same person.

    Lock the link first, or two writers follow the same line, and the second one fails.
    Raises TypeError for a detail that is not plain JSON, such as a wrapped secret.
    """
    connection = session.connection()
    last = connection.execute(_NEWEST, {"link": link_id}).first()
    number, previous = (1, _BEGINNING) if last is None else (last.number + 1, last.digest)
    row = AuditRow(
        link_id=link_id,
        number=number,
        at=at.astimezone(UTC),
        actor=actor,
        team=team,
        role=role,
        what=what,
        detail=_canonical(dict(detail)),
        digest="",
    )
    if not again and last and (last.actor, last.team, last.what, last.detail) == (actor, team, what, row.detail):
        return
    row.digest = _digest(row, previous)
    connection.execute(_APPEND, row.model_dump())


def read(session: Session, link_id: str | None = None) -> list[Entry]:
    """List a link's history, or that of all links, oldest first."""
    rows = select(AuditRow).order_by(col(AuditRow.link_id), col(AuditRow.number))
    if link_id is not None:
        rows = rows.where(col(AuditRow.link_id) == link_id)
    return [
        Entry(
            link_id=row.link_id,
            number=row.number,
            at=row.at,
            actor=row.actor,
            team=row.team,
            role=row.role,
            what=row.what,
            detail=_DETAIL.validate_json(row.detail),
            digest=row.digest,
        )
        for row in session.exec(rows)
    ]


def verify(session: Session, known: Mapping[tuple[str, int], str] = MappingProxyType({})) -> Verdict:
    """Check every chain; `known` holds digests from an earlier export, by link and number."""
    problems: list[Problem] = []
    missing = dict(known)
    link_id, number, previous, lines = "", 0, _BEGINNING, 0
    rows = select(AuditRow).order_by(col(AuditRow.link_id), col(AuditRow.number))
    for row in session.exec(rows.execution_options(yield_per=1000)):
        if row.link_id != link_id:
            link_id, number, previous = row.link_id, 0, _BEGINNING
        flaw = None
        if row.number != number + 1:
            flaw = Flaw.GAP
        elif row.digest != _digest(row, previous):
            flaw = Flaw.CHANGED
        elif missing.get((row.link_id, row.number), row.digest) != row.digest:
            flaw = Flaw.REWRITTEN
        if flaw:
            problems.append(Problem(link_id=row.link_id, number=row.number, flaw=flaw))
        missing.pop((row.link_id, row.number), None)
        number, previous, lines = row.number, row.digest, lines + 1
    problems += [Problem(link_id=link, number=number, flaw=Flaw.CUT) for link, number in sorted(missing)]
    return Verdict(lines=lines, problems=tuple(problems))


def _digest(row: AuditRow, previous: str) -> str:
    line = [
        previous,
        row.link_id,
        row.number,
        row.at.isoformat(),
        row.actor,
        row.team,
        row.role,
        row.what,
        row.detail,
    ]
    return sha256(_canonical(line).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
