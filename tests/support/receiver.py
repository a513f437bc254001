"""The vendor's backend: the receiver of the guide, run as it stands there, and what it stored."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from joserfc.jwk import ECKey
from pydantic import SecretStr

from sandbox.slack.waiting import until
from tests.support.stage import Stage, staged

GUIDE = Path(__file__).parents[2] / "docs" / "handoff.md"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@dataclass
class Receiving:
    """The receiver of the guide, and what it stored."""

    url: str
    store: dict[str, dict[str, Any]]
    bodies: list[bytes] = field(default_factory=list)
    refuse: int = 0
    status: int = 503
    retry_after: str = ""
    page: str = ""
    hold: asyncio.Event | None = None

    def heads(self) -> list[dict[str, Any]]:
        """Give what came about the audit, which concerns no link."""
        return [told for told in self.store.values() if told["type"] == "audit.head"]

    def links(self) -> list[dict[str, Any]]:
        return [told for told in self.store.values() if told["type"] != "audit.head"]

    def types(self) -> list[str]:
        return [told["type"] for told in self.links()]

    async def gets(self, *types: str) -> dict[str, Any]:
        await until(lambda: True if self.types() == list(types) else None, 10, lambda: f"it has {self.types()}")
        return self.links()[-1]


@asynccontextmanager
async def receiver(
    folder: Path, monkeypatch: pytest.MonkeyPatch, clock: Callable[[], float]
) -> AsyncIterator[Receiving]:
    """Run the very code of the guide."""
    private = folder / "private.pem"
    monkeypatch.setenv("HANDOFF_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("HANDOFF_PRIVATE_KEY", str(private))
    key = ECKey.generate_key("P-256", private=True)
    private.write_bytes(key.as_pem(private=True))
    (folder / "public.pem").write_bytes(key.as_pem(private=False))
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    assert len(found[1].strip().splitlines()) < 30
    names: dict[str, Any] = {}
    exec(compile(found[1], str(GUIDE), "exec"), names)  # noqa: S102  the guide's own example
    names["time"] = type("Time", (), {"time": staticmethod(clock)})
    taken = Receiving("", names["store"])
    inner: web.Application = names["app"]

    @web.middleware
    async def watch(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401
        taken.bodies.append(await request.read())
        if taken.refuse:
            taken.refuse -= 1
            headers = {"Retry-After": taken.retry_after} if taken.retry_after else {}
            return web.Response(status=taken.status, headers=headers, text=taken.page, content_type="text/html")
        if taken.hold:
            await taken.hold.wait()
        answer: web.StreamResponse = await handler(request)
        return answer

    inner.middlewares.append(watch)
    runner = web.AppRunner(inner, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taken.url = f"http://127.0.0.1:{runner.addresses[0][1]}/workday-links"
    try:
        yield taken
    finally:
        await runner.cleanup()


@asynccontextmanager
async def handing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    **more: Any,  # noqa: ANN401  any setting
) -> AsyncIterator[tuple[Stage, Receiving]]:
    moving: list[Stage] = []

    def seconds() -> float:
        return moving[0].clock.seconds()

    async with receiver(folder, monkeypatch, seconds) as taken:
        values: dict[str, Any] = {
            "handoff_url": SecretStr(taken.url),
            "handoff_signing_secret": SecretStr(SECRET),
            "handoff_public_key": folder / "public.pem",
        }
        async with staged(folder, **values, **more) as stage:
            moving.append(stage)
            yield stage, taken
