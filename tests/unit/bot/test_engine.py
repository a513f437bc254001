"""What concerns many links is done some in each transaction, and one that cannot be read stops none of them."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, update

from bot.encryption import Sealing
from bot.engine import Engine
from flows.link.events import Frozen
from flows.link.state import Link
from storage import link_lists, migrate
from storage import links as store
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.tables import LinkRow
from tests.support.counting import Counts, counted
from tests.support.links import NOW, RULES, a_link


async def test_many_links_take_their_turns_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(link_lists, "AT_A_TIME", 2)
    database = Database(f"sqlite:///{tmp_path / 'link.db'}")
    migrate.upgrade(database)
    engine = Engine(
        database=database,
        sealing=Sealing(database, KeyRing.parse(new_key("k1")), lambda: NOW),
        rules=RULES,
        clock=lambda: NOW,
    )
    ids = [f"l{number}" for number in range(5)]

    def store_all(session: Session) -> None:
        for link_id in ids:
            store.create(session, a_link(id=link_id, customer=link_id), (), wake_at=None, now=NOW)
        session.exec(update(LinkRow).where(col(LinkRow.id) == "l2").values(document="{}"))

    def freeze(session: Session, link_id: str, now: datetime) -> None:
        engine.turns.turn(session, link_id, Frozen(), now)

    database.run_sync(store_all)
    counts = Counts()
    with counted(counts):
        assert await engine.run_each(ids, freeze) == ["l0", "l1", "l3", "l4"]
    assert counts.transactions == 3
    found: list[Link] = database.run_sync(link_lists.everywhere)
    assert [link.id for link in found if link.frozen] == ["l0", "l1", "l3", "l4"]
    database.close()
