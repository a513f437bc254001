"""What a card or a modal is made of, before any Slack block: neutral values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.link.events import Action, Form
from flows.link.forms import Field
from flows.words import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer of a choice field."""

    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """What is asked before a press counts."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button, named by its outcome; `form` is the modal that it opens, `spoken` what a screen reader says.

    `only` names those to whom Slack shows it, everybody if it is empty; who may press it is not for it to say.
    """

    action: Action
    text: str
    value: str = ""
    primary: bool = False
    form: Form | None = None
    spoken: str = ""
    confirm: Confirm | None = None
    only: tuple[str, ...] = ()


class Asks(StrEnum):
    """What a control asks for."""

    TYPE = "type"
    BOARD = "board"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A button for our own people that belongs to no card: it does what typing its `value` does, or shows something.

    `spoken` is what a screen reader says, where many have the same text.
    """

    asks: Asks
    text: str
    value: str
    primary: bool = False
    spoken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """A row of controls."""

    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRow:
    """A line with one control at its end."""

    text: str
    control: Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A field that asks as soon as something is entered."""

    asks: Asks
    label: str
    initial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The first line: where you are."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph in Slack's mrkdwn."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A remark in small type."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One line to copy into Workday, exactly as it stands."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line with one button at its end."""

    text: str
    button: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image by public address; `alt` says the same in words."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """A row of buttons."""

    buttons: tuple[Button, ...]


MOST_IN_MENU = 5
"""Buttons behind three dots; Slack takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Rarely used buttons behind three dots, at the end of the last row of buttons."""

    buttons: tuple[Button, ...]


Part = Heading | Text | Small | Copy | Row | Picture | Buttons | Controls | ControlRow | Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message."""

    parts: tuple[Part, ...]
    menu: Menu | None = None

    @property
    def text(self) -> str:
        """The whole card as mrkdwn, for notifications and screen readers; buttons stand in brackets."""
        lines = [_spoken(part) for part in self.parts]
        return "\n".join((*lines, _labels(self.menu.buttons)) if self.menu else lines)


def _spoken(part: Part) -> str:
    match part:
        case Heading() | Text() | Small():
            return part.text
        case Copy():
            return escape(part.text)
        case Row():
            return f"{part.text} {_labels((part.button,))}"
        case Picture():
            return part.alt
        case ControlRow():
            return part.text
        case Search():
            return part.label
        case Controls():
            return " ".join(f"[{control.text}]" for control in part.controls)
        case _:
            return _labels(part.buttons)


def _labels(buttons: tuple[Button, ...]) -> str:
    return " ".join(f"[{button.text}]" for button in buttons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field of a modal with its words; a secret never has an `initial` value."""

    field: Field
    label: str
    hint: str = ""
    initial: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A dialogue over the conversation; without `submit` it only says something."""

    form: Form
    title: str
    submit: str
    close: str
    parts: tuple[Part, ...]
    inputs: tuple[Input, ...]
