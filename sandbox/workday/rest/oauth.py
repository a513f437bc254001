"""Owns the token endpoint; must not know what a token opens."""

import hmac
from urllib.parse import parse_qs

from sandbox.workday.http import Answer, Outcome, basic, json_answer
from sandbox.workday.security import ApiClient
from sandbox.workday.tenant import Tenant, access

OPERATION = "token"


def answer(tenant: Tenant | None, authorization: str, body: bytes) -> Answer:
    """Answer a token request: tenant, then client, then grant, then refresh token."""
    if tenant is None:
        return _refused(400, "invalid_request")
    client = _client(tenant, authorization)
    if client is None:
        return _refused(401, "invalid_client")
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    grant = form.get("grant_type", "")
    if grant != "refresh_token":
        return _refused(400, "unsupported_grant_type" if grant else "invalid_request")
    if not client.for_integrations:
        return _refused(tenant.switches.unauthorized_client_status, "unauthorized_client")
    return _refresh(tenant, client, form.get("refresh_token", ""))


def _client(tenant: Tenant, authorization: str) -> ApiClient | None:
    client_id, secret = basic(authorization)
    client = tenant.api.by_id.get(client_id)
    if client is None or client.disabled or not tenant.api.enabled:
        return None
    return client if hmac.compare_digest(client.client_secret.encode(), secret.encode()) else None


def _refresh(tenant: Tenant, client: ApiClient, value: str) -> Answer:
    switches, now = tenant.switches, tenant.clock()
    refresh = tenant.api.usable_refresh_token(client, value, switches.idle_refresh_token_days, now)
    account = tenant.accounts.by_name.get(refresh.account) if refresh else None
    if refresh is None or account is None or access.token_is_dead(tenant, account):
        return _refused(400, "invalid_grant")
    token = tenant.api.issue_access_token(refresh, switches.access_token_seconds, now)
    if switches.rotate_refresh_tokens:
        value = tenant.api.issue_refresh_token(client, refresh.account, now)
    content: dict[str, object] = {
        "access_token": token.value,
        "token_type": "Bearer",
        "refresh_token": value,
    }
    if switches.expires_in_is_told:
        content["expires_in"] = switches.access_token_seconds
    return json_answer(200, content, Outcome.OK, operation=OPERATION, account=account.name)


def _refused(status: int, error: str) -> Answer:
    return json_answer(status, {"error": error}, Outcome.TOKEN_REFUSED, operation=OPERATION)
