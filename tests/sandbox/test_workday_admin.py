"""Holds the admin's tasks to what they change and when, over real HTTP."""

import httpx
import pytest
from lxml import etree

from sandbox.workday import (
    ALL_USERS,
    SAML,
    USER_NAME_PASSWORD,
    AuthenticationRule,
    GroupKind,
    NotFoundInWorkdayError,
    SignOnFailure,
    Tenant,
    WorkdaySandbox,
)
from sandbox.workday.rest import DATA_SOURCES, RESOURCES
from sandbox.workday.security import POLICIES, Right
from sandbox.workday.soap import OPERATIONS, SECTIONS, TIMESTAMP, Section, envelope, get, get_workers
from tests.support.hand_clock import HandClock

DAY = 86_400
GROUP = "ISSG_Wintro"
REPORTS = "Worker Data: Public Worker Reports"


@pytest.fixture
def acme(workday: WorkdaySandbox) -> Tenant:
    tenant = workday.tenant("acme")
    tenant.create_integration_system_user("ISU", "pw")
    tenant.create_security_group(GROUP, kind="Integration System Security Group (Unconstrained)")
    tenant.assign_integration_system_users(GROUP, ["ISU"])
    return tenant


async def ask(
    http: httpx.AsyncClient, request: str, *, password: str = "pw", service: str = "Human_Resources"
) -> etree._Element:
    body = envelope(request, user="ISU@acme", password=password)
    response = await http.post(f"/ccx/service/acme/{service}/v44.0", content=body)
    return etree.fromstring(response.content)


async def verdict(
    http: httpx.AsyncClient, request: str, *, password: str = "pw", service: str = "Human_Resources"
) -> str:
    root = await ask(http, request, password=password, service=service)
    code = root.findtext(".//faultcode")
    return code.rpartition(".")[2] if code else "ok"


def grant(acme: Tenant, *policies: str, access: str = "Get Only") -> None:
    acme.maintain_permissions(GROUP, dict.fromkeys(policies, access))
    acme.activate_pending_security_policy_changes(comment="grants")


async def test_permissions_count_only_after_activation(acme: Tenant, http: httpx.AsyncClient, clock: HandClock) -> None:
    acme.maintain_permissions(GROUP, {REPORTS: "Get Only"})
    assert await verdict(http, get_workers()) == "processingError"
    assert acme.domain_security_policies_with_pending_changes() == (REPORTS,)
    with pytest.raises(ValueError, match="comment"):
        acme.activate_pending_security_policy_changes(comment=" ")
    activation = acme.activate_pending_security_policy_changes(comment="for ISU")
    assert (activation.at, activation.changed) == (clock.now, (REPORTS,))
    assert await verdict(http, get_workers()) == "ok"
    acme.revoke_permission(GROUP, REPORTS)
    assert await verdict(http, get_workers()) == "ok"
    acme.activate_pending_security_policy_changes(comment="taken back")
    assert await verdict(http, get_workers()) == "processingError"


async def test_authentication_policy_has_an_activation_of_its_own(acme: Tenant, http: httpx.AsyncClient) -> None:
    everybody = AuthenticationRule(name="SSO", groups=(ALL_USERS,), allowed_types=(SAML,))
    acme.manage_authentication_policies(everybody)
    acme.activate_pending_security_policy_changes(comment="the wrong task")
    assert await verdict(http, TIMESTAMP) == "ok"
    acme.activate_all_pending_authentication_policy_changes()
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    mine = AuthenticationRule(name="ISU", groups=(GROUP,), allowed_types=(USER_NAME_PASSWORD,))
    acme.add_authentication_rule(mine, on_top=False)
    acme.activate_all_pending_authentication_policy_changes()
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    acme.manage_authentication_policies(everybody)
    acme.add_authentication_rule(mine)
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    acme.activate_all_pending_authentication_policy_changes()
    assert await verdict(http, TIMESTAMP) == "ok"


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("Get Only", "ok"),
        ("Get and Put", "ok"),
        ("View Only", "processingError"),
        ("View and Modify", "processingError"),
    ],
)
async def test_soap_reads_need_the_get_column(
    acme: Tenant, http: httpx.AsyncClient, access: str, expected: str
) -> None:
    grant(acme, "Manage: Location", access=access)
    assert await verdict(http, get("Get_Locations")) == expected


async def test_get_and_view_are_cells_of_their_own(acme: Tenant) -> None:
    acme.maintain_permissions(GROUP, {REPORTS: ["Get and Put", "View Only"]})
    acme.maintain_permissions(GROUP, {REPORTS: "Get Only"})
    assert acme.security.pending.grants[GROUP, REPORTS] == {Right.GET, Right.VIEW}


READS = [one for one in OPERATIONS.values() if one.right is Right.GET and one.policies]


@pytest.mark.parametrize("request_name", [one.request for one in READS])
async def test_each_policy_opens_its_operation(acme: Tenant, http: httpx.AsyncClient, request_name: str) -> None:
    operation = OPERATIONS[request_name]
    criteria = "<wd:Request_Criteria><wd:Reference_ID_Type>X</wd:Reference_ID_Type></wd:Request_Criteria>"
    inside = criteria if operation.required_criterion else ""
    request = f"<wd:{request_name}>{inside}</wd:{request_name}>"
    service = min(operation.services)
    assert await verdict(http, request, service=service) == "processingError"
    for policy in operation.policies:
        grant(acme, policy)
        assert await verdict(http, request, service=service) == "ok"
        acme.revoke_permission(GROUP, policy)
    root = await ask(http, request, service=service)
    assert root.find(f".//{{urn:com.workday/bsvc}}{operation.response}") is not None


@pytest.mark.parametrize("one", [one for one in SECTIONS if one.policies], ids=lambda one: one.path[-1])
async def test_each_section_is_absent_until_granted(acme: Tenant, http: httpx.AsyncClient, one: Section) -> None:
    path = ".//" + "/".join(f"{{urn:com.workday/bsvc}}{name}" for name in ("Worker_Data", *one.path))
    grant(acme, REPORTS)
    assert (await ask(http, get_workers(one.flag))).find(path) is None
    grant(acme, one.policies[0])
    assert (await ask(http, get_workers(one.flag))).find(path) is not None


async def test_empty_response_group_counts_but_shows_nothing(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, REPORTS)
    root = await ask(http, "<wd:Get_Workers_Request><wd:Response_Group/></wd:Get_Workers_Request>")
    assert root.findtext(".//{*}Total_Results") == "5"
    assert root.find(".//{*}Response_Data") is None


async def test_zero_width_window_returns_nobody(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, REPORTS)
    day = "2024-01-01T00:00:00Z"
    criteria = (
        "<wd:Request_Criteria><wd:Transaction_Log_Criteria_Data><wd:Transaction_Date_Range_Data>"
        f"<wd:Updated_From>{day}</wd:Updated_From><wd:Updated_Through>{day}</wd:Updated_Through>"
        "</wd:Transaction_Date_Range_Data></wd:Transaction_Log_Criteria_Data></wd:Request_Criteria>"
    )
    root = await ask(http, get_workers(criteria=criteria))
    assert root.findtext(".//{*}Total_Results") == "0"


async def test_silent_denial_is_a_switch(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.switches.denied_workers_are_empty = True
    assert (await ask(http, get_workers())).findtext(".//{*}Total_Results") == "0"
    grant(acme, REPORTS)
    assert (await ask(http, get_workers())).findtext(".//{*}Total_Results") == "5"


async def test_a_tenant_may_have_nothing_to_show(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, "Manage: Location")
    acme.empty.add("Get_Locations_Request")
    root = await ask(http, get("Get_Locations"))
    assert root.findtext(".//{*}Total_Results") == "0"
    assert root.find(".//{*}Response_Data") is None


async def test_constrained_group_sees_its_organizations_only(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.assign_integration_system_users(GROUP, [])
    acme.create_security_group("Some", kind=GroupKind.CONSTRAINED, organizations=["Engineering"])
    acme.assign_integration_system_users("Some", ["ISU"])
    acme.maintain_permissions("Some", {REPORTS: "Get Only"})
    acme.activate_pending_security_policy_changes(comment="some")
    assert (await ask(http, get_workers(count=99))).findtext(".//{*}Total_Results") == "2"


async def test_user_based_group_is_no_use_to_an_integration(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    acme.create_security_group("People", kind=GroupKind.USER_BASED)
    acme.assign_users_to_user_based_security_group("People", ["ISU"])
    acme.maintain_permissions("People", {REPORTS: "Get Only"})
    acme.activate_pending_security_policy_changes(comment="people")
    assert await verdict(http, get_workers()) == "processingError"
    workday.switches.user_based_groups_serve_integrations = True
    assert await verdict(http, get_workers()) == "ok"


async def test_group_without_the_user_gives_nothing(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    grant(acme, REPORTS)
    acme.assign_integration_system_users(GROUP, [])
    assert await verdict(http, get_workers()) == "processingError"
    acme.activate_pending_security_policy_changes(comment="emptied")
    workday.switches.membership_needs_activation = True
    acme.assign_integration_system_users(GROUP, ["ISU"])
    assert await verdict(http, get_workers()) == "processingError"
    acme.activate_pending_security_policy_changes(comment="filled")
    assert await verdict(http, get_workers()) == "ok"


async def test_a_group_of_the_wrong_type_is_made_anew(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, REPORTS)
    acme.delete_security_group(GROUP)
    assert await verdict(http, get_workers()) == "processingError"
    with pytest.raises(NotFoundInWorkdayError):
        grant(acme, REPORTS)
    acme.create_security_group(GROUP)
    acme.assign_integration_system_users(GROUP, ["ISU"])
    assert await verdict(http, get_workers()) == "processingError"
    grant(acme, REPORTS)
    assert await verdict(http, get_workers()) == "ok"


async def test_functional_area_and_policy_can_be_off(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, REPORTS)
    acme.maintain_functional_area("Staffing", enabled=False)
    acme.activate_pending_security_policy_changes(comment="off")
    assert await verdict(http, get_workers()) == "processingError"
    with pytest.raises(NotFoundInWorkdayError):
        acme.maintain_permissions(GROUP, {REPORTS: "Get Only"})
    acme.maintain_functional_area("Staffing", enabled=True)
    acme.activate_pending_security_policy_changes(comment="on again")
    acme.maintain_permissions(GROUP, {REPORTS: "Get Only"})
    acme.disable_domain_security_policy(REPORTS)
    acme.activate_pending_security_policy_changes(comment="still off")
    assert await verdict(http, get_workers()) == "processingError"
    acme.enable_domain_security_policy(REPORTS)
    acme.activate_pending_security_policy_changes(comment="on")
    assert await verdict(http, get_workers()) == "ok"


async def test_child_policy_inherits_until_overridden(acme: Tenant, http: httpx.AsyncClient) -> None:
    request, service = get("Get_Absence_Inputs"), "Absence_Management"
    grant(acme, "Worker Data: Time Off")
    assert await verdict(http, request, service=service) == "ok"
    acme.override_child_policy("Worker Data: Time Off (Time Off)")
    acme.activate_pending_security_policy_changes(comment="overridden")
    assert await verdict(http, request, service=service) == "processingError"


def test_search_finds_exact_names_only(acme: Tenant) -> None:
    with pytest.raises(NotFoundInWorkdayError, match="close: Integration Build") as caught:
        acme.maintain_permissions(GROUP, {"Integration: Build": "Get Only"})
    assert "Integration Build" in caught.value.close
    acme.register_domain_security_policy("Integration: Build")
    acme.maintain_permissions(GROUP, {"Integration: Build": "Get Only"})
    with pytest.raises(NotFoundInWorkdayError):
        acme.assign_integration_system_users(GROUP, ["isu"])
    with pytest.raises(NotFoundInWorkdayError):
        acme.maintain_permissions("Nobody", {REPORTS: "Get Only"})


def test_tables_use_known_policies_only() -> None:
    used = {policy for one in OPERATIONS.values() for policy in one.policies}
    used |= {policy for section in SECTIONS for policy in section.policies}
    used |= {policy for one in RESOURCES for policy in one.policies}
    used |= {policy for policies in DATA_SOURCES.values() for policy in policies}
    assert used <= POLICIES


async def test_lock_after_failures_and_its_end(acme: Tenant, http: httpx.AsyncClient, clock: HandClock) -> None:
    acme.maintain_password_rules(lock_after=3, lock_minutes=30)
    for _ in range(3):
        assert await verdict(http, TIMESTAMP, password="no") == "authenticationError"
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    assert acme.sign_on_history("ISU")[-1].failure is SignOnFailure.LOCKED
    clock.now += 30 * 60
    assert await verdict(http, TIMESTAMP) == "ok"
    logins = acme.logins("ISU")
    assert (logins.good, logins.bad) == (1, 4)


async def test_a_good_login_clears_the_count_and_unlock_works(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.maintain_password_rules(lock_after=2)
    for password in ("no", "pw", "no", "pw"):
        await verdict(http, TIMESTAMP, password=password)
    assert await verdict(http, TIMESTAMP) == "ok"
    for _ in range(2):
        await verdict(http, TIMESTAMP, password="no")
    acme.switches.unlock_undoes_lockout = False
    acme.unlock("ISU")
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    acme.switches.unlock_undoes_lockout = True
    acme.unlock("ISU")
    assert await verdict(http, TIMESTAMP) == "ok"


async def test_password_expires_unless_exempt(acme: Tenant, http: httpx.AsyncClient, clock: HandClock) -> None:
    assert acme.password_expires_at("ISU") == clock.now + 90 * DAY
    clock.now += 90 * DAY - 1
    assert await verdict(http, TIMESTAMP) == "ok"
    clock.now += 1
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    assert acme.sign_on_history("ISU")[-1].failure is SignOnFailure.PASSWORD_EXPIRED
    acme.maintain_password_rules(exempt=["ISU"])
    assert await verdict(http, TIMESTAMP) == "ok"
    assert acme.password_expires_at("ISU") is None
    acme.maintain_password_rules(exempt=[])
    acme.change_password("ISU", "new")
    assert await verdict(http, TIMESTAMP, password="new") == "ok"
    acme.maintain_password_rules(expiry_days=0)
    clock.now += 1000 * DAY
    assert await verdict(http, TIMESTAMP, password="new") == "ok"


async def test_history_tells_what_the_fault_hides(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.maintain_password_rules(lock_after=0)
    await verdict(http, TIMESTAMP, password="no")
    acme.require_new_password_at_next_sign_in("ISU")
    await verdict(http, TIMESTAMP)
    acme.require_new_password_at_next_sign_in("ISU", ticked=False)
    acme.disable("ISU")
    await verdict(http, TIMESTAMP)
    acme.enable("ISU")
    await verdict(http, TIMESTAMP)
    assert [row.failure for row in acme.sign_on_history("ISU")] == [
        SignOnFailure.WRONG_PASSWORD,
        SignOnFailure.NEW_PASSWORD_REQUIRED,
        SignOnFailure.DISABLED,
        None,
    ]


async def test_ui_block_and_timeout_do_not_matter_to_services(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.delete_integration_system_user("ISU")
    acme.create_integration_system_user("ISU", "pw", ui_sessions_blocked=True, session_timeout=60)
    assert await verdict(http, TIMESTAMP) == "ok"


async def test_changing_a_password_may_tick_the_box_again(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.switches.changing_password_requires_new_password = True
    acme.change_password("ISU", "new")
    assert await verdict(http, TIMESTAMP, password="new") == "authenticationError"


async def test_sandbox_refresh_brings_production_back(
    acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient
) -> None:
    production = workday.tenant("production")
    acme.refresh_from(production)
    assert await verdict(http, TIMESTAMP) == "authenticationError"
    production.create_integration_system_user("ISU", "theirs")
    acme.refresh_from(production)
    assert await verdict(http, TIMESTAMP, password="theirs") == "ok"
    assert production.logins("ISU").good == 0


async def test_get_workday_account_shows_what_the_api_can_tell(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, "Workday Accounts")
    root = await ask(http, get("Get_Workday_Account"))
    assert root.findtext(".//{*}User_Name") == "ISU"
    assert root.findtext(".//{*}Account_Disabled") == "0"


async def test_candidate_parts_follow_their_policies(acme: Tenant, http: httpx.AsyncClient) -> None:
    grant(acme, "Candidate Data: Job Application")
    root = await ask(http, get("Get_Candidates"), service="Recruiting")
    assert root.find(".//{*}Job_Application_Data") is not None
    assert root.find(".//{*}Name_Data") is None
