"""Owns the history of who did what to a link: append-only, chained by hashes per link, free of secrets.

The chain shows a line that was changed, moved, removed from the middle or added by hand. The seal over its last line
shows an end that was cut and a chain that was made anew by whoever has the database and not the keys. Who puts back an
older state of both, or has the keys too, is found out by a head or an export that is kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import bindparam, func, insert
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from storage.tables import AuditRow, HeadRow, LinkRow, table_of
from storage.upsert import insert_or_update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Row, RowMapping

    from storage.database.transactions import Database

__all__ = [
    "Entry",
    "Flaw",
    "Head",
    "Problem",
    "Verdict",
    "append",
    "append_to_each",
    "has",
    "head",
    "read",
    "seal_all",
    "use_key",
    "verify",
]

_KEY: Final = "audit key"

_BEGINNING: Final = ""
_AUDIT: Final = table_of(AuditRow)
_PARTS: Final = ("link_id", "number", "at", "actor", "team", "role", "what", "detail")
"""What the digest of a line covers, in this order, behind the digest of the line before."""
_LINES: Final = core_select(_AUDIT).order_by(_AUDIT.c.link_id, _AUDIT.c.number)
_NEWEST: Final = (
    core_select(_AUDIT).where(_AUDIT.c.link_id == bindparam("link")).order_by(_AUDIT.c.number.desc()).limit(1)
)
_LINK: Final = table_of(LinkRow)
_EARLIER: Final = _AUDIT.alias()
_NEWEST_OF_EACH: Final = (
    core_select(_AUDIT)
    .join(_LINK, _LINK.c.id == _AUDIT.c.link_id)
    .where(
        _LINK.c.id.in_(bindparam("links", expanding=True)),
        _AUDIT.c.number
        == core_select(func.max(_EARLIER.c.number)).where(_EARLIER.c.link_id == _LINK.c.id).scalar_subquery(),
    )
)
_APPEND: Final = insert(_AUDIT)
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
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
    LOST = "lost"
    FORGED = "forged"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line that is not as it was written or is not there, or (`GAP`) the one behind a missing line.

    Against the seal a line is `LOST`, `ADDED`, or its seal `FORGED`.
    """

    link_id: str
    number: int
    flaw: Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many lines there are, and what is wrong with them."""

    lines: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """All histories in one line, for keeping elsewhere."""

    links: int
    lines: int
    digest: str


def use_key(database: Database, key: bytes) -> None:
    """Seal with this key whatever is written through this database from now on, and check with it."""
    database.info[_KEY] = key


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
    """Add a line.

    Lock the link first, or two writers follow the same line, and the second one fails.
    Raises TypeError for a detail that is not plain JSON, such as a wrapped secret.
    """
    last = session.connection().execute(_NEWEST, {"link": link_id}).first()
    line = {"link_id": link_id, "at": at, "actor": actor, "team": team, "role": role, "what": what}
    _write(session, [_follow(last, line, detail)])


def append_to_each(
    session: Session, details: Mapping[str, Mapping[str, JsonValue]], *, at: datetime, role: str, what: str
) -> None:
    """Add one line to the history of each link, by id, about what nobody did; lock the links first."""
    if details:
        newest = session.connection().execute(_NEWEST_OF_EACH, {"links": list(details)})
        last = {row.link_id: row for row in newest}
        about = {"at": at, "actor": "", "team": "", "role": role, "what": what}
        _write(session, [_follow(last.get(one), {"link_id": one, **about}, detail) for one, detail in details.items()])


def _follow(last: Row[Any] | None, line: Mapping[str, Any], detail: Mapping[str, JsonValue]) -> dict[str, Any]:
    """Return the row of a line behind the last one: numbered, and chained to it."""
    number, previous = (1, _BEGINNING) if last is None else (last.number + 1, last.digest)
    row = {**line, "number": number, "at": line["at"].astimezone(UTC), "detail": _canonical(dict(detail))}
    return row | {"digest": _digest(row, previous)}


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    session.connection().execute(_APPEND, rows)
    _seal(session, [(row["link_id"], row["number"], row["digest"]) for row in rows])


def seal_all(session: Session) -> None:
    """Seal every history as it is; for what was written before there were seals."""
    _seal(session, list(_ends(session)))


def head(session: Session, until: datetime | None = None) -> Head:
    """Return all histories in one line, as they were at a moment; any change to an older line changes it."""
    links, lines, whole = 0, 0, sha256(b"[")
    for end in _ends(session, until):
        whole.update(("," * bool(links) + _canonical(end)).encode())
        links, lines = links + 1, lines + end[1]
    whole.update(b"]")
    return Head(links=links, lines=lines, digest=whole.hexdigest())


def _ends(session: Session, until: datetime | None = None) -> Iterator[tuple[str, int, str]]:
    """Yield the last line of each history."""
    last = core_select(_AUDIT.c.link_id, func.max(_AUDIT.c.number).label("number")).group_by(_AUDIT.c.link_id)
    if until is not None:
        last = last.where(_AUDIT.c.at <= until.astimezone(UTC))
    ends = last.subquery()
    rows = core_select(_AUDIT.c.link_id, _AUDIT.c.number, _AUDIT.c.digest).join(
        ends, (_AUDIT.c.link_id == ends.c.link_id) & (_AUDIT.c.number == ends.c.number)
    )
    ordered = rows.order_by(_AUDIT.c.link_id).execution_options(yield_per=1000)
    for row in session.connection().execute(ordered):
        yield row.link_id, row.number, row.digest


def _key(session: Session) -> bytes:
    key = session.info.get(_KEY, b"")
    return key if isinstance(key, bytes) else b""


def _seal(session: Session, ends: Sequence[tuple[str, int, str]]) -> None:
    """Seal where histories end now, if there is a key to seal with."""
    if (key := _key(session)) and ends:
        rows = [
            {"link_id": link_id, "number": number, "digest": digest, "seal": _sealed(key, link_id, number, digest)}
            for link_id, number, digest in ends
        ]
        insert_or_update(session, HeadRow, *rows, key=("link_id",))


def _sealed(key: bytes, link_id: str, number: int, digest: str) -> str:
    return hmac.new(key, _canonical([link_id, number, digest]).encode(), sha256).hexdigest()


def _against_seals(session: Session, key: bytes) -> Iterator[Problem]:
    """Compare the end of each history with its seal, and find links that have none."""
    ends = {link_id: (number, digest) for link_id, number, digest in _ends(session)}
    sealed: dict[str, int] = {}
    for row in session.exec(select(HeadRow).order_by(col(HeadRow.link_id))):
        sealed[row.link_id] = row.number
        number, digest = ends.get(row.link_id, (0, ""))
        if not hmac.compare_digest(row.seal, _sealed(key, row.link_id, row.number, row.digest)):
            yield Problem(link_id=row.link_id, number=row.number, flaw=Flaw.FORGED)
        elif number < row.number:
            yield Problem(link_id=row.link_id, number=row.number, flaw=Flaw.LOST)
        elif number == row.number and digest != row.digest:
            yield Problem(link_id=row.link_id, number=row.number, flaw=Flaw.REWRITTEN)
    for link_id, (number, _) in ends.items():
        if number > sealed.get(link_id, 0):
            yield Problem(link_id=link_id, number=sealed.get(link_id, 0) + 1, flaw=Flaw.ADDED)
    for link_id in session.exec(select(LinkRow.id).order_by(col(LinkRow.id))):
        if link_id not in ends and link_id not in sealed:
            yield Problem(link_id=link_id, number=1, flaw=Flaw.LOST)


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


def has(session: Session, link_id: str) -> bool:
    """Tell whether a link has a history; one that was erased keeps its own."""
    return session.exec(select(AuditRow.number).where(col(AuditRow.link_id) == link_id).limit(1)).first() is not None


def verify(session: Session, known: Mapping[tuple[str, int], str] = MappingProxyType({})) -> Verdict:
    """Check every chain, where the key is known against its seal, too.

    `known` holds digests from an earlier export, by link and number.
    """
    problems: list[Problem] = []
    missing = dict(known)
    link_id, number, previous, lines = "", 0, _BEGINNING, 0
    for row in session.connection().execute(_LINES.execution_options(yield_per=1000)).mappings():
        if row["link_id"] != link_id:
            link_id, number, previous = row["link_id"], 0, _BEGINNING
        line = (link_id, row["number"])
        flaw = None
        if row["number"] != number + 1:
            flaw = Flaw.GAP
        elif row["digest"] != _digest(row, previous):
            flaw = Flaw.CHANGED
        elif missing.get(line, row["digest"]) != row["digest"]:
            flaw = Flaw.REWRITTEN
        if flaw:
            problems.append(Problem(link_id=link_id, number=row["number"], flaw=flaw))
        missing.pop(line, None)
        number, previous, lines = row["number"], row["digest"], lines + 1
    problems += [Problem(link_id=link, number=number, flaw=Flaw.CUT) for link, number in sorted(missing)]
    if key := _key(session):
        problems += _against_seals(session, key)
    return Verdict(lines=lines, problems=tuple(problems))


def _digest(row: Mapping[str, Any] | RowMapping, previous: str) -> str:
    parts = {**row, "at": row["at"].isoformat()}
    return sha256(_canonical([previous, *(parts[name] for name in _PARTS)]).encode()).hexdigest()
