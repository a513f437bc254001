"""States of installs under way, on each database: each is worth one install, and not for long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from storage.credentials.installs import consume_state, issue_state


def test_a_state_is_used_up_once_within_ten_minutes(session: Session, minutes: Callable[[float], datetime]) -> None:
    for state in ("one", "two"):
        issue_state(session, state, minutes(0))
    assert not consume_state(session, "another", minutes(1))
    assert consume_state(session, "one", minutes(9.9))
    assert not consume_state(session, "one", minutes(9.9))
    assert not consume_state(session, "two", minutes(10))
