"""`make bench`: measures every row, compares it with what is kept in docs, and keeps it unless it is the short form."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from time import perf_counter

from tests.benchmarks import ratios
from tests.benchmarks.rows import ALL, Rows


async def measured(group: Callable[..., Rows], *, short: bool) -> list[ratios.Row]:
    """Measure the rows of one group, and print each as it comes."""
    found, began = [], perf_counter()
    async for row in group(short=short):
        found.append(row)
        _say(f"{row.ratio:8.2f} times {row.floor:32} {row.name}")
    _say(f"          ({group.__name__}: {perf_counter() - began:.0f} s)")
    return found


async def main(*, short: bool) -> int:
    """Measure all groups, a collapsed one once more; 1 when it has collapsed indeed."""
    fallen: list[str] = []
    kept = ratios.read()
    for group in ALL:
        before, found = kept.get(group.__name__, []), await measured(group, short=short)
        if ratios.collapsed(found, before):
            _say("          once more, as something else may have run meanwhile")
            found = await measured(group, short=short)
        now = ratios.collapsed(found, before)
        if not short and not now and found:
            ratios.keep(group.__name__, found)
        fallen += now
    for line in fallen:
        _say(f"COLLAPSED  {line}")
    return 1 if fallen else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  what it is for


if __name__ == "__main__":
    sys.exit(asyncio.run(main(short="--short" in sys.argv)))
