"""Owns the message object as Slack gives it in answers and payloads. It changes no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.workspace.world import APP_ID, BOT_ID, INSTALL_TEAM, Post

if TYPE_CHECKING:
    from sandbox.slack.workspace.core import Core


def as_json(core: Core, post: Post, *, with_metadata: bool = False) -> Json:
    """Return the message object of responses and payloads."""
    author = core.world.users[post.user]
    shown: Json = {
        "type": "message",
        "user": post.user,
        "text": post.text,
        "ts": post.ts,
        "team": author.team_in("message"),
    }
    if post.by_app:
        shown |= {
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "bot_profile": {
                "id": BOT_ID,
                "app_id": APP_ID,
                "name": author.real_name,
                "team_id": INSTALL_TEAM,
            },
        }
    elif post.bot_id:
        shown |= {"bot_id": post.bot_id, "username": "Another app"}
        del shown["user"]
    else:
        shown["client_msg_id"] = f"client-{post.ts}"
        if core.world.channels[post.channel].is_ext_shared:
            shown["user_profile"] = {
                "team": shown["team"],
                "name": author.name,
                "real_name": author.real_name,
                "display_name": author.name,
            }
    if post.subtype:
        shown["subtype"] = post.subtype
    if post.blocks:
        shown["blocks"] = post.blocks
    if post.files:
        shown |= {"subtype": "file_share", "files": post.files}
    if post.attachments:
        shown["attachments"] = post.attachments
    if post.is_marked_edited:
        shown["edited"] = {"user": post.user, "ts": post.edited}
    if post.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in post.reactions.items()
        ]
    replies = [p for p in core.world.channels[post.channel].replies.get(post.ts, []) if not p.deleted]
    if post.thread_ts:
        shown["thread_ts"] = post.thread_ts
        parent = core.world.channels[post.channel].messages.get(post.thread_ts)
        shown["parent_user_id"] = parent.user if parent else None
        if post.broadcast:
            # What stands in the channel, too, comes with the message that its thread began with.
            shown |= {"subtype": "thread_broadcast", "root": as_json(core, parent) if parent else {}}
    elif replies:
        shown |= {
            "thread_ts": post.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(p.user for p in replies)),
            "latest_reply": replies[-1].ts,
        }
    if post.metadata and with_metadata:
        shown["metadata"] = post.metadata
    return shown
