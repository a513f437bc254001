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
# candidate is tested with a request that carries no credentials before it is believed. Sign-in pages live on
# `identity` hosts; an `e2` host answers programs itself, so it stands first in its own row.
_SERVICES_OF: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(browser, re.ASCII), services)
    for browser, services in (
        (r"(?:www|wd1|wd1-identity|identity)\.myworkday\.com", ("services1.myworkday.com",)),
        (r"(?:impl|impl-identity)\.workday\.com", ("wd2-impl-services1.workday.com",)),
        (r"(wd\d+)(?:-identity)?\.myworkday\.com", (r"\1-services1.myworkday.com", r"services1.\1.myworkday.com")),
        (r"identity\.(wd\d+)\.myworkday\.com", (r"services1.\1.myworkday.com",)),
        (
            r"(wd\d+)-impl(?:-identity)?\.workday\.com",
            (r"\1-impl-services1.workday.com", r"impl-services1.\1.myworkday.com"),
        ),
        (r"(impl|wcpdev)(?:-identity)?\.(wd\d+)\.myworkday\.com", (r"\1-services1.\2.myworkday.com",)),
        # The government cloud is seen with one name for both roles.
        (r"(wd\d+)\.myworkdaygov\.com", (r"\1.myworkdaygov.com", r"services1.\1.myworkdaygov.com")),
        (r"(wd\d+)-identity\.myworkdaygov\.com", (r"\1.myworkdaygov.com", r"services1.\1.myworkdaygov.com")),
        (r"(wd\d+)-impl\.workdaygov\.com", (r"\1-impl.workdaygov.com", r"impl-services1.\1.workdaygov.com")),
        (r"(wd\d+)-impl-identity\.workdaygov\.com", (r"\1-impl.workdaygov.com", r"impl-services1.\1.workdaygov.com")),
        (r"(wd\d+)-e2\.myworkday\.com", (r"\g<0>", r"\1-services1.myworkday.com")),
        (r"e2\.(wd\d+)\.(myworkday(?:gov)?)\.com", (r"\g<0>", r"services1.\1.\2.com")),
        (r"e2-impl-cci\.workday\.com", (r"\g<0>", "wd2-impl-services1.workday.com")),
        (r"(wd\d+)-(?:e2-impl|impl-e2)\.workday\.com", (r"\g<0>", r"\1-impl-services1.workday.com")),
        (r"impl-e2\.(wd\d+)\.(myworkday(?:gov)?)\.com", (r"\g<0>", r"impl-services1.\1.\2.com")),
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


class HostKind(StrEnum):
    """What a host name stands for when it is no customer's server."""

    CAREERS = "careers"
    COMMUNITY = "community"
    SUV = "suv"
    WRAPPER = "wrapper"


# First match wins; `community` is every site that Workday runs for all customers at once, its API gateway too.
_KINDS_OF_HOSTS: tuple[tuple[HostKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        (HostKind.CAREERS, r".+\.(?:myworkdayjobs|myworkdayjobs-impl|myworkdaysite)\.com"),
        (HostKind.SUV, r".+\.(?:my)?workdaysuv\.com"),
        (
            HostKind.COMMUNITY,
            (
                r"(?:[\w.-]+\.wcp|(?:[\w-]+\.)?api|www|blog|community|community-content|connect|credentials|customercenter"
                r"|developer|devsite|doc|docs|forms|help|investor|(?:[\w-]+\.)?resourcecenter|learn|learning|marketplace|newsroom|partner|partners"
                r"|rising|signin|status|support|training|trust)\.workday\.com"
                r"|(?:my)?workday\.com|(?:[\w-]+\.)?adaptiveplanning\.com|workday\.my\.site\.com|workday\.github\.io"
            ),
        ),
        (
            HostKind.WRAPPER,
            (
                r"(?:[\w-]+\.)*(?:safelinks\.protection\.outlook\.com|urldefense\.(?:com|us|proofpoint\.com)|mimecast\.com"
                r"|mimecastprotect\.com|cudasvc\.com|secure-web\.cisco\.com|slack-redir\.net|bit\.ly|tinyurl\.com|t\.co"
                r"|goo\.gl|lnkd\.in|aka\.ms|ow\.ly|trendmicro\.com|fireeye\.com|trellix\.com|sophos\.com)"
            ),
        ),
    )
)


def kind_of_host(host: str) -> HostKind | None:
    """Return what a lower-case host name is known for, or None for everything that may be a customer's server."""
    return next((kind for kind, pattern in _KINDS_OF_HOSTS if pattern.fullmatch(host)), None)


_IMPLEMENTATION_HOST = re.compile(r"(^|[.-])impl([.-]|$)", re.ASCII)
_PRODUCTION_HOST = re.compile(
    r"(www|services1|wd\d+|wd\d+-services1|services1\.wd\d+|e2-enterprise-services1|wd\d+-e2|e2\.wd\d+)"
    r"\.myworkday(gov)?\.com",
    re.ASCII,
)
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
