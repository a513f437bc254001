"""Enterprise Grid: one person comes under several ids of their organisation, and keeps the same rights."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.slack.guests import KNOWN_FOR
from flows.link.state import Status, Step
from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox
from tests.support.backdrop import CHANNEL, REST_URL, Clock
from tests.support.stage import Stage

OURS = {"command": "T0WINTRO", "press": "T0WINTRO2", "form": "E0WINTRO", "message": "E0WINTRO", "look_up": "E0WINTRO"}
THEIRS = {"press": "T0ACME", "form": "E0ACME", "message": "T0ACME2", "look_up": "T0ACME"}


@pytest.fixture
async def grid(tmp_path: Path) -> AsyncIterator[Stage]:
    """Both sides have several workspaces, and Slack names their people now by this id, now by that."""
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        for team, people, ids in (("WINTRO", ("U0SAM", "U0KIM"), OURS), ("ACME", ("U0ADA", "U0COL"), THEIRS)):
            slack.world.teams[f"T0{team}"].enterprise_id = f"E0{team}"
            for user in people:
                slack.world.users[user].comes_as = dict(ids)
                slack.world.users[user].also_in = (f"T0{team}2",)
        stage = Stage(slack, workday, clock, tmp_path)
        await stage.start()
        try:
            yield stage
            stage.check()
        finally:
            await stage.stop()


async def test_both_sides_walk_the_whole_way(grid: Stage) -> None:
    await grid.to_linked()
    assert grid.link.status is Status.LINKED
    assert grid.link.owner.team_id == "T0WINTRO"
    assert grid.link.admin
    assert grid.link.admin.team_id == "E0ACME"


async def test_whoever_presses_start_is_known_in_the_thread_and_on_a_form(grid: Stage) -> None:
    card = await grid.begin(admin="")
    await card.press("I can do this")
    await grid.ada.sees("Paste the URL")
    await grid.ada.says(f"<{REST_URL}>", card)
    await grid.becomes(lambda link: link.step is Step.ISU)


async def test_staff_keep_their_rights_however_slack_names_them(grid: Stage) -> None:
    await grid.to_isu()
    parent = grid.said()[0]
    await parent.choose("press.menu", "Pause", by=grid.kim)
    await grid.becomes(lambda link: link.status is Status.PAUSED)
    told = await grid.kim.command("/link-workday", "status", channel=CHANNEL)
    assert "Acme" in str(told)


async def test_a_customer_joins_a_grid_in_the_middle_of_a_link(stage: Stage) -> None:
    await stage.to_isu()
    stage.tenant()
    world = stage.slack.world
    world.teams["T0ACME"].enterprise_id = "E0ACME"
    world.users["U0ADA"].comes_as, world.users["U0ADA"].also_in = dict(THEIRS), ("T0ACME2",)
    stage.clock.offset += KNOWN_FOR
    card = await stage.ada.sees("Enter user name and password")
    await card.press("Enter user name and password")
    await stage.ada.whispered("Please press again")
    await stage.becomes(lambda link: link.admin and link.admin.team_id == "E0ACME")
    await stage.enter()
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_a_colleague_from_another_workspace_is_told_whose_move_it_is(grid: Stage) -> None:
    grid.slack.world.users["U0COL"].comes_as["press"] = "T0ACME2"
    card = await grid.to_service_url()
    await card.press("Paste the URL", by=grid.col)
    await grid.col.whispered("is doing this. Ask them to press")
    assert not grid.col.modals


async def test_what_cannot_be_known_is_said_at_the_field(grid: Stage) -> None:
    modal = await grid.open_start()
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@ada"})
    grid.clock.offset += KNOWN_FOR
    grid.slack.faults.next("users.info", error="internal_error")
    outcome = await modal.submit()
    assert "That did not work just now" in str(outcome.errors)
    assert (await modal.submit()).closed
    await grid.ada.sees("I can do this")


async def test_somebody_else_s_start_is_refused_at_the_field(grid: Stage) -> None:
    modal = await grid.open_start()
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@ada"})
    sam = grid.slack.world.users["U0SAM"]
    # Meanwhile Sam has left our workspace for another one of the organisation, whatever id still stands on his form.
    sam.team_id, sam.also_in = "T0WINTRO2", ()
    grid.slack.world.teams["T0WINTRO2"] = type(grid.slack.world.teams["T0WINTRO"])(
        "T0WINTRO2", "Wintro Two", "wintro-two", "E0WINTRO"
    )
    for shown_as in ("T0WINTRO2", "E0WINTRO", "T0WINTRO"):
        sam.comes_as = {"form": shown_as, "look_up": "E0WINTRO"}
        grid.clock.offset += KNOWN_FOR
        outcome = await modal.submit()
        assert "belongs to the team that runs the app" in str(outcome.errors), shown_as
    assert not grid.said()
    # Kim is in both workspaces and comes under the organisation's id, too.
    kims = await grid.open_start(grid.kim)
    await kims.fill({"Permission profile": "Recruiting", "Workday admin": "@ada"})
    assert (await kims.submit()).closed
    await grid.ada.sees("I can do this")
