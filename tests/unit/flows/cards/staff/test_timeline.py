"""The record of a link reads as sentences, in each language, and says whose line it is and what was refused."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.ops.record import Deed
from bot.turns import what_of
from flows.cards.context import Scene
from flows.cards.staff.timeline import UNTOLD, Happened, happened
from flows.link.events import Action, Event, Form, Heard, Intent, Pressed, Submitted
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import ADA, NOW, RULES, a_link

SPOKEN = {
    *(what_of(Pressed(actor=ADA, action=one, step=Step.ISU, revision=1)) for one in Action),
    *(what_of(Submitted(actor=ADA, form=one, step=Step.ISU, revision=1, on_web=True)) for one in Form),
    *(what_of(Heard(actor=ADA, intent=one)) for one in Intent),
    *(one.__name__.lower() for one in get_args(Event) if one not in {Pressed, Submitted, Heard}),
    *("started", "copied"),
    *(f"operator.{one}" for one in Deed),
}


def line(language: str, **more: object) -> str:
    one = Happened(at=NOW, **more)  # type: ignore[arg-type]
    return happened(Scene(a_link(), RULES, load_words(language=language), NOW), one)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("what", sorted(SPOKEN - UNTOLD))
def test_everything_that_is_recorded_has_words(language: str, what: str) -> None:
    assert "`" not in line(language, what=what)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"what": "sent.isu.web", "actor": "U0ADA", "team": "T1", "step": "isu"},
            "Integration user: sent the form *Integration user* · <@U0ADA>",
        ),
        (
            {"what": "pressed.pause", "actor": "U0EVE", "team": "T2", "is_refused": True},
            "clicked *Pause*, which was refused · <@U0EVE>",
        ),
        ({"what": "operator.show", "actor": "<root>"}, "looked at the link · &lt;root&gt;"),
        ({"what": "checkfinished", "step": "gone"}, "asked Workday and got an answer · the app"),
        ({"what": "pressed.older_button"}, "`pressed.older_button` · the app"),
    ],
)
def test_a_line_says_what_and_who(facts: dict[str, object], said: str) -> None:
    assert line("en", **facts).partition(" · ")[2] == said
