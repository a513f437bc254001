"""Workday client: asks single questions and returns an observation for each; it decides neither order nor meaning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import SecretStr

from flows.diagnosis.observations import Content, Layer, Observation, Transport
from flows.diagnosis.rule import ASSERTION
from flows.permissions import Permission
from flows.tenant.account_names import qualified_user
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import CheckPlan
from flows.workday.echo_detection import Sent
from flows.workday.network import Answer, Call, Network, Patient
from flows.workday.probes import HUMAN_RESOURCES, LOGIN, DryRun, RestProbe, RestWrite, SoapProbe
from flows.workday.responses import Asked, Facts, observe
from flows.workday.rest import (
    Grant,
    Tokens,
    assertion_call,
    dry_run_call,
    query_call,
    read_listing,
    read_refusal,
    read_rows,
    read_thing,
    read_tokens,
    resource_call,
    token_call,
)
from flows.workday.soap import CONTENT_TYPE, build_request, read_answer, read_description
from flows.workday.tokens.assertions import KeyClient, assertion

ENOUGH_OF_A_WSDL: Final = 64 * 1024
_UNSENT = Answer(transport=Transport.UNSENDABLE)
_HELD_BACK = Answer(transport=Transport.HELD_BACK)
_NO_FACTS = Facts(content=Content.EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The questions one check can ask of one endpoint."""

    network: Network | Patient
    endpoint: Endpoint
    plan: CheckPlan = field(repr=False)

    async def reach(self, version: str) -> Observation:
        """Ask for a WSDL, which needs no credentials: it tells whether host, tenant and version are right."""
        path = f"{self.endpoint.soap_path(HUMAN_RESOURCES, version)}?wsdl"
        call = Call(method="GET", host=self.endpoint.host, path=path, enough=ENOUGH_OF_A_WSDL)
        answer = await self.network.send(call)
        return observe(self._asked(Layer.REACH, "WSDL", version), answer, read_description(answer))

    async def login(self, version: str, access: SecretStr | None = None) -> Observation:
        """Sign in once with the cheapest operation; with an access token where there is one."""
        asked = self._signed(self._asked(Layer.LOGIN, LOGIN.operation, version), access)
        answer = await self._post(LOGIN, version, access)
        return observe(asked, answer, read_answer(answer))

    async def permission(
        self,
        probe: SoapProbe,
        rows: Iterable[Permission],
        version: str,
        access: SecretStr | None = None,
        *,
        write: bool = False,
    ) -> list[Observation]:
        """Ask one SOAP probe and read its answer once for every row that it stands for."""
        answer = await self._post(probe, version, access)
        asked = self._signed(self._asked(Layer.PERMISSION, probe.operation, version), access)
        asked = replace(asked, write=write)
        return [
            observe(
                replace(asked, probe=row.id),
                answer,
                read_answer(answer, sections=() if write else row.sections, counts=probe.counts),
            )
            for row in rows
        ]

    async def token(self, grant: Grant, now: datetime) -> tuple[Observation, Tokens]:
        """Trade the refresh token, or an assertion that is signed `now`, for an access token."""
        asked = self._asked(Layer.TOKEN, ASSERTION if isinstance(grant, KeyClient) else "token")
        try:
            if isinstance(grant, KeyClient):
                signed = assertion(grant, now)
                asked = replace(asked, sent=asked.sent.with_secret(signed))
                call = assertion_call(self.endpoint, signed)
            else:
                call = token_call(self.endpoint, grant)
        except ValueError:
            return observe(asked, _UNSENT, _NO_FACTS), Tokens(facts=_NO_FACTS)
        answer = await self.network.send(call)
        tokens = read_tokens(answer, grant)
        seen = observe(asked, answer, tokens.facts)
        return replace(seen, clock_off=_ahead(answer, now) if isinstance(grant, KeyClient) else 0), tokens

    async def resource(
        self, probe: RestProbe, access: SecretStr, *, row: str = "", worker: str = ""
    ) -> tuple[Observation, str]:
        """Ask for one REST resource; returns the id of its first entry too."""
        resource = probe.resource.replace("{worker}", worker)
        answer = await self.network.send(resource_call(self.endpoint, access, probe.module, resource))
        listing = read_listing(answer, counts=probe.counts)
        operation = f"GET {probe.module}/{probe.resource.partition('?')[0]}"
        asked = replace(self._over_rest(operation, access), probe=row)
        return observe(asked, answer, listing.facts), listing.first

    async def dry_run(
        self, run: RestWrite, rows: Iterable[Permission], access: SecretStr, worker: str
    ) -> list[Observation]:
        """Ask over REST whether a write would be taken; read its answer once for every row that it stands for."""
        resource = run.resource.replace("{worker}", worker)
        call = dry_run_call(self.endpoint, access, run.module, resource, run.content)
        answer = await self.network.send(call)
        asked = replace(self._over_rest(f"POST {run.module}/{run.resource}", access), write=True)
        return [observe(replace(asked, probe=row.id), answer, read_refusal(answer)) for row in rows]

    def held_back(self, run: DryRun, rows: Iterable[Permission]) -> list[Observation]:
        """Say of a dry run that it was not made."""
        if isinstance(run, RestWrite):
            asked = self._asked(Layer.REST, f"POST {run.module}/{run.resource}")
        else:
            asked = self._asked(Layer.PERMISSION, run.operation)
        asked = replace(asked, write=True, bearer=self.plan.bearer)
        return [observe(replace(asked, probe=row.id), _HELD_BACK, _NO_FACTS) for row in rows]

    async def query(self, query: str, access: SecretStr) -> tuple[Observation, tuple[Mapping[str, object], ...]]:
        """Ask one WQL question; returns its rows too, empty when it was denied."""
        answer = await self.network.send(query_call(self.endpoint, access, query))
        facts, rows = read_rows(answer)
        return observe(self._over_rest("POST wql/v1/data", access), answer, facts), rows

    async def listed(self, resource: str, access: SecretStr) -> tuple[Observation, tuple[Mapping[str, object], ...]]:
        """Ask which data sources WQL has, or which fields one of them has."""
        answer = await self.network.send(resource_call(self.endpoint, access, "wql/v1", resource))
        facts, rows = read_rows(answer)
        return observe(self._over_rest("GET wql/v1/dataSources", access), answer, facts), rows

    async def own_worker(self, access: SecretStr) -> tuple[Observation, bool]:
        """Ask for the worker behind an access token; return whether there is one."""
        answer = await self.network.send(resource_call(self.endpoint, access, "v1", "workers/me"))
        facts, found = read_thing(answer)
        return observe(self._over_rest("GET v1/workers/me", access), answer, facts), found

    async def _post(self, probe: SoapProbe, version: str, access: SecretStr | None) -> Answer:
        headers = {"Content-Type": CONTENT_TYPE, "SOAPAction": '""'}
        try:
            if access:
                content = build_request(probe.body, version=version)
                headers["Authorization"] = f"Bearer {access.get_secret_value()}"
            else:
                user = qualified_user(self.plan.user, self.endpoint.tenant)
                password = self.plan.password.get_secret_value() if self.plan.password else ""
                content = build_request(probe.body, version=version, user=user, password=password)
        except ValueError:
            return _UNSENT
        return await self.network.send(
            Call(
                method="POST",
                host=self.endpoint.host,
                path=self.endpoint.soap_path(probe.service, version),
                headers=headers,
                content=content,
            )
        )

    def _over_rest(self, operation: str, access: SecretStr) -> Asked:
        asked = self._asked(Layer.REST, operation)
        return replace(asked, bearer=self.plan.bearer, sent=asked.sent.with_secret(access))

    def _signed(self, asked: Asked, access: SecretStr | None) -> Asked:
        return replace(asked, bearer=True, sent=asked.sent.with_secret(access)) if access else asked

    def _asked(self, layer: Layer, operation: str, version: str = "") -> Asked:
        return Asked(
            layer=layer,
            operation=operation,
            host=self.endpoint.host,
            version=version,
            address_proved=self.plan.address_proved,
            sent=Sent(self.plan.secrets, self.plan.user),
        )


def _ahead(answer: Answer, now: datetime) -> int:
    """Return by how many seconds Workday's clock is ahead of `now`; 0 where it does not tell."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return 0
    return round((theirs - now).total_seconds()) if theirs.tzinfo else 0
