"""What was measured, as ratios to a floor of the same run: keeps, compares and writes them; measures nothing."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from tests.benchmarks.plots import draw

DOCS = Path(__file__).parents[2] / "docs"
KEPT = DOCS / "benchmarks.json"
PAGE = DOCS / "benchmarks.md"
COLLAPSED = 2.0
"""A ratio so many times the kept one, in the worse direction, is a collapse."""

PLOTS = {
    "benchmarks-load.svg": "99 of 100 presses are acknowledged within (ms), by presses a second",
    "benchmarks-waking.svg": "Waking a due link (ms of CPU), by links that are not due",
}
BEGIN, END = "<!-- measured: make bench -->", "<!-- end of what was measured -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of work: rounds of (floor, ours), both in `unit`; of less is better unless `is_rate`.

    The ratio is ours to the floor, in the direction in which less is better.
    """

    name: str
    floor: str
    unit: str
    goal: float
    rounds: tuple[tuple[float, float], ...]
    is_rate: bool = False
    is_compared: bool = True
    """Not under load, where what else runs on the machine decides more than the code."""
    plot: str = ""
    """The file of the plot that it is a point of."""
    point: float = 0
    """Where along that plot it stands."""

    @property
    def ratios(self) -> list[float]:
        """Return the ratio of each round, the lowest first."""
        return sorted(self._of(floor, ours) for floor, ours in self.rounds)

    @property
    def best(self) -> tuple[float, float]:
        """Return the best of the floor and the best of ours: what else runs on the machine only makes either worse."""
        floor, ours = ((max if self.is_rate else min)(column) for column in zip(*self.rounds, strict=True))
        return floor, ours

    @property
    def ratio(self) -> float:
        """Return the ratio of the bests; that of one round flatters when its floor was disturbed."""
        return self._of(*self.best)

    def _of(self, floor: float, ours: float) -> float:
        return floor / ours if self.is_rate else ours / floor


_ROWS = TypeAdapter(list[Row])


def collapsed(rows: Iterable[Row], before: Iterable[Row]) -> list[str]:
    """List one line for each row that is twice as bad as what is kept."""
    kept = {row.name: row.ratio for row in before}
    return [
        f"{row.name}: {row.ratio:.2f} times {row.floor}, {kept[row.name]:.2f} when it was kept"
        for row in rows
        if row.is_compared and row.name in kept and row.ratio > COLLAPSED * kept[row.name]
    ]


def read() -> dict[str, list[Row]]:
    """Return what is kept of each group of rows."""
    found = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return {group: _ROWS.validate_python(rows) for group, rows in found.items()}


def keep(group: str, rows: list[Row]) -> None:
    """Write the rows of one group in the place of its old ones, then the plots and the table of all."""
    kept = read() | {group: rows}
    KEPT.write_text(
        json.dumps({name: _ROWS.dump_python(found) for name, found in kept.items()}, indent=1) + "\n", "utf-8"
    )
    every = [row for found in kept.values() for row in found]
    for file, title in PLOTS.items():
        points = [(row.point, *row.best) for row in every if row.plot == file]
        if len(points) > 1:
            (DOCS / file).write_text(draw(title, points), "utf-8")
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(every)}\n{END}{after}", "utf-8")


def table(rows: list[Row]) -> str:
    """Write what was measured, with machine and day."""
    processor = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    head = (
        f"Measured on {datetime.now(UTC):%d %B %Y}: {os.cpu_count()} cores of a {processor}, "
        f"{platform.system()}, Python {platform.python_version()}."
    )
    lines = ["| Work | Floor | Floor, ours | Times the floor | Spread | Goal |", "|---|---|---|---|---|---|"]
    for row in rows:
        floor, ours = row.best
        spread = f"{row.ratios[0]:.2f} to {row.ratios[-1]:.2f}" if len(row.rounds) > 1 else "once"
        mark = "" if row.ratio <= row.goal else " (missed)"
        lines.append(
            f"| {row.name} | {row.floor} | {_short(floor)}, {_short(ours)} {row.unit} | {row.ratio:.2f} | {spread} "
            f"| {row.goal:g}{mark} |"
        )
    return "\n".join((head, "", *lines))


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text("utf-8").splitlines() if path.exists() else []


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
