"""Draws what an app took while it was soaked, as a small SVG with one panel for each number; knows no measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.soak.running import Run, Sample

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 640, 120, 56, 20, 36, 44
COLOURS = ("#1264a3", "#e8912d")


def draw(runs: Sequence[Run]) -> str:
    """Return the SVG of all runs, over the same minutes."""
    panels: tuple[tuple[str, Callable[[Sample], float]], ...] = (
        ("Memory, MB", lambda one: one.memory),
        ("Open handles", lambda one: one.handles),
        ("Age of the oldest errand, seconds", lambda one: one.age),
    )
    height = TOP + len(panels) * (PANEL + GAP)
    minutes = max(run.samples[-1].minute for run in runs)

    def lines() -> Iterator[str]:
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
            f'font-size="12"><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        )
        for number, (run, colour) in enumerate(zip(runs, COLOURS, strict=True)):
            yield f'<text x="{LEFT + 110 * number}" y="18" fill="{colour}">{run.name}</text>'
        yield f'<text x="{WIDTH - RIGHT}" y="18" text-anchor="end" fill="#555">{minutes:.0f} minutes</text>'
        for place, (title, of) in enumerate(panels):
            yield from _panel(TOP + place * (PANEL + GAP), title, of, runs, minutes)
        yield "</svg>"

    return "\n".join(lines()) + "\n"


def _panel(top: float, title: str, of: Callable[[Sample], float], runs: Sequence[Run], minutes: float) -> Iterator[str]:
    most = max(of(one) for run in runs for one in run.samples) or 1.0
    yield f'<text x="{LEFT}" y="{top + 10}" fill="#1d1c1d">{title}</text>'
    for share in (0.0, 0.5, 1.0):
        y = top + 20 + (PANEL - 20) * (1 - share)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{most * share:.3g}</text>'
    for run, colour in zip(runs, COLOURS, strict=True):
        path = " ".join(
            f"{LEFT + one.minute / minutes * (WIDTH - LEFT - RIGHT):.1f},"
            f"{top + 20 + (PANEL - 20) * (1 - of(one) / most):.1f}"
            for one in run.samples
        )
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
