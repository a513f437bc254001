"""What a tenant is asked that nobody has settled, against the sandbox's Workday."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

import sandbox.workday as wd
from flows.diagnosis.observations import Layer
from flows.tenant.service_url import Endpoint
from flows.workday.network import Network
from flows.workday.origins import Origins
from flows.workday.rest import ApiClient
from flows.workday.survey import SOURCES, survey

HOST = "wd2-impl-services1.workday.com"
ACME = Endpoint(host=HOST, tenant="acme")


@pytest.mark.parametrize("shape", ["whole", "no token", "no client", "no version", "no right"])
async def test_as_much_is_learnt_as_the_tenant_tells(shape: str) -> None:
    async with wd.WorkdaySandbox() as workday:
        tenant = workday.tenant("acme")
        tenant.create_integration_system_user("ISU", "pw")
        tenant.create_security_group("Link")
        tenant.assign_integration_system_users("Link", ["ISU"])
        if shape != "no right":
            tenant.maintain_permissions("Link", {"Workday Query Language": "View Only"})
        tenant.activate_pending_security_policy_changes("for the link")
        client = tenant.register_api_client_for_integrations("link", scopes=["System"])
        token = tenant.manage_refresh_tokens_for_integrations(client, "ISU") if shape != "no token" else "x"
        secret = SecretStr(client.client_secret)
        grant = ApiClient(client_id=client.client_id, client_secret=secret, refresh_token=SecretStr(token))
        if shape == "no version":
            tenant.min_version = tenant.max_version = (30, 0)
        network = Network(Origins.parse(f"{HOST}={workday.origin}"), deadline=2)
        found = await survey(network, ACME, None if shape == "no client" else grant, datetime.now(UTC))
        await network.aclose()
        assert bool(found.versions) is (shape != "no version")
        assert found.takes_tokens is {"whole": True, "no right": True, "no version": False}.get(shape)
        assert (set(found.sources) == set(SOURCES)) is (shape in {"whole", "no version"})
        assert all(found.sources.values())
        assert any(seen.layer is Layer.TOKEN for seen in found.seen) is (shape != "no client")
        assert tenant.sign_on_history() == []
