"""The contracts name packages, and all of them: a new package of flows or bot has its floor."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def contract(words: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [row for row in CONTRACTS if words in row["name"]]
    assert len(found) == 1
    return found[0]


def rooms(package: str) -> set[str]:
    return {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path / "__init__.py").is_file() or (path.suffix == ".py" and not path.stem.startswith("__"))
    }


def floors(package: str) -> set[str]:
    return {room for layer in contract(f"floors of {package}")["layers"] for room in layer.split(" | ")}


def test_every_room_has_its_floor() -> None:
    assert floors("flows") == rooms("flows")
    assert floors("bot") == rooms("bot")


def test_all_of_flows_but_the_client_does_no_io() -> None:
    pure = set(contract("deciding half")["source_modules"])
    assert pure == {f"flows.{room}" for room in rooms("flows") - {"workday"}}
