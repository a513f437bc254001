"""Where stories have walked to once, for the next one that begins there: Slack, Workday and database, copied.

What is put back is what a process of the app finds that starts anew: nothing of it lives in an app's memory. A story is
put back only where nothing has happened in it yet; else it walks.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.slack import SlackSandbox
from sandbox.slack.workspace.world import User
from sandbox.workday import WorkdaySandbox

RUNNING = frozenset(
    {
        "_acks",
        "_closing",
        "_firsts",
        "_held",
        "_runner",
        "_session",
        "_tasks",
        "announce",
        "offset",
        "origin",
        "record",
        "sockets",
        "unreachable_images",
        "urls",
    }
)
"""What belongs to a server or clock that runs, and is no state."""

TOKENS = frozenset({"app_token", "bot_token", "client_id", "client_secret", "signing_secret", "verification_token"})
"""What each Slack has of its own, and keeps."""

LOGS = frozenset({"calls", "log", "received", "tenants"})
"""What differs between two of which nothing has happened in either."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A place to go on from: what stands in Slack and Workday, the app's database, and when that was."""

    state: bytes
    database: bytes
    at: float


def state_of(slack: SlackSandbox, workday: WorkdaySandbox) -> bytes:
    """Return all that stands in both."""
    file = io.BytesIO()
    holders = _holders(slack, workday)
    users = {id(user): user.id for user in slack.world.users.values()}
    _Pickler(file, holders, users).dump({name: _state(one) for name, one in holders.items()})
    return file.getvalue()


def shape_of(slack: SlackSandbox, workday: WorkdaySandbox) -> bytes:
    """Return the same without tenants, and without what is each one's own: before a story's first move it is alike."""
    file = io.BytesIO()
    holders = _holders(slack, workday)
    _Pickler(file, holders, {}).dump({name: _state(one, LOGS) for name, one in holders.items()})
    return file.getvalue()


def tenant_of(slack: SlackSandbox, workday: WorkdaySandbox, name: str) -> bytes:
    """Return all that stands in one tenant."""
    file = io.BytesIO()
    _Pickler(file, _holders(slack, workday), {}).dump(workday.tenants[name])
    return file.getvalue()


def put_back(state: bytes, slack: SlackSandbox, workday: WorkdaySandbox) -> None:
    """Let everything stand in both that stood there then; who held a list, person or tenant of theirs still does."""
    holders = _holders(slack, workday)
    tenants = dict(workday.tenants)
    for name, values in _Unpickler(io.BytesIO(state), holders, slack.world.users).load().items():
        now = vars(holders[name])
        for attribute, value in values.items():
            if isinstance(value, list):
                now[attribute][:] = value
            else:
                now[attribute] = value
    for name, tenant in tenants.items():
        for place in fields(tenant):
            setattr(tenant, place.name, getattr(workday.tenants[name], place.name))
    workday.tenants |= tenants


def _holders(slack: SlackSandbox, workday: WorkdaySandbox) -> dict[str, object]:
    return {
        "slack": slack,
        "world": slack.world,
        "core": slack.core,
        "views": slack.core.views,
        "server": slack.server,
        "faults": slack.faults,
        "delivery": slack.delivery,
        "events": slack.events,
        "workday": workday,
        "clock": slack.world.clock.__self__,  # type: ignore[attr-defined]
    }


def _state(holder: object, without: frozenset[str] = frozenset()) -> dict[str, object]:
    without |= RUNNING | TOKENS
    return {name: value for name, value in vars(holder).items() if name not in without}


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, holders: Mapping[str, object], users: Mapping[int, str]) -> None:
        super().__init__(file, protocol=5)
        self._names = {id(one): name for name, one in holders.items()}
        self._users = users

    def persistent_id(self, obj: object) -> tuple[str, str] | None:
        if name := self._names.get(id(obj)):
            return "holder", name
        if user := self._users.get(id(obj)):
            return "user", user
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, holders: Mapping[str, object], users: Mapping[str, User]) -> None:
        super().__init__(file)
        self._kinds: dict[str, Callable[[str], Any]] = {"holder": holders.__getitem__, "user": users.__getitem__}

    def persistent_load(self, pid: tuple[str, str]) -> object:
        kind, name = pid
        return self._kinds[kind](name)
