"""Only public addresses, only allowed hosts, never more than the limits; on raw sockets of this machine."""

import asyncio
import datetime as dt
import gzip
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.diagnosis.observations import Transport
from flows.workday.network import KEPT, MOST_AT_ONCE, MOST_BYTES, Answer, Call, Network, Patient
from flows.workday.origins import Origins
from flows.workday.outbound import Outbound
from flows.workday.ssrf_guard import (
    AddressRefusedError,
    CheckedBackend,
    NameNotFoundError,
    Resolve,
    is_public,
    resolve_by_system,
)

NAME = "services1.myworkday.com"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answering(head: str, body: bytes = b"") -> Handler:
    async def handler(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    return handler


@asynccontextmanager
async def network(
    port: int, *, deadline: float = 5.0, scheme: str = "http", ca_file: Path | None = None
) -> AsyncIterator[Network]:
    net = Network(Origins.parse(f"{NAME}={scheme}://127.0.0.1:{port}"), Outbound(ca_file=ca_file), deadline=deadline)
    try:
        yield net
    finally:
        await net.aclose()


async def fetch(handler: Handler, *, deadline: float = 5.0, enough: int | None = None) -> Answer:
    async with listening(handler) as port, network(port, deadline=deadline) as net:
        return await net.send(Call(method="GET", host=NAME, path="/", enough=enough))


async def test_an_answer_comes_back() -> None:
    answer = await fetch(answering("200 OK\r\nX-Wd-Gid: GID", b"hello"))
    assert (answer.status, answer.body, answer.transport) == (200, b"hello", None)
    assert answer.headers["x-wd-gid"] == "GID"
    assert answer.elapsed_ms >= 0


async def test_redirects_are_not_followed() -> None:
    answer = await fetch(answering("302 Found\r\nLocation: http://169.254.169.254/"))
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


PACKED = gzip.compress(b"hello", mtime=0)


@pytest.mark.parametrize(
    ("encoding", "body", "transport"),
    [
        ("gzip", PACKED, None),
        ("deflate", zlib.compress(b"hello"), None),
        *((plain, b"hello", None) for plain in ("identity", "UTF-8", "none", "")),
        ("gzip", PACKED[:-9], Transport.CUT),
        ("gzip", b"hello", Transport.ENCODING),
        ("gzip", gzip.compress(b"0" * 10_000_000, mtime=0), Transport.TOO_LARGE),
        *((other, PACKED, Transport.ENCODING) for other in ("br", "zstd", "compress", "gzip, br")),
    ],
)
async def test_what_is_packed_against_our_wish_is_unpacked_within_the_limits(
    encoding: str, body: bytes, transport: Transport | None
) -> None:
    answer = await fetch(answering(f"200 OK\r\nContent-Encoding: {encoding}", body))
    assert (answer.transport, answer.body) == (transport, b"" if transport else b"hello")


async def test_enough_of_what_is_packed_is_enough_and_nothing_is_nothing() -> None:
    head = "200 OK\r\nContent-Encoding: gzip"
    nothing = await fetch(answering(head))
    assert (nothing.transport, nothing.body) == (None, b"")
    answer = await fetch(answering(head, gzip.compress(b"0" * 10_000_000)), enough=1000)
    assert answer.transport is None
    assert 1000 <= len(answer.body) <= MOST_BYTES + 1


async def test_large_bodies_are_dropped() -> None:
    assert (await fetch(answering("200 OK", b"0" * (MOST_BYTES + 1)))).transport is Transport.TOO_LARGE


async def test_enough_is_enough() -> None:
    answer = await fetch(answering("200 OK", b"0" * (MOST_BYTES * 2)), enough=1000)
    assert answer.transport is None
    assert 1000 <= len(answer.body) < MOST_BYTES


async def test_a_drip_does_not_outlive_the_deadline() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _byte in range(100):
            writer.write(b"0")
            await writer.drain()
            await asyncio.sleep(0.02)

    answer = await fetch(drip, deadline=0.15)
    assert answer.transport is Transport.TIMEOUT
    assert answer.elapsed_ms < 1000


async def test_a_stalled_answer_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stall(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        await asyncio.sleep(0.5)

    async with listening(stall) as port, network(port, deadline=0.1) as net:
        monkeypatch.setattr(net, "_deadline", 5.0)  # leaves only the limit per read
        answer = await net.send(Call(method="GET", host=NAME, path="/"))
    assert (answer.transport, answer.status) == (Transport.TIMEOUT, None)


async def test_what_waits_behind_our_own_calls_is_no_silence() -> None:
    asked = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked > MOST_AT_ONCE:
            await answering("200 OK")(reader, writer)
        else:
            await reader.read()

    async with listening(handler) as port, network(port, deadline=1.0) as net:
        calls = (net.send(Call(method="GET", host=NAME, path="/")) for _ in range(MOST_AT_ONCE + 1))
        *silent, last = await asyncio.gather(*calls)
    assert {one.transport for one in silent} == {Transport.TIMEOUT}
    assert last.status == 200


async def test_what_nobody_waits_for_leaves_room() -> None:
    hanging, asked = asyncio.Event(), 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked <= MOST_AT_ONCE - KEPT:
            hanging.set()
            await reader.read()
        else:
            await answering("200 OK")(reader, writer)

    call = Call(method="GET", host=NAME, path="/")
    async with listening(handler) as port, network(port, deadline=30) as net:
        patient = Patient(net)
        clock = [asyncio.create_task(patient.send(call)) for _ in range(2 * MOST_AT_ONCE)]
        await hanging.wait()
        while asked < MOST_AT_ONCE - KEPT:  # noqa: ASYNC110  a handler says nothing
            await asyncio.sleep(0.001)
        answers = await asyncio.gather(*(net.send(call) for _ in range(KEPT)))
        assert asked == MOST_AT_ONCE, "nothing else was asked meanwhile"
        for one in clock:
            one.cancel()
        await asyncio.gather(*clock, return_exceptions=True)
    assert [answer.status for answer in answers] == [200] * KEPT


async def test_a_cut_answer_is_not_asked_for_again() -> None:
    calls = 0

    async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
        await writer.drain()

    answer = await fetch(cut)
    assert (answer.transport, answer.status, calls) == (Transport.CUT, 200, 1)


async def test_one_question_leaves_nothing_for_the_next_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.workday.network.IDLE_SECONDS", 0.0)
    cookies: list[str] = []
    over = asyncio.Semaphore(0)

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        cookies.extend(line for line in head.splitlines() if line.startswith("cookie"))
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: JSESSIONID=canary; Path=/\r\nContent-Length: 0\r\n\r\n")
        # A gateway on the way forgets the connection: the next request on it is answered with a reset.
        await reader.read(1)
        writer.transport.abort()
        over.release()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    async with server, network(server.sockets[0].getsockname()[1]) as net:
        answers = [await net.send(Call(method="GET", host=NAME, path="/")) for _ in range(2)]
        assert [one.status for one in answers] == [200, 200]
        assert cookies == []
        await net.aclose()
        await over.acquire()
        await over.acquire()


async def test_a_closed_port_is_tried_twice() -> None:
    async with listening(answering("200 OK")) as port:
        pass
    async with network(port) as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.CONNECT


async def test_a_port_that_opens_late_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = httpcore.AnyIOBackend.connect_tcp
    refusals = [httpcore.ConnectError("refused")]

    async def flaky(self: httpcore.AnyIOBackend, host: str, port: int, *rest: object) -> httpcore.AsyncNetworkStream:
        if refusals:
            raise refusals.pop()
        return await connect(self, host, port, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", flaky)
    assert (await fetch(answering("200 OK"))).status == 200


async def test_hosts_that_are_not_allowed_are_not_asked() -> None:
    net = Network(Origins())
    for host in ("evil.io", "127.0.0.1", "Services1.myworkday.com", "services1.myworkday.com:8443"):
        answer = await net.send(Call(method="GET", host=host, path="/"))
        assert answer.transport is Transport.ADDRESS_REFUSED
    await net.aclose()


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:db8::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "::ffff:0:8.8.8.8",
        "64:ff9b:1::a00:1",
        "2002:808:808::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:20::1",
        "3ffe::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "100::1",
        "1fff::1",
        "not an address",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2600:1f18::1", "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def resolving(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    left = list(answers)

    async def resolve(_: str, __: int) -> Sequence[str]:
        await asyncio.sleep(0)
        return left.pop(0)

    return resolve


async def refused(_: str, __: int) -> Sequence[str]:
    await asyncio.sleep(0)
    raise OSError("no such name")


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "169.254.169.254"]])
async def test_a_name_with_any_private_address_is_refused(addresses: list[str]) -> None:
    net = Network(Origins(), resolve=resolving(addresses))
    assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.ADDRESS_REFUSED
    await net.aclose()


async def test_a_name_without_address_is_not_found() -> None:
    net = Network(Origins(), resolve=refused)
    assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.DNS
    await net.aclose()
    with pytest.raises(NameNotFoundError):
        await CheckedBackend(frozenset(), resolving([])).connect_tcp(NAME, 443)


async def test_while_nobody_answers_for_names_none_is_called_wrong() -> None:
    async def away(_: str, __: int) -> Sequence[str]:
        await asyncio.sleep(0)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    net = Network(Origins(), resolve=away)
    assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.CONNECT
    await net.aclose()
    with pytest.raises(NameNotFoundError):
        await CheckedBackend(frozenset(), away).check(NAME, 443)


async def test_a_name_that_flips_is_connected_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def connect(_: object, host: str, *__: object) -> None:
        await asyncio.sleep(0)
        asked.append(host)
        raise httpcore.ConnectError("closed")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    backend = CheckedBackend(frozenset(), resolving(["8.8.8.8", "8.8.8.8", "8.8.4.4"], ["169.254.169.254"]))
    with pytest.raises(httpcore.ConnectError, match="closed"):
        await backend.connect_tcp(NAME, 443)
    assert asked == ["8.8.8.8", "8.8.4.4"]
    with pytest.raises(AddressRefusedError):
        await backend.connect_tcp(NAME, 443)


async def test_an_address_that_says_nothing_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, float | None]] = []

    async def connect(_: object, host: str, __: int, timeout: float | None, *___: object) -> str:  # noqa: ASYNC109
        await asyncio.sleep(0)
        given.append((host, timeout))
        if host == "8.8.8.8":
            raise httpcore.ConnectTimeout
        return "connected"

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    backend = CheckedBackend(frozenset(), resolving(["8.8.8.8", "8.8.4.4"], ["8.8.8.8"]))
    assert await backend.connect_tcp(NAME, 443, 4.0) == "connected"  # type: ignore[comparison-overlap]
    assert given == [("8.8.8.8", 2.0), ("8.8.4.4", 2.0)]
    with pytest.raises(httpcore.ConnectTimeout):
        await backend.connect_tcp(NAME, 443, 4.0)


async def test_the_system_resolver_gives_addresses() -> None:
    assert "127.0.0.1" in await resolve_by_system("127.0.0.1", 80)


async def test_names_that_nobody_answers_for_leave_the_threads_of_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        over.wait(10)
        return []

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", hang)
        asked = [asyncio.create_task(resolve_by_system("wd2.example", 443)) for _ in range(40)]
        await asyncio.sleep(0)
        # Slack's name is looked up in these.
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(lambda: "free") == "free"
        over.set()
        assert await asyncio.gather(*asked) == [[]] * 40


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return path, context


async def test_a_trusted_certificate_is_accepted(certificate: tuple[Path, ssl.SSLContext]) -> None:
    path, context = certificate
    async with (
        listening(answering("200 OK", b"hi"), context) as port,
        network(port, scheme="https", ca_file=path) as net,
    ):
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).body == b"hi"


async def test_any_other_certificate_is_refused(certificate: tuple[Path, ssl.SSLContext]) -> None:
    async with listening(answering("200 OK"), certificate[1]) as port, network(port, scheme="https") as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.TLS


# Through a proxy


@asynccontextmanager
async def behind(handler: Handler, *, resolve: Resolve, direct: tuple[str, ...] = ()) -> AsyncIterator[Network]:
    async with listening(handler) as port:
        net = Network(Origins(), Outbound(proxy=f"http://127.0.0.1:{port}", direct=direct), resolve=resolve)
        try:
            yield net
        finally:
            await net.aclose()


@pytest.mark.parametrize(
    ("status", "transport"),
    [
        ("403 Forbidden", Transport.PROXY),
        ("407 Proxy Authentication Required", Transport.PROXY),
        ("502 Bad Gateway", Transport.CONNECT),
        ("503 Service Unavailable", Transport.CONNECT),
    ],
)
async def test_a_proxy_that_says_no_is_told_from_one_that_finds_no_way(status: str, transport: Transport) -> None:
    async with behind(answering(status), resolve=refused) as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is transport


async def test_a_private_address_is_refused_before_the_proxy_is_asked() -> None:
    asked: list[bool] = []

    async def handler(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)
        asked.append(True)

    async with behind(handler, resolve=resolving(["10.0.0.1"])) as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.ADDRESS_REFUSED
    assert not asked


async def test_a_name_that_is_looked_up_too_slowly_is_left_to_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.workday.ssrf_guard.CHECK_SECONDS", 0.01)

    async def slow(_: str, __: int) -> Sequence[str]:
        await asyncio.sleep(5)
        return ["10.0.0.1"]

    async with behind(answering("403 Forbidden"), resolve=slow) as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.PROXY


async def test_what_is_called_directly_does_not_ask_the_proxy() -> None:
    async with behind(answering("403 Forbidden"), resolve=refused, direct=("myworkday.com",)) as net:
        assert (await net.send(Call(method="GET", host=NAME, path="/"))).transport is Transport.DNS


# Origins


def test_origins_are_read() -> None:
    setting = "http://127.0.0.1:4001, WD2-impl-services1.workday.com=http://localhost:4002/ https://i-1.workdaysuv.com"
    origins = Origins.parse(setting)
    assert origins.extra_hosts == {"127.0.0.1:4001", "wd2-impl-services1.workday.com", "i-1.workdaysuv.com"}
    assert origins.base_url("127.0.0.1:4001") == "http://127.0.0.1:4001"
    assert origins.base_url("wd2-impl-services1.workday.com") == "http://localhost:4002"
    assert origins.base_url(NAME) == f"https://{NAME}"
    assert origins.base_url("evil.io") is None
    assert origins.trusted == {("127.0.0.1", 4001), ("localhost", 4002), ("i-1.workdaysuv.com", 443)}
    assert Origins.parse("  ") == Origins()
    assert Origins.parse("a.b=http://[::1]:80").trusted == {("::1", 80)}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ftp://127.0.0.1", "is not an origin; write it as"),
        ("http://127.0.0.1/path", "is not an origin"),
        ("http://user@127.0.0.1", "is not an origin"),
        ("http://example.com", "plain http to another machine"),
        ("http://127.0.0.1:0", "no valid port"),
        ("http://127.0.0.1:70000", "no valid port"),
        ("a/b=http://127.0.0.1:1", "needs a host name before the equals sign"),
        ("http://[::1]:4001", "needs a host name before the equals sign"),
    ],
)
def test_bad_origins_name_the_mend(setting: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Origins.parse(setting)
