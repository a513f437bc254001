"""The drawing of the house is fresh, and drawn as the imports are."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[3]
HOUSE: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "house.py"))
WAYS = {"roof": {"wall", "floor"}, "wall": {"floor"}, "floor": set[str](), "garden": set[str]()}


def test_the_drawing_is_fresh() -> None:
    assert (ROOT / "docs" / "house.svg").read_text(encoding="utf-8") == HOUSE["drawing"](), "run `make docs`"


def test_every_room_stands_above_all_that_it_imports() -> None:
    floors = HOUSE["floors_of"](WAYS)
    rooms = [[thing for thing in floor if isinstance(thing, str)] for floor in floors]
    assert rooms == [["floor", "garden"], ["wall"], ["roof"]]
    assert HOUSE["Bend"]("roof", "floor", 1) in floors[1], "the way past the wall has a place of its own"


def test_every_import_is_one_arrow() -> None:
    lines, _, _ = HOUSE["drawn"]("somewhere", WAYS)
    assert sum('class="way"' in line for line in lines) == 3
    assert any("4 rooms on 3 floors, 3 arrows" in line for line in lines)


def test_a_circle_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="cycle"):
        HOUSE["floors_of"]({"hen": {"egg"}, "egg": {"hen"}})


def test_it_is_a_picture() -> None:
    picture = ET.fromstring(HOUSE["drawing"]())  # noqa: S314  our own
    assert picture.tag.endswith("svg")
    assert {house.text for house in picture.iter() if house.get("class") == "title"} == {
        "bot/",
        "flows/",
        "storage/",
        "sandbox/slack/",
        "sandbox/workday/",
    }
