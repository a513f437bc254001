"""Sends requests over connections that it keeps, for next to nothing, so that its own work leaves the server a core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class _Wire(asyncio.Protocol):
    """One connection, on which one request at a time is asked."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._read = b""

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Send a request; what comes of it is the status of its answer, or ConnectionError."""
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(END_OF_HEAD)
        if not end or not self._answer:
            return
        length = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
        if len(body) >= int(length or 0):
            self._read = b""
            answer, self._answer = self._answer, None
            if not answer.done():
                answer.set_result(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError())


class Wires:
    """Connections to one server; who finds none free waits for one."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)
        self._free: list[_Wire] = []

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """Send a request and return the status of its answer; raises ConnectionError when it is cut."""
        at = urlsplit(url)
        lines = [f"POST {at.path} HTTP/1.1", f"Host: {at.netloc}", f"Content-Length: {len(body)}"]
        lines += (f"{name}: {value}" for name, value in headers.items())
        async with self._turns:
            wire = self._free.pop() if self._free else None
            if wire is None or not wire.is_open:
                _, wire = await asyncio.get_running_loop().create_connection(_Wire, at.hostname or "", at.port or 80)
            status = await wire.ask("\r\n".join(lines).encode() + END_OF_HEAD + body)
            self._free.append(wire)
        return status

    def close(self) -> None:
        """Cut all of them."""
        for wire in self._free:
            wire.close()


@asynccontextmanager
async def wires(most: int = 1) -> AsyncIterator[Wires]:
    """Have so many connections at the most, and cut them in the end."""
    made = Wires(most)
    try:
        yield made
    finally:
        made.close()
