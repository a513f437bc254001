"""Permissions: not active, some missing, not in the group, empty; found green without a press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.link.state import Cause, Status, Step
from sandbox.workday import Tenant
from tests.support.backdrop import GROUP, ISU
from tests.support.stage import Stage

ACTIVATION = "Activate Pending Security Policy Changes"


async def not_active(stage: Stage) -> Tenant:
    """Press the check with everything granted and nothing active."""
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant)
    await card.press("Activated: check")
    await stage.ada.sees("not active yet", timeout=10)
    return tenant


@pytest.mark.parametrize("wait", [31, 121, 601])
async def test_the_activation_is_found_without_a_press(stage: Stage, wait: int) -> None:
    tenant = await not_active(stage)
    for rung in (31, 121, 601):
        await stage.quiet()
        if rung == wait:
            tenant.activate_pending_security_policy_changes("Let it in")
        await stage.later(seconds=rung)
        if rung == wait:
            break
    await stage.is_linked()
    assert tenant.logins(ISU).bad == 0


async def test_looking_again_and_again_leaves_one_card_and_no_noise(stage: Stage) -> None:
    tenant = await not_active(stage)
    before = len(stage.said())
    for minutes in (1, 3, 11, 60, 60):
        await stage.becomes(lambda link: link.attempt.recheck and not link.attempt.checking)
        await stage.later(minutes=minutes)
        await stage.quiet()
    assert len(stage.said()) == before
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("not active yet")).press("Check again")
    await stage.is_linked()


async def test_what_is_missing_is_named_and_nothing_else(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    policies = {row.policy for row in stage.app.rules.permissions.rows("recruiting")}
    missing = tuple(sorted(policies, key=lambda name: ("Job Requisition" not in name, name))[:2])
    stage.grant(tenant, without=missing)
    tenant.activate_pending_security_policy_changes("Most of it")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("does not grant all of the permissions", timeout=10)
    named = {name for name in policies if f"{name} ·" in trouble.text}
    assert named
    assert named <= set(missing)
    stage.grant(tenant)
    await trouble.press("Check again")
    await stage.quiet()
    assert stage.link.status is Status.ACTIVE
    tenant.activate_pending_security_policy_changes("The rest")
    await (await stage.ada.sees("does not grant all of the permissions")).press("Check again")
    await stage.is_linked()


async def test_the_user_is_not_in_the_group(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant, member=False)
    tenant.activate_pending_security_policy_changes("Nobody in it")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("not active yet", timeout=10)
    assert f"{ISU} is not in {GROUP}" in trouble.text
    await trouble.press("I'm stuck")
    await (await stage.ada.sees("What is in the way")).press("Who is in the group")
    tenant.assign_integration_system_users(GROUP, [ISU])
    tenant.activate_pending_security_policy_changes("Now in it")
    await (await stage.ada.sees("View Security Group")).press("Check again")
    await stage.is_linked()


async def test_a_constrained_group_sends_nothing_back(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant)
    tenant.empty |= {"Get_Workers_Request", "Get_Job_Requisitions_Request", "Get_Candidates_Request"}
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    trouble = await stage.ada.sees("not every permission brings something back", timeout=10)
    assert "unconstrained" in trouble.text
    tenant.empty.clear()
    await trouble.press("Check again")
    await stage.is_linked()


async def test_a_tenant_that_holds_nothing_yet(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.grant(tenant)
    tenant.empty |= {"Get_Candidates_Request"}
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    await (await stage.ada.sees("not every permission brings something back", timeout=10)).press("No such data yet")
    await stage.is_linked()


async def test_a_failed_activation_is_brought_up_each_day_in_one_message(stage: Stage) -> None:
    stage.clock.set(datetime(2027, 3, 1, 14, 0, tzinfo=UTC))  # a Monday, nine in New York
    tenant = await not_active(stage)
    before = len(stage.said())
    seen = []
    for _ in range(3):
        await stage.days(1)
        await stage.becomes(lambda link: link.attempt.recheck and not link.attempt.checking)
        seen.append(await stage.ada.sees("still do not work"))
    assert len(set(seen)) == 1
    assert len(stage.said()) == before + 1
    assert stage.link.nudged[Cause.ACTIVATION] > stage.clock() - timedelta(days=2)
    tenant.activate_pending_security_policy_changes("Let it in")
    await stage.later(hours=25)
    await stage.is_linked()
    await stage.ada.sees("Workday has accepted the permissions")
    assert stage.link.step is Step.LINKED
    said = len(stage.said())
    await stage.days(3)
    assert len(stage.said()) == said
