"""From wherever a conversation has come to a halt, somebody has a button that leads on, and it goes on to success."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flows.link.state import Cause, Status, Step
from sandbox.slack import User
from sandbox.slack.workspace import INSTALL_TEAM
from tests.support.backdrop import CHANNEL, ISU, PASSWORD
from tests.support.stage import Stage, staged


async def test_with_no_admin_named_anybody_of_the_customer_may_say_who_it_is(stage: Stage) -> None:
    card = await stage.begin(admin="")
    parent = await stage.ada.sees("Link Workday · Acme")
    assert "whoever manages Workday at Acme" in parent.text
    assert f"<@{stage.sam.id}>" not in parent.text
    await card.press("Someone else is our admin", by=stage.col)
    assert (await stage.send(stage.col, "Hand over", {"Who goes on": "@ada"})).closed
    await stage.becomes(lambda link: link.admin and link.admin.user_id == stage.ada.id and link.admin.team_id)
    await stage.quiet()
    await (await stage.ada.sees("I can do this")).press("I can do this")
    assert (await stage.paste()).closed
    await stage.becomes(lambda link: link.step is Step.ISU)


async def test_a_reminder_for_nobody_in_particular_does_not_ask_our_own_people(stage: Stage) -> None:
    await stage.begin(admin="")
    await stage.days(4)
    reminder = await stage.ada.sees("waits for somebody who manages Workday there")
    assert f"<@{stage.sam.id}>" not in reminder.text
    assert stage.link.standing_nudge
    assert stage.link.standing_nudge.cause is Cause.STALLED
    await (await stage.ada.sees("asks you to connect")).press("I can do this", by=stage.col)
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)


async def test_a_colleague_goes_on_for_an_admin_who_has_left(stage: Stage) -> None:
    await stage.to_isu()
    stage.slack.leave("ada", CHANNEL)
    await stage.days(2)
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    reminder = await stage.col.sees("needs somebody else who manages Workday there")
    assert f"<@{stage.sam.id}>" not in reminder.text
    await reminder.press("Hand over", by=stage.col)
    assert (await stage.send(stage.col, "Hand over", {"Who goes on": "@col"})).closed
    await stage.becomes(lambda link: link.admin and link.admin.user_id == stage.col.id and link.admin.team_id)
    stage.tenant()
    card = await stage.col.sees("Enter user name and password")
    await card.press("Enter user name and password", by=stage.col)
    assert (await stage.send(stage.col, "Integration user", {"User name": ISU, "Password": PASSWORD})).closed
    await stage.becomes(lambda link: link.step is Step.EXPIRY)


async def test_a_colleague_is_not_sent_for_ever_to_an_admin_whose_account_is_closed(stage: Stage) -> None:
    """Slack says nothing of it by itself."""
    card = await stage.to_isu()
    await stage.quiet()
    stage.slack.deactivate("ada")
    for button in ("Enter user name and password", "Back"):
        await card.press(button, by=stage.col)
        await stage.col.whispered("is doing this. Ask them to press")
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    await card.press("Enter user name and password", by=stage.col)
    await stage.col.whispered("Nobody at Acme has this link right now")


async def test_a_wrong_new_password_is_answered_and_the_next_is_kept_in_a_pause(stage: Stage) -> None:
    tenant = await stage.to_linked()
    tenant.change_password(ISU, "another one, longer", require_new_password=False)
    parent = await stage.ada.sees("Linked since")
    await parent.choose("press.menu", "Enter the new password", by=stage.ada)
    assert (await stage.send(stage.ada, "New password", {"New password": "not this one either"})).closed
    answer = await stage.ada.sees("invalid username or password", timeout=10)
    assert "Ask Wintro to join" in answer.buttons
    assert "The password in use stays until a new one is accepted. After two sign-ins that fail I pause" in answer.text
    await answer.press("Enter the new password")
    assert (await stage.send(stage.ada, "New password", {"New password": "and not this one"})).closed
    await stage.becomes(lambda link: tenant.logins(ISU).bad == 2 and not link.attempt.checking)
    await answer.press("Enter the new password")
    assert (await stage.send(stage.ada, "New password", {"New password": "another one, longer"})).closed
    await stage.ada.sees("The new password is kept and tried then", timeout=10)
    assert tenant.logins(ISU).bad == 2
    await stage.later(minutes=31)
    await stage.becomes(lambda link: link.last and link.last.key == "login")


async def test_from_a_later_step_one_press_leads_back_to_the_service_url(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    tenant.suspended = True
    await card.press("Activated: check")
    trouble = await stage.ada.sees("Change the URL", timeout=10)
    tenant.suspended = False
    await trouble.press("Change the URL")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    assert (await stage.paste()).closed
    # What was done in Workday is not walked again.
    await stage.ada.sees("stays done", timeout=10)
    await (await stage.ada.sees("Activated: check")).press("Activated: check")
    await stage.is_linked()


async def test_a_permission_that_this_tenant_does_not_have_is_left_out(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant, without=("Manage: Evergreen Requisitions",))
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("Go on without", timeout=10)
    await trouble.press("Go on without")
    outcome = await stage.send(
        stage.ada, "Go on without", {"Which": ["Manage: Evergreen Requisitions"], "Why": "We have no evergreen jobs"}
    )
    assert outcome.closed, outcome
    await stage.is_linked()
    told = await stage.sam.sees("We have no evergreen jobs", channel="dm")
    assert "goes on without" in told.text


async def test_our_own_people_change_the_list_on_the_way(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_activation()
    await stage.quiet()
    parent = await stage.sam.sees("Link Workday · Acme")
    await parent.press("Change the permissions", by=stage.sam)
    assert (await stage.send(stage.sam, "Permissions", {"Permission profile": "HRIS"})).closed
    await stage.becomes(lambda link: link.step is Step.PERMISSIONS and link.setup.profile == "hris")
    stage.grant(tenant, profile="hris")
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    await (await stage.ada.sees("Activated: check")).press("Activated: check")
    await stage.is_linked()


async def test_a_finished_link_is_paused_by_our_people_and_ended_by_the_customer(stage: Stage) -> None:
    await stage.to_linked()
    parent = await stage.ada.sees("Linked since")
    await parent.choose("press.menu", "Pause", by=stage.sam)
    await stage.becomes(lambda link: link.status is Status.PAUSED)
    await (await stage.ada.sees("nor warn of anything that ends")).press("Continue where we stopped")
    await stage.becomes(lambda link: link.status is Status.LINKED)
    await stage.quiet()
    parent = await stage.ada.sees("Linked since")
    await parent.choose("press.menu", "End this link", by=stage.ada)
    assert (await stage.send(stage.ada, "End this link", {})).closed
    receipt = await stage.ada.sees("ended this link")
    assert "Deleted: ISU_Wintro's password" in receipt.text
    await stage.ada.sees("Ended.")
    assert not stage.vault()


async def test_an_approval_is_asked_about_on_its_day(stage: Stage) -> None:
    card = await stage.begin()
    await card.press("We need approval first")
    day = (stage.clock() + timedelta(days=9)).date().isoformat()
    assert (await stage.send(stage.ada, "Approval first", {"expect it": day})).closed
    await stage.sam.sees("waits for an approval", channel="dm")
    await stage.days(13)
    await (await stage.ada.sees("was expected by")).press("Continue where we stopped")
    await (await stage.ada.sees("I can do this")).press("I can do this")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)


async def test_a_call_for_help_reaches_somebody_once_who_says_to_come(stage: Stage) -> None:
    await stage.to_isu()
    parent = await stage.ada.sees("Link Workday · Acme")
    await parent.press("Ask Wintro to join", by=stage.ada)
    told = await stage.sam.sees("asks you to join", channel="dm")
    assert "Integration user" in told.text
    call = await stage.ada.sees("I say here when somebody is on it")
    await parent.press("Ask Wintro to join", by=stage.ada)
    await stage.ada.whispered("has been asked already")
    await call.press("I'm on it", by=stage.ada)
    await stage.ada.whispered("Only the people who started this link")
    await call.press("I'm on it", by=stage.kim)
    await stage.ada.sees("is on it.")
    assert stage.link.called is None


async def test_with_single_sign_on_the_policy_is_set_up_before_the_first_try(stage: Stage) -> None:
    card = await stage.to_isu()
    tenant = stage.tenant()
    await card.press("Enter user name")
    fields: dict[str, object] = {"single sign-on": "Yes: set up", "User name": ISU, "Password": PASSWORD}
    assert (await stage.send(stage.ada, "Integration user", fields)).closed
    await (await stage.ada.sees("I've exempted it", timeout=10)).press("I've exempted it")
    await (await stage.ada.sees("Use another name")).press("Use another name")
    assert (await stage.send(stage.ada, "Security group", {"Name of the group": "ISSG_Ours"})).closed
    card = await stage.ada.sees("ISSG_Ours")
    await card.press("Group created")
    tenant.create_security_group("ISSG_Ours", kind="Integration System Security Group (Unconstrained)")
    tenant.assign_integration_system_users("ISSG_Ours", [ISU])
    permissions = await stage.ada.sees("All saved: next")
    assert "ISSG_Ours" in permissions.text
    await permissions.press("All saved")
    rows = stage.app.rules.permissions.rows("recruiting")
    tenant.maintain_permissions("ISSG_Ours", {row.policy: [row.access.value] for row in rows})
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("Activated: go on")).press("Activated: go on")
    assert tenant.logins(ISU).good == tenant.logins(ISU).bad == 0
    policy = await stage.ada.sees("Manage Authentication Policies")
    assert "ISSG_Ours" in policy.text
    await policy.press("Activated: check")
    await stage.is_linked()


async def test_when_the_pause_is_over_what_was_entered_meanwhile_is_tried(stage: Stage) -> None:
    await stage.to_isu()
    tenant = stage.tenant()
    await stage.enter("wrong one, long enough")
    await stage.ada.sees("invalid username or password", timeout=10)
    await stage.enter("wrong two, long enough", button="Enter it again")
    await stage.becomes(lambda link: tenant.logins(ISU).bad == 2 and not link.attempt.checking)
    await stage.quiet()
    await stage.enter(button="Enter it again")
    await stage.ada.sees("so that Workday doesn't lock it", timeout=10)
    assert tenant.logins(ISU).bad == 2
    await stage.later(minutes=31)
    await stage.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU).good == 1


async def test_a_finished_link_that_is_refused_shows_what_to_look_at(stage: Stage) -> None:
    tenant = await stage.to_linked()
    tenant.require_new_password_at_next_sign_in(ISU)
    await (await stage.ada.sees("Linked since")).press("Check now", by=stage.ada)
    await stage.becomes(lambda link: link.open_issue and not link.attempt.checking)
    await stage.quiet()
    assert any("Show me" in one.buttons for one in stage.slack.thread(stage.said()[0]))
    await stage.ada.says(f"{ISU}\tFailed\tNew password required at sign in", thread=stage.said()[0])
    await stage.ada.sees("new password at the next sign-in", timeout=10)
    tenant.require_new_password_at_next_sign_in(ISU, ticked=False)
    await (await stage.ada.sees("Needs attention")).press("Check now", by=stage.ada)
    await stage.becomes(lambda link: link.open_issue is None)


async def test_a_second_command_for_a_linked_customer_names_the_finished_link(stage: Stage) -> None:
    await stage.to_linked()
    modal = await stage.open_start()
    assert f"/p{stage.said()[0].ts.replace('.', '')}|Acme>" in str(modal.blocks)
    await modal.fill({"Workday admin": "@ada", "Permission profile": "Recruiting", "environment": "Implementation"})
    outcome = await modal.submit()
    assert "is linked already" in str(outcome.errors)


async def test_one_step_is_done_by_it_security_and_the_admin_goes_on(stage: Stage) -> None:
    await stage.to_expiry()
    await (await stage.ada.sees("I've exempted it")).press("I've exempted it")
    await stage.becomes(lambda link: link.step is Step.GROUP)
    await stage.quiet()
    parent = await stage.ada.sees("Link Workday · Acme")
    part = "With this step only: Security group"
    stage.slack.world.users["USLACKBOT"] = User("USLACKBOT", "slackbot", "Slackbot", INSTALL_TEAM)
    for who, wrong in (("@linkworkday", "an app"), ("@slackbot", "an app"), ("@eve", "another organisation")):
        await parent.press("Hand over", by=stage.ada)
        outcome = await stage.send(stage.ada, "Hand over", {"Who goes on": who, "With what": part})
        assert wrong in str(outcome.errors), who
        stage.ada.modals.clear()
    later = "Only with a later step: Activate"
    for what in (later, part):
        await parent.press("Hand over", by=stage.ada)
        assert (await stage.send(stage.ada, "Hand over", {"Who goes on": "@col", "With what": what})).closed
    await stage.col.sees("yours when it comes: Activate")
    await stage.ada.sees("Handed out: Security group to @")
    told = await stage.col.sees("this one step is yours")
    assert "Security Configuration" in told.text
    card = await stage.col.sees("Group created, user added")
    await parent.choose("press.menu", "Pause", by=stage.col)
    await stage.col.whispered("You have this one step")
    await card.press("Group created", by=stage.col)
    await stage.becomes(lambda link: link.step is Step.PERMISSIONS and list(link.holders) == [Step.ACTIVATION])
    await stage.ada.sees("has finished Security group")
    await (await stage.ada.sees("All saved: next")).press("All saved: next", by=stage.ada)
    await stage.becomes(lambda link: link.step is Step.ACTIVATION)
    await stage.col.sees("it is your turn: Activate")
    await (await stage.col.sees("Activated: check")).press("Activated: check", by=stage.col)
    await stage.becomes(lambda link: link.attempt.trouble is not None)


async def test_whoever_has_a_step_and_leaves_the_channel_has_it_no_more(stage: Stage) -> None:
    await stage.to_isu()
    stage.tenant()
    await (await stage.ada.sees("Link Workday · Acme")).press("Hand over", by=stage.ada)
    await stage.send(stage.ada, "Hand over", {"Who goes on?": "@col", "With what?": "With this step only"})
    await stage.becomes(lambda link: link.doer and link.doer.user_id == stage.col.id and link.doer.team_id)
    stage.slack.leave("col", CHANNEL)
    await stage.becomes(lambda link: link.doer and link.doer.user_id == stage.ada.id)
    await stage.enter()
    await stage.ada.sees("I've exempted it")
    assert not [one for one in stage.said() if "has finished" in one.text], "Ada did it"


async def test_a_link_whose_owner_has_left_asks_the_team_and_goes_on(tmp_path: Path) -> None:
    async with staged(tmp_path, staff_channel="C0STAFF") as stage:
        await owner_leaves(stage)


async def owner_leaves(stage: Stage) -> None:
    await stage.to_isu()
    stage.slack.world.users[stage.sam.id].deleted = True
    await (await stage.ada.sees("Ask Wintro to join")).press("Ask Wintro to join", by=stage.ada)
    await stage.becomes(lambda link: not link.owner.present)
    asked = await stage.kim.sees("nobody has it now", channel="C0STAFF")
    await asked.press("I take it", by=stage.kim)
    await stage.becomes(lambda link: link.owner.user_id == stage.kim.id and link.owner.present)
    called = await stage.kim.sees("asks you to join", channel="C0STAFF")
    await called.press("I'm on it", by=stage.kim)
    await stage.ada.sees("is on it")
    tenant = stage.tenant()
    await stage.enter()
    await stage.becomes(lambda link: link.step is Step.EXPIRY)
    assert tenant.logins(ISU).good == 1


async def test_a_call_that_nobody_of_ours_can_hear_is_said_and_can_be_made_again(stage: Stage) -> None:
    """Whoever looks after the link has left, and there is neither a channel nor a backup."""
    await stage.to_isu()
    stage.slack.world.users[stage.sam.id].deleted = True
    await (await stage.ada.sees("Ask Wintro to join")).press("Ask Wintro to join", by=stage.ada)
    await stage.ada.sees("nobody there knows of it")
    link = await stage.becomes(lambda link: not link.owner.present)
    assert link.called is None
    await (await stage.ada.sees("Link Workday · Acme")).press("Hand over", by=stage.kim)
    await stage.kim.modal("Hand over")


async def test_the_button_in_the_channel_leads_to_the_thread(stage: Stage) -> None:
    await stage.to_isu()
    await stage.quiet()
    parent = stage.said()[0]
    button = next(one for one in parent.touchables if one.label == "Continue")
    assert button.element["url"].endswith(f"?thread_ts={parent.ts}&cid={stage.link.channel_id}")
    cards = len(stage.link.cards)
    await parent.press("Continue", by=stage.ada)
    await stage.becomes(lambda link: len(link.cards) > cards)
