"""Client-side rate limiting: a steady pace, some at a time, slower near Workday's limit; it knows no question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

IN_FLIGHT: Final = 4
"""How many questions with an access token are under way at a time; a rejected token locks nobody."""
SIGNED_IN_FLIGHT: Final = 1
"""The same with the password: one check may make one bad login, so each answer is awaited before the next question."""
PACE_SECONDS: Final = 0.25
"""The time between the starts of two probes: forty take ten seconds."""
FEW_TOKENS: Final = 50
"""Below so many requests that Workday still takes, questions are asked more slowly."""
SLOWER: Final = 8
"""By how much: forty probes then take eighty seconds, which is still within the time of a check."""


class Pace:
    """The time between the starts of two questions; it grows when Workday's rate limit comes near."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tokens_left: int | None = None

    def heed(self, tokens_left: int | None) -> None:
        """Take what an answer said about the rate limit; None says nothing."""
        if tokens_left is not None:
            self._tokens_left = tokens_left

    @property
    def seconds(self) -> float:
        """Return the time to leave before the next question."""
        is_near = self._tokens_left is not None and self._tokens_left < FEW_TOKENS
        return self._seconds * SLOWER if is_near else self._seconds

    async def rest(self) -> None:
        """Wait until the next question may be asked."""
        await asyncio.sleep(self.seconds)


async def ask_all(asks: Iterable[Callable[[], Awaitable[bool]]], *, pace: Pace, in_flight: int) -> bool:
    """Ask one after another, at a pace and at most `in_flight` at a time; return whether every question was asked.

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
            if stop.is_set():
                break
            group.create_task(one(ask))
            await pace.rest()
    return not stop.is_set()
