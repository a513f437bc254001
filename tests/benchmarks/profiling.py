"""Where a press, a wake and a start spend their time, over real HTTP against the sandbox; measures, asserts nothing.

`make profile` prints it. Calls are those of the app's own code and of what lies below it, in the event loop and in the
storage thread; the sandbox lives in the same loop and is left out of them, but not of the time.
"""

from __future__ import annotations

import asyncio
import cProfile
import io
import pstats
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.outbox import worker
from storage import link_lists
from tests.support.counting import Counts, counted
from tests.support.stage import Stage, staged

ROOT = Path(__file__).parents[2]
LAYERS = {
    "bot": f"{ROOT}/bot/",
    "flows": f"{ROOT}/flows/",
    "storage": f"{ROOT}/storage/",
    "SQLAlchemy": "/sqlalchemy/",
    "SQLModel": "/sqlmodel/",
    "pydantic": "/pydantic/",
    "Bolt": "/slack_bolt/",
}
WALK = (("I've exempted it", "Group created"), ("Group created", "All saved: next"), ("All saved", "Activated: check"))
SHOWN = 15
"""Functions listed for each piece of work."""

Work = Callable[[Stage, Counts], Awaitable[None]]
Prepare = Callable[[Stage], Awaitable[None]]


async def presses(stage: Stage, counts: Counts) -> None:
    """Press three buttons that each lead to the next card; over when all that they set off stands in Slack."""
    for button, shows in WALK:
        await (await stage.ada.sees(button)).press(button)
        await stage.ada.sees(shows, timeout=30)
        await counts.rest()


async def wake(stage: Stage, counts: Counts) -> None:
    """Tick once when a link has something to say; over when that stands in Slack."""
    await stage.app.ticker.tick()
    await counts.rest()


async def start(stage: Stage, _: Counts) -> None:
    """Start the app on a database that has links."""
    await stage.start()


async def due(stage: Stage) -> None:
    """Let time pass until a link is due."""
    at = stage.app.database.run_sync(link_lists.next_wake)
    assert at
    stage.clock.set(at)


WORK: dict[str, tuple[Work, Prepare | None, int]] = {
    "a press": (presses, None, len(WALK)),
    "a wake": (wake, due, 1),
    "a start": (start, Stage.stop, 1),
}


@contextmanager
def profiled(stage: Stage, stats: list[pstats.Stats]) -> Iterator[None]:
    """Profile the event loop, and the storage thread of an app that runs already."""
    profiles = [cProfile.Profile(), cProfile.Profile()]
    workers = stage._app.database._workers._threads if stage._app else None  # noqa: SLF001  a transaction would be counted
    if workers:
        workers.submit(profiles[1].enable).result()
    profiles[0].enable()
    try:
        yield
    finally:
        profiles[0].disable()
        if workers:
            workers.submit(profiles[1].disable).result()
        stats += map(pstats.Stats, profiles[: 2 if workers else 1])


async def measured(
    work: Work, prepare: Callable[[Stage], Awaitable[None]] | None, stats: list[pstats.Stats] | None
) -> Counts:
    """Do one piece of work on a link in the middle of its walk, with the clock of the app at rest."""
    counts = Counts()
    with tempfile.TemporaryDirectory() as folder:
        async with staged(Path(folder)) as stage:
            await stage.to_expiry()
            await stage.quiet()
            stage.app.ticker._scheduler.pause()  # noqa: SLF001  a tick would be counted
            if prepare:
                await prepare(stage)
            with counted(counts):
                if stats is None:
                    await work(stage, counts)
                else:
                    with profiled(stage, stats):
                        await work(stage, counts)
    return counts


def calls(stats: pstats.Stats, folder: str) -> int:
    """Count the calls of the functions below a folder."""
    rows: dict[tuple[str, int, str], tuple[int, int]] = stats.stats  # type: ignore[attr-defined]  # not in typeshed
    return sum(row[1] for (file, _, _), row in rows.items() if folder in file)


def told(name: str, counts: Counts, stats: pstats.Stats, times: int) -> Iterator[str]:
    """Yield the lines of one piece of work of which `times` were done."""
    yield f"## {name}"
    yield f"{counts.cpu / times * 1000:.1f} ms CPU, sandbox included"
    yield f"{counts.transactions / times:.1f} transactions, {counts.statements.total() / times:.1f} SQL statements"
    yield "calls: " + ", ".join(f"{layer} {calls(stats, folder) / times:,.0f}" for layer, folder in LAYERS.items())
    yield from (f"{number / times:6.1f}  {text[:130]}" for text, number in counts.statements.most_common())
    written = io.StringIO()
    stats.stream = written  # type: ignore[attr-defined]  # not in typeshed
    stats.sort_stats("cumulative").print_stats("/(bot|flows|storage)/", SHOWN)
    yield from (line for line in written.getvalue().splitlines() if f"{ROOT}/" in line)
    yield ""


async def main() -> None:
    """Measure each twice: without a profiler for the time, with it for the calls."""
    worker.IDLE_SECONDS = 60
    for name, (work, prepare, times) in WORK.items():
        found: list[pstats.Stats] = []
        counts = await measured(work, prepare, None)
        await measured(work, prepare, found)
        for more in found[1:]:
            found[0].add(more)
        print("\n".join(told(name, counts, found[0], times)).replace(f"{ROOT}/", ""))  # noqa: T201  what it is for


if __name__ == "__main__":
    asyncio.run(main())
