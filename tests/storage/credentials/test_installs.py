"""States of installs under way, on each database: each is worth one install, and not for long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlmodel import Session, func, select

from bot.installs.installation_store import States
from storage.database.transactions import Database
from storage.tables import InboxRow

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def kept(session: Session) -> int:
    return session.exec(select(func.count()).select_from(InboxRow)).one()


async def test_a_state_is_used_up_once_within_ten_minutes(database: Database) -> None:
    passed = timedelta()
    ours, others = (States(database, lambda: NOW + passed, SecretStr(secret)) for secret in ("s", "another"))
    one, two, *_ = [await ours.async_issue() for _ in range(50)]
    assert await database.run(kept) == 0, "anybody can have one made, as often as they like"
    forged = [await others.async_issue(), "", ".", "1.2.3", "\ud800", one[:-1], f"9{two}", f"{two}\ud800"]
    assert not any([await ours.async_consume(state) for state in forged])
    passed = timedelta(minutes=9.9)
    assert await ours.async_consume(one)
    assert not await ours.async_consume(one)
    passed = timedelta(minutes=10)
    assert not await ours.async_consume(two)
    assert await database.run(kept) == 1
