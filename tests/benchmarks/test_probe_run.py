"""A run of probes costs little more than the same requests sent bare, one after another."""

import statistics
import time

from pydantic import SecretStr

import sandbox.workday as wd
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import CheckPlan
from flows.workday.check_run import Workday
from flows.workday.network import Network
from flows.workday.origins import Origins
from tests.benchmarks.probing import HOST, ROWS, bare

ROUNDS = 5
MOST = 2.5
"""The run may take this many times what the bare requests take; measured about 1.0."""


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
