"""Owns Block Kit's table of elements: their properties and limits. It checks nothing itself."""

from __future__ import annotations

from sandbox.slack.block_kit.shapes import (
    Rule,
    Shape,
    an_object,
    anything,
    boolean,
    integer,
    listed,
    matching,
    may,
    need,
    one_of,
    string,
    text,
)

ID = may(string(255))
PLACEHOLDER = may(text(150, plain=True))
CONFIRM = may(
    an_object(
        {
            "title": need(text(100, plain=True)),
            "text": need(text(300)),
            "confirm": need(text(30, plain=True)),
            "deny": need(text(30, plain=True)),
            "style": may(one_of("primary", "danger")),
        }
    )
)
OPTION: Shape = {
    "text": need(text(75)),
    "value": need(string(150)),
    "description": may(text(75)),
    "url": may(string(3000)),
}
FLAG = may(boolean)
URL = may(string(3000))
DAY = may(matching(r"\d{4}-\d\d-\d\d", "a date as YYYY-MM-DD"))
HOUR = may(matching(r"\d\d:\d\d", "a time as HH:mm"))


def options(most: int) -> Rule:
    """Allow one to `most` options."""
    return listed(most, an_object(OPTION))


GROUPS = may(listed(100, an_object({"label": need(text(75, plain=True)), "options": need(options(100))})))
FILTER = may(
    an_object(
        {
            "include": may(listed(4, one_of("im", "mpim", "private", "public"))),
            "exclude_external_shared_channels": FLAG,
            "exclude_bot_users": FLAG,
        }
    )
)
DISPATCH = may(
    an_object(
        {"trigger_actions_on": may(listed(2, one_of("on_enter_pressed", "on_character_entered")))},
    )
)

_any_select: Shape = {"action_id": ID, "placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": FLAG}
_many: Shape = {"max_selected_items": may(integer(1, 1000))}
_choices: Shape = {"options": may(options(100)), "option_groups": GROUPS}
_line: Shape = {
    "action_id": ID,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH,
    "focus_on_load": FLAG,
}
_ids = may(listed(1000, string(255)))

ELEMENTS: dict[str, Shape] = {
    "button": {
        "text": need(text(75, plain=True)),
        "action_id": ID,
        "url": URL,
        "value": may(string(2000, shortest=0)),
        "style": may(one_of("primary", "danger")),
        "confirm": CONFIRM,
        "accessibility_label": may(string(75)),
        "visible_to_user_ids": may(listed(10, string(255))),
    },
    "static_select": {**_any_select, **_choices, "initial_option": may(an_object(OPTION))},
    "multi_static_select": {
        **_any_select,
        **_many,
        **_choices,
        "initial_options": may(options(100)),
    },
    "external_select": {
        **_any_select,
        "min_query_length": may(integer(0, 1000)),
        "initial_option": may(an_object(OPTION)),
    },
    "users_select": {**_any_select, "initial_user": may(string(255))},
    "multi_users_select": {**_any_select, **_many, "initial_users": _ids},
    "conversations_select": {
        **_any_select,
        "initial_conversation": may(string(255)),
        "default_to_current_conversation": FLAG,
        "response_url_enabled": FLAG,
        "filter": FILTER,
    },
    "multi_conversations_select": {
        **_any_select,
        **_many,
        "initial_conversations": _ids,
        "default_to_current_conversation": FLAG,
        "filter": FILTER,
    },
    "channels_select": {**_any_select, "initial_channel": may(string(255)), "response_url_enabled": FLAG},
    "overflow": {"action_id": ID, "options": need(options(5)), "confirm": CONFIRM},
    "checkboxes": {
        "action_id": ID,
        "options": need(options(10)),
        "initial_options": may(options(10)),
        "confirm": CONFIRM,
        "focus_on_load": FLAG,
    },
    "radio_buttons": {
        "action_id": ID,
        "options": need(options(10)),
        "initial_option": may(an_object(OPTION)),
        "confirm": CONFIRM,
        "focus_on_load": FLAG,
    },
    "datepicker": {**_any_select, "initial_date": DAY},
    "timepicker": {**_any_select, "initial_time": HOUR, "timezone": may(string(255))},
    "datetimepicker": {
        "action_id": ID,
        "confirm": CONFIRM,
        "focus_on_load": FLAG,
        "initial_date_time": may(integer(1_000_000_000, 9_999_999_999)),
    },
    "plain_text_input": {
        **_line,
        "initial_value": may(string(3000, shortest=0)),
        "multiline": FLAG,
        "min_length": may(integer(0, 3000)),
        "max_length": may(integer(1, 3000)),
    },
    "email_text_input": {**_line, "initial_value": may(string(3000))},
    "url_text_input": {**_line, "initial_value": may(string(3000))},
    "number_input": {
        **_line,
        "is_decimal_allowed": need(boolean),
        "initial_value": may(string(3000)),
        "min_value": may(string(100)),
        "max_value": may(string(100)),
    },
    "rich_text_input": {**_line, "initial_value": may(anything)},
    "image": {"image_url": URL, "slack_file": may(anything), "alt_text": need(string(2000))},
}
"""Every element by type; `image` is the one for sections and contexts."""

LINES = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
STATEFUL = ELEMENTS.keys() - {"button", "image", "overflow"}
INPUTS = STATEFUL
IN_ACTIONS = ELEMENTS.keys() - LINES - {"image"}
IN_SECTION = IN_ACTIONS | {"image"}
