"""One tenant on one server, and the addresses that follow from it; reads no text and calls nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.tenant.hosts import Environment, environment_of
from flows.tenant.url_path import TENANT

_HOST_AND_PORT = re.compile(r"[a-z0-9.-]+(?::\d{1,5})?", re.ASCII)


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

    @property
    def service_url(self) -> str:
        """Give the address below which every SOAP service has its own."""
        return f"https://{self.host}/ccx/service/{self.tenant}"

    def soap_path(self, service: str, version: str) -> str:
        """Give the path of a SOAP service in a version such as `v44.0`."""
        return f"/ccx/service/{self.tenant}/{service}/{version}"
