"""Whatever shape a message of Slack has, all that it shows is read, and no more than Slack lets anybody write."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.reading.json_values import Body
from bot.slack.reading.message_text import LONGEST_MESSAGE, all_text, file_names
from bot.slack.reading.messages import read_message

SECRET = "Kestrel2026"
SAID: Body = {"type": "message", "channel": "C1", "ts": "1.2", "user": "U1", "team": "T1"}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


SHAPES: dict[str, Body] = {
    "text": {"text": f"password: {SECRET}"},
    "of an app": {"subtype": "bot_message", "bot_id": "B1", "text": f"password: {SECRET}"},
    "/me": {"subtype": "me_message", "text": f"password: {SECRET}"},
    "also to the channel": {"subtype": "thread_broadcast", "text": f"password: {SECRET}"},
    "blocks only": {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"password: {SECRET}"}}]},
    "fields": {"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": f"password: {SECRET}"}]}]},
    "rich text": {
        "blocks": [
            rich({"type": "text", "text": "password: "}, {"type": "text", "text": SECRET, "style": {"bold": True}})
        ]
    },
    "a link in rich text": {
        "blocks": [rich({"type": "link", "url": f"https://a.b/?password={SECRET}", "text": "here"})]
    },
    "a list": {
        "blocks": [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_list", "elements": [rich({"type": "text", "text": f"pw: {SECRET}"})]}],
            }
        ]
    },
    "a table": {
        "blocks": [
            {
                "type": "table",
                "rows": [
                    [{"type": "raw_text", "text": "User"}, {"type": "raw_text", "text": "Password"}],
                    [{"type": "raw_text", "text": "isu"}, rich({"type": "text", "text": SECRET})],
                ],
            }
        ]
    },
    "forwarded": {"attachments": [{"fallback": "[x]", "text": f"password: {SECRET}", "is_msg_unfurl": True}]},
    "forwarded blocks": {
        "attachments": [
            {"message_blocks": [{"message": {"blocks": [rich({"type": "text", "text": f"pw: {SECRET}"})]}}]}
        ]
    },
    "fields of an attachment": {"attachments": [{"fields": [{"title": "Password", "value": SECRET}]}]},
    "the name of a file": {"subtype": "file_share", "files": [{"name": f"pw {SECRET}.txt"}]},
    "the title of a file": {"subtype": "file_share", "files": [{"title": f"password: {SECRET}"}]},
    "the topic of the channel": {"subtype": "channel_topic", "text": "set the topic", "topic": f"pw: {SECRET}"},
    "what an app says of its author": {"attachments": [{"author_subname": f"password: {SECRET}"}]},
    "what was said in a clip": {"files": [{"transcription": {"preview": {"content": f"the password is {SECRET}"}}}]},
    "a mail": {"files": [{"subject": "ISU", "simplified_html": f"<p>password: {SECRET}</p>"}]},
    "a preview": {"subtype": "file_share", "files": [{"mode": "snippet", "preview": f"password: {SECRET}\n"}]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_all_that_a_message_shows_is_read(shape: str) -> None:
    message = read_message(SAID | SHAPES[shape])
    assert message
    assert SECRET in message.everything
    assert message.text
    assert SECRET not in repr(message)


@pytest.mark.parametrize("shape", SHAPES)
def test_all_that_is_made_of_a_message_is_read(shape: str) -> None:
    now = SAID | SHAPES[shape] | {"edited": {"user": "U1", "ts": "1.3"}, "thread_ts": "1.1"}
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "1.4", "message": now}
    message = read_message(event | {"previous_message": SAID | {"text": "hello"}})
    assert message
    assert SECRET in message.everything
    assert (message.is_edit, message.thread_ts) == (True, "1.1")
    assert read_message(event | {"previous_message": now}) is None


def test_a_preview_that_slack_adds_is_no_edit() -> None:
    now = SAID | {"text": "see https://a.b", "attachments": [{"title": "A page"}]}
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "1.4", "message": now}
    assert read_message(event | {"previous_message": SAID | {"text": "see https://a.b"}}) is None


def test_a_word_in_bold_stays_in_its_line() -> None:
    assert all_text(SHAPES["rich text"]) == f"password: {SECRET}"
    assert all_text(SHAPES["a table"]) == f"User\tPassword\nisu\t{SECRET}"


def test_news_about_a_channel_are_no_message() -> None:
    assert read_message(SAID | {"subtype": "channel_join", "text": "Ada has joined"}) is None


def test_no_more_is_read_than_slack_lets_anybody_write() -> None:
    assert len(all_text([{"text": f"{number} {'x' * 1000}"} for number in range(200)])) <= LONGEST_MESSAGE
    assert all_text([{"text": "x" * 100_000}]) == "x" * LONGEST_MESSAGE
    deep: object = {"text": "found"}
    for _ in range(100_000):
        deep = [deep]
    assert all_text(deep) == ""
    wrong: tuple[object, ...] = (
        *(None, 7, "x", [], {}, [None, 7], {"text": 7, "blocks": "x"}, {"rows": [7, [None]]}),
        {"type": "rich_text_section", "elements": [7, {"text": 7}, {"type": "link", "url": 7}]},
    )
    for one in wrong:
        assert all_text(one).strip() == ""


def test_the_name_of_a_file_is_read_without_its_ending_too() -> None:
    assert all_text({"files": [{"name": f"pw: {SECRET}.txt"}]}).splitlines() == [f"pw: {SECRET}.txt", f"pw: {SECRET}"]


def test_names_of_files() -> None:
    assert file_names({"files": [{"name": "a", "title": "b"}, {"mode": "file_access"}, 7]}) == ("a", "b")
    assert file_names({}) == ()
