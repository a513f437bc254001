"""What is frozen opens for nobody, comes through a rotation, and is as it was once it is thawed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from storage import links as store
from storage.credentials import quarantine
from storage.credentials import store as vault
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.rotation import missing_keys, rotate
from storage.credentials.store import Sealed, SecretError
from storage.credentials.survey import survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.link.state import Link
    from storage.database.transactions import Database

OLD, NEW = new_key("k1"), new_key("k2")
SECRET = "c4n4ry-Pa55"


@pytest.fixture
def before(database: Database, make_link: Callable[..., Link], now: datetime) -> Sealed:
    """Store a secret, sealed with the old key."""
    link = make_link()
    one = vault.seal(KeyRing.parse(OLD), link_id=link.id, field="password", secret=SecretStr(SECRET))
    database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=now))
    database.run_sync(lambda session: vault.keep(session, one, now))
    return one


@pytest.fixture
def key(database: Database, now: datetime) -> bytes:
    return vault.own(database, KeyRing.parse(OLD), "quarantine", now)


def stored(database: Database, one: Sealed) -> Sealed:
    (found,) = database.run_sync(lambda session: vault.find(session, [one.ref]))
    return found


def test_what_is_frozen_opens_for_nobody_until_it_is_thawed(database: Database, before: Sealed, key: bytes) -> None:
    ring = KeyRing.parse(OLD)
    for _ in range(2):
        database.run_sync(lambda session: quarantine.freeze(session, key, before.link_id))
    frozen = stored(database, before)
    with pytest.raises(SecretError):
        vault.unseal(ring, frozen)
    assert before.sealed not in frozen.sealed
    assert frozen.length == 0, "no posted text is compared with it"
    database.run_sync(lambda session: quarantine.thaw(session, b"x" * 32, before.link_id))
    assert stored(database, before) == frozen, "not by another key"
    database.run_sync(lambda session: quarantine.thaw(session, key, before.link_id))
    assert stored(database, before) == before


def test_what_is_frozen_still_tells_which_key_it_needs(database: Database, before: Sealed, key: bytes) -> None:
    database.run_sync(lambda session: quarantine.freeze(session, key, before.link_id))
    assert missing_keys(database, KeyRing.parse(OLD)) == set()
    assert missing_keys(database, KeyRing.parse(NEW)) == {"k1"}
    (use,) = survey(database, KeyRing.parse(OLD))
    assert (use.needed, use.closed) == (2, ())


def test_what_is_frozen_is_wrapped_anew_with_the_rest(database: Database, before: Sealed, key: bytes) -> None:
    database.run_sync(lambda session: quarantine.freeze(session, key, before.link_id))
    assert rotate(database, KeyRing.parse(f"{NEW},{OLD}")) == 2
    with pytest.raises(SecretError):
        vault.unseal(KeyRing.parse(NEW), stored(database, before))
    database.run_sync(lambda session: quarantine.thaw(session, key, before.link_id))
    assert vault.unseal(KeyRing.parse(NEW), stored(database, before)).get_secret_value() == SECRET
