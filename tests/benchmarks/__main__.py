"""`make bench`: measures every row, compares it with what is kept in docs, and keeps it unless it is the short form."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from time import perf_counter

from tests.benchmarks import ratios
from tests.benchmarks.rows import ALL, Rows

GROUPS = {group.__name__: group for group in ALL}


async def measured(group: Callable[..., Rows], *, short: bool) -> list[ratios.Row]:
    """Measure the rows of one group, and print each as it comes."""
    found, began = [], perf_counter()
    async for row in group(short=short):
        found.append(row)
        _say(f"{row.ratio:8.2f} times {row.floor:32} {row.name}")
    _say(f"          ({group.__name__}: {perf_counter() - began:.0f} s)")
    return found


async def main(names: list[str], *, short: bool) -> int:
    """Measure these groups, a collapsed one once more; 1 when it has collapsed indeed."""
    fallen: list[str] = []
    kept = ratios.read()
    for group in (GROUPS[name] for name in names or GROUPS):
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
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="look for collapses alone, and keep nothing")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(GROUPS)}; else all of them")
    chosen = parser.parse_args()
    if strange := set(chosen.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(strange))}")
    sys.exit(asyncio.run(main(chosen.groups, short=chosen.short)))
