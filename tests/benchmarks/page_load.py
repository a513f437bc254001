"""How soon the sandbox's page is there, in a browser, beside a bare page of as many bytes; asserts nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from playwright.async_api import Page, async_playwright

from sandbox.page.server import STATIC, PageServer
from tests.benchmarks.ratios import Row

ROUNDS = 4
WEIGHT = sum(file.stat().st_size for file in STATIC.iterdir())


async def loads(*, short: bool) -> AsyncIterator[Row]:
    """Open both pages in turn, in a world in which a link has been made; without a browser there is no row."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return
    async with _bare() as bare, PageServer(spare=False) as server, async_playwright() as playwright:
        server.director.play.pace = 0
        await server.director.begin_story("first-link")
        await server.director.play.done()
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page()
        await _opened(page, server.origin)  # the first one warms the browser, too
        rounds = [(await _opened(page, bare), await _opened(page, server.origin)) for _ in range(ROUNDS // (1 + short))]
        await browser.close()
    yield Row(
        name="the sandbox's page is there",
        floor="a bare page of as many bytes",
        unit="ms",
        goal=4,
        rounds=tuple(rounds),
    )


async def _opened(page: Page, address: str) -> float:
    """Return the milliseconds until a page says that all is there."""
    began = time.perf_counter()
    await page.goto(address)
    await page.wait_for_selector("body[data-ready]")
    return 1000 * (time.perf_counter() - began)


@asynccontextmanager
async def _bare() -> AsyncIterator[str]:
    """Serve a page of one paragraph; gives its address."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=f"<body data-ready><p>{'x ' * (WEIGHT // 2)}", content_type="text/html")

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
