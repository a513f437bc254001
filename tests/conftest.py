"""What every test shares: how hard the property tests look, what is not traced, and one PostgreSQL server."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import slackblocks.blocks
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect

from tests.support.databases import migrated_sqlite, postgres_server

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20000"))
"""How many examples the property tests look at under the profile `fuzz`."""

MEMORY = Path("/dev/shm")  # noqa: S108  only for what tests write
ROOM = 2 * 1024**3
"""Bytes that all workers together need at most."""

# A database that a test makes lives a second: in memory it is made in a thirtieth of the time, and no disk that is busy
# with something else makes a story late.
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = os.environ.setdefault("TMPDIR", str(MEMORY))  # by now pytest has asked, and it asks but once

# Garbage is looked for after so many new values; at the usual seven hundred that takes a fortieth of all the time.
gc.set_threshold(20_000, 20, 100)

# Every story's app has an engine of its own, for which SQLAlchemy writes the SQL of each statement anew: that takes
# longer than any other part of a start. So engines of one kind are one to it, and share what is written.
DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
Engine._execution_options = Engine._execution_options.union({"compiled_cache": {}})  # noqa: SLF001  # no other way to all

# It makes this table anew for each block that is held against Slack's limits.
slackblocks.blocks._block_from_dict_registry = cache(slackblocks.blocks._block_from_dict_registry)  # noqa: SLF001  as above

# It is not installed, and httpcore looks for it on the disk some ten times a request.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

# The same examples each time, so that a change is judged by itself; `make fuzz` looks for new ones.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},  # it traces every line of a passing run, too
)
settings.register_profile("fuzz", parent=settings.get_profile("default"), derandomize=False, max_examples=EXAMPLES)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_finish() -> None:
    """Look no more through what is there for good: to do so holds up a story by half a second each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_before_forks() -> None:
    """Start and load once what the tests of all forks may want; no pure test does."""
    if forked := sys.modules.get("tests.support.forked"):
        forked.share()
        migrated_sqlite()
        for name in ("tests.support.warm", "bot.papers.sheet_pdf", "bot.papers.plot", "sqlalchemy.dialects.postgresql"):
            import_module(name)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Trace no test that walks over every state there is: it takes a third of the time, and others reach each line.

    Nor one that walks at random: it reaches other lines each time, and coverage must not hang on that. The mark is that
    of pytest-cov, which alone does not stop the trace in a worker of xdist.
    """
    trace = sys.gettrace()
    if trace and (item.get_closest_marker("no_cover") or "property" in item.path.parts):
        empty = [one for one in _made_once() if not one.cache_info().currsize]
        sys.settrace(None)
        try:
            return (yield)
        finally:
            sys.settrace(trace)
            for one in empty:
                # Else no test that is traced would ever see it made.
                one.cache_clear()
    return (yield)


def _made_once() -> list[Any]:
    modules = [module for name, module in sys.modules.items() if name.startswith("flows")]
    return [one for module in modules for one in vars(module).values() if hasattr(one, "cache_info")]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real server; each call gives the address of a new, empty database."""
    with postgres_server() as create:
        yield create
