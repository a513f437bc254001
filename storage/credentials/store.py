"""Owns the sealed secrets: they come and go as `SecretStr`, others hold their names (`SecretRef`).

A key may be kept by a service, so sealing and opening ask it with no transaction open: `seal` then `keep`, `find` then
`unseal`.
"""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import bindparam, delete, insert
from sqlmodel import Session, col, select, update

from flows.link.setup import SecretRef
from storage.changes import change
from storage.credentials import envelope
from storage.credentials.envelope import Envelope, EnvelopeError, Place
from storage.database.transactions import shred_after_commit
from storage.tables import SecretRow, table_of
from storage.upsert import insert_if_new

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel.sql.expression import SelectOfScalar

    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

__all__ = [
    "Blank",
    "Sealed",
    "SecretError",
    "find",
    "keep",
    "keep_only",
    "marked",
    "opens",
    "own",
    "prepare",
    "read",
    "read_after",
    "read_own",
    "rewrite",
    "seal",
    "unseal",
]

_SECRET: Final = table_of(SecretRow)
_KEEP: Final = insert(_SECRET)
_DROP: Final = delete(_SECRET).where(
    _SECRET.c.link_id == bindparam("link"), _SECRET.c.id.not_in(bindparam("refs", expanding=True))
)
_TABLE: Final = "secretrow"
_TEXT: Final = ("utf-8", "surrogatepass")
"""Takes every text there is; an encoding error would quote the secret."""


_OWN_BYTES: Final = 32
_AT_ONCE: Final = 500


class SecretError(Exception):
    """A secret cannot be opened; `ref` names it, why is deliberately not told."""

    def __init__(self, ref: SecretRef) -> None:
        super().__init__("a sealed secret cannot be opened")
        self.ref = ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed secret on its way into or out of its row."""

    ref: SecretRef
    link_id: str
    field: str
    key_id: str
    sealed: bytes = dataclasses.field(repr=False)
    mark: str | None = None

    @property
    def length(self) -> int:
        """Bytes of the secret inside, which its seal does not hide; none where it is damaged."""
        try:
            return envelope.length(self.sealed)
        except EnvelopeError:
            return 0

    @property
    def place(self) -> Place:
        """Where it opens."""
        return Place(link_id=self.link_id, table=_TABLE, row_id=self.ref, field=self.field)


@dataclass(frozen=True, slots=True)
class Blank:
    """Seals one secret that is not there yet, without asking for the key again."""

    empty: Envelope
    key_id: str

    def seal(self, secret: SecretStr) -> Sealed:
        """Seal it."""
        place = self.empty.place
        return Sealed(
            ref=SecretRef(place.row_id),
            link_id=place.link_id,
            field=place.field,
            key_id=self.key_id,
            sealed=self.empty.seal(secret.get_secret_value().encode(*_TEXT)),
        )


def prepare(ring: KeyRing, *, link_id: str, field: str) -> Blank:
    """Make ready to seal a secret of a link; raises KeyServiceError."""
    place = Place(link_id=link_id, table=_TABLE, row_id=str(uuid4()), field=field)
    return Blank(envelope.prepare(ring, place), ring.sealing_id)


def seal(ring: KeyRing, *, link_id: str, field: str, secret: SecretStr) -> Sealed:
    """Seal a secret of a link; raises KeyServiceError."""
    return prepare(ring, link_id=link_id, field=field).seal(secret)


def keep(session: Session, one: Sealed, now: datetime) -> SecretRef:
    """Store what is sealed for a link that exists; return its name."""
    session.connection().execute(_KEEP, {**_columns(one), "created_at": now})
    return one.ref


def find(session: Session, refs: Iterable[SecretRef]) -> list[Sealed]:
    """Read sealed secrets; raises SecretError when there is none of that name."""
    wanted = list(refs)
    found = {one.ref: one for one in read(session, col(SecretRow.id).in_(wanted))}
    for ref in wanted:
        if ref not in found:
            raise SecretError(ref)
    return [found[ref] for ref in wanted]


def read(session: Session, where: ColumnElement[bool], limit: int | None = None) -> list[Sealed]:
    """Read sealed secrets, the newest first."""
    rows = select(SecretRow).where(where).order_by(col(SecretRow.created_at).desc(), col(SecretRow.id)).limit(limit)
    return _sealed(session, rows)


def marked(session: Session, links: Iterable[str]) -> list[Sealed]:
    """Read the sealed secrets of some links that are known again by their mark."""
    return read(session, col(SecretRow.link_id).in_(list(links)) & col(SecretRow.mark).is_not(None))


def read_after(session: Session, ref: str) -> list[Sealed]:
    """Read the next sealed secrets in the order of their names; from "" on, all of them in turn."""
    rows = select(SecretRow).where(col(SecretRow.id) > ref).order_by(col(SecretRow.id)).limit(_AT_ONCE)
    return _sealed(session, rows)


def unseal(ring: KeyRing, one: Sealed) -> SecretStr:
    """Open a secret; raises SecretError and KeyServiceError."""
    try:
        # What a rotation and the look at the start go by must be what really opens it.
        if envelope.key_id(one.sealed) != one.key_id:
            raise SecretError(one.ref)
        return SecretStr(envelope.unseal(ring, one.place, one.sealed).decode(*_TEXT))
    except EnvelopeError:
        raise SecretError(one.ref) from None


def opens(ring: KeyRing, one: Sealed) -> bool:
    """Tell whether a secret can be opened; raises KeyServiceError."""
    try:
        unseal(ring, one)
    except SecretError:
        return False
    return True


def rewrite(session: Session, before: Sealed, after: Sealed) -> int:
    """Put one sealed form in the place of another, unless it was replaced or forgotten meanwhile."""
    same = (col(SecretRow.id) == before.ref) & (col(SecretRow.sealed) == before.sealed)
    written = update(SecretRow).where(same).values(kek_id=after.key_id, sealed=after.sealed)
    return change(session, written)


def keep_only(session: Session, link_id: str, refs: frozenset[SecretRef]) -> int:
    """Delete every secret of a link but these, also from SQLite's log once committed; return how many."""
    gone = session.connection().execute(_DROP, {"link": link_id, "refs": sorted(refs)}).rowcount
    if gone:
        shred_after_commit(session)
    return gone


def own(database: Database, ring: KeyRing, name: str, now: datetime) -> bytes:
    """Return a random key of the app's own, the same one each time; raises SecretError and KeyServiceError."""
    ref = SecretRef(name)

    if not database.run_sync(lambda session: read(session, col(SecretRow.id) == ref)):
        place = Place(link_id="", table=_TABLE, row_id=ref, field="key")
        made = Blank(envelope.prepare(ring, place), ring.sealing_id).seal(SecretStr(secrets.token_hex(_OWN_BYTES)))
        # Of several replicas that start together, one makes it.
        database.run_sync(
            lambda session: insert_if_new(session, SecretRow, _columns(made) | {"created_at": now}, unique="id")
        )
    return read_own(database, ring, name)


def read_own(database: Database, ring: KeyRing, name: str) -> bytes:
    """Return a key that `own` has made; raises SecretError and KeyServiceError."""
    (found,) = database.run_sync(lambda session: find(session, [SecretRef(name)]))
    return bytes.fromhex(unseal(ring, found).get_secret_value())


def _columns(one: Sealed) -> dict[str, Any]:
    return {
        "id": one.ref,
        "link_id": one.link_id or None,
        "field": one.field,
        "kek_id": one.key_id,
        "sealed": one.sealed,
        "mark": one.mark,
    }


def _sealed(session: Session, rows: SelectOfScalar[SecretRow]) -> list[Sealed]:
    return [
        Sealed(
            ref=SecretRef(row.id),
            link_id=row.link_id or "",
            field=row.field,
            key_id=row.kek_id,
            sealed=bytes(row.sealed),
            mark=row.mark,
        )
        for row in session.exec(rows.execution_options(populate_existing=True))
    ]
