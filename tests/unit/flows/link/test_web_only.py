"""Secrets past Slack: what the modal offers, what the page shows, and what is refused when it is the only way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.cards.context import Scene
from flows.cards.modals import dialog, web_page
from flows.cards.parts import Text
from flows.link.access.reading import refusal
from flows.link.effects import Say
from flows.link.events import Action, Form, Pressed, Submitted
from flows.link.forms import FORMS, WITH_SECRETS, FieldKind
from flows.link.state import Person, Status, Step
from flows.tenant.service_url import Environment
from flows.transitions.decide import copied, decide
from flows.words import load_words
from tests.support.links import ADA, NOW, RULES, SAM, a_link

WORDS = load_words()
PAGE = "https://link.example/form/abc_-"
ISU = a_link(step=Step.ISU)
ONLY = replace(ISU, web_only=True)
ON = Pressed(actor=SAM, action=Action.WEB_ONLY, step=Step.ISU, revision=1, value="on")


def texts(parts: tuple[object, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def test_forms_with_a_secret_can_be_filled_in_elsewhere() -> None:
    assert {Form.ISU, Form.API_CLIENT, Form.TOKEN_CLIENT, Form.ROTATE} == WITH_SECRETS
    for form in WITH_SECRETS:
        assert {row.kind for row in FORMS[form]} <= {FieldKind.TEXT, FieldKind.SECRET, FieldKind.CHOICE}


def test_the_modal_offers_the_page_or_leaves_everything_to_it() -> None:
    scene = Scene(ISU, RULES, WORDS, NOW)
    assert dialog(scene, Form.ISU, "") == dialog(scene, Form.ISU)
    offered = dialog(scene, Form.ISU, PAGE)
    assert f"<{PAGE}|Enter it on a web page>" in texts(offered.parts)
    assert offered.inputs == dialog(scene, Form.ISU).inputs
    only = dialog(Scene(ONLY, RULES, WORDS, NOW), Form.ISU, PAGE)
    assert f"<{PAGE}|Open the page>" in texts(only.parts)
    assert (only.inputs, only.submit) == ((), "")


@pytest.mark.parametrize("form", sorted(WITH_SECRETS))
def test_the_page_says_what_is_true_there(form: Form) -> None:
    scene = Scene(ISU, RULES, WORDS, NOW)
    drawn = web_page(scene, form, NOW)
    assert "not through Slack" in texts(drawn.parts)
    assert "This page works once" in texts(drawn.parts)
    assert not [one.hint for one in drawn.inputs if "Slack" in one.hint]
    assert [one.label for one in drawn.inputs] == [
        one.label for one in dialog(Scene(ISU, RULES, WORDS, NOW), form).inputs
    ]


def test_when_it_is_the_only_way_slack_takes_no_secret() -> None:
    through_slack = Submitted(actor=ADA, form=Form.ISU, step=Step.ISU, revision=1)
    assert refusal(ISU, through_slack) is None
    refused = refusal(ONLY, through_slack)
    assert refused
    assert refused.key == "refusal.web_only"
    assert refusal(ONLY, replace(through_slack, on_web=True)) is None
    assert refusal(ONLY, replace(through_slack, actor=Person(user_id="U9", team_id="T9"), on_web=True))


def test_staff_switch_it_on_and_off_and_never_twice() -> None:
    on = decide(ISU, ON, NOW, RULES)
    assert on.link.web_only
    assert on.effects == (Say(key="say.web_only_on"),)
    assert on.link.touched == ISU.touched
    assert decide(on.link, ON, NOW, RULES).refusal
    off = decide(on.link, replace(ON, value=""), NOW, RULES)
    assert not off.link.web_only
    assert off.effects == (Say(key="say.web_only_off"),)
    assert decide(ISU, replace(ON, actor=ADA), NOW, RULES).refusal
    assert decide(replace(ISU, status=Status.CANCELLED), ON, NOW, RULES).refusal


def test_another_environment_of_the_customer_is_as_strict() -> None:
    assert copied(ONLY, "new", Environment.SANDBOX, NOW).web_only
    assert not copied(ISU, "new", Environment.SANDBOX, NOW).web_only
