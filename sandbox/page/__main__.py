"""Starts the page and says where it is; ends, with everything it started, when it is told to."""

from __future__ import annotations

import asyncio
import signal
import sys

from sandbox.page.server import PageServer


async def main(port: int = 0) -> int:
    """Keep the page up until somebody ends it; port 0 takes any free one. Gives the exit code."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        async with PageServer(port) as server:
            print(f"Open {server.origin} in a browser. Ctrl-C ends it.", flush=True)
            await told.wait()
    except OSError:
        print(f"The page cannot listen on port {port}, which is taken. Name another: make sandbox PORT=8000")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, sys.argv[1:2]))))
