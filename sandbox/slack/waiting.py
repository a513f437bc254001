"""Owns waiting for something to show up, and failing with what is there instead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
STEP = 0.01


class AppSilent(AssertionError):  # noqa: N818 - a finding about the app
    """The app answered too late, wrongly or not at all; the message is what the person saw."""


class NotAllowed(AssertionError):  # noqa: N818 - Slack refuses a person
    """Slack itself would not let this person do that."""


async def until(look: Callable[[], T | None], seconds: float, excuse: Callable[[], str]) -> T:
    """Poll `look` until it gives something; after `seconds` fail with `excuse()`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if loop.time() >= deadline:
            raise AssertionError(excuse())
        await asyncio.sleep(STEP)
