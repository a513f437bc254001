"""Client-side rate limiting: some at a time, slower near Workday's limit; it knows no question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

IN_FLIGHT: Final = 4
"""How many questions with an access token are under way at a time; a rejected token locks nobody."""
SIGNED_IN_FLIGHT: Final = 1
"""The same with the password: one check may make one bad login, so each answer is awaited before the next question."""
FEW_TOKENS: Final = 50
"""Below so many requests that Workday still takes, questions are asked more slowly."""
SLOW_SECONDS: Final = 2.0
"""The pause before each of them: forty then take eighty seconds, which is still within the time of a check."""


class Pace:
    """The pause before a question: `seconds` when Workday's rate limit is near, else none."""

    def __init__(self, seconds: float = SLOW_SECONDS) -> None:
        self._seconds = seconds
        self._tokens_left: int | None = None

    def heed(self, tokens_left: int | None) -> None:
        """Take what an answer said about the rate limit; None says nothing."""
        if tokens_left is not None:
            self._tokens_left = tokens_left

    @property
    def seconds(self) -> float:
        """Return the time to leave before the next question."""
        return self._seconds if self._tokens_left is not None and self._tokens_left < FEW_TOKENS else 0.0

    async def rest(self) -> None:
        """Wait until the next question may be asked."""
        await asyncio.sleep(self.seconds)


async def ask_all(asks: Iterable[Callable[[], Awaitable[bool]]], *, pace: Pace, in_flight: int) -> bool:
    """Ask one after another, paused by `pace`, at most `in_flight` at a time; return whether every question was asked.

    A question that returns False is the last one that is begun.
    """
    gate = asyncio.Semaphore(in_flight)
    stop = asyncio.Event()

    async def one(ask: Callable[[], Awaitable[bool]]) -> None:
        try:
            going = await ask()
        finally:
            gate.release()
        if not going:
            stop.set()

    async with asyncio.TaskGroup() as group:
        for ask in asks:
            await gate.acquire()
            await pace.rest()
            if stop.is_set():
                break
            group.create_task(one(ask))
    return not stop.is_set()
