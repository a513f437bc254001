"""A database that fails: readiness says what and how to mend it within a tick, and nothing is lost when it is back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event

from bot.app import App
from bot.ops.cli import main
from bot.slack import measuring
from sandbox.slack.waiting import until
from storage.database.address import DatabaseError
from tests.support.stage import Stage


@contextmanager
def spoiled(stage: Stage, *statements: str) -> Iterator[None]:
    """Have SQLite refuse, by its own means, in every connection of the app."""
    engine = stage.app.database._engine  # noqa: SLF001

    def spoil(connection: sqlite3.Connection, _entry: object) -> None:
        for statement in statements:
            connection.execute(statement)

    event.listen(engine, "connect", spoil)
    engine.dispose()
    yield
    event.remove(engine, "connect", spoil)
    engine.dispose()


@contextmanager
def full(stage: Stage) -> Iterator[str]:
    # Each write of a pulse takes many pages more, as a table that grows would.
    grows = "INSERT INTO inboxrow (key, received_at) VALUES (hex(randomblob(900000)), '2026-01-01')"
    trigger = f"CREATE TEMP TRIGGER growing AFTER UPDATE ON pulserow BEGIN {grows}; END"
    with spoiled(stage, "PRAGMA max_page_count = 1", trigger):
        yield "the disk is full; make room"


@contextmanager
def read_only(stage: Stage) -> Iterator[str]:
    with spoiled(stage, "PRAGMA query_only = ON"):
        yield "the file may not be written"


@contextmanager
def gone(stage: Stage) -> Iterator[str]:
    file, away = stage.folder / "link.db", stage.folder / "away.db"
    file.rename(away)
    yield "was taken away; bring it back"
    away.rename(file)


TROUBLES = {"full": full, "read-only": read_only, "gone": gone}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_trouble_is_told_within_a_tick_and_nothing_is_lost(stage: Stage, trouble: str) -> None:
    card = await stage.begin()
    await stage.quiet()
    await stage.app.ticker.tick()
    with TROUBLES[trouble](stage) as why:
        await stage.app.ticker.tick()
        assert why in (await stage.app.health.problems())["database"]
        await card.press("I can do this")
        typed = await stage.sam.command("/link-workday", "status", "ext-acme-wintro")
    # A full disk lets a press pass that needs no new page. Whoever hears that nothing was saved presses again.
    lost = [one for one in stage.ada.whispers if "has not got through" in one.text]
    assert bool(lost) is (trouble != "full")
    assert typed or any("has not got through" in one.text for one in stage.sam.whispers)
    await stage.app.ticker.tick()
    assert await stage.app.health.problems() == {}
    if lost:
        await card.press("I can do this")
    await stage.ada.sees("Paste the URL")
    assert not stage.doubled()


async def test_a_locked_file_keeps_nobody_waiting_for_ever(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "ANSWER", 0.2)
    card = await stage.begin()
    await stage.quiet()
    loop = asyncio.get_running_loop()
    with closing(sqlite3.connect(stage.folder / "link.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = loop.time()
        assert await stage.app.health.problems() == {"database": "does not answer"}
        assert loop.time() - began < 4
        await card.press("I can do this")
        await stage.ada.whispered("has not got through")
        other.execute("ROLLBACK")
    await stage.app.ticker.tick()
    assert await stage.app.health.problems() == {}
    # It may have counted after all.
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL")
    assert not stage.doubled()


async def test_a_second_process_on_one_file_is_refused(stage: Stage) -> None:
    await stage.begin()
    second = App(stage.settings(), clock=stage.clock)
    with pytest.raises(DatabaseError, match="another process serves already"):
        await second.start()
    assert await stage.app.health.problems() == {}
    await stage.stop()
    await stage.start()
    await until(lambda: stage.said() or None, 5, lambda: "it does not start again")


@pytest.mark.parametrize("content", [b"", b"not a database, whatever its name says" * 99])
async def test_a_start_is_refused_in_one_line(
    stage: Stage, content: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = stage.folder / "other.db"
    file.write_bytes(content)
    settings = stage.settings()
    monkeypatch.setenv("SLACK_BOT_TOKEN", settings.slack_bot_token.get_secret_value())
    monkeypatch.setenv("SLACK_SIGNING_SECRET", settings.slack_signing_secret.get_secret_value())
    monkeypatch.setenv("CREDENTIAL_KEYS", settings.credential_keys.get_secret_value())
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    with closing(sqlite3.connect(stage.folder / "third.db", isolation_level=None)) as other:
        if not content:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("BEGIN IMMEDIATE")
            monkeypatch.setattr("storage.database.engines.BUSY_MILLISECONDS", 100)
            monkeypatch.setenv("DATABASE_URL", f"sqlite:///{stage.folder / 'third.db'}")
        assert await asyncio.to_thread(main, ["migrate"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("DATABASE_URL")
