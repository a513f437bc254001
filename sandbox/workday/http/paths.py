"""Owns reading a request path into what it addresses; must not look anything up."""

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ServicePath:
    """/ccx/service/TENANT/SERVICE/VERSION."""

    tenant: str
    service: str
    version: str


@dataclass(frozen=True, slots=True)
class ReportPath:
    """/ccx/service/customreport2/TENANT/OWNER/REPORT."""

    tenant: str
    owner: str
    report: str


@dataclass(frozen=True, slots=True)
class TokenPath:
    """/ccx/oauth2/TENANT/token."""

    tenant: str


@dataclass(frozen=True, slots=True)
class RestPath:
    """/ccx/api/MODULE/VERSION/TENANT/REST, or /ccx/api/VERSION/TENANT/REST of old."""

    tenant: str
    module: str
    rest: str


@dataclass(frozen=True, slots=True)
class StrayTokenPath:
    """Something like a token endpoint that is none."""

    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class PagePath:
    """Anything else: a page for a browser."""

    tenant: str | None = None


Path: TypeAlias = ServicePath | ReportPath | TokenPath | RestPath | StrayTokenPath | PagePath


def read(path: str) -> Path:
    """Read a decoded path; what fits nothing is a page."""
    match [part for part in path.split("/") if part]:
        case ["ccx", "service", "customreport2", tenant, owner, report]:
            return ReportPath(tenant, owner, report)
        case ["ccx", "service", tenant, service, *rest]:
            return ServicePath(tenant, service, "/".join(rest))
        case ["ccx", "oauth2", tenant, "token"]:
            return TokenPath(tenant)
        case ["ccx", "oauth" | "oauth2", *_]:
            return StrayTokenPath()
        case ["ccx", "api", version, tenant, *rest] if re.fullmatch(r"v\d+", version):
            return RestPath(tenant, version, "/".join(rest))
        case ["ccx", "api", module, version, tenant, *rest]:
            return RestPath(tenant, f"{module}/{version}", "/".join(rest))
        case ["wday", "authgwy", tenant, *_] | [tenant, "d", *_]:
            return PagePath(tenant)
        case _:
            return PagePath()
