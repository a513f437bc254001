"""Starts, ends, stops and wakes the apps of one setting; knows nothing of what they do."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from tests.support import chaos_worker as worker

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.support.chaos_worker"])
START_SECONDS = 30
STOPPED = 0.35
"""The share of lives that are stopped for longer than a lease before they are ended."""


class Replica:
    """One app that comes back after each of its ends; `clock` holds the seconds its clock runs ahead."""

    def __init__(self, folder: Path, name: str, environment: dict[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.clock = folder / f"{name}.clock"
        self.note = folder / f"{name}.caught"
        self._environment = environment | {"CLOCK_FILE": str(self.clock)}
        self._process: ForkServerProcess | None = None
        self.url = ""

    def set_clock(self, seconds: float) -> None:
        # In one step, as the app may read it at any moment.
        fresh = self.clock.with_suffix(".fresh")
        fresh.write_text(str(seconds), encoding="ascii")
        fresh.replace(self.clock)

    async def start(self, trap: tuple[str, int, int] | None = None) -> None:
        """Start it and wait until it listens, or until its trap has sprung."""
        self.note.unlink(missing_ok=True)
        ours: Connection
        ours, theirs = PROCESSES.Pipe(duplex=False)
        whole = (*trap, self.note) if trap else None
        self._process = PROCESSES.Process(target=worker.main, args=(self._environment, self.log, theirs, whole))
        self._process.start()
        theirs.close()
        try:
            async with asyncio.timeout(START_SECONDS):
                while not ours.poll() and self.is_alive and not self.note.exists():  # noqa: ASYNC110  processes send no events
                    await asyncio.sleep(0.01)
            with suppress(EOFError):
                if ours.poll():
                    self.url = f"http://127.0.0.1:{ours.recv()}/slack/events"
        finally:
            ours.close()
        if not self.is_alive and not self.note.exists():
            raise AssertionError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        assert self._process
        assert self._process.pid
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def is_stopped(self) -> bool:
        """Tell whether it stands still; it may have done so itself."""
        if self._process is None or self._process.pid is None or not self.is_alive:
            return False
        with suppress(OSError):
            text = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
            return text.rpartition(")")[2].split()[0] == "T"
        return False

    def signal(self, number: int) -> None:
        if self._process and self._process.pid and self.is_alive:
            os.kill(self._process.pid, number)

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        await self.ended()

    async def end(self) -> None:
        """Ask it to end."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        await self.ended()

    async def ended(self) -> None:
        while self.is_alive:  # noqa: ASYNC110  the end of a process sends no event
            await asyncio.sleep(0.01)


class Fleet:
    """All replicas of a setting, and the hand that meddles with them."""

    def __init__(self, replicas: list[Replica], dice: Random) -> None:
        self.replicas = replicas
        self.dice = dice
        self.kills = self.stops = 0
        self.caught: set[tuple[str, int]] = set()
        self.traps = [(point, ending) for ending in (signal.SIGKILL, signal.SIGSTOP) for point in worker.POINTS]

    async def meddle(self, replica: Replica, times: int) -> None:
        """Kill or stop one replica so many times at random moments, and until every trap has sprung in some life."""
        loop = asyncio.get_running_loop()
        while times > 0 or self.traps:
            trap = self._next_trap()
            await replica.start(trap)
            # Once only traps are left, there is time for what happens seldom, even for the end of an audit.
            moment = loop.time() + (self.dice.uniform(0.05, 1.6) if times > 0 else 3 * worker.CLOSED_AFTER)
            while replica.is_alive and not replica.is_stopped and loop.time() < moment:  # noqa: ASYNC110  as above
                await asyncio.sleep(0.01)
            if trap and replica.note.exists():
                self.caught.add(trap[::2])
                self.traps = [one for one in self.traps if one not in self.caught]
            elif self.dice.random() < STOPPED:
                replica.signal(signal.SIGSTOP)
                self.stops += 1
                times -= 1
            if replica.is_stopped or replica.note.exists():
                await asyncio.sleep(self.dice.uniform(1, 1.8) * worker.LEASE if replica.is_alive else 0)
                replica.signal(signal.SIGCONT)
                await asyncio.sleep(self.dice.uniform(0.05, 0.8))
            if replica.is_alive:
                self.kills += 1
                times -= 1
            await replica.kill()
        await replica.start()

    def _next_trap(self) -> tuple[str, int, int] | None:
        if not self.traps:
            return None
        point, ending = self.dice.choice(self.traps)
        return point, self.dice.choice((1, 1, 3)), ending
