"""Holds the sandbox to Workday's words, headers and order of decisions, over real HTTP."""

import re
from collections.abc import Callable

import httpx
import pytest
from lxml import etree

from sandbox.workday import (
    SAML,
    AuthenticationRule,
    Outcome,
    Tenant,
    UnknownTenantSoap,
    WorkdaySandbox,
)
from sandbox.workday.soap import TIMESTAMP, envelope, get, get_workers

HR = "/ccx/service/acme_dpt1/Human_Resources/v44.0"
ISU = "ISU_Wintro@acme_dpt1"
PASSWORD = "a&b<c>\"d' é"


@pytest.fixture
def acme(workday: WorkdaySandbox) -> Tenant:
    tenant = workday.tenant("acme_dpt1")
    tenant.create_integration_system_user("ISU_Wintro", PASSWORD)
    tenant.create_security_group("ISSG_Wintro")
    tenant.assign_integration_system_users("ISSG_Wintro", ["ISU_Wintro"])
    tenant.maintain_permissions("ISSG_Wintro", {"Worker Data: Public Worker Reports": "Get Only"})
    tenant.activate_pending_security_policy_changes(comment="for the integration")
    return tenant


async def ask(
    http: httpx.AsyncClient, request: str, path: str = HR, user: str | None = ISU, password: str = PASSWORD
) -> httpx.Response:
    body = envelope(request, user=user, password=password)
    return await http.post(path, content=body, headers={"Content-Type": "text/xml; charset=utf-8"})


def fault(response: httpx.Response) -> tuple[int, str, str]:
    root = etree.fromstring(response.content)
    return response.status_code, root.findtext(".//faultcode") or "", root.findtext(".//faultstring") or ""


LOGIN = (500, "SOAP-ENV:Client.authenticationError", "invalid username or password")
DENIED = (
    500,
    "SOAP-ENV:Server.processingError",
    "Processing error occurred. The task submitted is not authorized.",
)
VERSION = (500, "SOAP-ENV:Client.validationError", "Invalid request service version")
SERVICE = (
    500,
    "SOAP-ENV:Client.validationError",
    "The web service or version is invalid for the requested operation",
)


def invalid(text: str) -> tuple[int, str, str]:
    return 500, "SOAP-ENV:Client.validationError", f"Validation error occurred. {text}"


@pytest.mark.usefixtures("acme")
async def test_timestamp_needs_only_the_password(http: httpx.AsyncClient) -> None:
    response = await ask(http, TIMESTAMP)
    assert response.status_code == 200
    assert b"Server_Timestamp_Data" in response.content
    assert response.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"<env:Envelope" in response.content
    assert b'wd:version="v44.0"' in response.content


@pytest.mark.usefixtures("acme")
async def test_headers_of_success_and_of_faults(http: httpx.AsyncClient) -> None:
    good = (await ask(http, TIMESTAMP)).headers
    assert good["WD-RateLimit-Tokens-Remaining"].isdecimal()
    assert good["wd-stat-request-id"]
    assert "x-wd-gid" not in good
    bad = (await ask(http, TIMESTAMP, password="wrong")).headers
    assert re.fullmatch(r"GID\|[0-9a-f-]{36}", bad["x-wd-gid"])
    assert "WD-RateLimit-Tokens-Remaining" not in bad
    assert "wd-stat-request-id" not in bad
    for headers in (good, bad):
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert headers["Set-Cookie"]
        assert headers["Transfer-Encoding"] == "chunked"
        assert headers["Content-Type"] == "text/xml; charset=UTF-8"


Trouble = Callable[[Tenant], None]


def _block_type(acme: Tenant) -> None:
    rule = AuthenticationRule(name="SSO", groups=("ISSG_Wintro",), allowed_types=(SAML,))
    acme.manage_authentication_policies(rule)
    acme.activate_all_pending_authentication_policy_changes()


def _block_network(acme: Tenant) -> None:
    rule = AuthenticationRule(name="Office", groups=("ISSG_Wintro",), networks=("198.51.100.0/24",))
    acme.manage_authentication_policies(rule)
    acme.activate_all_pending_authentication_policy_changes()


def _deny_network(acme: Tenant) -> None:
    acme.manage_authentication_policies(denied_networks=["127.0.0.0/8"])
    acme.activate_all_pending_authentication_policy_changes()


def _time_out(acme: Tenant) -> None:
    acme.switches.session_timeout_stops_services = True
    acme.view_integration_system_user("ISU_Wintro").session_timeout = 60


TROUBLES: dict[str, Trouble] = {
    "disabled": lambda acme: acme.disable("ISU_Wintro"),
    "locked": lambda acme: acme.lock("ISU_Wintro"),
    "password expired": lambda acme: acme.expire_password("ISU_Wintro"),
    "account expired": lambda acme: acme.expire_account("ISU_Wintro"),
    "new password required": lambda acme: acme.require_new_password_at_next_sign_in("ISU_Wintro"),
    "type not allowed": _block_type,
    "network not allowed": _block_network,
    "network denied": _deny_network,
    "delegated": lambda acme: acme.edit_tenant_setup_security(delegated_authentication=True),
    "security questions": lambda acme: acme.require_security_questions("ISU_Wintro"),
    "session timeout": _time_out,
    "deleted": lambda acme: acme.delete_integration_system_user("ISU_Wintro"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_every_reason_gives_the_one_fault(acme: Tenant, http: httpx.AsyncClient, trouble: str) -> None:
    wrong = await ask(http, TIMESTAMP, password="wrong")
    TROUBLES[trouble](acme)
    response = await ask(http, TIMESTAMP)
    assert fault(response) == LOGIN
    _indistinguishable(response, wrong)


async def test_each_box_undoes_its_trouble(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.edit_tenant_setup_security(delegated_authentication=True)
    acme.exempt_from_delegated_authentication("ISU_Wintro")
    acme.require_security_questions("ISU_Wintro")
    acme.require_security_questions("ISU_Wintro", due=False)
    acme.expire_account("ISU_Wintro")
    acme.expire_account("ISU_Wintro", never=True)
    assert (await ask(http, TIMESTAMP)).status_code == 200


@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("ISU_Wintro", HR),
        ("nobody@acme_dpt1", HR),
        ("isu_wintro@acme_dpt1", HR),
        ("ISU_Wintro@acme_dpt1@acme_dpt1", HR),
        ("ISU_Wintro@other", HR),
        ("ISU_Wintro@acme", "/ccx/service/acme/Human_Resources/v44.0"),
        ("", HR),
        (None, HR),
    ],
)
@pytest.mark.usefixtures("acme")
async def test_every_wrong_name_gives_the_one_fault(http: httpx.AsyncClient, user: str, path: str) -> None:
    wrong = await ask(http, TIMESTAMP, password="wrong")
    response = await ask(http, TIMESTAMP, path=path, user=user)
    assert fault(response) == LOGIN
    _indistinguishable(response, wrong)


def _indistinguishable(one: httpx.Response, other: httpx.Response) -> None:
    def shown(response: httpx.Response) -> list[tuple[str, str]]:
        ids = {"x-wd-gid", "set-cookie", "date"}
        return [(name, "" if name in ids else value) for name, value in response.headers.items()]

    assert one.content == other.content
    assert one.status_code == other.status_code
    assert shown(one) == shown(other)


async def test_account_name_may_be_an_email(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.create_integration_system_user("jane@acme.com", "pw")
    assert (await ask(http, TIMESTAMP, user="jane@acme.com@acme_dpt1", password="pw")).status_code == 200


async def test_suspended_tenant_is_an_unknown_one(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.suspended = True
    assert fault(await ask(http, TIMESTAMP)) == LOGIN


@pytest.mark.usefixtures("acme")
async def test_switches_of_the_login_fault(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.switches.auth_fault_status = 401
    assert fault(await ask(http, TIMESTAMP, password="x")) == (401, *LOGIN[1:])
    workday.switches.user_names_are_case_sensitive = False
    assert (await ask(http, TIMESTAMP, user="isu_wintro@acme_dpt1")).status_code == 200
    path = "/ccx/service/nowhere/Human_Resources/v44.0"
    for kind, status in (UnknownTenantSoap.UNAVAILABLE, 503), (UnknownTenantSoap.SERVER_ERROR, 500):
        workday.switches.unknown_tenant_soap = kind
        response = await ask(http, TIMESTAMP, path=path)
        assert response.status_code == status
        assert b"Fault" not in response.content


async def test_http_basic_for_soap_is_a_switch(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    acme.change_password("ISU_Wintro", "plain")
    body = envelope(TIMESTAMP)
    assert fault(await http.post(HR, content=body, auth=(ISU, "plain"))) == LOGIN
    workday.switches.soap_accepts_http_basic = True
    assert (await http.post(HR, content=body, auth=(ISU, "plain"))).status_code == 200


async def test_timestamp_may_need_a_policy(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.switches.timestamp_policy = "Integration Build"
    assert fault(await ask(http, TIMESTAMP)) == DENIED
    acme.maintain_permissions("ISSG_Wintro", {"Integration Build": "Get Only"})
    acme.activate_pending_security_policy_changes(comment="more")
    assert (await ask(http, TIMESTAMP)).status_code == 200


@pytest.mark.parametrize("version", ["v46.3", "v48.0", "v1.0", "v99.9", "44.0", "", "v44"])
@pytest.mark.usefixtures("acme")
async def test_unknown_versions(http: httpx.AsyncClient, version: str) -> None:
    path = f"/ccx/service/acme_dpt1/Human_Resources/{version}"
    assert fault(await http.get(f"{path}?wsdl")) == VERSION
    assert fault(await ask(http, TIMESTAMP, path=path, password="wrong")) == VERSION


@pytest.mark.parametrize("version", ["v21.1", "v36.0", "v44.2", "v46.2"])
@pytest.mark.usefixtures("acme")
async def test_known_versions(http: httpx.AsyncClient, version: str) -> None:
    path = f"/ccx/service/acme_dpt1/Human_Resources/{version}"
    assert (await http.get(f"{path}?wsdl")).status_code == 200
    assert (await ask(http, TIMESTAMP, path=path)).status_code == 200


async def test_wsdl_needs_no_credentials(acme: Tenant, workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    address = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
    root = etree.fromstring((await http.get(f"{HR}?wsdl")).content)
    assert [found.get("location") for found in root.iter(address)] == [workday.origin + HR]
    acme.wsdl_tenant = "somebody_else"
    root = etree.fromstring((await http.get(f"{HR}?wsdl")).content)
    assert ["somebody_else" in str(found.get("location")) for found in root.iter(address)] == [True]
    unknown = await http.get("/ccx/service/nowhere/Human_Resources/v44.0?wsdl")
    assert unknown.status_code == 500
    assert [record.outcome for record in workday.requests][-1] is Outcome.UNKNOWN_TENANT


@pytest.mark.usefixtures("acme")
async def test_operation_of_another_service(http: httpx.AsyncClient) -> None:
    recruiting = "/ccx/service/acme_dpt1/Recruiting/v44.0"
    response = await ask(http, get("Get_Locations"), path=recruiting)
    assert fault(response) == SERVICE
    assert b"<detail>" not in response.content
    assert fault(await ask(http, "<wd:Get_Nothing_Request/>")) == SERVICE
    assert fault(await ask(http, TIMESTAMP, path="/ccx/service/acme_dpt1/Humans/v44.0")) == SERVICE


FILTER = "<wd:Response_Filter>{}</wd:Response_Filter>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<wd:Nonsense/>", "Element not found=Nonsense-urn:com.workday/bsvc"),
        (
            FILTER.format("<wd:Count>1</wd:Count><wd:Page>1</wd:Page>"),
            "Element not found=Page-urn:com.workday/bsvc",
        ),
        (
            FILTER.format("<wd:As_Of_Entry_DateTime/><wd:As_Of_Effective_Date/>"),
            "Element not found=As_Of_Effective_Date-urn:com.workday/bsvc",
        ),
        (
            "<wd:Response_Group/><wd:Response_Filter/>",
            "Element not found=Response_Filter-urn:com.workday/bsvc",
        ),
        (
            "<wd:Response_Group><wd:Include_Everything>1</wd:Include_Everything></wd:Response_Group>",
            "Element not found=Include_Everything-urn:com.workday/bsvc",
        ),
        (FILTER.format("<wd:Page>0</wd:Page>"), "Page Number cannot be zero."),
        (FILTER.format("<wd:Count>1000</wd:Count>"), "Invalid value '1000' for element 'Count'"),
        (
            "<wd:Response_Group><wd:Include_Reference>yes</wd:Include_Reference></wd:Response_Group>",
            "Invalid value for element 'Include_Reference', expected a boolean",
        ),
        ("<Response_Filter/>", "Element not found=Response_Filter-"),
    ],
)
@pytest.mark.usefixtures("acme")
async def test_schema_comes_before_authorisation_and_login(http: httpx.AsyncClient, inside: str, text: str) -> None:
    request = f"<wd:Get_Workers_Request>{inside}</wd:Get_Workers_Request>"
    response = await ask(http, request, password="wrong")
    assert fault(response) == invalid(text)
    assert b"<wd:Validation_Fault><wd:Validation_Error><wd:Message>" in response.content
    assert b"<wd:Xpath>" in response.content


@pytest.mark.usefixtures("acme")
async def test_login_before_schema_is_a_switch(workday: WorkdaySandbox, http: httpx.AsyncClient) -> None:
    workday.switches.schema_before_authentication = False
    request = "<wd:Get_Locations_Request><wd:Nonsense/></wd:Get_Locations_Request>"
    assert fault(await ask(http, request, password="wrong")) == LOGIN
    text = "Element not found=Nonsense-urn:com.workday/bsvc"
    assert fault(await ask(http, request)) == invalid(text)


@pytest.mark.usefixtures("acme")
async def test_version_attribute_must_be_qualified(http: httpx.AsyncClient) -> None:
    request = '<wd:Server_Timestamp_Get version="v44.0"/>'
    assert fault(await ask(http, request)) == invalid("Attribute not found=version")


@pytest.mark.parametrize("body", [b"", b"no xml", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
@pytest.mark.usefixtures("acme")
async def test_what_is_not_soap_is_a_validation_fault(http: httpx.AsyncClient, body: bytes) -> None:
    status, code, _ = fault(await http.post(HR, content=body))
    assert (status, code) == (500, "SOAP-ENV:Client.validationError")


async def test_bad_references(acme: Tenant, http: httpx.AsyncClient) -> None:
    reference = (
        '<wd:Request_References {}><wd:Worker_Reference><wd:ID wd:type="Employee_ID">0</wd:ID>'
        "</wd:Worker_Reference></wd:Request_References>"
    )
    text = "Invalid ID value.  '0' is not a valid ID value for type = 'Employee_ID'"
    request = get_workers(criteria=reference.format(""))
    assert fault(await ask(http, request)) == invalid(text)
    forgiving = get_workers(criteria=reference.format('wd:Skip_Non_Existing_Instances="true"'))
    response = await ask(http, forgiving)
    assert b"<wd:Total_Results>0<" in response.content
    known = reference.format("").replace(">0<", f">{acme.workers[1].employee_id}<")
    assert acme.workers[1].wid.encode() in (await ask(http, get_workers(criteria=known))).content


async def test_mandatory_criterion(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.maintain_permissions("ISSG_Wintro", {"Integration Build": "Get Only"})
    acme.activate_pending_security_policy_changes(comment="more")
    path = "/ccx/service/acme_dpt1/Integrations/v44.0"
    text = "Element Content 'Reference_ID_Type' is required, on internal element 'Get References Request Criteria'"
    assert fault(await ask(http, "<wd:Get_References_Request/>", path=path)) == invalid(text)
    criteria = "<wd:Reference_ID_Type>Location_ID</wd:Reference_ID_Type>"
    whole = (
        f"<wd:Get_References_Request><wd:Request_Criteria>{criteria}</wd:Request_Criteria></wd:Get_References_Request>"
    )
    assert (await ask(http, whole, path=path)).status_code == 200


async def test_write_probe_tells_put_from_get(acme: Tenant, http: httpx.AsyncClient) -> None:
    reference = '<wd:Location_Reference><wd:ID wd:type="Location_ID">X</wd:ID></wd:Location_Reference>'
    probe = f"<wd:Put_Location_Request>{reference}</wd:Put_Location_Request>"
    assert fault(await ask(http, probe)) == DENIED
    for access, expected in (
        ("Get Only", DENIED),
        ("View and Modify", DENIED),
        (
            "Get and Put",
            invalid("Invalid ID value.  'X' is not a valid ID value for type = 'Location_ID'"),
        ),
    ):
        acme.maintain_permissions("ISSG_Wintro", {"Manage: Location": access})
        acme.activate_pending_security_policy_changes(comment="more")
        assert fault(await ask(http, probe)) == expected
    assert (acme.writes, acme.risks) == ([], [])


async def test_write_that_goes_through_is_on_record(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.maintain_permissions("ISSG_Wintro", {"Manage: Location": "Get and Put"})
    acme.activate_pending_security_policy_changes(comment="more")
    text = "Element Content 'Reference' is required, on internal element 'Put Location'"
    assert fault(await ask(http, "<wd:Put_Location_Request/>")) == invalid(text)
    reference = f'<wd:Some_Reference><wd:ID wd:type="WID">{acme.workers[0].wid}</wd:ID></wd:Some_Reference>'
    response = await ask(http, f"<wd:Put_Location_Request>{reference}</wd:Put_Location_Request>")
    assert response.status_code == 200
    assert acme.writes == ["Put_Location_Request"]
    assert acme.risks == ["Put_Location_Request"] * 2, "one that names nothing could make something, too"


async def test_service_the_tenant_does_not_have(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.services_not_entitled.add("Recruiting")
    path = "/ccx/service/acme_dpt1/Recruiting/v44.0"
    assert fault(await http.get(f"{path}?wsdl")) == SERVICE
    assert fault(await ask(http, TIMESTAMP, path=path)) == SERVICE


async def test_older_tenant_has_older_versions(acme: Tenant, http: httpx.AsyncClient) -> None:
    acme.max_version = (43, 0)
    assert fault(await ask(http, TIMESTAMP)) == VERSION
    assert (await ask(http, TIMESTAMP, path=HR.replace("v44.0", "v43.0"))).status_code == 200
