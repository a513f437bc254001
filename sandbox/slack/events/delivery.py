"""Owns how Slack reaches the app: signed HTTP or sockets, the ack limit, retries. It writes no payload."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import Core

ENVELOPE = {"command": "slash_commands", "interactive": "interactive", "event": "events_api"}
RETRY_DELAYS = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered: a status and body, or the problem Slack had with it."""

    status: int = 0
    body: str = ""
    problem: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Json:
        """Return the body as an object; plain text becomes its `text`."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except ValueError:
            return {"text": self.body}
        return value if isinstance(value, dict) else {"text": str(value)}


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt to deliver."""

    kind: str
    payload: Json
    at: float
    attempt: int
    reply: Reply


class Delivery:
    """Sends to the request URL, or to connected sockets once Socket Mode was ever used."""

    def __init__(self, core: Core, record: Callable[[bytes], None]) -> None:
        self.core = core
        self.record = record
        self.urls: deque[str] = deque()
        self.ack_seconds = 3.0
        self.retry_factor = 0.01
        self.socket_mode = False
        self.doubled = False
        """Whether each envelope comes twice over a socket, as Slack's do now and then."""
        self.log: list[Delivered] = []
        self.sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[str]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(trust_env=False)

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "") -> Reply:
        """Deliver once and wait for the ack, at most `ack_seconds`."""
        if self.socket_mode:
            reply = await self._by_socket(kind, payload, attempt, reason)
        else:
            reply = await self._by_http(kind, payload, attempt, reason)
        self.log.append(Delivered(kind, payload, self.core.world.clock(), attempt, reply))
        return reply

    async def send_event(self, envelope: Json, first: asyncio.Future[None]) -> None:
        """Deliver an event, with Slack's retries (at once, after one and five minutes, shortened)."""
        reply = await self.send("event", envelope)
        if not first.done():
            first.set_result(None)
        for attempt, delay in enumerate(RETRY_DELAYS, start=1):
            if reply.problem is None or reply.headers.get("x-slack-no-retry") == "1":
                return
            await asyncio.sleep(delay * self.retry_factor)
            reply = await self.send("event", envelope, attempt=attempt, reason=reply.problem)

    async def post_raw(self, body: bytes, headers: dict[str, str]) -> Reply:
        """Send bytes to the request URL exactly as given."""
        if not self.urls or self._session is None:
            return Reply(problem="connection_failed")
        url = self.urls[0]
        self.urls.rotate(-1)
        try:
            async with (
                asyncio.timeout(self.ack_seconds),
                self._session.post(url, data=body, headers=headers) as response,
            ):
                text = await response.text()
        except TimeoutError:
            return Reply(problem="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Reply(problem="connection_failed")
        self.record(text.encode())
        found = {name.lower(): value for name, value in response.headers.items()}
        problem = None if 200 <= response.status < 300 else "http_error"
        return Reply(response.status, text, problem, found)

    def signed(self, body: bytes, content_type: str, *, secret: str = "", timestamp: int = 0) -> dict[str, str]:
        """Return the headers of a v0 signature; always by real time, which is what apps compare with."""
        stamp = str(timestamp or int(time.time()))
        key = (secret or self.core.signing_secret).encode()
        digest = hmac.new(key, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    def encoded(self, kind: str, payload: Json) -> tuple[bytes, str]:
        """Return the body and content type in which this kind travels."""
        if kind == "event":
            return json.dumps(payload).encode(), "application/json"
        fields = payload if kind == "command" else {"payload": json.dumps(payload)}
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"

    async def _by_http(self, kind: str, payload: Json, attempt: int, reason: str) -> Reply:
        body, content_type = self.encoded(kind, payload)
        headers = self.signed(body, content_type)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        return await self.post_raw(body, headers)

    async def _by_socket(self, kind: str, payload: Json, attempt: int, reason: str) -> Reply:
        live = [socket for socket in self.sockets if not socket.closed]
        if not live:
            return Reply(problem="connection_failed")
        envelope_id = str(uuid.uuid4())
        frame: Json = {
            "envelope_id": envelope_id,
            "type": ENVELOPE[kind],
            "payload": payload,
            "accepts_response_payload": kind != "event",
        }
        if kind == "event":
            frame |= {"retry_attempt": attempt, "retry_reason": reason}
        ack: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = ack
        try:
            for _ in range(1 + self.doubled):
                await live[-1].send_json(frame)
            return Reply(200, await asyncio.wait_for(ack, self.ack_seconds))
        except TimeoutError:
            return Reply(problem="timeout")
        except ConnectionError:
            return Reply(problem="connection_failed")
        finally:
            del self._acks[envelope_id]

    def acknowledge(self, frame: Json) -> None:
        """Take an ack that came over a socket; an unknown or late one is dropped."""
        ack = self._acks.get(str(frame.get("envelope_id")))
        if ack is not None and not ack.done():
            payload = frame.get("payload")
            ack.set_result(json.dumps(payload) if payload else "")
