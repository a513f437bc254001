"""Payloads: whatever comes, a plain value or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.payloads import read_press, read_sent
from flows.messages import Action, Form
from flows.state import Step

SAID = {"link": "abc", "step": "isu", "rev": 3, "do": "back"}


def pressed(**action: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"user": {"id": "U1", "team_id": "T1"}, "actions": [action], "trigger_id": "1.2"}


def test_a_button_and_an_option_of_the_menu_are_the_same() -> None:
    by_button = read_press(pressed(value=json.dumps(SAID)))
    by_menu = read_press(pressed(selected_option={"value": json.dumps(SAID)}))
    assert by_button == by_menu
    assert by_button
    assert (by_button.action, by_button.step, by_button.revision) == (Action.BACK, Step.ISU, 3)
    assert by_button.actor.team_id == "T1"
    assert by_button.form is None


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "[]",
        "null",
        "{}",
        "no json",
        json.dumps(SAID | {"do": "fly"}),
        json.dumps(SAID | {"step": "gone"}),
        json.dumps(SAID | {"rev": "x"}),
        json.dumps(SAID | {"rev": None}),
        json.dumps(SAID | {"form": "gone"}),
    ],
)
def test_a_button_we_do_not_know_is_nothing(said: str | None) -> None:
    assert read_press(pressed(value=said)) is None


@pytest.mark.parametrize("body", [{}, {"actions": []}, {"actions": None}, {"user": None, "actions": [{}]}])
def test_a_press_without_anything_is_nothing(body: dict[str, Any]) -> None:
    assert read_press(body) is None


def test_a_form_gives_its_fields_and_hides_them() -> None:
    values = {
        "user": {"user": {"type": "plain_text_input", "value": "ISU"}},
        "password.n1": {"password": {"type": "plain_text_input", "value": "secret"}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
        "choice": {"choice": {"type": "static_select", "selected_option": {"value": "a"}}},
        "unchosen": {"unchosen": {"type": "static_select", "selected_option": None}},
        "ticks": {"ticks": {"type": "checkboxes", "selected_options": [{"value": "x"}, {"value": "y"}]}},
        "unticked": {"unticked": {"type": "checkboxes", "selected_options": None}},
        "who": {"who": {"type": "users_select", "selected_user": "U9"}},
        "day": {"day": {"type": "datepicker", "selected_date": "2026-03-02"}},
    }
    view = {"private_metadata": json.dumps({"form": "isu", "link": "abc", "step": "isu", "rev": 2})}
    sent = read_sent({"user": {"id": "U1"}, "view": view | {"state": {"values": values}}})
    assert sent
    assert sent.form is Form.ISU
    assert sent.typed == {
        "user": "ISU",
        "password": "secret",
        "empty": "",
        "choice": "a",
        "unchosen": "",
        "ticks": "x,y",
        "unticked": "",
        "who": "U9",
        "day": "2026-03-02",
    }
    assert sent.places["password"] == "password.n1"
    assert "secret" not in repr(sent)


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"form":"gone"}', '{"form":"isu","rev":[]}'])
def test_a_form_we_do_not_know_is_nothing(said: str) -> None:
    assert read_sent({"view": {"private_metadata": said}}) is None
    assert read_sent({}) is None
