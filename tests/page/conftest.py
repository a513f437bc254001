"""A browser, and the page of the sandbox in it; without a browser these tests are skipped, but not where CI is set."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from sandbox.page.server import PageServer

WIDE = {"width": 1500, "height": 920}
PATIENCE = 15_000
"""Milliseconds; the app starts with the page, on a machine that may be busy."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        assert "CI" not in os.environ, "chromium is not installed"
        pytest.skip("chromium is not installed")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture
async def server() -> AsyncIterator[PageServer]:
    async with PageServer(spare=False) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, server: PageServer) -> AsyncIterator[Page]:
    """The page as it was opened; whatever its scripts complain about, or ask other machines for, fails the test."""
    opened = await browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
    opened.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    strangers: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: strangers.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
    await opened.goto(server.origin)
    await opened.wait_for_selector("body[data-ready]")
    yield opened
    assert not complaints
    assert not [url for url in strangers if not url.startswith("data:")]
