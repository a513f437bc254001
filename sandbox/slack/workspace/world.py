"""Owns what this Slack remembers: workspaces, people, channels, messages. It decides no policy."""

from __future__ import annotations

import copy
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.slack.json_object import Json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSTALL_TEAM = "T0WINTRO"
BOT_USER = "U0BOT"
BOT_ID = "B0LINK"
APP_ID = "A0LINK"


@dataclass(slots=True)
class Team:
    """One workspace; `enterprise_id` is the Grid organisation that it belongs to, if any."""

    id: str
    name: str
    domain: str
    enterprise_id: str | None = None


@dataclass(slots=True)
class User:
    """One member of one workspace; `tz` is None where Slack does not tell it, `status` the emoji of their status.

    `locale` is the language they have chosen; other workspaces than their own are not told.

    `comes_as` says under which id of a workspace or organisation a Grid's member appears in a `command`, `press`,
    `form`, `message` or `look_up`, where that is not the own workspace's; `also_in` are their other workspaces.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    tz: str | None = None
    email: str | None = None
    is_bot: bool = False
    deleted: bool = False
    is_guest: bool = False
    status: str = ""
    comes_as: dict[str, str] = field(default_factory=dict)
    also_in: tuple[str, ...] = ()
    locale: str = "en-US"

    @property
    def zone(self) -> ZoneInfo | None:
        """Give the zone that `tz` names; one that this machine does not know is UTC's."""
        try:
            return ZoneInfo(self.tz) if self.tz else None
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def team_in(self, place: str) -> str:
        """Give the id under which Slack shows this person in one kind of payload."""
        return self.comes_as.get(place, self.team_id)


@dataclass(slots=True)
class Channel:
    """One conversation; several teams make it a Slack Connect channel, `invited` ones have not accepted yet."""

    id: str
    name: str
    teams: tuple[str, ...]
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    is_archived: bool = False
    invited: tuple[str, ...] = ()
    messages: dict[str, Post] = field(default_factory=dict)
    replies: dict[str, list[Post]] = field(default_factory=dict)

    def add(self, post: Post) -> None:
        """Put a message in its place, in its thread if it has one."""
        self.messages[post.ts] = post
        if post.thread_ts:
            self.replies.setdefault(post.thread_ts, []).append(post)

    @property
    def is_ext_shared(self) -> bool:
        return len(self.teams) > 1 and not self.is_im

    @property
    def kind(self) -> str:
        """The `channel_type` of events: im, group or channel."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    def living_replies(self, parent_ts: str) -> list[Post]:
        return [post for post in self.replies.get(parent_ts, []) if not post.deleted]


@dataclass(slots=True)
class Post:
    """One message as the server holds it; an ephemeral one has `only_for`, one of another app its `bot_id`."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: str | None = None
    is_marked_edited: bool = False
    deleted: bool = False
    broadcast: bool = False
    only_for: str | None = None
    posted_at: float = 0.0
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    chosen: dict[str, Json] = field(default_factory=dict)
    subtype: str = ""
    bot_id: str = ""
    revisions: int = 0
    read: dict[str | None, tuple[int, str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def by_app(self) -> bool:
        return self.user == BOT_USER

    def snapshot(self) -> Post:
        return copy.deepcopy(self)


class World:
    """Everything the server knows, with unique rising timestamps taken from `clock` (epoch seconds)."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.whispers: list[Post] = []
        self._last_ts = 0
        self._numbers: Iterator[int] = itertools.count(1)

    def next_ts(self) -> str:
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        return f"{prefix}0{next(self._numbers):06X}"

    def user(self, name: str) -> User:
        """Find a person by id, name or @name; LookupError names who exists."""
        wanted = name.removeprefix("@").casefold()
        for user in self.users.values():
            if wanted in {user.id.casefold(), user.name.casefold(), user.real_name.casefold()}:
                return user
        raise LookupError(f"nobody is called {name!r}; there are {', '.join(u.name for u in self.users.values())}")

    def channel(self, name: str) -> Channel:
        """Find a channel by id or name; LookupError names what exists."""
        for channel in self.channels.values():
            if name.removeprefix("#") in {channel.id, channel.name}:
                return channel
        raise LookupError(f"no channel {name!r}; there are {', '.join(c.name for c in self.channels.values())}")

    def direct(self, user_id: str) -> Channel:
        """Return the direct-message channel of the app and one person, made on first use."""
        channel_id = f"D{user_id[1:]}"
        if channel_id not in self.channels:
            teams = tuple(dict.fromkeys((INSTALL_TEAM, self.users[user_id].team_id)))
            self.channels[channel_id] = Channel(
                channel_id, f"dm-{self.users[user_id].name}", teams, [user_id, BOT_USER], is_im=True
            )
        return self.channels[channel_id]

    def is_visible(self, user: User) -> bool:
        """Return whether the installing workspace can see this person at all."""
        return user.team_id == INSTALL_TEAM or any(
            user.id in channel.members and INSTALL_TEAM in channel.teams for channel in self.channels.values()
        )

    def newest_first(self, channel: Channel) -> list[Post]:
        return sorted((p for p in channel.messages.values() if not p.deleted), key=lambda p: p.ts, reverse=True)

    def thread(self, channel: Channel, parent_ts: str) -> list[Post]:
        """List a thread, parent first, oldest to newest."""
        parent = [channel.messages[parent_ts]] if parent_ts in channel.messages else []
        return [post for post in [*parent, *channel.replies.get(parent_ts, [])] if not post.deleted]


def default_world(clock: Callable[[], float] = time.time) -> World:
    """Make Wintro (which has the app), Acme and Globex with their people and channels."""
    world = World(clock)
    for team in (
        Team(INSTALL_TEAM, "Wintro", "wintro"),
        Team("T0ACME", "Acme", "acme"),
        Team("T0GLOBEX", "Globex", "globex"),
    ):
        world.teams[team.id] = team
    berlin, york = "Europe/Berlin", "America/New_York"
    for user in (
        User("U0SAM", "sam", "Sam Winter", INSTALL_TEAM, berlin, "sam@wintro.example"),
        User("U0KIM", "kim", "Kim Lang", INSTALL_TEAM, berlin, "kim@wintro.example"),
        User("U0GUS", "gus", "Gus Hale", INSTALL_TEAM, berlin, "gus@acme.example", is_guest=True),
        User("U0ADA", "ada", "Ada Cole", "T0ACME", york, "ada@acme.example"),
        User("U0COL", "col", "Col Reyes", "T0ACME", york, "col@acme.example"),
        User("U0EVE", "eve", "Eve Marsh", "T0GLOBEX", york, "eve@globex.example"),
        User(BOT_USER, "linkworkday", "Link Workday", INSTALL_TEAM, berlin, is_bot=True),
    ):
        world.users[user.id] = user
    both, globex = (INSTALL_TEAM, "T0ACME"), (INSTALL_TEAM, "T0GLOBEX")
    for channel in (
        Channel("C0ACME", "ext-acme-wintro", both, ["U0SAM", "U0KIM", "U0ADA", "U0COL", BOT_USER]),
        Channel("C0GLOBEX", "ext-globex-wintro", globex, ["U0EVE", "U0SAM", BOT_USER]),
        Channel("C0STAFF", "cs-team", (INSTALL_TEAM,), ["U0SAM", "U0KIM", BOT_USER]),
        Channel("C0NOBOT", "no-bot", both, ["U0SAM", "U0KIM", "U0ADA", "U0COL"]),
    ):
        world.channels[channel.id] = channel
    return world
