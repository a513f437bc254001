"""Owns which events the app is told, in what order and how often. It makes no event up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sandbox.slack.events.payloads import envelope
from sandbox.slack.json_object import Json
from sandbox.slack.workspace import BOT_USER, Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.events.delivery import Delivery
    from sandbox.slack.workspace import Core

_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}


class EventQueue:
    """Delivers subscribed events in the background; `doubled` of the next ones go out twice."""

    def __init__(self, core: Core, delivery: Delivery) -> None:
        self.core = core
        self.delivery = delivery
        self.doubled = 0
        self._held: list[Json] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._firsts: set[asyncio.Future[None]] = set()

    def publish(self, event: Json, channel: Channel | None) -> None:
        """Queue an event if the app is subscribed to it and may see it."""
        if not self._is_wanted(event, channel):
            return
        wrapped = envelope(self.core, event, channel)
        if self._held is not None:
            self._held.append(wrapped)
        else:
            self._start(wrapped)

    async def settled(self) -> None:
        """Wait until everything queued so far was tried once."""
        if self._firsts:
            await asyncio.wait(list(self._firsts))

    @asynccontextmanager
    async def reordered(self) -> AsyncIterator[None]:
        """Hold events back and deliver them newest first at the end."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for wrapped in reversed(held):
                self._start(wrapped)
                await self.settled()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, wrapped: Json) -> None:
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._firsts.add(first)
        first.add_done_callback(self._firsts.discard)
        twice = self.doubled > 0
        self.doubled -= twice
        task = asyncio.create_task(self._run(wrapped, first, twice=twice))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, wrapped: Json, first: asyncio.Future[None], *, twice: bool) -> None:
        try:
            if twice:
                await self.delivery.send("event", wrapped)
                await self.delivery.send("event", wrapped, attempt=1, reason="http_timeout")
            else:
                await self.delivery.send_event(wrapped, first)
        finally:
            if not first.done():
                first.set_result(None)

    def _is_wanted(self, event: Json, channel: Channel | None) -> bool:
        kind = event["type"]
        if kind in {"message", "app_mention"}:
            if channel is None or BOT_USER not in channel.members:
                return False
            needed = "app_mentions:read" if kind == "app_mention" else _HISTORY[channel.kind]
            if needed not in self.core.scopes:
                return False
        if kind == "message" and channel is not None:
            kind = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[channel.kind]
        return kind in self.core.events
