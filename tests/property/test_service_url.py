"""Reading an address is total, and whatever endpoint comes out has a host that may be called."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from flows.tenant.endpoint import Endpoint
from flows.tenant.hosts import allowed_host
from flows.tenant.service_url import check_password, check_user_name, find_url, qualified_user, read_endpoint
from flows.tenant.url_path import is_placeholder, is_tenant
from flows.workday.origins import Origins

EXTRA = frozenset({"127.0.0.1:4001"})
PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "<",
        ">",
        "|",
        "@",
        "/",
        "\\",
        "?",
        "#",
        "%2e",
        ".",
        ":",
        "443",
        "services1",
        "impl",
        "wd5",
        ".workday.com",
        ".myworkday.com",
        ".myworkdayjobs.com",
        ".evil.io",
        "/ccx/api/v1/",
        "/ccx/service/",
        "/ccx/oauth2/",
        "customreport2/",
        "acme",
        "/d/home.htmld",
        "/authorize",
        "127.0.0.1:4001",
        " ",
        "\u200b",
        "．",  # noqa: RUF001 - the trick is the full-width dot
        "\n",
        "{tenant}",
        "<acme|",
        "tenant: ",
        "&amp;",
        "\\u002f",
        "https%3A%2F%2F",
        "https://urldefense.com/v3/__",
        "__;",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__",
        "…",
        "user:pw@",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
@example("https://services1.workday.com/ccx/api/v1/acme")
@example("\ud800")
def test_reading_is_total_and_safe(text: str) -> None:
    for extra in (frozenset[str](), EXTRA):
        pasted = read_endpoint(text, extra_hosts=extra)
        endpoints = {*pasted.candidates, *([pasted.endpoint] if pasted.endpoint else [])}
        for endpoint in endpoints:
            assert allowed_host(endpoint.host, extra) == endpoint.host
            assert read_endpoint(endpoint.rest_url, extra_hosts=extra).tenant == endpoint.tenant
        find_url(text, extra_hosts=extra)


HOSTS = st.sampled_from(
    [
        "services1.myworkday.com",
        "wd5-services1.myworkday.com",
        "wd2-impl-services1.workday.com",
        "impl-services1.wd108.myworkday.com",
        "e2.wd103.myworkday.com",
        "wcpdev-services1.wd101.myworkday.com",
    ]
)
PATHS = st.sampled_from(
    [
        "/ccx/api/v1/{}",
        "/ccx/api/v1/{}/workers/me",
        "/ccx/api/staffing/v6/{}",
        "/ccx/service/{}/Human_Resources/v44.0?wsdl",
        "/ccx/service/customreport2/{}/isu/Report?format=json",
        "/ccx/oauth2/{}/token",
        "/ccx//api/v1/{}/",
    ]
)
DRESSES = st.sampled_from(
    [
        "{}",
        "<{}>",
        "<{}|Workday>",
        "[REST]({})",
        "**{}**",
        "`{}`",
        "“{}”",
        "({}).",
        "Workday REST API Endpoint: {}",
        "WORKDAY_URL={}",
        '{{"url": "{}", "v": 1}}',
        "curl -X GET '{}' -H 'Accept: */*'",
        "hi Sam,\n\n{}\n\nbest, Ada",
        "https://www.google.com/url?q={}",
        "https://urldefense.com/v3/__{}__;!!a$",
        "https:/{}",
    ]
)


@given(HOSTS, PATHS, DRESSES, st.from_regex(r"[a-z]{4,9}(_(dpt|pt)[1-9]|_preview|[1-9])?", fullmatch=True))
def test_an_address_is_read_in_whatever_it_stands(host: str, path: str, dress: str, tenant: str) -> None:
    assume(is_tenant(tenant) and not is_placeholder(tenant))
    text = dress.format("https://" + host + path.format(tenant))
    found = read_endpoint(text)
    assert found.endpoint == Endpoint(host=host, tenant=tenant), text


@given(TEXTS)
def test_what_may_be_called_is_rebuilt_from_a_known_suffix(text: str) -> None:
    host = allowed_host(text)
    assert host is None or host.endswith(("workday.com", "workdaygov.com"))
    base = Origins().base_url(text)
    assert base is None or base == f"https://{host}"


@given(TEXTS, st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True))
def test_credentials_are_judged_without_raising(text: str, tenant: str) -> None:
    check_password(text)
    name = check_user_name(text, tenant)
    assert check_user_name(text, tenant) == name
    once = qualified_user(text, tenant)
    assert qualified_user(once, tenant) == once or once.lower().count(f"@{tenant}") > 1
