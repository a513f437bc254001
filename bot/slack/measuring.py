"""Measures both ways of Slack: how long our answers take, how our calls end; changes nothing of either."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from time import perf_counter

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot import meters, traces
from bot.slack.acks import BEGAN
from bot.slack.reading.listened_to import EVENTS
from storage.database.workers import ANSWER, within

log = logging.getLogger(__name__)

METHOD = re.compile(r"[a-z]+(\.[A-Za-z]+){1,4}")
"""Names of Slack's methods; there are only those that we call."""

KINDS = {"block_actions": "press", "view_submission": "form", "view_closed": "form", "block_suggestion": "options"}
"""What a request of a type is called in numbers and traces."""


def kind_of(body: Mapping[str, object]) -> str:
    """Return what kind of request this is; an event by its own type, what we know nothing of as `other`."""
    if "command" in body:
        return "command"
    event = body.get("event")
    if isinstance(event, dict):
        told = event.get("type")
        return told if isinstance(told, str) and told in EVENTS else "other"
    told = body.get("type")
    return KINDS.get(told, "other") if isinstance(told, str) else "other"


class Measured(AsyncApp):
    """Bolt, with the time that each answer takes; each request begins a trace."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer one request."""
        kind, began = kind_of(req.body), perf_counter()
        if BEGAN.get() is None:
            # Over Socket Mode; what comes in by HTTP may have waited for its turn.
            BEGAN.set(asyncio.get_running_loop().time())
        with traces.request(kind), meters.timed(meters.ACKS, kind=kind), within(ANSWER):
            answer = await super().async_dispatch(req)
            seconds = perf_counter() - began
            log.debug(
                "a request was answered", extra={"kind": kind, "status": answer.status, "ms": int(seconds * 1000)}
            )
        meters.REQUESTS.labels(kind=kind, status=str(answer.status)).inc()
        return answer


class Counting(AsyncRetryHandler):
    """Sees how each call ends, those that Bolt's own clients make as well; has none of them repeated."""

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Count one call; never again."""
        del state
        method = request.url.split("?")[0].rpartition("/api/")[2]
        if not METHOD.fullmatch(method):
            method = "other"
        meters.SLACK_CALLS.labels(method=method, ending=_ending(response, error)).inc()
        return False


def _ending(response: HttpResponse | None, error: Exception | None) -> str:
    if response is None or error is not None:
        return "no_answer"
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return "too_fast"
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "broken"
    is_ok = isinstance(response.body, dict) and response.body.get("ok")
    return "ok" if is_ok else "refused"
