"""The step of CI that looks for known holes and stray secrets: it fails on a finding, and never looks clean unasked."""

from __future__ import annotations

import json
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / ".ci" / "audit.py"
GOOD: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
BAD: dict[str, Any] = {"name": "bad", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
UNKNOWN: dict[str, Any] = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run the check with a stand-in for pip-audit that reports what is given, or only complains."""

    def ask(*packages: dict[str, Any], complaint: str = "") -> int:
        written = json.dumps({"dependencies": packages}) if packages else ""
        stand_in = tmp_path / "pip-audit"
        stand_in.write_text(
            f"#!{sys.executable}\nimport sys\nsys.stderr.write({complaint!r})\n"
            f"if {written!r}: open(sys.argv[-1], 'w').write({written!r})\nsys.exit(1)\n"
        )
        stand_in.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
        check: Callable[[], int] = runpy.run_path(str(SCRIPT))["known_holes"]
        return check()

    return ask


def test_nothing_known(asked: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(GOOD) == 0
    assert "1 packages asked about, 0 known holes." in capsys.readouterr().out


def test_a_known_hole(asked: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(GOOD, BAD) == 1
    assert "bad 1: CVE-1, mended in 2" in capsys.readouterr().out


@pytest.mark.parametrize("packages", [[UNKNOWN], []])
def test_nobody_to_ask(
    asked: Callable[..., int], packages: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(*packages, complaint="ConnectionError: no route") == 0
    said = capsys.readouterr().out
    assert said.startswith("NOT CHECKED for known holes")
    assert "0 known holes" not in said


def test_a_check_that_breaks_is_no_good_one(asked: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(complaint="error: unrecognised argument") == 1
    assert "unrecognised" in capsys.readouterr().out


def test_only_what_the_lock_names_by_its_hash_is_installed() -> None:
    packages = re.split(r"\n(?=[a-z])", (ROOT / "requirements.lock").read_text(encoding="utf-8"))[1:]
    assert len(packages) > 50
    assert [one.split()[0] for one in packages if "==" not in one or "--hash=sha256:" not in one] == []
    installs = re.findall(r"pip install (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert installs
    assert [one for one in installs if "--require-hashes" not in one and "--no-deps" not in one] == []


def test_the_gate_asks_about_packages_and_lists_them() -> None:
    assert re.search(r"\bmake .*\baudit sbom$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    (audit,) = re.findall(r"^audit:.*\n((?:\t.*\n)+)", recipes, re.MULTILINE)
    (sbom,) = re.findall(r"^sbom:.*\n((?:\t.*\n)+)", recipes, re.MULTILINE)
    assert ".ci/audit.py" in audit
    assert "requirements.lock" in sbom
    assert "build/sbom.json" in sbom
