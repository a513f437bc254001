"""Owns the order in which a REST request is decided, and its answers; must not touch sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.workday.http import Answer, Outcome, fault_headers, json_answer, success_headers
from sandbox.workday.rest import wql, writes
from sandbox.workday.rest.resources import DATA_SOURCES, LEAVE_TYPED, MODULES, RESOURCES, SEGMENTED, Resource
from sandbox.workday.security import Account, ApiClient, GroupKind, Right, Sight
from sandbox.workday.tenant import InvalidTokenBody, Tenant, Worker, access, workday_id

_BEARER = "bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCall:
    """What a REST request brings; `tenant` is None when the host does not have it."""

    method: str
    module: str
    path: str
    query: Mapping[str, str]
    body: bytes
    authorization: str
    validate_only: bool = False


class _RefusedError(Exception):
    def __init__(self, status: int, content: dict[str, object], outcome: Outcome) -> None:
        super().__init__()
        self.answer = json_answer(status, content, outcome)


def unavailable() -> Answer:
    """Return what a wrong host or a wrong tenant gets."""
    return Answer(
        status=503,
        body=b"Service Unavailable",
        content_type="text/plain; charset=UTF-8",
        headers=fault_headers(),
        outcome=Outcome.UNKNOWN_TENANT,
    )


def answer(tenant: Tenant | None, call: RestCall) -> Answer:
    """Decide a REST request: tenant, token, module, path, scope and domain, parameters."""
    if tenant is None:
        return unavailable()
    operation = f"{call.method} {call.module}/{call.path}"
    token = call.authorization[len(_BEARER) :].strip()
    found = access.bearer(tenant, token) if call.authorization.lower().startswith(_BEARER) else None
    if found is None:
        return replace(_invalid_token(tenant), operation=operation)
    client, account = found
    try:
        content = _content(tenant, client, account, call)
    except _RefusedError as refused:
        return replace(refused.answer, operation=operation, account=account.name)
    status = 201 if "created" in content else 200
    plain = json_answer(status, content, Outcome.OK, operation=operation, account=account.name)
    outcome = Outcome.OK if content.get("total", 1) else Outcome.EMPTY
    return replace(plain, headers=success_headers(tenant.rest_bucket.remaining), outcome=outcome)


def _content(tenant: Tenant, client: ApiClient, account: Account, call: RestCall) -> dict[str, object]:
    if call.module not in MODULES:
        raise _RefusedError(400, {"error": "Invalid request"}, Outcome.BAD_REQUEST)
    for resource in RESOURCES:
        match = resource.match(call.path)
        if match and resource.module == call.module and resource.method == call.method:
            if resource.named and writes.is_risky(tenant, call.body, resource.named, validate_only=call.validate_only):
                tenant.risks.append(f"{call.method} {call.path}")
            sight = _authorise(tenant, client, account, resource)
            if resource.named:
                return _write(tenant, call, resource, sight, match["wid"])
            limit, offset = _number(call, "limit", 20, 100), _number(call, "offset", 0, None)
            named = match.groupdict()
            if source := named.get("id"):
                items: list[dict[str, object]] | dict[str, object] = _fields(tenant, source)
            else:
                items = _items(tenant, account, call, sight, named.get("wid"))
            if isinstance(items, dict):
                return items
            return {"total": len(items), "data": items[offset : offset + limit]}
    raise _RefusedError(404, {"error": "Not found"}, Outcome.NOT_FOUND)


def _authorise(tenant: Tenant, client: ApiClient, account: Account, resource: Resource) -> Sight:
    switches = tenant.switches
    needed = set(resource.scopes)
    if switches.tenant_non_configurable_scope_needed:
        needed.add("Tenant Non-Configurable")
    sight = access.sight(tenant, account, resource.policies, resource.right)
    owned = client.include_workday_owned_scope or not switches.workday_owned_scope_needed
    if sight is not None and needed <= client.scopes and owned:
        return sight
    if "{wid}/" in resource.path and switches.hidden_subresource_is_404:
        raise _missing()
    raise _denied()


def _write(tenant: Tenant, call: RestCall, resource: Resource, sight: Sight, wid: str) -> dict[str, object]:
    if wid not in {worker.wid for worker in tenant.workers if sight.covers(worker.organization)}:
        raise _missing()
    refused = writes.written(tenant, call.body, resource.named)
    if refused:
        raise _invalid(refused.field, refused.why)
    if call.validate_only and tenant.switches.validate_only_is_known:
        return {}
    tenant.writes.append(f"{call.method} {call.path}")
    return {"created": workday_id(tenant.name, resource.named, wid)}


def _items(
    tenant: Tenant, account: Account, call: RestCall, sight: Sight, wid: str | None
) -> list[dict[str, object]] | dict[str, object]:
    name = call.path.rsplit("/", 1)[-1]
    people = {worker.wid: worker for worker in tenant.workers if sight.covers(worker.organization)}
    if wid == "me" and account.worker:
        wid = account.worker
    if wid is not None and wid not in people:
        raise _missing()
    if wid is not None and name in {wid, "me"}:
        return _worker(people[wid])
    if name in tenant.empty:
        return []
    if name == "workers":
        return [_worker(worker) for worker in people.values()]
    if call.module == "wql/v1":
        return (
            wql.sources(tenant, call.query.get("alias", "")) if name == "dataSources" else _query(tenant, account, call)
        )
    if _is_segmented(tenant, account, name):
        return []
    who = wid or call.query.get("worker", "")
    if who and who not in people:
        raise _invalid("worker", f"invalid id '{who}'")
    return [{"id": workday_id(tenant.name, name, who), "descriptor": name}]


def _fields(tenant: Tenant, source: str) -> list[dict[str, object]]:
    found = wql.fields(tenant, source)
    if found is None:
        raise _missing()
    return found


def _is_segmented(tenant: Tenant, account: Account, name: str) -> bool:
    """Return whether the leave types of a resource are of segments that this account may not see."""
    if not tenant.leave_types_are_segmented or name not in LEAVE_TYPED:
        return False
    groups = [group for group in access.groups(tenant, account) if group.kind is GroupKind.SEGMENT_BASED]
    return tenant.security.sight(groups, (SEGMENTED,), Right.VIEW) is None


def _query(tenant: Tenant, account: Account, call: RestCall) -> list[dict[str, object]]:
    try:
        query = str(json.loads(call.body)["query"]) if call.method == "POST" else call.query["query"]
        further = DATA_SOURCES[wql.source_of(query)]
        if access.sight(tenant, account, further, Right.VIEW) is None:
            raise _denied()
        return wql.select(tenant, query, account.name)
    except (wql.BadQueryError, ValueError, KeyError, TypeError) as error:
        raise _invalid("query", str(error)) from error


def _worker(worker: Worker) -> dict[str, object]:
    return {"id": worker.wid, "descriptor": worker.descriptor, "businessTitle": worker.title}


def _number(call: RestCall, name: str, default: int, most: int | None) -> int:
    text = call.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or (most is not None and int(text) > most):
        raise _invalid(name, f"'{text}' is not a valid value")
    return int(text)


def _invalid_token(tenant: Tenant) -> Answer:
    if tenant.switches.invalid_token_body is InvalidTokenBody.JSON:
        return json_answer(401, {"error": "invalid_token"}, Outcome.AUTHENTICATION_FAULT)
    return Answer(
        status=401,
        body=b"Invalid Access Token",
        content_type="text/plain; charset=UTF-8",
        headers=fault_headers(),
        outcome=Outcome.AUTHENTICATION_FAULT,
    )


def _denied() -> _RefusedError:
    return _RefusedError(403, {"error": "permission denied", "code": "S22"}, Outcome.NOT_AUTHORIZED)


def _missing() -> _RefusedError:
    return _RefusedError(404, {"error": "not found", "code": "S21"}, Outcome.NOT_FOUND)


def _invalid(field: str, message: str) -> _RefusedError:
    content: dict[str, object] = {
        "error": "Validation error occurred",
        "errors": [{"error": message, "field": field}],
    }
    return _RefusedError(400, content, Outcome.BAD_REQUEST)
