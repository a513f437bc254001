"""Tries the wheel on every other supported Python of this machine: installs it, imports all of it, serves from it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from image import DOCKERFILE, Image, instructions, must, try_out

ROOT = Path(__file__).parents[1]
OLDEST, NEWEST = 11, 14
IMPORT_ALL = """
import pkgutil, importlib, bot, flows, storage
for house in (bot, flows, storage):
    for module in pkgutil.walk_packages(house.__path__, house.__name__ + "."):
        if not module.name.startswith("storage.migrations.") and not module.name.endswith("__main__"):  # those run
            importlib.import_module(module.name)
"""


def found() -> Iterator[tuple[str, str]]:
    """Yield each other Python from 3.11 to 3.14 as (version, path); a name that leads to none is passed over."""
    for minor in range(OLDEST, NEWEST + 1):
        name = f"python3.{minor}"
        places = [shutil.which(name), *map(str, Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/{name}"))]
        for place in filter(None, places):
            said = subprocess.run([place, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  commands of our own
            version = said.stdout.removeprefix("Python ").strip()
            if said.returncode == 0 and re.fullmatch(rf"3\.{minor}\.\d+", version) and minor != sys.version_info.minor:
                yield version, place
                break


def install(python: str, home: Path, wheel: Path) -> None:
    """Make an environment of it from the lock alone, and put the wheel in."""
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = [*pip, "--require-hashes", "-r", str(ROOT / "deploy" / "requirements.lock")]
    for command in ([python, "-m", "venv", str(home)], locked, [*pip, "--no-deps", "--no-index", str(wheel)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  commands of our own
        must(done.returncode == 0, f"{python}: {done.stderr}")


def main() -> None:
    """Try each of them."""
    others = list(found())
    if not others:
        print("  no other Python from 3.11 to 3.14 is on this machine")
        return
    lines = instructions(DOCKERFILE.read_text("utf-8"))
    (check,) = (rest.partition("CMD ")[2] for word, rest in lines if word == "HEALTHCHECK")
    with tempfile.TemporaryDirectory(prefix="pythons-") as folder, ThreadPoolExecutor(2) as pool:
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  commands of our own
        (wheel,) = Path(folder).glob("*.whl")
        homes = [Path(folder) / version for version, _ in others]
        list(pool.map(lambda one, home: install(one[1], home, wheel), others, homes))
        for (version, _), home in zip(others, homes, strict=True):
            image = Image(home)
            image.env = {"PATH": f"{home / 'bin'}:/usr/bin:/bin", "LANG": os.environ.get("LANG", "")}
            imported = image.run("python", "-W", "error::SyntaxWarning", "-c", IMPORT_ALL)
            must(imported.returncode == 0, f"{version}: {imported.stderr}")
            print(f"  Python {version}:", end="", flush=True)
            asyncio.run(try_out(image, json.loads(check)))


if __name__ == "__main__":
    main()
