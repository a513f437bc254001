"""One browser with the sandbox's page for all tests, each in a new world; without one they are skipped, not in CI."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from sandbox.page.ground.world import World
from sandbox.page.server import PageServer
from sandbox.page.stories.play import State
from tests.support import forked
from tests.support.tools import program

WIDE = {"width": 1500, "height": 920}
LINKED: dict[str, World] = {}
PATIENCE = 60_000
"""Milliseconds, at most; a machine that is busy starts an app slowly."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = program("chromium", "chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"], timeout=2 * PATIENCE
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running() -> AsyncIterator[PageServer]:
    World.starts = forked.Child
    async with PageServer() as server:
        yield server


def is_new(running: PageServer) -> bool:
    """Return whether nothing was done in the world yet."""
    ground = running.ground
    return not (ground.slack.delivery.log or ground.workday.requests or ground.switched_on or not ground.is_running)


@pytest_asyncio.fixture(loop_scope="session")
async def server(running: PageServer) -> PageServer:
    """The page's server, with the world that the test before has left: a story begins one of its own."""
    if not running.director.play.is_in(State.OVER):
        running.director.play.stop()
    running.director.play.pace = 1.0
    running.director.tab = "workday"
    running.director.desk.clear()
    return running


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(server: PageServer) -> PageServer:
    """The same with a world in which nothing has happened."""
    server.director.play.stop()
    if not is_new(server):
        await server.director.afresh()
    return server


@pytest_asyncio.fixture(loop_scope="session")
async def linked(server: PageServer) -> PageServer:
    """The same with a world in which a link has just been made, without a slip."""
    server.director.play.pace = 0
    if server.ground.child.offset or LINKED.get("newest") is not server.ground.world:
        await server.director.begin_story("first-link")
        await server.director.play.done()
        LINKED["newest"] = server.ground.world
    return server


@pytest_asyncio.fixture(loop_scope="session")
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
    await opened.close()
    assert not complaints
    assert not [url for url in strangers if not url.startswith("data:")]
