"""Reading the numbers holds up nobody who presses, and is answered when the database is too slow to count."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from bot.web import gauges
from storage.database.workers import CLOCK
from tests.support.stage import staged


async def test_counting_lets_people_go_first_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path) as stage, aiohttp.ClientSession() as session:
        waited: list[float] = []
        stage.app.ticker._scheduler.pause()  # noqa: SLF001  it waits as patiently
        stage.app.database.on_wait(lambda patience, _seconds: waited.append(patience))
        url = f"http://127.0.0.1:{stage.app.port}/metrics"
        async with session.get(url) as answer:
            assert "linkworkday_links" in await answer.text()
        assert CLOCK in waited
        monkeypatch.setattr(gauges, "COUNTING_SECONDS", 0)
        async with session.get(url) as answer:
            assert answer.status == 200
            assert "linkworkday_links" in await answer.text()
        assert "the metrics are old" in caplog.text
