"""A receiver of NOTIFY_URL that trusts only what the library of Standard Webhooks has verified."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web
from pydantic import SecretStr
from standardwebhooks import Webhook

from bot.clock import Clock
from bot.outbox.webhooks import News

NEWS_SECRET = "whsec_" + base64.b64encode(b"what the tests sign news with").decode()


if TYPE_CHECKING:
    import httpx


@dataclass
class Desk:
    """What was taken: `(webhook-id, body)` each; it refuses as long as it is closed."""

    url: SecretStr
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_open: bool = True

    @property
    def types(self) -> list[str]:
        return [body["type"] for _, body in self.taken]


def no_news(clock: Clock) -> News:
    """Give what an app without NOTIFY_URL has."""
    return News(cast("httpx.AsyncClient", None), clock, url=SecretStr(""), secret=SecretStr(""))


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    built, application = Desk(SecretStr("")), web.Application()

    async def take(request: web.Request) -> web.Response:
        body = Webhook(NEWS_SECRET).verify(await request.read(), dict(request.headers))
        if not built.is_open:
            built.refused.append(request.headers["webhook-id"])
            return web.Response(status=503)
        built.taken.append((request.headers["webhook-id"], body))
        return web.Response(status=204)

    application.router.add_post("/news-token", take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    built.url = SecretStr(f"http://127.0.0.1:{runner.addresses[0][1]}/news-token")
    try:
        yield built
    finally:
        await runner.cleanup()
