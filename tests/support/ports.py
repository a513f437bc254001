"""Ports that nobody listens on, nor will before a test does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice

FIRST, EACH = 11_000, 1_000
"""Below those that the system gives out by itself, so that none of them is taken in between; a thousand per worker."""


@cache
def _ports(worker: str) -> Iterator[int]:
    first = FIRST + int(worker.removeprefix("gw")) % 20 * EACH
    return cycle(range(first, first + EACH))


def free_port() -> int:
    for port in islice(_ports(os.environ.get("PYTEST_XDIST_WORKER", "gw0")), EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
