"""Owns what happens to channels, people and the install: membership, archiving, id changes, uninstalling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.workspace.world import BOT_USER, INSTALL_TEAM, Channel, User

if TYPE_CHECKING:
    from sandbox.slack.workspace.core import Core


def _announce(core: Core, channel: Channel | None, event: Json) -> None:
    core.announce({**event, "event_ts": core.world.next_ts()}, channel)


def join(core: Core, channel: Channel, user: User, inviter: User | None) -> None:
    """Add someone, the bot too, and tell of it."""
    if user.id in channel.members:
        return
    channel.members.append(user.id)
    event: Json = {
        "type": "member_joined_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": user.team_id,
    }
    if inviter is not None:
        event["inviter"] = inviter.id
    _announce(core, channel, event)


def leave(core: Core, channel: Channel, user: User) -> None:
    """Remove someone and tell of it: those who stay there, or the app that it does not any more."""
    if user.id not in channel.members:
        return
    channel.members.remove(user.id)
    if user.id == BOT_USER:
        kind = "group_left" if channel.is_private else "channel_left"
        _announce(core, channel, {"type": kind, "channel": channel.id, "actor_id": channel.members[0]})
        return
    event: Json = {
        "type": "member_left_channel",
        "user": user.id,
        "channel": channel.id,
        "team": user.team_id,
    }
    _announce(core, channel, event)


def archive(core: Core, channel: Channel) -> None:
    """Archive a channel."""
    channel.is_archived = True
    kind = "group_archive" if channel.is_private else "channel_archive"
    _announce(core, channel, {"type": kind, "channel": channel.id, "user": channel.members[0]})


def delete(core: Core, channel: Channel) -> None:
    """Delete a channel with all that stands in it; Slack does not know its id any more."""
    kind = "group_deleted" if channel.is_private else "channel_deleted"
    _announce(core, channel, {"type": kind, "channel": channel.id})
    del core.world.channels[channel.id]


def make_private(core: Core, channel: Channel, user: User) -> None:
    """Make a public channel private: it keeps its id, and a line in it says so."""
    channel.is_private = True
    event: Json = {"type": "message", "subtype": "channel_convert_to_private", "user": user.id, "channel": channel.id}
    text = f"<@{user.id}> made this channel *private*."
    _announce(core, channel, {**event, "text": text, "ts": core.world.next_ts(), "channel_type": "group"})


def change_id(core: Core, channel: Channel, new_id: str) -> None:
    """Give a channel another id, as starting to share a private one does."""
    event = {"type": "channel_id_changed", "old_channel_id": channel.id, "new_channel_id": new_id}
    _move(core, channel, new_id)
    _announce(core, channel, event)


def _move(core: Core, channel: Channel, new_id: str) -> None:
    old_id = channel.id
    del core.world.channels[old_id]
    channel.id = new_id
    core.world.channels[new_id] = channel
    for post in [*channel.messages.values(), *core.world.whispers]:
        if post.channel == old_id:
            post.channel = new_id


def invite_team(core: Core, channel: Channel, team_id: str) -> None:
    """Offer another organization a channel; it is shared once they accept."""
    if team_id not in (*channel.teams, *channel.invited):
        channel.invited = (*channel.invited, core.world.teams[team_id].id)


def share(core: Core, channel: Channel, team_id: str) -> None:
    """Let another organization accept an invitation, and tell of it."""
    channel.invited = tuple(name for name in channel.invited if name != team_id)
    channel.teams = (*channel.teams, core.world.teams[team_id].id)
    _announce(core, channel, {"type": "channel_shared", "connected_team_id": team_id, "channel": channel.id})


def unshare(core: Core, channel: Channel, new_id: str = "") -> None:
    """Cut the connection: the other organizations' people are gone, the host keeps the id.

    Where the other side was the host, ours gets a `new_id`, of which Slack tells nothing.
    """
    for team_id in channel.teams[1:]:
        event = {"type": "channel_unshared", "previously_connected_team_id": team_id, "channel": channel.id}
        _announce(core, channel, {**event, "is_ext_shared": False})
    users = core.world.users
    channel.members = [name for name in channel.members if users[name].team_id == INSTALL_TEAM]
    channel.teams = (INSTALL_TEAM,)
    if new_id:
        _move(core, channel, new_id)


def deactivate(core: Core, user: User) -> None:
    """Deactivate a person: out of every channel, their modals gone."""
    user.deleted = True
    core.views.drop(user)
    for channel in core.world.channels.values():
        if user.id in channel.members and not channel.is_im:
            channel.members.remove(user.id)


def uninstall(core: Core) -> None:
    """Remove the app: the token dies, the app hears of it, and its bot is in no channel any more."""
    core.revoked = True
    tell_uninstalled(core)
    for channel in core.world.channels.values():
        if BOT_USER in channel.members and not channel.is_im:
            channel.members.remove(BOT_USER)


def tell_uninstalled(core: Core) -> None:
    """Tell the app that it was removed, in either order, and once more when it has been installed again."""
    _announce(core, None, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
    _announce(core, None, {"type": "app_uninstalled"})
