"""How long a step usually takes is a median of those who went through it, and nothing where they are few."""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.link.state import Step
from flows.papers.usual import FEWEST, usual
from tests.support.links import NOW


def walk(*minutes: tuple[Step, float]) -> dict[Step, datetime]:
    return {step: NOW + timedelta(minutes=at) for step, at in minutes}


def test_a_step_takes_until_the_next_one_that_was_walked() -> None:
    walks = [walk((Step.ISU, 0), (Step.EXPIRY, took), (Step.CHECK, took + 2)) for took in (4, 5, 6, 7, 900)]
    assert usual(walks) == {Step.ISU: 6, Step.EXPIRY: 2}


def test_a_few_links_say_nothing() -> None:
    one = walk((Step.ISU, 0), (Step.EXPIRY, 5))
    assert usual([one] * (FEWEST - 1)) == {}
    assert usual([one] * FEWEST) == {Step.ISU: 5}


def test_who_went_back_before_the_first_time_is_not_counted() -> None:
    back = walk((Step.ISU, 9), (Step.EXPIRY, 5), (Step.GROUP, 20))
    assert usual([back] * FEWEST) == {Step.EXPIRY: 15}
