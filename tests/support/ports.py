"""Ports that nobody listens on, nor will before a test does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice

FIRST, EACH = 11_000, 1_000
"""Below those that the system gives out by itself, so that none of them is taken in between; a thousand per worker."""
STRIDE = 37
"""Each process begins that far from the one before: two runs on one machine would look at the same port at once."""


@cache
def _ports(worker: str) -> Iterator[int]:
    first, own = FIRST + int(worker.removeprefix("gw")) % 20 * EACH, os.getpid() * STRIDE % EACH
    return cycle((*range(first + own, first + EACH), *range(first, first + own)))


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
