"""The dead man's switch is called while the app works, and only then; its address is told to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlmodel import Session, col, update

from bot.scheduler import ping
from flows.workday.outbound import DIRECT
from storage import links as store
from storage.tables import LinkRow
from tests.support.links import NOW, a_link
from tests.support.stage import Stage, staged


class Switch:
    """A dead man's switch that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200
        self.url = SecretStr("")

    async def answer(self, _request: web.Request) -> web.Response:
        self.calls += 1
        return web.Response(status=self.status, headers={"Location": self.url.get_secret_value()})


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    built, application = Switch(), web.Application()
    application.router.add_get("/hidden-token", built.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    built.url = SecretStr(f"http://127.0.0.1:{runner.addresses[0][1]}/hidden-token")
    yield built
    await runner.cleanup()


async def beat(stage: Stage) -> None:
    await stage.app.ticker._scheduler.get_job("heartbeat").func()  # noqa: SLF001  a minute is long for a test


async def test_it_is_called_while_the_app_is_ready(tmp_path: Path, switch: Switch) -> None:
    async with staged(tmp_path, heartbeat_url=switch.url) as stage:
        await beat(stage)
        assert switch.calls == 1
        stage.app.ticker._scheduler.pause()  # noqa: SLF001
        stage.clock.offset += timedelta(minutes=1)
        await beat(stage)
        assert switch.calls == 1, "the clock has stopped"
        await stage.app.ticker.tick()
        await beat(stage)
        assert switch.calls == 2
        await stage.app.courier.stop()
        await beat(stage)
        assert switch.calls == 2, "nothing is sent any more"


async def test_without_an_address_nothing_is_called(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        assert stage.app.ticker._scheduler.get_job("heartbeat") is None  # noqa: SLF001


async def test_another_replica_does_not_answer_for_this_one(tmp_path: Path, postgres: Callable[[], str]) -> None:
    async with staged(tmp_path, database_url=postgres()) as stage:
        first, second = stage.app, await stage.start()
        first.ticker._scheduler.pause()  # noqa: SLF001
        stage.clock.offset += timedelta(minutes=1)
        await second.ticker.tick()
        assert (await first.health.problems(), await second.health.problems()) == ({"ticker": "late"}, {})
        await first.stop()


@pytest.mark.parametrize("status", [500, 302, 404])
async def test_a_failure_is_only_logged_and_without_the_address(
    switch: Switch, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session:
        switch.status = status
        await ping(session, switch.url, DIRECT)
        assert switch.calls == 1
        assert "refused" in caplog.text
        await ping(session, SecretStr("http://127.0.0.1:9/hidden-token"), DIRECT)
        assert "could not be sent" in caplog.text
    assert "hidden-token" not in caplog.text + str([record.__dict__ for record in caplog.records])


async def test_the_head_of_the_audit_is_told_once_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    def add_unreadable(session: Session) -> None:
        store.create(session, a_link(id="0", customer="Of a newer release"), (), wake_at=None, now=NOW)
        session.exec(update(LinkRow).where(col(LinkRow.id) == "0").values(document="{}"))

    async with staged(tmp_path, staff_channel="C0STAFF") as stage:
        stage.app.database.run_sync(add_unreadable)
        await stage.begin()
        await stage.app.ticker.tick()
        for _ in range(4):
            await stage.later(hours=8)
            await stage.quiet()
        told = [message.text for message in stage.said("cs-team") if message.text.startswith("Audit at")]
        assert len(told) in {1, 2}, "a day and eight hours have one midnight or two"
        logged = [record.__dict__["head"] for record in caplog.records if "head" in record.__dict__]
        assert len(logged) == len(told)
        assert all(head in text for head, text in zip(logged, told, strict=True))
