"""Turns neutral parts into Slack blocks and modals; knows Block Kit's limits, sends nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flows.cards.parts import (
    Button,
    Buttons,
    Card,
    Confirm,
    Control,
    ControlRow,
    Controls,
    Copy,
    Heading,
    Input,
    Menu,
    Modal,
    Part,
    Picture,
    Row,
    Search,
    Small,
    Text,
)
from flows.link.events import Action
from flows.link.forms import FieldKind
from flows.link.state import Step
from flows.words import unmarked

Block = dict[str, Any]

SECTION = 3000
HEADER = 150
FALLBACK = 4000
MODAL_TITLE = 24
BUTTON_TEXT = 75
QUESTION = 300
OPTION = 75
SEARCH = 80

_WRITER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a button says about itself: its link, and the step and revision of the card it stands on.

    `thread` is the address of the link's thread, to which the button that goes on there leads, too.
    """

    link_id: str
    step: Step
    revision: int
    thread: str = ""

    def value(self, button: Button | None = None, form: str = "") -> str:
        """Write the value of a button, an option of the menu or a modal; it holds ids only."""
        said = {"link": self.link_id, "step": self.step, "rev": self.revision}
        if button:
            said |= {"do": button.action, "value": button.value, "form": button.form or ""}
        if form:
            said["form"] = form
        return _WRITER.encode({name: value for name, value in said.items() if value != ""})


NOWHERE = Address(link_id="", step=Step.WELCOME, revision=0)
"""For what holds no button of a card."""


def blocks(card: Card, address: Address, *, pictures: bool = True) -> list[Block]:
    """Draw a card; without `pictures`, once Slack refused it, an image becomes a link and no button is hidden."""
    drawn: list[Block] = []
    for number, part in enumerate(card.parts):
        drawn += _draw(part, address, number, pictures=pictures)
    if card.menu:
        drawn = _with_menu(drawn, card.menu, address)
    return drawn


def fallback(card: Card) -> str:
    """Return the text for notifications and screen readers, cut after a whole line where it is too long."""
    text = card.text
    return text if len(text) <= FALLBACK else text[:FALLBACK].rpartition("\n")[0]


def modal(dialog: Modal, address: Address, nonce: str, *, pictures: bool = True) -> Block:
    """Draw a modal; without `pictures` an image becomes a link.

    `nonce` makes the ids of secret fields new each time, so that no client refills them.
    """
    view: Block = {
        "type": "modal",
        "callback_id": f"form.{dialog.form}",
        "private_metadata": address.value(form=dialog.form),
        "title": _plain(dialog.title[:MODAL_TITLE]),
        "close": _plain(dialog.close[:MODAL_TITLE]),
        "blocks": [],
    }
    if dialog.submit:
        view["submit"] = _plain(dialog.submit[:MODAL_TITLE])
    for number, part in enumerate(dialog.parts):
        view["blocks"] += _draw(part, address, number, pictures=pictures)
    view["blocks"] += [_input(field, nonce) for field in dialog.inputs]
    return view


def home_view(card: Card, metadata: str = "") -> Block:
    """Draw a Home tab."""
    return {"type": "home", "private_metadata": metadata, "blocks": blocks(card, NOWHERE)}


def window(title: str, close: str, card: Card) -> Block:
    """Draw a modal that only shows something."""
    drawn = {"title": _plain(title[:MODAL_TITLE]), "close": _plain(close[:MODAL_TITLE])}
    return {"type": "modal", "callback_id": "window", **drawn, "blocks": blocks(card, NOWHERE)}


def start_view(dialog: Modal, *, channel_id: str, nonce: str) -> Block:
    """Draw the modal that has no link yet; `nonce` marks the fields whose first value is a guess."""
    view = modal(dialog, Address(link_id="", step=Step.WELCOME, revision=0), nonce)
    view["private_metadata"] = json.dumps({"form": dialog.form, "channel": channel_id})
    for block in view["blocks"]:
        if block.get("block_id") == "customer":
            block["block_id"] = f"customer.{nonce}"
    return view


def _draw(part: Part, address: Address, number: int, *, pictures: bool) -> list[Block]:
    match part:
        case Heading():
            return [{"type": "header", "text": _plain(part.text[:HEADER])}]
        case Text():
            return [{"type": "section", "text": _markdown(part.text)}]
        case Small():
            return [{"type": "context", "elements": [_markdown(part.text)]}]
        case Copy():
            return [_copy(part.text)]
        case Row():
            button = _button(part.button, address, f"{number}", hides=pictures)
            return [{"type": "section", "text": _markdown(part.text), "accessory": button}]
        case Picture() if pictures:
            return [{"type": "image", "image_url": part.url, "alt_text": unmarked(part.alt)}]
        case Picture():
            return [{"type": "context", "elements": [_markdown(f"<{part.url}|{part.alt}>")]}]
        case ControlRow():
            return [{"type": "section", "text": _markdown(part.text), "accessory": _control(part.control, f"{number}")}]
        case Search():
            return [_search(part)]
        case Controls():
            controls = [_control(control, f"{number}.{at}") for at, control in enumerate(part.controls)]
            return [{"type": "actions", "elements": controls}]
        case Buttons():
            elements = [
                _button(button, address, f"{number}.{at}", hides=pictures) for at, button in enumerate(part.buttons)
            ]
            return [{"type": "actions", "elements": elements}]


def _copy(text: str) -> Block:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}


def _button(button: Button, address: Address, place: str, *, hides: bool) -> Block:
    drawn: Block = {
        "type": "button",
        "action_id": f"press.{button.action}.{place}",
        "text": _plain(button.text[:BUTTON_TEXT]),
        "value": address.value(button),
    }
    if button.primary:
        drawn["style"] = "primary"
    if button.confirm:
        drawn["confirm"] = _confirm(button.confirm)
    if button.action is Action.CONTINUE and address.thread:
        drawn["url"] = address.thread
    if button.only and hides:
        drawn["visible_to_user_ids"] = list(button.only)
    if button.spoken:
        drawn["accessibility_label"] = unmarked(button.spoken)[:BUTTON_TEXT]
    return drawn


def _control(control: Control, place: str) -> Block:
    drawn: Block = {
        "type": "button",
        "action_id": f"{control.asks}.{place}",
        "text": _plain(control.text[:BUTTON_TEXT]),
        "value": control.value,
    }
    if control.primary:
        drawn["style"] = "primary"
    if control.spoken:
        drawn["accessibility_label"] = unmarked(control.spoken)[:BUTTON_TEXT]
    return drawn


def _search(part: Search) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": f"{part.asks}.search", "max_length": SEARCH}
    if part.initial:
        element["initial_value"] = part.initial
    # With its text in its name, the field shows what was looked for and not what somebody was about to type.
    return {
        "type": "input",
        "block_id": f"search.{part.initial}"[:255],
        "dispatch_action": True,
        "optional": True,
        "label": _plain(part.label),
        "element": element,
    }


def _confirm(asked: Confirm) -> Block:
    return {
        "title": _plain(asked.title),
        "text": _plain(asked.text, QUESTION),
        "confirm": _plain(asked.yes),
        "deny": _plain(asked.no),
    }


def _with_menu(drawn: list[Block], menu: Menu, address: Address) -> list[Block]:
    options = [{"text": _plain(button.text), "value": address.value(button)} for button in menu.buttons]
    overflow = {"type": "overflow", "action_id": "press.menu", "options": options}
    *rest, last = drawn
    return [*rest, {**last, "elements": [*last["elements"], overflow]}]


def _input(field: Input, nonce: str) -> Block:
    row = field.field
    block: Block = {
        "type": "input",
        "block_id": f"{row.name}.{nonce}" if row.kind is FieldKind.SECRET else row.name,
        "label": _plain(field.label),
        "element": _element(field),
        "optional": row.optional,
    }
    if field.hint:
        block["hint"] = _plain(field.hint)
    return block


def _element(field: Input) -> Block:
    element: Block = {"action_id": field.field.name}
    match field.field.kind:
        case FieldKind.TEXT | FieldKind.SECRET:
            element |= {"type": "plain_text_input"}
            if field.initial:
                element["initial_value"] = field.initial
        case FieldKind.LONG:
            element |= {"type": "plain_text_input", "multiline": True}
        case FieldKind.NUMBER:
            element |= {"type": "number_input", "is_decimal_allowed": False, "initial_value": field.initial}
        case FieldKind.DATE:
            element |= {"type": "datepicker", "initial_date": field.initial}
        case FieldKind.PERSON:
            element |= {"type": "users_select"}
        case FieldKind.CHANNEL:
            kinds = {"include": ["public", "private"], "exclude_bot_users": True}
            element |= {"type": "conversations_select", "filter": kinds}
        case FieldKind.CHOICE:
            options = [{"text": _plain(choice.text[:OPTION]), "value": choice.value} for choice in field.choices]
            element |= {"type": "static_select", "options": options}
            element["initial_option"] = next(item for item in options if item["value"] == field.initial)
        case FieldKind.TICK | FieldKind.SEVERAL:
            options = [{"text": _plain(choice.text[:OPTION]), "value": choice.value} for choice in field.choices]
            element |= {"type": "checkboxes", "options": options}
    return element


def _plain(text: str, most: int | None = None) -> Block:
    return {"type": "plain_text", "text": unmarked(text)[:most], "emoji": True}


def _markdown(text: str) -> Block:
    return {"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}
