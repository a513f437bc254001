"""HTTP client with hard limits: sends one request and returns its answer; a failure is an answer, never an error."""

import asyncio
import re
import ssl
import time
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeAlias

import httpcore
import httpx

from flows.diagnosis.observations import Transport
from flows.workday.origins import Origins
from flows.workday.outbound import DIRECT, Outbound
from flows.workday.ssrf_guard import (
    AddressRefusedError,
    CheckedBackend,
    NameNotFoundError,
    Resolve,
    resolve_by_system,
)

MOST_BYTES = 2 * 1024 * 1024
DEADLINE_SECONDS = 10.0
_CONNECT_SECONDS = 4.0
MOST_AT_ONCE = 32
"""Calls that are under way; more of them wait."""
KEPT = 8
"""Of these, how many are for what somebody waits for: tenants that hang are asked by the clock as well."""
IDLE_SECONDS = 5.0
"""How long a connection is kept for the next question. Gateways forget those that idle for minutes without a word, and
the first request on one fails: a person's try to sign on."""
_GZIPPED = frozenset({"gzip", "x-gzip", "deflate"})
_OF_GZIP_OR_ZLIB = 47
_UNREADABLE = re.compile(r"br|zstd|(?:x-)?compress|.*,.*")
"""What a body may be packed in although we ask for it as it is. Anything else is no packing: gateways write there in
which characters it is."""
_PORTS = {"http": 80, "https": 443}
_NOT_THROUGH = frozenset({"502", "503", "504"})
"""What a proxy answers that found no way; with anything else it does not want to."""

APPLICATION = "link-workday"
"""What we call ourselves to whoever reads Workday's logs."""

_Received: TypeAlias = tuple[int | None, dict[str, str], Transport | None, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `enough` is the number of bytes after which the rest of the answer is not read."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    content: bytes = field(default=b"", repr=False)
    enough: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: a status and a body, or how it failed; header names are in lower case.

    `sent_as` is the id that the request carried for Workday's logs; empty when nothing was sent.
    """

    status: int | None = None
    transport: Transport | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)
    elapsed_ms: int = 0
    sent_as: str = ""


class _CheckedTransport(httpx.AsyncHTTPTransport):
    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            network_backend=backend,
            max_connections=MOST_AT_ONCE,
            keepalive_expiry=IDLE_SECONDS,
        )


class _RoutedTransport(_CheckedTransport):
    """Sends through the proxy what goes through it, after the address was checked as far as it is known here."""

    def __init__(self, outbound: Outbound, backend: CheckedBackend) -> None:
        super().__init__(outbound.tls, backend)
        self._outbound = outbound
        self._backend = backend
        self._proxied: httpx.AsyncHTTPTransport | None = None
        if proxy := outbound.proxy:
            limits = httpx.Limits(max_connections=MOST_AT_ONCE, keepalive_expiry=IDLE_SECONDS)
            self._proxied = httpx.AsyncHTTPTransport(
                verify=outbound.tls, trust_env=False, proxy=httpx.Proxy(proxy), limits=limits
            )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request directly or through the proxy."""
        host = request.url.host
        if self._proxied is None or not self._outbound.proxy_for(host):
            return await super().handle_async_request(request)
        try:
            await self._backend.check(host, request.url.port or _PORTS[request.url.scheme])
        except NameNotFoundError:
            # Behind a proxy few names of the outside are known; the proxy finds those of the allow-list itself.
            pass
        except AddressRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        return await self._proxied.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections of both ways."""
        await super().aclose()
        if self._proxied:
            await self._proxied.aclose()


class Network:
    """The one HTTP client of a process, with one TLS context; close it with `aclose`.

    `outbound` is how calls leave, `deadline` the longest a call may take in seconds once it is under way.
    """

    def __init__(
        self,
        origins: Origins,
        outbound: Outbound = DIRECT,
        *,
        deadline: float = DEADLINE_SECONDS,
        resolve: Resolve = resolve_by_system,
    ) -> None:
        self._origins = origins
        self._deadline = deadline
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._client = httpx.AsyncClient(
            transport=_RoutedTransport(outbound, CheckedBackend(origins.trusted, resolve)),
            timeout=httpx.Timeout(deadline, connect=min(_CONNECT_SECONDS, deadline)),
            headers={
                "User-Agent": APPLICATION,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "wd-external-application-id": APPLICATION,
            },
            # Workday sets cookies with each answer; the next question to that host may be for another customer.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(self, call: Call) -> Answer:
        """Send one request; a request that could not connect is tried once more, any other never."""
        base = self._origins.base_url(call.host)
        if base is None:
            return Answer(transport=Transport.ADDRESS_REFUSED)
        sent_as = uuid.uuid4().hex
        call = replace(call, headers={**call.headers, "wd-external-request-id": sent_as})
        # Its time begins when there is room for it: what waits behind our own calls is no silence of Workday's.
        async with self._room:
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._deadline):
                    status, headers, transport, body = await self._connect_twice(f"{base}{call.path}", call)
            except TimeoutError:
                status, headers, transport, body = None, {}, Transport.TIMEOUT, b""
            elapsed_ms = round((time.perf_counter() - started) * 1000)
        return Answer(
            status=status, headers=headers, transport=transport, body=body, elapsed_ms=elapsed_ms, sent_as=sent_as
        )

    async def _connect_twice(self, url: str, call: Call) -> _Received:
        try:
            return await self._receive(url, call)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if (transport := _why_not_connected(error)) is not Transport.CONNECT:
                return None, {}, transport, b""
        try:
            return await self._receive(url, call)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return None, {}, _why_not_connected(error), b""

    async def _receive(self, url: str, call: Call) -> _Received:
        status: int | None = None
        try:
            async with self._client.stream(
                call.method, url, headers=dict(call.headers), content=call.content or None
            ) as response:
                status = response.status_code
                headers = dict(response.headers)
                encoding = response.headers.get("content-encoding", "").strip().lower()
                if _UNREADABLE.fullmatch(encoding):
                    return status, headers, Transport.ENCODING, b""
                packed = zlib.decompressobj(_OF_GZIP_OR_ZLIB) if encoding in _GZIPPED else None
                body, is_whole = bytearray(), True
                async for chunk in response.aiter_raw():
                    body += packed.decompress(chunk, MOST_BYTES + 1) if packed else chunk
                    is_whole = packed.eof if packed else True
                    if call.enough and len(body) >= call.enough:
                        return status, headers, None, bytes(body)
                    if len(body) > MOST_BYTES:
                        return status, headers, Transport.TOO_LARGE, b""
                if not is_whole:
                    return status, headers, Transport.CUT, b""
                return status, headers, None, bytes(body)
        except zlib.error:
            return status, {}, Transport.ENCODING, b""
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except httpx.TimeoutException:
            return status, {}, Transport.TIMEOUT, b""
        except httpx.ProxyError as error:
            found_no_way = str(error)[:3] in _NOT_THROUGH
            return status, {}, Transport.CONNECT if found_no_way else Transport.PROXY, b""
        except httpx.TransportError:
            return status, {}, Transport.CUT, b""


class Patient:
    """The same network for what nobody waits for; it leaves some of the places to others."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._room = asyncio.Semaphore(MOST_AT_ONCE - KEPT)

    async def send(self, call: Call) -> Answer:
        """Send one request, as `Network.send` does."""
        async with self._room:
            return await self._network.send(call)


def _why_not_connected(error: BaseException) -> Transport:
    for cause in _causes(error):
        if isinstance(cause, NameNotFoundError):
            return Transport.DNS
        if isinstance(cause, AddressRefusedError):
            return Transport.ADDRESS_REFUSED
        if isinstance(cause, ssl.SSLError):
            return Transport.TLS
    return Transport.CONNECT


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # httpcore raises its own error "from None", which hides the reason from __cause__ only.
        error = error.__cause__ or error.__context__
