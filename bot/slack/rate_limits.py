"""Rate limits on our side, so that Slack need not insist: how fast is posted, which method rests; sends nothing.

It counts in memory, each process for itself. Replicas together may be faster than Slack likes; then Slack answers 429,
which is waited out as well, so no promise rests on what is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import Clock

HELD_PLACES = 1_000
"""Places kept without looking for those that nobody came back for."""

ABANDONED = timedelta(minutes=10)
JITTER = timedelta(seconds=1)
"""A clock that goes back further was set; what was counted by it means nothing any more."""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many a second in the long run, and `burst` of them at once."""

    per_second: float
    burst: int


CHANNEL = Budget(1, 10)
"""Slack documents about one message a second into one channel; it takes short bursts, but does not say how short."""

WORKSPACE = Budget(5, 60)
"""Of posts in all channels together; Slack says "several hundred per minute"."""


class Bucket:
    """Hands out moments in order, as fast as its budget allows."""

    def __init__(self, budget: Budget) -> None:
        self._each = timedelta(seconds=1 / budget.per_second)
        self._burst = self._each * (budget.burst - 1)
        self._seen = self._next = datetime.min.replace(tzinfo=UTC)

    def take(self, now: datetime, number: int = 1) -> datetime:
        """Return the moment from which the next `number` may go; not after `now` when they may go at once."""
        after = self._after(now)
        self._next = after + self._each * number
        return after - self._burst + self._each * (number - 1)

    def room(self, now: datetime) -> int:
        """Return how many may go at once."""
        return max((now + self._burst - self._after(now)) // self._each + 1, 0)

    def _after(self, now: datetime) -> datetime:
        if now + JITTER < self._seen:
            self._next = now
        self._seen = now
        return max(self._next, now)


class Pacer:
    """The turns of posts, and the rests of methods that Slack has asked for."""

    def __init__(self, clock: Clock, *, channel: Budget = CHANNEL, workspace: Budget = WORKSPACE) -> None:
        self._clock = clock
        self._budget = channel
        self._workspace = Bucket(workspace)
        self._channels: dict[str, Bucket] = {}
        self._places: dict[str, datetime] = {}
        self._rests: dict[str, datetime] = {}
        self._seen = clock()

    def now(self) -> datetime:
        """Return the time; when the clock was set back, what was noted by it is forgotten."""
        now = self._clock()
        if now + JITTER < self._seen:
            self._places.clear()
            self._rests.clear()
        self._seen = now
        return now

    def turn(self, who: str, channel: str) -> float:
        """Return the seconds until `who` may post into a channel; who comes back then has kept its place."""
        now = self.now()
        at = self._places.pop(who, None)
        if at is None:
            bucket = self._channels.setdefault(channel, Bucket(self._budget))
            at = max(self._workspace.take(now), bucket.take(now))
        if at <= now:
            return 0.0
        self._keep(who, at, now)
        return (at - now).total_seconds()

    def rest(self, method: str, seconds: float) -> None:
        """Note that Slack wants this method to rest."""
        self._rests[method] = self.now() + timedelta(seconds=seconds)

    def resting(self, method: str) -> float:
        """Return the seconds this method still has to rest."""
        now = self.now()
        return max((self._rests.get(method, now) - now).total_seconds(), 0.0)

    def _keep(self, who: str, at: datetime, now: datetime) -> None:
        self._places[who] = at
        if len(self._places) > HELD_PLACES:
            # Another process has sent them, or they were given up.
            self._places = {name: due for name, due in self._places.items() if due > now - ABANDONED}
