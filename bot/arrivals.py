"""Which signed request is being carried out, so that none is carried out twice in all processes; answers none."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from storage import deduplication as inbox

T = TypeVar("T")


class RepeatedError(Exception):
    """A request with this signature has been carried out, perhaps by another process."""


@dataclass(slots=True)
class Arrival:
    """One signed request; `is_taken` once a transaction that it led to was committed."""

    signature: str
    is_taken: bool = False


ARRIVAL: ContextVar[Arrival | None] = ContextVar("arrival", default=None)
"""What the running task was begun for; None for what no request of Slack's has asked for."""


INSTALL: ContextVar[str | None] = ContextVar("install", default=None)
"""The install whose request the running task carries out, where there are several: it knows no other one's links."""


def only_once(work: Callable[[Session], T], now: datetime, *, notes: bool = True) -> Callable[[Session], T]:
    """Make work that raises RepeatedError when the request was carried out, and `notes` beside its changes that it is.

    Nothing is asked for what no request of Slack's has begun, nor again once it is noted.
    """
    arrival = ARRIVAL.get()
    if arrival is None or arrival.is_taken:
        return work
    key = f"{inbox.SIGNED}{arrival.signature}"

    def guarded(session: Session) -> T:
        is_new = inbox.first_time(session, key, now) if notes else not inbox.is_known(session, key)
        if not is_new:
            raise RepeatedError
        return work(session)

    return guarded


def taken() -> None:
    """Note that what `only_once` made was committed."""
    if arrival := ARRIVAL.get():
        arrival.is_taken = True
