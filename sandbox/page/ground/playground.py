"""Owns the world that is played in, and the two screens on which it is seen; it draws nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.acme import TENANT
from sandbox.child import Child, ChildError
from sandbox.page.ground.panes import Pane
from sandbox.page.ground.world import CHANNEL, World
from sandbox.slack import SlackSandbox
from sandbox.workday import Tenant, WorkdaySandbox


class Playground:
    """One world at a time; with a `spare` the next one is made ahead, so that it begins at once.

    `hand` holds what the admin would paste, by the name of the field; `wanted` the permissions that cards ask for.
    """

    def __init__(self, *, spare: bool = True) -> None:
        self.left = Pane("left")
        self.right = Pane("right")
        self.is_running = False
        self.switched_on: set[str] = set()
        self.wanted: dict[str, str] = {}
        self.hand: dict[str, str] = {}
        self._spare = spare
        self._world: World | None = None
        self._next: asyncio.Task[World] | None = None
        self._busy = asyncio.Lock()
        self._on_begin: list[Callable[[], None]] = []

    @property
    def world(self) -> World:
        if self._world is None:
            raise LookupError("no world has begun")
        return self._world

    @property
    def slack(self) -> SlackSandbox:
        return self.world.slack

    @property
    def workday(self) -> WorkdaySandbox:
        return self.world.workday

    @property
    def child(self) -> Child:
        return self.world.child

    @property
    def tenant(self) -> Tenant:
        return self.workday.tenant(TENANT)

    @property
    def database(self) -> Path:
        return self.world.folder / "link.db"

    @property
    def panes(self) -> dict[str, Pane]:
        return {"left": self.left, "right": self.right}

    def on_begin(self, forget: Callable[[], None]) -> None:
        """Call this whenever a new world begins."""
        self._on_begin.append(forget)

    def seconds(self) -> float:
        """Return the moment that everybody in this world believes in, in epoch seconds."""
        return self.world.seconds()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    async def begin(self) -> None:
        """Put a new world in the place of the one that is there; nothing is linked in it."""
        async with self._busy:
            fresh = await self._fresh()
            old, self._world = self._world, fresh
            for known in (self.switched_on, self.wanted, self.hand):
                known.clear()
            self.left.show("sam", CHANNEL)
            self.right.show("ada", CHANNEL)
            self.is_running = True
            for forget in self._on_begin:
                forget()
            if old:
                await old.end()
            if self._spare:
                self._next = asyncio.create_task(World.made())

    async def end(self) -> None:
        """Stop everything and leave nothing behind."""
        async with self._busy:
            spare, self._next = self._next, None
            if spare:
                spare.cancel()
                with contextlib.suppress(asyncio.CancelledError, ChildError):
                    await (await spare).end()
            if self._world:
                await self._world.end()
            self._world = None

    async def _fresh(self) -> World:
        """Return the spare world; where it could not be made, for once one that is made now."""
        spare, self._next = self._next, None
        if spare:
            with contextlib.suppress(ChildError):
                return await spare
        return await World.made()

    async def start(self) -> None:
        """Start the app; what it knew before is in its database."""
        if not self.is_running:
            await self.child.start()
            self.is_running = True

    async def kill(self) -> None:
        """End the app as a power cut would."""
        self.is_running = False
        await self.child.kill()

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass for everybody."""
        self.child.pass_time(duration)
