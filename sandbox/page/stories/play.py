"""Owns how a story runs: its caption, its pace, pausing, stepping, being taken over; it knows no story."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from sandbox.child import ChildError
from sandbox.slack import AppSilent, NotAllowed

LETTERS_A_SECOND = 22
"""How fast people read a caption while they look at what it is about."""
SHORTEST, BEAT = 1.6, 0.8


class State(StrEnum):
    """What a story is doing."""

    NONE = "none"
    PLAYING = "playing"
    PAUSED = "paused"
    OVER = "over"
    BROKEN = "broken"


class Play:
    """At most one story at a time; `pace` stretches its waits, and with 0 it runs as fast as the app."""

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace
        self.title = ""
        self.slug = ""
        self.caption = ""
        self.why = ""
        self.state = State.NONE
        self._task: asyncio.Task[None] | None = None
        self._go_on = asyncio.Event()

    def is_in(self, state: State) -> bool:
        return self.state is state

    def begin(self, slug: str, title: str, script: Callable[[], Awaitable[None]]) -> None:
        """Let a story run, instead of the one that runs."""
        self.stop()
        self.slug, self.title, self.caption, self.why = slug, title, "", ""
        self.state = State.PLAYING
        self._task = asyncio.create_task(self._run(script))

    async def done(self) -> None:
        """Wait until the story has ended, however it ends."""
        if self._task:
            await asyncio.wait([self._task])

    def pause(self) -> None:
        if self.state is State.PLAYING:
            self.state = State.PAUSED
            self._go_on.clear()

    def resume(self) -> None:
        if self.state is State.PAUSED:
            self.state = State.PLAYING
            self._go_on.set()

    def step(self) -> None:
        """Play to the next caption, and stand there."""
        self.pause()
        self._go_on.set()

    def stop(self) -> None:
        """Leave everything as it is, to be gone on with by hand."""
        if self._task:
            self._task.cancel()
        self._task, self.state = None, State.NONE

    async def say(self, caption: str, why: str = "") -> None:
        """Show what happens next and why, and give time to read it."""
        self.caption, self.why = caption, why
        await self._wait(max(SHORTEST, len(caption + why) / LETTERS_A_SECOND))

    async def beat(self) -> None:
        """Give the eye a moment."""
        if self.state is State.PLAYING:
            await self._wait(BEAT)

    async def _wait(self, seconds: float) -> None:
        if self.state is State.PLAYING:
            waited = 0.0
            while waited < seconds * self.pace and self.state is State.PLAYING:
                await asyncio.sleep(0.05)
                waited += 0.05
        if self.state is State.PAUSED:
            await self._go_on.wait()
            self._go_on.clear()

    async def _run(self, script: Callable[[], Awaitable[None]]) -> None:
        try:
            await script()
        except (AssertionError, AppSilent, NotAllowed, ChildError, LookupError) as error:
            self.caption, self.why = "The story broke off.", str(error).splitlines()[0]
            self.state = State.BROKEN
        else:
            self.state = State.OVER
