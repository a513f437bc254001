"""Starts questions at a steady pace and some at a time, until one says stop; it knows no question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

IN_FLIGHT: Final = 4
"""How many questions with an access token are under way at a time; a refused token locks nobody."""
SIGNED_IN_FLIGHT: Final = 1
"""The same with the password: one check may make one bad login, so each answer is awaited before the next question."""
PACE_SECONDS: Final = 0.25
"""The time between the starts of two probes: forty take ten seconds."""


async def ask_all(asks: Iterable[Callable[[], Awaitable[bool]]], *, pace: float, in_flight: int) -> bool:
    """Ask one after another, `pace` seconds apart and at most `in_flight` at a time.

    A question gives False to stop; nothing new is asked then. Tells whether every question was asked.
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
            await asyncio.sleep(pace)
    return not stop.is_set()
