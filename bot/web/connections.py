"""Slow-client protection: limits connections and ends slow ones; knows what a connection does, not what it asks.

aiohttp waits for ever for the end of a request's head and body, so a few hundred connections that say one byte a
minute would shut everybody else out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from aiohttp import web, web_protocol, web_response

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below."""

IDLE_SECONDS = 75.0
"""How long a connection may stay open between two requests: longer than the proxies in front of us keep theirs."""


ENDING_SECONDS = 2
"""How long a request that is being answered may take when the app is told to end; Slack itself waits for three."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
"""What every answer carries, errors too, unless it says something of its own."""

web_response.SERVER_SOFTWARE = ""  # type: ignore[attr-defined]
# What cannot even be read as a request is answered by aiohttp alone, which would tell its release and Python's.

_answer_alone = web_protocol.RequestHandler.handle_error


def _answer_strictly(
    handler: web_protocol.RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    if status < 500 and not request.writer.output_size:  # noqa: PLR2004  server errors
        # What is no request comes often and is no fault of ours, though aiohttp would log an error each time.
        log.info("a request was refused", extra={"why": type(exc).__name__})
        answer: web.StreamResponse = web.Response(status=status)
        answer.force_close()
    else:
        answer = _answer_alone(handler, request, status, exc, message)
    answer.headers.update(HEADERS)
    return answer


web_protocol.RequestHandler.handle_error = _answer_strictly  # type: ignore[assignment,method-assign]
# No signal of the application sees that answer, and a handler of our own cannot be given to aiohttp.

LINGER_SECONDS = 1.0
"""How long the rest of a body that nobody wants is read, so that whoever sends it still hears the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for the head and for the body of a request, and how many connections there may be at once.

    More connections get no more answers in time: of 1,000 presses at one instant some 230 do, with room for all of them
    too, and then some of the others are answered after Slack has given up. A cut is heard at once, as a 503 would be.
    """

    head: float = 10.0
    body: float = 10.0
    connections: int = 256


class Door:
    """Counts connections. Those without a whole request are `waiting`, the longest waiting first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: set[asyncio.Transport] = set()
        self._waiting: dict[asyncio.Transport, asyncio.TimerHandle | None] = {}

    def enter(self, transport: asyncio.Transport) -> None:
        """Take in a connection; when there are too many, the one that has been waiting longest goes."""
        if len(self._open) >= self._limits.connections:
            unwanted = next(iter(self._waiting), transport)
            unwanted.abort()
            self.leave(unwanted)
            if unwanted is transport:
                return
        self._open.add(transport)
        self._waiting[transport] = None
        self.speak(transport)

    def speak(self, transport: asyncio.Transport) -> None:
        """Note that bytes came, or have to come; the head they belong to must be whole in time."""
        if self._waiting.get(transport, self) is None:
            loop = asyncio.get_running_loop()
            self._waiting[transport] = loop.call_later(self._limits.head, transport.abort)

    def leave(self, transport: asyncio.Transport) -> None:
        """Forget a connection that has ended."""
        self._open.discard(transport)
        self._stop_waiting(transport)

    async def read(self, request: web.Request) -> bytes:
        """Return the body; raises what ends a request that is too slow or too large.

        Until it is whole the connection is one of those that make way: anybody can send a head.
        """
        if request.content.is_eof():
            # It came with its head, as Slack's do.
            return await request.read()
        transport = cast("asyncio.Transport", request.transport)
        if transport in self._open:
            self._waiting[transport] = asyncio.get_running_loop().call_later(2 * self._limits.body, transport.abort)
        try:
            async with asyncio.timeout(self._limits.body):
                return await request.read()
        except ConnectionError:
            # It was shown out or went by itself; nobody is left to answer.
            raise web.HTTPBadRequest from None
        except TimeoutError:
            slow = web.HTTPRequestTimeout(text="")
            slow.force_close()
            raise slow from None
        finally:
            self._stop_waiting(transport)

    @web.middleware
    async def attend(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let a connection be busy while its request is worked on."""
        transport = cast("asyncio.Transport", request.transport)
        self._stop_waiting(transport)
        try:
            return await handler(request)
        finally:
            if transport in self._open:
                self._waiting[transport] = None

    def _stop_waiting(self, transport: asyncio.Transport) -> None:
        timer = self._waiting.pop(transport, None)
        if timer:
            timer.cancel()


class _Doorstep(asyncio.Protocol):
    """Stands between a connection and aiohttp, and tells the door what it sees."""

    def __init__(self, door: Door, inside: asyncio.Protocol) -> None:
        self._door = door
        self._inside = inside

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._inside.connection_made(transport)
        self._door.enter(self._transport)

    def data_received(self, data: bytes) -> None:
        self._door.speak(self._transport)
        self._inside.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inside.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self._transport)
        self._inside.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inside.pause_writing()

    def resume_writing(self) -> None:
        self._inside.resume_writing()


DOOR = web.AppKey("door", Door)


def application(limits: Limits) -> web.Application:
    """Make an empty application behind a door."""
    door = Door(limits)
    made = web.Application(client_max_size=LARGEST_BODY, middlewares=[door.attend])
    made[DOOR] = door
    made.on_response_prepare.append(_dress)
    return made


async def _dress(_request: web.Request, answer: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.pop("Server", None)


async def listen(behind: web.Application, host: str, port: int) -> tuple[Callable[[], Awaitable[None]], int]:
    """Start to listen; returns what ends it, and the port that was taken."""
    runner = web.AppRunner(
        behind,
        access_log=None,
        handle_signals=False,
        auto_decompress=False,  # nobody who may come in compresses, and what is signed is what was sent
        shutdown_timeout=ENDING_SECONDS,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGER_SECONDS,
    )
    await runner.setup()
    inside = cast("Callable[[], asyncio.Protocol]", runner.server)
    door = behind[DOOR]
    try:
        server = await asyncio.get_running_loop().create_server(lambda: _Doorstep(door, inside()), host, port)
    except OSError:
        await runner.cleanup()
        raise

    async def close() -> None:
        # Whoever has connected is let in first: in the same turn of the loop as the end nobody would answer them.
        for _ in range(3):
            await asyncio.sleep(0)
        server.close()
        await runner.cleanup()

    return close, int(server.sockets[0].getsockname()[1])
