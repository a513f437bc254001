"""Two workspaces behind one address of Slack's: the second is a sandbox whose team is called otherwise on its way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from sandbox.slack import SlackSandbox
from sandbox.slack.workspace import INSTALL_TEAM

NORTH = "T0NORTH"
FORWARDED = ("Content-Type", "Authorization", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")


class TwoSlacks:
    """One door; `approving` is the workspace whose admin follows an install address."""

    def __init__(self, first: SlackSandbox, second: SlackSandbox) -> None:
        self.first, self.second, self.approving = first, second, first
        self.origin = self.app = ""
        self._origins = {id(one): one.core.origin for one in (first, second)}
        self._session = aiohttp.ClientSession()

    async def start(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_get("/oauth/v2/authorize", self._authorize)
        application.router.add_post("/deliver", self._deliver)
        application.router.add_route("*", "/{path:.+}", self._pass)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        first, second = self.first.core, self.second.core
        second.client_id, second.client_secret = first.client_id, first.client_secret
        first.origin = second.origin = self.origin
        self.second.deliver_to(f"{self.origin}/deliver")
        return runner

    def serve(self, app: str) -> None:
        """Name the app that both workspaces speak to."""
        self.app = app
        self.first.deliver_to(f"{app}/slack/events")

    def cross(self) -> None:
        """Have what people do in the first workspace come as if it were done in the second."""
        self.first.deliver_to(f"{self.origin}/deliver")

    async def stop(self) -> None:
        await self._session.close()

    async def install(self, slack: SlackSandbox, *, cookie: bool = True) -> tuple[int, str]:
        """Follow the install address as an admin of a workspace does; gives what they see at the end."""
        self.approving = slack
        async with self._session.get(f"{self.app}/slack/install", allow_redirects=False) as began:
            assert began.status == 302, await began.text()
            kept = began.headers["Set-Cookie"].partition(";")[0]
            address = began.headers["Location"]
        async with self._session.get(address, allow_redirects=False) as allowed:
            back = allowed.headers["Location"]
        async with self._session.get(back, headers={"Cookie": kept} if cookie else {}) as ended:
            return ended.status, await ended.text()

    def _of(self, token: str, body: bytes) -> SlackSandbox:
        for one in (self.second, self.first):
            core = one.core
            known = {core.bot_token, core.refresh_token, *core.older_tokens, *core.codes} - {""}
            if token in known or any(each.encode() in body for each in known):
                return one
        return self.first

    async def _authorize(self, request: web.Request) -> web.Response:
        origin = self._origins[id(self.approving)]
        async with self._session.get(f"{origin}{request.path_qs}", allow_redirects=False) as answer:
            return web.Response(status=302, headers={"Location": answer.headers["Location"]})

    async def _pass(self, request: web.Request) -> web.Response:
        """Bring a call to the workspace that its token, or its response_url, is of."""
        body = await request.read()
        key = request.path.rpartition("/")[2]
        hooks = [one for one in (self.second, self.first) if key in one.core.response_urls]
        slack = hooks[0] if hooks else self._of(request.headers.get("Authorization", "").removeprefix("Bearer "), body)
        is_second = slack is self.second
        path = request.path_qs.replace(NORTH, INSTALL_TEAM)
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        sent = body.replace(NORTH.encode(), INSTALL_TEAM.encode()) if is_second else body
        address = f"{self._origins[id(slack)]}{path}"
        async with self._session.request(request.method, address, data=sent, headers=headers) as answer:
            told = await answer.read()
            kept = {name: answer.headers[name] for name in ("Content-Type", "Retry-After") if name in answer.headers}
        if is_second:
            told = told.replace(INSTALL_TEAM.encode(), NORTH.encode())
        return web.Response(status=answer.status, body=told, headers=kept)

    async def _deliver(self, request: web.Request) -> web.Response:
        """Bring to the app what the second workspace sends, in the name that it has there, signed by the one Slack."""
        body = (await request.read()).replace(INSTALL_TEAM.encode(), NORTH.encode())
        headers = self.first.delivery.signed(body, request.headers["Content-Type"])
        async with self._session.post(f"{self.app}/slack/events", data=body, headers=headers) as told:
            content = await told.read()
            kind = told.headers.get("Content-Type", "text/plain")
            return web.Response(status=told.status, body=content, headers={"Content-Type": kind})


@asynccontextmanager
async def two_slacks(first: SlackSandbox, second: SlackSandbox) -> AsyncIterator[TwoSlacks]:
    door = TwoSlacks(first, second)
    runner = await door.start()
    try:
        yield door
    finally:
        await runner.cleanup()
        await door.stop()
