"""Draws a plot of floor and ours as a small SVG, both axes logarithmic; knows no measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 92, 40, 40
COLOURS = ("#8a8f98", "#1264a3")
NAMES = ("floor", "ours")


def draw(title: str, points: Sequence[tuple[float, float, float]]) -> str:
    """Return the SVG of points (x, floor, ours)."""
    xs = [point[0] for point in points]
    ys = [value for point in points for value in point[1:]]
    low, high = floor(log10(min(ys))), ceil(log10(max(ys)))

    def across(x: float) -> float:
        return LEFT + (log10(x) - log10(min(xs))) / (log10(max(xs)) - log10(min(xs))) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (log10(y) - low) / max(high - low, 1) * (HEIGHT - TOP - BOTTOM)

    def parts() -> Iterator[str]:
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        )
        yield f'<text x="{LEFT}" y="22" font-size="14" fill="#1d1c1d">{title}</text>'
        for power in range(low, high + 1):
            y = down(10**power)
            yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{10.0**power:g}</text>'
        for x in xs:
            foot = HEIGHT - BOTTOM + 20
            yield f'<text x="{across(x):.1f}" y="{foot}" text-anchor="middle" fill="#555">{x:,.0f}</text>'
        for number, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=True), start=1):
            line = [(across(point[0]), down(point[number])) for point in points]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in line)
            yield f'<text x="{line[-1][0] + 8:.1f}" y="{line[-1][1] + 4:.1f}" fill="{colour}">{name}</text>'
        yield "</svg>"

    return "\n".join(parts()) + "\n"
