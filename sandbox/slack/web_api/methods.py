"""Owns how a Web API call becomes a method: arguments, token, scopes, answer. It holds no method."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from sandbox.slack.json_object import Json
from sandbox.slack.workspace import ApiError, Core, invalid_arguments

T = TypeVar("T")
Handler: TypeAlias = Callable[[Core, "Args"], Json]

TIMESTAMP = re.compile(r"\d{1,12}(\.\d{1,6})?")
CURSOR = "next:"


class Args(dict[str, Any]):
    """A call's arguments, whether they came as form, query or JSON; `broken` is why its JSON could not be read."""

    broken = ""

    def needed(self, name: str, error: str = "") -> str:
        """Return an argument that must be there and must be a text; `error` is the method's own code for that."""
        value = self.get(name)
        if value in (None, ""):
            raise ApiError(error) if error else invalid_arguments(f"missing required field: {name}")
        if not isinstance(value, str):
            raise ApiError(error) if error else invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}

    def limit(self, default: int, most: int, error: str = "") -> int:
        """Return `limit`; `error` is the method's own code for one that is no number from 1 to `most`."""
        text = str(self.get("limit") or default)
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ApiError(error) if error else invalid_arguments(f"must be from 1 to {most} [json-pointer:/limit]")
        return int(text)

    def page(self, items: list[T], size: int) -> tuple[list[T], str]:
        """Return the page of `size` that `cursor` asks for, and the next cursor, empty after the last."""
        start = self._start()
        following = start + size
        more = base64.b64encode(f"{CURSOR}{following}".encode()).decode() if following < len(items) else ""
        return items[start:following], more

    def moment(self, name: str, default: str) -> str:
        """Return a timestamp, refused under its own name."""
        text = str(self.get(name) or default)
        if not TIMESTAMP.fullmatch(text):
            raise ApiError(f"invalid_ts_{name}")
        return text

    def _start(self) -> int:
        cursor = self.get("cursor")
        if not cursor:
            return 0
        try:
            text = base64.b64decode(str(cursor), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            text = ""
        number = text.removeprefix(CURSOR)
        if number == text or not number.isdecimal():
            raise ApiError("invalid_cursor")
        return int(number)

    def structure(self, name: str, error: str) -> Any:  # noqa: ANN401 - JSON
        """Return an argument that is JSON, decoded if it came as a string."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise ApiError(error) from None


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method: what it does, its scopes, whether it reads JSON bodies, and whether it asks for no token."""

    handler: Handler
    scopes: tuple[str, ...]
    takes_json: bool
    is_open: bool = False


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, takes_json: bool = True, is_open: bool = False) -> Callable[[Handler], Handler]:
    """Register a Web API method; an open one asks for no token."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, takes_json, is_open)
        return handler

    return register


def takes_json(name: str) -> bool:
    """Tell whether a method reads JSON bodies; the others are blind to what stands in one."""
    return name not in METHODS or METHODS[name].takes_json


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to."""

    body: Json
    status: int = 200
    error: str | None = None


def call(core: Core, name: str, token: str | None, args: Args) -> Answer:
    """Run one Web API call as Slack would, errors included."""
    try:
        handler = _allowed(core, name, token, args)
        return Answer({"ok": True, **handler(core, args)})
    except ApiError as refusal:
        return Answer({"ok": False, "error": refusal.error, **refusal.extra}, error=refusal.error)


def _allowed(core: Core, name: str, token: str | None, args: Args) -> Handler:
    """Check name, token, scopes and that the body could be read, in Slack's order."""
    if name not in METHODS:
        raise ApiError("unknown_method", req_method=name)
    if METHODS[name].is_open:
        return METHODS[name].handler
    if not token:
        raise ApiError("not_authed")
    expected = core.app_token if name == "apps.connections.open" else core.bot_token
    if token != expected and token not in core.older_tokens:
        ours = {core.app_token, core.bot_token}
        raise ApiError("not_allowed_token_type" if token in ours else "invalid_auth")
    if core.revoked:
        raise ApiError("account_inactive")
    if core.token_ends and core.world.clock() >= core.token_ends:
        raise ApiError("token_expired")
    for scope in METHODS[name].scopes:
        core.require(scope)
    if args.broken:
        raise ApiError(args.broken)
    return METHODS[name].handler
