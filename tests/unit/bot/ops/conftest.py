"""What every run of the command stands on: the settings of an operator, and a Slack."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.slack import SlackSandbox
from tests.support import operator

UNSET = (
    *("SLACK_APP_TOKEN", "STAFF_CHANNEL", "HANDOFF_URL", "PUBLIC_URL"),
    *("VAULT_ADDR", "VAULT_TOKEN", "WORKDAY_EXTRA_ORIGINS"),
)
"""What is set on this machine, say, and would change what is tried."""


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    operator.set_up(monkeypatch, tmp_path)
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackSandbox]:
    """A Slack in a thread of its own, as the command needs the main one; logging is put back afterwards."""
    loop = asyncio.new_event_loop()
    runner = threading.Thread(target=loop.run_forever)
    runner.start()
    built = SlackSandbox()
    asyncio.run_coroutine_threadsafe(built.start(), loop).result(10)
    monkeypatch.setenv("SLACK_API_URL", built.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", built.bot_token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", built.signing_secret)
    monkeypatch.setenv("PORT", "0")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield built
    root.handlers[:], root.level = handlers, level
    asyncio.run_coroutine_threadsafe(built.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    runner.join(10)
    loop.close()
