"""The ways in which a call to Slack does not end well, and what Slack's error codes mean; retries nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from slack_sdk.errors import SlackApiError

from flows.link.events import PersonKnown


class Outcome(StrEnum):
    """What a refusal of Slack means for what was asked; the values stand in no record."""

    TOKEN = "token"  # noqa: S105  a word, no secret
    INVITE = "invite"
    ARCHIVED = "archived"
    NOT_ALLOWED = "not allowed"
    RIGHTS = "rights"
    GONE = "gone"
    FINAL = "final"
    PLAINER = "plainer"
    NOBODY = "nobody"
    TOO_FAST = "too fast"
    NOT_NOW = "not now"
    WHO_KNOWS = "who knows"
    REFUSED = "refused"
    UNHEARD = "unheard"
    NO_THREAD = "no thread"


SHUTS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.TOKEN: "staff.token",
        Outcome.INVITE: "staff.undeliverable",
        Outcome.ARCHIVED: "staff.archived",
        Outcome.NOT_ALLOWED: "staff.not_allowed",
        Outcome.RIGHTS: "staff.token",
    }
)
"""What concerns the whole conversation, with the words for staff: its messages wait until the channel opens again."""

WITH_EVENT: Final = frozenset({Outcome.INVITE, Outcome.ARCHIVED})
"""What ends with an event of Slack's; for anything else a restart tries again."""

HOURLY: Final = frozenset({Outcome.NOT_ALLOWED, Outcome.RIGHTS})
"""What people lift in Slack, which tells nobody of it: it is tried again each hour."""

PASSING: Final = frozenset({Outcome.NOT_NOW, Outcome.TOO_FAST, Outcome.WHO_KNOWS})
"""What is about Slack and none of ours, and is over soon."""

LIVE_CARD_LOST: Final[Mapping[Outcome, str]] = MappingProxyType(
    {Outcome.UNHEARD: "staff.unheard", Outcome.NO_THREAD: "staff.vanishing"}
)
"""What keeps the newest card from its thread though the conversation is open, with the words for staff."""

UNHEARD_TRIES: Final = 3
"""So often something is tried that Slack refuses with such a code: it may pass as well as stay."""

NO_ANSWER: Final = "no_answer"
"""Our own code for an answer that did not come, or cannot be read."""

NO_THREAD: Final = "thread_not_found"
"""Slack's code for a thread without its first message."""

# One row a code, from the lists of errors of the methods that are called here.
_OUTCOMES: Final[Mapping[str, Outcome]] = MappingProxyType(
    {
        # The token: nothing goes on without another one.
        "account_inactive": Outcome.TOKEN,
        "invalid_auth": Outcome.TOKEN,
        "not_allowed_token_type": Outcome.TOKEN,
        "not_authed": Outcome.TOKEN,
        "token_expired": Outcome.TOKEN,
        "token_revoked": Outcome.TOKEN,
        # What the token may do: reinstalling gives the rights. Where history is read, nothing can be read back.
        "access_denied": Outcome.RIGHTS,
        "missing_scope": Outcome.RIGHTS,
        "no_permission": Outcome.RIGHTS,
        "team_access_not_granted": Outcome.RIGHTS,
        # The channel.
        "channel_not_found": Outcome.INVITE,
        "is_archived": Outcome.ARCHIVED,
        "not_in_channel": Outcome.INVITE,
        "team_not_found": Outcome.INVITE,
        # What an administrator of Slack has forbidden.
        "accesslimited": Outcome.NOT_ALLOWED,
        "app_access_restricted": Outcome.NOT_ALLOWED,
        "channel_is_limited_access": Outcome.NOT_ALLOWED,
        "ekm_access_denied": Outcome.NOT_ALLOWED,
        "enterprise_is_restricted": Outcome.NOT_ALLOWED,
        "message_limit_exceeded": Outcome.NOT_ALLOWED,
        "restricted_action": Outcome.NOT_ALLOWED,
        "restricted_action_non_threadable_channel": Outcome.NOT_ALLOWED,
        "restricted_action_read_only_channel": Outcome.NOT_ALLOWED,
        "restricted_action_thread_locked": Outcome.NOT_ALLOWED,
        "restricted_action_thread_only_channel": Outcome.NOT_ALLOWED,
        "send_on_behalf_not_allowed": Outcome.NOT_ALLOWED,
        "two_factor_setup_required": Outcome.NOT_ALLOWED,
        # The message that is edited is not there, or only in a channel that takes no edits; a post says the rest.
        "is_inactive": Outcome.GONE,
        "message_not_found": Outcome.GONE,
        # The message is there and stays as it is.
        "block_mismatch": Outcome.FINAL,
        "cant_update_message": Outcome.FINAL,
        "edit_window_closed": Outcome.FINAL,
        # What was drawn; a picture that Slack cannot fetch spoils the whole message.
        "invalid_blocks": Outcome.PLAINER,
        "invalid_blocks_format": Outcome.PLAINER,
        "msg_blocks_too_long": Outcome.PLAINER,
        # People.
        "user_disabled": Outcome.NOBODY,
        "user_not_found": Outcome.NOBODY,
        "user_not_visible": Outcome.NOBODY,
        # Not at the moment: what was asked is certainly not done.
        "external_channel_migrating": Outcome.NOT_NOW,
        "fetch_members_failed": Outcome.NOT_NOW,
        "org_login_required": Outcome.NOT_NOW,
        "rate_limited": Outcome.TOO_FAST,
        "ratelimited": Outcome.TOO_FAST,
        "streaming_state_conflict": Outcome.NOT_NOW,
        "team_added_to_org": Outcome.NOT_NOW,
        # Slack failed in the middle: it may be done.
        "fatal_error": Outcome.WHO_KNOWS,
        "internal_error": Outcome.WHO_KNOWS,
        "request_timeout": Outcome.WHO_KNOWS,
        "service_unavailable": Outcome.WHO_KNOWS,
        "update_failed": Outcome.WHO_KNOWS,
        # This one message only, and a fault of ours.
        "cannot_reply_to_message": Outcome.REFUSED,
        "invalid_arguments": Outcome.REFUSED,
        "invalid_metadata_format": Outcome.REFUSED,
        "invalid_metadata_schema": Outcome.REFUSED,
        "metadata_must_be_sent_from_app": Outcome.REFUSED,
        "metadata_too_large": Outcome.REFUSED,
        "msg_too_long": Outcome.REFUSED,
        "no_text": Outcome.REFUSED,
        "slack_connect_file_link_sharing_blocked": Outcome.REFUSED,
        # The first message of the thread is gone with all that stood below: deleted, or too old for a rule of Slack's.
        NO_THREAD: Outcome.NO_THREAD,
    }
)


def outcome_of(code: str) -> Outcome:
    """Return what a code means, also one that nobody knows yet."""
    return _OUTCOMES.get(code, Outcome.UNHEARD)


def told_of(code: str) -> str:
    """Return the key of the words in which staff hear of a refusal."""
    return SHUTS.get(outcome_of(code), "staff.refused")


def codes_of(outcomes: Collection[Outcome]) -> frozenset[str]:
    """Return every code with one of these outcomes."""
    return frozenset(code for code, outcome in _OUTCOMES.items() if outcome in outcomes)


NO_PARENT: Final = "no_parent"
"""Our own code for what waits until its thread has begun."""

LONGEST_REST = 3600.0
LONGEST_DIGITS = 9
"""Slack asks for seconds or minutes; more than an hour is a mistake, and would keep us silent for as long."""

PACED = "paced"
"""The code of a "not now" that is our own: Slack's limits leave no room for this message yet."""


class SaidNoError(Exception):
    """Slack refused; `code` is its word for it. Nothing was posted; `learnt` is what came out all the same."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack said {code}")
        self.code = code
        self.learnt: PersonKnown | None = None

    @property
    def outcome(self) -> Outcome:
        """What the refusal means."""
        return outcome_of(self.code)


class NotNowError(Exception):
    """Certainly not done; try again after `after` seconds."""

    def __init__(self, after: float, code: str = "") -> None:
        super().__init__("Slack asks to wait")
        self.after = after
        self.code = code


class WhoKnowsError(Exception):
    """No answer, or a broken one: done or not, only reading back will tell.

    Of one that Slack has `answered` nothing is on its way any more, so it can be read back soon.
    """

    def __init__(self, *, answered: bool = False) -> None:
        super().__init__("nobody knows whether it was done")
        self.answered = answered


class DoubtfulError(Exception):
    """A message may be there or not, and history may not be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__("a message cannot be read back")
        self.code = code


def code_of(error: SlackApiError) -> str:
    """Return Slack's code for a refusal, empty for an answer that is none of Slack's: a page, or no JSON.

    Of such a body the library hands over a text, or the bare answer.
    """
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def ending_of(error: SlackApiError) -> SaidNoError | NotNowError | WhoKnowsError:
    """Return what an answer of Slack means for the call."""
    answer = error.response
    # Of a body that is no JSON we are given the bare answer, which calls its status otherwise.
    status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 200))
    code = code_of(error)
    if status == 429:  # noqa: PLR2004  too many requests
        after = str((getattr(answer, "headers", None) or {}).get("Retry-After", "1"))
        asked = float(after[:LONGEST_DIGITS]) if after.isascii() and after.isdigit() else 1.0
        return NotNowError(min(asked, LONGEST_REST), code or "ratelimited")
    outcome = outcome_of(code)
    if outcome in {Outcome.NOT_NOW, Outcome.TOO_FAST}:
        return NotNowError(5, code)
    if outcome is Outcome.WHO_KNOWS or not code or status >= 500:  # noqa: PLR2004  server errors
        # What stands before Slack says that something took too long while it may still be at work.
        return WhoKnowsError(answered=status < 500)  # noqa: PLR2004  as above
    return SaidNoError(code)
