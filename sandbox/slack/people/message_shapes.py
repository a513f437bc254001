"""Own the shapes in which Slack delivers what people and other apps post, as its documents and payloads show them.

Text is given as it was typed; what Slack makes of it (entities, wrapped links) is made here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import Post, World

WORKFLOW = "B0WORKFLOW"

_LINKED = re.compile(
    r"(?P<url>https?://[^\s<>|]+)|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|de|it|me))\b"
    r"|(?<![\w@.])(?P<host>[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|de|it|me))\b(?P<path>/[^\s<>|]*)?"
)


_MENTION = re.compile(r"(<@\w+>)")


class Shape(StrEnum):
    """How a text can come."""

    PLAIN = "plain"
    ME = "/me"
    BROADCAST = "also sent to the channel"
    FORWARDED = "forwarded"
    FILE_NAME = "the name of a file"
    FILE_TITLE = "the title of a file"
    SNIPPET = "a snippet"
    CANVAS = "the title of a canvas"
    WORKFLOW = "a workflow"
    APP = "another app"
    APP_BLOCKS = "another app, in blocks only"
    APP_FIELDS = "another app, in fields of an attachment"


def delivered(text: str) -> str:
    """Return what Slack makes of what was typed: entities, and links around what looks like an address; no mention."""
    return "".join(piece if number % 2 else _escaped(piece) for number, piece in enumerate(_MENTION.split(text)))


def give(post: Post, shape: Shape, text: str, world: World) -> None:
    """Put a text into a message, in one shape."""
    post.text, post.blocks = delivered(text), [rich_text(world, [{"type": "text", "text": text}])]
    file: Json = {"id": world.next_id("F"), "name": "notes.txt", "title": "notes", "filetype": "text", "mode": "hosted"}
    match shape:
        case Shape.PLAIN:
            pass
        case Shape.ME:
            post.subtype, post.blocks = "me_message", []
        case Shape.BROADCAST:
            post.broadcast = True
        case Shape.FORWARDED:
            post.text, post.blocks = "", []
            blocks = [rich_text(world, [{"type": "text", "text": text}])]
            about: Json = {
                "is_msg_unfurl": True,
                "is_share": True,
                "author_name": "Ada",
                "footer": "Slack Conversation",
            }
            shown: Json = {"fallback": f"[Nov 23rd] Ada: {text}", "text": delivered(text)}
            post.attachments = [about | shown | {"message_blocks": [{"message": {"blocks": blocks}}]}]
        case Shape.FILE_NAME:
            post.text, post.blocks, post.files = "", [], [file | {"name": f"{text}.txt"}]
        case Shape.FILE_TITLE:
            post.text, post.blocks, post.files = "", [], [file | {"title": text}]
        case Shape.SNIPPET:
            preview: Json = {"mode": "snippet", "preview": text, "plain_text": text, "lines": text.count("\n") + 1}
            post.text, post.blocks, post.files = "", [], [file | preview]
        case Shape.CANVAS:
            canvas: Json = {
                "name": "Untitled",
                "title": text,
                "filetype": "quip",
                "mode": "quip",
                "pretty_type": "Canvas",
            }
            post.text, post.blocks, post.files = "", [], [file | canvas]
        case Shape.WORKFLOW:
            post.bot_id, post.subtype = WORKFLOW, "bot_message"
        case Shape.APP:
            post.bot_id, post.blocks = "B0OTHER", []
        case Shape.APP_BLOCKS:
            section: Json = {"type": "section", "text": {"type": "mrkdwn", "text": delivered(text)}}
            post.bot_id, post.text, post.blocks = "B0OTHER", "", [section | {"block_id": world.next_id("b")}]
        case Shape.APP_FIELDS:
            name, _, value = text.partition(": ")
            field: Json = {"title": name, "value": delivered(value), "short": True}
            post.bot_id, post.text, post.blocks = "B0OTHER", "", []
            post.attachments = [{"id": 1, "fallback": "[no preview available]", "fields": [field]}]


def rich_text(world: World, elements: list[Json]) -> Json:
    """Return what was typed as the block that Slack makes of it."""
    section: Json = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": world.next_id("b"), "elements": [section]}


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKED.sub(_link, escaped)


def _link(found: re.Match[str]) -> str:
    if found["url"]:
        return f"<{found['url']}>"
    if found["mail"]:
        return f"<mailto:{found['mail']}|{found['mail']}>"
    return f"<http://{found[0]}|{found[0]}>"
