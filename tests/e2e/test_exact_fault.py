"""What the app works out about a failure and what it does with it: order, proof, evidence, and people in the end."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import update

from flows.diagnosis.findings import RowVerdict
from flows.diagnosis.limits import MOST_REFUSED
from flows.diagnosis.reasons import Reason, Verdict
from flows.link.state import Step
from flows.workday.network import APPLICATION
from sandbox.workday import Tenant
from storage.tables import RefusalRow
from tests.support.backdrop import ISU, PASSWORD
from tests.support.stage import Stage

REFUSED = "invalid username or password"
PICTURE = ("Screenshot.png", b"\x89PNG")
PRODUCTION = "https://services1.wd5.myworkday.com/ccx/api/v1/acme"


async def refused(stage: Stage) -> Tenant:
    tenant = stage.tenant()
    await stage.to_isu()
    await stage.enter(PASSWORD + "x")
    await stage.ada.sees(REFUSED)
    return tenant


async def test_one_pasted_row_of_the_report_leaves_one_cause(stage: Stage) -> None:
    await refused(stage)
    card = await stage.ada.sees(REFUSED)
    assert card.buttons.count("Show me") == 4
    assert "capitals count" in card.text
    await stage.ada.says(f"{ISU}\tFailed\tNew password required at sign in", thread=card)
    await stage.ada.sees("new password at the next sign-in")
    await stage.quiet()
    card = await stage.ada.sees("Workday says:")
    assert "Untick that box" in card.text
    assert "capitals count" not in card.text
    assert card.buttons.count("Show me") == 1


async def test_one_tap_leads_from_cause_to_cause(stage: Stage) -> None:
    await refused(stage)
    card = await stage.ada.sees(REFUSED)
    await card.press(next(touch.element["action_id"] for touch in card.touchables if touch.label == "Show me"))
    seen = []
    while True:
        card = await stage.ada.sees("Back to the step")
        seen.append(card.text)
        if "Not it: next cause" not in card.buttons:
            break
        await card.press("Not it: next cause")
        await stage.quiet()
    assert len(seen) == 4
    assert ["View Integration System User" in seen[0], "single sign-on" in seen[-1]] == [True, True]
    await card.press("Back to the step")
    await stage.ada.sees(REFUSED)


async def test_what_worked_yesterday_and_ended_today_is_said_to_have_ended(stage: Stage) -> None:
    await stage.to_expiry()
    tenant = stage.tenant()
    await (await stage.ada.sees("It expires")).press("It expires")
    days: dict[str, object] = {"Passwords expire": "60", "set on": stage.clock().date().isoformat()}
    assert (await stage.send(stage.ada, "Password expiry", days)).closed
    await (await stage.ada.sees("Group created")).press("Group created")
    stage.grant(tenant)
    tenant.maintain_password_rules(expiry_days=60)
    await (await stage.ada.sees("All saved: next")).press("All saved")
    # Before it reminds of the stalled step, the app looks whether it still has to.
    await stage.later(days=61)
    card = await stage.ada.sees(REFUSED)
    first = next(line for line in card.text.splitlines() if line.startswith("1."))
    assert "Locked or expired" in first
    assert "the password was due" in card.text
    assert stage.link.setup.account
    assert stage.link.setup.account.worked_at


async def test_an_absent_workday_is_asked_without_the_password_until_it_is_back(stage: Stage) -> None:
    stage.clock.set(datetime(2027, 3, 2, 14, 0, tzinfo=UTC))
    tenant = stage.tenant()
    await stage.to_isu()
    tenant.maintenance = True
    await stage.enter()
    card = await stage.ada.sees("down for maintenance")
    assert "I'll check again" in card.text
    said = len(stage.said())
    for minutes in (1, 3, 11, 65):
        await stage.becomes(lambda link: link.attempt.recheck and not link.attempt.checking)
        await stage.later(minutes=minutes)
        await stage.quiet()
    assert len(stage.said()) == said
    assert not tenant.sign_on_history()
    tenant.maintenance = False
    await stage.later(hours=2)
    back = await stage.ada.sees("Workday is answering again. Press")
    assert back.thread_ts == card.thread_ts
    assert not tenant.sign_on_history()
    await (await stage.ada.sees("I have not used the password")).press("Check again")
    await stage.ada.sees("I've exempted it")
    assert tenant.logins(ISU).good == 1


async def test_an_address_is_found_by_itself_when_workday_is_back(stage: Stage) -> None:
    await stage.to_service_url()
    stage.workday.maintenance = True
    assert (await stage.paste()).closed
    await stage.ada.sees("down for maintenance")
    stage.workday.maintenance = False
    await stage.becomes(lambda link: link.attempt.recheck)
    await stage.later(seconds=31)
    await stage.ada.sees("Enter user name and password", timeout=10)


def asked_to_write(stage: Stage) -> list[RowVerdict]:
    matrix = stage.link.setup.matrix
    return [row for row in matrix.rows if row.write] if matrix else []


async def test_writing_is_asked_about_only_when_staff_say_so(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    rows = stage.app.rules.permissions.rows("recruiting")
    stage.grant(tenant)
    only_get = {row.policy: "Get Only" for row in rows if row.access == "Get and Put"}
    tenant.maintain_permissions("ISSG_Wintro", only_get)
    tenant.activate_pending_security_policy_changes("Half of it")
    parent = await stage.sam.sees("Next move")
    await parent.press("Ask about writing, too", by=stage.sam)
    await stage.ada.sees("name a record that does not exist")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("reading works", timeout=10)
    assert "Get and Put" in trouble.text
    assert stage.link.attempt.trouble
    assert stage.link.attempt.trouble.reason is Reason.PERMISSIONS_MISSING
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("All of it")
    # As if other links had asked this tenant all that it should have to refuse within an hour.
    stage.app.database.run_sync(lambda session: session.exec(update(RefusalRow).values(times=MOST_REFUSED)))
    await trouble.press("Check again")
    done = await stage.ada.sees("Not asked yet whether I may write", timeout=10)
    assert "Move Candidate" in done.text
    await stage.is_linked()
    assert {row.reason for row in asked_to_write(stage)} == {Reason.HELD_BACK}
    await stage.quiet()
    await stage.later(hours=37)
    await stage.becomes(lambda _: {row.write for row in asked_to_write(stage)} == {Verdict.GRANTED})
    assert not tenant.writes
    assert any("Put_" in (request.operation or "") for request in stage.workday.requests)


async def test_without_leave_nothing_is_written_to_workday(stage: Stage) -> None:
    await stage.to_linked()
    asked = {request.operation or "" for request in stage.workday.requests}
    assert not [name for name in asked if name.startswith(("Put_", "Edit_", "Move_"))]


async def test_a_sandbox_is_explained_and_its_link_copied_to_production(stage: Stage) -> None:
    stage.workday.tenant("acme")
    await stage.to_service_url()
    assert (await stage.paste(PRODUCTION.replace("services1.wd5.myworkday", "wd2-impl-services1.workday"))).closed
    tenant = stage.workday.tenant("acme")
    tenant.create_integration_system_user("ISU_Mine", password=PASSWORD, require_new_password=False)
    card = await stage.ada.sees("This is a sandbox", timeout=10)
    assert "production over it" in card.text
    await stage.enter(user="ISU_Mine")
    await (await stage.ada.sees("I've exempted it", timeout=10)).press("I've exempted it")
    await (await stage.ada.sees("Group created")).press("Group created")
    tenant.create_security_group("ISSG_Wintro", kind="Integration System Security Group (Unconstrained)")
    tenant.assign_integration_system_users("ISSG_Wintro", ["ISU_Mine"])
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    await (await stage.ada.sees("Activated")).press("Activated")
    linked = await stage.is_linked()
    await linked.press("Link another environment")
    modal = await stage.ada.modal("Another environment")
    assert PASSWORD not in str(modal.blocks)
    await modal.fill({"Workday environment": "Production"})
    assert (await modal.submit()).closed
    first, second = stage.links()
    assert (second.customer, second.setup.profile, second.admin, second.setup.environment.value) == (
        first.customer,
        first.setup.profile,
        first.admin,
        "production",
    )
    assert (second.step, second.setup.account, second.setup.endpoint, second.secrets) == (
        Step.WELCOME,
        None,
        None,
        frozenset(),
    )
    assert second.isu == "ISU_Mine"
    await (await stage.ada.sees("I can do this: start")).press("I can do this")
    # A second time there is a link already.
    await linked.press("Link another environment")
    modal = await stage.ada.modal("Another environment")
    await modal.fill({"Workday environment": "Production"})
    outcome = await modal.submit()
    assert "already being linked" in str(outcome.errors)


async def test_what_nobody_here_can_answer_goes_to_staff_once(stage: Stage) -> None:
    card = await stage.to_isu()
    await stage.ada.says("Are you free tomorrow?", thread=card)
    await stage.col.says("Error 4711 in this task?", thread=card)
    await stage.quiet()
    assert not [message for message in stage.said() if "no sure answer" in message.text]
    await stage.ada.says("Workday shows error 4711 here", thread=card)
    await stage.ada.sees("no sure answer")
    told = await stage.sam.sees("asks something I can't answer", channel="dm")
    assert "Integration user" in told.text
    await stage.ada.says("and now this", thread=card, file=PICTURE)
    await stage.quiet()
    assert len([message for message in stage.said() if "no sure answer" in message.text]) == 1


async def test_a_picture_without_words_we_know_goes_to_staff(stage: Stage) -> None:
    card = await stage.to_isu()
    await stage.ada.says("It looks like this", thread=card, file=PICTURE)
    await stage.sam.sees("asks something I can't answer", channel="dm")
    await stage.ada.says("The task submitted is not authorized.", thread=card, file=PICTURE)
    await stage.ada.sees("a permission is missing or not active yet")


async def test_the_evidence_names_time_request_rule_and_id_and_nothing_secret(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant, without=("Job Requisition Data", "Job Requisitions for Recruiting"))
    tenant.activate_pending_security_policy_changes("Most of it")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("does not grant all of the permissions", timeout=10)
    for person in (stage.ada, stage.sam):
        await trouble.press("Show what you saw", by=person)
        modal = await person.modal("What I saw")
        text = modal.text
        for wanted in ("UTC", "Get_Job_Requisitions", "HTTP 500", "rule soap-denied", "GID|", "not asked"):
            assert wanted in text, wanted
        # Each request names itself to Workday's own logs, and by that name Workday's support finds it.
        assert {one.application_id for one in stage.workday.requests} == {APPLICATION}
        assert stage.workday.requests[-1].request_id in text
        for secret in (PASSWORD, *(worker.descriptor for worker in tenant.workers)):
            assert secret not in text
        await modal.close()
    await trouble.press("Show what you saw", by=stage.col)
    assert not stage.col.modals
