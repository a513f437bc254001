"""Payloads: whatever comes, a plain value or nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from bot.slack.reading.messages import read_message
from bot.slack.reading.payloads import (
    read_asking,
    read_command,
    read_control,
    read_id,
    read_press,
    read_sent,
    reply_url,
    who_waits,
)
from flows.link.events import Action, Form
from flows.link.state import Person, Step

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
        json.dumps(SAID | {"link": "a\0b"}),
        json.dumps(SAID | {"link": "\ud800"}),
        json.dumps(SAID | {"link": "x" * 300}),
        json.dumps(SAID | {"link": ""}),
        json.dumps(SAID | {"rev": 10**30}),
        json.dumps(SAID).replace("3", "1e400"),
        json.dumps(SAID | {"value": "\udc00"}),
        json.dumps(SAID | {"value": ["x"]}),
        json.dumps(SAID | {"do": ["back"]}),
        "[" * 2_500,
        '{"a":' * 500,
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


WRONG = [7, 1.5, True, "", "x", [], [[]], [None], {}, {"id": 7}, "a\0b", "\ud800", "x" * 50_000]


def spoilt(value: Any, wrong: object) -> list[Any]:  # noqa: ANN401
    """Give every copy in which one thing is wrong, or missing."""
    if not isinstance(value, dict | list):
        return [wrong]
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    made: list[Any] = [wrong]
    for key, one in pairs:
        for other in spoilt(one, wrong):
            copied: Any = value.copy()
            copied[key] = other
            made.append(copied)
    return made + ([{k: v for k, v in pairs if k != key} for key, _ in pairs] if isinstance(value, dict) else [])


COMMAND = {
    "user_id": "U1",
    "team_id": "T1",
    "channel_id": "C1",
    "channel_name": "x",
    "text": "HELP ",
    "trigger_id": "1.2",
}
MESSAGE = {
    "type": "message",
    "channel": "C1",
    "ts": "1.2",
    "thread_ts": "1.1",
    "user": "U1",
    "team": "T1",
    "text": "hi",
}
MESSAGE_WITH_FILE: dict[str, Any] = MESSAGE | {"files": [{"alt_txt": "a", "title": "b"}, {"title": "c"}]}
PRESS = pressed(value=json.dumps(SAID)) | {"channel": {"id": "C1"}, "container": {"channel_id": "C1"}}
SENT: dict[str, Any] = {
    "user": {"id": "U1", "team_id": "T1"},
    "view": {
        "private_metadata": json.dumps({"form": "hand_over", "link": "abc", "step": "isu", "rev": 2}),
        "state": {"values": {"person": {"person": {"type": "users_select", "selected_user": "U2"}}}},
    },
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: repr(value)[:20])
def test_whatever_is_wrong_in_a_payload_is_a_value_or_nothing(wrong: object) -> None:
    readers: tuple[tuple[dict[str, Any], Callable[[dict[str, Any]], Any]], ...] = (
        (COMMAND, read_command),
        (MESSAGE_WITH_FILE, read_message),
        (PRESS, read_press),
        (SENT, read_sent),
    )
    for body, read in readers:
        assert read(body)
        for one in spoilt(body, wrong):
            found = read(one) if isinstance(one, dict) else None
            told = json.dumps(asdict(found)) if found else ""
            assert "\\u0000" not in told
            assert "\\ud800" not in told


def test_a_command_and_a_message_are_read() -> None:
    command = read_command(COMMAND)
    assert command
    assert (command.actor, command.word) == (Person(user_id="U1", team_id="T1"), "HELP")
    message = read_message(MESSAGE_WITH_FILE)
    assert message
    assert (message.text, message.has_picture, message.is_mention) == ("hi\na\nc", True, False)
    assert "hi" not in repr(message)
    said_by_app = read_message(MESSAGE | {"bot_id": "B1", "subtype": "bot_message"})
    assert said_by_app
    assert said_by_app.by_app
    assert not message.by_app
    assert said_by_app.actor.user_id == "U1"
    without = {key: value for key, value in MESSAGE.items() if key not in {"user", "text"}}
    shown = read_message(without | {"bot_id": "B1", "user_team": "T2", "attachments": [{"text": "in a box"}]})
    assert shown
    assert (shown.actor, shown.text) == (Person(user_id="B1", team_id="T2"), "in a box")
    assert shown.by_app
    assert read_message(MESSAGE | {"subtype": "message_changed"}) is None
    assert read_message(MESSAGE | {"subtype": ["x"]}) is None


def test_a_press_says_in_which_channel_it_was_wherever_slack_puts_that() -> None:
    for place in ({"channel": {"id": "C1"}}, {"container": {"channel_id": "C1"}}):
        press = read_press(pressed(value=json.dumps(SAID)) | place)
        control = read_control(pressed(value="list") | place)
        assert press
        assert control
        assert press.channel_id == control.channel_id == "C1"


def test_the_board_tells_a_search_from_a_press_and_a_window_from_the_tab() -> None:
    pressing = read_asking(pressed(type="button", value="x") | {"view": {"type": "home"}})
    searching = read_asking(pressed(type="plain_text_input", value="Acme") | {"view": {"type": "modal"}})
    assert pressing
    assert searching
    assert (pressing.is_search, pressing.in_window) == (False, False)
    assert (searching.is_search, searching.in_window) == (True, True)


def test_a_person_who_is_chosen_is_an_id() -> None:
    chosen = {"person": {"person": {"type": "users_select", "selected_user": "Ü2"}}}
    assert read_sent({**SENT, "view": {**SENT["view"], "state": {"values": chosen}}}) is None


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ({"type": "block_actions", "user": {"id": "U1"}}, "U1"),
        ({"command": "/link-workday", "user_id": "U1"}, "U1"),
        ({"type": "view_submission", "user": {"id": "U1"}}, ""),
        ({"type": "block_actions"}, ""),
        ({"type": "block_actions", "user": {"id": 7}}, ""),
        ({"type": "event_callback", "user_id": "U1"}, ""),
    ],
)
def test_only_who_presses_or_types_the_command_waits(body: dict[str, Any], who: str) -> None:
    assert who_waits(body) == who


def test_ids_of_events(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert read_id({"channel": "C1"}, "channel") == "C1"
    for event in ({}, {"channel": None}, {"channel": "Secret\0"}, {"channel": {"id": "C1"}}, {"channel": ""}):
        assert read_id(event, "channel") is None
    assert "Secret" not in "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)


def test_an_answer_goes_to_slack_only() -> None:
    api = "https://slack.com/api/"
    for good in ("https://hooks.slack.com/actions/x", "https://slack.com/x"):
        assert reply_url({"response_url": good}, api) == good
    for bad in (
        None,
        7,
        "",
        "x",
        "https://slack.com.evil.example/x",
        "https://evilslack.com/",
        "http://[",
        "http://10.0.0.1",
    ):
        assert reply_url({"response_url": bad}, api) is None
    assert reply_url({}, api) is None
