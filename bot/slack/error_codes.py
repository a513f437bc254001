"""What Slack's error codes mean for what was sent; sends and retries nothing."""

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
