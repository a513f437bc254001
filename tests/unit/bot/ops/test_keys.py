"""Which keys may go is proved by opening; what a lost one sealed is given up, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select, update

from bot.encryption import Sealing
from bot.ops.cli import main
from flows.link.setup import Account
from flows.link.state import Link, Status, Step
from storage import links as store
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.store import SecretError
from storage.database.transactions import Database
from storage.tables import LinkRow, SecretRow
from tests.support.links import ADA, ENDPOINT, a_link, a_setup

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD, NEW, OTHER = new_key("k1"), new_key("k2"), new_key("k1")


@pytest.fixture(autouse=True)
def _old_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIAL_KEYS", OLD)
    assert main(["migrate"]) == 0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path}/x.db")) as opened:
        yield opened


def put(database: Database, ring: str, customer: str, password: str) -> Link:
    """Store a finished link whose password is sealed with the first key of a ring, as the app does it."""
    keys = KeyRing.parse(ring)
    link_id = customer.lower()
    bare = a_link(id=link_id, customer=customer, step=Step.LINKED, status=Status.LINKED, linked=NOW)

    async def work() -> Link:
        sealing = Sealing(database, keys, lambda: NOW)
        (sealed,) = await sealing.seal(link_id, {"password": SecretStr(password)})
        account = Account(user_name="ISU_X", secret=sealed.ref, proved=True, worked_at=NOW)
        link = replace(bare, setup=a_setup(endpoint=ENDPOINT, account=account))
        await database.run(lambda session: store.create(session, link, (), wake_at=None, now=NOW))
        await database.run(lambda session: credentials.keep(session, sealed, NOW))
        sealing.close()
        return link

    return asyncio.run(work())


def opened(database: Database, ring: str, link: Link) -> str:
    (found,) = database.run_sync(lambda session: credentials.find(session, link.secrets))
    return credentials.unseal(KeyRing.parse(ring), found).get_secret_value()


def load(database: Database, link: Link) -> Link:
    found = database.run_sync(lambda session: store.load(session, link.id))
    assert found
    return found


def test_a_key_that_is_still_needed_is_never_said_to_be_free(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database, OLD, "Acme", "hunter-2-hunter")
    put(database, f"{NEW},{OLD}", "Globex", "swordfish-9-x")
    capsys.readouterr()
    monkeypatch.setenv("CREDENTIAL_KEYS", NEW)
    assert main(["rotate-keys"]) == 1
    said = capsys.readouterr().out
    assert "k2: needed by 1, seals, must stay" in said
    assert "k1: needed by 2, is not in CREDENTIAL_KEYS (2 cannot be opened)" in said
    assert "password of link acme does not open" in said
    assert "the app's own marks does not open" in said
    monkeypatch.setenv("CREDENTIAL_KEYS", f"{NEW},{OTHER}")
    assert main(["rotate-keys"]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    monkeypatch.setenv("CREDENTIAL_KEYS", f"{NEW},{OLD}")
    assert main(["rotate-keys"]) == 0
    said = capsys.readouterr().out
    assert "k2: needed by 3, seals, must stay" in said
    assert "k1: needed by 0, may go" in said


def test_the_column_beside_a_secret_is_not_believed(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    put(database, OLD, "Acme", "hunter-2-hunter")
    database.run_sync(lambda session: session.exec(update(SecretRow).values(kek_id="k9")))
    capsys.readouterr()
    assert main(["rotate-keys"]) == 1
    assert "k1: needed by 2, does not open them (2 cannot be opened)" in capsys.readouterr().out


def test_damaged_bytes_are_named_under_the_key_of_their_column(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    link = put(database, OLD, "Acme", "hunter-2-hunter")
    (ref,) = link.secrets
    spoiled = update(SecretRow).where(col(SecretRow.id) == ref).values(sealed=b"")
    database.run_sync(lambda session: session.exec(spoiled))
    capsys.readouterr()
    assert main(["rotate-keys"]) == 1
    assert "password of link acme does not open" in capsys.readouterr().out


def test_only_what_a_lost_key_sealed_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = put(database, OLD, "Acme", "hunter-2-hunter")
    kept = put(database, f"{NEW},{OLD}", "Globex", "swordfish-9-x")
    unread = put(database, OLD, "Initech", "another-7-pass")
    broken = update(LinkRow).where(col(LinkRow.id) == unread.id).values(document='{"schema":9,"value":{}}')
    database.run_sync(lambda session: session.exec(broken))

    def marks(session: Session) -> dict[str, str | None]:
        return {row.id: row.mark for row in session.exec(select(SecretRow))}

    before = database.run_sync(marks)
    monkeypatch.setenv("CREDENTIAL_KEYS", NEW)
    capsys.readouterr()
    assert main(["recover", "--without", "k2"]) == 1
    assert "nothing was changed" in capsys.readouterr().out
    assert database.run_sync(marks) == before
    assert main(["recover", "--without", "k1"]) == 1, "one link could not be helped"
    said = capsys.readouterr().out
    assert "acme: its credentials are given up" in said
    assert "initech is set aside" in said
    asked = load(database, lost)
    assert (asked.status, asked.step, asked.secrets) == (Status.ACTIVE, Step.ISU, frozenset())
    assert asked.admin == ADA
    assert load(database, kept) == kept
    assert opened(database, NEW, kept) == "swordfish-9-x"
    with pytest.raises(SecretError):
        opened(database, NEW, lost)


def test_hashes_are_made_anew_when_their_key_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database, OLD, "Acme", "hunter-2-hunter")
    kept = put(database, f"{NEW},{OLD}", "Globex", "swordfish-9-x")
    monkeypatch.setenv("CREDENTIAL_KEYS", NEW)
    assert main(["recover", "--without", "k1"]) == 0
    assert "Secrets with new hashes: 1" in capsys.readouterr().out

    async def known_again() -> bool:
        sealing = Sealing(database, KeyRing.parse(NEW), lambda: NOW)
        found = await database.run(lambda session: credentials.find(session, kept.secrets))
        (told,) = await sealing.posted_in(["it is swordfish-9-x"], found)
        sealing.close()
        return told.ref in kept.secrets

    assert asyncio.run(known_again())
    assert main(["rotate-keys"]) == 0
    assert "k2: needed by 3, seals, must stay" in capsys.readouterr().out
