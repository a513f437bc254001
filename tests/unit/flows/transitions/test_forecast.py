"""What is planned leaves the quiet looks out, which say nothing, and comes to the same without them."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

import pytest

from flows.link.state import Link
from flows.schedule.wakeups import next_wake
from flows.transitions import forecast
from tests.support.drawn_states import every_state
from tests.support.links import NOW, RULES

UNTIL = NOW + timedelta(days=10)


def planned(link: Link) -> list[forecast.Planned]:
    return list(forecast.forecast(link, NOW, UNTIL, RULES))


def test_the_plan_is_the_same_with_every_quiet_look(monkeypatch: pytest.MonkeyPatch) -> None:
    links = list(islice(every_state(), 0, None, 12))
    short = [[(one.at, one.to, one.cause, one.is_new, one.to_staff) for one in planned(link)] for link in links]
    monkeypatch.setattr(forecast, "next_move", next_wake)
    whole = [[(one.at, one.to, one.cause, one.is_new, one.to_staff) for one in planned(link)] for link in links]
    assert short == whole
    assert sum(map(len, whole)) > len(links)


def test_a_plan_ends_after_so_many_steps() -> None:
    link = next(link for link in every_state() if len(planned(link)) > 1)
    found = list(forecast.forecast(link, NOW, UNTIL, RULES, most=1))
    assert len(found) < len(planned(link))
