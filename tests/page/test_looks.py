"""What everybody needs who looks at the page: read aloud, axe, the keyboard, little to load, and what goes on behind.

What a screen reader says of every view is kept as text to read: headings, names, states.
"""

from __future__ import annotations

import os
import re
from difflib import unified_diff
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, Response, expect

from sandbox.acme import PASSWORD
from sandbox.page.screen import Screen
from sandbox.page.server import PageServer

expect.set_options(timeout=60_000)
pytestmark = pytest.mark.asyncio(loop_scope="session")

KEPT = Path(__file__).with_name("read_aloud.txt")
AXE = """async (place) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document.querySelector(place), { runOnly: { type: "tag", values: tags } });
    const told = (rule, node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`;
    return violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node)));
}"""
SAID_ELSEWHERE = re.compile(
    r"^ *- (?:text|paragraph|listitem|code|strong|emphasis|cell|/url)\b(?!.*:$).*\n", re.MULTILINE
)
"""Sentences of the app, which are kept with its cards and would only be kept twice here."""
IN_ONE_LINE = re.compile(r'^( *- article "[^"]*"): .*\n', re.MULTILINE)
MOMENTS = (
    (re.compile(r"\d\d:\d\d(:\d\d)?"), "hh:mm"),
    (re.compile(r"\b[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4}"), "Day dd Mon yyyy"),
    (re.compile(r"\b\d\d? [A-Z][a-z]{2}( \d{4})?\b"), "dd Mon"),
)

FIRST_ROW = {"tape": ".tape li", "coach": ".turns > li"}
"""Of lists of what happened the first row, as the others are alike."""


def plain(snapshot: str) -> str:
    """Leave of what is read aloud what the page itself says."""
    for moment, words in MOMENTS:
        snapshot = moment.sub(words, snapshot)
    return SAID_ELSEWHERE.sub("", IN_ONE_LINE.sub(r"\1\n", snapshot + "\n")).rstrip()


async def test_every_view_is_read_aloud_as_kept_and_axe_finds_nothing(page: Page, linked: PageServer) -> None:
    """`READ_ALOUD=keep` keeps what is said now; axe looks at each view in light and in dark."""
    left, right, side = page.locator("#left"), page.locator("#right"), page.locator("#side")
    said: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    await page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))

    async def listen(view: str, *heard: Locator) -> None:
        said[view] = "\n".join([plain(await one.aria_snapshot()) for one in heard])

    async def look(view: str, place: str = "html") -> None:
        for theme in ("light", "dark"):
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            faults = await page.evaluate(AXE, place)
            if faults:
                found[f"{view}, {theme}"] = faults

    await expect(right).to_contain_text("Workday is linked")
    await listen("Top, and the story that has just ended", page.locator("#top"), page.locator("#story"))
    await listen("What stands at the side", side.locator("nav"))
    await listen("Staff", left)
    await listen("The customer's admin", right)
    for key, (words, _) in Screen(linked.director).tabs.items():
        await side.locator("nav").get_by_role("button", name=words).click()
        await expect(side.locator(f".panel-{key}")).to_be_visible()
        await listen(words, side.locator(FIRST_ROW.get(key, f".panel-{key}")).first)
        await look(words, "html" if key == "workday" else "#side")
    await side.locator("nav").get_by_role("button", name="Workday").click()
    await page.get_by_label("Search Workday").fill("Create Integration System User")
    await side.get_by_role("button", name="OK").click()
    await side.get_by_role("alert").wait_for()
    await listen("A task of Workday and what is wrong in it", side.locator(".task"))
    await left.get_by_role("button", name="Home").click()
    await right.get_by_role("button", name="Link another environment").first.click()
    form = right.get_by_role("dialog")
    await form.wait_for()
    await listen("The Home tab, and a form", left, form)
    await look("a task, the Home tab and a form")
    await page.set_viewport_size({"width": 390, "height": 800})
    customer = page.locator("nav.views").get_by_role("button", name="Customer")
    await customer.click()
    await listen("A narrow window", page.locator("nav.views"))
    await look("a narrow window")
    await page.keyboard.press("Escape")
    await form.wait_for(state="detached")
    await expect(customer).to_be_focused()

    assert not found, found
    text = "\n\n".join(f"=== {view} ===\n\n{what}" for view, what in said.items()) + "\n"
    if os.environ.get("READ_ALOUD") == "keep":
        KEPT.write_text(text, encoding="utf-8")
    kept = KEPT.read_text("utf-8")
    changed = "\n".join(unified_diff(kept.splitlines(), text.splitlines(), "as kept", "as said now", lineterm=""))
    assert not changed, changed


async def test_little_is_loaded_before_the_page_is_there(page: Page, linked: PageServer) -> None:
    """So it is there in less than a second everywhere: `make bench` measures how soon."""
    answers: list[Response] = []
    frames: list[str | bytes] = []
    # Playwright hangs something on what it calls, which a bound method of a list does not take.
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: frames.append(frame)))  # noqa: PLW0108
    await page.goto(linked.origin)
    await page.wait_for_selector("body[data-ready]")
    assert sorted(urlsplit(answer.url).path for answer in answers) == ["/", "/morph.js", "/page.css", "/page.js"]
    assert sum([len(await answer.body()) for answer in answers]) < 32_000
    assert len(frames[0]) < 100_000, "the first frame shows everything"


async def test_what_goes_on_behind_it_is_told_but_no_secret(page: Page, linked: PageServer) -> None:
    side = page.locator("#side")
    await side.get_by_role("button", name="Tape").click()
    await side.get_by_label("Filter the tape").fill("view_submission isu")
    await expect(side.locator(".tape li")).to_have_count(1)
    assert "••••" in await side.inner_html()
    await side.get_by_label("Filter the tape").fill("Get_Workers")
    await expect(side.locator(".tape li").first).to_contain_text("app → Workday")
    assert PASSWORD not in "".join(line.content for line in linked.director.tape.everything())
    await side.get_by_role("button", name="Coach").click()
    await expect(side.locator(".turns")).to_contain_text("flows/transitions/checks/results.py")
    await expect(side.locator(".turns")).to_contain_text("Show(parent)")

    before = linked.ground.now()
    await page.get_by_role("button", name="Next due").click()
    await expect(page.locator("#story")).to_contain_text("woke")
    await expect(page.locator("#story")).to_contain_text("checkfinished")
    assert linked.ground.now() > before
    await page.get_by_role("button", name="Next working day").click()
    await expect(page.locator("#story")).to_contain_text(re.compile("1[45]:00 UTC"))
    assert linked.ground.now().weekday() < 5


async def test_a_form_by_keyboard_alone_in_german(page: Page, fresh: PageServer) -> None:
    await page.locator("#left").get_by_label("Language of this Slack").select_option("Deutsch")
    await page.locator("#left-say").focus()
    await page.keyboard.type("/link-workday")
    await page.keyboard.press("Enter")
    form = page.locator("#left").get_by_role("dialog")
    await expect(form).to_contain_text("Workday-Umgebung")
    await page.wait_for_function("document.activeElement.closest('[role=dialog]')")
    await page.keyboard.press("Escape")
    await form.wait_for(state="detached")
    await expect(page.locator("#left-say")).to_be_focused()
    assert not fresh.ground.slack.core.views.stacks.get("U0SAM")
    await page.locator("#left").get_by_label("Language of this Slack").select_option("English")
