"""Owns how a Web API call becomes a method: arguments, token, scopes, answer. It holds no method."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from sandbox.slack.json_object import Json
from sandbox.slack.workspace import ApiError, Core, invalid_arguments

T = TypeVar("T")
Handler: TypeAlias = Callable[[Core, "Args"], Json]

METHODS: dict[str, tuple[Handler, tuple[str, ...]]] = {}


class Args(dict[str, Any]):
    """A call's arguments, whether they came as form, query or JSON."""

    def needed(self, name: str) -> Any:  # noqa: ANN401 - JSON
        if self.get(name) in {None, ""}:
            raise invalid_arguments(f"missing required field: {name}")
        return self[name]

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        return int(self.get(name) or default)

    def page(self, items: list[T], most: int) -> tuple[list[T], str]:
        """Return the page that `cursor` and `limit` ask for, and the next cursor, empty after the last."""
        start, size = self.number("cursor", 0), self.number("limit", most)
        following = start + size
        return items[start:following], str(following) if following < len(items) else ""

    def structure(self, name: str, error: str) -> Any:  # noqa: ANN401 - JSON
        """Return an argument that is JSON, decoded if it came as a string."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise ApiError(error) from None


def method(name: str, *scopes: str) -> Callable[[Handler], Handler]:
    """Register a Web API method and the scopes it always needs."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = (handler, scopes)
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to."""

    body: Json
    status: int = 200
    error: str | None = None


def call(core: Core, name: str, token: str | None, args: Args) -> Answer:
    """Run one Web API call as Slack would, errors included."""
    try:
        handler = _allowed(core, name, token)
        return Answer({"ok": True, **handler(core, args)})
    except ApiError as refusal:
        return Answer({"ok": False, "error": refusal.error, **refusal.extra}, error=refusal.error)


def _allowed(core: Core, name: str, token: str | None) -> Handler:
    """Check name, token and scopes, in Slack's order."""
    if name not in METHODS:
        raise ApiError("unknown_method", req_method=name)
    if not token:
        raise ApiError("not_authed")
    expected = core.app_token if name == "apps.connections.open" else core.bot_token
    if token != expected:
        ours = {core.app_token, core.bot_token}
        raise ApiError("not_allowed_token_type" if token in ours else "invalid_auth")
    if core.revoked:
        raise ApiError("account_inactive")
    handler, scopes = METHODS[name]
    for scope in scopes:
        core.require(scope)
    return handler
