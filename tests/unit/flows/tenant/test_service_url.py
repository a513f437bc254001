"""What people paste, and what is understood: the table of wrong pastes, the tricks, the environments."""

import pytest

from flows.tenant.hosts import allowed_host, is_services_host, services_hosts
from flows.tenant.service_url import Endpoint, Environment, PasteKind, find_url, read_endpoint

HOST = "wd2-impl-services1.workday.com"
ACME = Endpoint(host=HOST, tenant="acme_dpt1")
REST = f"https://{HOST}/ccx/api/v1/acme_dpt1"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (REST, PasteKind.REST),
        (f"  {REST}/  ", PasteKind.REST),
        (f'"{REST}"', PasteKind.REST),
        (f"“{REST}”.", PasteKind.REST),
        (f"<{REST}>", PasteKind.REST),
        (f"<{REST}|{REST}>", PasteKind.REST),
        (f"<{REST}|Workday REST API Endpoint>", PasteKind.REST),
        (f"\u200b{REST}\ufeff,", PasteKind.REST),
        (f"\u2067{REST}\u2069", PasteKind.REST),
        (f"Workday REST API Endpoint {REST}", PasteKind.REST),
        (f"Workday REST API Endpoint\n\t{REST}\nToken Endpoint", PasteKind.REST),
        (f"here it is: {REST}, thanks!", PasteKind.REST),
        (REST.replace("https", "http"), PasteKind.REST),
        (REST.removeprefix("https://"), PasteKind.REST),
        (REST.replace(HOST, HOST.upper()), PasteKind.REST),
        (REST.replace(HOST, f"{HOST}:443"), PasteKind.REST),
        (REST.replace(HOST, f"{HOST}."), PasteKind.REST),
        (f"{REST}/workers?limit=1&amp;offset=0#top", PasteKind.REST),
        (f"https://{HOST}/ccx/api/staffing/v6/acme_dpt1", PasteKind.REST_MODULE),
        (f"https://{HOST}/ccx/api/absenceManagement/v1/acme_dpt1/workers", PasteKind.REST_MODULE),
        (f"https://{HOST}/ccx/oauth2/acme_dpt1/token", PasteKind.TOKEN),
        (f"https://{HOST}/ccx/service/acme_dpt1/Human_Resources/v40.0", PasteKind.SOAP),
        (f"https://{HOST}/ccx/service/acme_dpt1", PasteKind.SOAP),
        (f"https://{HOST}/ccx/service/acme_dpt1/Human_Resources/v40.0?wsdl", PasteKind.WSDL),
        (f"https://{HOST}/ccx/service/acme_dpt1/Human_Resources/v40.0?WSDL", PasteKind.WSDL),
    ],
)
def test_an_address_of_the_api_gives_host_and_tenant(text: str, kind: PasteKind) -> None:
    pasted = read_endpoint(text)
    assert pasted.kind is kind
    assert pasted.endpoint == ACME
    assert pasted.candidates == (ACME,)
    assert (pasted.host, pasted.tenant) == (HOST, "acme_dpt1")


def test_a_report_also_names_its_owner() -> None:
    report = f"https://{HOST}/ccx/service/customreport2/acme_dpt1/jdoe/Headcount?format=json"
    pasted = read_endpoint(report)
    assert (pasted.kind, pasted.endpoint, pasted.user) == (PasteKind.REPORT, ACME, "jdoe")
    assert read_endpoint(f"https://{HOST}/ccx/service/customreport2/acme_dpt1").user is None


@pytest.mark.parametrize("text", [f"https://{HOST}/ccx", HOST, f"https://{HOST}/ccx/api/v1/", f"{HOST}/ccx/service/"])
def test_a_host_alone_asks_for_the_tenant(text: str) -> None:
    pasted = read_endpoint(text)
    assert (pasted.kind, pasted.host, pasted.tenant) == (PasteKind.HOST_ONLY, HOST, "")
    assert pasted.candidates == ()
    assert pasted.endpoint is None


@pytest.mark.parametrize(
    ("text", "kind", "hosts"),
    [
        ("https://impl.workday.com/acme/d/home.htmld", PasteKind.BROWSER, (HOST,)),
        ("https://impl.workday.com/wday/authgwy/acme/login.htmld?redirect=n", PasteKind.BROWSER, (HOST,)),
        ("https://impl.workday.com/acme/login.htmld", PasteKind.BROWSER, (HOST,)),
        ("https://impl.workday.com/acme/home.html", PasteKind.BROWSER, (HOST,)),
        ("https://impl.workday.com/acme/authorize", PasteKind.AUTHORIZE, (HOST,)),
        ("https://impl.workday.com/ccx/api/v1/acme", PasteKind.REST, (HOST,)),
        ("https://www.myworkday.com/acme/d/home.htmld", PasteKind.BROWSER, ("services1.myworkday.com",)),
        (
            "https://wd5.myworkday.com/acme/d/home.htmld",
            PasteKind.BROWSER,
            ("wd5-services1.myworkday.com", "services1.wd5.myworkday.com"),
        ),
        (
            "https://wd501-impl.workday.com/acme",
            PasteKind.BROWSER,
            ("wd501-impl-services1.workday.com", "impl-services1.wd501.myworkday.com"),
        ),
        ("https://impl.wd12.myworkday.com/acme", PasteKind.BROWSER, ("impl-services1.wd12.myworkday.com",)),
        (f"https://{HOST}/acme/d/home.htmld", PasteKind.BROWSER, (HOST,)),
        ("https://portal.workday.com/acme/d/home.htmld", PasteKind.BROWSER, ()),
    ],
)
def test_a_browser_address_gives_the_tenant_and_candidates_to_test(
    text: str, kind: PasteKind, hosts: tuple[str, ...]
) -> None:
    pasted = read_endpoint(text)
    assert (pasted.kind, pasted.tenant, pasted.endpoint) == (kind, "acme", None)
    assert tuple(candidate.host for candidate in pasted.candidates) == hosts


def test_a_government_host_can_be_both() -> None:
    pasted = read_endpoint("https://wd104.myworkdaygov.com/ccx/api/v1/acme")
    assert pasted.endpoint == Endpoint(host="wd104.myworkdaygov.com", tenant="acme")
    assert len(read_endpoint("https://wd104-impl.workdaygov.com/acme").candidates) == 2


def test_a_browser_host_alone_gives_nothing_to_test() -> None:
    assert read_endpoint("https://impl.workday.com").kind is PasteKind.BROWSER


@pytest.mark.parametrize(
    ("text", "kind", "tenant", "user"),
    [
        ("acme", PasteKind.TENANT_ONLY, "acme", None),
        ("acme.workday.com", PasteKind.TENANT_ONLY, "acme", None),
        ("isu@acme", PasteKind.USER_AT_TENANT, "acme", "isu"),
        ("jane@acme.com@acme", PasteKind.USER_AT_TENANT, "acme", "jane@acme.com"),
        ("acme.wd3.myworkdayjobs.com", PasteKind.CAREERS, "", None),
        ("https://acme.wd3.myworkdayjobs.com/en-US/careers", PasteKind.CAREERS, "", None),
        ("https://community.workday.com/maintenance-page", PasteKind.COMMUNITY, "", None),
        ("https://example.com/ccx/api/v1/acme", PasteKind.FOREIGN, "", None),
        ("ftp://wd2-impl-services1.workday.com/ccx/api/v1/acme", PasteKind.FOREIGN, "", None),
        ("", PasteKind.NOT_A_URL, "", None),
        ("...", PasteKind.NOT_A_URL, "", None),
        ("ümlaut", PasteKind.NOT_A_URL, "", None),
        ("I do not know", PasteKind.NOT_A_URL, "", None),
        ("/ccx/api/v1/acme", PasteKind.NOT_A_URL, "", None),
    ],
)
def test_what_is_not_enough_or_not_it(text: str, kind: PasteKind, tenant: str, user: str | None) -> None:
    pasted = read_endpoint(text)
    assert (pasted.kind, pasted.tenant, pasted.user, pasted.endpoint) == (kind, tenant, user, None)


def test_the_best_of_several_addresses_is_taken() -> None:
    assert read_endpoint(f"https://example.com {HOST} {REST} https://community.workday.com/x").endpoint == ACME


@pytest.mark.parametrize(
    "host",
    [
        "services1.workday.com.evil.io",
        "evilworkday.com",
        "workday.com",
        "wd5-services1.myworkday.com@evil.io",
        "evil.io#.workday.com",
        "evil.io?.workday.com",
        "evil.io\\.workday.com",
        "evil.io%2eworkday.com",
        "services1．evil．io／.workday.com",  # noqa: RUF001 - the trick is the full-width slash
        "2130706433",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "169.254.169.254",
        "services1.workday.com:8443",
        "services1.workday.com..",
        ".workday.com",
        "-.workday.com",
        "a-.workday.com",
        "-a.workday.com",
        "a..workday.com",
        "a_b.workday.com",
        "xn--.workday.com.evil",
        f"{'a' * 64}.workday.com",
        f"{'a.' * 130}workday.com",
        "i-0123.workdaysuv.com",
        "",
    ],
)
def test_tricks_are_refused(host: str) -> None:
    assert allowed_host(host) is None
    assert read_endpoint(f"https://{host}/ccx/api/v1/acme").endpoint is None


def test_blanks_do_not_join_a_host() -> None:
    assert allowed_host("ser\tvices1.workday.com") is None
    assert read_endpoint("https://ser\tvices1.workday.com/ccx/api/v1/acme").host == "vices1.workday.com"


def test_extra_hosts_are_exact() -> None:
    extra = frozenset({"127.0.0.1:4001", "i-0123.workdaysuv.com"})
    local = read_endpoint("http://127.0.0.1:4001/ccx/api/v1/acme", extra_hosts=extra)
    assert local.endpoint == Endpoint(host="127.0.0.1:4001", tenant="acme")
    assert read_endpoint("127.0.0.1:4001/acme/d/home.htmld", extra_hosts=extra).candidates == (local.endpoint,)
    assert allowed_host("I-0123.workdaysuv.com:443", extra) == "i-0123.workdaysuv.com"
    assert allowed_host("127.0.0.1:4002", extra) is None
    assert allowed_host("127.0.0.1", extra) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"is it {REST}?", True),
        ("https://impl.workday.com/acme/d/home.htmld", True),
        ("https://services1.workday.com.evil.io/ccx", True),
        ("acme.wd3.myworkdayjobs.com", True),
        ("see https://example.com", False),
        ("acme", False),
        ("isu@acme", False),
        ("nothing here", False),
    ],
)
def test_an_address_is_found_in_a_message(text: str, *, found: bool) -> None:
    assert (find_url(text) is not None) is found


def test_a_refused_address_keeps_no_password() -> None:
    assert "s3cret" not in repr(read_endpoint("https://jane:s3cret@evil.io/x"))


def test_every_address_is_built_from_host_and_tenant() -> None:
    assert ACME.rest_url == REST
    assert ACME.token_url == f"https://{HOST}/ccx/oauth2/acme_dpt1/token"
    assert ACME.service_url == f"https://{HOST}/ccx/service/acme_dpt1"
    assert ACME.soap_path("Recruiting", "v44.0") == "/ccx/service/acme_dpt1/Recruiting/v44.0"
    assert ACME.rest_path("staffing/v6", "workers") == "/ccx/api/staffing/v6/acme_dpt1/workers"


@pytest.mark.parametrize(("host", "tenant"), [("Host", "acme"), ("a/b", "acme"), ("h.io", "a/b"), ("h.io", "")])
def test_an_endpoint_cannot_change_the_shape_of_a_url(host: str, tenant: str) -> None:
    with pytest.raises(ValueError, match="plain lower-case host"):
        Endpoint(host=host, tenant=tenant)


@pytest.mark.parametrize(
    ("host", "tenant", "environment"),
    [
        ("services1.myworkday.com", "acme", Environment.PRODUCTION),
        ("wd3-services1.myworkday.com", "acme", Environment.PRODUCTION),
        ("services1.wd503.myworkday.com", "acme", Environment.PRODUCTION),
        ("wd104.myworkdaygov.com", "acme", Environment.PRODUCTION),
        (HOST, "acme", Environment.SANDBOX),
        ("impl-services1.wd12.myworkday.com", "acme", Environment.SANDBOX),
        (HOST, "acme_preview", Environment.PREVIEW),
        (HOST, "acme_dpt1", Environment.IMPLEMENTATION),
        (HOST, "acme_pt1", Environment.IMPLEMENTATION),
        (HOST, "acme1", Environment.IMPLEMENTATION),
        ("e2.wd103.myworkday.com", "acme", Environment.PRODUCTION),
        ("wd3-e2.myworkday.com", "acme", Environment.PRODUCTION),
        ("e2-enterprise-services1.myworkday.com", "acme", Environment.PRODUCTION),
        ("impl-e2.wd103.myworkday.com", "acme", Environment.SANDBOX),
        ("wd3-e2-impl.workday.com", "acme2", Environment.IMPLEMENTATION),
        ("e2-impl-cci.workday.com", "acme_preview", Environment.PREVIEW),
        ("wcpdev-services1.wd101.myworkday.com", "acme_wcpdev1", Environment.UNKNOWN),
        ("127.0.0.1:4001", "acme", Environment.UNKNOWN),
    ],
)
def test_the_environment_is_recognised(host: str, tenant: str, environment: Environment) -> None:
    assert Endpoint(host=host, tenant=tenant).environment is environment


def test_services_hosts_are_known_by_their_name() -> None:
    assert is_services_host(HOST)
    assert services_hosts(HOST) == ()
