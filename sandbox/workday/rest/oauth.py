"""Owns the token endpoint; must not know what a token opens."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs

from sandbox.workday.http import Answer, Outcome, basic, json_answer
from sandbox.workday.rest import assertions
from sandbox.workday.security import Account, ApiClient
from sandbox.workday.tenant import Tenant, access

OPERATION = "token"


class Refusal(StrEnum):
    """Why a token is refused, in the words of a tenant that gives any (`token_refusals_are_described`)."""

    SWITCHED_OFF = "OAuth 2.0 clients are not enabled in this tenant"
    NO_CLIENT = "unknown client or wrong secret"
    DISABLED = "the client is disabled"
    LOCKED = "the client is locked"
    GRANT = "the grant type is not allowed for this client"
    NO_KEY = "the client has no x509 public key"
    KEY_EXPIRED = "the certificate of the client has expired"
    ASSERTION = "the assertion is malformed"
    SIGNATURE = "the signature of the assertion is invalid"
    TIME = "the assertion has expired or is not yet valid"
    AUDIENCE = "the audience of the assertion is invalid"
    USER = "the user of the assertion is unknown or may not sign in"
    REFRESH_TOKEN = "the refresh token is invalid"  # noqa: S105 (a sentence)


@dataclass(slots=True)
class _RefusedError(Exception):
    status: int
    error: str
    why: Refusal | None = None


def answer(tenant: Tenant | None, authorization: str, body: bytes) -> Answer:
    """Answer a token request: tenant, then client, then grant, then refresh token or assertion."""
    if tenant is None:
        return _refused(None, _RefusedError(400, "invalid_request"))
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    try:
        if form.get("grant_type") == assertions.GRANT:
            return _by_assertion(tenant, form)
        return _by_secret(tenant, authorization, form)
    except _RefusedError as error:
        return _refused(tenant, error)


def _by_secret(tenant: Tenant, authorization: str, form: Mapping[str, str]) -> Answer:
    client, grant = _usable(tenant, _with_secret(tenant, authorization)), form.get("grant_type", "")
    if grant != "refresh_token":
        raise _RefusedError(400, "unsupported_grant_type" if grant else "invalid_request")
    if not client.for_integrations:
        raise _RefusedError(tenant.switches.unauthorized_client_status, "unauthorized_client", Refusal.GRANT)
    return _refresh(tenant, client, form.get("refresh_token", ""))


def _by_assertion(tenant: Tenant, form: Mapping[str, str]) -> Answer:
    claimed = assertions.read(form.get("assertion", ""))
    if claimed is None:
        raise _RefusedError(400, "invalid_grant", Refusal.ASSERTION)
    client = _usable(tenant, tenant.api.by_id.get(claimed.issuer))
    if not client.takes_assertions:
        raise _RefusedError(tenant.switches.unauthorized_client_status, "unauthorized_client", Refusal.GRANT)
    wrong = _wrong_key(tenant, client, claimed)
    if wrong:
        client.fail(tenant.clock(), tenant.switches.client_locks_after, tenant.switches.client_lock_minutes)
        raise _RefusedError(400, "invalid_grant", wrong)
    account = tenant.accounts.find(claimed.subject, case_sensitive=tenant.switches.user_names_are_case_sensitive)
    if claimed.audience != assertions.AUDIENCE:
        raise _RefusedError(400, "invalid_grant", Refusal.AUDIENCE)
    if not claimed.is_timely(tenant.clock()):
        raise _RefusedError(400, "invalid_grant", Refusal.TIME)
    if account is None or access.may_not_sign_on(tenant, account):
        raise _RefusedError(400, "invalid_grant", Refusal.USER)
    return _granted(tenant, client, account, "")


def _with_secret(tenant: Tenant, authorization: str) -> ApiClient | None:
    client_id, secret = basic(authorization)
    client = tenant.api.by_id.get(client_id)
    if client is None or hmac.compare_digest(client.client_secret.encode(), secret.encode()):
        return client
    client.fail(tenant.clock(), tenant.switches.client_locks_after, tenant.switches.client_lock_minutes)
    return None


def _usable(tenant: Tenant, client: ApiClient | None) -> ApiClient:
    if not tenant.api.enabled:
        raise _RefusedError(401, "invalid_client", Refusal.SWITCHED_OFF)
    if client is None:
        raise _RefusedError(401, "invalid_client", Refusal.NO_CLIENT)
    if client.disabled:
        raise _RefusedError(401, "invalid_client", Refusal.DISABLED)
    if client.is_locked(tenant.clock()):
        raise _RefusedError(401, "invalid_client", Refusal.LOCKED)
    return client


def _wrong_key(tenant: Tenant, client: ApiClient, claimed: assertions.Assertion) -> Refusal | None:
    key = tenant.api.public_keys.get(client.public_key)
    if key is None:
        return Refusal.NO_KEY
    if not key.is_valid(tenant.clock()):
        return Refusal.KEY_EXPIRED
    return None if key.signed(claimed.signed, claimed.signature) else Refusal.SIGNATURE


def _refresh(tenant: Tenant, client: ApiClient, value: str) -> Answer:
    switches, now = tenant.switches, tenant.clock()
    refresh = tenant.api.usable_refresh_token(client, value, switches.idle_refresh_token_days, now)
    account = tenant.accounts.by_name.get(refresh.account) if refresh else None
    if refresh is None or account is None or access.token_is_dead(tenant, account):
        raise _RefusedError(400, "invalid_grant", Refusal.REFRESH_TOKEN)
    refresh.used_at = now
    if switches.rotate_refresh_tokens:
        value = tenant.api.issue_refresh_token(client, refresh.account, now)
    return _granted(tenant, client, account, value)


def _granted(tenant: Tenant, client: ApiClient, account: Account, refresh: str) -> Answer:
    switches = tenant.switches
    token = tenant.api.issue_access_token(client, account.name, switches.access_token_seconds, tenant.clock())
    content: dict[str, object] = {"access_token": token.value, "token_type": "Bearer"}
    if refresh:
        content["refresh_token"] = refresh
    if switches.expires_in_is_told:
        content["expires_in"] = switches.access_token_seconds
    return json_answer(200, content, Outcome.OK, operation=OPERATION, account=account.name)


def _refused(tenant: Tenant | None, refused: _RefusedError) -> Answer:
    content: dict[str, object] = {"error": refused.error}
    if refused.why and tenant and tenant.switches.token_refusals_are_described:
        content["error_description"] = refused.why.value
    return json_answer(refused.status, content, Outcome.TOKEN_REFUSED, operation=OPERATION)
