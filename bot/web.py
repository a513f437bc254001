"""The HTTP entrances: Slack's, and those for whoever operates the app; refuses early what is not Slack's."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below."""

Probe = Callable[[], Awaitable[dict[str, str]]]


def build(app: AsyncApp | None, ready: Probe, refresh_metrics: Callable[[], Awaitable[None]]) -> web.Application:
    """Make the web application; `app` is None when events come over Socket Mode."""

    async def slack(request: web.Request) -> web.Response:
        if app is None or not request.headers.get("X-Slack-Request-Timestamp", "").isdigit():
            return web.Response(status=401)
        try:
            bolt_request = await to_bolt_request(request)
            return await to_aiohttp_response(await app.async_dispatch(bolt_request))
        except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
            log.info("a request was refused", extra={"why": type(error).__name__})
            return web.Response(status=400)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_request: web.Request) -> web.Response:
        problems = await ready()
        return web.json_response({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    async def metrics(_request: web.Request) -> web.Response:
        await refresh_metrics()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_post("/slack/events", slack)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)
    return application


async def listen(application: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Start to listen; gives the runner and the port that was taken."""
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner, int(runner.addresses[0][1])
