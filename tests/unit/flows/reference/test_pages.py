"""The reference pages say what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.reference.pages import PAGES, write
from flows.words import load_words

DOCS = Path(__file__).parents[4] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](load_words()), "run `make docs`"


def test_write_makes_every_page(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)


def test_the_tests_named_by_the_security_page_exist() -> None:
    named = set(re.findall(r"`(tests/[a-z0-9_/]+\.py)`", (DOCS / "security.md").read_text(encoding="utf-8")))
    assert named
    assert [name for name in sorted(named) if not (DOCS.parent / name).is_file()] == []
