"""What is shipped works alone: the wheel in a fresh environment with its run-time dependencies and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
QUIETLY = ("--no-deps", "--no-index", "--disable-pip-version-check", "--quiet")
IMPORT_ALL = """
import pkgutil, importlib, bot, flows, storage
for house in (bot, flows, storage):
    for module in pkgutil.walk_packages(house.__path__, house.__name__ + "."):
        if not module.name.startswith("storage.migrations.") and not module.name.endswith("__main__"):  # those run
            importlib.import_module(module.name)
"""


def run(*command: str | Path, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command without any setting of this environment."""
    return subprocess.run(command, cwd=at, env={}, check=False, capture_output=True, text=True, timeout=60)  # noqa: S603


def build(*command: str | Path) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stderr


def applies(need: Requirement, extras: frozenset[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def closure(wanted: list[Requirement]) -> dict[str, Distribution]:
    """List what an installer would fetch for these requirements, from what is installed here."""
    found: dict[str, Distribution] = {}
    seen = set[tuple[str, frozenset[str]]]()
    while wanted:
        requirement = wanted.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] = distribution(name)
        wanted += [need for need in map(Requirement, found[name].requires or ()) if applies(need, extras)]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel where no development tool is, and return the folder of its commands."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    build(sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", *QUIETLY, wheel)
    (ours,) = site.glob("link_workday-*.dist-info")
    needs = [need for need in map(Requirement, Distribution.at(ours).requires or ()) if applies(need, frozenset())]
    for shipped in closure(needs).values():
        for top in {file.parts[0] for file in shipped.files or () if file.parts[0] not in {"..", "__pycache__"}}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(shipped.locate_file(top))))
    return home / "bin"


def test_the_wheel_holds_the_app_its_data_files_and_nothing_else(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"bot", "flows", "storage"}
    kept = run("/usr/bin/env", "git", "ls-files", "bot", "flows", "storage").stdout.split()
    assert kept
    assert set(kept) <= names


def test_the_development_install_still_finds_the_sandbox(tmp_path: Path) -> None:
    build(sys.executable, "-c", f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})")
    (built,) = tmp_path.glob("*.whl")
    with ZipFile(built) as files:
        paths = [files.read(name).decode() for name in files.namelist() if name.endswith(".pth")]
    assert [path.strip() for path in paths] == [str(ROOT)]


def test_it_says_its_version(fresh: Path) -> None:
    answer = run(fresh / "workday-link", "--version", at=fresh)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"workday-link {VERSION}\n", "")


def test_check_names_what_is_missing_in_plain_lines(fresh: Path) -> None:
    answer = run(fresh / "workday-link", "check", at=fresh)
    assert answer.returncode == 2
    assert answer.stderr == ""
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "CREDENTIAL_KEYS"):
        assert any(line.startswith(f"failed   {name}: ") for line in answer.stdout.splitlines()), answer.stdout
    assert "Traceback" not in answer.stdout


def test_no_module_needs_a_development_tool(fresh: Path) -> None:
    answer = run(fresh / "python", "-c", IMPORT_ALL, at=fresh)
    assert answer.stderr == ""
    assert answer.returncode == 0


@pytest.mark.parametrize("absent", ["sandbox", "pytest", "rich", "hvac", "grimp"])
def test_the_fresh_environment_is_bare(fresh: Path, absent: str) -> None:
    assert run(fresh / "python", "-c", f"import {absent}", at=fresh).returncode == 1
