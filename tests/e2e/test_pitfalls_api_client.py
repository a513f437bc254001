"""Pitfalls of the API client (P6 over REST, P16 to P20, P26): the first reply names each, and its mend is green."""

from __future__ import annotations

import pytest

from sandbox.slack import Message
from sandbox.workday import ApiClient, Outcome, Tenant
from tests.support.backdrop import GROUP, ISU
from tests.support.stage import Stage

SCOPES = ("Tenant Non-Configurable", "Staffing", "Time Off and Leave", "System")
PERSON = "olund"
FIRST = "Enter the three values"
AGAIN = "Enter it again"


async def to_api_client(stage: Stage) -> tuple[Tenant, Message]:
    """Walk to the step of the API client with every permission granted and active."""
    tenant = stage.tenant()
    card = await stage.to_activation(Absence_data=["Needed: adds the API client step"])
    stage.grant(tenant, absence=True)
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    return tenant, await stage.ada.sees("Register API Client for Integrations", timeout=10)


def register(tenant: Tenant, *scopes: str, user: str = ISU) -> tuple[ApiClient, str]:
    client = tenant.register_api_client_for_integrations("ISU_Wintro API client", scopes=scopes or SCOPES)
    return client, tenant.manage_refresh_tokens_for_integrations(client, user)


async def enter(stage: Stage, client: ApiClient, token: str, *, button: str = FIRST, secret: str = "") -> None:
    await (await stage.ada.sees(button)).press(button)
    fields: dict[str, object] = {
        "Client ID": client.client_id,
        "Client Secret": secret or client.client_secret,
        "Refresh Token": token,
    }
    outcome = await stage.send(stage.ada, "API client", fields)
    assert outcome.closed, outcome


async def refused(stage: Stage) -> Message:
    """Give the first reply."""
    await stage.becomes(lambda link: link.attempt.trouble and not link.attempt.checking, timeout=3)
    return await stage.ada.sees("not yet")


def a_person(tenant: Tenant) -> str:
    tenant.create_workday_account_for_worker("21003", PERSON, "his own")
    return PERSON


async def test_p06_get_instead_of_view(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    for row in stage.app.rules.permissions.rows("recruiting", absence=True):
        if row.probe.is_rest:
            tenant.revoke_permission(GROUP, row.policy)
            tenant.maintain_permissions(GROUP, {row.policy: "Get Only"})
    tenant.activate_pending_security_policy_changes("Get everywhere")
    client, token = register(tenant)
    await enter(stage, client, token)
    trouble = await refused(stage)
    assert "needs View" in trouble.text
    stage.grant(tenant, absence=True)
    tenant.activate_pending_security_policy_changes("View, too")
    await trouble.press("Check again")
    await stage.is_linked()


async def test_p16_the_other_task_made_the_client(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = register(tenant)
    wrong = tenant.register_api_client("By the wrong task", scopes=SCOPES)
    await enter(stage, wrong, token)
    trouble = await refused(stage)
    assert "Register API Client for Integrations" in trouble.text
    await enter(stage, client, token, button=AGAIN)
    await stage.is_linked()


async def test_p17_the_token_is_a_persons_who_sees_nothing(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = register(tenant, user=a_person(tenant))
    await enter(stage, client, token)
    trouble = await refused(stage)
    assert "made for another account" in trouble.text
    assert f"Make one for {ISU}" in trouble.text
    await enter(stage, client, tenant.manage_refresh_tokens_for_integrations(client, ISU), button=AGAIN)
    await stage.is_linked()


async def test_p17_the_token_is_a_persons_who_sees_everything(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    assert f"The token must belong to {ISU}" in card.text
    tenant.create_security_group("HR", "User-Based Security Group")
    tenant.assign_users_to_user_based_security_group("HR", [a_person(tenant)])
    rows = stage.app.rules.permissions.rows("recruiting", absence=True)
    tenant.maintain_permissions("HR", {row.policy: "View Only" for row in rows})
    tenant.activate_pending_security_policy_changes("People see it")
    client, token = register(tenant, user=PERSON)
    await enter(stage, client, token)
    trouble = await refused(stage)
    assert "made for another account" in trouble.text
    await enter(stage, client, tenant.manage_refresh_tokens_for_integrations(client, ISU), button=AGAIN)
    await stage.is_linked()


async def test_p17_a_newer_token_has_replaced_it(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, old = register(tenant)
    new = tenant.manage_refresh_tokens_for_integrations(client, ISU)
    await enter(stage, client, old)
    trouble = await refused(stage)
    assert "Each new token ends the one before" in trouble.text
    await enter(stage, client, new, button=AGAIN)
    await stage.is_linked()


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("Staffing", "the scopes Tenant Non-Configurable, Staffing, Time Off and Leave and System"),
        ("Time Off and Leave", "lacks a scope"),
    ],
)
async def test_p18_a_scope_is_missing(stage: Stage, missing: str, named: str) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = register(tenant, *(scope for scope in SCOPES if scope != missing))
    await enter(stage, client, token)
    trouble = await refused(stage)
    assert named in trouble.text
    tenant.edit_api_client(client, scopes=SCOPES)
    await trouble.press("Check again")
    await stage.is_linked()


async def test_p18_system_is_asked_for_and_nothing_fails_without_it(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    assert "System" in card.text
    client, token = register(tenant, "Tenant Non-Configurable", "Staffing", "Time Off and Leave")
    await enter(stage, client, token)
    await stage.is_linked()


async def test_p19_oauth_is_switched_off(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = register(tenant)
    tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False)
    await enter(stage, client, token)
    trouble = await refused(stage)
    assert "OAuth 2.0 Clients Enabled" in trouble.text
    tenant.edit_tenant_setup_security(oauth_2_clients_enabled=True)
    await enter(stage, client, token, button=AGAIN)
    await stage.is_linked()


async def test_p20_the_secret_was_not_copied(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    assert "the secret is shown once" in card.text
    client, token = register(tenant)
    await enter(stage, client, token, secret="what-the-clipboard-held")
    trouble = await refused(stage)
    assert "Generate New API Client Secret" in trouble.text
    tenant.generate_new_api_client_secret(client)
    await enter(stage, client, token, button=AGAIN)
    await stage.is_linked()


@pytest.mark.parametrize(("opened", "shown"), [(False, Outcome.EMPTY), (True, Outcome.OK)])
async def test_p26_segmented_leave_types_are_warned_of_before(stage: Stage, *, opened: bool, shown: Outcome) -> None:
    """A worker without time off and one whose time off is out of sight answer alike, so nothing can be claimed."""
    tenant, card = await to_api_client(stage)
    assert "segment" in card.text
    tenant.segment_leave_types()
    if opened:
        tenant.create_segment_based_security_group("Leave", groups=[GROUP])
        tenant.maintain_permissions("Leave", {"Access Leave Type (Segmented)": "View Only"})
        tenant.activate_pending_security_policy_changes("Segments, too")
    client, token = register(tenant)
    await enter(stage, client, token)
    await stage.is_linked()
    assert {one.outcome for one in stage.workday.requests if "timeOffDetails" in one.path} == {shown}
