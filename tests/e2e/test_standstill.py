"""A database that is restarted, a pool that is used up, a process that stands still, sockets that come and go."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Semaphore

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import Session

from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import AppSilent, until
from sandbox.workday import WorkdaySandbox
from storage.database.address import read_url
from storage.database.workers import CLOCK, patient
from tests.support.backdrop import HOST, TENANT, Clock
from tests.support.forked import Child
from tests.support.stage import Stage, staged


def hold(session: Session, ends: Semaphore) -> None:
    """Keep a connection until it may end."""
    session.connection().execute(text("SELECT 1"))
    assert ends.acquire(timeout=60)


async def test_a_database_that_is_restarted_costs_one_press_at_most(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    url = postgres()
    plain = read_url(url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = read_url(url).database
    async with staged(tmp_path, database_url=url) as stage:
        card = await stage.begin()
        await stage.quiet()
        with psycopg.connect(plain, autocommit=True) as admin:

            def let_in(*, is_up: bool) -> None:
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(is_up).lower()}'.encode())
                if not is_up:
                    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

            let_in(is_up=False)
            assert "database" in await stage.app.health.problems()
            await card.press("I can do this")
            assert "has not got through" in stage.ada.whispers[-1].text
            await stage.app.ticker.tick()
            assert stage.app.ticker.trouble
            let_in(is_up=True)
        await stage.app.ticker.tick()
        assert await stage.app.health.problems() == {}
        await card.press("I can do this")
        await stage.ada.sees("Paste the URL", timeout=30)


async def test_people_go_first_when_the_pool_is_used_up(tmp_path: Path, postgres: Callable[[], str]) -> None:
    async with staged(tmp_path, database_url=postgres()) as stage:
        card = await stage.begin()
        await stage.quiet()
        ends = Semaphore(0)
        with patient(CLOCK):
            busy = [asyncio.create_task(stage.app.database.run(lambda session: hold(session, ends))) for _ in range(64)]
        press = asyncio.create_task(card.press("I can do this"))
        ended = 0
        while not press.done():
            await asyncio.sleep(0.1)
            ends.release()
            ended += 1
        # A press waits for the first to end and no longer.
        assert ended < 32, f"{ended} had to end first"
        ends.release(len(busy))
        await asyncio.gather(*busy, press)
        await stage.ada.sees("Paste the URL", timeout=10)


async def test_a_process_that_stands_still_for_a_minute_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        child = Child(tmp_path, slack, workday, {HOST: TENANT})
        await child.start()
        stage = Stage(slack, workday, clock, tmp_path)
        try:
            card = await stage.begin()
            assert child.pid
            slack.faults.next("chat.postMessage", lose_answer=True)
            await card.press("I can do this")
            await until(lambda: [call for call in slack.calls if call.lost] or None, 10, stage.ada.screen)
            # In the middle of sending: what it has in hand is past its lease when it wakes, and stands in Slack.
            os.kill(child.pid, signal.SIGSTOP)
            slack.ack_seconds = 0.5
            with pytest.raises(AppSilent):
                await stage.sam.command("/link-workday", "status", channel=stage.channel)
            clock.offset += timedelta(seconds=61)
            child.pass_time(timedelta(seconds=61))
            os.kill(child.pid, signal.SIGCONT)
            slack.ack_seconds = 3.0
            await stage.ada.sees("Paste the URL", timeout=10)
            assert (await stage.paste()).closed
            await stage.ada.sees("Enter user name and password", timeout=10)
            assert not stage.doubled()
            assert await child.stop() == 0
        finally:
            await child.kill()


async def test_slack_may_use_any_of_several_sockets(tmp_path: Path, postgres: Callable[[], str]) -> None:
    url = postgres()
    async with staged(tmp_path, is_socket=True, database_url=url) as stage:
        first = stage.app
        await stage.start(slack_app_token=SecretStr(stage.slack.app_token))
        sockets = stage.slack.delivery.sockets
        try:
            assert len(sockets) == 2
            card = await stage.begin()
            sockets.reverse()
            await card.press("I can do this")
            await stage.ada.sees("Paste the URL")
            sockets.reverse()
            assert (await stage.paste()).closed
            await stage.ada.sees("Enter user name and password", timeout=10)
            assert not stage.doubled()
        finally:
            await first.stop()
        await until(lambda: len(sockets) == 1 or None, 10, lambda: f"{len(sockets)} sockets")
        assert await stage.sam.command("/link-workday", "status", channel=stage.channel)
