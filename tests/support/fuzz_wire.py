"""Puts requests on the wire, whole or broken, and reads what comes back; knows HTTP and Slack's signature only."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import quote, quote_from_bytes

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
KINDS = (
    *(
        FORM,
        JSON,
        "text/plain",
        "",
        ";",
        "application/json; charset=utf-16",
        f"{FORM}; charset=utf-7",
        "a/b; charset=x",
    ),
    *("multipart/form-data; boundary=x", "multipart/form-data", "application/json; charset=\xff", "x" * 5_000),
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "QUERY", "P OST", "")
PATIENCE = 8.0
"""Seconds after which a request hangs."""

HANGS = 999
"""Stands for the status when there was neither an answer nor an end."""

WHILE = 0.02
"""Seconds after which whoever does not say all hangs up."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent. `story` names what was done to it and holds no value.

    `is_whole`: it is proper HTTP, so the connection can be used again. `is_cut`: it promises more than comes.
    """

    story: str
    method: str = "POST"
    path: str = "/slack/events"
    headers: Headers = ()
    body: bytes = b""
    is_whole: bool = True
    is_cut: bool = False

    @property
    def wire(self) -> bytes:
        """Give the bytes."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when the connection was closed without a word."""

    status: int
    text: bytes = b""


def signed(request: Request, kind: str, secret: str, *, late: float = 0) -> Request:
    """Add the headers of Slack; `late` makes the stamp wrong by so many seconds."""
    stamp = str(int(time.time() - late))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + request.body, hashlib.sha256).hexdigest()
    signature = (("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", f"v0={digest}"))
    return replace(request, headers=(*_plain(request.body), ("Content-Type", kind), *signature))


def plain(request: Request, kind: str = FORM) -> Request:
    """Add the headers that any request has."""
    return replace(request, headers=(*_plain(request.body), ("Content-Type", kind)))


def _plain(body: bytes) -> Headers:
    return (("Host", "127.0.0.1"), ("Content-Length", str(len(body))))


def forged(request: Request, kind: str, secret: str, chance: Random) -> Request:
    """Sign as somebody does who does not have the secret, or has an old request."""
    good = signed(request, kind, secret)
    other = "".join(chance.choices("0123456789abcdef", k=64))
    ways = {
        "no signature": lambda: plain(request, kind),
        "another secret": lambda: signed(request, kind, other),
        "six minutes late": lambda: signed(request, kind, secret, late=360),
        "six minutes early": lambda: signed(request, kind, secret, late=-360),
        "years late": lambda: signed(request, kind, secret, late=10**9),
        "another body": lambda: replace(good, body=good.body[:-1] + bytes([good.body[-1] ^ 1])),
        "another stamp": lambda: _with(good, "X-Slack-Request-Timestamp", str(int(time.time()) + 7)),
        "no stamp": lambda: _without(good, "X-Slack-Request-Timestamp"),
        "odd stamp": lambda: _with(
            good,
            "X-Slack-Request-Timestamp",
            chance.choice(("", "now", "-1", "1" * 400, "1e10", "١٢٣", " ", "0x1", "9" * 19)),
        ),
        "odd signature": lambda: _with(
            good,
            "X-Slack-Signature",
            chance.choice(("", "v0=", f"v0={other}", f"v1={other}", "v0=ü", "v0=" + "0" * 7_000, other)),
        ),
    }
    name = chance.choice(list(ways)[: None if request.body else 5])
    made = ways[name]()
    return replace(made, story=f"{request.story}; {name}")


def bent_body(body: bytes, chance: Random) -> tuple[str, bytes]:
    """Spoil the bytes of a body."""
    at = chance.randrange(len(body) + 1)
    end = min(len(body), at + chance.randrange(1, 40))
    flipped = bytearray(body or b"x")
    for _ in range(chance.randrange(1, 5)):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    ways = (
        ("cut short", body[:at]),
        ("bits flipped", bytes(flipped)),
        ("bytes put in", body[:at] + chance.randbytes(chance.randrange(1, 9)) + body[at:]),
        ("a piece taken out", body[:at] + body[end:]),
        ("a piece twice", body[:end] + body[at:]),
        ("encoded twice", quote_from_bytes(body).encode()),
        ("wrapped again", b"payload=" + quote_from_bytes(body).encode()),
        ("a mark in front", b"\xef\xbb\xbf" + body),
        ("UTF-16", body.decode("utf-8", "replace").encode("utf-16")),
        ("nothing", b""),
        ("many fields", b"&".join(b"f%d=%d" % (n, n) for n in range(2_000)) + b"&" + body),
        ("much", body + b" " * 300_000),
    )
    return chance.choice(ways)


def bent_wire(request: Request, chance: Random) -> Request:
    """Spoil what is around a body: method, path, headers, framing."""
    size = len(request.body)
    chunked = (*_without(request, "Content-Length").headers, ("Transfer-Encoding", "chunked"))
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (request.body[:7], request.body[7:]) if one)

    def more(*headers: tuple[str, str]) -> Request:
        return replace(request, headers=(*request.headers, *headers))

    def framed(length: str, *, is_cut: bool = False) -> Request:
        return replace(_with(request, "Content-Length", length), is_whole=False, is_cut=is_cut)

    ways = {
        "odd kind": lambda: _with(request, "Content-Type", chance.choice(KINDS)),
        "no kind": lambda: _without(request, "Content-Type"),
        "other method": lambda: replace(request, method=chance.choice(METHODS), is_whole=False),
        "length too small": lambda: framed(str(size // 2)),
        "length too large": lambda: framed(str(size + 50), is_cut=True),
        "length is huge": lambda: framed(str(10**12), is_cut=True),
        "odd length": lambda: framed(chance.choice(("-1", "x", "", "1,2", "+5", "0x10", "9" * 5_000))),
        "two lengths": lambda: replace(more(("Content-Length", str(size + 1))), is_whole=False),
        "no length": lambda: replace(_without(request, "Content-Length"), is_whole=False),
        "in chunks": lambda: replace(request, headers=chunked, body=pieces + b"0\r\n\r\n"),
        "chunks without end": lambda: replace(request, headers=chunked, body=pieces, is_whole=False, is_cut=True),
        "odd chunks": lambda: replace(request, headers=chunked, body=b"zz\r\n" + pieces, is_whole=False),
        "length and chunks": lambda: replace(more(("Transfer-Encoding", "chunked")), is_whole=False),
        "says gzip": lambda: replace(more(("Content-Encoding", "gzip")), is_whole=False),
        "is gzip": lambda: replace(_zipped(request), is_whole=False),
        "says br": lambda: replace(more(("Content-Encoding", chance.choice(("br", "zstd", "x")))), is_whole=False),
        "a long header": lambda: replace(more(("X-Long", "x" * chance.choice((4_000, 9_000)))), is_whole=False),
        "many headers": lambda: replace(more(*((f"X-{n}", "x") for n in range(400))), is_whole=False),
        "an odd header": lambda: replace(more(("X Odd\0", "\x01")), is_whole=False),
        "two of each": lambda: replace(more(*request.headers), is_whole=False),
        "no host": lambda: _without(request, "Host"),
        "lazy": lambda: more(("X-Slack-Bolt-Lazy-Only", "1"), ("X-Slack-Bolt-Lazy-Function-Name", "submit")),
        "again": lambda: more(("X-Slack-Retry-Num", chance.choice(("1", "x", ""))), ("X-Slack-Retry-Reason", "\t")),
        "wants leave": lambda: replace(more(("Expect", chance.choice(("100-continue", "x")))), is_whole=False),
        "wants another protocol": lambda: replace(
            more(("Connection", "Upgrade"), ("Upgrade", "websocket")), is_whole=False
        ),
        "other path": lambda: replace(request, path=odd_path(chance), is_whole=False),
        "a query": lambda: replace(request, path=request.path + "?payload=%7B%7D&" + "a=b&" * 50),
    }
    name = chance.choice(list(ways))
    return replace(ways[name](), story=f"{request.story}; {name}")


def odd_path(chance: Random) -> str:
    """Give a path at which there is nothing."""
    odd = quote("".join(chance.choices("ab\0ü%/\\.\u202e", k=9)))
    raw = ("/", "//slack/events", "/slack/events/", "/slack/../healthz", "*", "http://x/healthz", "/form/", "x")
    return chance.choice((*raw, f"/{odd}", "/" + "a" * 6_000, "/%00", "/%ff%fe", "/form/" + "x" * 44, "/metrics/x"))


def _with(request: Request, name: str, value: str) -> Request:
    headers = tuple((one, value if one == name else old) for one, old in request.headers)
    return replace(request, headers=headers)


def _without(request: Request, name: str) -> Request:
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0] != name))


def _zipped(request: Request) -> Request:
    body = gzip.compress(request.body, mtime=0)
    headers = (*_with(request, "Content-Length", str(len(body))).headers, ("Content-Encoding", "gzip"))
    return replace(request, headers=headers, body=body)


class Line:
    """One connection, made anew whenever a request has spoiled it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: Request) -> Answer:
        """Send one request and wait for its answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask(request)
        except TimeoutError:
            await self.close()
            return Answer(HANGS)

    async def close(self) -> None:
        """Hang up."""
        if self._streams:
            writer = self._streams[1]
            self._streams = None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _ask(self, request: Request) -> Answer:
        if self._streams is None or not request.is_whole:
            await self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=2**22)
        reader, writer = self._streams
        try:
            writer.write(request.wire)
            if request.is_cut:
                await asyncio.sleep(WHILE)
                writer.write_eof()
            answer, stays = await _answer(reader, has_body=request.method != "HEAD")
        except (ConnectionError, asyncio.IncompleteReadError):
            answer, stays = Answer(0), False
        if not stays or not request.is_whole:
            await self.close()
        return answer


async def _answer(reader: asyncio.StreamReader, *, has_body: bool) -> tuple[Answer, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status == 100:
        return await _answer(reader, has_body=has_body)
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    headers = {name: value.strip() for name, _, value in lines}
    size = int(headers.get(b"content-length", b"0")) if has_body else 0
    body = await reader.readexactly(size)
    return Answer(status, head + body), headers.get(b"connection") != b"close"
