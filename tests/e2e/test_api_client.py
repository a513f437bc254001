"""The API client for absence data: each way it can be wrong is named, then it works."""

from __future__ import annotations

from functools import partial

import pytest

from flows.link.state import Step
from storage.credentials import store as vault
from tests.support.api_client import SCOPES, enter, registered, to_api_client
from tests.support.backdrop import ISU, PASSWORD
from tests.support.stage import Stage


async def test_the_whole_way_with_absence_data(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    assert "Time Off and Leave" in card.text
    client, token = registered(tenant)
    await enter(stage, client.client_id, client.client_secret, token)
    await stage.is_linked()
    assert len(stage.vault()) == 3
    sent = stage.slack.transcript_bytes()
    assert client.client_secret.encode() not in sent
    assert token.encode() not in sent


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("wrong secret", "invalid_client"),
        ("wrong token", "invalid_grant"),
        ("token of another client", "invalid_grant"),
        ("wrong kind", "may not use refresh tokens"),
        ("clients switched off", "invalid_client"),
    ],
)
async def test_what_is_wrong_is_named_and_mended(stage: Stage, case: str, words: str) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    values = [client.client_id, client.client_secret, token]
    match case:
        case "wrong secret":
            values[1] += "x"
        case "wrong token":
            values[2] += "x"
        case "token of another client":
            values[2] = registered(tenant)[1]
        case "wrong kind":
            other = tenant.register_api_client("By the wrong task", scopes=SCOPES)
            values = [other.client_id, other.client_secret, token]
        case _:
            tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False)
    await enter(stage, *values)
    trouble = await stage.ada.sees(words, timeout=10)
    assert "invalid username or password" not in trouble.text
    tenant.edit_tenant_setup_security(oauth_2_clients_enabled=True)
    await enter(stage, client.client_id, client.client_secret, token, button="Enter it again")
    await stage.is_linked()
    assert len(stage.vault()) == 3
    assert tenant.logins(ISU).bad == 0


async def test_scopes_or_view_access_are_missing(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client = tenant.register_api_client_for_integrations("ISU_Wintro API client", scopes=["Staffing"])
    token = tenant.manage_refresh_tokens_for_integrations(client, ISU)
    await enter(stage, client.client_id, client.client_secret, token)
    trouble = await stage.ada.sees("permission denied", timeout=10)
    assert "Time Off" in trouble.text
    tenant.edit_api_client(client, scopes=SCOPES)
    await trouble.press("Check again")
    await stage.is_linked()


async def test_a_wrong_form_of_the_three_values(stage: Stage) -> None:
    tenant, card = await to_api_client(stage)
    client, token = registered(tenant)
    await card.press("Enter the three values")
    modal = await stage.ada.modal("API client")
    await modal.fill({"Client ID": "https://x.example", "Client Secret": "x x", "Refresh Token": f" {token}\n"})
    outcome = await modal.submit()
    assert set(outcome.errors) == {"Client ID", "Client Secret"}
    assert len(stage.vault()) == 1
    await modal.fill({"Client ID": client.client_id, "Client Secret": client.client_secret})
    assert (await modal.submit()).closed
    await stage.is_linked()


async def test_restart_forgets_the_client_alone(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    await enter(stage, client.client_id, "wrong" + PASSWORD[:3], token)
    await stage.ada.sees("invalid_client")
    await (await stage.sam.sees("Link Workday · Acme")).press("Restart this step", by=stage.sam)
    link = await stage.becomes(lambda link: link.setup.api is None)
    assert link.step is Step.API_CLIENT
    assert len(stage.vault()) == 1
    await enter(stage, client.client_id, client.client_secret, token)
    await stage.is_linked()


async def test_a_rotated_refresh_token_is_kept(stage: Stage) -> None:
    stage.workday.switches.rotate_refresh_tokens = True
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    await enter(stage, client.client_id, client.client_secret, token)
    await stage.is_linked()
    assert len(stage.vault()) == 3
    assert token not in tenant.api.refresh_tokens
    api, ring = stage.link.setup.api, stage.settings().key_ring
    assert api
    (sealed,) = stage.app.database.run_sync(partial(vault.find, refs=[api.refresh_token]))
    assert vault.unseal(ring, sealed).get_secret_value() in tenant.api.refresh_tokens
