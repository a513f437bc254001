"""What the docs point at is there: files, folders, the names in them, and each other's pages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PATH = re.compile(r"`((?:bot|flows|storage|sandbox|tests|docs|\.ci)/[\w./-]*)`(?:: `(\w+)`)?")
PAGE = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_at_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named, made = PATH.findall(text), re.findall(r"^cp \S+ (\S+)$", text, re.MULTILINE)
    assert [path for path, _ in named if not (ROOT / path).exists() and path not in made] == []
    assert [name for path, name in named if name and not re.search(rf"\b{name}\b", (ROOT / path).read_text())] == []
    assert [link for link in PAGE.findall(text) if not (page.parent / link).exists()] == []


def test_the_glossary_has_twenty_words() -> None:
    rows = re.findall(
        r"^\| (\w+) \|.*\| `[\w/.]+`: `\w+` \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE
    )
    assert len(rows) == len(set(rows)) == 20


def test_the_architecture_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    faces = [face for house in ("bot", "flows", "storage", "sandbox") for face in ROOT.glob(f"{house}/*/__init__.py")]
    rooms = [f"{face.parent.relative_to(ROOT).as_posix()}/" for face in faces if face.parent.name != "migrations"]
    assert [room for room in rooms if f"| `{room}` |" not in page] == []


def test_the_changelog_begins_with_this_release_or_what_comes_after_it() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[:2] == ["Unreleased", version] or headings[0] == version
