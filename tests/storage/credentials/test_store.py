from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, col, select, update

from flows.link.setup import SecretRef
from flows.link.state import Link
from storage import links as store
from storage.credentials import envelope
from storage.credentials import store as vault
from storage.credentials.envelope import EnvelopeError, Place
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.store import SecretError
from storage.tables import SecretRow
from tests.support.secrets_at_rest import get, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from storage.database.transactions import Database

OLD, NEW = new_key("2025"), new_key("2026")
CANARY = "c4n4ry-Pa55-ünï"


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.parse(OLD)


@pytest.fixture
def links(session: Session, make_link: Callable[..., Link], now: datetime) -> tuple[Link, Link]:
    mine, other = make_link(), make_link()
    for link in (mine, other):
        store.create(session, link, (), wake_at=None, now=now)
    return mine, other


@pytest.mark.parametrize("text", [CANARY, "", " ", "x" * 5000, "\ud800 lone", "\0"])
def test_what_goes_in_comes_out(
    session: Session, ring: KeyRing, links: tuple[Link, Link], now: datetime, text: str
) -> None:
    ref = put(session, ring, links[0].id, text, now)
    assert get(session, ring, ref) == text
    sealed = session.exec(select(SecretRow.sealed)).one()
    assert sealed[:6] == b"\x02\x042025"
    assert len(sealed) == 6 + 2 + 60 + 12 + len(text.encode("utf-8", "surrogatepass")) + 16


def test_equal_secrets_are_sealed_differently(
    session: Session, ring: KeyRing, links: tuple[Link, Link], now: datetime
) -> None:
    put(session, ring, links[0].id, CANARY, now)
    put(session, ring, links[0].id, CANARY, now)
    first, second = session.exec(select(SecretRow.sealed)).all()
    assert first[6:68] != second[6:68]
    assert first[68:] != second[68:]


TAMPERED = {"id": "another", "link_id": None, "field": "token", "kek_id": "2026", "sealed": None}


def test_every_sealed_field_is_tampered_with() -> None:
    # A mark opens nothing: it only tells which posted words are this secret.
    assert set(TAMPERED) == set(SecretRow.model_fields) - {"created_at", "mark"}


@pytest.mark.parametrize("column", TAMPERED)
def test_a_secret_moved_elsewhere_does_not_open(
    session: Session, ring: KeyRing, links: tuple[Link, Link], now: datetime, column: str
) -> None:
    ref, other = put(session, ring, links[0].id, CANARY, now), put(session, ring, links[0].id, "other", now)
    sealed = session.exec(select(SecretRow.sealed).where(col(SecretRow.id) == other)).one()
    moved = TAMPERED | {"link_id": links[1].id, "sealed": sealed}
    session.exec(update(SecretRow).where(col(SecretRow.id) == ref).values({column: moved[column]}))
    now_at = SecretRef("another") if column == "id" else ref
    with pytest.raises(SecretError) as caught:
        get(session, KeyRing.parse(f"{OLD},{NEW}"), now_at)
    assert caught.value.ref == now_at
    assert caught.value.__cause__ is None
    assert get(session, ring, other) == "other"


def test_the_place_in_the_table_is_bound_too(ring: KeyRing) -> None:
    place = Place(link_id="a", table="secretrow", row_id="r", field="f")
    sealed = envelope.prepare(ring, place).seal(b"x")
    assert envelope.unseal(ring, place, sealed) == b"x"
    for other in ({"table": "another"}, {"link_id": "ar", "row_id": ""}, {"row_id": "rf", "field": ""}):
        with pytest.raises(EnvelopeError):
            envelope.unseal(ring, replace(place, **other), sealed)


def test_any_flipped_bit_or_cut_is_refused(
    session: Session, ring: KeyRing, links: tuple[Link, Link], now: datetime
) -> None:
    ref = put(session, ring, links[0].id, CANARY, now)
    sealed = session.exec(select(SecretRow.sealed)).one()
    flipped = [sealed[:at] + bytes([sealed[at] ^ 1 << at % 8]) + sealed[at + 1 :] for at in range(len(sealed))]
    for damaged in [*flipped, b"", sealed[:1], sealed[:40], sealed[:70], sealed[:-1]]:
        session.exec(update(SecretRow).where(col(SecretRow.id) == ref).values(sealed=damaged))
        with pytest.raises(SecretError):
            get(session, ring, ref)


def test_only_what_is_named_is_kept(session: Session, ring: KeyRing, links: tuple[Link, Link], now: datetime) -> None:
    keep, drop = put(session, ring, links[0].id, CANARY, now), put(session, ring, links[0].id, CANARY, now)
    foreign = put(session, ring, links[1].id, CANARY, now)
    assert vault.keep_only(session, links[0].id, frozenset({keep})) == 1
    assert set(session.exec(select(SecretRow.id))) == {keep, foreign}
    with pytest.raises(SecretError):
        get(session, ring, drop)
    assert vault.keep_only(session, links[0].id, frozenset()) == 1


def test_no_byte_of_a_forgotten_secret_stays_on_disk(
    database: Database, stored_link: Link, ring: KeyRing, now: datetime, tmp_path: Path
) -> None:
    def on_disk(needle: bytes) -> bool:
        return any(needle in file.read_bytes() for file in tmp_path.iterdir())

    refs = database.run_sync(lambda session: [put(session, ring, stored_link.id, CANARY, now) for _ in range(3)])
    sealed = database.run_sync(lambda session: session.exec(select(SecretRow.sealed)).all())
    assert not on_disk(CANARY.encode())
    if database.is_sqlite:
        assert all(on_disk(one[72:]) for one in sealed)
    database.run_sync(lambda session: vault.keep_only(session, stored_link.id, frozenset(refs[:0])))
    assert not any(on_disk(one[72:]) or on_disk(one[6:68]) for one in sealed)
