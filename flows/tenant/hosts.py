"""Which host names may be Workday's and what each one is; it reads no pasted text and calls nothing."""

from __future__ import annotations

import re
from enum import StrEnum

WORKDAY_SUFFIXES = ("workday.com", "myworkday.com", "workdaygov.com", "myworkdaygov.com")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)
_LONGEST_HOST = 253


class Environment(StrEnum):
    """Which of a customer's Workday environments an address belongs to."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"
    PREVIEW = "preview"
    IMPLEMENTATION = "implementation"
    UNKNOWN = "unknown"


def allowed_host(host: str, extra_hosts: frozenset[str] = frozenset()) -> str | None:
    """Give the host in its one spelling if requests may go to it, else None.

    Allowed are sub-domains of Workday's own suffixes over the standard port, and exactly the names in
    `extra_hosts` (lower case, with `:port` where it is not the standard one).
    """
    name = host.lower() if host.isascii() else ""
    if name in extra_hosts:
        return name
    name = name.removesuffix(":443").removesuffix(".")
    if name in extra_hosts:
        return name
    if len(name) > _LONGEST_HOST or not _HOST.fullmatch(name):
        return None
    return name if name.endswith(tuple(f".{suffix}" for suffix in WORKDAY_SUFFIXES)) else None


# Browser host -> services hosts worth asking. No formula converts one to the other in general, so every
# candidate is tested with a request that carries no credentials before it is believed.
_SERVICES_OF: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(browser, re.ASCII), services)
    for browser, services in (
        (r"www\.myworkday\.com", ("services1.myworkday.com",)),
        (r"impl\.workday\.com", ("wd2-impl-services1.workday.com",)),
        (r"(wd\d+)\.myworkday\.com", (r"\1-services1.myworkday.com", r"services1.\1.myworkday.com")),
        (
            r"(wd\d+)-impl\.workday\.com",
            (r"\1-impl-services1.workday.com", r"impl-services1.\1.myworkday.com"),
        ),
        (r"impl\.(wd\d+)\.myworkday\.com", (r"impl-services1.\1.myworkday.com",)),
        # The government cloud is seen with one name for both roles.
        (r"(wd\d+)\.myworkdaygov\.com", (r"\1.myworkdaygov.com", r"services1.\1.myworkdaygov.com")),
        (r"(wd\d+)-impl\.workdaygov\.com", (r"\1-impl.workdaygov.com", r"impl-services1.\1.workdaygov.com")),
    )
)


def services_hosts(browser_host: str) -> tuple[str, ...]:
    """Give the services hosts that may stand behind a browser host; empty for any other host."""
    for pattern, services in _SERVICES_OF:
        if match := pattern.fullmatch(browser_host):
            return tuple(match.expand(name) for name in services)
    return ()


def is_services_host(host: str) -> bool:
    """Tell whether a name says itself that it serves the API."""
    return "services" in host


_IMPLEMENTATION_HOST = re.compile(r"(^|[.-])impl([.-]|$)", re.ASCII)
_PRODUCTION_HOST = re.compile(r"(www|services1|wd\d+|wd\d+-services1|services1\.wd\d+)\.myworkday(gov)?\.com", re.ASCII)
_IMPLEMENTATION_TENANT = re.compile(r".+(_(dpt|pt|cc|gms)\d*|\d)", re.ASCII | re.IGNORECASE)


def environment_of(host: str, tenant: str) -> Environment:
    """Recognise the environment from the host, and from the tenant's suffix on an implementation host.

    Production and sandbox tenants share one name on different hosts, so a plain name on an implementation
    host is taken for the sandbox; that is inferred from host lists, not stated by Workday.
    """
    if tenant.lower().endswith("_preview"):
        return Environment.PREVIEW
    if _IMPLEMENTATION_HOST.search(host):
        implementation = _IMPLEMENTATION_TENANT.fullmatch(tenant)
        return Environment.IMPLEMENTATION if implementation else Environment.SANDBOX
    return Environment.PRODUCTION if _PRODUCTION_HOST.fullmatch(host) else Environment.UNKNOWN
