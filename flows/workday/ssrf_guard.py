"""SSRF guard: connects only to addresses that were checked; a name is resolved once and never asked for again."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import httpcore

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host name; raises OSError when it has none."""

_SocketOption: TypeAlias = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

# Only from here are addresses given out; of those with an IPv4 address inside, only 6to4 and Teredo are among them.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""How resolvers of networks without IPv4 write an IPv4 address (RFC 6052): the last 32 bits are where it leads."""
# `is_global` says True for some of these: relays and relics, protocols of their own, what stands in documents, and
# the address under which Azure answers its own machines.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3ffe::/16",
        "3fff::/20",
    )
)
_NO_RESOLVER = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM})
_MOST_ADDRESSES = 4
RESOLVERS = 8
_RESOLVERS = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="names")
"""Of their own: names that nobody answers for would take all threads, and Slack's name could not be looked up."""

CHECK_SECONDS = 2.0
"""How long a name may take to be found that the proxy looks up anyway."""


class NameNotFoundError(httpcore.ConnectError):
    """The name has no address."""


class NotLookedUpError(httpcore.ConnectError):
    """Nobody answers for names at the moment, so that nothing is known of this one."""


class AddressRefusedError(httpcore.ConnectError):
    """The name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Return whether an IP address may be connected to: public, and not a way round to one that is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(ip.packed[-4:])
        elif ip not in _GIVEN_OUT:
            return False
    denied = any(ip in network for network in _NOT_PUBLIC if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not denied


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the resolver of this machine."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return [str(address[0]) for *_, address in found]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses; those of `trusted` hosts and ports are taken as they are."""

    def __init__(self, trusted: frozenset[tuple[str, int]], resolve: Resolve) -> None:
        self._trusted = trusted
        self._resolve = resolve
        self._inner: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()  # pyright: ignore[reportAttributeAccessIssue]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers, after every address of the name was found public.

        They share the time, so that one which says nothing leaves some for the next.
        """
        failure: Exception = NameNotFoundError("the name has no address")
        addresses = await self._addresses(host, port)
        share = timeout / max(1, len(addresses)) if timeout else timeout
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def check(self, host: str, port: int) -> None:
        """Look where a name leads, for a connection that somebody else makes.

        Raises NameNotFoundError where that is not known here, AddressRefusedError where it is not public.
        """
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._addresses(host, port)
        except (TimeoutError, NotLookedUpError) as error:
            raise NameNotFoundError("the name has no address") from error

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if (host, port) in self._trusted:
            return [host]
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            if isinstance(error, socket.gaierror) and error.errno in _NO_RESOLVER:
                raise NotLookedUpError("names cannot be looked up") from error
            raise NameNotFoundError("the name has no address") from error
        if not all(is_public(address) for address in addresses):
            raise AddressRefusedError("the name leads to an address that is not public")
        return list(dict.fromkeys(addresses))[:_MOST_ADDRESSES]
