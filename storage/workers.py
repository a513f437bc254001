"""Owns the threads that transactions run in, and which of them goes first; it knows no database."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from itertools import count
from queue import PriorityQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["CLOCK", "COURIER", "Workers", "patient"]

T = TypeVar("T")

COURIER: Final = 5.0
"""Seconds by which the sending of messages lets people go first."""
CLOCK: Final = 10.0
"""The same for what happens by itself. Each is well under a lease, so that nothing is taken for dead meanwhile."""

_patience: ContextVar[float] = ContextVar("patience", default=0.0)


@contextmanager
def patient(seconds: float) -> Generator[None]:
    """Let work of people that comes up to `seconds` later go first; tasks that begin in here do so as well."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


class Workers:
    """Threads that take the most urgent work first: what has waited beyond its patience is as urgent as a person.

    `on_wait` hears from any of the threads the patience of each piece of work and the seconds that it has waited.
    """

    def __init__(self, threads: int) -> None:
        self.on_wait: Callable[[float, float], None] = lambda _patience, _seconds: None
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="storage")
        self._numbers = count()
        self._waiting: PriorityQueue[tuple[float, int, Future[Any], Callable[[], Any]]] = PriorityQueue()

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread; cancelling the caller does not stop it once it has begun."""
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Hand in work; its result is that of the future."""
        future: Future[T] = Future()
        patience, since = _patience.get(), time.monotonic()
        # What the task knows of itself, the thread knows, too.
        context = copy_context()

        def run() -> T:
            self.on_wait(patience, time.monotonic() - since)
            return work()

        self._waiting.put((since + patience, next(self._numbers), future, lambda: context.run(run)))
        self._threads.submit(self._run_next)
        return future

    def close(self) -> None:
        """Do what was handed in, then end the threads."""
        self._threads.shutdown(wait=True)

    def _run_next(self) -> None:
        _, _, future, work = self._waiting.get_nowait()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  it belongs to whoever waits for the result
            future.set_exception(error)
