"""Runs one check, the cheapest question first; it judges only when to stop and never raises for a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from flows.diagnosis import diagnose
from flows.observations import CheckKind, Observation, Report
from flows.permissions import Permission
from flows.reasons import Reason
from flows.workday.asking import Questions
from flows.workday.network import Network
from flows.workday.plans import CheckPlan, Outcome, version_ladder
from flows.workday.probes import REST_LOGIN, REST_PROBES, SOAP_PROBES, SoapProbe
from flows.workday.rest import ApiClient

if TYPE_CHECKING:
    from pydantic import SecretStr

IN_FLIGHT: Final = 4
PACE_SECONDS: Final = 0.25
"""The time between the starts of two probes: forty take ten seconds."""

_STOPS: Final = frozenset(
    {
        Reason.INVALID_CREDENTIALS,
        Reason.THROTTLED,
        Reason.MAINTENANCE,
        Reason.NOT_ANSWERING,
        Reason.REDIRECTED,
        Reason.HTML_INSTEAD,
        Reason.REST_INVALID_TOKEN,
    }
)
"""After one of these, more questions would be rude or, with a refused password, harmful."""


class Workday:
    """Checks customers' tenants over one shared network; `pace` is the time between two probes in seconds."""

    def __init__(self, network: Network, *, pace: float = PACE_SECONDS) -> None:
        self._network = network
        self._pace = pace

    async def run(self, plan: CheckPlan) -> Outcome:
        """Carry out one check; every expected failure becomes an observation."""
        check = _Check(self._network, plan, self._pace)
        await check.run()
        return Outcome(report=check.report(), rotated_refresh_token=check.rotated)


class _Check:
    """One check under way: what was seen so far, and what later questions need."""

    def __init__(self, network: Network, plan: CheckPlan, pace: float) -> None:
        self._plan = plan
        self._pace = pace
        self._candidates = [Questions(network=network, endpoint=one, plan=plan) for one in plan.endpoints]
        self._asks = self._candidates[0]
        self._seen: list[Observation] = []
        self._version: str | None = None
        self._answered = False
        self.rotated: SecretStr | None = None

    def report(self) -> Report:
        return Report(
            kind=self._plan.kind,
            observations=tuple(self._seen),
            endpoint=self._asks.endpoint if self._answered else None,
            version=self._version,
        )

    async def run(self) -> None:
        plan = self._plan
        if (plan.kind is CheckKind.REACH or len(self._candidates) > 1) and not await self._reach():
            return
        if plan.signs_in and not await self._login():
            return
        if plan.kind in {CheckKind.PERMISSIONS, CheckKind.FULL} and not await self._permissions():
            return
        if plan.kind in {CheckKind.API, CheckKind.FULL} and plan.api:
            await self._api(plan.api)

    async def _reach(self) -> bool:
        for asks in self._candidates:
            self._asks = asks
            if await self._step_versions(asks.reach):
                return True
        return False

    async def _login(self) -> bool:
        return await self._step_versions(self._asks.login)

    async def _step_versions(self, ask: Callable[[str], Awaitable[Observation]]) -> bool:
        """Ask in one version after another until one is known; the sign-on comes after the version."""
        for version in version_ladder(self._version or self._plan.version):
            reason = self._note(await ask(version))
            if reason is Reason.OK:
                self._version, self._answered = version, True
            if reason is not Reason.BAD_VERSION:
                return reason is Reason.OK
        return False

    def _note(self, seen: Observation) -> Reason:
        self._seen.append(seen)
        return diagnose(seen).reason

    async def _permissions(self) -> bool:
        """Ask every SOAP probe once, some at a time; tell whether to go on."""
        rows_of: dict[SoapProbe, list[Permission]] = {}
        for row in self._plan.rows:
            if row.probe in SOAP_PROBES:
                rows_of.setdefault(SOAP_PROBES[row.probe], []).append(row)
        gate = asyncio.Semaphore(IN_FLIGHT)
        stop = asyncio.Event()

        async def ask(probe: SoapProbe, rows: Sequence[Permission]) -> None:
            try:
                seen = await self._asks.permission(probe, rows, self._version or self._plan.version)
            finally:
                gate.release()
            if _STOPS & {self._note(one) for one in seen}:
                stop.set()

        async with asyncio.TaskGroup() as group:
            for probe, rows in rows_of.items():
                await gate.acquire()
                if stop.is_set():
                    break
                group.create_task(ask(probe, rows))
                await asyncio.sleep(self._pace)
        return not stop.is_set()

    async def _api(self, api: ApiClient) -> None:
        """Trade the refresh token, ask REST for a worker, then ask the REST probes one after another."""
        seen, tokens = await self._asks.token(api)
        self.rotated = tokens.rotated
        if self._note(seen) is not Reason.OK or tokens.access is None:
            return
        self._answered = True
        seen, worker = await self._asks.resource(REST_LOGIN, tokens.access)
        if self._note(seen) in _STOPS:
            return
        for row in self._plan.rows:
            probe = REST_PROBES.get(row.probe)
            if probe is None or (probe.needs_worker and not worker):
                continue
            await asyncio.sleep(self._pace)
            seen, _ = await self._asks.resource(probe, tokens.access, row=row.id, worker=worker)
            if self._note(seen) in _STOPS:
                return
