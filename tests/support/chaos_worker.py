"""One real app in a process of its own, with short leases, that ends or stops itself at a named point when told to.

It is forked from a server that has everything imported, so that a life costs a third of a second and can end often.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App, Spans
from bot.config.settings import load_settings
from bot.engine import Engine
from bot.outbox import worker as courier
from bot.outbox.endings import Endings
from bot.slack.rate_limits import Budget, Pacer
from bot.turns import Turns
from storage.outbox import errands, recovery

ANSWER, LEASE, LAG = 0.5, 2.0, 2.5
"""Seconds: until an answer is given up, an errand's lease, the most that history lags."""

AUDIT_AFTER = LEASE + LAG + 1
CLOSED_AFTER = AUDIT_AFTER + LAG

CALLS = ("chat.postMessage", "chat.update", "conversations.replies", "conversations.history")
POINTS = (
    "errands were claimed",
    *(f"before {method}" for method in CALLS),
    *(f"after {method}" for method in CALLS),
    "before chat.delete",
    "after chat.delete",
    "the end is written but not committed",
    "the end is committed",
    "a turn is written but not committed",
    "a turn is committed but Slack has no answer yet",
    "links were woken",
    "an audit is written but not committed",
)


class Trap:
    """Springs when a point is passed for the `count`th time."""

    def __init__(self, point: str, count: int, ending: int, note: Path) -> None:
        self._point = point
        self._left = count
        self._ending = ending
        self._note = note

    def passes(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            self._note.touch()
            os.kill(os.getpid(), self._ending)

    def after(self, owner: Any, name: str, point: str) -> None:  # noqa: ANN401  a class or a module
        """Let a function pass a point on its way out, if it did anything."""
        original = getattr(owner, name)
        if asyncio.iscoroutinefunction(original):

            @functools.wraps(original)
            async def waited(*args: Any, **more: Any) -> Any:  # noqa: ANN401  whatever it takes
                result = await original(*args, **more)
                if result or result is None:
                    self.passes(point)
                return result

            setattr(owner, name, waited)
            return

        @functools.wraps(original)
        def called(*args: Any, **more: Any) -> Any:  # noqa: ANN401  whatever it takes
            result = original(*args, **more)
            self.passes(point)
            return result

        setattr(owner, name, called)

    def around_calls(self) -> None:
        original: Callable[..., Any] = AsyncWebClient.api_call

        async def called(client: AsyncWebClient, method: str, **more: Any) -> Any:  # noqa: ANN401  whatever it takes
            self.passes(f"before {method}")
            answer = await original(client, method, **more)
            self.passes(f"after {method}")
            return answer

        AsyncWebClient.api_call = called  # type: ignore[method-assign,assignment]


def set_trap(point: str, count: int, ending: int, note: Path) -> None:
    trap = Trap(point, count, ending, note)
    trap.around_calls()
    trap.after(Endings, "claim", "errands were claimed")
    trap.after(errands, "finish", "the end is written but not committed")
    trap.after(Endings, "finish", "the end is committed")
    trap.after(Turns, "take", "a turn is written but not committed")
    trap.after(Engine, "handle", "a turn is committed but Slack has no answer yet")
    trap.after(Engine, "wake_due", "links were woken")
    trap.after(recovery, "audited", "an audit is written but not committed")


def main(environment: dict[str, str], log: Path, port: Connection, trap: tuple[str, int, int, Path] | None) -> None:
    """Be one app until a signal ends it; sends the port it listens on."""
    os.environ.clear()
    os.environ.update(environment)
    logging.basicConfig(filename=log, level=logging.WARNING, force=True)
    if trap:
        set_trap(*trap)
    asyncio.run(_serve(port))


async def _serve(port: Connection) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    # The load is a day's work in a minute.
    courier.LONGEST_PAUSE = courier.LONGEST_WAIT = timedelta(seconds=2)
    app = App(
        load_settings(),
        tick_seconds=0.5,
        pacer=partial(Pacer, channel=Budget(50, 50), workspace=Budget(200, 200), updates=Budget(200, 200)),
        spans=Spans(
            answer=ANSWER,
            lease=timedelta(seconds=LEASE),
            audit_after=timedelta(seconds=AUDIT_AFTER),
            closed_after=timedelta(seconds=CLOSED_AFTER),
        ),
    )
    await app.start()
    port.send(app.port)
    await stopping.wait()
    await app.stop()
