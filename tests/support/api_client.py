"""What an admin does at the step of the API client."""

from __future__ import annotations

from sandbox.slack import Message
from sandbox.workday import ApiClient, Tenant
from tests.support.backdrop import ISU
from tests.support.stage import Stage

SCOPES = ("Tenant Non-Configurable", "Staffing", "Time Off and Leave", "System")


async def to_api_client(stage: Stage, *, without: tuple[str, ...] = ()) -> tuple[Tenant, Message]:
    tenant = stage.tenant()
    card = await stage.to_activation(Absence_data=["Needed: adds the API client step"])
    stage.grant(tenant, absence=True, without=without)
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    return tenant, await stage.ada.sees("Register API Client for Integrations", timeout=10)


def registered(tenant: Tenant) -> tuple[ApiClient, str]:
    client = tenant.register_api_client_for_integrations("ISU_Wintro API client", scopes=SCOPES)
    return client, tenant.manage_refresh_tokens_for_integrations(client, ISU)


async def enter(stage: Stage, client_id: str, secret: str, token: str, button: str = "Enter the three values") -> None:
    await (await stage.ada.sees(button)).press(button)
    fields: dict[str, object] = {"Client ID": client_id, "Client Secret": secret, "Refresh Token": token}
    outcome = await stage.send(stage.ada, "API client", fields)
    assert outcome.closed, outcome
