"""What `make bench` measures is compared with what was kept, in the direction in which less is better."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import ratios
from tests.benchmarks.plots import draw
from tests.benchmarks.ratios import Row, collapsed


def row(*rounds: tuple[float, float], is_rate: bool = False) -> Row:
    return Row(name="work", floor="bare", unit="ms", goal=1.2, rounds=rounds, is_rate=is_rate)


def test_the_best_of_each_counts() -> None:
    assert row((10, 30), (10, 11), (10, 20)).ratio == pytest.approx(1.1)
    assert row((10, 20), (50, 15)).ratio == pytest.approx(1.5), "a disturbed floor flatters nobody"
    assert row((300, 600), (300, 100), is_rate=True).ratio == pytest.approx(0.5)


@pytest.mark.parametrize(("ours", "falls"), [(19, False), (20, False), (21, True)])
def test_twice_as_bad_as_kept_is_a_collapse(ours: float, *, falls: bool) -> None:
    assert bool(collapsed([row((10, ours))], [row((10, 10))])) == falls
    assert bool(collapsed([row((ours, 10), is_rate=True)], [row((10, 10))])) == falls
    assert collapsed([row((10, 1000))], []) == []
    assert collapsed([replace(row((10, 1000)), is_compared=False)], [row((10, 10))]) == []


def test_what_is_kept_replaces_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{ratios.BEGIN}\nold\n{ratios.END}\nafter\n", "utf-8")
    monkeypatch.setattr(ratios, "DOCS", tmp_path)
    monkeypatch.setattr(ratios, "PAGE", page)
    monkeypatch.setattr(ratios, "KEPT", tmp_path / "benchmarks.json")
    first = row((10, 15), (10, 20))
    ratios.keep("a", [first])
    assert ratios.read() == {"a": [first]}
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| work | bare | 10, 15 ms | 1.50 | 1.50 to 2.00 | 1.2 (missed) |" in text
    other = row((10, 11))
    ratios.keep("b", [other])
    assert ratios.read() == {"a": [first], "b": [other]}
    ratios.keep("a", [other])
    assert "(missed)" not in page.read_text("utf-8")


def test_a_plot_is_whole() -> None:
    drawn = ET.fromstring(draw("Work", [(10, 1, 2), (100, 1, 30)]))  # noqa: S314  our own
    assert len(drawn.findall("{*}circle")) == 4
    assert all(0 <= float(one.attrib["cy"]) <= 300 for one in drawn.findall("{*}circle"))
