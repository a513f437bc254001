"""The app as a process of its own: killed at the worst moment, told to end, and on PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.slack import client
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from tests.support.backdrop import HOST, ISU, PASSWORD, TENANT, Clock
from tests.support.forked import Child
from tests.support.stage import Stage, staged


@asynccontextmanager
async def alone(folder: Path, **more: str) -> AsyncIterator[tuple[Stage, Child]]:
    """A stage whose app is a child process; nothing of it can be touched but by its doors."""
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        child = Child(folder, slack, workday, {HOST: TENANT}, **more)
        await child.start()
        try:
            yield Stage(slack, workday, clock, folder), child
        finally:
            await child.kill()


def once(stage: Stage, text: str) -> bool:
    return len([message for message in stage.said() if text in message.text]) == 1


async def test_killed_in_the_middle_of_posting(tmp_path: Path) -> None:
    async with alone(tmp_path) as (stage, child):
        card = await stage.begin()
        stage.slack.faults.next("chat.postMessage", delay=0.2, performed=True, timeout=True)
        stage.slack.faults.timeout_seconds = 5
        pressed = asyncio.create_task(card.press("I can do this"))
        await stage.ada.sees("Paste the URL")
        await child.kill()
        await asyncio.gather(pressed, return_exceptions=True)
        await child.start()
        assert (await stage.paste()).closed
        await stage.ada.sees("Enter user name and password", timeout=10)
        assert once(stage, "✓ Service URL")
        assert not stage.doubled()
        assert await child.stop() == 0


async def test_killed_before_anything_was_posted(tmp_path: Path) -> None:
    async with alone(tmp_path) as (stage, child):
        card = await stage.begin()
        stage.slack.faults.next("chat.postMessage", http=500, delay=0.5)
        await card.press("I can do this")
        await until(lambda: stage.slack.faults.happened or None, 5, lambda: "no post was tried")
        await child.kill()
        await child.start()
        await stage.ada.sees("Paste the URL", timeout=10)
        assert (await stage.paste()).closed
        await stage.ada.sees("Enter user name and password", timeout=10)
        assert not stage.doubled()


async def test_killed_during_a_check_of_a_password(tmp_path: Path) -> None:
    async with alone(tmp_path) as (stage, child):
        tenant = stage.tenant()
        await stage.to_isu()
        stage.workday.delay = 5
        await stage.enter()
        await stage.ada.sees("Checking with Workday")
        await asyncio.sleep(0.3)
        await child.kill()
        stage.workday.delay = 0
        await child.start()
        card = await stage.ada.sees("interrupted on our side", timeout=10)
        await card.press("Check again")
        await stage.ada.sees("I've exempted it", timeout=10)
        assert tenant.logins(ISU).bad == 0
        assert await child.stop() == 0
        assert PASSWORD not in child.log.read_text()


async def test_being_told_to_end_finishes_what_is_on_its_way(tmp_path: Path) -> None:
    async with alone(tmp_path) as (stage, child):
        card = await stage.begin()
        stage.slack.faults.next("chat.postMessage", delay=0.5)
        await card.press("I can do this")
        assert await child.stop() == 0
        assert "stopped" in child.end_of_log()
        await child.start()
        await stage.ada.sees("Paste the URL")
        assert not stage.doubled()
        assert not [call for call in stage.slack.calls if call.method.startswith("conversations.re")]


async def test_being_told_to_end_while_workday_and_slack_are_slow(tmp_path: Path) -> None:
    """Within ten seconds, and the next one gives the button back at once: no password is sent by itself again."""
    async with alone(tmp_path) as (stage, child):
        tenant = stage.tenant()
        await stage.to_isu()
        stage.workday.delay = 30
        await stage.enter()
        await stage.ada.sees("Checking with Workday")
        await asyncio.sleep(0.3)
        stage.slack.faults.next("chat.update", delay=30, times=3)
        await stage.ada.says("how long does it take?", thread=stage.said()[0])
        began = time.monotonic()
        assert await child.stop() == 0
        assert time.monotonic() - began < 10
        stage.slack.faults.stop()
        stage.workday.delay = 0
        await child.start()
        card = await stage.ada.sees("interrupted on our side", timeout=10)
        await card.press("Check again")
        await stage.ada.sees("I've exempted it", timeout=10)
        assert tenant.logins(ISU).bad == 0
        assert not stage.doubled()


async def test_a_whole_link_over_socket_mode_with_reconnects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PING_SECONDS", 0.1)
    # Nobody is there: Slack's own library would go that way.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with staged(tmp_path, is_socket=True) as stage:
        sockets, asked = stage.slack.delivery.sockets, stage.slack.calls
        tenant = stage.tenant()
        await stage.to_isu()
        # These addresses are over before anybody connects there: only another one leads back.
        stage.slack.let_tickets_die(2)
        await stage.slack.disconnect_sockets()
        await until(lambda: sockets or None, 10, lambda: "it did not come back")
        await stage.enter()
        await stage.finish(tenant)
        assert await stage.app.health.problems() == {}

        def addresses() -> int:
            return sum(call.method == "apps.connections.open" for call in asked)

        before = addresses()
        await stage.slack.disconnect_sockets()
        await until(lambda: sockets or None, 10, lambda: "it did not come back again")
        await asyncio.sleep(0.3)
        assert addresses() == before + 1, "Slack tells of one end twice"
        stage.slack.too_many_sockets = True
        await stage.slack.disconnect_sockets("too_many_websockets")
        # The first one, at the start, was asked for by ourselves.
        most = 1 + client.SOCKETS_A_MINUTE
        await until(lambda: addresses() == most or None, 10, lambda: f"{addresses()} addresses")
        await asyncio.sleep(0.2)
        assert addresses() == most


async def test_two_replicas_share_one_postgresql(tmp_path: Path, postgres: Callable[[], str]) -> None:
    url = postgres()
    async with staged(tmp_path, database_url=url) as stage:
        first = stage.app
        second = await stage.start()
        try:
            await stage.to_linked()
            assert not stage.doubled()
            assert len(stage.said()) == 1 + len(stage.link.cards)
        finally:
            await first.stop()
        assert await second.health.problems() == {}
