"""Reads Slack's payloads into plain values; trusts no id in them and decides nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flows.messages import Action, Form
from flows.state import Person, Step

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A press on one of our buttons; `form` is the modal that it opens."""

    actor: Person
    link_id: str
    action: Action
    step: Step
    revision: int
    value: str
    form: Form | None
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A modal that was sent; `typed` maps field names to raw text and `places` to Slack's block ids.

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

    def __repr__(self) -> str:
        """Name the form only."""
        return f"Sent(form={self.form})"


def actor_of(body: Body) -> Person:
    """Give the person who pressed or sent; the team is the person's own, not the app's."""
    user = body.get("user") or {}
    return Person(user_id=str(user.get("id", "")), team_id=str(user.get("team_id", "")))


def read_press(body: Body) -> Press | None:
    """Read a press, or None when the button is not one we know (any more)."""
    action = (body.get("actions") or [{}])[0]
    said = _said(action.get("value") or (action.get("selected_option") or {}).get("value"))
    try:
        return Press(
            actor=actor_of(body),
            link_id=str(said["link"]),
            action=Action(said["do"]),
            step=Step(said["step"]),
            revision=int(said["rev"]),
            value=str(said.get("value", "")),
            form=Form(said["form"]) if said.get("form") else None,
            trigger_id=str(body.get("trigger_id", "")),
        )
    except (KeyError, ValueError, TypeError):
        return None


def read_sent(body: Body) -> Sent | None:
    """Read a modal, or None when it is not one we know (any more)."""
    view = body.get("view") or {}
    said = _said(view.get("private_metadata"))
    try:
        form = Form(said["form"])
        typed, places = _typed(view)
        return Sent(
            actor=actor_of(body),
            form=form,
            link_id=str(said.get("link", "")),
            channel_id=str(said.get("channel", "")),
            step=Step(said.get("step", Step.WELCOME)),
            revision=int(said.get("rev", 0)),
            typed=typed,
            places=places,
        )
    except (KeyError, ValueError, TypeError):
        return None


def _said(text: object) -> dict[str, Any]:
    try:
        said = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _typed(view: Body) -> tuple[dict[str, str], dict[str, str]]:
    typed: dict[str, str] = {}
    places: dict[str, str] = {}
    values = (view.get("state") or {}).get("values") or {}
    for block_id, elements in values.items():
        for name, element in elements.items():
            typed[name] = _text(element)
            places[name] = block_id
    return typed, places


def _text(element: Body) -> str:
    if "selected_options" in element:
        return ",".join(str(option["value"]) for option in element["selected_options"] or ())
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    for name in ("value", "selected_user", "selected_date"):
        if element.get(name) is not None:
            return str(element[name])
    return ""
