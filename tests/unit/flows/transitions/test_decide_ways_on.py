"""Decisions that lead on from where a conversation has come to a halt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.link.effects import LookUp
from flows.link.events import Action, Pressed
from flows.link.state import Step
from flows.transitions.decide import decide
from tests.support.links import ACCOUNT, ADA, BOB, ENDPOINT, NOW, RULES, a_link


@pytest.mark.parametrize(("value", "step"), [("", Step.PERMISSIONS), (Step.SERVICE_URL, Step.SERVICE_URL)])
def test_one_press_goes_back_a_step_or_to_the_service_url(value: str, step: Step) -> None:
    link = a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT)
    press = Pressed(actor=ADA, action=Action.BACK, step=link.step, revision=link.revision, value=value)
    assert decide(link, press, NOW, RULES).link.step is step


def test_a_colleague_starts_in_place_of_an_admin_who_has_gone() -> None:
    link = a_link(admin=replace(ADA, present=False))
    press = Pressed(actor=BOB, action=Action.START, step=link.step, revision=link.revision)
    decision = decide(link, press, NOW, RULES)
    assert decision.link.admin == BOB
    assert LookUp(user_id=BOB.user_id) in decision.effects
    assert decide(a_link(), press, NOW, RULES).refusal
