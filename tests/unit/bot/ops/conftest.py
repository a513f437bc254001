"""What every run of the command stands on: the settings of an operator, and a Slack."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.slack import SlackSandbox
from storage.credentials.keyring import new_key


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0" * 32)
    monkeypatch.setenv("CREDENTIAL_KEYS", new_key("k1"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    unset = ("SLACK_APP_TOKEN", "STAFF_CHANNEL", "VAULT_ADDR", "VAULT_TOKEN", "WORKDAY_EXTRA_ORIGINS")
    for name in unset:
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
