"""Owns the running sandbox: its address, its tenants, its record of requests; decides nothing of Workday."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.workday import odd_answers
from sandbox.workday.http import AFTER_WORK, Answer, Oddity, Outcome, basic, json_answer, paths, send
from sandbox.workday.rest import oauth
from sandbox.workday.rest import requests as rest
from sandbox.workday.security import Right
from sandbox.workday.soap import requests as soap
from sandbox.workday.soap import wsdl
from sandbox.workday.tenant import Switches, Tenant, access, reports

MOST_HEADERS = 16 * 1024
INVALID = frozenset({Outcome.NOT_AUTHORIZED, Outcome.VALIDATION_FAULT, Outcome.BAD_REQUEST})
"""What counts for the guardrail: denied, or asked for with references that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request as the sandbox saw it; holds no password, token or body.

    The ids are those of the caller, which Workday logs; `signed_by` names the kinds of credential that it carried.
    """

    at: float
    method: str
    path: str
    tenant: str | None
    operation: str | None
    account: str | None
    outcome: Outcome
    status: int
    oddity: Oddity | None
    application_id: str = ""
    request_id: str = ""
    signed_by: tuple[str, ...] = ()


class WorkdaySandbox:
    """A Workday on this machine; an async context manager.

    `clock` gives epoch seconds; `delay` is seconds per answer; `address` is where callers seem to come from.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, switches: Switches | None = None) -> None:
        self.clock = clock
        self.switches = switches or Switches()
        self.tenants: dict[str, Tenant] = {}
        self.requests: list[RequestRecord] = []
        self.maintenance = False
        self.delay = 0.0
        self.drip_seconds = 0.05
        self.address = "127.0.0.1"
        self.origin = ""
        self._next: list[tuple[str | None, str, Oddity]] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes any free one."""
        application = web.Application(client_max_size=4 * 1024**2)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self._runner = runner
        self.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            # Whoever has connected is let in first: in the same turn of the loop as the end it would be left open.
            for _ in range(3):
                await asyncio.sleep(0)
            await self._runner.cleanup()
            self._runner = None

    def tenant(self, name: str) -> Tenant:
        """Return the tenant of that name, made on first use."""
        if name not in self.tenants:
            self.tenants[name] = Tenant.new(name, self.clock, self.switches)
        return self.tenants[name]

    def next_answers(self, *oddities: Oddity | str, tenant: str | None = None, below: str = "/") -> None:
        """Spoil the next answers in this order, of one tenant or of any, to paths that begin so."""
        self._next.extend((tenant, below, Oddity(oddity)) for oddity in oddities)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = paths.read(request.path)
        tenant = self.tenants.get(path.tenant or "")
        body = await request.read()
        oddity = self._oddity(request.path, path.tenant, tenant)
        delay = self.delay + (tenant.delay if tenant else 0.0)
        if delay:
            await asyncio.sleep(delay)
        answer = self._answer(request, path, None if tenant and tenant.suspended else tenant, body, oddity)
        self.requests.append(
            RequestRecord(
                at=self.clock(),
                method=request.method,
                path=request.path,
                tenant=path.tenant,
                operation=answer.operation,
                account=answer.account,
                outcome=answer.outcome,
                status=answer.status,
                oddity=oddity,
                application_id=request.headers.get("wd-external-application-id", ""),
                request_id=request.headers.get("wd-external-request-id", ""),
                signed_by=_signed_by(request.headers.get("Authorization", ""), body),
            )
        )
        if oddity is Oddity.HANG:
            await asyncio.Event().wait()
        date = formatdate(self.clock(), usegmt=True)
        dated = replace(answer, headers={"Date": date, **answer.headers})
        return await send(request, dated, oddity, self.drip_seconds)

    def _oddity(self, path: str, name: str | None, tenant: Tenant | None) -> Oddity | None:
        for index, (wanted, below, oddity) in enumerate(self._next):
            if wanted in {None, name} and path.startswith(below):
                del self._next[index]
                return oddity
        return tenant.oddity if tenant else None

    def _answer(
        self,
        request: web.Request,
        path: paths.Path,
        tenant: Tenant | None,
        body: bytes,
        oddity: Oddity | None,
    ) -> Answer:
        if oddity is not None and oddity not in AFTER_WORK:
            return odd_answers.odd(oddity)
        answer = self._turned_away(request, path) or self._down_or_throttled(path, tenant)
        if answer is None:
            answer = self._decided(request, path, tenant, body)
            if tenant is not None and answer.outcome in INVALID:
                tenant.guardrail.count(self.clock(), self.switches.guardrail_after, self.switches.guardrail_seconds)
        return odd_answers.spoilt(answer, oddity) if oddity else answer

    def _turned_away(self, request: web.Request, path: paths.Path) -> Answer | None:
        """Answer what never comes as far as a tenant: too large a head, or a host that only signs people on."""
        if sum(len(name) + len(value) + 4 for name, value in request.raw_headers) > MOST_HEADERS:
            return odd_answers.too_much_head()
        if "identity" in request.host.partition(".")[0]:
            return odd_answers.elsewhere(path.tenant or "")
        return None

    def _down_or_throttled(self, path: paths.Path, tenant: Tenant | None) -> Answer | None:
        if self.maintenance or (tenant is not None and tenant.is_down()):
            return odd_answers.maintenance(self.switches.maintenance_answer)
        if tenant is None or isinstance(path, paths.PagePath):
            return None
        now = self.clock()
        if now < tenant.guardrail.shut_until:
            shut = json_answer(429, {"error": "Too Many Requests"}, Outcome.THROTTLED)
            after = str(round(tenant.guardrail.shut_until - now))
            return replace(shut, headers={**shut.headers, "Retry-After": after})
        soap_call = isinstance(path, paths.ServicePath)
        bucket = tenant.soap_bucket if soap_call else tenant.rest_bucket
        if bucket.take(self.clock()):
            return None
        if soap_call and self.switches.soap_throttle_is_a_fault:
            return replace(odd_answers.odd(Oddity.OVERLOADED), outcome=Outcome.THROTTLED)
        answer = json_answer(429, {"error": "Too Many Requests"}, Outcome.THROTTLED)
        if not self.switches.throttle_body_is_json:
            answer = replace(answer, body=b"")
        if soap_call and not self.switches.soap_throttle_has_retry_after:
            return answer
        return replace(answer, headers={**answer.headers, "Retry-After": str(bucket.retry_after)})

    def _decided(self, request: web.Request, path: paths.Path, tenant: Tenant | None, body: bytes) -> Answer:
        authorization = request.headers.get("Authorization", "")
        if isinstance(path, paths.ServicePath):
            return self._service(request, path, tenant, body)
        if isinstance(path, paths.ReportPath):
            return self._report(path, tenant, authorization)
        if isinstance(path, paths.TokenPath) and request.method == "POST":
            return oauth.answer(tenant, authorization, body)
        if isinstance(path, paths.TokenPath | paths.StrayTokenPath):
            return json_answer(404, {"error": "invalid_request"}, Outcome.NOT_FOUND, operation=oauth.OPERATION)
        if isinstance(path, paths.RestPath):
            call = rest.RestCall(
                method=request.method,
                module=path.module,
                path=path.rest,
                query=dict(request.query),
                body=body,
                authorization=authorization,
                validate_only=request.headers.get("x-validate-only") == "1",
            )
            return rest.answer(tenant, call)
        if path.tenant and tenant is None:
            return odd_answers.no_such_tenant()
        return replace(odd_answers.odd(Oddity.HTML_PAGE), outcome=Outcome.PAGE)

    def _report(self, path: paths.ReportPath, tenant: Tenant | None, authorization: str) -> Answer:
        if tenant is None:
            return rest.unavailable()
        name, password = basic(authorization)
        caller = access.sign_on(tenant, name, password, self.address)
        owner = tenant.accounts.by_name.get(path.owner)
        return reports.answer(
            tenant.reports.get((path.owner, path.report)),
            caller.name if caller else None,
            lambda policy: owner is not None and access.sight(tenant, owner, (policy,), Right.VIEW) is not None,
            [{"worker": worker.descriptor} for worker in tenant.workers],
        )

    def _service(self, request: web.Request, path: paths.ServicePath, tenant: Tenant | None, body: bytes) -> Answer:
        if request.method == "GET" and "wsdl" in {key.lower() for key in request.query}:
            return wsdl.answer(tenant, path.service, path.version, self.origin, self.switches)
        if request.method != "POST":
            return replace(odd_answers.odd(Oddity.HTML_PAGE), status=405, outcome=Outcome.PAGE)
        return soap.answer(
            soap.SoapCall(
                tenant=tenant,
                service=path.service,
                version=path.version,
                body=body,
                authorization=request.headers.get("Authorization", ""),
                address=self.address,
                switches=self.switches,
            )
        )


def _signed_by(authorization: str, body: bytes) -> tuple[str, ...]:
    """Return every kind of credential that a request carries."""
    scheme = authorization.partition(" ")[0].lower()
    marks = {"password": b"UsernameToken", "refresh token": b"refresh_token=", "assertion": b"assertion="}
    return (*((scheme,) if scheme else ()), *(kind for kind, mark in marks.items() if mark in body))
