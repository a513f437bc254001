"""Owns what Slack keeps of a file that somebody adds to a message, and the little of it that it tells an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.workspace import Upload

if TYPE_CHECKING:
    from sandbox.slack.json_object import Json
    from sandbox.slack.workspace import Channel, Core

PREVIEW_LINES = 5


def attach(core: Core, channel: Channel, name: str, content: bytes) -> Json:
    """Keep a file, and return the file object of events about its message.

    Where organisations share the channel, Slack says no more than that there is a file; `core.tells_files` makes it
    speak there, too. Of text it tells the beginning.
    """
    upload = Upload(core.world.next_id("F"), name, len(content), core.world.clock(), content, name, is_shared=True)
    core.uploads[upload.id] = upload
    if len(channel.teams) > 1 and not core.tells_files:
        stub: Json = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
        return {"id": upload.id} | stub
    told: Json = {"id": upload.id, "name": name, "title": name, "size": upload.length, "file_access": "visible"}
    text = _text(content)
    if text is None:
        return told | {"mode": "hosted", "filetype": name.rpartition(".")[2].lower() or "binary", "editable": False}
    lines = text.splitlines()
    preview = "\n".join(lines[:PREVIEW_LINES])
    more = max(len(lines) - PREVIEW_LINES, 0)
    return told | {
        "mode": "snippet",
        "filetype": "text",
        "editable": True,
        "preview": preview,
        "lines": len(lines),
        "lines_more": more,
        "preview_is_truncated": bool(more),
    }


def _text(content: bytes) -> str | None:
    """Read text; nothing when it is something else."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
