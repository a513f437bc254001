"""Where a tenant is reached and how a pasted address is understood; it calls nothing, and no text raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from flows.tenant.account_names import (
    PasswordProblem,
    UserName,
    UserNameProblem,
    check_password,
    check_user_name,
    qualified_user,
)
from flows.tenant.hosts import Environment, allowed_host, environment_of, is_services_host, services_hosts

__all__ = [
    "Endpoint",
    "Environment",
    "PasswordProblem",
    "PasteKind",
    "Pasted",
    "UserName",
    "UserNameProblem",
    "check_password",
    "check_user_name",
    "find_url",
    "qualified_user",
    "read_endpoint",
]

TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_HOST_AND_PORT = re.compile(r"[a-z0-9.-]+(?::\d{1,5})?", re.ASCII)
_NOT_TENANTS = frozenset({"wday", "ccx", "service", "authgwy", "d", "login", "home", "api", "oauth2"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One tenant on one services host; every URL that is called is rebuilt from these two.

    Raises ValueError for a host or tenant that could change the shape of a URL.
    """

    host: str
    tenant: str

    def __post_init__(self) -> None:
        """Refuse what is no plain host and tenant."""
        if not _HOST_AND_PORT.fullmatch(self.host) or not TENANT.fullmatch(self.tenant):
            raise ValueError("An endpoint needs a plain lower-case host and a tenant of letters, digits, _ and -")

    @property
    def environment(self) -> Environment:
        """Give the environment that host and tenant point to."""
        return environment_of(self.host, self.tenant)

    @property
    def rest_url(self) -> str:
        """Give the address as Workday shows it: Workday REST API Endpoint."""
        return f"https://{self.host}{self.rest_path()}"

    @property
    def token_url(self) -> str:
        """Give the OAuth token address."""
        return f"https://{self.host}{self.token_path}"

    @property
    def token_path(self) -> str:
        """Give the path of the OAuth token address."""
        return f"/ccx/oauth2/{self.tenant}/token"

    def rest_path(self, module: str = "v1", resource: str = "") -> str:
        """Give the path of a REST resource, for example of module `absenceManagement/v1`."""
        return f"/ccx/api/{module}/{self.tenant}" + (f"/{resource}" if resource else "")

    def soap_path(self, service: str, version: str) -> str:
        """Give the path of a SOAP service in a version such as `v44.0`."""
        return f"/ccx/service/{self.tenant}/{service}/{version}"

    def soap_url(self, service: str, version: str) -> str:
        """Give the address of a SOAP service in a version such as `v44.0`."""
        return f"https://{self.host}{self.soap_path(service, version)}"

    def wsdl_url(self, service: str, version: str) -> str:
        """Give the address that describes a SOAP service and asks for no credentials."""
        return f"{self.soap_url(service, version)}?wsdl"


class PasteKind(StrEnum):
    """What a pasted text turned out to be."""

    REST = "rest"
    REST_MODULE = "rest_module"
    TOKEN = "token"  # noqa: S105 - the name of a kind of address
    SOAP = "soap"
    WSDL = "wsdl"
    REPORT = "report"
    HOST_ONLY = "host_only"
    BROWSER = "browser"
    AUTHORIZE = "authorize"
    TENANT_ONLY = "tenant_only"
    USER_AT_TENANT = "user_at_tenant"
    CAREERS = "careers"
    COMMUNITY = "community"
    FOREIGN = "foreign"
    NOT_A_URL = "not_a_url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a pasted text says: as much of host and tenant as it holds, and what may be asked next.

    `endpoint` is set when the text itself names it. `candidates` are the endpoints worth testing: that one,
    or the services hosts that may stand behind a browser address.
    """

    kind: PasteKind
    host: str = ""
    tenant: str = ""
    candidates: tuple[Endpoint, ...] = ()
    endpoint: Endpoint | None = None
    user: str | None = None


# Path -> kind; the groups are `tenant` and `user`. First match wins.
_PATHS: tuple[tuple[PasteKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for kind, pattern in (
        (PasteKind.REST, r"/ccx/api/v\d+(?:\.\d+)?/(?P<tenant>[\w-]+)(?:/.*)?"),
        (PasteKind.REST_MODULE, r"/ccx/api/[a-z]\w*/v\d+(?:[a-z]+\d+)?/(?P<tenant>[\w-]+)(?:/.*)?"),
        (PasteKind.TOKEN, r"/ccx/oauth2/(?P<tenant>[\w-]+)(?:/.*)?"),
        (
            PasteKind.REPORT,
            r"/ccx/service/(?:custom|system)report2/(?P<tenant>[\w-]+)(?:/(?P<user>[^/]+))?(?:/.*)?",
        ),
        (PasteKind.SOAP, r"/ccx/service/(?P<tenant>[\w-]+)(?:/.*)?"),
        (PasteKind.HOST_ONLY, r"/?|/ccx(?:/.*)?"),
        (PasteKind.BROWSER, r"/wday/authgwy/(?P<tenant>[\w-]+)(?:/.*)?"),
        (PasteKind.AUTHORIZE, r"/(?P<tenant>[\w-]+)/authorize/?"),
        (PasteKind.BROWSER, r"/(?P<tenant>[\w-]+)(?:/.*)?"),
    )
)
_SERVED_TO_BROWSERS = frozenset({PasteKind.BROWSER, PasteKind.AUTHORIZE})

_CAREERS = (".myworkdayjobs.com", ".myworkdaysite.com", ".myworkdayjobs-impl.com")
_COMMUNITY = frozenset({"community.workday.com", "www.workday.com", "doc.workday.com", "resourcecenter.workday.com"})
_SUBDOMAIN_AS_TENANT = re.compile(r"(?P<tenant>[a-z0-9_]+)\.workday\.com", re.ASCII)

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WRAPPING = "\"'`*_~“”„‟‘’«»‹›<>()[]{},;:!?.…"  # noqa: RUF001 - these are the characters meant
_ADDRESS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<host>[^\s/?#]+)"
    r"(?P<path>/[^\s?#]*)?(?P<query>\?[^\s#]*)?(?:#\S*)?"
)
_USER_AT_TENANT = re.compile(r"(?P<user>[^\s/@]+(?:@[^\s/@]+)?)@(?P<tenant>[A-Za-z0-9_-]{1,64})", re.ASCII)


def read_endpoint(text: str, *, extra_hosts: frozenset[str] = frozenset()) -> Pasted:
    """Understand a pasted address, whatever form it has; an endpoint in the answer has an allowed host."""
    readings = [_read_word(word, extra_hosts) for word in _words(text)]
    telling = [reading for reading in readings if reading.kind not in {PasteKind.NOT_A_URL, PasteKind.TENANT_ONLY}]
    if telling:
        return max(telling, key=_weight)
    # A lone word may be a tenant; a sentence without an address says nothing.
    return readings[0] if len(readings) == 1 else Pasted(kind=PasteKind.NOT_A_URL)


def find_url(text: str, *, extra_hosts: frozenset[str] = frozenset()) -> Pasted | None:
    """Find something in a chat message that looks like an address of Workday, right or wrong."""
    found = read_endpoint(text, extra_hosts=extra_hosts)
    nothing_like_it = {PasteKind.NOT_A_URL, PasteKind.TENANT_ONLY, PasteKind.USER_AT_TENANT}
    if found.kind in nothing_like_it or (found.kind is PasteKind.FOREIGN and "workday" not in found.host):
        return None
    return found


def _weight(reading: Pasted) -> tuple[bool, int, bool]:
    return (reading.endpoint is not None, len(reading.candidates), reading.kind is not PasteKind.FOREIGN)


def _words(text: str) -> list[str]:
    # Slack wraps links as <address|label>; the label repeats the address and is dropped.
    plain = re.sub(r"<([^<>|\s]+)\|[^<>]*>", r" \1 ", _INVISIBLE.sub("", unescape(text)))
    words = (word.strip(_WRAPPING) for word in re.split(r"[\s<>\"“”]+", plain))
    return [word for word in words if word]


def _read_word(word: str, extra_hosts: frozenset[str]) -> Pasted:
    if match := _USER_AT_TENANT.fullmatch(word):
        return Pasted(kind=PasteKind.USER_AT_TENANT, tenant=match["tenant"], user=match["user"])
    match = _ADDRESS.fullmatch(word)
    if match is None or not (match["scheme"] or "." in match["host"] or match["host"].lower() in extra_hosts):
        tenant = word if TENANT.fullmatch(word) else ""
        return Pasted(kind=PasteKind.TENANT_ONLY if tenant else PasteKind.NOT_A_URL, tenant=tenant)
    host = allowed_host(match["host"], extra_hosts)
    lowered = match["host"].lower().rpartition("@")[2]  # what stands before an @ may be a password
    if lowered.endswith(_CAREERS):
        return Pasted(kind=PasteKind.CAREERS, host=lowered)
    if host is None or (match["scheme"] or "https").lower() not in {"http", "https"}:
        return Pasted(kind=PasteKind.FOREIGN, host=lowered)
    if host in _COMMUNITY:
        return Pasted(kind=PasteKind.COMMUNITY, host=host)
    return _read_path(host, match["path"] or "", match["query"] or "", own=host in extra_hosts)


def _read_path(host: str, path: str, query: str, *, own: bool) -> Pasted:
    kind, tenant, user = _split_path(path)
    browser = services_hosts(host)
    if kind is PasteKind.HOST_ONLY:
        if browser:
            return Pasted(kind=PasteKind.BROWSER, host=host)
        guess = None if is_services_host(host) else _SUBDOMAIN_AS_TENANT.fullmatch(host)
        if guess:
            return Pasted(kind=PasteKind.TENANT_ONLY, tenant=guess["tenant"])
        return Pasted(kind=kind, host=host)
    if kind is PasteKind.SOAP and query.lower().startswith("?wsdl"):
        kind = PasteKind.WSDL
    named = kind not in _SERVED_TO_BROWSERS and (not browser or host in browser)
    if named or own or is_services_host(host):
        hosts: tuple[str, ...] = (host,)
    else:
        hosts = browser
    candidates = tuple(Endpoint(host=name, tenant=tenant) for name in hosts)
    endpoint = candidates[0] if named else None
    return Pasted(kind=kind, host=host, tenant=tenant, candidates=candidates, endpoint=endpoint, user=user)


def _split_path(path: str) -> tuple[PasteKind, str, str | None]:
    for kind, pattern in _PATHS:
        if (match := pattern.fullmatch(path)) is None:
            continue
        groups = match.groupdict()
        tenant = groups.get("tenant") or ""
        if tenant.lower() not in _NOT_TENANTS and TENANT.fullmatch(tenant):
            return kind, tenant, groups.get("user")
    return PasteKind.HOST_ONLY, "", None
