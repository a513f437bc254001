"""What our own people are advised to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.cards.context import Scene
from flows.cards.staff.advice import MOVES, moves, situation
from flows.link.attempt import Hitch
from flows.link.standing import Mover, standing
from flows.link.state import Link, Status, Step
from flows.link.steps import row_of
from flows.words import load_words
from tests.support.drawn_states import at, every_scene
from tests.support.links import ADA, NOW, RULES

LATER = date(2026, 12, 24)
PAUSED = at(Step.GROUP, status=Status.PAUSED)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (PAUSED, "paused"),
        (at(Step.GROUP, status=Status.PAUSED, approval=LATER), "approval"),
        (at(Step.GROUP, status=Status.PAUSED, approval=NOW.date()), "approval_due"),
        (at(Step.GROUP, status=Status.PAUSED, paused_until=LATER), "paused_until"),
        (at(Step.GROUP, status=Status.PAUSED, admin=replace(ADA, present=False)), "gone"),
        (at(Step.GROUP, status=Status.PAUSED, paused_until=LATER, admin=replace(ADA, present=False)), "gone"),
        (at(Step.GROUP, status=Status.CANCELLED), "cancelled"),
        (at(Step.ISU, hitch=Hitch.OWNED), "owned"),
        (at(Step.ISU, hitch=Hitch.INTERRUPTED), "walking"),
        (at(Step.ISU, hitch=Hitch.COOLING, cooling_until=NOW + timedelta(minutes=9)), "waiting"),
    ],
    ids=["paused", "approval", "its day", "until", "gone", "until, gone", "ended", "ours to allow", "again", "cooling"],
)
def test_where_nobody_worries_it_follows_from_where_a_link_stands(link: Link, found: str) -> None:
    assert situation(Scene(link, RULES, load_words(), NOW)) == found


@pytest.mark.no_cover
def test_whose_move_it_is_waits_for_nobody_else() -> None:
    """Nobody of ours is told to wait while the link waits for them."""
    waits = {key for key, (first, _) in MOVES.items() if first in {"wait", "let_work", "nothing"}}
    for scene in every_scene():
        found = standing(scene.link, NOW)
        if found.mover is Mover.OWNER:
            assert situation(scene) not in waits, found


@pytest.mark.no_cover
def test_it_names_somebody_and_asks_for_a_secret_only_where_there_is_one() -> None:
    for scene in every_scene():
        link, text = scene.link, " ".join(moves(scene))
        assert "nobody" not in text, text
        # Only a password is reminded of by its end, as one of a token is not known.
        if row_of(link.setup).bearer and link.setup.expiry is None:
            assert not re.search("password|secret", text), text
