from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session

from storage import heartbeats as pulse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


def test_pulse(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    assert pulse.last_beat(session, "ticker") is None
    pulse.beat(session, "ticker", now)
    pulse.beat(session, "ticker", minutes(1))
    assert pulse.last_beat(session, "ticker") == minutes(1)


def test_a_turn_is_taken_once_by_whoever_comes_first(
    session: Session, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    assert not pulse.take_turn(session, "digest", now, since=now), "the first time only sets the mark"
    assert not pulse.take_turn(session, "digest", minutes(1), since=now)
    assert pulse.take_turn(session, "digest", minutes(3), since=minutes(2))
    assert not pulse.take_turn(session, "digest", minutes(4), since=minutes(2))
