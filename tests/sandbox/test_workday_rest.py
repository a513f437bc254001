"""Holds the token endpoint, REST and WQL of the sandbox to their answers, over real HTTP."""

from collections.abc import Callable

import httpx
import pytest

from sandbox.workday import ApiClient, InvalidTokenBody, NotFoundInWorkdayError, Tenant, WorkdaySandbox
from sandbox.workday.soap import TIMESTAMP, envelope
from sandbox.workday.tenant import workday_id
from tests.support.hand_clock import HandClock

DAY = 86_400
GROUP = "ISSG_Wintro"
SCOPES = ("Tenant Non-Configurable", "Staffing", "Time Off and Leave", "System")
TOKEN = "/ccx/oauth2/acme/token"
ABSENCE = "/ccx/api/absenceManagement/v1/acme"
WQL = "/ccx/api/wql/v1/acme"


@pytest.fixture
def acme(workday: WorkdaySandbox) -> Tenant:
    tenant = workday.tenant("acme")
    tenant.create_integration_system_user("ISU", "pw")
    tenant.create_security_group(GROUP)
    tenant.assign_integration_system_users(GROUP, ["ISU"])
    return tenant


@pytest.fixture
def client(acme: Tenant) -> ApiClient:
    return acme.register_api_client_for_integrations("Wintro", scopes=SCOPES)


@pytest.fixture
def refresh(acme: Tenant, client: ApiClient) -> str:
    return acme.manage_refresh_tokens_for_integrations(client, user="ISU")


async def ask_token(
    http: httpx.AsyncClient, client: ApiClient, refresh: str, path: str = TOKEN, secret: str | None = None
) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    return await http.post(path, data=form, auth=(client.client_id, secret or client.client_secret))


async def bearer(http: httpx.AsyncClient, client: ApiClient, refresh: str) -> dict[str, str]:
    answer = await ask_token(http, client, refresh)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def grant(acme: Tenant, *policies: str, access: str = "View Only") -> None:
    acme.maintain_permissions(GROUP, dict.fromkeys(policies, access))
    acme.activate_pending_security_policy_changes(comment="grants")


async def test_token(http: httpx.AsyncClient, client: ApiClient, refresh: str) -> None:
    response = await ask_token(http, client, refresh)
    assert response.status_code == 200
    content = response.json()
    assert set(content) == {"access_token", "token_type", "refresh_token"}
    assert (content["token_type"], content["refresh_token"]) == ("Bearer", refresh)


Trouble = Callable[[Tenant, ApiClient], object]
TROUBLES: dict[str, tuple[Trouble, int, str]] = {
    "secret regenerated": (lambda acme, client: acme.generate_new_api_client_secret(client), 401, "client"),
    "client disabled": (lambda acme, client: acme.edit_api_client(client, disabled=True), 401, "client"),
    "switch off": (
        lambda acme, _: acme.edit_tenant_setup_security(oauth_2_clients_enabled=False),
        401,
        "client",
    ),
    "token regenerated": (
        lambda acme, client: acme.manage_refresh_tokens_for_integrations(client, user="ISU"),
        400,
        "grant",
    ),
    "token deleted": (lambda acme, client: acme.delete_refresh_token(client, user="ISU"), 400, "grant"),
    "account disabled": (lambda acme, _: acme.disable("ISU"), 400, "grant"),
    "account deleted": (lambda acme, _: acme.delete_integration_system_user("ISU"), 400, "grant"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_token_troubles(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str, trouble: str
) -> None:
    secret = client.client_secret
    cause, status, error = TROUBLES[trouble]
    cause(acme, client)
    response = await ask_token(http, client, refresh, secret=secret)
    assert (response.status_code, response.json()) == (status, {"error": f"invalid_{error}"})
    assert "x-wd-gid" in response.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ccx/oauth2/nowhere/token", 400),
        ("/ccx/oauth/acme/token", 404),
        ("/ccx/oauth2/v2/acme/token", 404),
    ],
)
async def test_token_path_or_tenant_wrong(
    http: httpx.AsyncClient, client: ApiClient, refresh: str, path: str, status: int
) -> None:
    response = await ask_token(http, client, refresh, path=path)
    assert (response.status_code, response.json()) == (status, {"error": "invalid_request"})


async def test_token_of_the_wrong_kind(acme: Tenant, http: httpx.AsyncClient, client: ApiClient) -> None:
    auth = (client.client_id, client.client_secret)
    response = await http.post(TOKEN, data={"grant_type": "password"}, auth=auth)
    assert (response.status_code, response.json()) == (400, {"error": "unsupported_grant_type"})
    assert (await http.post(TOKEN, auth=auth)).json() == {"error": "invalid_request"}
    assert (await http.post(TOKEN, headers={"Authorization": "Basic ?"})).json() == {"error": "invalid_client"}
    people = acme.register_api_client("For people", scopes=SCOPES)
    token = acme.manage_refresh_tokens_for_integrations(people, user="ISU")
    response = await ask_token(http, people, token)
    assert (response.status_code, response.json()) == (400, {"error": "unauthorized_client"})
    assert (await ask_token(http, client, token)).json() == {"error": "invalid_grant"}


async def test_token_that_expires_or_rotates(acme: Tenant, http: httpx.AsyncClient, clock: HandClock) -> None:
    short = acme.register_api_client_for_integrations("Short", scopes=SCOPES, non_expiring_refresh_tokens=False)
    token = acme.manage_refresh_tokens_for_integrations(short, user="ISU")
    clock.now += 29 * DAY
    assert (await ask_token(http, short, token)).status_code == 200
    clock.now += 30 * DAY
    assert (await ask_token(http, short, token)).json() == {"error": "invalid_grant"}
    acme.switches.rotate_refresh_tokens = True
    acme.switches.expires_in_is_told = True
    token = acme.manage_refresh_tokens_for_integrations(short, user="ISU")
    content = (await ask_token(http, short, token)).json()
    assert content["refresh_token"] != token
    assert content["expires_in"] == 3600
    assert (await ask_token(http, short, token)).status_code == 400
    assert (await ask_token(http, short, content["refresh_token"])).status_code == 200


async def test_password_expiry_leaves_tokens_alone_unless_switched(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    acme.expire_password("ISU")
    assert (await ask_token(http, client, refresh)).status_code == 200
    acme.switches.password_expiry_kills_refresh_tokens = True
    assert (await ask_token(http, client, refresh)).status_code == 400


async def test_rest_needs_a_living_token(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str, clock: HandClock
) -> None:
    grant(acme, "Worker Data: Public Worker Reports")
    headers = await bearer(http, client, refresh)
    good = await http.get(f"{ABSENCE}/workers?limit=1", headers=headers)
    assert (good.status_code, good.json()["total"], len(good.json()["data"])) == (200, 5, 1)
    assert good.headers["WD-RateLimit-Tokens-Remaining"].isdecimal()
    clock.now += 3600
    for given in ({}, headers, {"Authorization": "Basic eDp5"}):
        response = await http.get(f"{ABSENCE}/workers", headers=given)
        assert (response.status_code, response.text) == (401, "Invalid Access Token")
    acme.switches.invalid_token_body = InvalidTokenBody.JSON
    assert (await http.get(f"{ABSENCE}/workers")).json() == {"error": "invalid_token"}


async def test_soap_takes_the_token_too(http: httpx.AsyncClient, client: ApiClient, refresh: str) -> None:
    path = "/ccx/service/acme/Human_Resources/v44.0"
    headers = await bearer(http, client, refresh)
    assert (await http.post(path, content=envelope(TIMESTAMP), headers=headers)).status_code == 200
    stale = {"Authorization": "Bearer nothing"}
    assert (await http.post(path, content=envelope(TIMESTAMP), headers=stale)).status_code == 500


DENIED = (403, {"error": "permission denied", "code": "S22"})


async def test_scope_and_view_and_activation_must_all_hold(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    policy = "Worker Data: Time Off (Time Off Balances)"
    url = f"{ABSENCE}/balances?worker={acme.workers[0].wid}"
    headers = await bearer(http, client, refresh)

    async def seen() -> tuple[int, object]:
        response = await http.get(url, headers=headers)
        return response.status_code, response.json()

    assert await seen() == DENIED
    grant(acme, policy, access="Get Only")
    assert await seen() == DENIED
    acme.maintain_permissions(GROUP, {policy: "View Only"})
    assert await seen() == DENIED
    acme.activate_pending_security_policy_changes(comment="view")
    assert (await seen())[0] == 200
    acme.edit_api_client(client, scopes=["Staffing", "System"])
    assert await seen() == DENIED


@pytest.mark.parametrize(
    ("path", "policy", "scope"),
    [
        ("/ccx/api/v1/acme/workers", "Worker Data: Public Worker Reports", "Staffing"),
        ("/ccx/api/staffing/v6/acme/workers", "Worker Data: Public Worker Reports", "Staffing"),
        (f"{ABSENCE}/workers/WID", "Worker Data: Public Worker Reports", "Staffing"),
        (f"{ABSENCE}/workers/WID/timeOffDetails", "Worker Data: Time Off (Time Off)", "Time Off and Leave"),
        (f"{ABSENCE}/workers/WID/leavesOfAbsence", "Worker Data: Leave of Absence", "Time Off and Leave"),
        (
            f"{ABSENCE}/workers/WID/eligibleAbsenceTypes",
            "Request Time Off (REST Service)",
            "Time Off and Leave",
        ),
        ("/ccx/api/common/v1/acme/workers/WID/paySlips", "Reports: Payroll (Payslips)", "Core Payroll"),
        (f"{WQL}/dataSources", "Workday Query Language", "System"),
    ],
)
async def test_each_resource_has_its_scope_and_policy(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str, path: str, policy: str, scope: str
) -> None:
    url = path.replace("WID", acme.workers[0].wid)
    headers = await bearer(http, client, refresh)
    acme.edit_api_client(client, scopes=[scope])
    denied = await http.get(url, headers=headers)
    assert (denied.status_code, denied.json()) == DENIED
    grant(acme, policy)
    assert (await http.get(url, headers=headers)).status_code == 200
    acme.edit_api_client(client, scopes=["Time Tracking"])
    assert (await http.get(url, headers=headers)).status_code == 403


async def test_rest_addresses_that_are_wrong(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    grant(acme, "Worker Data: Public Worker Reports", "Worker Data: Leave of Absence")
    headers = await bearer(http, client, refresh)
    for path, status, content in (
        ("/ccx/api/v1/nowhere/workers", 503, "Service Unavailable"),
        ("/ccx/api/v1/acme/nothing", 404, '{"error":"Not found"}'),
        ("/ccx/api/nothing/v1/acme/workers", 400, '{"error":"Invalid request"}'),
        ("/ccx/api/staffing/v99/acme/workers", 400, '{"error":"Invalid request"}'),
        (f"{ABSENCE}/workers/{'0' * 32}/leavesOfAbsence", 404, '{"error":"not found","code":"S21"}'),
    ):
        response = await http.get(path, headers=headers)
        assert (response.status_code, response.text) == (status, content)
    response = await http.get(f"{ABSENCE}/workers?limit=many", headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "limit"


async def test_hidden_subresource_may_look_missing(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    headers = await bearer(http, client, refresh)
    url = f"{ABSENCE}/workers/{acme.workers[0].wid}/timeOffDetails"
    acme.switches.hidden_subresource_is_404 = True
    response = await http.get(url, headers=headers)
    assert (response.status_code, response.json()["code"]) == (404, "S21")


async def test_further_scopes_are_switches(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    grant(acme, "Workday Query Language")
    headers = await bearer(http, client, refresh)
    acme.switches.workday_owned_scope_needed = True
    assert (await http.get(f"{WQL}/dataSources", headers=headers)).status_code == 403
    client.include_workday_owned_scope = True
    assert (await http.get(f"{WQL}/dataSources", headers=headers)).status_code == 200
    acme.edit_api_client(client, scopes=["System"])
    acme.switches.tenant_non_configurable_scope_needed = True
    assert (await http.get(f"{WQL}/dataSources", headers=headers)).status_code == 403


async def test_wql_tells_why_a_sign_on_failed_and_what_is_pending(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    headers = await bearer(http, client, refresh)
    grant(acme, "Workday Query Language")
    service = "/ccx/service/acme/Human_Resources/v44.0"
    await http.post(service, content=envelope(TIMESTAMP, user="ISU@acme", password="no"))
    acme.expire_password("ISU")
    await http.post(service, content=envelope(TIMESTAMP, user="ISU@acme", password="pw"))
    query = {
        "query": "SELECT invalidCredentials, accountLockedDisabledOrExpired, authenticationFailureMessage "
        "FROM allSystemAccountSignons (dataSourceFilter = workdaySystemAccountSignonsInRange, "
        'fromMoment = "2026-01-01T00:00:00Z", toMoment = "2027-01-01T00:00:00Z") LIMIT 5'
    }
    assert (await http.post(f"{WQL}/data", json=query, headers=headers)).status_code == 403
    grant(acme, "Workday Accounts", "Security Configuration")
    answer = (await http.post(f"{WQL}/data", json=query, headers=headers)).json()
    assert answer == {
        "total": 2,
        "data": [
            {
                "invalidCredentials": False,
                "accountLockedDisabledOrExpired": True,
                "authenticationFailureMessage": "Password expired",
            },
            {
                "invalidCredentials": True,
                "accountLockedDisabledOrExpired": False,
                "authenticationFailureMessage": "Invalid password",
            },
        ],
    }
    acme.maintain_permissions(GROUP, {"Manage: Location": "Get Only"})
    pending = {
        "query": "SELECT domainSecurityPolicy1 FROM domainSecurityPoliciesWithPendingChanges",
    }
    answer = (await http.get(f"{WQL}/data", params=pending, headers=headers)).json()
    assert answer["data"] == [{"domainSecurityPolicy1": "Manage: Location"}]


@pytest.mark.parametrize(
    "query",
    ["nonsense", "SELECT a FROM nowhere", "SELECT a FROM allWorkers", "SELECT userName FROM allSystemAccountSignons"],
)
async def test_wql_refuses_bad_queries(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str, query: str
) -> None:
    grant(acme, "Workday Query Language", "Worker Data: Public Worker Reports", "Workday Accounts")
    headers = await bearer(http, client, refresh)
    response = await http.post(f"{WQL}/data", json={"query": query}, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"]


async def test_wql_lists_its_sources_and_their_recorded_fields(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    grant(acme, "Workday Query Language")
    headers = await bearer(http, client, refresh)
    found = (await http.get(f"{WQL}/dataSources?alias=allSystemAccountSignons", headers=headers)).json()
    assert found["total"] == 1
    fields = (await http.get(f"{WQL}/dataSources/{found['data'][0]['id']}/fields", headers=headers)).json()
    names = {one["alias"] for one in fields["data"]}
    assert {"systemAccount1", "sign_OnTime", "failedSignOn"} <= names
    assert not {"systemAccount", "userName", "signonDateTime"} & names
    assert (await http.get(f"{WQL}/dataSources/{'0' * 32}/fields", headers=headers)).status_code == 404


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "(dataSourceFilter = somethingElse)",
        "(dataSourceFilter = currentWorkdaySystemAccountSignonsInRange)",
    ],
)
async def test_the_sign_ons_want_a_filter_and_its_moments(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str, parameters: str
) -> None:
    grant(acme, "Workday Query Language", "Workday Accounts")
    headers = await bearer(http, client, refresh)
    query = f"SELECT failedSignOn FROM allSystemAccountSignons {parameters}"  # noqa: S608  WQL of the sandbox
    assert (await http.post(f"{WQL}/data", json={"query": query}, headers=headers)).status_code == 400


async def test_a_person_has_a_worker_and_an_integration_user_has_none(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    own = "/ccx/api/v1/acme/workers/me"
    grant(acme, "Worker Data: Public Worker Reports")
    assert (await http.get(own, headers=await bearer(http, client, refresh))).status_code == 404
    person = acme.create_workday_account_for_worker("21003", "olund", "his own")
    acme.assign_users_to_user_based_security_group(GROUP, ["olund"])
    headers = await bearer(http, client, acme.manage_refresh_tokens_for_integrations(client, user="olund"))
    assert (await http.get(own, headers=headers)).json()["id"] == person.worker
    with pytest.raises(NotFoundInWorkdayError):
        acme.assign_integration_system_users(GROUP, ["olund"])


async def test_segmented_leave_types_need_a_group_of_their_own(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    headers = await bearer(http, client, refresh)
    balances = f"{ABSENCE}/balances"

    async def total() -> int:
        return int((await http.get(balances, headers=headers)).json()["total"])

    grant(acme, "Worker Data: Leave of Absence", "Access Leave Type (Segmented)")
    assert await total() == 1
    acme.segment_leave_types()
    assert await total() == 0
    acme.create_segment_based_security_group("Leave", groups=[GROUP])
    acme.maintain_permissions("Leave", {"Access Leave Type (Segmented)": "View Only"})
    assert await total() == 0
    acme.activate_pending_security_policy_changes("Segments")
    assert await total() == 1
    acme.assign_integration_system_users(GROUP, [])
    assert (await http.get(balances, headers=headers)).status_code == 403


async def test_a_report_shows_what_its_owner_may_view(acme: Tenant, http: httpx.AsyncClient) -> None:
    reports = "Worker Data: Public Worker Reports"
    acme.create_workday_account_for_worker("21003", "olund", "his own")
    acme.create_custom_report("Headcount", "olund", policies=[reports], shared_with=["ISU"])
    acme.create_custom_report("Private", "olund", policies=[reports])
    url = "/ccx/service/customreport2/acme/olund"
    me = ("ISU@acme", "pw")
    grant(acme, reports)
    assert (await http.get(f"{url}/Headcount", auth=("ISU@acme", "no"))).status_code == 401
    assert (await http.get(f"{url}/Private", auth=me)).status_code == 403
    assert (await http.get(f"{url}/Nothing", auth=me)).status_code == 403
    assert (await http.get(f"{url}/Headcount", auth=me)).json() == {"Report_Entry": []}
    acme.create_security_group("HR", "User-Based Security Group")
    acme.assign_users_to_user_based_security_group("HR", ["olund"])
    acme.maintain_permissions("HR", {reports: "View Only"})
    acme.activate_pending_security_policy_changes("Its owner may")
    assert len((await http.get(f"{url}/Headcount", auth=me)).json()["Report_Entry"]) == len(acme.workers)
    other = url.replace("acme", "nowhere")
    assert (await http.get(f"{other}/Headcount", auth=me)).status_code == 503


async def test_a_write_over_rest_is_validated_only_where_it_is_asked_to_be(
    acme: Tenant, http: httpx.AsyncClient, client: ApiClient, refresh: str
) -> None:
    headers = await bearer(http, client, refresh)
    path = f"{ABSENCE}/workers/{acme.workers[0].wid}/requestTimeOff"
    kind = workday_id("acme", "timeOffType", "Vacation")
    dry = {**headers, "x-validate-only": "1"}

    async def write(body: object, headers: dict[str, str] = dry, path: str = path) -> tuple[int, str]:
        response = await http.post(path, json=body, headers=headers)
        return response.status_code, response.text

    def day(kind: object) -> object:
        return {"days": [{"date": "2027-01-04", "timeOffType": {"id": kind}}]}

    grant(acme, "Request Time Off (REST Service)")
    assert await write(day("X")) == (403, '{"error":"permission denied","code":"S22"}')
    assert acme.risks == [], "a dry run that is denied risks nothing"
    grant(acme, "Request Time Off (REST Service)", access="View and Modify")
    status, text = await write(day("X"))
    assert (status, "invalid id 'X'" in text) == (400, True)
    assert (await write(day("X"), path=f"{ABSENCE}/workers/{'0' * 32}/requestTimeOff"))[0] == 404
    assert acme.risks == []
    for body in ({"days": []}, {"timeOffType": "X"}, day(5)):
        assert "is required" in (await write(body))[1]
    assert "is required" in (await http.post(path, content=b"{", headers=dry)).text
    assert len(acme.risks) == 4, "what names nothing may make something new"
    assert await write(day(kind)) == (200, "{}")
    assert (len(acme.risks), acme.writes) == (5, [])
    assert (await write(day("X"), headers))[0] == 400
    assert (await write(day(kind), headers))[0] == 201
    acme.switches.validate_only_is_known = False
    assert (await write(day(kind)))[0] == 201
    assert (len(acme.risks), len(acme.writes)) == (8, 2)
