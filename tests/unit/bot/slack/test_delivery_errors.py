"""Every error code of Slack that a call of ours can meet has one outcome, and nobody is sent the wrong way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.delivery_errors import (
    SHUTS,
    NotNowError,
    Outcome,
    SaidNoError,
    WhoKnowsError,
    codes_of,
    ending_of,
    outcome_of,
    told_of,
)
from bot.slack.measuring import Counting
from flows.words import load_words

EXPECTED = {
    Outcome.TOKEN: "account_inactive invalid_auth not_allowed_token_type not_authed token_expired token_revoked",
    Outcome.RIGHTS: "access_denied missing_scope no_permission team_access_not_granted",
    Outcome.INVITE: "channel_not_found not_in_channel team_not_found",
    Outcome.ARCHIVED: "is_archived",
    Outcome.NOT_ALLOWED: "accesslimited app_access_restricted channel_is_limited_access ekm_access_denied "
    "enterprise_is_restricted message_limit_exceeded restricted_action restricted_action_non_threadable_channel "
    "restricted_action_read_only_channel restricted_action_thread_locked restricted_action_thread_only_channel "
    "send_on_behalf_not_allowed two_factor_setup_required",
    Outcome.GONE: "is_inactive message_not_found",
    Outcome.FINAL: "block_mismatch cant_update_message edit_window_closed",
    Outcome.PLAINER: "invalid_blocks invalid_blocks_format msg_blocks_too_long",
    Outcome.NOBODY: "user_disabled user_not_found user_not_visible",
    Outcome.TOO_FAST: "rate_limited ratelimited",
    Outcome.NOT_NOW: "external_channel_migrating fetch_members_failed org_login_required streaming_state_conflict "
    "team_added_to_org",
    Outcome.WHO_KNOWS: "fatal_error internal_error request_timeout service_unavailable update_failed",
    Outcome.REFUSED: "cannot_reply_to_message invalid_arguments invalid_metadata_format invalid_metadata_schema "
    "metadata_must_be_sent_from_app metadata_too_large msg_too_long no_text slack_connect_file_link_sharing_blocked",
    Outcome.NO_THREAD: "thread_not_found",
}
ROWS = [(code, outcome) for outcome, codes in EXPECTED.items() for code in codes.split()]
WAITS = {Outcome.TOO_FAST, Outcome.NOT_NOW}


def ending(code: str, status: int = 200) -> SaidNoError | NotNowError | WhoKnowsError:
    answer = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data={"ok": False, "error": code},
        headers={},
        status_code=status,
    )
    return ending_of(SlackApiError("no", answer))  # type: ignore[no-untyped-call] # the library leaves it untyped


@pytest.mark.parametrize(("code", "outcome"), ROWS)
def test_each_code_has_its_outcome(code: str, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome
    end = ending(code)
    if outcome in WAITS:
        assert isinstance(end, NotNowError)
        assert end.code == code
    elif outcome is Outcome.WHO_KNOWS:
        assert isinstance(end, WhoKnowsError)
    else:
        assert isinstance(end, SaidNoError)
        assert end.outcome is outcome
    assert load_words().has(told_of(code)), "there are words for staff"


def test_the_rows_here_are_all_there_are() -> None:
    assert codes_of(set(Outcome)) == {code for code, _ in ROWS}


@pytest.mark.parametrize("code", ["something_new", "unknown_error_2027"])
def test_a_code_that_nobody_knows_is_a_no_of_a_kind_of_its_own(code: str) -> None:
    assert outcome_of(code) is Outcome.UNHEARD
    assert isinstance(ending(code), SaidNoError)
    assert told_of(code) == "staff.refused"
    for status in (500, 503):
        assert isinstance(ending(code, status), WhoKnowsError), "a broken server may have done it"


@pytest.mark.parametrize(("status", "answered"), [(200, True), (404, True), (499, True), (500, False), (504, False)])
def test_what_cannot_be_read_is_answered_where_slack_has_ended_it(status: int, *, answered: bool) -> None:
    """Its library hands on a body that is no JSON as it came, and that calls its status otherwise."""
    bare = SimpleNamespace(status=status, headers={})
    end = ending_of(SlackApiError("no JSON", bare))  # type: ignore[no-untyped-call]
    assert isinstance(end, WhoKnowsError)
    assert end.answered == answered


def test_a_page_that_says_too_many_requests_is_waited_out() -> None:
    end = ending_of(SlackApiError("no JSON", SimpleNamespace(status=429, headers={})))  # type: ignore[no-untyped-call]
    assert isinstance(end, NotNowError)
    assert (end.after, end.code) == (1, "ratelimited")


def test_only_who_is_not_in_the_channel_is_asked_for_an_invitation() -> None:
    words = load_words()
    inviting = {code for code, _ in ROWS if "/invite" in words.say(told_of(code), _names())}
    assert inviting == codes_of({Outcome.INVITE})
    assert {outcome for outcome in Outcome if outcome in SHUTS} == {
        Outcome.TOKEN,
        Outcome.RIGHTS,
        Outcome.INVITE,
        Outcome.ARCHIVED,
        Outcome.NOT_ALLOWED,
    }


def _names() -> dict[str, str]:
    return {"customer": "Acme", "code": "x", "thread": "https://acme.slack.com/archives/C1/p1"}


@pytest.mark.parametrize(
    ("asked", "seconds"), [("30", 30), ("99999", 3600), ("9" * 400, 3600), ("²", 1), ("-5", 1), ("soon", 1)]
)
def test_no_rest_is_longer_than_an_hour(asked: str, seconds: float) -> None:
    answer = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers={"Retry-After": asked},
        status_code=429,
    )
    ending = ending_of(SlackApiError("", answer))  # type: ignore[no-untyped-call]
    assert isinstance(ending, NotNowError)
    assert ending.after == seconds


@pytest.mark.parametrize("body", [[1], "<html>", None, {"ok": False}])
async def test_an_answer_that_is_none_of_slacks_is_counted_all_the_same(body: Any) -> None:  # noqa: ANN401  whatever comes
    request = HttpRequest(method="POST", url="https://slack.com/api/views.open", headers={})
    answered = HttpResponse(status_code=200, headers={}, body=body)
    assert await Counting().can_retry_async(state=RetryState(), request=request, response=answered) is False
