"""Owns a modal or Home as a test holds it: read, fill, submit, press, close. It keeps no state."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.slack.block_kit import STATE_KEY, entry
from sandbox.slack.events import payloads
from sandbox.slack.reading import (
    Touchable,
    find,
    lines,
    shown_value,
    text_of,
    touchables,
    value_for,
    zone_of,
)
from sandbox.slack.web_api import checked
from sandbox.slack.workspace import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.events import Reply
    from sandbox.slack.json_object import Json
    from sandbox.slack.people.session import Session
    from sandbox.slack.service import SlackService
    from sandbox.slack.workspace import View

_TYPED = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Please enter a valid email address."),
    "url_text_input": (r"https?://\S+", "Please enter a valid URL."),
    "number_input": (r"-?\d+(\.\d+)?", "Please enter a number."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submit came to: closed, errors by label, or the modal that now stands on top."""

    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    modal: Modal | None = None


class Modal:
    """One open view of one person, read live."""

    def __init__(self, slack: SlackService, view: View, person: Session) -> None:
        self.slack = slack
        self.view = view
        self.person = person

    def __repr__(self) -> str:
        return f"<Modal {self.title!r} {self.text!r}>"

    @property
    def title(self) -> str:
        return text_of(self.view.spec.get("title"), self.slack.world)

    @property
    def is_open(self) -> bool:
        return self.view.is_open

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def text(self) -> str:
        """Everything to read: title, blocks, what stands in the fields, errors, the two buttons."""
        world, spec = self.slack.world, self.view.spec
        body = lines(self.view.blocks, world, zone_of(self.person.user))
        shown = [f"{value}" for value in self.values.values() if value]
        ends = [text_of(spec.get("submit"), world), text_of(spec.get("close"), world)]
        return "\n".join(line for line in [self.title, *body, *shown, *self.view.errors.values(), *ends] if line)

    @property
    def values(self) -> dict[str, object]:
        """What stands in each field, by label."""
        found = {}
        for touch in self._fields():
            state = self.view.values[touch.ids[0]][touch.ids[1]]
            found[touch.label] = shown_value(state, self.slack.world)
        return found

    @property
    def buttons(self) -> list[str]:
        return [t.label for t in self._touchables() if t.kind == "button"]

    @property
    def errors(self) -> dict[str, str]:
        """The errors now shown under fields, by label."""
        by_block = {touch.ids[0]: touch.label for touch in self._fields()}
        return {by_block.get(block, block): message for block, message in self.view.errors.items()}

    @property
    def private_metadata(self) -> str:
        return str(self.view.spec.get("private_metadata", ""))

    async def fill(self, fields: Mapping[str, object]) -> Modal:
        """Type and choose by label; elements that dispatch tell the app at once."""
        for label, given in fields.items():
            self._must_be_open()
            touch = find(self._fields(), label)
            value = value_for(touch.element, given, self.slack.world)
            block_id, action_id = touch.ids
            self.view.values[block_id][action_id] = entry(touch.element, value)
            if touch.block["type"] != "input" or touch.block.get("dispatch_action"):
                action = {"type": touch.kind, "block_id": block_id, "action_id": action_id}
                await self._act(touch, action | {STATE_KEY[touch.kind]: value})
        return self

    async def press(self, label: str) -> None:
        """Press a button inside the modal."""
        self._must_be_open()
        touch = find([t for t in self._touchables() if t.kind == "button"], label)
        action = {"type": "button", "block_id": touch.ids[0], "action_id": touch.ids[1]}
        action |= {name: touch.element[name] for name in ("text", "value", "style") if name in touch.element}
        await self._act(touch, action)

    async def submit(self) -> Outcome:
        """Submit; what Slack's client itself would refuse never reaches the app."""
        self._must_be_open()
        if not self.view.spec.get("submit"):
            raise AssertionError(f"the modal {self.title!r} has nothing to submit")
        refused = self._client_errors()
        self.view.errors = refused
        if refused:
            return Outcome(errors=self.errors)
        payload = payloads.submission(self.slack.core, self.view)
        reply = await self.person.interact(payload, f"submitted {self.title!r}")
        return self._after(reply)

    async def close(self) -> None:
        """Press Cancel: this view goes, those below stay."""
        self._must_be_open()
        clears = bool(self.view.spec.get("clear_on_close"))
        if clears:
            self.slack.core.views.drop(self.person.user)
        else:
            self.slack.core.views.pop(self.view)
        await self._tell_closed(self.view, is_cleared=clears)

    async def dismiss(self) -> None:
        """Press the X: the whole stack goes; the app hears of the root view, cleared."""
        self._must_be_open()
        root = self.slack.core.views.stack(self.person.user)[0]
        self.slack.core.views.drop(self.person.user)
        await self._tell_closed(root, is_cleared=True)

    def _after(self, reply: Reply) -> Outcome:
        """Do what the app's answer to a submit says; a wrong answer is trouble."""
        desk, body = self.slack.core.views, reply.data
        try:
            match body.get("response_action"):
                case None if not body:
                    desk.pop(self.view)
                    return Outcome(closed=True, modal=self._top())
                case "clear":
                    desk.drop(self.person.user)
                    return Outcome(closed=True)
                case "errors":
                    return self._refused(body.get("errors"))
                case "update":
                    view = checked(self.slack.core, body.get("view"), "modal", self.view)
                    desk.update(self.view, view)
                    return Outcome(modal=self)
                case "push":
                    desk.push(self.person.user, checked(self.slack.core, body.get("view"), "modal"))
                    return Outcome(modal=self._top())
                case other:
                    raise ApiError(f"unknown response_action {other!r}")  # noqa: TRY301
        except ApiError as refusal:
            raise self.person.trouble(f"submitted {self.title!r}", f"{refusal.error} {refusal.extra or ''}") from None

    def _refused(self, errors: object) -> Outcome:
        inputs = {touch.ids[0] for touch in self._fields() if touch.block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or errors.keys() - inputs:
            raise ApiError(f"errors must name input blocks of this view, got {errors!r}")
        if "<@" in str(errors):
            raise ApiError(f"a field shows an id where a name is meant: {errors!r}")
        self.view.errors = {block: str(message) for block, message in errors.items()}
        return Outcome(errors=self.errors)

    def _client_errors(self) -> dict[str, str]:
        found = {}
        for touch in self._fields():
            if touch.block["type"] != "input":
                continue
            value = self.view.values[touch.ids[0]][touch.ids[1]][STATE_KEY[touch.kind]]
            if value in (None, "", []):
                if not touch.block.get("optional"):
                    found[touch.ids[0]] = "Please complete this required field."
                continue
            pattern, message = _TYPED.get(touch.kind, ("", ""))
            if pattern and not re.fullmatch(pattern, str(value)):
                found[touch.ids[0]] = message
            low, high = touch.element.get("min_length", 0), touch.element.get("max_length", 3000)
            if touch.kind == "plain_text_input" and not low <= len(str(value)) <= high:
                found[touch.ids[0]] = f"Please use {low} to {high} characters."
        return found

    def _top(self) -> Modal | None:
        stack = self.slack.core.views.stack(self.person.user)
        return Modal(self.slack, stack[-1], self.person) if stack else None

    def _touchables(self) -> list[Touchable]:
        return touchables(self.view.blocks, self.slack.world)

    def _fields(self) -> list[Touchable]:
        return [t for t in self._touchables() if t.kind in STATE_KEY]

    def _must_be_open(self) -> None:
        if not self.view.is_open:
            raise AssertionError(f"the modal {self.title!r} is closed")

    async def _act(self, touch: Touchable, action: Json) -> None:
        core = self.slack.core
        payload = payloads.view_action(core, self.view, action | {"action_ts": core.world.next_ts()})
        await self.person.interact(payload, f"used {touch.label!r}")

    async def _tell_closed(self, view: View, *, is_cleared: bool) -> None:
        if view.spec.get("notify_on_close"):
            payload = payloads.closed(self.slack.core, view, is_cleared=is_cleared)
            await self.person.interact(payload, f"closed {self.title!r}")
