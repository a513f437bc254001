"""How long each step usually takes a vendor's customers, from the walks of its finished links; promises nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from flows.link.state import Step
from flows.link.walk import Usual

FEWEST: Final = 5
"""Links that must have gone through a step before anything is said of it."""

_ORDER: Final = tuple(Step)


def usual(walks: Iterable[Mapping[Step, datetime]]) -> Usual:
    """Return the median of the minutes that each step took; a walk is when a link first came to each of its steps.

    Nights and weekends count; the median keeps the few who slept over a step from speaking for all.
    """
    taken: dict[Step, list[float]] = {}
    for walk in walks:
        reached = [(step, walk[step]) for step in _ORDER if step in walk]
        for (step, came), (_, went) in pairwise(reached):
            if went >= came:
                taken.setdefault(step, []).append((went - came) / timedelta(minutes=1))
    return {step: median(minutes) for step, minutes in taken.items() if len(minutes) >= FEWEST}
