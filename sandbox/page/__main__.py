"""Starts the page and says where it is; ends, with everything it started, at Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from sandbox.page.server import PageServer


async def main(port: int = 0) -> None:
    """Keep the page up until somebody ends it; port 0 takes any free one."""
    async with PageServer(port) as server:
        print(f"Open {server.origin} in a browser. Ctrl-C ends it.", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(*map(int, sys.argv[1:2])))
