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


POST = "chat.postMessage"
UPDATE = "chat.update"

AWAITED = timedelta(minutes=1)
"""How long after somebody has pressed or written something what goes to their channel is waited for."""


@dataclass(frozen=True, slots=True)
class Budget:
    """So many a second in the long run, and `burst` of them at once, of which some are `kept` for people who wait."""

    per_second: float
    burst: int
    kept: int = 0


CHANNEL = Budget(1, 10)
"""Slack documents about one message a second into one channel; it takes short bursts, but does not say how short."""

WORKSPACE = Budget(5, 70, kept=10)
"""Of posts in all channels together; Slack says "several hundred per minute"."""

UPDATES = Budget(50 / 60, 50, kept=5)
"""Of changes to messages in all channels together; Slack documents 50 and more a minute."""


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


class Line:
    """The turns of one method: people who wait come first, and what nobody waits for leaves them what is kept."""

    def __init__(self, budget: Budget) -> None:
        self._kept = budget.kept
        self._again = timedelta(seconds=1 / budget.per_second)
        self._all = Bucket(budget)
        self._patient = Bucket(Budget(budget.per_second, budget.burst - budget.kept))

    def place(self, now: datetime, *, is_awaited: bool) -> datetime:
        """Return the moment to come back at."""
        return (self._all if is_awaited else self._patient).take(now)

    def give_way(self, now: datetime) -> datetime:
        """Let what nobody waits for go, now that its moment has come, or later when people have taken its turn."""
        return self._all.take(now) if self._all.room(now) > self._kept else now + self._again


@dataclass(frozen=True, slots=True)
class Place:
    """The moment from which somebody may go on, and whether people wait for that."""

    at: datetime
    is_awaited: bool


class Pacer:
    """The turns of posts and updates, and the rests that Slack has asked for."""

    def __init__(
        self, clock: Clock, *, channel: Budget = CHANNEL, workspace: Budget = WORKSPACE, updates: Budget = UPDATES
    ) -> None:
        self._clock = clock
        self._budget = channel
        self._lines = {POST: Line(workspace), UPDATE: Line(updates)}
        self._channels: dict[str, Bucket] = {}
        self._awaited: dict[str, datetime] = {}
        self._places: dict[str, Place] = {}
        self._rests: dict[tuple[str, str], datetime] = {}
        self._seen = clock()

    def now(self) -> datetime:
        """Return the time; when the clock was set back, what was noted by it is forgotten."""
        now = self._clock()
        if now + JITTER < self._seen:
            self._places.clear()
            self._rests.clear()
            self._awaited.clear()
        self._seen = now
        return now

    def attend(self, channel: str) -> None:
        """Note that somebody has just done something in a channel and waits for what comes of it."""
        now = self.now()
        waiting = {name: until for name, until in self._awaited.items() if until > now}
        self._awaited = {**waiting, channel: now + AWAITED}

    def turn(self, who: str, channel: str, method: str = POST) -> float:
        """Return the seconds until `who` may speak in a channel; who comes back then has kept its place."""
        now, line = self.now(), self._lines[method]
        place = self._places.pop(who, None) or self._place(line, channel, method, now)
        if place.at <= now and not place.is_awaited:
            place = Place(line.give_way(now), is_awaited=False)
        if place.at <= now:
            return 0.0
        self._keep(who, place, now)
        return (place.at - now).total_seconds()

    def rest(self, method: str, seconds: float, channel: str = "") -> None:
        """Note that Slack wants this method to rest: in this channel, and in all once it says so in a second one."""
        now = self.now()
        self._rests = {what: until for what, until in self._rests.items() if until > now}
        is_of_all = any(name == method and where != channel for name, where in self._rests)
        self._rests[method, "" if is_of_all else channel] = now + timedelta(seconds=seconds)

    def resting(self, method: str, channel: str = "") -> float:
        """Return the seconds this method still has to rest in a channel."""
        now = self.now()
        until = max(self._rests.get((method, where), now) for where in ("", channel))
        return max((until - now).total_seconds(), 0.0)

    def _place(self, line: Line, channel: str, method: str, now: datetime) -> Place:
        is_awaited = self._awaited.get(channel, now) > now
        at = line.place(now, is_awaited=is_awaited)
        if method == POST:
            at = max(at, self._channels.setdefault(channel, Bucket(self._budget)).take(now))
        return Place(at, is_awaited)

    def _keep(self, who: str, place: Place, now: datetime) -> None:
        self._places[who] = place
        if len(self._places) > HELD_PLACES:
            # Another process has sent them, or they were given up.
            self._places = {name: one for name, one in self._places.items() if one.at > now - ABANDONED}
