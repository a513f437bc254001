"""Owns the token buckets and the guardrail that slow callers down; must not know what is being asked for."""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """A token bucket; `per_second` is the refill, `updated_at` epoch seconds."""

    capacity: float
    per_second: float
    tokens: float
    updated_at: float

    @classmethod
    def full(cls, capacity: float, now: float) -> "Bucket":
        """Return a bucket that refills in a minute."""
        return cls(capacity, capacity / 60, capacity, now)

    def take(self, now: float) -> bool:
        """Take a token; False when none is left."""
        self.tokens = min(self.capacity, self.tokens + max(0.0, now - self.updated_at) * self.per_second)
        self.updated_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    @property
    def remaining(self) -> int:
        return int(self.tokens)

    @property
    def retry_after(self) -> int:
        """Return whole seconds until the next token."""
        return math.ceil((1 - self.tokens) / self.per_second) if self.per_second else 60


@dataclass(slots=True)
class Guardrail:
    """Shuts a tenant for a while after too many requests in an hour that were denied or made no sense."""

    invalid: deque[float] = field(default_factory=deque)
    shut_until: float = float("-inf")

    def count(self, now: float, most: int, seconds: float) -> None:
        """Count one more; with more than `most` within the hour it shuts for `seconds`."""
        self.invalid.append(now)
        while self.invalid[0] <= now - 3600:
            self.invalid.popleft()
        if len(self.invalid) > most:
            self.invalid.clear()
            self.shut_until = now + seconds
