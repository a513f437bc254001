"""Owns the server's settings and the parts its methods share; the methods themselves live beside it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sandbox.slack.json_object import Json
from sandbox.slack.workspace.api_errors import ApiError
from sandbox.slack.workspace.views import ViewDesk
from sandbox.slack.workspace.world import BOT_USER, Channel, User, World

if TYPE_CHECKING:
    from collections.abc import Collection

DEFAULT_SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "files:write",
        "app_mentions:read",
        "channels:history",
        "groups:history",
        "channels:read",
        "groups:read",
        "users:read",
        "im:write",
        "im:history",
    }
)
DEFAULT_EVENTS = frozenset(
    {
        "app_mention",
        "message.channels",
        "message.groups",
        "channel_id_changed",
        "channel_shared",
        "channel_unshared",
        "channel_archive",
        "channel_deleted",
        "channel_left",
        "channel_unarchive",
        "group_archive",
        "group_deleted",
        "group_left",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
        "app_home_opened",
        "app_uninstalled",
        "tokens_revoked",
    }
)

Announce: TypeAlias = Callable[[Json, "Channel | None"], None]


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer one command or click: five times within thirty minutes."""

    user: User
    channel: Channel
    born: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0
    said: str | None = None


@dataclass(slots=True)
class Upload:
    """A file on its way in; it has its `content` when that has come, and is shared once."""

    id: str
    name: str
    length: int
    born: float
    content: bytes | None = None
    title: str = ""
    is_shared: bool = False


class Core:
    """One running Slack without its network: world, views, tokens, scopes, settings."""

    def __init__(self, world: World, scopes: Collection[str], events: Collection[str]) -> None:
        self.world = world
        self.views = ViewDesk(world)
        self.scopes = set(scopes)
        self.events = set(events)
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_hex(12)
        self.client_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}"
        self.client_secret = secrets.token_hex(16)
        self.is_org_wide = False
        self.rotates = False
        self.codes: dict[str, str] = {}
        self.older_tokens: set[str] = set()
        self.refresh_token = ""
        self.token_ends = 0.0
        self.revoked = False
        self.history_lag = 0.0
        self.history_is_limited = False
        self.unreachable_images: Callable[[str], bool] = lambda _url: False
        self.no_dms: set[str] = set()
        self.refuses_posts: dict[str, str] = {}
        self.refuses_files = ""
        self.refuses_lost_threads = False
        self.hides_threads = False
        self.drops_files = 0
        self.hides_teams = False
        self.hidden_people: set[str] = set()
        self.tells_files = False
        self.uploads: dict[str, Upload] = {}
        self.echo_own_messages = True
        self.origin = ""
        self.response_urls: dict[str, ResponseUrl] = {}
        self.tickets: set[str] = set()
        self.announce: Announce = lambda _event, _channel: None

    def require(self, scope: str) -> None:
        """Refuse with missing_scope, as Slack spells it."""
        if scope not in self.scopes:
            provided = ",".join(sorted(self.scopes))
            raise ApiError("missing_scope", needed=scope, provided=provided)

    def channel(self, channel_id: object) -> Channel:
        """Find a channel the app may know of; Slack hides private ones the bot is not in."""
        channel = self.world.channels.get(str(channel_id))
        if channel is None or (BOT_USER not in channel.members and (channel.is_private or channel.is_im)):
            raise ApiError("channel_not_found")
        return channel

    def joined(self, channel_id: object) -> Channel:
        """Find a channel the bot is a member of."""
        channel = self.channel(channel_id)
        if BOT_USER not in channel.members:
            raise ApiError("not_in_channel")
        return channel

    def reading_scope(self, channel: Channel, what: str) -> None:
        """Require channels:, groups: or im: read or history, by the kind of channel."""
        self.require(f"{ {'channel': 'channels', 'group': 'groups', 'im': 'im'}[channel.kind] }:{what}")

    def user(self, user_id: object) -> User:
        user = self.world.users.get(str(user_id))
        if user is None or user.id in self.hidden_people or not self.world.is_visible(user):
            raise ApiError("user_not_found")
        return user

    def response_url(
        self, user: User, channel: Channel, *, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Make a response_url for one command or click."""
        key = secrets.token_urlsafe(16)
        self.response_urls[key] = ResponseUrl(user, channel, self.world.clock(), message_ts, thread_ts)
        return f"{self.origin}/hooks/response/{key}"
