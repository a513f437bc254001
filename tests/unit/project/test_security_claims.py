"""Each sentence of the security pages is held by tests that are there, or is named as something we do not promise.

`security_claims.toml` quotes them word for word without their markup, so that a sentence and its tests change together.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LONG, SHORT = (ROOT / "docs" / name for name in ("security.md", "security-summary.md"))
CLAIMS = tomllib.loads(Path(__file__).with_name("security_claims.toml").read_text(encoding="utf-8"))
HELD: list[tuple[str, list[str]]] = [(claim, row["by"]) for row in CLAIMS["held"] for claim in row["claims"]]
TESTS = sorted({test for _, tests in HELD for test in tests})
NO_CLAIM = {"Test", "Figure"}
"""Columns that prove what the others say."""


def plain(text: str) -> str:
    return re.sub(r"[*`]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)).strip()


def clauses(text: str) -> Iterator[str]:
    """Cut a text at the end of each sentence, and at each semicolon."""
    yield from filter(None, re.split(r"(?<=[.;?])\s+", plain(text)))


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def tables(page: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each row of each table with the heads of its columns."""
    for table in re.findall(r"(?:^\|.*\n?)+", page, re.MULTILINE):
        head, _, *rows = table.splitlines()
        yield from ((cells(head), cells(row)) for row in rows)


def claims(page: str) -> Iterator[str]:
    """Yield what a page says, clause by clause: its running text, then its tables but for the first column."""
    for block in re.split(r"\n\n+", page):
        if block.strip() and not block.startswith(("#", "![", "|")):
            yield from clauses(" ".join(block.split()))
    for head, row in tables(page):
        for name, cell in list(zip(head, row, strict=True))[1:]:
            if name not in NO_CLAIM:
                yield from clauses(cell)


@cache
def names(path: Path) -> frozenset[str]:
    """Name the functions of a test module."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else ()
    return frozenset(node.name for node in tree if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_sentence_has_its_row_and_every_row_its_sentence() -> None:
    said = set(chain(*(claims(page.read_text(encoding="utf-8")) for page in (LONG, SHORT))))
    quoted = {claim for claim, _ in HELD} | {claim for row in CLAIMS["no_promise"] for claim in row["claims"]}
    assert sorted(said - quoted) == [], "a sentence that nothing holds"
    assert sorted(quoted - said) == [], "a row whose sentence is gone"
    assert len(said) > 150


@pytest.mark.parametrize("test", TESTS)
def test_what_holds_a_sentence_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert name.startswith("test_")
    assert name in names(ROOT / path)


def test_the_tests_that_a_threat_names_hold_one_of_its_promises() -> None:
    held = dict(HELD)
    for head, row in tables(LONG.read_text(encoding="utf-8")):
        if "Promise" in head:
            found = dict(zip(head, row, strict=True))
            used = {test.partition("::")[0] for claim in clauses(found["Promise"]) for test in held[claim]}
            assert set(re.findall(r"`(tests/[^`]*)`", found["Test"])) <= used, found["Threat"]
