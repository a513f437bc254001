"""What was counted and burnt is known again: by every replica, after a rotation, and by nobody without the key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from sqlmodel import delete, select, update

from storage.credentials import store as vault
from storage.credentials.fingerprints import Marks
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.rotation import missing_keys, rotate
from storage.tables import SecretRow

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database.transactions import Database

OLD, NEW = new_key("2025"), new_key("2026")


def test_marks_outlive_the_key_that_sealed_theirs(database: Database, now: datetime) -> None:
    mark = Marks.load(database, KeyRing.parse(OLD), now).of("isu@acme")
    both = KeyRing.parse(f"{NEW},{OLD}")
    assert Marks.load(database, both, now).of("isu@acme") == mark
    assert rotate(database, both) == 1
    alone = KeyRing.parse(NEW)
    assert missing_keys(database, alone) == set()
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
    with pytest.raises(vault.SecretError):
        Marks.load(database, ring, now)
    assert missing_keys(database, ring) == {"2025"}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Tr0ub4dor&3", True),
        ("so: Tr0ub4dor&3!", True),
        ("pw=Tr0ub4dor&3,", True),
        ("ü Tr0ub4dor&3 ü", True),
        ("Tr0ub4dor&3x", False),
        ("xTr0ub4dor&3", False),
        ("Tr0ub4dor&", False),
        ("\ud800", False),
        ("", False),
    ],
)
def test_a_secret_is_known_again_in_a_text(database: Database, now: datetime, text: str, is_found: bool) -> None:  # noqa: FBT001
    marks = Marks.load(database, KeyRing.parse(OLD), now)
    wanted = {marks.of_secret("Tr0ub4dor&3"), marks.of_secret("another one")}
    assert marks.found_in(text, {11}, wanted) == ({marks.of_secret("Tr0ub4dor&3")} if is_found else set())


def test_the_length_of_a_sealed_secret_is_known(database: Database) -> None:
    ring = KeyRing.parse(OLD)
    one = vault.seal(ring, link_id="L1", field="password", secret=SecretStr("müll"))
    assert one.length == 5
    assert replace(one, sealed=b"\x09broken").length == 0
    assert database.run_sync(lambda session: vault.marked(session, ["L1"])) == []
