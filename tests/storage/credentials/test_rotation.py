from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select, update

from flows.link.setup import SecretRef
from flows.link.state import Link
from storage.credentials import envelope
from storage.credentials import store as vault
from storage.credentials.envelope import Place
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.rotation import left, missing_keys, rotate
from storage.credentials.store import SecretError
from storage.tables import SecretRow
from tests.support.secrets_at_rest import get, put

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database.transactions import Database

OLD, NEW = new_key("2025"), new_key("2026")


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.parse(OLD)


def test_a_wrong_or_missing_key(database: Database, stored_link: Link, ring: KeyRing, now: datetime) -> None:
    ref = database.run_sync(lambda session: put(session, ring, stored_link.id, "hunter2", now))
    assert missing_keys(database, ring) == set()
    for wrong in (KeyRing.parse(NEW), KeyRing.parse("2025:" + NEW.partition(":")[2])):
        with pytest.raises(SecretError):
            database.run_sync(partial(get, ring=wrong, ref=ref))
        assert missing_keys(database, wrong) == {"2025"}
        assert rotate(database, KeyRing.parse(NEW)) == 0
    with pytest.raises(SecretError):
        database.run_sync(lambda session: get(session, ring, SecretRef("nothing")))


def test_rotation_goes_on_where_it_stopped(database: Database, stored_link: Link, ring: KeyRing, now: datetime) -> None:
    refs = database.run_sync(lambda session: [put(session, ring, stored_link.id, f"s{n}", now) for n in range(5)])
    bodies = database.run_sync(lambda session: {row.id: row.sealed[68:] for row in session.exec(select(SecretRow))})
    both, only_new = KeyRing.parse(f"{NEW},{OLD}"), KeyRing.parse(NEW)

    def waiting() -> int:
        return database.run_sync(lambda session: left(session, both))

    assert waiting() == 5
    assert rotate(database, both, batch=2) == 2
    assert waiting() == 3
    assert missing_keys(database, only_new) == {"2025"}
    assert [rotate(database, both, batch=2) for _ in range(3)] == [2, 1, 0]
    assert waiting() == 0
    assert missing_keys(database, only_new) == set()
    for number, ref in enumerate(refs):
        assert database.run_sync(partial(get, ring=only_new, ref=ref)) == f"s{number}"
    after = database.run_sync(lambda session: {row.id: row.sealed[68:] for row in session.exec(select(SecretRow))})
    assert after == bodies


def test_rotation_passes_over_what_was_forgotten_meanwhile(
    database: Database, stored_link: Link, ring: KeyRing, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run_sync(lambda session: [put(session, ring, stored_link.id, "hunter2", now) for _ in range(2)])
    wrapped = envelope.rewrap

    def forget_meanwhile(ring: KeyRing, place: Place, sealed: bytes) -> bytes:
        database.run_sync(lambda session: vault.keep_only(session, stored_link.id, frozenset()))
        return wrapped(ring, place, sealed)

    monkeypatch.setattr(envelope, "rewrap", forget_meanwhile)
    assert rotate(database, KeyRing.parse(f"{NEW},{OLD}")) == 0
    assert database.run_sync(lambda session: session.exec(select(SecretRow)).all()) == []


def test_rotation_refuses_a_damaged_secret(database: Database, stored_link: Link, ring: KeyRing, now: datetime) -> None:
    database.run_sync(lambda session: put(session, ring, stored_link.id, "hunter2", now))
    database.run_sync(lambda session: session.exec(update(SecretRow).values(field="token")))
    with pytest.raises(SecretError):
        rotate(database, KeyRing.parse(f"{NEW},{OLD}"))
