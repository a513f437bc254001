"""The contracts name packages, and all of them: a new package has its floor. Rooms stay small, imports run one way."""

from __future__ import annotations

import tomllib
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).parents[3]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
MOST_MODULES = 15  # about a dozen is what a reader takes in at a glance


def contract(words: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [row for row in CONTRACTS if row["name"].endswith(words)]
    assert len(found) == 1
    return found[0]


def rooms(package: str) -> set[str]:
    return {
        path.stem
        for path in (ROOT / package.replace(".", "/")).iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and not path.stem.startswith("__"))
    }


def floors(package: str) -> set[str]:
    return {room for layer in contract(f"floors of {package}")["layers"] for room in layer.split(" | ")}


@pytest.mark.parametrize("package", ["flows", "bot", "sandbox", "sandbox.page", "sandbox.slack", "sandbox.workday"])
def test_every_room_has_its_floor(package: str) -> None:
    assert floors(package) == rooms(package)


def test_no_room_is_crowded() -> None:
    sizes = {
        str(face.parent.relative_to(ROOT)): len(list(face.parent.glob("[!_]*.py")))
        for package in ("bot", "flows", "sandbox", "storage")
        for face in (ROOT / package).rglob("__init__.py")
    }
    assert {room: size for room, size in sizes.items() if size > MOST_MODULES} == {}


def test_no_module_imports_itself_in_a_circle() -> None:
    house = grimp.build_graph("bot", "flows", "sandbox", "storage", cache_dir=None)
    modules = {module: house.find_modules_directly_imported_by(module) for module in house.modules}
    TopologicalSorter(modules).prepare()  # raises CycleError, which names the circle


def test_all_of_flows_but_the_client_does_no_io() -> None:
    pure = set(contract("the deciding half of flows does no I/O")["source_modules"])
    assert pure == {f"flows.{room}" for room in rooms("flows") - {"workday"}}
