"""Whole links, told as a person would live them."""

from __future__ import annotations

from tests.e2e.conftest import PASSWORD, Stage


async def test_a_whole_link_from_the_command_to_linked(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_activation()
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let ISU_Wintro in")
    await (await stage.ada.sees("I activated: check")).press("I activated: check")
    linked = await stage.ada.sees("Acme's Workday is linked", timeout=15)
    assert linked.broadcast
    assert PASSWORD.encode() not in stage.slack.transcript_bytes()
    assert tenant.logins("ISU_Wintro").bad == 0
