"""What our own people are advised to do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.staff.advice import situation
from flows.link.attempt import Hitch
from flows.link.state import Link, Status, Step
from flows.words import load_words
from tests.support.drawn_states import at
from tests.support.links import NOW, RULES

PAUSED = at(Step.GROUP, status=Status.PAUSED)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (PAUSED, "paused"),
        (at(Step.GROUP, status=Status.PAUSED, approval=date(2026, 12, 24)), "approval"),
        (at(Step.GROUP, status=Status.CANCELLED), "cancelled"),
        (at(Step.ISU, hitch=Hitch.OWNED), "owned"),
        (at(Step.ISU, hitch=Hitch.INTERRUPTED), "walking"),
        (at(Step.ISU, hitch=Hitch.COOLING, cooling_until=NOW + timedelta(minutes=9)), "waiting"),
    ],
    ids=["paused", "approval", "ended", "ours to allow", "to be tried again", "cooling"],
)
def test_where_nobody_worries_it_follows_from_where_a_link_stands(link: Link, found: str) -> None:
    assert situation(Scene(link, RULES, load_words(), NOW)) == found
