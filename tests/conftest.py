"""Settings for every test: how hard the property tests look."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples each time, so that a change is judged by itself; `make fuzz` looks for new ones.
settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", parent=settings.get_profile("default"), derandomize=False, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
