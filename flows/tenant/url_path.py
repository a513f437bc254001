"""Reads host and path of a Workday address: which kind it is and which part is the tenant; knows no text around it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class PasteKind(StrEnum):
    """What a pasted text turned out to be; whatever names no tenant on a server is refused with words of its own."""

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
    INVALID_URL = "invalid_url"
    SUV = "suv"
    WRAPPED = "wrapped"
    PLACEHOLDER = "placeholder"
    CREDENTIALS = "credentials"
    AMBIGUOUS = "ambiguous"
    FOREIGN = "foreign"
    NOT_A_URL = "not_a_url"


TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in tomllib.loads(Path(__file__).with_name("url_words.toml").read_text(encoding="utf-8")).items()
}
_VERSION = re.compile(r"v\d+", re.IGNORECASE)
_NOT_TENANTS = _WORDS["path"] | _WORDS["service"]
TALK = _WORDS["talk"]
"""Words beside a server's name that name no tenant."""

# First match wins. Examples and guides write the tenant so; a name such as `tenant1` or `mycompany` could be one.
_PLACEHOLDER = re.compile(
    r".*[{}\[\]#$*%:].*"
    r"|(?:(?:your|my|our|customer|client)[_-]?)?(?:workday[_-]?)?(?:[tT]enant|TENANT)(?:Name|Id|ID|Alias|_NAME|_ID|NAME)?"
    r"|(?i:your[_-]?\w*|x{3,}|tenantname|tenantid|tenant-name|(?:customer|client|company)[_-]?tenant(?:[_-]?name)?)",
    re.ASCII,
)
_NAMELESS_HOST = re.compile(
    r"(?!\[?[\da-f:.]+\]).*[{}\[\]#$*%].*"  # [::1] is a server
    r"|(?:https?\.)?(?:host|hostname|service|services|server|servername|domain|environment|env|datacenter|data-center"
    r"|instance|baseurl|x{2,}|your[\w-]*|wd(?:[xn]|xx+|nn+)(?:-[\w-]+)?)(?:\..*)?"
    r"|(?:impl-)?services1\.wd(?:[xn]|xx+|nn+)\..*",
    re.ASCII | re.IGNORECASE,
)

# Path -> kind; the groups are `tenant` and `user`. First match wins.
_PATHS: tuple[tuple[PasteKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for kind, pattern in (
        (PasteKind.REST, r"(?:/ccx)?(?:/api){1,2}/v\d+(?:\.\d+)?/(?P<tenant>[^/]+)(?:/.*)?"),
        (PasteKind.REST_MODULE, r"(?:/ccx)?(?:/api){1,2}/[a-z]\w*/v\d+(?:\.\d+|[a-z]+\d+)?/(?P<tenant>[^/]+)(?:/.*)?"),
        (PasteKind.TOKEN, r"(?:/ccx)?/oauth2/(?P<tenant>[^/]+)(?:/.*)?"),
        (
            PasteKind.REPORT,
            r"(?:/ccx)?/service/(?:custom|system)report2?/(?P<tenant>[^/]+)(?:/(?P<user>[^/]+))?(?:/.*)?",
        ),
        # What a version follows is the service, so the tenant before it is missing.
        (PasteKind.SOAP, r"(?:/ccx)?/service/(?P<tenant>[^/]+)(?!/v\d+(?:\.\d+)?(?:/|$))(?:/.*)?"),
        (PasteKind.HOST_ONLY, r"/?|/ccx(?:/.*)?|/wday/?|(?:/ccx)?/(?:api|service|oauth2)(?:/.*)?"),
        (PasteKind.BROWSER, r"/wday/authgwy/(?P<tenant>[^/]+)(?:/.*)?"),
        (PasteKind.AUTHORIZE, r"/(?P<tenant>[^/]+)/authorize/?"),
        (PasteKind.BROWSER, r"/(?P<tenant>[^/]+)(?:/.*)?"),
    )
)
SERVED_TO_BROWSERS = frozenset({PasteKind.BROWSER, PasteKind.AUTHORIZE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a path says; without a tenant it is `HOST_ONLY`, or `PLACEHOLDER` where an example's word stands for it."""

    kind: PasteKind
    tenant: str = ""
    user: str | None = None


def read_path(path: str) -> Route:
    """Read a decoded path such as `/ccx/api/v1/acme/workers`; the word of a resource or service is never a tenant."""
    for kind, pattern in _PATHS:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        groups = match.groupdict()
        tenant = groups.get("tenant")
        if tenant is None:
            return Route(kind=PasteKind.HOST_ONLY)
        if is_placeholder(tenant):
            return Route(kind=PasteKind.PLACEHOLDER)
        if is_tenant(tenant):
            return Route(kind=kind, tenant=tenant, user=groups.get("user"))
    return Route(kind=PasteKind.HOST_ONLY)


def is_tenant(word: str) -> bool:
    """Tell whether a word can be a tenant's name."""
    return bool(TENANT.fullmatch(word)) and not _VERSION.fullmatch(word) and word.casefold() not in _NOT_TENANTS


def is_placeholder(tenant: str) -> bool:
    """Tell whether an example's word such as `{tenant}` or `your_tenant` was left in the tenant's place."""
    return bool(_PLACEHOLDER.fullmatch(tenant))


def is_nameless(host: str) -> bool:
    """Tell whether an example's word such as `<host>` or `wdX` was left in the server's name."""
    return bool(_NAMELESS_HOST.fullmatch(host))
