"""The four ways in which a call to Slack does not end well, and which one an answer means; retries nothing."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.slack.error_codes import NOT_NOW, WHO_KNOWS

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
