"""Questions follow each other at once, and slow down before Workday has to say so."""

from __future__ import annotations

import time

import pytest

from flows.workday.pacing import FEW_TOKENS, SLOW_SECONDS, Pace, ask_all


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ((), 0),
        ((None,), 0),
        ((700,), 0),
        ((FEW_TOKENS,), 0),
        ((FEW_TOKENS - 1,), SLOW_SECONDS),
        ((0,), SLOW_SECONDS),
        ((3, None), SLOW_SECONDS),
        ((3, 600), 0),
    ],
)
def test_the_pace_slows_when_few_tokens_are_left(told: tuple[int | None, ...], seconds: float) -> None:
    pace = Pace()
    for tokens_left in told:
        pace.heed(tokens_left)
    assert pace.seconds == seconds


async def test_what_is_asked_near_the_limit_waits_before_it_and_not_after_it() -> None:
    pace, asked = Pace(0.05), []

    async def ask() -> bool:
        asked.append(time.monotonic())
        pace.heed(FEW_TOKENS - 1 if len(asked) == 2 else None)
        return True

    began = time.monotonic()
    assert await ask_all([ask] * 3, pace=pace, in_flight=1)
    assert asked[1] - began < 0.5
    assert asked[2] - asked[1] >= 0.05
    assert time.monotonic() - asked[2] < 0.5
