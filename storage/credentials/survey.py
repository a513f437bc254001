"""Owns the proof of which key each stored secret needs: by opening it, never by what a column says; tells no secret."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, delete, update

from storage.changes import change
from storage.credentials import envelope, quarantine
from storage.credentials.envelope import EnvelopeError
from storage.credentials.fingerprints import Marks
from storage.credentials.store import Sealed, opens, read_after, unseal
from storage.tables import SecretRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from storage.credentials.keyring import KeyRing
    from storage.database.transactions import Database

__all__ = ["KeyUse", "mark_anew", "shred_own", "survey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """What a key is for: `needed` by so many stored secrets, of which the ring as given does not open the `closed`."""

    key_id: str
    is_held: bool
    seals: bool
    needed: int
    closed: tuple[Sealed, ...]

    @property
    def may_go(self) -> bool:
        """Tell whether nothing would be lost without this key."""
        return not self.needed and not self.seals


def survey(database: Database, ring: KeyRing) -> tuple[KeyUse, ...]:
    """Open every stored secret with the ring as given, and tell by which keys they are wrapped.

    First the keys of the ring, then those that it lacks. Raises KeyServiceError.
    """
    needed: dict[str, int] = defaultdict(int)
    closed: dict[str, list[Sealed]] = defaultdict(list)
    for one in _all(database, ring):
        key_id = _wrapper(one)
        needed[key_id] += 1
        if not opens(ring, one):
            closed[key_id].append(one)
    order = [*ring.in_order, *sorted(set(needed) - ring.ids)]
    return tuple(
        KeyUse(
            key_id=key_id,
            is_held=key_id in ring.ids,
            seals=key_id == ring.sealing_id,
            needed=needed[key_id],
            closed=tuple(closed[key_id]),
        )
        for key_id in order
    )


def shred_own(session: Session, lost: Iterable[Sealed]) -> int:
    """Delete secrets that belong to no link, such as the key of the hashes; return how many."""
    refs = [one.ref for one in lost if not one.link_id]
    gone = delete(SecretRow).where(col(SecretRow.id).in_(refs), col(SecretRow.link_id).is_(None))
    return change(session, gone)


def mark_anew(database: Database, ring: KeyRing, now: datetime) -> int:
    """Give every secret of a link the hash of the present key, so that it is known again; return how many.

    Raises SecretError and KeyServiceError.
    """
    marks = Marks.load(database, ring, now)
    anew = [
        (one.ref, marks.of_secret(unseal(ring, one).get_secret_value()))
        for one in _all(database, ring)
        if one.link_id and one.mark
    ]

    def write(session: Session) -> None:
        for ref, mark in anew:
            change(session, update(SecretRow).where(col(SecretRow.id) == ref).values(mark=mark))

    database.run_sync(write)
    return len(anew)


def _all(database: Database, ring: KeyRing) -> Iterator[Sealed]:
    """Read all stored secrets, some at a time, with no transaction open while one of them is opened.

    What is frozen comes without its second wrapping.
    """
    last = ""
    while some := database.run_sync(lambda session: read_after(session, last)):  # noqa: B023  run at once
        yield from quarantine.uncovered(database, ring, some)
        last = some[-1].ref


def _wrapper(one: Sealed) -> str:
    try:
        return envelope.key_id(one.sealed)
    except EnvelopeError:
        return one.key_id
