"""Runs one check, the cheapest question first; it judges only when to stop and never raises for a failure."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.limits import may_be_bad
from flows.diagnosis.observations import CheckKind, Deep, Observation, Report
from flows.diagnosis.reasons import Reason, Stops, Verdict
from flows.permissions import Permission, WriteProbe
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import EPOCH, CheckPlan, Outcome, version_ladder
from flows.workday.client import Questions
from flows.workday.network import Network, Patient
from flows.workday.pacing import IN_FLIGHT, SIGNED_IN_FLIGHT, SLOW_SECONDS, Pace, ask_all
from flows.workday.probes import DRY_RUNS, REST_LOGIN, REST_PROBES, SOAP_PROBES, DryRun, RestProbe, RestWrite, SoapProbe
from flows.workday.rest import Grant, Tokens
from flows.workday.tokens.token_cache import TokenCache
from flows.workday.wql import look_deeper

_Run = TypeVar("_Run", bound=DryRun)


class Workday:
    """Checks customers' tenants over one shared network; `pace` is the pause near their rate limits in seconds."""

    def __init__(self, network: Network, *, pace: float = SLOW_SECONDS, tokens: TokenCache | None = None) -> None:
        self._network = network
        self._patient = Patient(network)
        self._pace = pace
        self._tokens = tokens or TokenCache()

    async def run(self, plan: CheckPlan, *, is_awaited: bool = True) -> Outcome:
        """Carry out one check; every expected failure becomes an observation.

        What is not awaited leaves room for what is.
        """
        network = self._network if is_awaited else self._patient
        check = _Check(network, plan, Pace(self._pace), self._tokens)
        await check.run()
        return Outcome(report=check.report(), rotated_refresh_token=check.rotated)

    async def token(self, endpoint: Endpoint, grant: Grant, at: datetime) -> tuple[Observation, Tokens]:
        """Ask for one access token, a new one each time; `at` is the present moment."""
        plan = CheckPlan(kind=CheckKind.API, endpoints=(endpoint,), api=grant, bearer=True, at=at)
        return await Questions(network=self._network, endpoint=endpoint, plan=plan).token(grant, at)


class _Check:
    """One check under way: what was seen so far, and what later questions need."""

    def __init__(self, network: Network | Patient, plan: CheckPlan, pace: Pace, tokens: TokenCache) -> None:
        self._plan = plan
        self._pace = pace
        self._tokens = tokens
        self._renewing = asyncio.Lock()
        self._renewed = False
        self._dry_runs_left = plan.dry_runs_left
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
        if plan.bearer:
            # The same token opens both.
            await self._over_rest()
        elif plan.kind in {CheckKind.API, CheckKind.FULL} and plan.api:
            await self._api(plan.api)

    async def _reach(self) -> bool:
        for asks in self._candidates:
            self._asks = asks
            if await self._step_versions(asks.reach):
                return True
        return False

    async def _login(self) -> bool:
        if self._plan.bearer and self._plan.api and not await self._signed_on(self._plan.api):
            return False
        return await self._step_versions(self._ask_login)

    async def _ask_login(self, version: str) -> Observation:
        async def ask(access: SecretStr | None) -> list[Observation]:
            return [await self._asks.login(version, access)]

        (seen,) = await self._with_token(ask)
        return seen

    async def _signed_on(self, grant: Grant) -> bool:
        """Take the token that is at hand, or ask for one."""
        self._access = None if self._plan.fresh else self._tokens.find(self._asks.endpoint, grant)
        return self._access is not None or await self._new_token(grant)

    async def _new_token(self, grant: Grant) -> bool:
        seen = await self._sign_in_with_token(grant)
        return self._note(seen) is Reason.OK and self._access is not None

    async def _with_token(self, ask: Callable[[SecretStr | None], Awaitable[list[Observation]]]) -> list[Observation]:
        """Ask with the token, where one signs on; a token that is refused is replaced once."""
        used, grant = self._access, self._plan.api
        if not self._plan.bearer or grant is None:
            return await ask(None)
        seen = await ask(used)
        if all(diagnose(one).reason is not Reason.BEARER_REFUSED for one in seen):
            return seen
        async with self._renewing:
            if self._access is used and (self._renewed or not await self._renew(grant)):
                return seen
        return await ask(self._access)

    async def _step_versions(self, ask: Callable[[str], Awaitable[Observation]]) -> bool:
        """Ask in one version after another until one is known; the sign-on comes after the version."""
        for version in version_ladder(self._version or self._plan.version):
            reason = self._note(await ask(version))
            if reason is Reason.OK:
                self._version, self._answered = version, True
            if reason is not Reason.BAD_VERSION:
                return reason is Reason.OK
        return False

    async def _renew(self, grant: Grant) -> bool:
        self._renewed = True
        self._tokens.drop(self._asks.endpoint, grant)
        return await self._new_token(grant)

    def _dated(self, seen: Observation) -> Observation:
        if self._plan.at is None:
            return seen
        return replace(seen, at=self._now())

    def _now(self) -> datetime:
        return (self._plan.at or EPOCH) + timedelta(seconds=round(time.monotonic() - self._began))

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
        return await self._ask_signed(partial(self._ask, *one, write=True) for one in self._dry_runs(SoapProbe))

    def _dry_runs(self, kind: type[_Run]) -> Iterator[tuple[_Run, list[Permission]]]:
        """Give the dry runs over one way, with the rows that they stand for; what is too many is noted as held back."""
        if not self._plan.probe_writes:
            return
        denied = {seen.probe for seen in self._seen if diagnose(seen).reason.traits.verdict is Verdict.DENIED}
        wanted: dict[WriteProbe, list[Permission]] = {}
        for row in self._plan.rows:
            if row.id not in denied:
                wanted.setdefault(row.write_probe, []).append(row)
        for probe, rows in wanted.items():
            run = DRY_RUNS.get(probe)
            if not isinstance(run, kind):
                continue
            if self._dry_runs_left:
                self._dry_runs_left -= 1
                yield run, rows
            else:
                for seen in self._asks.held_back(run, rows):
                    self._note(seen)

    async def _ask_signed(self, asks: Iterable[Callable[[], Awaitable[bool]]]) -> bool:
        return await ask_all(asks, pace=self._pace, in_flight=SIGNED_IN_FLIGHT)

    async def _ask(self, probe: SoapProbe, rows: list[Permission], *, write: bool = False) -> bool:
        async def ask(access: SecretStr | None) -> list[Observation]:
            version = self._version or self._plan.version
            return await self._asks.permission(probe, rows, version, access, write=write)

        seen = await self._with_token(ask)
        reasons = {self._note(one) for one in seen}
        # A write that was taken, or that nobody understands, is the last one.
        ends = any(map(_stops, reasons)) or (write and Reason.UNKNOWN in reasons)
        return not ends and not any(map(may_be_bad, seen))

    async def _api(self, grant: Grant) -> None:
        """Trade the refresh token, then ask REST."""
        if await self._new_token(grant):
            self._answered = True
            await self._rest()

    async def _over_rest(self) -> None:
        """Ask REST with the token that signs on everywhere, where there is something to ask."""
        is_asked = self._plan.kind in {CheckKind.PERMISSIONS, CheckKind.FULL}
        if is_asked and any(row.probe in REST_PROBES for row in self._plan.rows):
            await self._rest()

    async def _rest(self) -> None:
        """Ask REST for a worker, then ask the REST probes, some at a time."""
        seen, worker = await self._resource(REST_LOGIN)
        if _stops(self._note(seen)):
            return

        async def ask(probe: RestProbe, row: str) -> bool:
            seen, _ = await self._resource(probe, row=row, worker=worker)
            return not _stops(self._note(seen))

        asks = [
            partial(ask, REST_PROBES[row.probe], row.id)
            for row in self._plan.rows
            if row.probe in REST_PROBES and (worker or not REST_PROBES[row.probe].needs_worker)
        ]
        if await ask_all(asks, pace=self._pace, in_flight=IN_FLIGHT) and worker:
            writes = (partial(self._dry_run, *one, worker) for one in self._dry_runs(RestWrite))
            await ask_all(writes, pace=self._pace, in_flight=SIGNED_IN_FLIGHT)

    async def _dry_run(self, run: RestWrite, rows: list[Permission], worker: str) -> bool:
        async def ask(access: SecretStr | None) -> list[Observation]:
            return await self._asks.dry_run(run, rows, access or self._access or SecretStr(""), worker)

        reasons = {self._note(one) for one in await self._with_token(ask)}
        return not any(map(_stops, reasons)) and Reason.UNKNOWN not in reasons

    async def _resource(self, probe: RestProbe, *, row: str = "", worker: str = "") -> tuple[Observation, str]:
        first = ""

        async def ask(access: SecretStr | None) -> list[Observation]:
            nonlocal first
            held = access or self._access or SecretStr("")
            seen, first = await self._asks.resource(probe, held, row=row, worker=worker)
            return [seen]

        (seen,) = await self._with_token(ask)
        return seen, first

    async def _sign_in_with_token(self, grant: Grant) -> Observation:
        seen, tokens = await self._asks.token(grant, self._now())
        self.rotated, self._access, self._token = tokens.rotated or self.rotated, tokens.access, seen
        if tokens.access and self._plan.bearer:
            self._tokens.keep(self._asks.endpoint, grant, tokens.access, tokens.seconds)
        return seen

    async def _look_deeper(self, api: Grant, at: datetime) -> None:
        """Ask Workday about itself, also after a rejected password: the token is another secret and locks nobody."""
        if not self._seen or any(diagnose(seen).reason.traits.stops is Stops.CHECK for seen in self._seen):
            return
        observations: list[Observation] = []
        token = self._token
        if token is None and self._access is None:
            token = await self._sign_in_with_token(api)
            observations.append(self._dated(token))
        if self._access is None:
            denied = token is not None and diagnose(token).reason is Reason.OAUTH_INVALID_GRANT
            self._deep = Deep(token_works=False if denied else None, observations=tuple(observations))
            return
        told = await look_deeper(self._asks, self._access, at, pace=self._pace)
        self._deep = replace(told, observations=(*observations, *map(self._dated, told.observations)))


def _stops(reason: Reason) -> bool:
    """Return whether more questions would be rude; with the password, whatever may be a rejection ends a check too."""
    return reason.traits.stops is not Stops.NOTHING
