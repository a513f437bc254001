"""A Slack, and a Workday whose clock a test moves by hand, each with a client that asks it over real HTTP."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox
from tests.support.hand_clock import HandClock


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as running:
        yield running


@pytest.fixture
async def client(slack: SlackSandbox) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def workday(clock: HandClock) -> AsyncIterator[WorkdaySandbox]:
    async with WorkdaySandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """A client wants one although nothing here is encrypted; to make one takes longer than most of these tests."""
    return httpx.create_ssl_context(trust_env=False)


@pytest.fixture
async def http(workday: WorkdaySandbox, tls: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=workday.origin, verify=tls, trust_env=False, timeout=5) as client:
        yield client
