"""A sandbox that ends leaves no connection open, whenever it was made."""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import closing, suppress

import pytest

from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("kind", [SlackSandbox, WorkdaySandbox])
async def test_who_connects_in_the_moment_of_its_end_is_not_left(
    kind: type[SlackSandbox | WorkdaySandbox], turns: int
) -> None:
    with closing(socket.socket()) as caller:
        caller.settimeout(0)
        async with kind() as running:
            origin = running.origin if isinstance(running, WorkdaySandbox) else running.core.origin
            with suppress(BlockingIOError):
                caller.connect(("127.0.0.1", int(origin.rpartition(":")[2])))
            for _ in range(turns):
                await asyncio.sleep(0)
        # What was left open is told of when it is thrown away.
        gc.collect()
