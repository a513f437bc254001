"""Owns every number that Prometheus reads: its name, what it counts and by what; counts nothing by itself.

No label holds an id or a text of anybody: each takes one of a few words of our own, or the name of a method of Slack's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Counter, Gauge, Histogram

from storage.database.workers import CLOCK, COURIER

PREFIX = "linkworkday_"

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
"""Seconds; Slack waits three for an answer."""

WAITS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21600.0)
"""Seconds from when a message was wanted until it stood in Slack."""

CHECKS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 180.0)

# What this process has done.
REQUESTS = Counter(
    f"{PREFIX}requests", "Requests of Slack's that were answered, by kind and HTTP status", ["kind", "status"]
)
REFUSED = Counter(f"{PREFIX}requests_refused", "Requests that were turned away, and why", ["why"])
ACKS = Histogram(f"{PREFIX}ack_seconds", "Time from a request of Slack's to its answer", ["kind"], buckets=QUICK)
TURNS = Histogram(
    f"{PREFIX}turn_seconds", "Time to take one event, with the wait for the database", ["event"], buckets=QUICK
)
ERRANDS_ENDED = Counter(f"{PREFIX}errands_ended", "How tries to carry out an errand ended", ["kind", "ending"])
MESSAGE_WAIT = Histogram(
    f"{PREFIX}message_wait_seconds",
    "Time from when a message was wanted until it was sent, for what people asked for and for the rest",
    ["asked_by"],
    buckets=WAITS,
)
DATABASE_WAIT = Histogram(
    f"{PREFIX}database_wait_seconds",
    "Time that a transaction waited for its turn: of people, of the courier, of the clock",
    ["who"],
    buckets=QUICK,
)
SLACK_CALLS = Counter(f"{PREFIX}slack_calls", "Calls of Slack's Web API, by how they ended", ["method", "ending"])
CHECKS_DONE = Histogram(
    f"{PREFIX}check_seconds", "Time that a check of a Workday tenant took", ["kind", "reason"], buckets=CHECKS
)
PROBES = Counter(f"{PREFIX}probes", "Questions to Workday, by what they ask about and the answer", ["layer", "verdict"])
TICKS = Histogram(f"{PREFIX}tick_seconds", "Time that one tick of the clock took", buckets=QUICK)

# What the database holds: the same in each process.
ERRANDS = Gauge(f"{PREFIX}errands", "Errands by state", ["state"])
OLDEST = Gauge(f"{PREFIX}oldest_errand_seconds", "Age of the oldest unfinished errand")
ERRANDS_WAITING = Gauge(f"{PREFIX}errands_waiting", "Unfinished errands by kind", ["kind"])
ERRAND_AGE = Gauge(f"{PREFIX}errand_age_seconds", "Age of the oldest unfinished errand of a kind", ["kind"])
LINKS = Gauge(f"{PREFIX}links", "Links by what their card shows", ["state"])
BLOCKED = Gauge(f"{PREFIX}links_blocked", "Links about which nothing can be posted")
QUARANTINED = Gauge(f"{PREFIX}secrets_quarantined", "Stored secrets that are locked, as Slack has shut the app out")
LAG = Gauge(f"{PREFIX}tick_lag_seconds", "Seconds since the last tick of any process")

# What this process is like.
PROBLEM = Gauge(f"{PREFIX}problem", "1 where this keeps the app from being ready", ["part"])
RUNNING = Gauge(f"{PREFIX}errands_running", "Errands that this process is carrying out")
INFO = Gauge(f"{PREFIX}info", "Always 1; tells the release and how Slack reaches the app", ["version", "mode"])


@contextmanager
def timed(histogram: Histogram, **labels: str) -> Iterator[None]:
    """Measure what happens inside, however it ends."""
    began = perf_counter()
    try:
        yield
    finally:
        child = histogram.labels(**labels) if labels else histogram
        child.observe(perf_counter() - began)


def waited(patience: float, seconds: float) -> None:
    """Count, from any thread, how long a transaction waited for its turn; everybody but these two waits for people."""
    DATABASE_WAIT.labels(who={COURIER: "courier", CLOCK: "clock"}.get(patience, "people")).observe(seconds)
