"""What is run in forks is told as pytest itself would tell it, whatever becomes of the fork."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
TESTS = """
import os, pytest

@pytest.fixture
def broken():
    yield
    raise RuntimeError

def test_fails(): assert 1 == 2
def test_dies(): os._exit(0)
def test_is_left_out(): pytest.skip("so")
def test_ends_badly(broken): pass

@pytest.mark.parametrize("number", range(30))
def test_passes(number): pass
"""


def test_each_test_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    alone = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--noconftest", "--rootdir", tmp_path)
    asked = (sys.executable, "-m", "pytest", "-rA", *alone, "-p", "tests.support.forks", "--forks", "2", "test_some.py")
    done = subprocess.run(  # noqa: S603  our own words
        asked, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=False, capture_output=True, text=True, timeout=60
    )
    told = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED) .*?(?:::(\w+)|$)", done.stdout, re.MULTILINE)
    assert sorted(told) == sorted(
        [
            *[("PASSED", "test_passes")] * 30,
            *(("FAILED", "test_fails"), ("FAILED", "test_dies"), ("SKIPPED", "")),
            *(("PASSED", "test_ends_badly"), ("ERROR", "test_ends_badly")),
        ]
    ), done.stdout + done.stderr
    assert done.returncode == 1
