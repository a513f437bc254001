"""Owns the history of who did what to a link: append-only, chained by hashes per link, free of secrets.

The chain shows a line that was changed, removed from the middle or added by hand. A cut at the end cannot
be seen from inside; keep the newest digest elsewhere for that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue, TypeAdapter
from sqlmodel import Session, col, select

from storage.tables import AuditRow, LinkRow

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Entry", "Flaw", "Problem", "append", "read", "verify"]

_BEGINNING: Final = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line that is not as it was written, or the one behind a missing line."""

    link_id: str
    number: int
    flaw: Flaw


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
) -> None:
    """Add a line; raises TypeError for a detail that is not plain JSON, such as a wrapped secret."""
    # Two writers would both follow the same line; the link's lock lines them up.
    session.exec(select(LinkRow.id).where(col(LinkRow.id) == link_id).with_for_update(key_share=True)).first()
    newest = select(AuditRow.number, AuditRow.digest).where(col(AuditRow.link_id) == link_id)
    last = session.exec(newest.order_by(col(AuditRow.number).desc()).limit(1)).first()
    number, previous = (1, _BEGINNING) if last is None else (last[0] + 1, last[1])
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
    row.digest = _digest(row, previous)
    session.add(row)
    session.flush()


def read(session: Session, link_id: str) -> list[Entry]:
    """List a link's history, oldest first."""
    rows = session.exec(select(AuditRow).where(col(AuditRow.link_id) == link_id).order_by(col(AuditRow.number)))
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
        for row in rows
    ]


def verify(session: Session) -> list[Problem]:
    """Check every chain; an empty list means that all are whole."""
    problems: list[Problem] = []
    link_id, number, previous = "", 0, _BEGINNING
    rows = session.exec(select(AuditRow).order_by(col(AuditRow.link_id), col(AuditRow.number)))
    for row in rows:
        if row.link_id != link_id:
            link_id, number, previous = row.link_id, 0, _BEGINNING
        if row.number != number + 1:
            problems.append(Problem(link_id=row.link_id, number=row.number, flaw=Flaw.GAP))
        elif row.digest != _digest(row, previous):
            problems.append(Problem(link_id=row.link_id, number=row.number, flaw=Flaw.CHANGED))
        number, previous = row.number, row.digest
    return problems


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
