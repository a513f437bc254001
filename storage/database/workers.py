"""Owns the threads that transactions run in, which of them goes first and which go together; it knows no database."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from itertools import count
from queue import Empty, PriorityQueue
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

__all__ = ["ANSWER", "CLOCK", "COURIER", "LateError", "Workers", "patient", "within"]

T = TypeVar("T")
Given = TypeVar("Given")
"""What each piece of work is given: in here, a session."""

COURIER: Final = 5.0
"""Seconds by which the sending of messages lets people go first."""
CLOCK: Final = 10.0
"""The same for what happens by itself. Each is well under a lease, so that nothing is taken for dead meanwhile."""

ANSWER: Final = 30.0
"""Seconds that a person's request may wait for its work; then they are told, and what has not begun is not done."""

MOST_TOGETHER: Final = 32
"""Pieces of work that are done in one transaction, all of which wait for its end."""

_patience: ContextVar[float] = ContextVar("patience", default=0.0)
_longest: ContextVar[float | None] = ContextVar("longest", default=None)


class LateError(Exception):
    """Work has not ended in time; where it had begun it may end yet."""


@contextmanager
def patient(seconds: float) -> Generator[None]:
    """Let work of people that comes up to `seconds` later go first; tasks that begin in here do so as well."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Wait no longer than this for each piece of work."""
    token = _longest.set(seconds)
    try:
        yield
    finally:
        _longest.reset(token)


@dataclass(frozen=True, slots=True)
class _Piece(Generic[Given]):
    patience: float
    since: float
    future: Future[Any]
    work: Callable[[Given], Any]


class Workers(Generic[Given]):
    """Threads that take the most urgent work first: what has waited beyond its patience is as urgent as a person.

    `alone` does one piece of work. `together` does several that wait at once, all or nothing; it returns their results,
    or None where nothing came of it, and then each is done alone.
    `on_wait` hears from any of the threads the patience of each piece of work and the seconds that it has waited.
    """

    def __init__(
        self,
        threads: int,
        alone: Callable[[Callable[[Given], Any]], Any],
        together: Callable[[Sequence[Callable[[Given], Any]]], list[Any] | None] | None = None,
    ) -> None:
        self.on_wait: Callable[[float, float], None] = lambda _patience, _seconds: None
        self._alone = alone
        self._together = together
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="storage")
        self._numbers = count()
        self._waiting: PriorityQueue[tuple[float, int, _Piece[Given]]] = PriorityQueue()

    async def run(self, work: Callable[[Given], T]) -> T:
        """Run `work` in a thread; cancelling the caller does not stop it once it has begun. Raises LateError."""
        limit = asyncio.timeout(_longest.get())
        try:
            async with limit:
                return await asyncio.wrap_future(self.submit(work))
        except TimeoutError:
            if limit.expired():
                raise LateError from None
            raise

    def submit(self, work: Callable[[Given], T]) -> Future[T]:
        """Hand in work; its result is that of the future."""
        future: Future[T] = Future()
        patience, since = _patience.get(), time.monotonic()
        # What the task knows of itself, the thread knows, too.
        context = copy_context()
        piece: _Piece[Given] = _Piece(patience, since, future, lambda given: context.run(work, given))
        self._waiting.put((since + patience, next(self._numbers), piece))
        self._threads.submit(self._run_next)
        return future

    def close(self) -> None:
        """Do what was handed in, then end the threads."""
        self._threads.shutdown(wait=True)

    def _next(self) -> list[_Piece[Given]]:
        """Take the most urgent piece of work, and as many as may be that are like it; none, if they were taken before.

        What happens by itself stays alone: it is long, and people would wait for its end.
        """
        taken: list[_Piece[Given]] = []
        most = MOST_TOGETHER if self._together else 1
        while len(taken) < most:
            try:
                _, _, piece = self._waiting.get_nowait()
            except Empty:
                break
            if piece.future.set_running_or_notify_cancel():
                taken.append(piece)
                self.on_wait(piece.patience, time.monotonic() - piece.since)
            following = self._waiting.queue[:1]
            if piece.patience >= CLOCK or not following or following[0][2].patience != piece.patience:
                break
        return taken

    def _run_next(self) -> None:
        pieces = self._next()
        works = [one.work for one in pieces]
        try:
            results = self._together(works) if self._together and len(works) > 1 else None
        except BaseException as error:  # noqa: BLE001  it belongs to whoever waits for the results
            for one in pieces:
                one.future.set_exception(error)
            return
        if results is not None:
            for one, result in zip(pieces, results, strict=True):
                one.future.set_result(result)
            return
        for one in pieces:
            try:
                one.future.set_result(self._alone(one.work))
            except BaseException as error:  # noqa: BLE001  it belongs to whoever waits for the result
                one.future.set_exception(error)
