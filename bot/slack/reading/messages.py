"""Reads what somebody wrote or changed in Slack, with all that the message shows; judges none of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.slack.reading.json_values import Body, a_list, a_name, a_text, an_id, an_object, attempt
from bot.slack.reading.message_text import LONGEST_MESSAGE, all_text, file_names
from flows.link.state import Person

WRITTEN = (
    *(None, "thread_broadcast", "file_share", "bot_message", "me_message", "file_comment"),
    *("channel_topic", "channel_purpose", "group_topic", "group_purpose"),
)
"""Kinds of messages that somebody wrote, a topic among them; the others are news about a channel or a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a person or another app wrote; it can hold secrets.

    `text` is what was said, with what stands beside pictures; `everything` is all that the message shows, and `files`
    the names of what lies beside it. Of an app, the actor is no person.
    """

    actor: Person
    channel_id: str
    ts: str
    thread_ts: str
    text: str
    everything: str
    files: tuple[str, ...] = ()
    has_picture: bool = False
    is_mention: bool = False
    is_edit: bool = False
    by_app: bool = False

    def __repr__(self) -> str:
        """Name nothing."""
        return "Message()"


def read_message(event: Body) -> Message | None:
    """Read a message that somebody wrote or changed; None for other news about a message."""
    if event.get("subtype") == "message_changed":
        return attempt("message", lambda: _changed(event))
    return attempt("message", lambda: _said(event, event)) if event.get("subtype") in WRITTEN else None


def _changed(event: Body) -> Message | None:
    """Read what somebody made of a message; nothing when only a preview was added to it."""
    now, before = an_object(event["message"]), an_object(event.get("previous_message"))
    is_touched = "edited" in now or "bot_id" in now
    if not is_touched or now.get("subtype") not in WRITTEN or all_text(now) == all_text(before):
        return None
    return replace(_said(event, now), is_edit=True, is_mention=False)


def _said(event: Body, message: Body) -> Message:
    files = [an_object(file) for file in a_list(message.get("files"))]
    captions = [a_text(file.get("alt_txt") or file.get("title"), LONGEST_MESSAGE) for file in files]
    said, everything = a_text(message.get("text"), LONGEST_MESSAGE), all_text(message)
    return Message(
        actor=Person(
            user_id=a_name(message.get("user") or message.get("bot_id")),
            team_id=a_name(message.get("user_team") or message.get("team")),
        ),
        channel_id=an_id(event["channel"]),
        ts=an_id(event["ts"]),
        thread_ts=a_name(message.get("thread_ts")),
        # What came without a text of its own says in its blocks and attachments what it says.
        text="\n".join((said, *captions)) if said or captions else everything,
        everything=everything,
        files=file_names(message),
        has_picture=bool(files),
        is_mention=event["type"] == "app_mention",
        by_app=bool(message.get("bot_id")) or message.get("subtype") == "bot_message",
    )
