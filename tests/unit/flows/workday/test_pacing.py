"""Questions keep a pace, and slow down before Workday has to say so."""

from __future__ import annotations

import pytest

from flows.workday.pacing import FEW_TOKENS, PACE_SECONDS, SLOWER, Pace


@pytest.mark.parametrize(
    ("told", "factor"),
    [
        ((), 1),
        ((None,), 1),
        ((700,), 1),
        ((FEW_TOKENS,), 1),
        ((FEW_TOKENS - 1,), SLOWER),
        ((0,), SLOWER),
        ((3, None), SLOWER),
        ((3, 600), 1),
    ],
)
def test_the_pace_slows_when_few_tokens_are_left(told: tuple[int | None, ...], factor: int) -> None:
    pace = Pace(PACE_SECONDS)
    for tokens_left in told:
        pace.heed(tokens_left)
    assert pace.seconds == PACE_SECONDS * factor
