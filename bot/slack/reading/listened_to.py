"""Which of Slack's requests somebody here listens to; reads nothing else of them."""

from __future__ import annotations

EVENTS = frozenset(
    {
        *("message", "app_mention", "channel_id_changed", "member_joined_channel", "channel_unarchive"),
        *("group_unarchive", "channel_archive", "group_archive", "app_uninstalled", "tokens_revoked"),
        *("member_left_channel", "channel_shared", "channel_unshared", "app_home_opened", "channel_left", "group_left"),
        *("channel_deleted", "group_deleted"),
    }
)
"""What Slack tells us of."""


def is_readable(body: object) -> bool:
    """Return whether there is a listener for a body, and Bolt can find it: it takes these shapes for granted."""
    match body:
        case {"type": "event_callback", "event": {"type": str(kind)}}:
            return kind in EVENTS
        case {"event": _}:
            return False
        case {"type": "block_actions", "actions": [{"action_id": str()}, *_]}:
            return True
        case {"type": "view_submission", "view": {"callback_id": str(), "type": "modal"}}:
            return True
        case {"type": "url_verification"}:
            return True
        case {"type": _}:
            return False
        case {"command": "/link-workday"} | {"ssl_check": "1"}:
            return True
        case _:
            return False


def unheard(body: object) -> str:
    """Name what Slack only tells us of and nobody here listens to; nothing for anything else.

    It wants a good answer all the same: without one it tells it again, and in the end tells us of nothing any more.
    """
    match body:
        case {"type": "event_callback", "event": {"type": str(kind)}} if kind not in EVENTS:
            return kind
        case {"type": "app_rate_limited"}:
            return "app_rate_limited"
        case _:
            return ""
