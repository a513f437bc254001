"""Knows who of our own workspace is only a guest there; asks Slack, and remembers the answer for an hour.

Vendors invite customers as guests of their own workspace: such a person has our team's id and is none of our staff.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from flows.link.state import Person

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(hours=1)
ASK_SECONDS = 1.5
"""A press has to be answered within three seconds, and a modal opened."""


class UnknownPersonError(Exception):
    """Slack does not say who somebody is; what they wanted has to be asked for again."""


class People:
    """Tells guests from staff; `ask` calls users.info."""

    def __init__(self, ask: Callable[[str], Awaitable[Any]], *, team_id: str, clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._team_id = team_id
        self._clock = clock
        self._known: dict[str, tuple[datetime, bool]] = {}

    async def known(self, actor: Person) -> Person:
        """Return the person with what Slack says of them; raises UnknownPersonError."""
        if actor.team_id != self._team_id:
            return actor
        until, is_guest = self._known.get(actor.user_id, (None, False))
        if until is None or until <= self._clock():
            is_guest = await self._is_guest(actor.user_id)
            self._known[actor.user_id] = (self._clock() + KNOWN_FOR, is_guest)
        return replace(actor, guest=is_guest)

    async def _is_guest(self, user_id: str) -> bool:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                user = dict((await self._ask(user_id))["user"])
        except (SlackApiError, aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
            log.warning("Slack does not say who somebody is", extra={"why": type(error).__name__})
            raise UnknownPersonError from None
        return any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"))
