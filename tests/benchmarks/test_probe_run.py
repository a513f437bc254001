"""A run of probes costs little more than the same requests sent bare, one after another."""

import asyncio
import statistics
import time

import httpx
from pydantic import SecretStr

import sandbox.workday as wd
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.permissions import load_permissions
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import CheckPlan
from flows.workday.check_run import Workday
from flows.workday.network import Network
from flows.workday.origins import Origins
from flows.workday.pacing import SIGNED_IN_FLIGHT
from flows.workday.probes import LOGIN, SOAP_PROBES
from flows.workday.soap import CONTENT_TYPE, build_request

HOST = "wd2-impl-services1.workday.com"
ROWS = load_permissions().rows("hris")
ROUNDS = 5
MOST = 2.5
"""The run may take this many times what the bare requests take; measured about 1.0."""


async def bare(origin: str, plan: CheckPlan) -> float:
    """Send the same requests with nothing around them: the login, then the probes, as many at a time."""
    probes = list(dict.fromkeys(SOAP_PROBES[row.probe] for row in ROWS if row.probe in SOAP_PROBES))
    headers = {"Content-Type": CONTENT_TYPE, "Accept-Encoding": "identity"}
    gate = asyncio.Semaphore(SIGNED_IN_FLIGHT)
    async with httpx.AsyncClient(trust_env=False) as client:

        async def post(service: str, content: bytes) -> None:
            async with gate:
                url = f"{origin}/ccx/service/acme/{service}/{plan.version}"
                answer = await client.post(url, content=content, headers=headers)
                assert answer.status_code == 200

        def request(body: object) -> bytes:
            return build_request(body, user="ISU_Link@acme", password="secret", version=plan.version)  # type: ignore[arg-type]

        started = time.perf_counter()
        await post(LOGIN.service, request(LOGIN.body))
        await asyncio.gather(*(post(probe.service, request(probe.body)) for probe in probes))
        return time.perf_counter() - started


async def test_a_run_is_little_slower_than_bare_requests() -> None:
    async with wd.WorkdaySandbox() as workday:
        tenant = workday.tenant("acme")
        tenant.create_integration_system_user("ISU_Link", "secret")
        tenant.create_security_group("Link")
        tenant.assign_integration_system_users("Link", ["ISU_Link"])
        tenant.maintain_permissions("Link", {row.policy: row.access.value for row in ROWS})
        tenant.activate_pending_security_policy_changes("for the link")
        tenant.throttle(soap=1_000_000)
        workday.delay = 0.02
        endpoint = Endpoint(host=HOST, tenant="acme")
        plan = CheckPlan(
            kind=CheckKind.PERMISSIONS, endpoints=(endpoint,), user="ISU_Link", password=SecretStr("secret"), rows=ROWS
        )
        network = Network(Origins.parse(f"{HOST}={workday.origin}"))
        client = Workday(network, pace=0)
        ratios: list[float] = []
        for _ in range(ROUNDS):
            plain = await bare(workday.origin, plan)
            before = len(workday.requests)
            started = time.perf_counter()
            outcome = await client.run(plan)
            elapsed = time.perf_counter() - started
            assert conclude(outcome.report, ROWS).ok
            assert len(workday.requests) - before == 12
            ratios.append(elapsed / plain)
        await network.aclose()
    ratio = statistics.median(ratios)
    print(f"a run of {len(ROWS)} rows takes {ratio:.2f} times the bare requests (at most {MOST})")  # noqa: T201
    assert ratio <= MOST
