"""Holds the sandbox to its bad days: throttling, maintenance, odd answers, slowness, and its record."""

import asyncio
import time

import httpx
import pytest
from lxml import etree

from sandbox.workday import MaintenanceAnswer, Oddity, Outcome, Tenant, WorkdaySandbox
from sandbox.workday.soap import TIMESTAMP, NotXmlError, envelope, get, parse
from tests.support.hand_clock import HandClock

SERVICE = "/ccx/service/acme/Human_Resources/v44.0"


@pytest.fixture
def acme(workday: WorkdaySandbox) -> Tenant:
    tenant = workday.tenant("acme")
    tenant.create_integration_system_user("ISU", "secret-pw")
    return tenant


async def ask(http: httpx.AsyncClient, password: str = "secret-pw", path: str = SERVICE) -> httpx.Response:
    return await http.post(path, content=envelope(TIMESTAMP, user="ISU@acme", password=password))


async def test_throttle(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.switches.soap_throttle_is_a_fault = False
    acme.throttle(soap=1, rest=0)
    assert (await ask(http)).headers["WD-RateLimit-Tokens-Remaining"] == "0"
    response = await ask(http)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert acme.logins("ISU").good == 1
    assert (await http.get("/ccx/api/v1/acme/workers")).status_code == 429
    workday.switches.throttle_body_is_json = False
    workday.switches.soap_throttle_has_retry_after = False
    response = await ask(http)
    assert (response.status_code, response.content) == (429, b"")
    assert "Retry-After" not in response.headers


async def test_overload_of_soap_is_a_fault_with_500(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.throttle(soap=0)
    response = await ask(http)
    assert response.status_code == 500
    assert "Server busy" in response.text
    assert "authenticationError" not in response.text
    assert acme.logins("ISU").good == 0


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        (MaintenanceAnswer.UNAVAILABLE, 503, "Workday is currently unavailable"),
        (MaintenanceAnswer.REDIRECT, 303, ""),
        (MaintenanceAnswer.SCRIPT, 500, "window.location.href"),
    ],
)
async def test_maintenance_comes_before_everything(
    acme: Tenant,
    workday: WorkdaySandbox,
    http: httpx.AsyncClient,
    kind: MaintenanceAnswer,
    status: int,
    text: str,
) -> None:
    workday.switches.maintenance_answer = kind
    acme.throttle(soap=0)
    acme.maintenance = True
    response = await ask(http, path="/ccx/service/acme/Human_Resources/v99.9")
    assert response.status_code == status
    assert text in response.text
    assert response.headers["Content-Type"].startswith("text/html")
    acme.maintenance = False
    workday.maintenance = True
    assert (await ask(http)).status_code == status
    assert acme.logins("ISU").good == 0


async def test_scheduled_window(acme: Tenant, http: httpx.AsyncClient, clock: HandClock) -> None:
    acme.schedule_maintenance(clock.now - 1, clock.now + 3600)
    assert (await ask(http)).status_code == 503


@pytest.mark.parametrize(
    ("oddity", "status", "content_type"),
    [
        (Oddity.HTML_PAGE, 200, "text/html"),
        (Oddity.REDIRECT, 303, "text/html"),
        (Oddity.SERVER_ERROR, 500, "text/html"),
        (Oddity.BAD_GATEWAY, 502, "text/html"),
        (Oddity.SERVICE_UNAVAILABLE, 503, "text/html"),
        (Oddity.GATEWAY_TIMEOUT, 504, "text/html"),
        (Oddity.INVALID_JSON, 200, "application/json"),
        (Oddity.INVALID_XML, 200, "text/xml"),
        (Oddity.EMPTY_BODY, 200, "text/xml"),
        (Oddity.DTD, 200, "text/xml"),
        (Oddity.ENTITY_BOMB, 200, "text/xml"),
        (Oddity.UNKNOWN_FAULT, 500, "text/xml"),
        (Oddity.BARE_FAULT, 500, "text/xml"),
        (Oddity.FORBIDDEN, 403, "text/html"),
        (Oddity.TOO_SLOW, 408, "text/html"),
    ],
)
async def test_odd_answer_once_and_without_a_login(
    acme: Tenant,
    workday: WorkdaySandbox,
    http: httpx.AsyncClient,
    oddity: Oddity,
    status: int,
    content_type: str,
) -> None:
    workday.next_answers(oddity.value)
    response = await ask(http)
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith(content_type)
    assert acme.logins("ISU").good == 0
    if oddity in {Oddity.DTD, Oddity.ENTITY_BOMB}:
        with pytest.raises(NotXmlError):
            parse(response.content)
    assert (await ask(http)).status_code == 200
    assert [record.outcome for record in workday.requests] == [Outcome.ODD, Outcome.OK]


@pytest.mark.usefixtures("acme")
async def test_ten_megabytes(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.next_answers(Oddity.TEN_MEGABYTES)
    assert len((await ask(http)).content) > 10_000_000


@pytest.mark.usefixtures("acme")
async def test_gzip_bomb_is_small_on_the_wire(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.next_answers(Oddity.GZIP_BOMB)
    body = envelope(TIMESTAMP, user="ISU@acme", password="secret-pw")
    async with http.stream("POST", SERVICE, content=body) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        size = sum([len(chunk) async for chunk in response.aiter_raw()])
    assert size < 1_000_000


@pytest.mark.parametrize(("oddity", "logins"), [(Oddity.CONNECTION_CUT, 0), (Oddity.CONNECTION_CUT_AFTER_WORK, 1)])
async def test_cut_connection_before_or_after_the_login(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient, oddity: Oddity, logins: int
) -> None:
    workday.next_answers(oddity)
    with pytest.raises(httpx.TransportError):
        await ask(http)
    assert acme.logins("ISU").good == logins


@pytest.mark.usefixtures("acme")
async def test_no_answer_at_all(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.next_answers(Oddity.HANG)
    with pytest.raises(httpx.ReadTimeout):
        await http.get(SERVICE, timeout=0.1)


async def test_truncated_answer_keeps_the_login(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.next_answers(Oddity.TRUNCATED)
    response = await ask(http)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(response.content)
    assert acme.logins("ISU").good == 1


@pytest.mark.usefixtures("acme")
async def test_slow_drip_never_times_out_a_single_read(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.drip_seconds = 0.01
    workday.next_answers(Oddity.SLOW_DRIP)
    started = time.monotonic()
    response = await http.post(SERVICE, content=envelope(TIMESTAMP, user="ISU@acme", password="secret-pw"), timeout=0.2)
    assert response.status_code == 200
    assert time.monotonic() - started > 0.1


async def test_localised_fault_keeps_its_code(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.next_answers(Oddity.LOCALISED_FAULT)
    for _ in range(2):
        root = etree.fromstring((await ask(http, password="no")).content)
        assert root.findtext(".//faultcode") == "SOAP-ENV:Client.authenticationError"
        assert root.findtext(".//faultstring") == "Benutzername oder Passwort ist ungültig"
        acme.language = "de"


async def test_a_gateway_may_put_an_answer_into_soap_12(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    acme.oddity = Oddity.SOAP_12
    soap = "{http://www.w3.org/2003/05/soap-envelope}"
    fault = etree.fromstring((await ask(http, password="no")).content).find(f"{soap}Body/{soap}Fault")
    assert fault is not None
    values = [value.text for value in fault.iter(f"{soap}Value")]
    assert values == ["SOAP-ENV:Sender", "SOAP-ENV:Client.authenticationError"]
    assert fault.findtext(f"{soap}Reason/{soap}Text") == "invalid username or password"
    wrong = envelope(
        "<wd:Server_Timestamp_Get><wd:X/></wd:Server_Timestamp_Get>", user="ISU@acme", password="secret-pw"
    )
    assert b"SOAP-ENV:Detail><wd:Validation_Fault" in (await http.post(SERVICE, content=wrong)).content
    acme.oddity = Oddity.RELABELLED
    response = await ask(http)
    assert (response.content[:5], response.headers["Content-Type"]) == (b"\xef\xbb\xbf\r\n", "text/html; charset=UTF-8")
    assert acme.logins("ISU").good == 1
    assert {request.outcome for request in workday.requests} >= {Outcome.OK, Outcome.AUTHENTICATION_FAULT}


async def test_oddity_of_one_tenant_lasts(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.tenant("other")
    workday.next_answers(Oddity.BAD_GATEWAY, tenant="other")
    assert (await ask(http)).status_code == 200
    acme.oddity = Oddity.SERVICE_UNAVAILABLE
    assert [(await ask(http)).status_code for _ in range(2)] == [503, 503]
    assert (await http.get(SERVICE.replace("acme", "other") + "?wsdl")).status_code == 502


async def test_delays_add_up_and_do_not_block_others(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    workday.delay, acme.delay = 0.1, 0.1
    started = time.monotonic()
    await asyncio.gather(*(ask(http) for _ in range(5)))
    assert 0.2 <= time.monotonic() - started < 0.9


@pytest.mark.parametrize("path", ["/acme/d/home.htmld", "/wday/authgwy/acme/login.htmld", "/", "/acme/login.htmld"])
@pytest.mark.usefixtures("acme")
async def test_pages_for_browsers_are_html(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert response.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert response.text.startswith("<!DOCTYPE html>")
    assert (await http.get(SERVICE)).status_code == 405


async def test_record_names_who_and_what_but_no_secret(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    await ask(http)
    await ask(http, password="secret-no")
    good, bad = workday.requests
    assert (good.method, good.path, good.operation) == ("POST", SERVICE, "Server_Timestamp_Get")
    assert (good.account, good.outcome, good.status) == ("ISU", Outcome.OK, 200)
    assert (bad.account, bad.outcome, bad.status) == ("ISU", Outcome.AUTHENTICATION_FAULT, 500)
    assert "secret" not in repr(workday.requests) + repr(acme.sign_on_history())
    assert "secret" not in repr(acme.view_integration_system_user("ISU"))


async def test_too_many_denied_requests_bring_a_pause_for_everybody(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient, clock: HandClock
) -> None:
    workday.switches.guardrail_after = 3
    assert not acme.guardrail.invalid
    denied = envelope(get("Get_Locations"), user="ISU@acme", password="secret-pw")
    for _ in range(4):
        assert (await http.post(SERVICE, content=denied)).status_code == 500
    response = await ask(http)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    assert (await http.get("/ccx/api/v1/acme/workers")).status_code == 429
    clock.now += 601
    assert (await ask(http)).status_code == 200
    for _ in range(3):
        await http.post(SERVICE, content=denied)
        clock.now += 1300
    assert (await ask(http)).status_code == 200, "what is older than an hour does not count"


async def test_browsers_are_sent_on(acme: Tenant, http: httpx.AsyncClient) -> None:
    assert acme.name == "acme"
    nobody = await http.get("/nowhere/d/home.htmld")
    assert (nobody.status_code, nobody.headers["Location"]) == (303, "https://community.workday.com/invalid-url")
    assert (await http.get("/acme/d/home.htmld")).status_code == 200
    for host in ("wd2-impl-identity.workday.com", "impl-identity.wd12.myworkday.com", "wd5-identity.myworkday.com"):
        there = await http.get("/wday/authgwy/acme/login.htmld", headers={"Host": host})
        assert there.status_code == 303
        assert there.headers["Location"].endswith("/wday/authgwy/acme/login.htmld")


async def test_a_head_of_more_than_16_kb_is_refused(acme: Tenant, http: httpx.AsyncClient) -> None:
    assert acme.name == "acme"
    some = {f"x-{number}": "x" * 4000 for number in range(5)}
    assert (await http.get("/ccx/api/v1/acme/workers", headers=some)).status_code == 431
    del some["x-0"], some["x-1"]
    assert (await http.get("/ccx/api/v1/acme/workers", headers=some)).status_code == 401
