"""Owns the making and ending of one world: a Slack, a Workday, the real app between them, and their clock."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Self

from sandbox.acme import HOST, TENANT
from sandbox.child import Child, every_way
from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox

CHANNEL = "ext-acme-wintro"


class World:
    """Everything that runs; the app keeps its database in `folder`, which goes with the world."""

    starts: type[Child] = Child
    """How the app is started; whoever makes many worlds may know a quicker way."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="link-workday-"))
        self.slack = SlackSandbox(clock=self.seconds)
        self.slack.should_escape = True
        del self.slack.world.channels["C0NOBOT"]  # only tests need a channel without the app
        self.workday = WorkdaySandbox(clock=self.seconds)
        self.workday.tenant(TENANT)

    @classmethod
    async def made(cls) -> Self:
        """Make a world in which nothing is linked, with the app running."""
        world = cls()
        try:
            await world.slack.start()
            await world.workday.start()
            port = _free_port()
            ways = str(every_way(world.folder))
            more = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "info"}
            more["PERMISSIONS_FILE"] = ways
            world._child = cls.starts(world.folder, world.slack, world.workday, {HOST: TENANT}, **more)
            await world.child.start()
        except BaseException:
            await world.end()
            raise
        return world

    @property
    def child(self) -> Child:
        """The app's process."""
        if self._child is None:
            raise LookupError("the app was never started")
        return self._child

    def seconds(self) -> float:
        """Return the moment that everybody in this world believes in, in epoch seconds."""
        return time.time() + (self._child.offset.total_seconds() if self._child else 0)

    async def end(self) -> None:
        """Stop everything and delete what the app has written."""
        if self._child:
            await self._child.kill()
        await self.slack.stop()
        await self.workday.stop()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


def _free_port() -> int:
    """Return a port that nobody listens on; the app has to know its address before it starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
