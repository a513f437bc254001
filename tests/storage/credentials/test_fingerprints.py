"""What was counted and burnt is known again: by every replica, after a rotation, and by nobody without the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlmodel import delete, select, update

from storage.credentials import store as vault
from storage.credentials.fingerprints import Marks
from storage.credentials.keyring import KeyRing
from storage.tables import SecretRow

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database

OLD, NEW = vault.new_key("2025"), vault.new_key("2026")


def test_marks_outlive_the_key_that_sealed_theirs(database: Database, now: datetime) -> None:
    mark = Marks.load(database, KeyRing.parse(OLD), now).of("isu@acme")
    both = KeyRing.parse(f"{NEW},{OLD}")
    assert Marks.load(database, both, now).of("isu@acme") == mark
    assert vault.rotate(database, both) == 1
    alone = KeyRing.parse(NEW)
    assert vault.missing_keys(database, alone) == set()
    again = Marks.load(database, alone, now)
    assert again.of("isu@acme") == mark
    assert again.of("isu@other") != mark
    assert again.of("\ud800") != mark


def test_replicas_that_start_together_agree(database: Database, now: datetime) -> None:
    ring = KeyRing.parse(OLD)
    with ThreadPoolExecutor(4) as replicas:
        made = set(replicas.map(lambda _: Marks.load(database, ring, now).of("isu@acme"), range(8)))
    assert len(made) == 1
    assert len(database.run_sync(lambda session: session.exec(select(SecretRow)).all())) == 1


def test_another_database_knows_nothing_of_it(database: Database, now: datetime) -> None:
    ring = KeyRing.parse(OLD)
    first = Marks.load(database, ring, now).of("isu@acme")
    database.run_sync(lambda session: session.exec(delete(SecretRow)))
    assert Marks.load(database, ring, now).of("isu@acme") != first


def test_a_damaged_key_is_noticed(database: Database, now: datetime) -> None:
    ring = KeyRing.parse(OLD)
    Marks.load(database, ring, now)
    database.run_sync(lambda session: session.exec(update(SecretRow).values(field="password")))
    with pytest.raises(vault.VaultError):
        Marks.load(database, ring, now)
    assert vault.missing_keys(database, ring) == {"2025"}
