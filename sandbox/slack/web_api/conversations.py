"""Owns conversations.*: what the app may look up of channels, their members and history. It posts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import BOT_USER, INSTALL_TEAM, ApiError, Channel, Post, as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.slack.workspace import Core


def channel_json(core: Core, channel: Channel) -> Json:
    """Return the conversation object."""
    if channel.is_im:
        reader = next(member for member in channel.members if member != BOT_USER)
        return {"id": channel.id, "is_im": True, "user": reader, "is_archived": False, "is_channel": False}
    others = [team for team in channel.teams if team != INSTALL_TEAM]
    named: Json = {
        "shared_team_ids": list(channel.teams),
        "internal_team_ids": [],
        "connected_team_ids": others,
        "pending_connected_team_ids": list(channel.invited),
        "connected_limited_team_ids": [],
    }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": bool(others),
        "is_org_shared": False,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": bool(channel.invited),
        "is_member": BOT_USER in channel.members,
        "context_team_id": INSTALL_TEAM,
        "conversation_host_id": INSTALL_TEAM,
        **({} if core.hides_teams else named),
        "num_members": len(channel.members),
        "created": int(core.world.clock()) - 86_400,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


LIMITED_PAGE = 15
"""Messages that an app gets at once which is given to many workspaces outside the Marketplace."""


@method("conversations.info", takes_json=False)
def info(core: Core, args: Args) -> Json:
    """Describe a channel."""
    channel = core.channel(args.needed("channel"))
    core.reading_scope(channel, "read")
    return {"channel": channel_json(core, channel)}


@method("conversations.members", takes_json=False)
def members(core: Core, args: Args) -> Json:
    """List who is in a channel, externals too."""
    channel = core.channel(args.needed("channel"))
    core.reading_scope(channel, "read")
    page, cursor = args.page(channel.members, args.limit(100, 1000, "invalid_limit"))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.replies", takes_json=False)
def replies(core: Core, args: Args) -> Json:
    """List a thread; the parent comes with every page."""
    channel = core.joined(args.needed("channel", "channel_not_found"))
    core.reading_scope(channel, "history")
    wanted = args.needed("ts", "thread_not_found")
    asked = channel.messages.get(wanted)
    if asked is None or (asked.deleted and not channel.living_replies(wanted)):
        raise ApiError("thread_not_found")
    thread = core.world.thread(channel, asked.thread_ts or asked.ts)
    parent = thread[:1] if thread and thread[0].thread_ts is None else []
    rest = _between(core, thread[len(parent) :], args)
    return _messages(core, args, rest, args.limit(1000, 1000), parent)


@method("conversations.history")
def history(core: Core, args: Args) -> Json:
    """List what stands in the channel itself, newest first."""
    channel = core.joined(args.needed("channel"))
    core.reading_scope(channel, "history")
    roots = [p for p in core.world.newest_first(channel) if p.thread_ts is None or p.broadcast]
    return _messages(core, args, _between(core, roots, args), args.limit(100, 999))


@method("conversations.open", "im:write")
def open_direct(core: Core, args: Args) -> Json:
    """Open the direct message with one person."""
    users = [name for name in str(args.get("users") or "").split(",") if name]
    if args.get("channel"):
        channel = core.channel(args["channel"])
    elif not users:
        raise ApiError("users_list_not_supplied")
    elif len(users) > 1:
        core.require("mpim:write")
        raise ApiError("not_implemented")
    else:
        if core.user(users[0]).deleted:
            raise ApiError("user_disabled")
        if users[0] in core.no_dms:
            raise ApiError("user_not_visible")
        channel = core.world.direct(users[0])
    shown = channel_json(core, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


def _between(core: Core, posts: list[Post], args: Args) -> list[Post]:
    """Keep what lies between oldest and latest and is old enough for history to show it."""
    oldest, latest = args.moment("oldest", "0"), args.moment("latest", "9999999999.999999")
    inclusive = args.flag("inclusive")
    ready = core.world.clock() - core.history_lag
    return [
        post
        for post in posts
        if (oldest < post.ts < latest or (inclusive and post.ts in {oldest, latest}))
        and (not core.history_lag or post.posted_at <= ready)
    ]


def _messages(core: Core, args: Args, posts: list[Post], size: int, first: Sequence[Post] = ()) -> Json:
    """Give a page, behind what stands in front of each."""
    with_metadata = args.flag("include_all_metadata")
    page, cursor = args.page(posts, min(size, LIMITED_PAGE) if core.history_is_limited else size)
    return {
        "messages": [as_json(core, post, with_metadata=with_metadata) for post in (*first, *page)],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
