"""People whose rights end while something of theirs is still open: what counts is who they are when it is sent."""

from __future__ import annotations

import json
import re
from pathlib import Path

import aiohttp

from flows.link.state import Status, Step
from storage import audit_log as audit
from tests.support.backdrop import CHANNEL, ISU, PASSWORD
from tests.support.ports import free_port
from tests.support.stage import Stage, staged

ENTER = "Enter user name and password"


async def test_whoever_is_demoted_to_a_guest_is_no_staff_within_seconds(stage: Stage) -> None:
    await stage.to_isu()
    parent = stage.said()[0]
    await parent.choose("press.menu", "End this link", by=stage.sam)
    modal = await stage.sam.modal("End this link")
    stage.sam.user.is_guest = True
    await stage.later(seconds=11)
    await modal.submit()
    await stage.sam.whispered("Only Acme's Workday admin")
    await parent.press("Restart this step", by=stage.sam)
    await stage.quiet()
    assert stage.link.status is Status.ACTIVE
    told = await stage.sam.command("/link-workday", "web-only on", channel=CHANNEL)
    assert "belongs to the team that runs the app" in str(told)


async def test_an_admin_who_has_left_leaves_nothing_by_an_open_modal(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_isu()
    await card.press(ENTER)
    modal = await stage.ada.modal("Integration user")
    await modal.fill({"User name": ISU, "Password": PASSWORD})
    stage.slack.leave("ada", stage.channel)
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    outcome = await modal.submit()
    # At a field Slack would show Sam's id as it is.
    assert "so I kept nothing of this. Ask somebody at Wintro to let you in" in str(outcome.errors)
    await stage.quiet()
    assert stage.link.setup.account is None
    assert stage.vault() == set()
    assert tenant.logins(ISU).bad == tenant.logins(ISU).good == 0
    stage.slack.join("ada", stage.channel)
    await stage.becomes(lambda link: link.admin and link.admin.present)
    assert (await modal.submit()).closed
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_an_admin_who_comes_back_just_presses(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    stage.slack.leave("ada", stage.channel)
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    stage.slack.join("ada", stage.channel)
    await stage.enter()
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_a_guests_web_form_is_recorded_as_what_it_is(tmp_path: Path) -> None:
    port = free_port()
    async with staged(tmp_path, port=port, public_url=f"http://127.0.0.1:{port}") as stage:
        stage.tenant()
        stage.slack.join("gus", stage.channel)
        stage.ada = stage.slack.person("gus")
        await stage.to_isu(admin="@gus")
        await (await stage.ada.sees(ENTER)).press(ENTER)
        modal = await stage.ada.modal("Integration user")
        found = re.search(r"<(http://127\.0\.0\.1:\d+/form/[^|]+)\|", json.dumps(modal.blocks))
        assert found
        async with (
            aiohttp.ClientSession() as session,
            session.post(found[1], data={"user": ISU, "password": PASSWORD}) as answer,
        ):
            assert answer.status == 200
        await stage.ada.sees("I've exempted it", timeout=10)
        roles = [line.role for line in stage.app.database.run_sync(audit.read) if line.what == "sent.isu.web"]
        assert roles == ["admin"]


async def test_our_own_people_do_not_hand_a_link_to_themselves(stage: Stage) -> None:
    await stage.to_isu()
    parent = stage.said()[0]
    for who in ("@sam", "@kim"):
        await parent.press("press.hand_over", by=stage.sam)
        outcome = await stage.send(stage.sam, "Hand over", {"Who": who})
        assert "Only Acme's Workday admin can hand over" in str(outcome.errors)
        await (await stage.sam.modal("Hand over")).close()
    assert stage.link.admin
    assert stage.link.admin.user_id == stage.ada.id
    await (await stage.ada.sees("Hand over")).press("Hand over")
    assert (await stage.send(stage.ada, "Hand over", {"Who": "@sam"})).closed
    await stage.becomes(lambda link: link.admin and link.admin.user_id == stage.sam.id and link.step is Step.ISU)
