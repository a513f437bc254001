"""What may stand behind the command: each word is read, said in the help, hinted at and answered."""

from __future__ import annotations

import pytest

from bot.slack.command import ANSWERS
from flows.link.commands import COMMANDS, HELP, START, STATUS, WEB_ONLY, CommandRow, read, usage_hint
from flows.words import load_words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", (START, "")),
        ("help", (HELP, "")),
        ("status", (STATUS, "")),
        ("web-only on", (WEB_ONLY, "on")),
        ("web-only off", (WEB_ONLY, "off")),
        ("web-only", None),
        ("web-only maybe", None),
        ("status all", None),
        ("dance", None),
    ],
)
def test_a_word_is_read_with_what_follows_it(typed: str, found: tuple[CommandRow, str] | None) -> None:
    assert read(typed) == found


def test_every_row_is_answered_and_said() -> None:
    assert {*ANSWERS, START} == set(COMMANDS)
    words = load_words()
    assert [row.does for row in COMMANDS if not words.has(row.does)] == []
    assert {key for key in words.keys if key.startswith("command.does.")} == {row.does for row in COMMANDS}


def test_the_hint_shows_every_word() -> None:
    assert [row.typed for row in COMMANDS][:2] == ["/link-workday", "/link-workday status"]
    assert usage_hint() == "[status | sheet | web-only on|off | help]"
