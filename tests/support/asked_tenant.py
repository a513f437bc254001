"""A tenant of the sandbox's Workday, with an integration user in a group, and the app's client that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind
from flows.permissions import Access, Permission, load_permissions
from flows.tenant.endpoint import Endpoint
from flows.workday.check_plan import CheckPlan, Outcome
from flows.workday.check_run import Workday
from flows.workday.network import Network
from flows.workday.origins import Origins
from flows.workday.rest import ApiClient
from flows.workday.tokens.token_cache import TokenCache
from sandbox.workday import Tenant, WorkdaySandbox

HOST = "wd2-impl-services1.workday.com"
OTHER = "impl-services1.wd12.myworkday.com"
"""A server on which nobody listens."""

ACME = Endpoint(host=HOST, tenant="acme")
ISU, GROUP = "ISU_Link", "Link"
PASSWORD = "p&<'\"> é☃"
SCOPES = load_permissions().profile("absence").scopes


@dataclass(frozen=True, kw_only=True)
class AskedTenant:
    """What a check is carried out against, and what it has asked."""

    workday: WorkdaySandbox
    tenant: Tenant
    network: Network
    client: Workday

    def grant(self, rows: Iterable[Permission], access: Access | None = None, *, activate: bool = True) -> None:
        wanted: dict[str, list[str]] = {}
        for row in rows:
            wanted.setdefault(row.policy, []).append((access or row.access).value)
        self.tenant.maintain_permissions(GROUP, wanted)
        if activate:
            self.tenant.activate_pending_security_policy_changes("for the link")

    def register(self, scopes: Iterable[str] = SCOPES, user: str = ISU) -> ApiClient:
        client = self.tenant.register_api_client_for_integrations("link", scopes=scopes)
        token = self.tenant.manage_refresh_tokens_for_integrations(client, user)
        secret = SecretStr(client.client_secret)
        return ApiClient(client_id=client.client_id, client_secret=secret, refresh_token=SecretStr(token))

    def operations(self) -> list[str | None]:
        return [request.operation for request in self.workday.requests]

    async def check(self, plan: CheckPlan) -> tuple[Outcome, Finding]:
        outcome = await self.client.run(plan)
        return outcome, conclude(outcome.report, plan.rows)

    async def finding(self, plan: CheckPlan) -> Finding:
        return (await self.check(plan))[1]


@asynccontextmanager
async def asked_tenant(tokens: TokenCache | None = None) -> AsyncIterator[AskedTenant]:
    async with WorkdaySandbox() as workday:
        tenant = workday.tenant(ACME.tenant)
        tenant.create_integration_system_user(ISU, PASSWORD)
        tenant.create_security_group(GROUP)
        tenant.assign_integration_system_users(GROUP, [ISU])
        network = Network(Origins.parse(f"{HOST}={workday.origin} {OTHER}=http://127.0.0.1:1"), deadline=2)
        client = Workday(network, pace=0, tokens=tokens)
        yield AskedTenant(workday=workday, tenant=tenant, network=network, client=client)
        await network.aclose()


def plan(kind: CheckKind, rows: tuple[Permission, ...] = (), api: ApiClient | None = None, **more: Any) -> CheckPlan:  # noqa: ANN401  fields of a plan
    values: dict[str, Any] = {"user": ISU, "password": SecretStr(PASSWORD), **more}
    return CheckPlan(kind=kind, endpoints=(ACME,), rows=rows, api=api, **values)
