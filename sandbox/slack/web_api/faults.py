"""Owns the troubles this Slack is told to make. It decides which; the server makes them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(slots=True)
class Fault:
    """One trouble for one method ("*" for any); `performed` lets the call take effect first, `body` is said instead."""

    method: str
    error: str | None = None
    http: int | None = None
    body: str | None = None
    rate_limited: int | None = None
    lose_answer: bool = False
    delay: float = 0.0
    timeout: bool = False
    performed: bool = False
    times: int = 1


KINDS = {
    "http500": Fault("*", http=500),
    "http503_performed": Fault("*", http=503, performed=True),
    "rate_limited": Fault("*", rate_limited=1),
    "lose_answer": Fault("*", lose_answer=True),
    "timeout": Fault("*", timeout=True),
    "internal_error": Fault("*", error="internal_error"),
    "slow": Fault("*", delay=0.3),
}
"""What `randomly` can be asked for, by name."""


class Faults:
    """A queue of ordered faults and, behind it, dice; `timeout_seconds` is how long a stuck call hangs."""

    def __init__(self) -> None:
        self.timeout_seconds = 1.0
        self.happened: list[tuple[str, str]] = []
        self._queue: list[Fault] = []
        self._dice: random.Random | None = None
        self._chances: Mapping[str, float] = {}
        self._methods: Collection[str] | None = None

    def next(  # noqa: PLR0913 - one keyword for each trouble reads best
        self,
        method: str,
        *,
        error: str | None = None,
        http: int | None = None,
        body: str | None = None,
        rate_limited: int | None = None,
        lose_answer: bool = False,
        delay: float = 0.0,
        timeout: bool = False,
        performed: bool = False,
        times: int = 1,
    ) -> None:
        """Order a fault for the next `times` calls of `method`."""
        fault = Fault(method, error, http, body, rate_limited, lose_answer, delay, timeout, performed, times)
        self._queue.append(fault)

    def randomly(self, seed: int, chances: Mapping[str, float], methods: Collection[str] | None = None) -> None:
        """Roll dice for every call, with chances by name from KINDS; `methods` narrows it down."""
        unknown = chances.keys() - KINDS
        if unknown:
            raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(KINDS)}")
        self._dice, self._chances, self._methods = random.Random(seed), dict(chances), methods  # noqa: S311

    def stop(self) -> None:
        """Make no further trouble."""
        self._queue.clear()
        self._dice = None

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, if any."""
        for fault in self._queue:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._queue.remove(fault)
                self.happened.append((method, "ordered"))
                return fault
        if self._dice is None or (self._methods is not None and method not in self._methods):
            return None
        roll = self._dice.random()
        for name, chance in self._chances.items():
            if roll < chance:
                self.happened.append((method, name))
                return self._with_luck(KINDS[name])
            roll -= chance
        return None

    def _with_luck(self, fault: Fault) -> Fault:
        """Let a call that hangs have taken effect half of the time."""
        if fault.timeout and self._dice is not None:
            return replace(fault, performed=self._dice.random() < 0.5)
        return fault
