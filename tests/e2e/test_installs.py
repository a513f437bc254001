"""Several workspaces install the app: each is a world of its own, with a token that is sealed and renewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.link.state import Link, Step
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.slack.workspace import INSTALL_TEAM
from sandbox.workday import WorkdaySandbox
from tests.support.backdrop import CHANNEL, REST_URL, Clock
from tests.support.ports import free_port
from tests.support.stage import Stage
from tests.support.two_slacks import NORTH, TwoSlacks, two_slacks

ORG = "E0WINTRO"


@dataclass
class Both:
    """One app, two workspaces with people and channels of the same names."""

    door: TwoSlacks
    south: Stage
    north: Stage

    def link(self, team: str) -> Link:
        return next(link for link in self.south.links() if link.team_id == team)

    async def minute(self) -> None:
        """Do what is done each minute for installs."""
        await self.south.app.ticker._scheduler.get_job("installs").func()  # noqa: SLF001  a minute is long for a test

    async def restart(self) -> None:
        await self.south.stop()
        await self.south.start()
        self.north._app = self.south.app  # noqa: SLF001  one app, two stages


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    clock, port = Clock(), free_port()
    async with (
        SlackSandbox(clock=clock.seconds) as first,
        SlackSandbox(clock=clock.seconds) as second,
        WorkdaySandbox(clock=clock.seconds) as workday,
        two_slacks(first, second) as door,
    ):
        door.serve(f"http://127.0.0.1:{port}")
        south, north = Stage(first, workday, clock, tmp_path), Stage(second, workday, clock, tmp_path)
        await south.start(
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            slack_bot_token=SecretStr(""),
            slack_api_url=f"{door.origin}/api/",
            slack_client_id=first.core.client_id,
            slack_client_secret=SecretStr(first.core.client_secret),
            slack_installs=f"{INSTALL_TEAM}, {NORTH}, {ORG}",
            vendor_name="Wintro",
        )
        built = Both(door, south, north)
        north._app = south.app  # noqa: SLF001  one app, two stages
        try:
            yield built
            assert not south.doubled() + north.doubled()
        finally:
            await south.stop()


async def test_each_workspace_is_a_world_of_its_own(both: Both) -> None:
    south, north = both.south, both.north
    assert not await south.sam.command("/link-workday", channel=south.channel)
    for stage in (south, north):
        status, page = await both.door.install(stage.slack)
        assert (status, "Installed" in page) == (200, True), page
    card = await south.begin()
    south.tenant()
    await north.to_isu()
    # The same customer, channel and people in both, and neither knows of the other.
    assert {link.team_id: link.customer for link in south.links()} == {INSTALL_TEAM: "Acme", NORTH: "Acme"}
    # A press on a card of one that comes for the other is nobody's.
    both.door.cross()
    await card.press("I can do this")
    await south.ada.whispered("I don't know this link")
    assert both.link(INSTALL_TEAM).step is Step.WELCOME
    both.door.serve(both.door.app)
    await card.press("I can do this")
    await south.ada.sees("Paste the URL")
    await north.enter()
    await north.ada.sees("I've exempted it", timeout=10)
    assert both.link(INSTALL_TEAM).step is Step.SERVICE_URL
    for core in (south.slack.core, north.slack.core):
        assert core.bot_token.encode() not in (south.folder / "link.db").read_bytes()

    # Taken out of one, it goes on in the other.
    north.slack.uninstall()
    await until(lambda: both.link(NORTH).frozen, 10, north.ada.screen)
    assert both.link(INSTALL_TEAM).frozen is None
    assert await south.app.health.problems() == {}
    assert (await south.paste()).closed
    await south.ada.sees("Enter user name and password", timeout=10)
    await both.minute()
    await both.restart()
    assert (await both.door.install(north.slack))[0] == 200
    await until(lambda: both.link(NORTH).frozen is None or None, 10, north.ada.screen)
    # Slack has taken it out of the channel, too, which its first post there shows.
    await north.sam.sees("Invite me to the channel", channel="dm", timeout=10)
    assert "Slack has taken my token away" not in north.sam.screen()
    north.slack.invite_bot(CHANNEL)
    # What Slack tells once more, or late, is about the install before.
    north.slack.tell_uninstalled()
    await north.slack.settled()
    await both.restart()
    await (await north.ada.sees("I've exempted it", timeout=10)).press("I've exempted it")
    await north.ada.sees("Group created")
    assert both.link(NORTH).frozen is None


async def test_a_token_is_renewed_in_time_and_outlives_a_restart(both: Both, tmp_path: Path) -> None:
    stage, core = both.south, both.south.slack.core
    core.rotates = True
    await both.door.install(stage.slack)
    card = await stage.begin()
    first = core.bot_token
    await both.minute()
    assert core.bot_token == first
    await stage.later(hours=10, minutes=30)
    await both.minute()
    assert core.bot_token != first
    core.older_tokens.clear()
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)
    await both.restart()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password", timeout=10)
    # What Slack does not renew is said in the log, and tried again.
    stage.slack.faults.next("oauth.v2.access", error="internal_error")
    newer = core.bot_token
    await stage.later(hours=11)
    await both.minute()
    assert core.bot_token == newer
    await stage.later(minutes=2)
    await both.minute()
    assert core.bot_token != newer
    # Slack answers a refresh token once: what cannot be saved then is kept, and saved as soon as that is possible.
    before = len(stage.slack.faults.happened)
    await stage.later(hours=11)
    stage.slack.faults.next("oauth.v2.access", delay=0.3)
    renewing = asyncio.create_task(both.minute())
    await until(lambda: len(stage.slack.faults.happened) > before or None, 5, stage.ada.screen)
    live, away = tmp_path / "link.db", tmp_path / "away.db"
    live.rename(away)
    await renewing
    away.rename(live)
    await both.minute()
    core.older_tokens.clear()
    await both.restart()
    await stage.enter()
    await stage.quiet()


async def test_a_token_that_is_renewed_no_more_is_told_of_in_time(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    stage, core = both.south, both.south.slack.core
    core.rotates = True
    await both.door.install(stage.slack)
    core.older_tokens.clear()
    core.rotates = False
    await both.door.install(both.north.slack)
    card = await stage.begin()

    async def troubles() -> set[object]:
        caplog.clear()
        await stage.app.ticker._scheduler.get_job("watch").func()  # noqa: SLF001  a minute is long for a test
        return {vars(record)["part"] for record in caplog.records if record.message == "not ready"}

    core.refresh_token = "lost"
    await stage.later(hours=10, minutes=15)
    await both.minute()
    await stage.quiet()
    assert "does not renew my token" not in stage.sam.screen(), "Slack may be away for a while"
    await stage.later(minutes=20)
    for _ in range(2):
        await both.minute()
        await stage.quiet()
    assert stage.sam.screen().count("does not renew my token") == 1
    assert "/slack/install" in stage.sam.screen()
    assert await troubles() == {f"install {INSTALL_TEAM}"}
    assert await stage.app.health.problems() == {}
    await stage.later(hours=2)
    await both.minute()
    await card.press("I can do this")
    await stage.ada.whispered("until I am installed again")
    told = await stage.sam.command("/link-workday", "status", channel=stage.channel)
    assert told
    assert "until I am installed again" in told.text
    # Installed anew, all goes on.
    await both.door.install(stage.slack)
    await both.minute()
    assert await troubles() == set()
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)


async def test_an_organisation_installs_it_as_a_whole(both: Both) -> None:
    stage = both.south
    stage.slack.world.teams[INSTALL_TEAM].enterprise_id = ORG
    stage.slack.core.is_org_wide = True
    status, page = await both.door.install(stage.slack)
    assert (status, "in the workspaces that an admin" in page, "works in this workspace" in page) == (200, True, False)
    card = await stage.begin()
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL")
    await stage.ada.says(f"<{REST_URL}>", card)
    await stage.becomes(lambda link: link.step is Step.ISU)
    assert (stage.link.team_id, stage.link.owner.team_id) == (ORG, ORG)
    told = await stage.kim.command("/link-workday", "status", channel=stage.channel)
    assert "Acme" in str(told)


async def test_only_who_is_on_the_list_installs_it_and_each_page_once(both: Both) -> None:
    slack = both.south.slack
    assert (await both.door.install(slack, cookie=False))[0] == 400
    slack.faults.next("oauth.v2.access", error="invalid_code")
    status, page = await both.door.install(slack)
    assert (status, "did not confirm" in page) == (401, True), page
    slack.world.teams[INSTALL_TEAM].enterprise_id = "E0STRANGE"
    slack.core.is_org_wide = True
    status, page = await both.door.install(slack)
    assert (status, "not on the list" in page) == (403, True), page
    assert slack.core.revoked
    assert not await both.south.sam.command("/link-workday", channel=both.south.channel)
