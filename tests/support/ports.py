"""Ports that nobody listens on, nor will before a test does."""

from __future__ import annotations

import os
import socket
from itertools import cycle, islice

FIRST, EACH = 11_000, 1_000
"""Below those that the system gives out by itself, so that none of them is taken in between; a thousand per worker."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20
_ports = cycle(range(FIRST + _worker * EACH, FIRST + (_worker + 1) * EACH))


def free_port() -> int:
    for port in islice(_ports, EACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
