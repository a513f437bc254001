"""The HTTP entrances: Slack's, and those for whoever operates the app; refuses early what is not Slack's."""

from __future__ import annotations

import asyncio
import logging
import time
from binascii import a2b_qp
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot import meters
from bot.arrivals import ARRIVAL, Arrival
from bot.slack.acks import BEGAN
from bot.slack.reading.listened_to import is_readable, unheard
from bot.slack.replay_cache import Answers, is_empty
from bot.web import connections as door
from bot.web.connections import DOOR, Limits

log = logging.getLogger(__name__)

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
LONGEST_STAMP = 20
FRESH_SECONDS = 300
AT_ONCE = 64
"""Requests of Slack's worked on at once: begun all together, hundreds would all end after Slack has given up."""

WAITING_SECONDS = 1.0
"""How long a request may wait for its turn and still be answered within Slack's three seconds."""

HEADERS = ("Content-Type", STAMP, SIGNATURE)

PICTURES = Path(__file__).parent / "pictures"
DRAWN = frozenset(path.stem for path in PICTURES.glob("*.png"))
"""The names that are served: no path is ever built from what a stranger asks for."""

Probe = Callable[[], Awaitable[dict[str, str]]]


class Answering(Protocol):
    """Whoever answers Slack, as Bolt does."""

    async def async_dispatch(self, request: AsyncBoltRequest, /) -> BoltResponse:
        """Answer one request."""


def build(
    app: Answering | None,
    signing_secret: SecretStr,
    ready: Probe,
    refresh_metrics: Callable[[], Awaitable[None]],
    limits: Limits | None = None,
) -> web.Application:
    """Make the web application; `app` is None when events come over Socket Mode."""
    verifier = SignatureVerifier(signing_secret.get_secret_value())
    answers = Answers()
    turns = asyncio.Semaphore(AT_ONCE)

    async def dispatch(app: Answering, asked: AsyncBoltRequest) -> BoltResponse:
        try:
            async with asyncio.timeout(WAITING_SECONDS if turns.locked() else None):
                await turns.acquire()
        except TimeoutError:
            # Carried out after Slack has told somebody that it failed, it would be done behind their back.
            meters.REFUSED.labels(why="late").inc()
            return BoltResponse(status=503)
        try:
            return await app.async_dispatch(asked)
        finally:
            turns.release()

    def refused(why: str, status: int = 401) -> web.Response:
        meters.REFUSED.labels(why=why).inc()
        return web.Response(status=status)

    async def slack(request: web.Request) -> web.Response:
        BEGAN.set(asyncio.get_running_loop().time())
        # A stranger's body is not read: only what carries a fresh stamp may be Slack's.
        if app is None or not _is_fresh(request.headers):
            return refused("stale")
        body = await request.app[DOOR].read(request)
        if not _is_signed(verifier, request.headers, body):
            return refused("unsigned")
        asked = _read(_told(body), request.headers)
        if asked is None:
            return refused("unreadable", 400)
        if kind := unheard(asked.body):
            log.warning("Slack tells of something that nobody listens to", extra={"kind": kind})
            return web.Response(content_type="text/plain")
        signature = request.headers[SIGNATURE]
        # What this process has answered is answered again; what another one, or the one before, has carried out is not
        # carried out again.
        ARRIVAL.set(Arrival(signature))
        answer = await answers.once(signature, lambda: dispatch(app, asked))
        if is_empty(answer):
            return web.Response(content_type="text/plain")
        # Drawing an answer takes its headers apart, and this one may be given again.
        return await to_aiohttp_response(BoltResponse(status=answer.status, body=answer.body, headers=answer.headers))

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

    application = door.application(limits or Limits())
    application.router.add_post("/slack/events", slack)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)
    application.router.add_get("/pictures/{name}.png", picture)
    return application


def published(document: Mapping[str, object]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answer everybody with one document that is no secret."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(document, headers={"Cache-Control": "public, max-age=3600"})

    return answer


async def picture(request: web.Request) -> web.StreamResponse:
    """Return one drawing of a page in Workday; they hold nothing of any customer."""
    name = request.match_info["name"]
    if name not in DRAWN:
        return web.Response(status=404)
    return web.FileResponse(PICTURES / f"{name}.png", headers={"Cache-Control": "public, max-age=86400"})


def _told(body: bytes) -> str:
    """Return the JSON that is the only field of a form, as a press with its whole message is; else the body as it is.

    To decode it as any form takes half a millisecond for the thousand signs that stand in a card. A form and
    quoted-printable escape alike, but for the sign they do it with.
    """
    value = body.removeprefix(b"payload=")
    if len(value) == len(body) or b"=" in value or b"&" in value:
        return body.decode()
    return a2b_qp(value.replace(b"+", b" ").replace(b"%", b"=")).decode(errors="replace")


def _read(body: str, headers: Mapping[str, str]) -> AsyncBoltRequest | None:
    try:
        # Of the headers, which are not signed, Bolt gets those that it needs: others would tell it what to do.
        asked = AsyncBoltRequest(body=body, headers={name: headers[name] for name in HEADERS if name in headers})
    except Exception as error:  # noqa: BLE001  it only reads, so this is what a body did to its reader
        log.info("a request was refused", extra={"why": type(error).__name__})
        return None
    if not is_readable(asked.body) and not unheard(asked.body):
        log.info("a request was refused", extra={"why": "not Slack's shape"})
        return None
    return asked


def _is_fresh(headers: Mapping[str, str]) -> bool:
    stamp, signature = headers.get(STAMP, ""), headers.get(SIGNATURE, "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < LONGEST_STAMP):
        return False
    if not (signature.startswith("v0=") and signature.isascii()):
        return False
    return abs(time.time() - int(stamp)) <= FRESH_SECONDS  # noqa: TID251  Slack's stamps follow the real time


def _is_signed(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        return verifier.is_valid(body, headers[STAMP], headers[SIGNATURE])
    except UnicodeDecodeError:
        return False
