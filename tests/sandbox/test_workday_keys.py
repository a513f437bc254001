"""Holds the sandbox's x509 public keys, JWT clients and tokens over SOAP to their answers, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.workday import ApiClient, NotFoundInWorkdayError, Tenant, WorkdaySandbox
from sandbox.workday.soap import TIMESTAMP, envelope
from tests.support.hand_clock import HandClock
from tests.support.key_pair import at, pair

TOKEN = "/ccx/oauth2/acme/token"
SERVICE = "/ccx/service/acme/Human_Resources/v44.0"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def acme(workday: WorkdaySandbox, clock: HandClock) -> Tenant:
    tenant = workday.tenant("acme")
    tenant.create_integration_system_user("ISU", "pw")
    tenant.create_x509_public_key("Wintro", pair().certificate(at(clock())))
    workday.switches.token_refusals_are_described = True
    return tenant


@pytest.fixture
def client(acme: Tenant) -> ApiClient:
    return acme.register_api_client("Wintro", scopes=["Staffing"], x509_public_key="Wintro")


def claims(client: ApiClient, clock: HandClock, **more: object) -> dict[str, Any]:
    return {"iss": client.client_id, "sub": "ISU", "aud": "wd", "exp": clock() + 300, **more}


async def ask(http: httpx.AsyncClient, assertion: str) -> httpx.Response:
    return await http.post(TOKEN, data={"grant_type": GRANT, "assertion": assertion})


async def call(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.post(SERVICE, content=envelope(TIMESTAMP), headers={"Authorization": f"Bearer {token}"})


async def test_an_assertion_opens_web_services(
    http: httpx.AsyncClient, acme: Tenant, client: ApiClient, clock: HandClock
) -> None:
    content = (await ask(http, pair().signed(**claims(client, clock)))).json()
    assert set(content) == {"access_token", "token_type"}
    assert (await call(http, content["access_token"])).status_code == 200
    assert acme.logins("ISU").bad == 0
    clock.now += 3600
    assert "authenticationError" in (await call(http, content["access_token"])).text


FAULTS: dict[str, tuple[Callable[[Tenant, ApiClient], object], dict[str, object], str, str]] = {
    "nobody's client": (lambda *_: None, {"iss": "bm9ib2R5"}, "invalid_client", "unknown client"),
    "disabled": (lambda t, c: t.edit_api_client(c, disabled=True), {}, "invalid_client", "disabled"),
    "switched off": (
        lambda t, _: t.edit_tenant_setup_security(oauth_2_clients_enabled=False),
        {},
        "invalid_client",
        "not enabled",
    ),
    "no key": (lambda t, _: t.delete_x509_public_key("Wintro"), {}, "invalid_grant", "no x509 public key"),
    "another user": (lambda *_: None, {"sub": "isu"}, "invalid_grant", "user"),
    "a locked user": (lambda t, _: t.lock("ISU"), {}, "invalid_grant", "user"),
    "another audience": (lambda *_: None, {"aud": "else"}, "invalid_grant", "audience"),
    "too late": (lambda *_: None, {"exp": 1}, "invalid_grant", "expired"),
    "too early": (lambda *_: None, {"exp": 9e9}, "invalid_grant", "expired"),
}


@pytest.mark.parametrize("case", FAULTS)
async def test_what_is_wrong_with_an_assertion(
    http: httpx.AsyncClient, acme: Tenant, client: ApiClient, clock: HandClock, case: str
) -> None:
    change, more, error, said = FAULTS[case]
    change(acme, client)
    answer = await ask(http, pair().signed(**claims(client, clock, **more)))
    assert answer.json()["error"] == error
    assert said in answer.json()["error_description"]
    acme.switches.token_refusals_are_described = False
    again = await ask(http, pair().signed(**claims(client, clock, **more)))
    assert again.json() == {"error": error}


async def test_keys_that_do_not_fit_lock_the_client(
    http: httpx.AsyncClient, acme: Tenant, client: ApiClient, clock: HandClock
) -> None:
    for _ in range(5):
        answer = await ask(http, pair(1).signed(**claims(client, clock)))
        assert "signature" in answer.json()["error_description"]
    good = pair().signed(**claims(client, clock))
    assert "locked" in (await ask(http, good)).json()["error_description"]
    clock.now += 1801
    good = pair().signed(**claims(client, clock))
    assert (await ask(http, good)).status_code == 200
    clock.now += 731 * 86_400
    late = pair().signed(**claims(client, clock))
    assert "certificate" in (await ask(http, late)).json()["error_description"]
    acme.create_x509_public_key("Newer", pair(1).certificate(at(clock())))
    acme.edit_api_client(client, x509_public_key="Newer")
    assert (await ask(http, pair(1).signed(**claims(client, clock)))).status_code == 200


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "e30.e30.e30", pair().signed(alg="none", iss="x", sub="", aud="", exp=1)]
)
async def test_what_is_no_assertion(http: httpx.AsyncClient, client: ApiClient, text: str) -> None:
    answer = await ask(http, text)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert client.failed_tries == 0


async def test_clients_of_another_grant_take_no_assertion(
    http: httpx.AsyncClient, acme: Tenant, clock: HandClock
) -> None:
    for other in (
        acme.register_api_client("People", scopes=["Staffing"]),
        acme.register_api_client_for_integrations("Tokens", scopes=["Staffing"]),
    ):
        answer = await ask(http, pair().signed(**claims(other, clock)))
        assert answer.json()["error"] == "unauthorized_client"


def test_what_the_task_takes_as_certificate(acme: Tenant, clock: HandClock) -> None:
    for name, text in (("a", pair().private_pem), ("b", "certificate"), ("c", pair(2, 1024).certificate(at(clock())))):
        with pytest.raises(ValueError, match=r"certificate|valid|RSA"):
            acme.create_x509_public_key(name, text)
    with pytest.raises(ValueError, match="already there"):
        acme.create_x509_public_key("Wintro", pair().certificate(at(clock())))
    with pytest.raises(NotFoundInWorkdayError):
        acme.register_api_client("Wintro", scopes=["Staffing"], x509_public_key="Wintr")


async def test_web_services_may_refuse_tokens_and_copies_keep_keys(
    http: httpx.AsyncClient, workday: WorkdaySandbox, acme: Tenant, client: ApiClient, clock: HandClock
) -> None:
    other = workday.tenant("other")
    other.refresh_from(acme)
    acme.refresh_from(other)
    token = (await ask(http, pair().signed(**claims(client, clock)))).json()["access_token"]
    assert (await call(http, token)).status_code == 200
    workday.switches.soap_accepts_tokens = False
    workday.switches.soap_refused_token_status = 401
    refused = await call(http, token)
    assert (refused.status_code, "authenticationError" in refused.text) == (401, True)
