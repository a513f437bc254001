"""What every test shares: how hard the property tests look, and one PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.databases import postgres_server

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20000"))
"""How many examples the property tests look at under the profile `fuzz`."""

# The same examples each time, so that a change is judged by itself; `make fuzz` looks for new ones.
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", parent=settings.get_profile("default"), derandomize=False, max_examples=EXAMPLES)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real server; each call gives the address of a new, empty database."""
    with postgres_server() as create:
        yield create
