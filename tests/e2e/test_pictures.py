"""The drawings of Workday's pages: a button shows them, the app serves them, and nothing depends on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.ports import free_port
from tests.support.stage import Stage, staged

TITLE = "The pages in Workday"


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Stage]:
    port = free_port()
    async with staged(tmp_path, port=port, public_url=f"http://127.0.0.1:{port}") as built:
        yield built


async def test_a_step_shows_its_pages_and_the_app_serves_them(pages: Stage) -> None:
    card = await pages.to_isu()
    await card.press("Show the pages")
    modal = await pages.ada.modal(TITLE)
    images = [block for block in modal.view.spec["blocks"] if block["type"] == "image"]
    assert [image["alt_text"].partition(":")[0] for image in images] == ["The form Create Integration System User"]
    async with aiohttp.ClientSession() as browser:
        for image in images:
            async with browser.get(image["image_url"]) as answer:
                assert answer.status == 200
                assert answer.content_type == "image/png"
                assert len(await answer.read()) < 100_000, "light enough for a phone"
        for name in ("nothing", "..%2f..%2fsettings", "isu.png"):
            async with browser.get(f"{images[0]['image_url'].rpartition('/')[0]}/{name}.png") as answer:
                assert answer.status == 404


async def test_a_picture_that_slack_cannot_fetch_becomes_a_link(pages: Stage) -> None:
    pages.slack.unreachable_images = lambda _url: True
    card = await pages.to_isu()
    await card.press("Show the pages")
    modal = await pages.ada.modal(TITLE)
    assert all(block["type"] != "image" for block in modal.view.spec["blocks"])
    assert "/pictures/isu.png" in str(modal.view.spec["blocks"])


async def test_where_nobody_serves_pictures_no_button_offers_them(stage: Stage) -> None:
    card = await stage.to_isu()
    assert "Show the pages" not in card.buttons


async def test_a_vendor_shows_pictures_of_its_own(tmp_path: Path) -> None:
    async with staged(tmp_path, pictures_url="https://vendor.example/workday") as built:
        card = await built.to_isu()
        await card.press("Show the pages")
        modal = await built.ada.modal(TITLE)
        assert "https://vendor.example/workday/isu.png" in str(modal.view.spec["blocks"])
