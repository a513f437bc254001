"""What people see in every language is what was looked at last; `make snapshots` takes what is drawn now."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.support.snapshots import FILES, LANGUAGES, renew, snapshots

KEPT = sorted(path.relative_to(FILES).as_posix() for path in FILES.rglob("*.txt"))
drawn = cache(snapshots)


@pytest.mark.parametrize("name", KEPT)
def test_it_is_drawn_as_it_was_looked_at(name: str) -> None:
    kept = (FILES / name).read_text("utf-8")
    assert drawn().get(name) == kept, "look at the difference; if it is meant, run `make snapshots`"


def test_there_is_a_file_for_everything() -> None:
    assert set(KEPT) == set(drawn())
    assert {name.partition("/")[0] for name in KEPT} == set(LANGUAGES) >= {"de", "en"}


def test_renewing_writes_all_and_removes_what_is_over(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "gone.txt").write_text("x")
    renew(tmp_path)
    assert {
        path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in tmp_path.rglob("*.txt")
    } == drawn()
