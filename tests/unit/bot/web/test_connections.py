"""Slow, silent and too many connections: they are shown out, and everybody else is served meanwhile."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import hmac
import logging
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from http import HTTPStatus

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.web import connections as door
from bot.web import routes as web
from bot.web.connections import HEADERS, Limits

SECRET = "0" * 32
READYZ = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
REFUSED = f"HTTP/1.1 413 {HTTPStatus(413).phrase}\r\n".encode()
"""Python 3.13 has another phrase for it."""

FAST = Limits(head=0.3, body=0.3, connections=8)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[], Awaitable[Stream]]


async def ready() -> dict[str, str]:
    return {}


async def slow() -> dict[str, str]:
    await asyncio.sleep(0.5)
    return {}


async def nothing() -> None:
    return None


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U1", bot_id="B1", bot_token="xoxb-1")


@asynccontextmanager
async def opened(
    limits: Limits = FAST, probe: web.Probe = ready, app: web.Answering | None = None
) -> AsyncIterator[Open]:
    app = app or AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True)
    close, port = await door.listen(web.build(app, SecretStr(SECRET), probe, nothing, limits), "127.0.0.1", 0)
    streams: list[Stream] = []

    async def connect() -> Stream:
        streams.append(await asyncio.open_connection("127.0.0.1", port))
        return streams[-1]

    yield connect
    for _, writer in streams:
        writer.close()
    await close()


@pytest.fixture
async def connect() -> AsyncIterator[Open]:
    async with opened() as made:
        yield made


async def ends(stream: Stream, within: float = 1.0) -> bytes:
    """Read until the other side hangs up, whether or not it read all it was sent."""
    reader, _ = stream
    heard = b""
    try:
        async with asyncio.timeout(within):
            while more := await reader.read(1024):
                heard += more
    except ConnectionError:
        # A byte that came too late to be read ends the connection hard; `reader.read()` would forget the answer.
        pass
    return heard


async def answered(stream: Stream, request: bytes = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") -> bytes:
    reader, writer = stream
    writer.write(request)
    return (await asyncio.wait_for(reader.readline(), 1)).strip()


def signed(body: bytes, *, length: int = 0) -> bytes:
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return (
        "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length or len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={digest}\r\n\r\n"
    ).encode() + body


async def drip(stream: Stream, content: bytes) -> None:
    _, writer = stream
    try:
        for at in range(len(content)):
            writer.write(content[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.02)
    except ConnectionError:
        pass


@pytest.mark.parametrize("said", [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nX-A: b\r\n"])
async def test_a_head_that_does_not_end_is_not_waited_for(connect: Open, said: bytes) -> None:
    stream = await connect()
    stream[1].write(said)
    began = time.monotonic()
    assert await ends(stream) == b""
    assert 0.2 < time.monotonic() - began < 0.8


async def test_a_head_that_drips_is_not_waited_for(connect: Open) -> None:
    stream = await connect()
    dripping = asyncio.create_task(drip(stream, b"GET /healthz HTTP/1.1\r\n" + b"X-A: b\r\n" * 50))
    assert await ends(stream) == b""
    await dripping


@pytest.mark.parametrize("is_dripping", [False, True])
async def test_a_body_that_does_not_end_is_not_waited_for(connect: Open, is_dripping: bool) -> None:  # noqa: FBT001
    stream = await connect()
    stream[1].write(signed(b"{}", length=5000))
    more = asyncio.create_task(drip(stream, b" " * (100 if is_dripping else 0)))
    assert (await ends(stream, 10)).startswith(b"HTTP/1.1 408")
    await more


async def test_a_second_request_has_to_be_quick_too(connect: Open) -> None:
    stream = await connect()
    assert await answered(stream) == b"HTTP/1.1 200 OK"
    await asyncio.sleep(0.5)
    assert not stream[0].at_eof()
    stream[1].write(b"GET /hea")
    await ends(stream)
    assert stream[0].at_eof()


async def test_a_strangers_body_is_not_waited_for(connect: Open) -> None:
    stream = await connect()
    line = await answered(stream, b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
    assert line == b"HTTP/1.1 401 Unauthorized"


async def test_when_there_are_too_many_the_one_that_waited_longest_goes() -> None:
    async with opened(Limits(head=30, body=30, connections=8), probe=slow) as connect:
        busy = await connect()
        assert await answered(busy) == b"HTTP/1.1 200 OK"
        busy[1].write(READYZ)
        silent = [await connect() for _ in range(20)]
        await asyncio.sleep(0.05)
        assert [stream[0].at_eof() for stream in silent] == [True] * 13 + [False] * 7
        newcomer = await connect()
        assert await answered(newcomer) == b"HTTP/1.1 200 OK"
        assert not busy[0].at_eof()


async def test_when_all_are_busy_the_newcomer_goes() -> None:
    async with opened(Limits(head=30, body=30, connections=3), probe=slow) as connect:
        for _ in range(3):
            (await connect())[1].write(READYZ)
        await asyncio.sleep(0.05)
        assert await ends(await connect()) == b""


async def test_a_hundred_slow_ones_do_not_keep_anybody_waiting() -> None:
    async with opened(Limits(head=1, body=1, connections=256)) as connect:
        for _ in range(100):
            (await connect())[1].write(b"POST /slack/events HTTP/1.1\r\nX: y")
        began = time.monotonic()
        assert await answered(await connect()) == b"HTTP/1.1 200 OK"
        assert time.monotonic() - began < 0.5


async def test_a_port_that_is_taken_leaves_nothing_open() -> None:
    busy = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    app = web.build(None, SecretStr(SECRET), ready, nothing)
    with pytest.raises(OSError, match="address already in use"):
        await door.listen(app, "127.0.0.1", busy.sockets[0].getsockname()[1])
    busy.close()


@pytest.mark.parametrize("turns", range(4))
async def test_who_connects_in_the_moment_of_the_end_is_let_in_and_shown_out(turns: int) -> None:
    app = AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True)
    close, port = await door.listen(web.build(app, SecretStr(SECRET), ready, nothing, FAST), "127.0.0.1", 0)
    with closing(socket.socket()) as caller:
        caller.settimeout(0)
        with suppress(BlockingIOError):
            caller.connect(("127.0.0.1", port))
        for _ in range(turns):
            await asyncio.sleep(0)
        await close()
        # What was left open is told of when it is thrown away.
        gc.collect()


async def test_unfinished_bodies_make_way_for_a_real_request() -> None:
    async with opened(Limits(head=5, body=5, connections=8)) as connect:
        stuck = [await connect() for _ in range(8)]
        for _, writer in stuck:
            writer.write(signed(b"{", length=100))
            await writer.drain()
        await asyncio.sleep(0.1)
        assert await answered(await connect()) == b"HTTP/1.1 200 OK"
        assert await ends(stuck[0]) == b""


async def test_a_refused_body_leaves_nothing_behind_that_ends_the_next_request() -> None:
    async with opened(Limits(head=5, body=0.3, connections=8), probe=slow) as connect:
        stream = await connect()
        reader, writer = stream
        writer.write(signed(b"x" * (door.LARGEST_BODY + 1)))
        assert await asyncio.wait_for(reader.readline(), 2) == REFUSED
        if reader.at_eof():
            return
        rest = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
        length = re.search(rb"Content-Length: (\d+)", rest)
        await reader.readexactly(int(length[1]) if length else 0)
        await asyncio.sleep(0.4)
        assert await answered(stream, READYZ) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (READYZ, 200),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /pictures/nowhere.png HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"DELETE /slack/events HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 401),
        (b"", 400),
    ],
)
async def test_every_answer_is_as_strict_and_names_no_software(connect: Open, said: bytes, status: int) -> None:
    reader, writer = await connect()
    writer.write(said or signed(b"no json and no form"))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().casefold()
    assert head.startswith(f"http/1.1 {status} ")
    for name, value in door.HEADERS.items():
        assert f"{name}: {value}\r\n".casefold() in head
    assert "server:" not in head
    assert "aiohttp" not in head


async def test_a_failure_of_ours_is_as_strict() -> None:
    async def broken() -> dict[str, str]:
        raise RuntimeError("Unheard9Secret")

    async with opened(probe=broken) as connect:
        reader, writer = await connect()
        writer.write(READYZ.replace(b"Host: x", b"Host: x\r\nAccept: text/html"))
        answer = (await reader.read()).decode().casefold()
    assert answer.startswith("http/1.1 500 ")
    assert "content-security-policy: default-src 'none'" in answer
    assert "server:" not in answer
    assert "unheard9secret" not in answer


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff HTTP/1.1\r\nA\r\n\r\n"]
)
async def test_what_is_no_request_is_answered_as_strictly_and_learns_no_release(
    connect: Open, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reader, writer = await connect()
    writer.write(said)
    answer = (await reader.read()).decode("latin-1").casefold()
    assert answer.startswith("http/1.")
    assert " 400 " in answer.partition("\r\n")[0]
    assert "aiohttp" not in answer
    assert "python" not in answer
    assert [name for name, value in HEADERS.items() if f"{name}: {value}\r\n".casefold() not in answer] == []
    lines = [line for line in caplog.records if line.name.startswith(("bot", "aiohttp"))]
    assert [(line.levelno, line.getMessage(), line.exc_info) for line in lines] == [
        (logging.INFO, "a request was refused", None)
    ]


class Busy:
    """Answers when it may, and counts what it has begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.may = asyncio.Event()

    async def async_dispatch(self, _request: AsyncBoltRequest) -> BoltResponse:
        self.begun += 1
        await self.may.wait()
        return BoltResponse(status=200)


async def test_what_cannot_be_answered_in_time_is_refused_and_not_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "AT_ONCE", 2)
    monkeypatch.setattr(web, "WAITING_SECONDS", 0.2)
    busy = Busy()
    async with opened(app=busy) as connect:
        streams = [await connect() for _ in range(4)]
        for number, (_, writer) in enumerate(streams):
            writer.write(signed(b'{"type": "url_verification", "challenge": "%d"}' % number))
        late = {await asyncio.wait_for(reader.readline(), 2) for reader, _ in streams[2:]}
        assert [line.split()[1] for line in late] == [b"503"]
        assert busy.begun == 2
        again = await connect()
        again[1].write(signed(b'{"type": "url_verification", "challenge": "3"}'))
        busy.may.set()
        for reader, _ in (*streams[:2], again):
            assert (await asyncio.wait_for(reader.readline(), 1)).split()[1] == b"200"
        assert busy.begun == 3, "what was refused is carried out when it comes again"
