"""What the card of a step shows only where our own installation has it: drawings of pages, networks to allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.cards.context import Scene
from flows.cards.parts import Buttons, Copy
from flows.cards.thread_card import card
from flows.link.events import Action, Form
from flows.link.rulebook import Rulebook
from flows.link.state import Step
from flows.words import load_words
from tests.support.links import ACCOUNT, ENDPOINT, NOW, RULES, a_link

DRAWN = replace(RULES, pictures="https://bot.example/pictures")


def shown(step: Step, rules: Rulebook) -> list[Form | None]:
    link = a_link(step=step, cards=(step,), endpoint=ENDPOINT, account=ACCOUNT)
    parts = card(Scene(link, rules, load_words(), NOW), 0).parts
    buttons = [button for part in parts if isinstance(part, Buttons) for button in part.buttons]
    return [button.form for button in buttons if button.action is Action.PICTURES]


def copies(rules: Rulebook) -> list[str]:
    link = a_link(step=Step.AUTH_POLICY, cards=(Step.AUTH_POLICY,), endpoint=ENDPOINT, account=ACCOUNT)
    parts = card(Scene(link, rules, load_words(), NOW), 0).parts
    return [part.text for part in parts if isinstance(part, Copy)]


@pytest.mark.parametrize(
    ("step", "rules", "expected"),
    [
        (Step.GROUP, DRAWN, [Form.PICTURES]),
        (Step.GROUP, RULES, []),
        (Step.WELCOME, DRAWN, []),
    ],
    ids=["drawn", "nowhere to fetch them", "a step without pages"],
)
def test_drawings_are_offered_where_there_are_any(step: Step, rules: Rulebook, expected: list[Form]) -> None:
    assert shown(step, rules) == expected


def test_the_addresses_that_we_call_from_are_there_to_copy() -> None:
    ours = "192.0.2.10\n192.0.2.11"
    assert ours in copies(replace(RULES, egress=("192.0.2.10", "192.0.2.11")))
    assert "" not in copies(RULES)


def test_a_user_who_is_known_is_checked_at_another_address_with_one_press() -> None:
    link = a_link(step=Step.ISU, cards=(Step.ISU,), endpoint=ENDPOINT, account=replace(ACCOUNT, proved=False))
    drawn = card(Scene(link, RULES, load_words(), NOW), 0)
    buttons = [one for part in drawn.parts if isinstance(part, Buttons) for one in part.buttons]
    assert [(one.action, one.primary) for one in buttons[:2]] == [(Action.CHECK, True), (Action.OPEN_FORM, False)]
