"""A clock that ran ahead and was set back leaves no moment of a link further ahead than it rightly can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt, Checking, Recheck
from flows.link.moments import AHEAD, in_time
from flows.link.state import Cause, Issue, Last, Link, Nudge, Status, Step
from flows.schedule.reminders import next_due
from flows.schedule.wakeups import next_wake
from tests.support.links import ACCOUNT, NOW, RULES, a_link

YEAR = timedelta(days=365)
LATER = NOW + YEAR


def moments(value: Any, name: str = "") -> Iterator[tuple[str, datetime]]:  # noqa: ANN401  whatever a link holds
    if isinstance(value, datetime):
        yield name, value
    elif isinstance(value, dict):
        for one in value.values():
            yield from moments(one, name)
    elif isinstance(value, tuple):
        for one in value:
            yield from moments(one, name)
    elif is_dataclass(value):
        for one in fields(value):
            yield from moments(getattr(value, one.name), f"{type(value).__name__}.{one.name}")


def a_full_link(at: datetime) -> Link:
    """Give a link in which every moment is set, as a year ahead would set them."""
    ladder = Recheck(since=at, attempt=3, at=at + timedelta(hours=4))
    checking = Checking(id="c", kind=CheckKind.LOGIN, since=at, endpoints=())
    link = a_link(
        step=Step.ACTIVATION,
        account=replace(ACCOUNT, worked_at=at),
        expiry_at=at,
        attempt=Attempt(recheck=ladder, tried=checking),
    )
    return replace(
        link,
        touched=at,
        started=at,
        called=at,
        asked_at=at,
        frozen=at,
        handed=at,
        linked=at,
        cooling_until=at + timedelta(minutes=30),
        snoozed_until=at + timedelta(days=3),
        not_before=at + timedelta(hours=12),
        nudge=Nudge(cause=Cause.STALLED, number=0, rung=0, at=at),
        nudged={Cause.STALLED: at},
        last=Last(key="last.started", at=at),
        issue=Issue(reason=Reason.UNKNOWN, first_seen=at, last_seen=at, resolved=at),
    )


def test_every_moment_is_bounded_by_what_it_can_rightly_be() -> None:
    mended = in_time(a_full_link(LATER), NOW)
    found = list(moments(mended))
    assert len(found) >= 20
    assert [one for one in found if one[1] > NOW + AHEAD.get(one[0], timedelta())] == []
    assert set(AHEAD) <= {name for name, _ in found}


def test_nothing_that_is_in_time_is_touched() -> None:
    for link in (a_full_link(NOW - YEAR), a_link()):
        assert in_time(link, NOW) == link
    link = in_time(a_full_link(NOW), NOW)
    again = (link.not_before, link.attempt.recheck and link.attempt.recheck.at)
    assert again == (NOW, NOW), "what the app itself waits for is worked out anew"
    moved = replace(link.attempt, recheck=a_full_link(NOW).attempt.recheck)
    assert replace(link, not_before=a_full_link(NOW).not_before, attempt=moved) == a_full_link(NOW)


def test_a_link_that_a_wrong_clock_has_moved_is_woken_when_it_should_be() -> None:
    waits = replace(a_full_link(LATER), frozen=None, snoozed_until=None, not_before=None, status=Status.ACTIVE)
    assert (next_wake(waits, RULES) or NOW) > NOW + timedelta(days=300)
    assert (next_wake(in_time(waits, NOW), RULES) or LATER) <= NOW + timedelta(days=1)


def test_a_reminder_held_back_by_a_clock_two_days_ahead_comes_on_its_day() -> None:
    link, fault = a_link(step=Step.ISU, touched=NOW), timedelta(days=2)
    first = next_due(link, RULES)
    held = replace(link, nudged={Cause.STALLED: NOW + fault}, not_before=NOW + fault + timedelta(hours=20))
    assert next_due(in_time(held, NOW), RULES) == first
