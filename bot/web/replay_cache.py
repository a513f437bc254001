"""Replay protection: remembers what was answered to each signed request, so that a repeated one is not carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from slack_bolt.response import BoltResponse

SPAN = 600.0
"""Seconds; a stamp may lie five minutes ahead of us, and counts until it lies five minutes behind."""

MOST = 20_000
"""More than Slack sends in that time; beyond it the oldest are forgotten."""

Work = Callable[[], Coroutine[Any, Any, BoltResponse]]


class Answers:
    """Good answers by signature. What failed is not kept: Slack's own retries within the same second look alike."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[float, asyncio.Task[BoltResponse]]] = {}

    async def once(self, signature: str, work: Work) -> BoltResponse:
        """Return the answer that this signature got or is about to get; without one, do the work."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        if signature in self._given:
            return await asyncio.shield(self._given[signature][1])
        task = asyncio.create_task(work())
        self._given[signature] = (now + SPAN, task)
        try:
            answer = await task
        except BaseException:
            self._given.pop(signature, None)
            raise
        if not 200 <= answer.status < 300:  # noqa: PLR2004  what HTTP calls good
            self._given.pop(signature, None)
        return answer

    def _forget(self, now: float) -> None:
        while self._given:
            oldest = next(iter(self._given))
            if self._given[oldest][0] > now and len(self._given) < MOST:
                return
            del self._given[oldest]
