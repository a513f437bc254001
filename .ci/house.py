"""Draws docs/house.svg from the imports: houses, rooms on floors, an arrow for each room imported; judges none."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import grimp

STREETS = (("bot", "flows"), ("storage",), ("sandbox.slack", "sandbox.workday"))
HOUSES = tuple(house for street in STREETS for house in street)
WIDE, HIGH, LANE, GAP, STOREY, EDGE, HEAD = 114, 34, 2, 12, 76, 22, 60
OPENING = """<!-- Written by `make docs` from the imports. Change those, not this drawing. -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" role="img"
  aria-label="The houses, their rooms on floors, and an arrow for every import between rooms; all of them point down">
  <style>
    text {{ font: 13px system-ui, sans-serif; fill: #1f2937; text-anchor: middle }}
    .house {{ fill: #eef3f9; stroke: #1f3a5f; stroke-dasharray: 6 4 }}
    .room {{ fill: #ffffff; stroke: #1f3a5f; stroke-width: 1.5 }}
    .title {{ font-size: 19px; font-weight: 700; text-anchor: start }}
    .small {{ font-size: 12px; fill: #4b5563; text-anchor: start }}
    .way {{ fill: none; stroke: #7c93b2; marker-end: url(#tip) }}
  </style>
  <defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path
    d="M0 0L8 4L0 8z" fill="#1f3a5f"/></marker></defs>
  <rect width="{wide:.0f}" height="{high:.0f}" fill="#ffffff"/>
"""

Ways = Mapping[str, set[str]]
"""For each room those that it imports."""


class Bend(NamedTuple):
    """Where an arrow passes a floor on its way further down."""

    top: str
    bottom: str
    floor: int


class Drawn(NamedTuple):
    """Lines of SVG with their left upper corner at 0, 0, and the size of what they draw."""

    lines: list[str]
    wide: float
    high: float


def place_of(module: str) -> tuple[str, str]:
    """Return the house of a module and its room there; the face of a house lies in no room."""
    house = next((name for name in HOUSES if f"{module}.".startswith(f"{name}.")), "")
    return house, module.removeprefix(house).lstrip(".").partition(".")[0] if house else ""


def plan(graph: grimp.ImportGraph) -> tuple[dict[str, dict[str, set[str]]], dict[str, set[str]]]:
    """Return the rooms of each house with those that they import there, and the houses that each house imports."""
    rooms = {house: defaultdict[str, set[str]](set) for house in HOUSES}
    houses = defaultdict[str, set[str]](set)
    for module in sorted(graph.modules):
        house, room = place_of(module)
        if not room or room.startswith("__"):
            continue
        ways = rooms[house][room]
        for imported in graph.find_modules_directly_imported_by(module):
            other, its = place_of(imported)
            if other != house:
                houses[house] |= {other} - {""}
            elif its:
                ways |= {its} - {room}
    return {house: dict(found) for house, found in rooms.items()}, houses


def floors_of(ways: Ways) -> list[list[str | Bend]]:
    """Stack rooms, each above all that it imports, the ground floor first, with a bend where an arrow passes a floor.

    Raises CycleError for a circle.
    """
    at: dict[str, int] = {}
    for room in TopologicalSorter(ways).static_order():
        at[room] = 1 + max((at[other] for other in ways[room]), default=-1)
    floors: list[list[str | Bend]] = [[] for _ in range(max(at.values()) + 1)]
    for room in sorted(ways):
        floors[at[room]].append(room)
        for other in sorted(ways[room]):
            for floor in range(at[other] + 1, at[room]):
                floors[floor].append(Bend(room, other, floor))
    return floors


def routes_of(ways: Ways, floors: list[list[str | Bend]]) -> list[list[str | Bend]]:
    """List every arrow with all that it touches, from its top to its bottom."""
    bends = [bend for floor in reversed(floors) for bend in floor if isinstance(bend, Bend)]
    return [
        [room, *(bend for bend in bends if (bend.top, bend.bottom) == (room, other)), other]
        for room in sorted(ways)
        for other in sorted(ways[room])
    ]


def untangle(floors: list[list[str | Bend]], routes: Iterable[list[str | Bend]]) -> None:
    """Order each floor by where its neighbours on the other floors stand, so that few arrows cross."""
    tied = defaultdict[str | Bend, list[str | Bend]](list)
    for route in routes:
        for one, other in pairwise(route):
            tied[one].append(other)
            tied[other].append(one)
    for sweep in range(24):
        for floor in floors if sweep % 2 else reversed(floors):
            at = {thing: (n + 0.5) / len(one) for one in floors for n, thing in enumerate(one)}
            pull = {t: sum(at[o] for o in tied[t]) / len(tied[t]) if tied[t] else at[t] for t in floor}
            floor.sort(key=lambda thing: (round(pull[thing], 6), str(thing)))


def width_of(floor: list[str | Bend]) -> float:
    """Return how wide a floor is, gaps between included."""
    return sum(WIDE if isinstance(thing, str) else LANE for thing in floor) + GAP * (len(floor) - 1)


def drawn(house: str, ways: Ways) -> Drawn:
    """Draw one house."""
    floors = floors_of(ways)
    routes = routes_of(ways, floors)
    untangle(floors, routes)
    wide = max(map(width_of, floors)) + 2 * EDGE
    high = HEAD + EDGE + STOREY * (len(floors) - 1) + HIGH
    spots: dict[str | Bend, tuple[float, float]] = {}
    for level, floor in enumerate(reversed(floors)):
        left = (wide - width_of(floor)) / 2
        for thing in floor:
            own = WIDE if isinstance(thing, str) else LANE
            spots[thing] = (left + own / 2, HEAD + level * STOREY)
            left += own + GAP
    lines = [f'<rect class="house" width="{wide:.0f}" height="{high:.0f}" rx="10"/>']
    lines.append(f'<text class="title" x="{EDGE}" y="28">{house.replace(".", "/")}/</text>')
    counted = f"{len(ways)} rooms on {len(floors)} floors, {len(routes)} arrows"
    lines.append(f'<text class="small" x="{EDGE}" y="46">{counted}</text>')
    for route in routes:
        x, y = spots[route[0]]
        path = f"M{x:.0f} {y + HIGH:.0f}"
        y += HIGH
        for thing in route[1:]:
            to_x, to_y = spots[thing]
            half = (to_y - y) / 2
            path += f"C{x:.0f} {y + half:.0f} {to_x:.0f} {to_y - half:.0f} {to_x:.0f} {to_y:.0f}"
            x, y = to_x, to_y
            if isinstance(thing, Bend):
                y += HIGH
                path += f"V{y:.0f}"
        lines.append(f'<path class="way" d="{path}"/>')
    for room in ways:
        x, y = spots[room]
        lines.append(f'<rect class="room" x="{x - WIDE / 2:.0f}" y="{y:.0f}" width="{WIDE}" height="{HIGH}" rx="6"/>')
        lines.append(f'<text x="{x:.0f}" y="{y + 22:.0f}">{room}</text>')
    return Drawn(lines, wide, high)


def drawing() -> str:
    """Draw all houses, street by street."""
    rooms, houses = plan(grimp.build_graph("bot", "flows", "storage", "sandbox", cache_dir=None))
    body, top, widest = list[str](), float(EDGE), 0.0
    for street in STREETS:
        left, deepest = float(EDGE), 0.0
        for house in street:
            lines, wide, high = drawn(house, rooms[house])
            body += [f'<g transform="translate({left:.0f} {top:.0f})">', *lines]
            uses = " and ".join(f"{other.replace('.', '/')}/" for other in sorted(houses[house])) or "no other house"
            body += [f'<text class="small" x="{EDGE}" y="{high + 18:.0f}">imports {uses}</text>', "</g>"]
            left, deepest = left + wide + EDGE, max(deepest, high)
        top, widest = top + deepest + 40, max(widest, left)
    return OPENING.format(wide=widest, high=top) + "\n".join(f"  {line}" for line in body) + "\n</svg>\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(drawing(), encoding="utf-8")
