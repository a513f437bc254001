"""Reads commands, presses and modals into plain values; `messages` reads messages, `organisations` who is whose.

What does not have Slack's shape gives None and one line in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.slack.reading.json_values import (
    Body,
    a_list,
    a_name,
    a_number,
    a_text,
    an_id,
    an_inner,
    an_object,
    attempt,
)
from bot.slack.reading.message_text import LONGEST_MESSAGE
from flows.link.events import Action, Form
from flows.link.forms import FORMS, FieldKind
from flows.link.state import Person, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What was typed behind `/link-workday`, and where; `channel_name` is what Slack is willing to call it."""

    actor: Person
    channel_id: str
    channel_name: str
    word: str
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press on one of our buttons; `form` is the modal that it opens, `channel_id` empty for one in a modal.

    `message_ts` is the message that the button stands on.
    """

    actor: Person
    channel_id: str
    link_id: str
    action: Action
    step: Step
    revision: int
    value: str
    form: Form | None
    trigger_id: str
    message_ts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A press on the board or in the window of a link; `metadata` is what the view says of itself."""

    actor: Person
    value: str
    is_search: bool
    metadata: str
    view_id: str
    in_window: bool
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A modal that was sent; `typed` maps field names to raw text and `places` to Slack's block ids.

    `is_pushed` tells that it stands above another one.

    `typed` can hold secrets, so nothing here has a telling repr.
    """

    actor: Person
    form: Form
    link_id: str
    channel_id: str
    step: Step
    revision: int
    typed: dict[str, str]
    places: dict[str, str]
    is_pushed: bool = False

    def __repr__(self) -> str:
        """Name the form only."""
        return f"Sent(form={self.form})"


def read_command(body: Body) -> Command | None:
    """Read a command."""
    return attempt(
        "command",
        lambda: Command(
            actor=Person(user_id=a_name(body["user_id"]), team_id=a_name(body["team_id"])),
            channel_id=an_id(body["channel_id"]),
            channel_name=a_text(body.get("channel_name")),
            word=a_text(body.get("text"), LONGEST_MESSAGE).strip(),
            trigger_id=a_name(body.get("trigger_id")),
        ),
    )


def read_press(body: Body) -> Press | None:
    """Read a press, or None when the button is not one we know (any more)."""

    def read() -> Press:
        channel, container = an_object(body.get("channel")), an_object(body.get("container"))
        action = an_object((a_list(body.get("actions")) or [{}])[0])
        said = an_inner(action.get("value") or an_object(action.get("selected_option")).get("value"))
        return Press(
            actor=_actor(body),
            channel_id=a_name(channel.get("id") or container.get("channel_id")),
            link_id=an_id(said["link"]),
            action=Action(said["do"]),
            step=Step(said["step"]),
            revision=a_number(said["rev"]),
            value=a_text(said.get("value")),
            form=Form(said["form"]) if said.get("form") else None,
            trigger_id=a_name(body.get("trigger_id")),
            message_ts=a_name(container.get("message_ts")),
        )

    return attempt("press", read)


def read_control(body: Body) -> Command | None:
    """Read a press on a button that does what typing a command does."""

    def read() -> Command:
        channel, container = an_object(body.get("channel")), an_object(body.get("container"))
        action = an_object((a_list(body.get("actions")) or [{}])[0])
        return Command(
            actor=_actor(body),
            channel_id=a_name(channel.get("id") or container.get("channel_id")),
            channel_name=a_text(channel.get("name")),
            word=a_text(action.get("value")),
            trigger_id=a_name(body.get("trigger_id")),
        )

    return attempt("control", read)


def read_asking(body: Body) -> Asking | None:
    """Read a press on the board or in the window of a link."""

    def read() -> Asking:
        action, view = an_object((a_list(body.get("actions")) or [{}])[0]), an_object(body.get("view"))
        return Asking(
            actor=_actor(body),
            value=a_text(action.get("value")),
            is_search=action.get("type") == "plain_text_input",
            metadata=a_text(view.get("private_metadata")),
            view_id=a_name(view.get("id")),
            in_window=view.get("type") == "modal",
            trigger_id=a_name(body.get("trigger_id")),
        )

    return attempt("board", read)


def read_sent(body: Body) -> Sent | None:
    """Read a modal, or None when it is not one we know (any more)."""

    def read() -> Sent:
        view = an_object(body.get("view"))
        said = an_inner(view.get("private_metadata"))
        form = Form(said["form"])
        typed, places = _typed(view, form)
        return Sent(
            actor=_actor(body),
            form=form,
            link_id=a_name(said.get("link")),
            channel_id=an_id(said["channel"]) if form is Form.START else "",
            step=Step(said.get("step", Step.WELCOME)),
            revision=a_number(said.get("rev", 0)),
            typed=typed,
            places=places,
            is_pushed=bool(view.get("previous_view_id")),
        )

    return attempt("modal", read)


def read_id(event: Body, name: str) -> str | None:
    """Read the id that an event has under this name."""
    return attempt("event", lambda: an_id(event[name]))


def who_waits(body: Body) -> str:
    """Return the id of whoever has pressed a button or typed the command; empty for anything else."""
    is_press = body.get("type") == "block_actions"
    user = body.get("user") if is_press else {"id": body.get("user_id")} if "command" in body else None
    return attempt("person", lambda: a_name(an_object(user)["id"])) or "" if user else ""


def reply_url(body: Body, api_url: str) -> str | None:
    """Return the address for an answer to whoever pressed, if it is one of Slack's; `api_url` tells where Slack is."""

    def read() -> str:
        url = a_text(body["response_url"])
        host, slack = urlsplit(url).hostname or "", urlsplit(api_url).hostname or ""
        if host != slack and not host.endswith(f".{slack}"):
            raise ValueError("not Slack's address")
        return url

    return attempt("reply", read)


def _actor(body: Body) -> Person:
    # The team is the person's own, not the app's.
    user = an_object(body.get("user"))
    return Person(user_id=a_name(user.get("id")), team_id=a_name(user.get("team_id")))


def _typed(view: Body, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    typed: dict[str, str] = {}
    places: dict[str, str] = {}
    people = {row.name for row in FORMS[form] if row.kind in {FieldKind.PERSON, FieldKind.CHANNEL}}
    for block_id, elements in an_object(an_object(view.get("state")).get("values")).items():
        for name, element in an_object(elements).items():
            text = _typed_text(an_object(element))
            typed[name] = a_name(text) if name in people else text
            places[name] = block_id
    return typed, places


def _typed_text(element: Body) -> str:
    if "selected_options" in element:
        return ",".join(a_text(an_object(option)["value"]) for option in a_list(element["selected_options"]))
    if "selected_option" in element:
        return a_text(an_object(element["selected_option"]).get("value"))
    names = ("value", "selected_user", "selected_conversation", "selected_date")
    return next((a_text(element[name]) for name in names if element.get(name) is not None), "")
