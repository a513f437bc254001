"""Notices that Slack is lost, and tells trouble by the ways that need no Slack: log and NOTIFY_URL; mends nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from bot.outbox.webhooks import News
from bot.slack.delivery_errors import NO_ANSWER, NotNowError, Outcome, SaidNoError, WhoKnowsError, outcome_of
from bot.slack.web_api import Speaker

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=5)
"""How long Slack may go without a good answer before the app counts as not ready."""

ASK_AFTER = 45.0
"""Seconds after a good answer in which nobody asks for another one."""

MINUTE = 60

TROUBLE, RECOVERED = "app.trouble", "app.recovered"


class Reach:
    """Knows when Slack has last given a good answer, by a clock that nobody can set.

    A refusal is a good answer, unless it is our token that is refused.
    """

    def __init__(self, *, silence: timedelta = SILENCE) -> None:
        self._silence = silence.total_seconds()
        self._good = time.monotonic()
        self._why = ""

    def heard(self, code: str) -> None:
        """Note how a call ended; `code` is empty for a good answer, Slack's word for a refusal."""
        self._why = code
        if code != NO_ANSWER and outcome_of(code) is not Outcome.TOKEN:
            self._good = time.monotonic()

    @property
    def quiet_for(self) -> float:
        """Return the seconds since the last good answer."""
        return time.monotonic() - self._good

    @property
    def trouble(self) -> str:
        """Say that there has been no good answer for too long, and what the last one was; empty while all is well."""
        quiet = self.quiet_for
        if quiet < self._silence:
            return ""
        return f"no good answer for {int(quiet // MINUTE)} minutes ({self._why or 'nobody asked'})"

    async def ask(self, *speakers: Speaker) -> None:
        """Ask Slack who we are when nothing else has been asked for a while, for all installs at once."""
        if self.quiet_for >= min(ASK_AFTER, self._silence):
            await asyncio.gather(*map(_greet, speakers))


async def _greet(speaker: Speaker) -> None:
    try:
        await speaker.greet()
    except (SaidNoError, NotNowError, WhoKnowsError):
        # Noted already.
        return


class Alarm:
    """Looks once a minute at what keeps the app from being ready, and tells it once, and its end."""

    def __init__(self, problems: Callable[[], Awaitable[dict[str, str]]], news: News) -> None:
        self._problems = problems
        self._news = news
        self._told: frozenset[str] = frozenset()
        self._message_id = ""

    async def look(self) -> None:
        """Tell what has changed since it was told; what NOTIFY_URL did not take is told again at the next look."""
        found = await self._problems()
        for part, why in found.items():
            # Each time: whoever watches the log sees by its end that the trouble is over.
            log.error("not ready", extra={"part": part, "why": why})
        if self._told == found.keys():
            self._message_id = ""
            return
        self._message_id = self._message_id or str(uuid4())
        kind, data = (TROUBLE, {"problems": found}) if found else (RECOVERED, {})
        if await self._news.tell(self._message_id, kind, data):
            self._told, self._message_id = frozenset(found), ""
