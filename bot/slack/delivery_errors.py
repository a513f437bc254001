"""The ways in which a call to Slack does not end well, and what Slack's error codes mean; retries nothing."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

TOKEN_IS_DEAD = frozenset({"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"})
"""Refusals that end with a new token, that is with a restart."""

CHANNEL_IS_SHUT = TOKEN_IS_DEAD | frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "missing_scope",
    }
)
"""Refusals that concern the whole conversation: staff are told, its messages wait until the channel opens again."""

MESSAGE_IS_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
BLOCKS_REFUSED = frozenset({"invalid_blocks", "msg_blocks_too_long"})
NOBODY = frozenset({"user_not_found", "user_not_visible"})

TOO_FAST = frozenset({"ratelimited", "rate_limited"})
"""Slack wants the whole method to rest."""

NOT_NOW = TOO_FAST | frozenset({"external_channel_migrating", "team_added_to_org"})
"""Slack said no for the moment: the message is certainly not there."""

WHO_KNOWS = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Slack failed in the middle: the message may be there."""

HISTORY_IS_SHUT = frozenset({"missing_scope", "no_permission", "access_denied", "team_access_not_granted"})
"""Refusals of history by which nothing can be read back; more rights are needed."""

PACED = "paced"
"""The code of a "not now" that is our own: Slack's limits leave no room for this message yet."""


class SaidNoError(Exception):
    """Slack refused; `code` is its word for it. Nothing was posted."""

    def __init__(self, code: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"Slack said {code}")
        self.code = code
        self.details = details


class NotNowError(Exception):
    """Certainly not done; try again after `after` seconds."""

    def __init__(self, after: float, code: str = "") -> None:
        super().__init__("Slack asks to wait")
        self.after = after
        self.code = code


class WhoKnowsError(Exception):
    """No answer, or a broken one: done or not, only reading back will tell."""


class DoubtfulError(Exception):
    """A message may be there or not, and history may not be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__("a message cannot be read back")
        self.code = code


def ending_of(error: SlackApiError) -> SaidNoError | NotNowError | WhoKnowsError:
    """Return what an answer of Slack means for the call."""
    answer = error.response
    status = getattr(answer, "status_code", 200)
    data = answer.data if isinstance(getattr(answer, "data", None), dict) else {}
    code = str(data.get("error", ""))
    if status == 429:  # noqa: PLR2004  too many requests
        after = (getattr(answer, "headers", None) or {}).get("Retry-After", "1")
        return NotNowError(float(after) if str(after).isdigit() else 1.0, code or "ratelimited")
    if code in NOT_NOW:
        return NotNowError(5, code)
    if status >= 500 or code in WHO_KNOWS or not code:  # noqa: PLR2004  server errors
        return WhoKnowsError()
    details = (data.get("response_metadata") or {}).get("messages") or data.get("errors") or ()
    return SaidNoError(code, tuple(str(detail)[:200] for detail in details))
