"""Reads from the audit how links have walked, and its lines without people; it counts and writes nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import bindparam, select

from flows.link.state import Status, Step
from storage.serialization import LINKS, StoredValueError
from storage.tables import AuditRow, LinkRow, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

_AUDIT: Final = table_of(AuditRow)
_LINK: Final = table_of(LinkRow)
_LINES: Final = (
    select(_AUDIT.c.link_id, _AUDIT.c.at, _AUDIT.c.what, _AUDIT.c.detail)
    .where(_AUDIT.c.link_id.in_(bindparam("links", expanding=True)))
    .order_by(_AUDIT.c.link_id, _AUDIT.c.number)
)
_IS_FINISHED: Final = _LINK.c.status == Status.LINKED.value
EVENT_COLUMNS: Final = ("link", "number", "at", "role", "what", "step", "status", "refused")
_DETAIL: Final[TypeAdapter[dict[str, JsonValue]]] = TypeAdapter(dict[str, JsonValue])
_PASSWORDS: Final = frozenset({"sent.isu", "sent.isu.web"})
_STEPS: Final = frozenset(Step)


@dataclass(slots=True)
class Trail:
    """When a link first reached each step, and how many passwords were taken for it."""

    reached: dict[Step, datetime] = field(default_factory=dict)
    passwords: int = 0


def trails(session: Session, link_ids: Sequence[str]) -> dict[str, Trail]:
    """Return the trail of each of these links; ask for some hundred at a time, as others wait meanwhile."""
    found = {link_id: Trail() for link_id in link_ids}
    for row in session.connection().execute(_LINES, {"links": list(link_ids)}):
        detail, trail = _DETAIL.validate_json(row.detail), found[row.link_id]
        step = detail.get("step")
        if step in _STEPS:
            trail.reached.setdefault(Step(str(step)), row.at)
        trail.passwords += row.what in _PASSWORDS and "refused" not in detail
    return found


def events(session: Session) -> Iterator[tuple[str, ...]]:
    """Yield every line of every history, without who did it: `EVENT_COLUMNS`."""
    rows = select(_AUDIT).order_by(_AUDIT.c.link_id, _AUDIT.c.number).execution_options(yield_per=1000)
    for row in session.connection().execute(rows):
        detail = _DETAIL.validate_json(row.detail)
        told = (str(detail.get(name, "")) for name in ("step", "status", "refused"))
        yield row.link_id, str(row.number), row.at.isoformat(), row.role, row.what, *told


def teams_linked(session: Session) -> list[str]:
    """Return the ids of the teams that have finished links."""
    return list(session.connection().execute(select(_LINK.c.team_id).where(_IS_FINISHED).distinct()).scalars())


def newest_linked(session: Session, team_id: str, most: int) -> list[str]:
    """Return the ids of a team's finished links that were begun last."""
    theirs = select(_LINK.c.id).where(_IS_FINISHED, _LINK.c.team_id == team_id)
    rows = theirs.order_by(_LINK.c.created_at.desc(), _LINK.c.id).limit(most)
    return list(session.connection().execute(rows).scalars())


def any_link(session: Session, team_id: str | None) -> str | None:
    """Return the id of one link of a team, or of any, that can be read, or None when there is none."""
    theirs = select(_LINK.c.document)
    theirs = theirs if team_id is None else theirs.where(_LINK.c.team_id == team_id)
    # A few at a time: nearly always it is the first.
    with session.connection().execute(theirs, execution_options={"yield_per": 20}) as rows:
        for row in rows:
            with suppress(StoredValueError):
                return LINKS.read(row.document).id
    return None
