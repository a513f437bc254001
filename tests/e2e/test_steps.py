"""Moving through the steps: who may, what a press does, and that nothing happens twice."""

from __future__ import annotations

import asyncio
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from flows.link.state import Status, Step
from sandbox.slack import NotAllowed
from tests.support.backdrop import CHANNEL, PASSWORD
from tests.support.stage import Stage, staged


def last_press(stage: Stage) -> dict[str, Any]:
    """Give the newest press as Slack delivered it."""
    sent = next(one for one in reversed(stage.slack.delivery.log) if one.payload.get("type") == "block_actions")
    return deepcopy(sent.payload)


async def test_back_turns_the_live_card_into_the_step_before(stage: Stage) -> None:
    card = await stage.to_expiry()
    await card.press("Back")
    await stage.becomes(lambda link: link.step is Step.ISU)
    again = await stage.ada.sees("Create Integration System User")
    assert again == card
    await stage.enter(button="Enter it again")
    card = await stage.ada.sees("I've exempted it", timeout=10)
    await card.press("I've exempted it")
    await stage.becomes(lambda link: link.step is Step.GROUP)


async def test_stuck_names_the_right_and_the_link_is_handed_over(stage: Stage) -> None:
    card = await stage.to_isu()
    await card.press("I'm stuck")
    await (await stage.ada.sees("What is in the way")).press("I can't see this task")
    help_card = await stage.ada.sees("Integration Security")
    await help_card.press("Hand over")
    outcome = await stage.send(stage.ada, "Hand over", {"Who goes on": "@col"})
    assert outcome.closed
    await stage.col.sees("this is yours from now on")
    await stage.becomes(lambda link: link.admin and link.admin.team_id)
    card = await stage.ada.sees("Workday hides tasks")
    await card.press("Back to the step", by=stage.ada)
    await stage.ada.whispered("is doing this. Ask them")
    await card.press("Back to the step", by=stage.col)
    card = await stage.col.sees("Enter user name and password")
    await card.press("Enter user name and password", by=stage.ada, unseen=True)
    await asyncio.sleep(0.05)
    assert not stage.ada.modals
    await card.press("Enter user name and password", by=stage.col)
    tenant = stage.tenant()
    outcome = await stage.send(stage.col, "Integration user", {"Password": PASSWORD})
    assert outcome.closed
    await stage.becomes(lambda link: link.step is Step.EXPIRY)
    assert tenant.logins("ISU_Wintro").good == 1


async def test_help_can_be_closed_again(stage: Stage) -> None:
    card = await stage.to_isu()
    await card.press("I'm stuck")
    await (await stage.ada.sees("What is in the way")).press("Back to the step")
    await stage.ada.sees("Enter user name and password")
    assert stage.link.attempt.help is None


async def test_asking_for_a_person_tells_staff_where(stage: Stage) -> None:
    card = await stage.to_isu()
    await card.press("I'm stuck")
    await (await stage.ada.sees("What is in the way")).press("Ask Wintro to join")
    told = await stage.sam.sees("asks you to join", channel="dm")
    assert stage.said()[0].ts.replace(".", "") in told.text or "archives" in str(told.fallback)
    await stage.ada.sees("asks you to join")


async def test_pause_keeps_everything_and_resume_goes_on(stage: Stage) -> None:
    await stage.to_expiry()
    parent = await stage.ada.sees("Link Workday · Acme")
    await parent.choose("press.menu", "Pause", by=stage.ada)
    await stage.ada.sees("Paused")
    paused = await stage.becomes(lambda link: link.status is Status.PAUSED)
    assert paused.secrets
    await (await stage.ada.sees("Everything is kept")).press("Continue where we stopped")
    card = await stage.ada.sees("I've exempted it")
    await card.press("I've exempted it")
    await stage.becomes(lambda link: link.step is Step.GROUP)


async def test_an_approval_gets_the_list_and_a_pause(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first")
    assert (await stage.send(stage.ada, "Approval first", {})).closed
    await stage.ada.sees("for your approval")
    await (await stage.ada.sees("I ask about it")).press("Continue where we stopped")
    await (await stage.ada.sees("I can do this: start")).press("I can do this")
    await stage.ada.sees("Paste the URL")


async def test_whoever_presses_start_is_the_admin_when_nobody_was_named(stage: Stage) -> None:
    card = await stage.begin(admin="")
    await card.press("I can do this", by=stage.col)
    await stage.col.sees("Paste the URL")
    await stage.becomes(lambda link: link.admin and link.admin.user_id == stage.col.id and link.admin.zone)
    card = await stage.ada.sees("Paste the URL")
    await card.press("Paste the URL", by=stage.ada)
    await stage.ada.whispered("is doing this. Ask them")


async def test_staff_cannot_press_start_for_the_customer(stage: Stage) -> None:
    card = await stage.begin(admin="")
    await card.press("I can do this", by=stage.kim)
    await stage.kim.whispered("Workday admin")
    assert stage.link.step is Step.WELCOME


async def test_staff_walk_along_but_never_send_credentials(stage: Stage) -> None:
    card = await stage.to_isu()
    await card.press("Enter user name and password", by=stage.sam, unseen=True)
    await stage.sam.whispered("Credentials come from Acme's Workday admin only")
    assert not stage.sam.modals
    # The same with a form that was opened before, forged for the occasion.
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    await modal.fill({"Password": PASSWORD})
    stage.tenant()
    await modal.submit()
    await stage.ada.sees("I've exempted it", timeout=10)
    sent = next(one for one in reversed(stage.slack.delivery.log) if one.payload.get("type") == "view_submission")
    forged = deepcopy(sent.payload) | {"user": {"id": stage.sam.id, "team_id": "T0WINTRO"}}
    forged["user"]["team_id"] = stage.sam.user.team_id
    reply = await stage.slack.press_raw(forged)
    assert "errors" in reply.body
    await (await stage.sam.sees("I've exempted it")).press("I've exempted it", by=stage.sam)
    await stage.becomes(lambda link: link.step is Step.GROUP)


async def test_strangers_are_refused_with_a_whisper(stage: Stage) -> None:
    card = await stage.to_service_url()
    stage.slack.join("eve", CHANNEL)
    await card.press("Paste the URL", by=stage.eve)
    await stage.eve.whispered("Only Acme's Workday admin")
    assert not stage.eve.modals
    parent = await stage.eve.sees("Link Workday · Acme")
    await parent.choose("press.menu", "End this link", by=stage.eve)
    with pytest.raises(NotAllowed):
        await parent.press("Restart this step", by=stage.ada)
    assert stage.link.status is Status.ACTIVE
    stage.slack.leave("eve", CHANNEL)
    with pytest.raises(NotAllowed):
        await card.press("Paste the URL", by=stage.eve)


async def test_a_forged_team_is_nobody(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first", by=stage.col, unseen=True)
    forged = last_press(stage)
    forged["user"] = {"id": stage.ada.id, "team_id": "T0GLOBEX"}
    before = stage.link
    await stage.slack.press_raw(forged)
    assert stage.link.step is before.step
    assert stage.link.status is Status.ACTIVE
    forged["user"] = {"id": stage.ada.id}
    await stage.slack.press_raw(forged)
    assert stage.link.status is Status.ACTIVE


async def test_a_button_of_another_channel_moves_nothing(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first", by=stage.col, unseen=True)
    forged = last_press(stage) | {"user": {"id": stage.ada.id, "team_id": "T0ACME"}}
    forged["channel"] = {"id": "C0GLOBEX", "name": "x"}
    forged["container"]["channel_id"] = "C0GLOBEX"
    await stage.slack.press_raw(forged)
    assert stage.link.status is Status.ACTIVE


async def test_an_old_card_moves_nothing(stage: Stage) -> None:
    old = (await stage.begin()).freeze()
    await old.press("I can do this")
    await stage.ada.sees("Paste the URL")
    before = stage.link
    await old.press("I can do this")
    await old.press("We need approval first")
    await stage.ada.whispered("That card has changed")
    await stage.quiet()
    assert stage.link == before


async def test_a_double_click_counts_once(stage: Stage) -> None:
    await (await stage.to_expiry()).press("I've exempted it")
    card = (await stage.ada.sees("Group created")).freeze()
    await asyncio.gather(*(card.press("Group created") for _ in range(3)))
    await stage.becomes(lambda link: link.step is Step.PERMISSIONS)
    await stage.quiet()
    assert [step for step in stage.link.cards if step is Step.PERMISSIONS] == [Step.PERMISSIONS]


async def test_two_people_at_once_are_one(stage: Stage) -> None:
    await (await stage.to_expiry()).press("I've exempted it")
    card = (await stage.ada.sees("Group created")).freeze()
    await asyncio.gather(card.press("Group created", by=stage.ada), card.press("Group created", by=stage.sam))
    await stage.becomes(lambda link: link.step is Step.PERMISSIONS)
    await stage.quiet()
    assert len(stage.link.cards) == len(set(stage.link.cards))


async def test_a_button_of_an_older_version_gets_a_polite_whisper(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first", by=stage.col, unseen=True)
    await stage.col.whispered("is doing this. Ask them")
    payload = last_press(stage)
    for change in (
        {"action_id": "old.thing"},
        {"value": "not json"},
        {"value": json.dumps({"link": "x", "step": "gone", "rev": 1, "do": "start"})},
    ):
        forged = deepcopy(payload)
        forged["actions"][0] |= change
        known = len(stage.col.whispers)
        reply = await stage.slack.press_raw(forged)
        assert reply.status == 200
        assert len(stage.col.whispers) == known + 1
        assert "another version" in stage.col.whispers[-1].text
    forged = deepcopy(payload)
    value = json.loads(forged["actions"][0]["value"]) | {"link": "nobody"}
    forged["actions"][0]["value"] = json.dumps(value)
    await stage.slack.press_raw(forged)
    assert "don't know this link" in stage.col.whispers[-1].text
    forged["response_url"] = "http://127.0.0.1:9/gone"
    assert (await stage.slack.press_raw(forged)).status == 200
    closing = {"type": "view_submission", "view": {"type": "modal", "callback_id": "form.old"}}
    assert "kept nothing of it" in str((await stage.slack.press_raw(closing)).data["view"])
    closing["view"]["callback_id"] = "older"  # type: ignore[index]
    assert "kept nothing of it" in str((await stage.slack.press_raw(closing)).data["view"])
    await card.press("I can do this")
    # A form that was left open while the app was brought up to date, twice, or its link was forgotten.
    for name, other, said in (
        ("service_url", "bygone", "kept nothing of it"),
        (stage.link.id, "nobody", "know this link"),
    ):
        await (await stage.ada.sees("Paste the URL")).press("Paste the URL")
        modal = await stage.ada.modal("Workday service URL")
        modal.view.spec["private_metadata"] = modal.private_metadata.replace(name, other)
        await modal.fill({"Endpoint": "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"})
        outcome = await modal.submit()
        assert outcome.modal
        assert said in outcome.modal.text
        await modal.close()


async def test_restart_drops_what_this_step_has_brought(stage: Stage) -> None:
    card = await stage.to_isu()
    tenant = stage.tenant()
    await stage.enter(PASSWORD + "x")
    await stage.ada.sees("invalid username or password")
    parent = await stage.sam.sees("Link Workday · Acme")
    with pytest.raises(NotAllowed):
        await parent.press("Restart this step", by=stage.ada)
    await parent.press("Restart this step", by=stage.sam)
    fresh = await stage.becomes(lambda link: link.setup.account is None)
    assert fresh.step is Step.ISU
    await stage.quiet()
    assert card != await stage.ada.sees("Enter user name and password")
    await stage.enter()
    await stage.finish(tenant)


async def test_cancel_forgets_every_secret(stage: Stage) -> None:
    await stage.to_expiry()
    assert len(stage.vault()) == 1
    parent = await stage.sam.sees("Link Workday · Acme")
    await parent.choose("press.menu", "End this link", by=stage.sam)
    assert (await stage.send(stage.sam, "End this link", {})).closed
    await stage.ada.sees("Ended.")
    assert not stage.vault()
    await stage.quiet()
    assert not stage.live_buttons()
    # Whoever asks afterwards is answered, and warned, as nobody else answers there.
    await stage.ada.says("Could you tell us what to do with the group now?", thread=parent)
    await stage.ada.sees("what it signed in with is deleted here")
    await stage.ada.says("help", thread=parent)
    await stage.ada.sees("This link was ended. To start again")
    await stage.ada.says("pw: Tr0ub4dor&4-horse-battery", thread=parent)
    assert "this link is over" in (await stage.ada.whispered("looks like a password")).text
    await stage.to_service_url()
    assert len(stage.links()) == 2


async def test_cancel_that_comes_too_late_says_so(stage: Stage) -> None:
    await stage.begin()
    parent = await stage.sam.sees("Link Workday · Acme")
    await parent.choose("press.menu", "End this link", by=stage.sam)
    await parent.choose("press.menu", "End this link", by=stage.kim)
    assert (await stage.send(stage.sam, "End this link", {})).closed
    assert (await stage.send(stage.kim, "End this link", {})).closed
    await stage.kim.whispered("was ended")


async def test_continue_brings_the_card_to_the_bottom(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.sam.says("By the way, lunch at noon", thread=card)
    await (await stage.ada.sees("Link Workday · Acme")).press("Continue", by=stage.ada)
    await stage.becomes(lambda link: len(link.cards) == 3)
    await stage.quiet()
    moved = await stage.ada.sees("Paste the URL")
    assert moved != card
    assert moved == stage.slack.thread(moved)[-1]
    assert stage.live_buttons().count("Paste the URL") == 1
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_an_old_version_of_the_same_step_asks_workday_nothing(stage: Stage) -> None:
    tenant = stage.tenant()
    old = (await stage.to_activation()).freeze()
    stage.grant(tenant)
    await old.press("Activated: check")
    await stage.ada.sees("not active yet", timeout=10)
    await stage.quiet()
    asked = len(stage.workday.requests)
    await old.press("Activated: check")
    await stage.ada.whispered("That card has changed")
    await stage.quiet()
    assert len(stage.workday.requests) == asked
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("not active yet")).press("Check again")
    await stage.is_linked()


async def test_a_story_that_is_put_back_goes_on_from_where_another_has_walked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.stage.KEPT", {})
    screens, calls = [], []
    for name in ("walked", "put back"):
        (tmp_path / name).mkdir()
        async with staged(tmp_path / name) as stage:
            await stage.to_expiry()
            await stage.quiet()
            screens.append(re.sub(r"\d\d:\d\d", "", stage.ada.screen()))
            calls.append(len(stage.slack.delivery.log))
            await stage.finish(stage.tenant())
    assert screens[0] == screens[1]
    assert calls[0] == calls[1]
