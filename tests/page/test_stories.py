"""Every pitfall's story, and those of the app's own life: each trouble is read on the page, and mended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from sandbox.page.ground.hand import ISU
from sandbox.page.insight.coach import turns
from sandbox.page.server import PageServer
from sandbox.page.stories.book import STORIES, fall, get_out
from sandbox.page.stories.play import State
from sandbox.page.stories.walker import Walker
from sandbox.page.trouble.pitfalls import PITFALLS
from sandbox.page.trouble.switches import Stage, Switch, mend
from sandbox.slack.waiting import until

expect.set_options(timeout=60_000)
pytestmark = pytest.mark.asyncio(loop_scope="session")

AT_THE_FORM = {"another-tenants-name", "pasted-label"}
WORLDS = (
    (
        "peoples-page",
        "another-tenants-name",
        "pasted-label",
        "other-capitals",
        "another-environment",
        "rule-below-another",
        "rule-not-activated",
        "network-kept-out",
        "user-locked",
    ),
    (
        "report-address",
        "view-instead-of-get",
        "forgotten-activation",
        "other-activation",
        "not-in-the-group",
        "group-for-people",
        "area-switched-off",
        "copied-sandbox",
        "colleagues-change",
    ),
    (
        "other-versions",
        "service-window",
        "client-for-people",
        "persons-token",
        "scope-missing",
        "oauth-switched-off",
        "secret-not-copied",
        "segmented-leave",
    ),
)
"""Pitfalls that can be fallen into one after another in one world, as each comes before anything is green."""


def answers(server: PageServer) -> int:
    """Return the number of the newest answer of Workday in the link's history."""
    return max((turn.number for turn in turns(server.ground.database) if turn.event == "checkfinished"), default=0)


async def fall_again(server: PageServer, walker: Walker, switch: Switch, page: Page) -> None:
    """Fall into a pitfall, and see its words on the customer's screen once Workday has answered."""
    before = answers(server)
    await fall(walker, switch)
    if switch.slug not in AT_THE_FORM:
        await until(lambda: answers(server) > before or None, 20, lambda: f"no answer for {switch.slug}")
    await expect(page.locator("#right")).to_contain_text(switch.shows)


@pytest.mark.parametrize("slugs", WORLDS, ids=lambda slugs: slugs[0])
async def test_each_pitfall_is_named_on_the_page_and_the_last_is_mended(
    slugs: tuple[str, ...], page: Page, fresh: PageServer
) -> None:
    fresh.director.play.pace = 0
    switches = [PITFALLS[slug] for slug in slugs]
    walker = Walker(fresh.ground, fresh.director.play, needs_client=switches[-1].stage is Stage.CLIENT)
    await walker.to(switches[0].stage)
    for number, switch in enumerate(switches):
        if switch.stage is not walker.at:
            await walker.to(switch.stage)
        await fall_again(fresh, walker, switch, page)
        following = switches[number + 1 :]
        if following and following[0].stage is switch.stage:
            mend(fresh.ground, switch)
            if switch.stage is Stage.SIGN_ON:
                fresh.ground.pass_time(timedelta(minutes=31))
        else:
            await get_out(walker, switch)


async def test_every_pitfall_has_a_story_and_a_world() -> None:
    assert sorted(PITFALLS) == sorted(slug for slugs in WORLDS for slug in slugs)
    assert [one.number for one in PITFALLS.values()] == [f"P{number}" for number in range(1, 27)]
    assert PITFALLS.keys() < STORIES.keys()


async def test_a_shared_address_plays_its_story_and_can_be_taken_over(page: Page, server: PageServer) -> None:
    play, caption = server.director.play, page.locator(".caption")
    play.pace = 1000  # the first caption stands until somebody pauses, however slow this machine is
    await page.goto(f"{server.origin}/#story=password-reminder")
    await page.reload()
    await expect(caption).to_contain_text("/link-workday")
    await caption.get_by_role("button", name="Pause").click()
    await caption.get_by_role("button", name="Step").click()
    await expect(caption).to_contain_text("is asked in a thread")
    assert play.is_in(State.PAUSED)
    play.pace = 0
    await caption.get_by_role("button", name="Go on").click()
    await expect(caption).to_contain_text("The reminder is one line now")
    assert play.is_in(State.OVER)

    await page.goto(f"{server.origin}/#story=killed-half-way")
    await page.reload()
    await expect(caption).to_contain_text("the walk goes on")
    await page.get_by_label("Play a story").select_option("stumbling-slack")
    await expect(caption).to_contain_text("The next card is there, once")
    await caption.get_by_role("button", name="Close").click()
    await expect(caption).to_have_count(0)


async def test_a_link_without_a_password_plays_to_green(fresh: PageServer) -> None:
    fresh.director.play.pace = 0
    await STORIES["without-a-password"].script(fresh.ground, fresh.director.play)
    assert "No password was typed" in fresh.director.play.caption
    kinds = {kind for request in fresh.ground.workday.requests for kind in request.signed_by}
    assert kinds == {"assertion", "bearer"}


def is_locked(server: PageServer) -> bool:
    return server.ground.tenant.accounts.by_name[ISU].locked_by_admin


async def test_what_goes_wrong_is_one_click_there_and_one_back(page: Page, fresh: PageServer) -> None:
    ground = fresh.ground
    panels = page.get_by_label("Panels")
    await panels.get_by_role("button", name="What can go wrong").click()
    locked = page.get_by_role("button", name="The user is locked", exact=True)
    await locked.click()
    await expect(locked).to_have_attribute("aria-pressed", "true")
    assert is_locked(fresh)
    await locked.click()
    await expect(locked).to_have_attribute("aria-pressed", "false")
    assert not is_locked(fresh)

    await panels.get_by_role("button", name="Network").click()
    await page.get_by_role("button", name="Workday answers with a web page").click()
    await page.get_by_role("button", name="Workday is overloaded").click()
    await expect(page.get_by_role("button", name="Workday is overloaded")).to_have_attribute("aria-pressed", "true")
    assert ground.switched_on == {"workday-overload"}
    await page.get_by_role("button", name="Kill the app").click()
    await expect(page.locator(".state")).to_have_text("The app is not running.")
    await page.get_by_role("button", name="Start the app again").click()
    await expect(page.locator(".state")).to_have_text("")
