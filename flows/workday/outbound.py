"""Ways out of this machine: through which proxy a host is called, and whose certificates count; it calls nothing."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import httpx

from flows.small_files import read_bytes

_PROXY: Final = re.compile(r"http://(?:[^\s/@:]+:[^\s/@]*@)?(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}/?", re.ASCII)
_NAME: Final = re.compile(r"\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.ASCII)
USUAL: Final = "localhost,127.0.0.1,::1"
"""What is called without the proxy unless the operator says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """How calls leave: `proxy` is its address, empty for none; `direct` are the hosts that are called without it.

    An entry of `direct` is a host name, which stands for the names below it too, an address or a network.
    `ca_file` holds authorities that are trusted beside the usual ones. Nothing of the environment is read.
    """

    proxy: str = field(default="", repr=False)
    direct: tuple[str, ...] = ()
    ca_file: Path | None = None

    def proxy_for(self, host: str) -> str:
        """Return the proxy through which a host is called; empty where it is called directly."""
        host = host.casefold().strip("[]").rstrip(".")
        return "" if any(_covers(entry, host) for entry in self.direct) else self.proxy

    @property
    def proxy_address(self) -> str:
        """The proxy's host and port, without who signs in there; empty for none."""
        return self.proxy.rpartition("@")[2].removeprefix("http://").rstrip("/")

    @property
    def tls(self) -> ssl.SSLContext:
        """The one TLS context of the process for these authorities."""
        return _tls_context(self.ca_file)


DIRECT: Final = Outbound()


def read_proxy(value: str) -> None:
    """Check the address of a proxy; raises ValueError with the mend."""
    if value and not _PROXY.fullmatch(value):
        raise ValueError("must look like http://proxy.example.com:3128, with user:password@ before the host if needed")


def read_direct(value: str) -> tuple[str, ...]:
    """Parse hosts set apart by commas or blanks; raises ValueError with the mend."""
    entries = tuple(entry.casefold().removeprefix("*") for entry in value.replace(",", " ").split())
    for entry in entries:
        if _network(entry) is None and not _NAME.fullmatch(entry):
            raise ValueError(f"must be host names, addresses or networks, set apart by commas; {entry!r} is none")
    return entries


def read_ca_file(file: Path) -> None:
    """Check that a file holds certificates; raises ValueError with the mend."""
    try:
        read_bytes(file)
        ssl.create_default_context(cafile=file)
    except (OSError, ValueError):
        raise ValueError("must be a readable PEM file with the certificates of your authorities") from None


def _covers(entry: str, host: str) -> bool:
    network = _network(entry)
    if network is None:
        return host == entry.lstrip(".") or host.endswith(f".{entry.lstrip('.')}")
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


@cache
def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    # One for the process: reading the authorities takes 0.1 seconds.
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context
