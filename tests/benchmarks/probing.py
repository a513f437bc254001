"""The floor of a check: the same requests to Workday with nothing around them."""

from __future__ import annotations

import asyncio
import time

import httpx

from flows.permissions import load_permissions
from flows.workday.check_plan import CheckPlan
from flows.workday.pacing import SIGNED_IN_FLIGHT
from flows.workday.probes import LOGIN, SOAP_PROBES
from flows.workday.soap import CONTENT_TYPE, build_request

HOST = "wd2-impl-services1.workday.com"
ROWS = load_permissions().rows("hris")


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
