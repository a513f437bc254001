"""Prove what Block Kit takes and refuses, and how text, dates and values are read."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack import default_world
from sandbox.slack.block_kit import faults_in_blocks, fresh_values, with_ids
from sandbox.slack.reading import find, lines, plain, shown_to, spans, touchables

Json = dict[str, Any]


def text(words: str = "x", kind: str = "plain_text") -> Json:
    return {"type": kind, "text": words}


def option(words: str = "x", value: str = "v", **more: object) -> Json:
    return {"text": text(words), "value": value, **more}


def button(words: str = "x", **more: object) -> Json:
    return {"type": "button", "text": text(words), **more}


def actions(*elements: Json, **more: object) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def section(**more: object) -> Json:
    return {"type": "section", **more}


def select(**more: object) -> Json:
    return {"type": "static_select", "options": [option()], **more}


CELL = {"type": "raw_text", "text": "x"}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0ADA"}]}],
        },
    ],
}


@pytest.mark.parametrize(
    "block",
    [
        section(text=text(kind="mrkdwn"), accessory=button(style="primary", value="", url="https://x.example")),
        section(fields=[text("x" * 2000)] * 10),
        actions(*[button(action_id=f"a{n}") for n in range(25)]),
        actions(select(initial_option=option()), {"type": "users_select"}, {"type": "datepicker"}),
        actions({"type": "overflow", "options": [option("x" * 75, str(n)) for n in range(5)]}),
        actions({"type": "checkboxes", "options": [{"text": text(kind="mrkdwn"), "value": "v"}]}),
        {
            "type": "context",
            "elements": [text(), {"type": "image", "image_url": "https://x", "alt_text": "x"}],
        },
        {"type": "header", "text": text("x" * 150)},
        {"type": "divider"},
        {"type": "image", "slack_file": {"id": "F012345678"}, "alt_text": "x"},
        {"type": "markdown", "text": "**x**"},
        {"type": "table", "rows": [[CELL, CELL]], "column_settings": [{"align": "right"}]},
        {"type": "task_card", "task_id": "t", "title": "x", "status": "pending"},
        RICH,
    ],
)
def test_messages_take(block: Json) -> None:
    assert faults_in_blocks([block], "message") == []


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "banner"}, "unsupported type: banner [json-pointer:/blocks/0/type]"),
        ("text", "must be an object"),
        (section(), "must provide at least one of text or fields"),
        (section(text=text("")), "/blocks/0/text/text"),
        (section(text=text("x" * 3001)), "must be less than 3001"),
        (section(text="x"), "must be a text object"),
        (section(text=text(kind="html")), "unsupported type: html"),
        (section(text={**text(), "verbatim": True}), "invalid additional property: verbatim"),
        (section(fields=[text()] * 11), "no more than 10 items"),
        (section(fields=[text("x" * 2001)]), "must be less than 2001"),
        (section(text=text(), accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input"),
        (section(text=text(), action_id="a"), "invalid additional property: action_id"),
        (actions(), "at least 1 item"),
        (actions(*[button()] * 26), "no more than 25"),
        (actions(button("x" * 76)), "must be less than 76"),
        (actions(button(value="x" * 2001)), "must be less than 2001"),
        (actions(button(style="loud")), "must be one of primary, danger"),
        (actions({"type": "button", "text": text(kind="mrkdwn")}), "unsupported type: mrkdwn"),
        (actions(button(action_id="a"), button(action_id="a")), "action_id 'a' already exists"),
        (actions(button(action_id="x" * 256)), "must be less than 256"),
        (actions(select(options=[])), "at least 1 item"),
        (actions(select(options=None)), "exactly one of options or option_groups"),
        (actions(select(options=[option("x" * 76)])), "must be less than 76"),
        (actions(select(options=[option(value="x" * 151)])), "must be less than 151"),
        (actions(select(options=[option(), option()])), "option values must be unique"),
        (actions(select(options=[{"text": text(kind="mrkdwn"), "value": "v"}])), "must be plain_text"),
        (actions(select(initial_option=option("other"))), "initial option must match"),
        (
            actions({"type": "overflow", "options": [option(value=str(n)) for n in range(6)]}),
            "no more than 5",
        ),
        (actions({"type": "datepicker", "initial_date": "4.12.2026"}), "YYYY-MM-DD"),
        (actions(button(confirm={"title": text()})), "missing required field: text"),
        ({"type": "header", "text": text("x" * 151)}, "must be less than 151"),
        ({"type": "header", "text": text(kind="mrkdwn")}, "unsupported type: mrkdwn"),
        ({"type": "context", "elements": [text()] * 11}, "no more than 10"),
        ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text"),
        ({"type": "image", "alt_text": "x"}, "exactly one of image_url or slack_file"),
        ({"type": "table", "rows": [[CELL] * 21]}, "no more than 20"),
        ({"type": "alert", "text": text()}, "unsupported type: alert"),
        ({"type": "input", "label": text(), "element": select()}, "unsupported type: input"),
        ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "unsupported type: text"),
    ],
)
def test_messages_refuse(block: Json, complaint: str) -> None:
    found = faults_in_blocks([block], "message")
    assert any(complaint in line for line in found), found


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        ({"type": "plain_text_input", "max_length": 3001}, "a whole number from 1 to 3000"),
        ({"type": "plain_text_input", "initial_value": "abc", "max_length": 2}, "do not agree"),
        ({"type": "number_input"}, "missing required field: is_decimal_allowed"),
        ({"type": "button", "text": text()}, "unsupported type: button"),
        ({"type": "plain_text_input", "secret": True}, "invalid additional property: secret"),
    ],
)
def test_inputs_refuse(element: Json, complaint: str) -> None:
    block = {"type": "input", "label": text(), "element": element}
    found = faults_in_blocks([block], "modal")
    assert any(complaint in line for line in found), found


def test_a_block_id_stands_once_and_an_action_id_once_in_its_block() -> None:
    twice = [actions(button(action_id="a"), block_id="b"), actions(button(action_id="a"), block_id="b")]
    assert faults_in_blocks(twice, "message") == ["block_id 'b' already exists [json-pointer:/blocks]"]
    apart = [actions(button(action_id="a"), block_id="b"), actions(button(action_id="a"), block_id="c")]
    assert faults_in_blocks(apart, "message") == []


def test_one_table_in_a_message() -> None:
    table = {"type": "table", "rows": [[CELL]]}
    assert "only 1 table allowed" in faults_in_blocks([table, table], "message")[0]


@pytest.mark.parametrize(
    ("mrkdwn", "expected"),
    [
        ("*bold* _it_ ~no~ `code`", "bold it no code"),
        ("a_b_c 2*3*4 x", "a_b_c 2*3*4 x"),
        ("*bold _both_* end", "bold both end"),
        ("<@U0ADA> and <@U9> in <#C0ACME> <!here>", "@ada and @U9 in #ext-acme-wintro @here"),
        ("<https://x.example/a?b=1&amp;c|the *page*>", "the *page*"),
        ("<https://x.example/a?b=1&amp;c>", "https://x.example/a?b=1&c"),
        ("&lt;b&gt; &amp; :key: :nothing_such:", "<b> & 🔑 :nothing_such:"),
        ("do ```\nISU_*Vendor*\n``` now", "do ISU_*Vendor* now"),
        ("<!date^1795466736^{date_short} at {time}|soon>", "Nov 23, 2026 at 20:45"),
        ("<!date^1795466736^{date_long_pretty}^https://x.example|soon>", "Monday, November 23, 2026"),
        # Near days go by their names, and what stands first gets a capital unless something unseen stands before it.
        ("<!date^1795466736^{date_short_pretty} at {time}|soon>", "Nov 23, 2026 at 20:45"),
        ("by <!date^1795593600^{date_short_pretty}|soon>", "by Yesterday"),
        ("by <!date^1795680000^\u200b{date_pretty} at {time}|soon>", "by today at 08:00"),
        ("by <!date^1795766400^the {date_long_pretty}|soon>", "by The tomorrow"),
        ("> said", "▏ said"),
    ],
)
def test_markup_reads_as_people_read_it(mrkdwn: str, expected: str) -> None:
    assert plain(mrkdwn, default_world(lambda: 1795694400.0)) == expected


def test_styles_and_links_are_kept_for_drawing() -> None:
    found = spans("*a* <https://x.example|b> ```c```", default_world())
    assert [(s.text, sorted(s.styles), s.href) for s in found if s.text.strip()] == [
        ("a", ["bold"], None),
        ("b", [], "https://x.example"),
        ("c", ["pre"], None),
    ]


def test_everything_readable_is_read() -> None:
    blocks = [
        section(text=text("one"), fields=[text("two")]),
        actions(button("three"), {"type": "checkboxes", "options": [option("four", description=text("five"))]}),
        {"type": "table", "rows": [[CELL, {"type": "rich_text", "elements": RICH["elements"]}]]},
        {"type": "image", "alt_text": "six", "image_url": "https://x", "title": text("seven")},
        {"type": "task_card", "title": "eight", "details": RICH},
        RICH,
    ]
    read = "\n".join(lines(with_ids(blocks), default_world()))
    assert all(word in read for word in ("one", "two", "three", "four", "five", "six", "seven", "eight", "@ada"))


def test_a_label_is_found_exactly_before_loosely() -> None:
    items = touchables(
        with_ids([actions(button("Check", action_id="c"), button("Check again", action_id="d"))]),
        default_world(),
    )
    assert find(items, "check").element["action_id"] == "c"
    assert find(items, "d").label == "Check again"
    assert find(items, "again").label == "Check again"
    with pytest.raises(AssertionError, match="could be any of"):
        find(items, "che")


def test_values_start_with_what_the_block_says() -> None:
    blocks = with_ids(
        [
            actions(
                select(initial_option=option(), action_id="s"),
                {"type": "checkboxes", "action_id": "c", "options": [option()]},
                block_id="b",
            )
        ]
    )
    values = fresh_values(blocks)
    assert values["b"]["s"] == {"type": "static_select", "selected_option": option()}
    assert values["b"]["c"] == {"type": "checkboxes", "selected_options": []}


def test_a_button_for_some_is_drawn_for_them_alone() -> None:
    def button(text: str, **more: object) -> dict[str, Any]:
        return {"type": "button", "text": {"type": "plain_text", "text": text}, **more}

    ours = button("Ours", visible_to_user_ids=["U1"])
    blocks: list[dict[str, Any]] = [
        {"type": "actions", "elements": [button("All"), ours]},
        {"type": "actions", "elements": [ours]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "said"}, "accessory": ours},
    ]
    assert [block["type"] for block in shown_to(blocks, "")] == ["actions", "section"]
    assert "Ours" not in str(shown_to(blocks, "U2"))
    assert shown_to(blocks, "U1") == blocks
