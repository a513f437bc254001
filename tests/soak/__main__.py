"""`make soak`: half an hour of mixed load with faults of Slack's, on SQLite and PostgreSQL at once, and what it leaves.

The real app runs as a child process on each database. Links are begun by people and by the clock; people press and
ask and send forms; Slack fails now and then. At the end nothing may be lost, doubled or answered late, and memory,
handles and the age of the oldest errand must be what they were. SOAK_MINUTES sets another length, `--short` is for less
than a minute. A run that is not short draws its plot into docs.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.plot import draw
from tests.soak.running import Run, soaked
from tests.support.databases import postgres_server

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
SHORT = 0.4
"""Minutes."""

PLOT = Path(__file__).parents[2] / "docs" / "observability" / "soak.svg"


async def both(minutes: float, folder: Path) -> list[Run]:
    """Soak both databases at once."""
    with postgres_server() as new_database:
        for name in ("sqlite", "postgresql"):
            (folder / name).mkdir()
        addresses = {"SQLite": f"sqlite:///{folder / 'sqlite' / 'link.db'}", "PostgreSQL": new_database()}
        return await asyncio.gather(
            *(soaked(name, address, folder / name.lower(), minutes * 60) for name, address in addresses.items())
        )


def main(arguments: list[str]) -> int:
    """Soak, say what came of it, and draw it; 1 when something is not as it must be."""
    minutes, began = SHORT if "--short" in arguments else MINUTES, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        runs = asyncio.run(both(minutes, Path(folder)))
    wrong = [f"{run.name}: {line}" for run in runs for line in run.wrong()]
    for run in runs:
        print(run.figures())  # noqa: T201  what it is for
    for line in wrong:
        print(f"WRONG  {line}")  # noqa: T201  the same
    print(f"{time.monotonic() - began:.0f} s")  # noqa: T201  the same
    if "--short" not in arguments:
        PLOT.write_text(draw(runs), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
