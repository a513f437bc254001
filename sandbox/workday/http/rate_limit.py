"""Owns the token buckets that slow callers down; must not know what is being asked for."""

import math
from dataclasses import dataclass


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
