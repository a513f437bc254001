"""Tests lie where their module lies, and what two of them need lies in tests/support."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "tests"
MIRRORS = {TESTS / "unit": ROOT, TESTS / "storage": ROOT / "storage"}
"""Folders whose tests lie as the modules do, and what they mirror."""

SPANNING = {
    "unit/flows/cards/test_guide_facts.py": "the customer's guide, fact by fact, whichever module draws it",
    "unit/flows/cards/test_drawn_cards.py": "what people read is put together by all modules of the package",
    "unit/flows/link/test_languages.py": "a link's language: who reads which, who may choose it and where",
    "unit/flows/link/test_web_only.py": "a switch of a link: its modal, its page and who may turn it",
}
"""Tests of what several modules do together, and why they have no module of their own."""


def modules_imported(source: str) -> Iterator[str]:
    """Name every module that is imported, and each that a name imported from a package could be."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


def is_test(module: str) -> bool:
    last = module.rpartition(".")[2]
    return last == "conftest" or last.startswith("test_")


@pytest.mark.parametrize(
    "source",
    ["import tests.e2e.conftest", "from tests.e2e.test_leaks import port", "from . import conftest", "import test_x"],
)
def test_an_import_from_a_test_is_seen(source: str) -> None:
    assert NAMES_ANOTHER.search(source)
    assert any(map(is_test, modules_imported(source)))


NAMES_ANOTHER = re.compile(r"conftest|(?<!def )\btest_")
"""What stands in the source of whoever imports a test; to look closer takes long."""


def test_tests_import_nothing_from_tests() -> None:
    sources = {path: path.read_text("utf-8") for path in TESTS.rglob("*.py")}
    named = {path: source for path, source in sources.items() if NAMES_ANOTHER.search(source)}
    found = {path: sorted(filter(is_test, modules_imported(source))) for path, source in named.items()}
    assert {str(path.relative_to(ROOT)): names for path, names in found.items() if names} == {}


def modules(test: Path) -> Iterator[str]:
    """Name what a test may belong to: `test_decide_sign_on` is about the sign-on in `decide`."""
    words = test.stem.removeprefix("test_").split("_")
    yield from ("_".join(words[:many]) for many in range(len(words), 0, -1))


def without_module(folder: Path, mirrored: Path) -> Iterator[str]:
    for test in folder.rglob("test_*.py"):
        package = mirrored / test.parent.relative_to(folder)
        held = {path.stem for path in package.glob("*.py")} | {package.name}
        if held.isdisjoint(modules(test)):
            yield str(test.relative_to(TESTS))


def test_every_unit_test_names_its_module() -> None:
    lost = {one for folder, mirrored in MIRRORS.items() for one in without_module(folder, mirrored)}
    assert {one for one in lost if not one.startswith(("unit/project/", "unit/corpus/"))} == set(SPANNING)


def test_every_property_test_names_a_module() -> None:
    names = {path.stem for package in ("bot", "flows", "storage") for path in (ROOT / package).rglob("*.py")}
    tested = {path.stem.removeprefix("test_") for path in (TESTS / "property").glob("test_*.py")}
    assert tested - names == {"link_machine"}, "the walk over all of them alone has no module"
