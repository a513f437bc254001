"""Replay protection: remembers what was answered to each request of Slack's, so that a repeated one is not carried out.

What tells requests apart is theirs who receive them: a signature over HTTP, Slack's own ids over Socket Mode.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from hashlib import blake2b
from typing import Any

from slack_bolt.response import BoltResponse

SPAN = 600.0
"""Seconds; a stamp may lie five minutes ahead of us, and counts until it lies five minutes behind."""

MOST = 20_000
"""More than Slack sends in that time; beyond it the oldest are forgotten."""

EMPTY = BoltResponse(status=200)
"""What nearly every request is answered; kept once for all of them."""

KEY_BYTES = 16
"""Kept of each key: a third of what a whole signature takes, and still too many for two to be alike."""


def is_empty(answer: BoltResponse) -> bool:
    """Tell whether an answer only says that a request has come."""
    return (answer.status, answer.body, answer.headers) == (EMPTY.status, EMPTY.body, EMPTY.headers)


Work = Callable[[], Coroutine[Any, Any, BoltResponse]]


class Answers:
    """Good answers by key. What failed is not kept: Slack's own retries within the same second look alike."""

    def __init__(self) -> None:
        self._until: dict[bytes, float] = {}
        self._given: dict[bytes, BoltResponse] = {}
        self._coming: dict[bytes, asyncio.Future[BoltResponse]] = {}

    async def once(self, key: str, work: Work) -> BoltResponse:
        """Return the answer that this key got or is about to get; without one, do the work."""
        loop = asyncio.get_running_loop()
        now, short = loop.time(), blake2b(key.encode(), digest_size=KEY_BYTES).digest()
        self._forget(now)
        if short in self._until:
            return self._given.get(short, EMPTY)
        if short in self._coming:
            return await asyncio.shield(self._coming[short])
        coming = self._coming[short] = loop.create_future()
        try:
            answer = await work()
        except BaseException as error:
            coming.set_exception(error)
            coming.exception()  # perhaps nobody else waits for it
            raise
        finally:
            del self._coming[short]
        coming.set_result(answer)
        if 200 <= answer.status < 300:  # noqa: PLR2004  what HTTP calls good
            self._until[short] = now + SPAN
            if not is_empty(answer):
                self._given[short] = answer
        return answer

    def _forget(self, now: float) -> None:
        while self._until:
            oldest = next(iter(self._until))
            if self._until[oldest] > now and len(self._until) < MOST:
                return
            del self._until[oldest]
            self._given.pop(oldest, None)
