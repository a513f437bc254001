"""Owns chat.*, reactions.add and response_url answers: what the app writes. It reads no history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.block_kit import (
    are_too_long,
    faults_in_blocks,
    fresh_values,
    metadata_fault,
    unreachable_images,
    with_ids,
)
from sandbox.slack.json_object import Json
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import BOT_USER, INSTALL_TEAM, ApiError, Channel, Post, as_json

if TYPE_CHECKING:
    from sandbox.slack.workspace import Core, ResponseUrl


def content(core: Core, args: Args, *, most_text: int | None = None, is_answer: bool = False) -> tuple[str, list[Json]]:
    """Check text and blocks and give them; `most_text` is a hard limit where the method has one.

    What answers by a `response_url` may hold more blocks.
    """
    text = str(args.get("text") or "")
    blocks = args.structure("blocks", "invalid_blocks_format") or []
    attachments = args.structure("attachments", "invalid_attachments") or []
    if most_text is not None and len(text) > most_text:
        raise ApiError("msg_too_long")
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    if not isinstance(attachments, list):
        raise ApiError("invalid_attachments")
    if len(attachments) > 100:
        raise ApiError("too_many_attachments")
    faults = faults_in_blocks(blocks, "message") or unreachable_images(blocks, core.unreachable_images)
    if faults:
        messages = [f"[ERROR] {fault}" for fault in faults]
        raise ApiError("invalid_blocks", errors=faults, response_metadata={"messages": messages})
    if not is_answer and are_too_long(blocks):
        raise ApiError("msg_blocks_too_long")
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    return text[:40_000], with_ids(blocks)


def metadata_of(args: Args) -> Json | None:
    """Check the metadata argument and give it; None when it is absent."""
    metadata = args.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    error = metadata_fault(metadata)
    if error:
        raise ApiError(error)
    checked: Json = metadata
    return checked


def parent_of(core: Core, channel: Channel, thread_ts: object) -> str | None:
    """Return the thread's parent ts; a reply as parent is refused, and so is a missing one if the core is told to.

    Else Slack says nothing of a missing one and puts the message into the channel itself. While a deleted one has
    replies, it leaves a line in its place and the thread goes on.
    """
    if not thread_ts:
        return None
    parent = channel.messages.get(str(thread_ts))
    if parent is None or (parent.deleted and not channel.living_replies(parent.ts)):
        if core.refuses_lost_threads:
            raise ApiError("thread_not_found")
        return None
    if parent.thread_ts:  # Slack accepts it and shows the reply in the wrong place; nobody wants that
        raise ApiError("cannot_reply_to_message")
    return parent.ts


def place(core: Core, channel: Channel, post: Post) -> Post:
    """Put a message into a channel and tell the app's subscriptions."""
    post.posted_at = core.world.clock()
    channel.add(post)
    if not post.by_app or core.echo_own_messages:
        core.announce(message_event(core, channel, post), channel)
    return post


def message_event(core: Core, channel: Channel, post: Post) -> Json:
    """Return the `message` event of a new message."""
    event = as_json(core, post, with_metadata=True)
    return event | {"channel": channel.id, "event_ts": post.ts, "channel_type": channel.kind}


def mention_event(core: Core, channel: Channel, post: Post) -> Json:
    """Return the `app_mention` event; in a shared channel it names the organisations in a way of its own."""
    event = as_json(core, post) | {"type": "app_mention", "channel": channel.id, "event_ts": post.ts}
    if channel.is_ext_shared:
        home = core.world.users[post.user].team_in("message")
        event |= {"team": INSTALL_TEAM, "user_team": home, "source_team": home}
    return event


@method("chat.postMessage", "chat:write")
def post_message(core: Core, args: Args) -> Json:
    """Post into a channel the bot is in, or to a person directly."""
    wanted = args.needed("channel")
    if wanted in core.world.users:
        if wanted in core.no_dms or not core.world.is_visible(core.world.users[wanted]):
            raise ApiError("channel_not_found")
        channel = core.world.direct(wanted)
    else:
        channel = core.joined(wanted)
    if channel.is_archived:
        raise ApiError("is_archived")
    if refusal := core.refuses_posts.get(channel.id):
        raise ApiError(refusal)
    text, blocks = content(core, args)
    metadata = metadata_of(args)
    post = Post(
        core.world.next_ts(),
        channel.id,
        BOT_USER,
        text,
        blocks,
        parent_of(core, channel, args.get("thread_ts")),
        metadata or None,
        broadcast=args.flag("reply_broadcast"),
        attachments=args.structure("attachments", "invalid_attachments") or [],
    )
    place(core, channel, post)
    shown = as_json(core, post, with_metadata=True)
    if core.hides_threads:
        shown.pop("thread_ts", None)
    return {"channel": channel.id, "ts": post.ts, "message": shown}


@method("chat.update", "chat:write")
def update(core: Core, args: Args) -> Json:
    """Rewrite an own message, also in a public channel that the app has left; without metadata the old stays."""
    channel = core.channel(args.needed("channel"))
    post = own_message(channel, args.needed("ts"), "cant_update_message")
    if channel.is_archived:
        raise ApiError("is_inactive")
    is_text_kept, keeps_blocks = args.get("text") is None, args.get("blocks") is None
    text, blocks = (post.text, post.blocks) if is_text_kept and keeps_blocks else content(core, args, most_text=4000)
    # Blocks that are not spoken of stay, and hide a new text.
    blocks = post.blocks if keeps_blocks else blocks
    metadata = metadata_of(args)
    edit(core, post, text, blocks)
    if metadata is not None:
        post.metadata = metadata or None
    _announce_edit(core, channel, post)
    return {
        "channel": channel.id,
        "ts": post.ts,
        "text": post.text,
        "message": as_json(core, post, with_metadata=True),
    }


@method("chat.delete", "chat:write")
def delete(core: Core, args: Args) -> Json:
    """Delete an own message."""
    channel = core.channel(args.needed("channel"))
    post = own_message(channel, args.needed("ts"), "cant_delete_message")
    post.deleted = True
    if core.echo_own_messages:
        event: Json = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": channel.id,
            "deleted_ts": post.ts,
            "previous_message": as_json(core, post),
            "ts": core.world.next_ts(),
            "channel_type": channel.kind,
        }
        core.announce({**event, "event_ts": event["ts"]}, channel)
    return {"channel": channel.id, "ts": post.ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(core: Core, args: Args) -> Json:
    """Show a message to one member of a channel."""
    channel = core.joined(args.needed("channel"))
    reader = args.needed("user")
    if channel.is_archived:
        raise ApiError("is_archived")
    if reader not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = content(core, args)
    thread_ts = str(args["thread_ts"]) if args.get("thread_ts") else None
    post = whisper(core, channel, reader, text, blocks, thread_ts=thread_ts)
    return {"message_ts": post.ts}


@method("reactions.add", "reactions:write")
def add_reaction(core: Core, args: Args) -> Json:
    """React to a message."""
    post = core.joined(args.needed("channel")).messages.get(args.needed("timestamp"))
    if post is None or post.deleted:
        raise ApiError("message_not_found")
    users = post.reactions.setdefault(args.needed("name"), [])
    if BOT_USER in users:
        raise ApiError("already_reacted")
    users.append(BOT_USER)
    return {}


def own_message(channel: Channel, ts: object, error: str) -> Post:
    """Find a message the app wrote."""
    post = channel.messages.get(str(ts))
    if post is None or post.deleted:
        raise ApiError("message_not_found")
    if not post.by_app:
        raise ApiError(error)
    return post


def edit(core: Core, post: Post, text: str, blocks: list[Json]) -> None:
    """Rewrite a message; what people chose in it survives under the same ids."""
    post.text, post.blocks, post.edited = text, blocks, core.world.next_ts()
    post.revisions += 1
    post.is_marked_edited = not blocks  # Slack marks a message edited only when its text is what shows
    post.chosen = {user: fresh_values(blocks, values) for user, values in post.chosen.items()}


def change(core: Core, post: Post, text: str) -> None:
    """Rewrite what a person wrote, and tell the app's subscriptions what it was before."""
    channel, before = core.world.channels[post.channel], as_json(core, post)
    edit(core, post, text, [])
    event: Json = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "message": as_json(core, post),
        "previous_message": before,
        "ts": core.world.next_ts(),
        "channel_type": channel.kind,
    }
    core.announce({**event, "event_ts": event["ts"]}, channel)


def whisper(
    core: Core, channel: Channel, reader: str, text: str, blocks: list[Json], *, thread_ts: str | None = None
) -> Post:
    """Show a message to one person only."""
    post = Post(core.world.next_ts(), channel.id, BOT_USER, text, blocks, thread_ts, only_for=reader)
    post.posted_at = core.world.clock()
    core.world.whispers.append(post)
    return post


def respond(core: Core, url: ResponseUrl, args: Args) -> Json:
    """Answer through a response_url: new, replacing or deleting; ephemeral unless said otherwise."""
    if args.broken:
        raise ApiError("invalid_payload")
    if url.uses >= 5:
        raise ApiError("used_url")
    if core.world.clock() - url.born > 30 * 60:
        raise ApiError("expired_url")
    original = _original(core, url)
    if args.flag("delete_original"):
        url.uses += 1
        if original is not None:
            original.deleted = True
        return {}
    text, blocks = content(core, args, is_answer=True)
    url.uses += 1
    if original is not None and args.flag("replace_original"):
        edit(core, original, text, blocks)
        return {}
    thread_ts = str(args["thread_ts"]) if args.get("thread_ts") else url.thread_ts
    if args.get("response_type") == "in_channel":
        post = Post(core.world.next_ts(), url.channel.id, BOT_USER, text, blocks, thread_ts)
        place(core, url.channel, post)
    else:
        post = whisper(core, url.channel, url.user.id, text, blocks, thread_ts=thread_ts)
    url.said = post.ts
    return {}


def _original(core: Core, url: ResponseUrl) -> Post | None:
    wanted = url.message_ts or url.said
    for post in [*url.channel.messages.values(), *core.world.whispers]:
        if post.ts == wanted and not post.deleted:
            return post
    return None


def _announce_edit(core: Core, channel: Channel, post: Post) -> None:
    if not core.echo_own_messages:
        return
    event: Json = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "message": as_json(core, post, with_metadata=True),
        "previous_message": {"type": "message", "user": post.user, "ts": post.ts},
        "ts": core.world.next_ts(),
        "channel_type": channel.kind,
    }
    core.announce({**event, "event_ts": event["ts"]}, channel)
