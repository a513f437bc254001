"""Owns the one exception with which this Slack says no to the app; what is refused is decided elsewhere."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An `ok: false` answer: Slack's error code and whatever else the body carries."""

    def __init__(self, error: str, **extra: Any) -> None:  # noqa: ANN401 - JSON
        super().__init__(error)
        self.error = error
        self.extra = extra


def invalid_arguments(*messages: str) -> ApiError:
    """Return the refusal of wrong arguments as Slack words it, with one line for each."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
