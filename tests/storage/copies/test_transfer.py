"""Every row brought from SQLite into a real PostgreSQL: again and again, and never into somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, delete, update

from flows.link.effects import Say
from storage import deduplication as inbox
from storage import links as store
from storage import migrate
from storage.copies import transfer as moving
from storage.copies.transfer import TransferError, equal, transfer
from storage.credentials import store as credentials
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.outbox import errands
from storage.tables import InboxRow, LinkRow
from tests.support.databases import migrated_sqlite
from tests.support.links import a_link

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ROWS = 1200
"""More than two batches."""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "source.db"
    file.write_bytes(migrated_sqlite())
    with closing(Database(f"sqlite:///{file}")) as database:
        ring = KeyRing.parse(new_key("k1"))
        sealed = credentials.seal(ring, link_id="a", field="password", secret=SecretStr("x"))

        def fill(session: Session) -> None:
            store.create(session, a_link(id="a", customer="Äpfel & Söhne"), (), wake_at=NOW, now=NOW)
            credentials.keep(session, sealed, NOW)
            errands.enqueue(session, "a", (Say(key="say.back"), Say(key="say.back")), NOW)
            for number in range(ROWS):
                inbox.first_time(session, f"event {number:05}", NOW + timedelta(seconds=number))

        database.run_sync(fill)
        yield database


@pytest.fixture
def target(postgres: Callable[[], str]) -> Iterator[Database]:
    url = postgres()
    migrate.upgrade(url)
    with closing(Database(url)) as database:
        yield database


def differing(source: Database, target: Database) -> list[str]:
    return [name for name, (ours, theirs) in equal(source, target).items() if ours != theirs]


def test_all_comes_over_and_a_change_is_seen(source: Database, target: Database) -> None:
    came = transfer(source, target)
    assert came["inboxrow"] == ROWS
    assert (came["linkrow"], came["secretrow"], came["errandrow"]) == (1, 1, 2)
    assert differing(source, target) == []
    assert sum(transfer(source, target).values()) == 0, "nothing comes twice"
    link = target.run_sync(lambda session: store.load(session, "a"))
    assert link == source.run_sync(lambda session: store.load(session, "a"))
    # The numbers go on behind the last one.
    target.run_sync(lambda session: errands.enqueue(session, "a", (Say(key="say.back"),), NOW))
    assert differing(source, target) == ["errandrow"]
    target.run_sync(lambda session: session.exec(update(LinkRow).values(version=99)))
    assert set(differing(source, target)) == {"errandrow", "linkrow"}


def test_what_was_broken_off_goes_on(source: Database, target: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bring, done = moving._bring, list[object]()  # noqa: SLF001  broken off in the middle

    def breaks(*arguments: object) -> int:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(arguments)
        return bring(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "_bring", breaks)
    with pytest.raises(KeyboardInterrupt):
        transfer(source, target)
    assert differing(source, target)
    monkeypatch.undo()
    assert 0 < sum(transfer(source, target).values()) < ROWS + 4
    assert differing(source, target) == []


def test_nothing_is_mixed_into_what_is_somebody_elses(source: Database, target: Database) -> None:
    target.run_sync(lambda session: inbox.first_time(session, "another's", NOW))
    with pytest.raises(TransferError, match="the table inboxrow there holds rows that are not from here"):
        transfer(source, target)
    assert equal(source, target)["linkrow"][1].rows == 0
    target.run_sync(lambda session: session.exec(delete(InboxRow).where(col(InboxRow.key) == "another's")))
    transfer(source, target)
    assert differing(source, target) == []
