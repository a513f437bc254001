"""Takes pictures of the sandbox's page for README and docs: plays a story to its moment and photographs it."""

from __future__ import annotations

import asyncio
import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from sandbox.page.director import Director
from sandbox.page.server import PageServer
from sandbox.page.stories.book import fall
from sandbox.page.stories.walker import Walker
from sandbox.page.trouble.pitfalls import PITFALLS
from sandbox.page.trouble.switches import Stage

COLOURS = 128
PATIENCE = 120_000
SIZE = {"width": 1440, "height": 900}


async def main(folder: Path) -> None:
    """Write every picture into `folder`, which is there, over the older ones."""
    async with PageServer(spare=False) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(viewport=SIZE, color_scheme="light")  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE)
        await page.goto(server.origin)
        await _play(server.director, page, folder)
        await browser.close()


async def _play(director: Director, page: Page, folder: Path) -> None:
    walker = Walker(director.ground, director.play)
    director.play.pace = 0
    await walker.to(Stage.SIGN_ON)
    director.desk.open("Create Integration System User")
    director.desk.right()
    await _take(page, folder / "sandbox.png")
    director.desk.clear()
    director.tab = "pitfalls"
    await walker.to(Stage.ACTIVATION)
    switch = PITFALLS["forgotten-activation"]
    director.play.begin(switch.slug, f"{switch.number} · {switch.title}", lambda: fall(walker, switch))
    await director.play.done()
    await _take(page, folder / "pitfall.png")
    director.play.stop()
    director.tab = "coach"
    await page.emulate_media(color_scheme="dark")
    await _take(page, folder / "coach.png")


async def _take(page: Page, file: Path) -> None:
    await page.wait_for_timeout(1500)
    shot = Image.open(BytesIO(await page.screenshot()))
    shot.quantize(COLOURS).save(file, optimize=True)
    print(file)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1])))
