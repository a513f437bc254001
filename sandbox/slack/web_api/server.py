"""Owns the listening side: Web API, response_url, Socket Mode, with faults. Methods live elsewhere."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from sandbox.slack.json_object import Json
from sandbox.slack.web_api import chat, files, oauth
from sandbox.slack.web_api.faults import Fault, Faults
from sandbox.slack.web_api.methods import Answer, Args, call, takes_json
from sandbox.slack.workspace import APP_ID, ApiError

if TYPE_CHECKING:
    from sandbox.slack.events import Delivery
    from sandbox.slack.workspace import Core


LIMITED_SECONDS = 60.0
"""Between two looks at history, for an app that is given to many workspaces outside the Marketplace."""


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded Web API call; `lost` when the app never got the answer."""

    method: str
    args: Json
    ok: bool
    error: str | None
    time: float
    status: int = 200
    lost: bool = False


class Server:
    """One aiohttp server on an ephemeral port of 127.0.0.1."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.faults = Faults()
        self.calls: list[Call] = []
        self.received: list[bytes] = []
        self.down = False
        self.pace_messages: float | None = None
        self.dead_tickets = 0
        self.too_many_sockets = False
        self.delivery: Delivery | None = None
        self._paced: dict[str, float] = {}
        self._history_from = 0.0
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_post("/hooks/response/{key}", self._response_url)
        application.router.add_post("/upload/{file}", self._upload)
        application.router.add_get("/link", self._socket)
        application.router.add_get("/oauth/v2/authorize", self._authorize)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.core.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self.delivery is not None:
            for socket in list(self.delivery.sockets):
                await socket.close()
        if self._runner is not None:
            # Whoever has connected is let in first: in the same turn of the loop as the end it would be left open.
            for _ in range(3):
                await asyncio.sleep(0)
            await self._runner.cleanup()
            self._runner = None

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args, token = await self._arguments(request, reads_json=takes_json(name))
        if self.down:
            return self._lost(request)
        fault = self.faults.take(name)
        if fault is not None:
            return await self._troubled(request, name, args, token, fault)
        wait = self._pace(name, args)
        if wait:
            return self._limited(name, args, wait)
        return self._answered(name, args, self._call(name, args, token))

    def _call(self, name: str, args: Args, token: str | None) -> Answer:
        try:
            return call(self.core, name, token, args)
        except Exception as error:  # noqa: BLE001 - a fault of the sandbox must reach the caller, not kill the server
            return Answer({"ok": False, "error": "internal_error", "detail": repr(error)}, 500, "internal_error")

    async def _troubled(
        self, request: web.Request, name: str, args: Args, token: str | None, fault: Fault
    ) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.rate_limited:
            return self._limited(name, args, fault.rate_limited)
        if fault.error:
            if fault.performed:
                self._call(name, args, token)
            return self._answered(name, args, Answer({"ok": False, "error": fault.error}, error=fault.error))
        answer = None
        if fault.lose_answer or fault.performed or not (fault.http or fault.timeout):
            answer = self._call(name, args, token)
        if fault.timeout:
            self._note(name, args, answer, lost=True)
            await asyncio.sleep(self.faults.timeout_seconds)
            return self._lost(request)
        if fault.body is not None:
            self._note(name, args, answer, lost=True)
            return web.Response(text=fault.body, content_type="application/json")
        if fault.http:
            self._note(name, args, answer, status=fault.http)
            return web.Response(status=fault.http, text="<html>something went wrong</html>", content_type="text/html")
        if fault.lose_answer:
            self._note(name, args, answer, lost=True)
            return self._lost(request)
        return self._answered(name, args, answer or Answer({}))

    def _note(self, name: str, args: Args, answer: Answer | None, *, status: int = 200, lost: bool = False) -> None:
        ok = answer is not None and answer.error is None
        error = answer.error if answer is not None else "not_performed"
        kept = {key: value for key, value in args.items() if key != "token"}
        self.calls.append(Call(name, kept, ok, error, self.core.world.clock(), status, lost))

    def _answered(self, name: str, args: Args, answer: Answer) -> web.Response:
        self._note(name, args, answer, status=answer.status)
        return web.json_response(answer.body, status=answer.status, headers={"X-OAuth-Scopes": self._scopes()})

    def _limited(self, name: str, args: Args, seconds: int) -> web.Response:
        body = {"ok": False, "error": "ratelimited"}
        self._note(name, args, Answer(body, error="ratelimited"), status=429)
        return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})

    def _lost(self, request: web.Request) -> web.StreamResponse:
        """Cut the connection: the caller cannot know what happened."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _pace(self, name: str, args: Args) -> int:
        if self.core.history_is_limited and name in {"conversations.history", "conversations.replies"}:
            wait = self._history_from - self.core.world.clock()
            if wait > 0:
                return math.ceil(wait)
            self._history_from = self.core.world.clock() + LIMITED_SECONDS
            return 0
        if self.pace_messages is None or name != "chat.postMessage":
            return 0
        channel, now = str(args.get("channel")), time.monotonic()
        if now < self._paced.get(channel, 0.0):
            return 1
        self._paced[channel] = now + 1 / self.pace_messages
        return 0

    def _scopes(self) -> str:
        return ",".join(sorted(self.core.scopes))

    async def _arguments(self, request: web.Request, *, reads_json: bool = True) -> tuple[Args, str | None]:
        """Record every byte received and read the arguments from query, form or, with `reads_json`, JSON."""
        body = await request.read()
        head = "\r\n".join([f"{request.method} {request.path_qs}", *(f"{k}: {v}" for k, v in request.headers.items())])
        self.received.append(head.encode() + b"\r\n\r\n" + body)
        args = Args(request.query)
        if request.content_type == "application/json":
            if reads_json and body:
                self._read_json(args, body)
        elif body:
            args.update({key: value for key, value in (await request.post()).items() if isinstance(value, str)})
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            args["client_id"], _, args["client_secret"] = base64.b64decode(token).decode().partition(":")
        return args, token if scheme == "Bearer" else args.get("token")

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        """Send the browser of somebody who allows what is asked for back to the app."""
        return web.Response(status=302, headers={"Location": oauth.approve(self.core, dict(request.query))})

    def _read_json(self, args: Args, body: bytes) -> None:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            args.broken = "invalid_json"
            return
        if isinstance(content, dict):
            args.update(content)
        else:
            args.broken = "json_not_object"

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Take a file's raw bytes; its address is all that lets them in."""
        content = await request.read()
        self.received.append(content)
        fault = self.faults.take("upload")
        if self.down or (fault is not None and fault.lose_answer):
            return self._lost(request)
        if fault is not None and fault.http:
            return web.Response(status=fault.http)
        status = files.receive(self.core, request.match_info["file"], content)
        return web.Response(status=status, text=f"OK - {len(content)}" if status == 200 else "")

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        args, _ = await self._arguments(request)
        if self.down:
            return self._lost(request)
        url = self.core.response_urls.get(request.match_info["key"])
        if url is None:
            return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
        fault = self.faults.take("response_url")
        if fault is not None and (fault.rate_limited or fault.http):
            return web.Response(status=429 if fault.rate_limited else fault.http or 500)
        try:
            chat.respond(self.core, url, args)
        except ApiError as refusal:
            status = 404 if refusal.error in {"used_url", "expired_url"} else 400
            self._note("response_url", args, Answer({}, error=refusal.error), status=status)
            return web.json_response({"ok": False, "error": refusal.error, **refusal.extra}, status=status)
        self._note("response_url", args, Answer({}))
        return web.json_response({"ok": True})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        """Serve one Socket Mode connection; from the first on, HTTP delivery is off."""
        if self.delivery is None or request.query.get("ticket") not in self.core.tickets or self.down:
            return web.Response(status=401)
        self.core.tickets.discard(request.query["ticket"])
        if self.dead_tickets:
            self.dead_tickets -= 1
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.too_many_sockets:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        self.delivery.socket_mode = True
        self.delivery.sockets.append(socket)
        hello: Json = {
            "type": "hello",
            "num_connections": len(self.delivery.sockets),
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": APP_ID},
        }
        try:
            await socket.send_json(hello)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.received.append(message.data.encode())
                    with contextlib.suppress(ValueError):
                        self.delivery.acknowledge(json.loads(message.data))
        finally:
            self.delivery.sockets.remove(socket)
        return socket
