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

EMPTY = BoltResponse(status=200)
"""What nearly every request is answered; kept once for all of them."""

Work = Callable[[], Coroutine[Any, Any, BoltResponse]]


class Answers:
    """Good answers by signature. What failed is not kept: Slack's own retries within the same second look alike."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[float, BoltResponse]] = {}
        self._coming: dict[str, asyncio.Task[BoltResponse]] = {}

    async def once(self, signature: str, work: Work) -> BoltResponse:
        """Return the answer that this signature got or is about to get; without one, do the work."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        if signature in self._given:
            return self._given[signature][1]
        if signature in self._coming:
            return await asyncio.shield(self._coming[signature])
        task = self._coming[signature] = asyncio.create_task(work())
        try:
            answer = await task
        finally:
            del self._coming[signature]
        if 200 <= answer.status < 300:  # noqa: PLR2004  what HTTP calls good
            is_empty = (answer.status, answer.body, answer.headers) == (EMPTY.status, EMPTY.body, EMPTY.headers)
            self._given[signature] = (now + SPAN, EMPTY if is_empty else answer)
        return answer

    def _forget(self, now: float) -> None:
        while self._given:
            oldest = next(iter(self._given))
            if self._given[oldest][0] > now and len(self._given) < MOST:
                return
            del self._given[oldest]
