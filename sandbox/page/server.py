"""Owns the page's address: static files, one WebSocket, and who may ask; what is shown and done is not its concern."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Self

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from sandbox.page.director import Director
from sandbox.page.ground.playground import Playground
from sandbox.page.screen import Screen
from sandbox.page.screens.slack_html import picture_type

LOG = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
LOOK_SECONDS = 0.08
LARGEST_ASKED = 4 * 1024**2
"""Bytes that a browser may send at once: a file of 2 MB as text, and what stands around it."""
FILES = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js", "/morph.js": "morph.js"}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
GUARDS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
        " img-src 'self' data: http://127.0.0.1:*; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PageServer:
    """The page on 127.0.0.1, with a world behind it; an async context manager."""

    def __init__(self, port: int = 0, *, spare: bool = True) -> None:
        self.ground = Playground(spare=spare)
        self.director = Director(self.ground)
        self.screen = Screen(self.director)
        self.origin = ""
        self._port = port
        self._sockets: dict[web.WebSocketResponse, dict[str, str]] = {}
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(middlewares=[self._only_from_here], client_max_size=1024**2)
        application.router.add_get("/live", self._live)
        application.router.add_get("/file/{id}", self._file)
        for path in FILES:
            application.router.add_get(path, self._static)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self.director.afresh()
        self._spawn(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in list(self._sockets):
            await socket.close()
        if self._runner:
            await self._runner.cleanup()
        await self.ground.end()

    @web.middleware
    async def _only_from_here(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse other hosts' names and other pages' requests, so that no web site can reach in."""
        origin = request.headers.get("Origin", self.origin)
        if request.host != self.origin.removeprefix("http://") or origin != self.origin:
            return web.Response(status=403, text="This page is for this machine only.", headers=GUARDS)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(GUARDS)
        return response

    async def _static(self, request: web.Request) -> web.StreamResponse:
        file = STATIC / FILES[request.path]
        return web.Response(text=file.read_text(encoding="utf-8"), content_type=TYPES[file.suffix])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        upload = self.ground.slack.core.uploads.get(request.match_info["id"])
        if upload is None or upload.content is None:
            return web.Response(status=404)
        return web.Response(body=upload.content, content_type=picture_type(upload.name) or "application/octet-stream")

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LARGEST_ASKED)
        await socket.prepare(request)
        self._sockets[socket] = {}
        self._changed.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._spawn(self._take(message.data))
        finally:
            del self._sockets[socket]
        return socket

    async def _take(self, text: str) -> None:
        try:
            said = json.loads(text)
            asked = {str(key): str(value) for key, value in said["asked"].items()}
            fields = {str(key): [str(value) for value in values] for key, values in said.get("fields", {}).items()}
        except (ValueError, KeyError, AttributeError, TypeError):
            return
        try:
            await self.director.take(asked, fields)
        except Exception:
            LOG.exception("the page asked for %s", asked.get("do"))
            raise
        finally:
            self._changed.set()

    async def _watch(self) -> None:
        """Send what has changed since the last look; without anybody looking nothing is drawn."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_SECONDS)
            self._changed.clear()
            if not self._sockets:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            began = time.monotonic()
            if not self.director.is_resetting:
                self.director.look_at_cards()
            regions = self.screen.regions()
            for socket, known in list(self._sockets.items()):
                news = {key: html for key, html in regions.items() if known.get(key) != html}
                if news and not socket.closed:
                    known.update(news)
                    with contextlib.suppress(ConnectionError, RuntimeError):
                        await socket.send_json(news)
            await asyncio.sleep(min(time.monotonic() - began, 0.5))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
