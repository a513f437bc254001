"""Allow-list of origins beyond Workday's own, read from one setting; it calls none of them."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from flows.tenant.hosts import allowed_host

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(?::(?P<port>\d{1,5}))?/?", re.ASCII)
_NAME = re.compile(r"[a-z0-9.-]+(?::\d{1,5})?", re.ASCII)
_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The hosts that stand for other origins than their own, each with the origin that is really called."""

    own: Mapping[str, str] = field(default_factory=dict[str, str])
    trusted: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def parse(cls, setting: str) -> Self:
        """Read origins parted by commas or blanks, each one alone or as `name=origin`.

        `name=origin` lets an origin on this machine stand in for a real host name. Raises ValueError with a
        text that names the entry and the mend.
        """
        own: dict[str, str] = {}
        trusted: set[tuple[str, int]] = set()
        for entry in re.split(r"[,\s]+", setting.strip()):
            if entry:
                name, origin, address = _read(entry)
                own[name] = origin
                trusted.add(address)
        return cls(own=MappingProxyType(own), trusted=frozenset(trusted))

    @property
    def extra_hosts(self) -> frozenset[str]:
        """Return the host names that may be pasted beyond Workday's own suffixes."""
        return frozenset(self.own)

    def base_url(self, host: str) -> str | None:
        """Return the origin to call for a host, or None when the host may not be called at all."""
        if host in self.own:
            return self.own[host]
        return f"https://{host}" if allowed_host(host) == host else None


def _read(entry: str) -> tuple[str, str, tuple[str, int]]:
    name, equals, origin = entry.lower().rpartition("=")
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise ValueError(f"{entry!r} is not an origin; write it as http://127.0.0.1:4001 or name=http://127.0.0.1:4001")
    host, scheme = match["host"].strip("[]"), match["scheme"]
    port = int(match["port"] or _PORTS[scheme])
    if not 0 < port <= _LAST_PORT:
        raise ValueError(f"{entry!r} has no valid port; use 1 to {_LAST_PORT}")
    if scheme == "http" and not _is_loopback(host):
        raise ValueError(f"{entry!r} is plain http to another machine; use https or a loopback address")
    if not equals:
        name = origin.partition("://")[2].rstrip("/")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{entry!r} needs a host name before the equals sign, such as wd2-impl-services1.workday.com")
    return name, origin.rstrip("/"), (host, port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
