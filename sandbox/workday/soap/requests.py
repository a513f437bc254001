"""Owns the order in which a SOAP request is decided; must not touch sockets, throttles or odd answers."""

import re
from dataclasses import dataclass, replace
from functools import partial

from sandbox.workday.http import HTML, Answer, Outcome, basic, is_basic, success_headers
from sandbox.workday.security import Account, Right, Sight
from sandbox.workday.soap import faults
from sandbox.workday.soap.faults import FaultError
from sandbox.workday.soap.operations import OPERATIONS, SERVICES, Operation
from sandbox.workday.soap.results import Permitted, is_risky, result, written
from sandbox.workday.soap.schema import validate
from sandbox.workday.soap.xml import ENV, WSSE, Element, NotXmlError, children, parse, split
from sandbox.workday.tenant import Switches, Tenant, UnknownTenantSoap, Version, access

LOWEST: Version = (10, 0)
HIGHEST: Version = (46, 2)

_VERSION = re.compile(r"v(\d{1,3})\.([0-2])")
_BEARER = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapCall:
    """What a POST to a service brings; `tenant` is None when the host does not have it."""

    tenant: Tenant | None
    service: str
    version: str
    body: bytes
    authorization: str
    address: str
    switches: Switches


def version_is_known(text: str, tenant: Tenant | None) -> bool:
    """Return whether the tenant has this version; an unknown tenant has what most have."""
    match = _VERSION.fullmatch(text)
    if match is None:
        return False
    low, high = (tenant.min_version, tenant.max_version) if tenant else (LOWEST, HIGHEST)
    return low <= (int(match[1]), int(match[2])) <= high


def answer(call: SoapCall) -> Answer:
    """Decide a SOAP request, first failing layer first."""
    operation = account = user_name = None
    language = call.tenant.language if call.tenant else "en"
    try:
        if call.switches.version_before_authentication:
            _check_version(call)
        request, user_name, password = _open(call)
        operation = _operation(call, request)
        if call.switches.schema_before_authentication:
            validate(request, operation, call.switches)
        tenant, account = _authenticate(call, user_name, password)
        _check_version(call)
        validate(request, operation, call.switches)
        return _run(call, tenant, operation, request, account)
    except _UnknownTenantError as unknown:
        return unknown.answer
    except FaultError as error:
        return faults.answer(
            error.fault,
            operation=operation.request if operation else None,
            account=account.name if account else _typed(user_name),
            language=language,
        )


class _UnknownTenantError(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _check_version(call: SoapCall) -> None:
    if call.service not in SERVICES or (call.tenant and call.service in call.tenant.services_not_entitled):
        raise FaultError(faults.wrong_service())
    if not version_is_known(call.version, call.tenant):
        raise FaultError(faults.invalid_version())


def _open(call: SoapCall) -> tuple[Element, str | None, str]:
    """Return the request element, and the name and password of the UsernameToken."""
    try:
        envelope = parse(call.body)
    except NotXmlError:
        raise FaultError(faults.invalid(faults.NOT_XML, switches=call.switches)) from None
    body = envelope.find(f"{{{ENV}}}Body")
    if split(envelope) != (ENV, "Envelope") or body is None or len(children(body)) != 1:
        raise FaultError(faults.invalid(faults.NOT_XML, switches=call.switches))
    token = envelope.find(f"{{{ENV}}}Header/{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
    if token is None:
        return children(body)[0], None, ""
    password = token.find(f"{{{WSSE}}}Password")
    digest = password is not None and password.get("Type", "").endswith("#PasswordDigest")
    text = "" if password is None or digest else password.text or ""
    return children(body)[0], token.findtext(f"{{{WSSE}}}Username") or "", text


def _operation(call: SoapCall, request: Element) -> Operation:
    namespace, name = split(request)
    operation = OPERATIONS.get(name)
    if operation is None or call.service not in operation.services:
        raise FaultError(faults.wrong_service())
    if namespace != "urn:com.workday/bsvc":
        raise FaultError(faults.element_not_found(namespace, name, xpath=f"/{name}", switches=call.switches))
    return operation


def _typed(user_name: str | None) -> str | None:
    """Return whom the caller claimed to be, for the record."""
    return user_name.rpartition("@")[0] or user_name if user_name else None


def _authenticate(call: SoapCall, user_name: str | None, password: str) -> tuple[Tenant, Account]:
    if call.tenant is None and call.switches.unknown_tenant_soap is not UnknownTenantSoap.AUTHENTICATION_FAULT:
        raise _UnknownTenantError(_unknown_tenant(call.switches))
    account = _account(call, call.tenant, user_name, password) if call.tenant else None
    if call.tenant is None or account is None:
        raise FaultError(_not_signed_on(call, user_name))
    return call.tenant, account


def _not_signed_on(call: SoapCall, user_name: str | None) -> faults.Fault:
    fault = faults.invalid_login(call.switches)
    if user_name is None and call.authorization.lower().startswith(_BEARER):
        return replace(fault, status=call.switches.soap_refused_token_status)
    return fault


def _account(call: SoapCall, tenant: Tenant, user_name: str | None, password: str) -> Account | None:
    """Return whom the request signs on, by UsernameToken, access token or (when switched on) HTTP Basic."""
    if user_name is not None:
        return access.sign_on(tenant, user_name, password, call.address)
    if call.authorization.lower().startswith(_BEARER) and call.switches.soap_accepts_tokens:
        found = access.bearer(tenant, call.authorization[len(_BEARER) :].strip())
        return found[1] if found else None
    if call.switches.soap_accepts_http_basic and is_basic(call.authorization):
        name, password = basic(call.authorization)
        return access.sign_on(tenant, name, password, call.address)
    return None


def _run(call: SoapCall, tenant: Tenant, operation: Operation, request: Element, account: Account) -> Answer:
    """Authorise, filter and answer."""
    policies = operation.policies
    if operation.right is Right.PUT and is_risky(tenant, request):
        tenant.risks.append(operation.request)
    if operation.request == "Server_Timestamp_Get" and call.switches.timestamp_policy:
        policies = (call.switches.timestamp_policy,)
    seen = access.sight(tenant, account, policies, operation.right)
    if seen is None:
        if operation.noun != "Worker" or not call.switches.denied_workers_are_empty:
            raise FaultError(faults.not_authorized(call.switches))
        seen = Sight(frozenset())
    permitted = Permitted(
        tenant=tenant,
        operation=operation,
        request=request,
        version=call.version,
        sight=seen,
        sees=partial(access.sight, tenant, account, right=Right.GET),
    )
    body, filled = (written(permitted), True) if operation.right is Right.PUT else result(permitted)
    return Answer(
        body=body,
        headers=success_headers(tenant.soap_bucket.remaining),
        outcome=Outcome.OK if filled else Outcome.EMPTY,
        operation=operation.request,
        account=account.name,
    )


def _unknown_tenant(switches: Switches) -> Answer:
    status = 503 if switches.unknown_tenant_soap is UnknownTenantSoap.UNAVAILABLE else 500
    text = b"Service Unavailable" if status == 503 else b"Internal Server Error"
    return Answer(status=status, body=text, content_type=HTML, outcome=Outcome.UNKNOWN_TENANT)
