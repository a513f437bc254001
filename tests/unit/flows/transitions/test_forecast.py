"""What is planned leaves the quiet looks out, which say nothing, and comes to the same without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import pytest

from flows import decide
from flows.link.events import CheckBroken, Woke
from flows.link.state import Cause, Link
from flows.schedule.wakeups import next_move, next_wake
from flows.transitions import forecast
from tests.support.drawn_states import every_state
from tests.support.links import NOW, RULES

UNTIL = NOW + timedelta(days=10)


def planned(link: Link) -> list[forecast.Planned]:
    return list(forecast.forecast(link, NOW, UNTIL, RULES))


@pytest.mark.no_cover
def test_the_plan_is_the_same_with_every_quiet_look(monkeypatch: pytest.MonkeyPatch) -> None:
    links = list(islice(every_state(), 0, None, 12))
    short = [[(one.at, one.to, one.cause, one.is_new, one.to_staff) for one in planned(link)] for link in links]
    monkeypatch.setattr(forecast, "next_move", next_wake)
    whole = [[(one.at, one.to, one.cause, one.is_new, one.to_staff) for one in planned(link)] for link in links]
    assert short == whole
    assert sum(map(len, whole)) > len(links)


def played(link: Link) -> Iterator[tuple[datetime, Cause]]:
    """Wake a link as the clock does, each check without an answer, and tell of the reminders that come of it."""
    now = NOW
    while (wake := next_move(link, RULES)) and wake <= UNTIL:
        now = max(now, wake)
        before, link = link, decide(link, Woke(), now, RULES).link
        if link.attempt.checking:
            link = decide(link, CheckBroken(check_id=link.attempt.checking.id), now, RULES).link
        is_old = link.nudge and before.nudge and replace(link.nudge, at=before.nudge.at) == before.nudge
        if link.nudge and not is_old and not link.nudge.outcome:
            yield now, link.nudge.cause


def test_the_plan_is_what_the_clock_will_do() -> None:
    for link in islice(every_state(), 5, None, 12):
        assert [(one.at, one.cause) for one in planned(link) if not one.to_staff] == list(played(link))


def test_a_plan_ends_after_so_many_steps() -> None:
    link = next(link for link in every_state() if len(planned(link)) > 1)
    found = list(forecast.forecast(link, NOW, UNTIL, RULES, most=1))
    assert len(found) < len(planned(link))
