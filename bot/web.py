"""The HTTP entrances: Slack's, and those for whoever operates the app; refuses early what is not Slack's."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes; Slack's own payloads stay far below."""

LONGEST_STAMP = 20

Probe = Callable[[], Awaitable[dict[str, str]]]


def build(
    app: AsyncApp | None,
    signing_secret: SecretStr,
    ready: Probe,
    refresh_metrics: Callable[[], Awaitable[None]],
) -> web.Application:
    """Make the web application; `app` is None when events come over Socket Mode."""
    verifier = SignatureVerifier(signing_secret.get_secret_value())

    async def slack(request: web.Request) -> web.Response:
        # Bolt reads the body before it looks at the signature; a stranger's is not read at all here.
        if app is None or not _is_signed(verifier, request.headers, await request.read()):
            return web.Response(status=401)
        try:
            bolt_request = await to_bolt_request(request)
            answer = await app.async_dispatch(bolt_request)
        except Exception as error:  # noqa: BLE001  a listener's error ends in Bolt, so this is what a body did to its reader
            log.info("a request was refused", extra={"why": type(error).__name__})
            return web.Response(status=400)
        return await to_aiohttp_response(answer)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_request: web.Request) -> web.Response:
        problems = await ready()
        return web.json_response({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    async def metrics(_request: web.Request) -> web.Response:
        try:
            await refresh_metrics()
        except Exception as error:  # noqa: BLE001  whatever it is, the database is not there
            log.warning("the metrics are old", extra={"why": type(error).__name__})
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_post("/slack/events", slack)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)
    return application


def _is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < LONGEST_STAMP and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body, stamp, signature)
    except UnicodeDecodeError:
        return False


async def listen(application: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Start to listen; gives the runner and the port that was taken."""
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner, int(runner.addresses[0][1])
