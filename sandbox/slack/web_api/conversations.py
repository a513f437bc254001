"""Own what the app may look up: auth, people, channels, members, history. It posts nothing."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sandbox.slack.web_api.chat import as_json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace.api_errors import Refusal
from sandbox.slack.workspace.world import APP_ID, BOT_ID, BOT_USER, INSTALL_TEAM, Channel, Json, Post, User

if TYPE_CHECKING:
    from sandbox.slack.workspace.core import Core


@method("auth.test")
def auth_test(core: Core, _args: Args) -> Json:
    """Say who the token is."""
    team, bot = core.world.teams[INSTALL_TEAM], core.world.users[BOT_USER]
    return {
        "url": f"https://{team.domain}.slack.example/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.id,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("apps.connections.open")
def connections_open(core: Core, _args: Args) -> Json:
    """Give a single-use Socket Mode address."""
    ticket = secrets.token_urlsafe(16)
    core.tickets.add(ticket)
    return {"url": f"{core.origin.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP_ID}"}


def channel_json(core: Core, channel: Channel) -> Json:
    """Give the conversation object."""
    if channel.is_im:
        reader = next(member for member in channel.members if member != BOT_USER)
        return {"id": channel.id, "is_im": True, "user": reader, "is_archived": False, "is_channel": False}
    others = [team for team in channel.teams if team != INSTALL_TEAM]
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
        "shared_team_ids": list(channel.teams),
        "internal_team_ids": [],
        "connected_team_ids": others,
        "pending_connected_team_ids": list(channel.invited),
        "connected_limited_team_ids": [],
        "num_members": len(channel.members),
        "created": int(core.world.clock()) - 86_400,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


@method("conversations.info")
def info(core: Core, args: Args) -> Json:
    """Describe a channel."""
    channel = core.channel(args.needed("channel"))
    core.reading_scope(channel, "read")
    return {"channel": channel_json(core, channel)}


@method("conversations.members")
def members(core: Core, args: Args) -> Json:
    """List who is in a channel, externals too."""
    channel = core.channel(args.needed("channel"))
    core.reading_scope(channel, "read")
    page, cursor = _page(channel.members, args, 100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.replies")
def replies(core: Core, args: Args) -> Json:
    """List a thread; the parent comes with every first page."""
    channel = core.joined(args.needed("channel"))
    core.reading_scope(channel, "history")
    wanted = str(args.needed("ts"))
    asked = channel.messages.get(wanted)
    if asked is None or asked.deleted:
        raise Refusal("thread_not_found")
    thread = core.world.thread(channel, asked.thread_ts or asked.ts)
    parent = thread[:1] if thread and thread[0].thread_ts is None else []
    rest = _between(core, thread[len(parent) :], args)
    return _messages(core, args, [*parent, *rest])


@method("conversations.history")
def history(core: Core, args: Args) -> Json:
    """List what stands in the channel itself, newest first."""
    channel = core.joined(args.needed("channel"))
    core.reading_scope(channel, "history")
    roots = [p for p in core.world.newest_first(channel) if p.thread_ts is None or p.broadcast]
    return _messages(core, args, _between(core, roots, args))


@method("conversations.open", "im:write")
def open_direct(core: Core, args: Args) -> Json:
    """Open the direct message with one person."""
    users = [name for name in str(args.get("users") or "").split(",") if name]
    if args.get("channel"):
        channel = core.channel(args["channel"])
    elif not users:
        raise Refusal("users_list_not_supplied")
    elif len(users) > 1:
        core.require("mpim:write")
        raise Refusal("not_implemented")
    else:
        if core.user(users[0]).deleted:
            raise Refusal("user_disabled")
        if users[0] in core.no_dms:
            raise Refusal("user_not_visible")
        channel = core.world.direct(users[0])
    shown = channel_json(core, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


@method("users.info", "users:read")
def user_info(core: Core, args: Args) -> Json:
    """Describe a person the workspace can see."""
    return {"user": user_json(core, core.user(args.needed("user")))}


@method("users.list", "users:read")
def user_list(core: Core, args: Args) -> Json:
    """List the workspace's own people; externals are never in it."""
    own = [user_json(core, user) for user in core.world.users.values() if user.team_id == INSTALL_TEAM]
    page, cursor = _page(own, args, 200)
    return {
        "members": page,
        "cache_ts": int(core.world.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def user_json(core: Core, user: User) -> Json:
    """Give the user object; an external's may lack `tz`, and e-mail needs its own scope."""
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id}
    if user.email and "users:read.email" in core.scopes:
        profile["email"] = user.email
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": False,
        "updated": int(core.world.clock()),
        "profile": profile,
    }
    if user.team_id == INSTALL_TEAM:
        # Of other workspaces' people Slack does not say it.
        shown |= {"is_restricted": user.is_guest, "is_ultra_restricted": user.is_guest}
    if user.tz and not user.deleted:
        moment = datetime.fromtimestamp(core.world.clock(), UTC).astimezone(ZoneInfo(user.tz))
        offset = moment.utcoffset()
        shown |= {
            "tz": user.tz,
            "tz_label": moment.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
        }
    return shown


def _page(items: list[str] | list[Json], args: Args, most: int) -> tuple[list[str] | list[Json], str]:
    start, size = args.number("cursor", 0), args.number("limit", most)
    following = start + size
    return items[start:following], str(following) if following < len(items) else ""


def _between(core: Core, posts: list[Post], args: Args) -> list[Post]:
    """Keep what lies between oldest and latest and is old enough for history to show it."""
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999.999999")
    inclusive = args.flag("inclusive")
    ready = core.world.clock() - core.history_lag
    return [
        post
        for post in posts
        if (oldest < post.ts < latest or (inclusive and post.ts in {oldest, latest}))
        and (not core.history_lag or post.posted_at <= ready)
    ]


def _messages(core: Core, args: Args, posts: list[Post]) -> Json:
    start, size = args.number("cursor", 0), min(args.number("limit", 100), 1000)
    with_metadata = args.flag("include_all_metadata")
    following = start + size
    more = following < len(posts)
    return {
        "messages": [as_json(core, p, with_metadata=with_metadata) for p in posts[start:following]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(following) if more else ""},
    }
