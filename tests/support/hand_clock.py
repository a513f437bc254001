"""A clock that only moves when a test moves it."""

from __future__ import annotations


class HandClock:
    """Seconds since 1970; a test adds to `now`."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
