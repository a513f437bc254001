"""Owns open modals, Homes and the triggers that open them. It neither validates blocks nor calls the app."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from sandbox.slack.block_kit import fresh_values, with_ids
from sandbox.slack.json_object import Json, copied
from sandbox.slack.workspace.api_errors import ApiError, invalid_arguments
from sandbox.slack.workspace.world import APP_ID, BOT_ID, INSTALL_TEAM, User, World


@dataclass(slots=True)
class View:
    """One modal or Home of one person."""

    id: str
    user: User
    spec: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_open: bool = True

    @property
    def blocks(self) -> list[Json]:
        return list(self.spec["blocks"])

    def as_json(self) -> Json:
        """Return the view object of responses and payloads."""
        spec = self.spec
        shown: Json = {
            "id": self.id,
            "team_id": self.user.team_id,
            "type": spec["type"],
            "blocks": copied(spec["blocks"]),
            "private_metadata": spec.get("private_metadata", ""),
            "callback_id": spec.get("callback_id", ""),
            "state": {"values": copied(self.values)},
            "hash": self.hash,
            "clear_on_close": spec.get("clear_on_close", False),
            "notify_on_close": spec.get("notify_on_close", False),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": APP_ID,
            "external_id": spec.get("external_id", ""),
            "app_installed_team_id": INSTALL_TEAM,
            "bot_id": BOT_ID,
        }
        if spec["type"] == "modal":
            shown |= {name: spec.get(name) for name in ("title", "submit", "close")}
        return shown


@dataclass(slots=True)
class _Trigger:
    user: User
    born: float
    on: View | None = None
    used: bool = False


class ViewDesk:
    """Keeps each person's stack of modals and Home, and the triggers that open them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.trigger_seconds = 3.0
        self._triggers: dict[str, _Trigger] = {}

    def trigger(self, user: User, on: View | None = None) -> str:
        """Issue a trigger_id: good once, for three real seconds; `on` is the view in which somebody pressed or sent."""
        trigger_id = f"{time.time_ns()}.{user.team_id[1:]}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = _Trigger(user, time.monotonic(), on)
        return trigger_id

    def expire_triggers(self) -> None:
        """Make every trigger issued so far too old."""
        for trigger in self._triggers.values():
            trigger.born = float("-inf")

    def exchange(self, trigger_id: object) -> tuple[User, View | None]:
        """Use a trigger up and say whose it is, and in which view they pressed or sent."""
        if not trigger_id:
            raise invalid_arguments("missing required field: trigger_id")
        trigger = self._triggers.get(str(trigger_id))
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if time.monotonic() - trigger.born > self.trigger_seconds:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user, trigger.on

    def open(self, trigger_id: object, spec: Json) -> View:
        """Open the first modal of a stack; above one that is open Slack says yes, and not every client shows it."""
        user, on = self.exchange(trigger_id)
        view = self._make(user, spec)
        if on in self.stack(user):
            view.is_open = False
            return view
        self.drop(user)
        self.stacks[user.id] = [view]
        return view

    def push(self, user: User, spec: Json) -> View:
        """Put a modal on top of a person's stack."""
        stack = self.stack(user)
        if not stack:
            raise ApiError("invalid_trigger_id")
        if len(stack) >= 3:
            raise ApiError("push_limit_reached")
        view = self._make(user, spec)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, spec: Json) -> View:
        view.spec = self._filled(spec)
        view.values = fresh_values(view.blocks, view.values)
        view.errors = {}
        view.hash = self._hash()
        return view

    def publish(self, user: User, spec: Json) -> View:
        view = self._make(user, spec)
        known = self.homes.get(user.id)
        if known is not None:
            view.id = view.root_id = known.id
        self.homes[user.id] = view
        return view

    def stack(self, user: User) -> list[View]:
        return self.stacks.setdefault(user.id, [])

    def find(self, view_id: object, external_id: object) -> View:
        """Find an open view; Slack calls a closed one not_found."""
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        for view in views:
            if view_id == view.id or (not view_id and external_id and view.spec.get("external_id") == external_id):
                return view
        raise ApiError("not_found")

    def is_taken(self, external_id: object, but: View | None = None) -> bool:
        return bool(external_id) and any(
            view.spec.get("external_id") == external_id and view is not but
            for stack in self.stacks.values()
            for view in stack
        )

    def pop(self, view: View) -> None:
        """Close one view and leave those below it."""
        view.is_open = False
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)

    def drop(self, user: User) -> None:
        """Close the person's whole stack."""
        for view in self.stacks.pop(user.id, []):
            view.is_open = False

    def _make(self, user: User, spec: Json) -> View:
        view_id = self.world.next_id("V")
        view = View(view_id, user, self._filled(spec), self._hash(), view_id)
        view.values = fresh_values(view.blocks)
        return view

    def _hash(self) -> str:
        return f"{int(time.time())}.{secrets.token_hex(4)}"

    def _filled(self, spec: Json) -> Json:
        return {**spec, "blocks": with_ids(spec["blocks"])}
