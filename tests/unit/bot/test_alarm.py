"""A Slack that is lost turns the app not ready, and its people hear of it without Slack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.alarm import Reach
from bot.app import Spans
from flows.link.effects import TellStaff
from sandbox.slack.waiting import until
from storage.outbox import errands
from tests.support.news import NEWS_SECRET, Desk, desk
from tests.support.stage import Stage, staged

SILENCE = timedelta(seconds=0.2)


@pytest.fixture
async def news() -> AsyncIterator[Desk]:
    async with desk() as built:
        yield built


@pytest.fixture
async def stage(tmp_path: Path, news: Desk) -> AsyncIterator[Stage]:
    async with staged(tmp_path, notify_url=news.url, notify_signing_secret=SecretStr(NEWS_SECRET)) as built:
        await built.stop()
        built.spans = Spans(silence=SILENCE)
        await built.start()
        yield built


async def a_minute(stage: Stage) -> None:
    await asyncio.sleep(SILENCE.total_seconds() * 1.2)
    await stage.app.ticker._scheduler.get_job("watch").func()  # noqa: SLF001  a minute is long for a test


async def is_ready(stage: Stage) -> bool:
    url = f"http://127.0.0.1:{stage.app.port}"
    async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        ready = answer.status == 200
        async with session.get(f"{url}/metrics") as metrics:
            line = f'linkworkday_problem{{part="slack"}} {0 if ready else 1}.0'
            assert line in await metrics.text()
    return ready


async def test_a_dead_token_of_which_no_event_came_is_told_by_log_readiness_and_news(
    stage: Stage, news: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await a_minute(stage)
    assert await is_ready(stage)
    assert news.taken == []
    stage.slack.core.revoked = True
    await a_minute(stage)
    assert not await is_ready(stage)
    assert news.types == ["app.trouble"]
    assert "account_inactive" in news.taken[0][1]["data"]["problems"]["slack"]
    assert any(record.levelno == logging.ERROR and record.message == "not ready" for record in caplog.records)
    await a_minute(stage)
    assert news.types == ["app.trouble"], "once"
    stage.slack.core.revoked = False
    await a_minute(stage)
    assert await is_ready(stage)
    assert news.types == ["app.trouble", "app.recovered"]


async def test_many_installs_are_not_asked_one_after_another(stage: Stage) -> None:
    """A Slack that hangs takes ten seconds for each, and somebody is to be told within minutes."""
    speaker, reach = stage.app.worlds.all[0].speaker, Reach(silence=timedelta())
    stage.slack.faults.next("auth.test", delay=8, times=9)
    asking = asyncio.create_task(reach.ask(*[speaker] * 9))
    await until(lambda: len(stage.slack.faults.happened) >= 9 or None, 5, lambda: "they wait for each other")
    asking.cancel()


async def test_what_was_not_taken_is_told_again_under_the_same_id(
    stage: Stage, news: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    stage.slack.core.revoked, news.is_open = True, False
    await a_minute(stage)
    await a_minute(stage)
    assert len(news.refused) == 2
    news.is_open = True
    await a_minute(stage)
    assert {news.taken[0][0]} == set(news.refused)
    assert "http_503" in caplog.text or any(getattr(one, "why", "") == "http_503" for one in caplog.records)
    assert "news-token" not in caplog.text
    stage.slack.core.revoked = False


async def test_a_notice_that_slack_refuses_is_brought_there(stage: Stage, news: Desk) -> None:
    await stage.begin()
    await stage.quiet()
    stage.slack.core.revoked = True
    notice, link_id = TellStaff(key="staff.thawed"), stage.link.id
    stage.app.database.run_sync(lambda session: errands.enqueue(session, link_id, (notice,), stage.clock()))
    stage.app.courier.kick()

    def told() -> str | None:
        texts = [str(body["data"]["text"]) for _, body in news.taken if body["type"] == "notice.staff"]
        return texts[0] if texts else None

    assert "Every link goes on" in await until(told, 10, lambda: f"it has {news.taken}")
    stage.slack.core.revoked = False


async def test_a_silent_slack_is_none_that_refuses_one_thing() -> None:
    reach = Reach(silence=SILENCE)
    for code, is_good in (("", True), ("channel_not_found", True), ("ratelimited", True), ("no_answer", False)):
        await asyncio.sleep(SILENCE.total_seconds() * 1.2)
        assert reach.trouble
        reach.heard(code)
        assert bool(reach.trouble) is not is_good, code
    assert "no_answer" in reach.trouble


async def test_a_quiet_day_is_asked_about_and_a_busy_one_is_not(stage: Stage) -> None:
    def asked() -> int:
        return len([call for call in stage.slack.calls if call.method == "auth.test"])

    before = asked()
    await a_minute(stage)
    assert asked() == before + 1
    await stage.app.ticker._scheduler.get_job("watch").func()  # noqa: SLF001
    assert asked() == before + 1
