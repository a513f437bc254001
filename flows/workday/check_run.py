"""Runs one check, the cheapest question first; it judges only when to stop and never raises for a failure."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.lockout import may_be_bad
from flows.diagnosis.observations import CheckKind, Deep, Observation, Report
from flows.diagnosis.reasons import Reason, Stops
from flows.permissions import Permission
from flows.workday.check_plan import CheckPlan, Outcome, version_ladder
from flows.workday.client import Questions
from flows.workday.network import Network
from flows.workday.pacing import IN_FLIGHT, SIGNED_IN_FLIGHT, SLOW_SECONDS, Pace, ask_all
from flows.workday.probes import REST_LOGIN, REST_PROBES, SOAP_PROBES, WRITE_PROBES, RestProbe, SoapProbe
from flows.workday.rest import ApiClient
from flows.workday.wql import look_deeper

if TYPE_CHECKING:
    from pydantic import SecretStr


class Workday:
    """Checks customers' tenants over one shared network; `pace` is the pause near their rate limits in seconds."""

    def __init__(self, network: Network, *, pace: float = SLOW_SECONDS) -> None:
        self._network = network
        self._pace = pace

    async def run(self, plan: CheckPlan) -> Outcome:
        """Carry out one check; every expected failure becomes an observation."""
        check = _Check(self._network, plan, Pace(self._pace))
        await check.run()
        return Outcome(report=check.report(), rotated_refresh_token=check.rotated)


class _Check:
    """One check under way: what was seen so far, and what later questions need."""

    def __init__(self, network: Network, plan: CheckPlan, pace: Pace) -> None:
        self._plan = plan
        self._pace = pace
        self._candidates = [Questions(network=network, endpoint=one, plan=plan) for one in plan.endpoints]
        self._asks = self._candidates[0]
        self._began = time.monotonic()
        self._seen: list[Observation] = []
        self._version: str | None = None
        self._answered = False
        self._access: SecretStr | None = None
        self._token: Observation | None = None
        self._deep: Deep | None = None
        self.rotated: SecretStr | None = None

    def report(self) -> Report:
        return Report(
            kind=self._plan.kind,
            observations=tuple(self._seen),
            endpoint=self._asks.endpoint if self._answered else None,
            version=self._version,
            deep=self._deep,
        )

    async def run(self) -> None:
        await self._layers()
        if self._plan.api and self._plan.deep_at:
            await self._look_deeper(self._plan.api, self._plan.deep_at)

    async def _layers(self) -> None:
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

    def _dated(self, seen: Observation) -> Observation:
        if self._plan.at is None:
            return seen
        return replace(seen, at=self._plan.at + timedelta(seconds=round(time.monotonic() - self._began)))

    def _note(self, seen: Observation) -> Reason:
        self._seen.append(self._dated(seen))
        self._pace.heed(seen.tokens_left)
        return diagnose(seen).reason

    async def _permissions(self) -> bool:
        """Ask every SOAP probe once, then those about writing where reading was not denied; return whether to go on."""
        read: dict[SoapProbe, list[Permission]] = {}
        for row in self._plan.rows:
            if row.probe in SOAP_PROBES:
                read.setdefault(SOAP_PROBES[row.probe], []).append(row)
        if not await self._ask_signed(partial(self._ask, *one) for one in read.items()):
            return False
        return not self._plan.probe_writes or await self._writes()

    async def _writes(self) -> bool:
        denied = {seen.probe for seen in self._seen if diagnose(seen).reason is Reason.NOT_AUTHORIZED}
        write: dict[SoapProbe, list[Permission]] = {}
        for row in self._plan.rows:
            if row.write_probe in WRITE_PROBES and row.id not in denied:
                write.setdefault(WRITE_PROBES[row.write_probe], []).append(row)
        return await self._ask_signed(partial(self._ask, *one, write=True) for one in write.items())

    async def _ask_signed(self, asks: Iterable[Callable[[], Awaitable[bool]]]) -> bool:
        return await ask_all(asks, pace=self._pace, in_flight=SIGNED_IN_FLIGHT)

    async def _ask(self, probe: SoapProbe, rows: list[Permission], *, write: bool = False) -> bool:
        seen = await self._asks.permission(probe, rows, self._version or self._plan.version, write=write)
        reasons = {self._note(one) for one in seen}
        # A write that was taken, or that nobody understands, is the last one.
        ends = any(map(_stops, reasons)) or (write and Reason.UNKNOWN in reasons)
        return not ends and not any(map(may_be_bad, seen))

    async def _api(self, api: ApiClient) -> None:
        """Trade the refresh token, ask REST for a worker, then ask the REST probes, some at a time."""
        seen = await self._sign_in_with_token(api)
        if self._note(seen) is not Reason.OK or self._access is None:
            return
        self._answered = True
        access = self._access
        seen, worker = await self._asks.resource(REST_LOGIN, access)
        if _stops(self._note(seen)):
            return

        async def ask(probe: RestProbe, row: str) -> bool:
            seen, _ = await self._asks.resource(probe, access, row=row, worker=worker)
            return not _stops(self._note(seen))

        asks = [
            partial(ask, REST_PROBES[row.probe], row.id)
            for row in self._plan.rows
            if row.probe in REST_PROBES and (worker or not REST_PROBES[row.probe].needs_worker)
        ]
        await ask_all(asks, pace=self._pace, in_flight=IN_FLIGHT)

    async def _sign_in_with_token(self, api: ApiClient) -> Observation:
        seen, tokens = await self._asks.token(api)
        self.rotated, self._access, self._token = tokens.rotated, tokens.access, seen
        return seen

    async def _look_deeper(self, api: ApiClient, at: datetime) -> None:
        """Ask Workday about itself, also after a rejected password: the token is another secret and locks nobody."""
        if not self._seen or any(diagnose(seen).reason.traits.stops is Stops.CHECK for seen in self._seen):
            return
        observations: list[Observation] = []
        token = self._token
        if token is None:
            token = await self._sign_in_with_token(api)
            observations.append(self._dated(token))
        if self._access is None:
            denied = diagnose(token).reason is Reason.OAUTH_INVALID_GRANT
            self._deep = Deep(token_works=False if denied else None, observations=tuple(observations))
            return
        told = await look_deeper(self._asks, self._access, at, pace=self._pace)
        self._deep = replace(told, observations=(*observations, *map(self._dated, told.observations)))


def _stops(reason: Reason) -> bool:
    """Return whether more questions would be rude; with the password, whatever may be a rejection ends a check too."""
    return reason.traits.stops is not Stops.NOTHING
