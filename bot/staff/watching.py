"""Who looks at the board right now: shows each of them the newest, and goes on when Slack refuses; draws nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.acks import NO_ANSWER
from bot.slack.reading.json_values import Body
from flows.cards.staff.board import Looking
from flows.link.state import Person
from storage.database.workers import COURIER, patient

log = logging.getLogger(__name__)

LOOKS_FOR: Final = timedelta(minutes=10)
"""How long somebody is taken to look after they opened the tab or pressed something there."""

EACH: Final = 1.0
"""Seconds between two looks at what has changed."""

LONGEST_REST: Final = 30.0
"""Seconds of a rest after Slack took nothing; the first one is as long as `EACH`, each other twice the one before."""


@dataclass(slots=True)
class Watcher:
    """Somebody who looks; their views are shown one after another, so that no older one comes last."""

    person: Person
    until: datetime
    looking: Looking = field(default_factory=Looking)
    last: Body = field(default_factory=dict)
    rest: float = 0.0
    rests_until: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    following: asyncio.Task[None] | None = None


class Watching:
    """Everybody who looks; `view` draws what somebody looks at, `instead` what they see who may not look any more."""

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        *,
        view: Callable[[Person, Looking], Awaitable[Body]],
        instead: Callable[[Person], Awaitable[Body | None]],
    ) -> None:
        self._client = client
        self._clock = clock
        self._view = view
        self._instead = instead
        self._watchers: dict[str, Watcher] = {}

    async def stop(self) -> None:
        """Show nothing new any more."""
        tasks = [watcher.following for watcher in self._watchers.values() if watcher.following]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def show(self, person: Person, looking: Looking | None = None) -> bool:
        """Show somebody the board at once, and what changes from now on; tells whether Slack took it.

        Without `looking` they see what they saw last. A rest after a refusal is not waited for.
        """
        watcher = self._watchers.get(person.user_id)
        if watcher is None:
            watcher = self._watchers[person.user_id] = Watcher(person=person, until=self._clock())
            # Whoever presses goes first, however many look.
            with patient(COURIER):
                watcher.following = asyncio.create_task(self._follow(watcher))
        watcher.person, watcher.until = person, self._clock() + LOOKS_FOR
        watcher.looking = watcher.looking if looking is None else looking
        async with watcher.turn:
            return await self._publish(watcher, await self._view(watcher.person, watcher.looking))

    async def publish(self, user_id: str, view: Body) -> bool:
        """Show somebody a page that does not change."""
        return await self._publish(Watcher(person=Person(user_id=user_id), until=self._clock()), view)

    async def _follow(self, watcher: Watcher) -> None:
        """Show one person what has changed, as long as they are taken to look."""
        loop = asyncio.get_running_loop()
        while self._watchers.get(watcher.person.user_id) is watcher:
            await asyncio.sleep(EACH)
            if watcher.until < self._clock():
                del self._watchers[watcher.person.user_id]
                return
            if loop.time() < watcher.rests_until:
                continue
            try:
                async with watcher.turn:
                    await self._refresh(watcher)
            except Exception as error:  # noqa: BLE001  the next look tries again
                log.warning("a board could not be drawn", extra={"why": type(error).__name__})
                _tire(watcher, 0.0)

    async def _refresh(self, watcher: Watcher) -> None:
        view = await self._view(watcher.person, watcher.looking)
        if view == watcher.last:
            return
        instead = await self._instead(watcher.person)
        if await self._publish(watcher, instead or view) and instead:
            # Whoever is none of us any more keeps no board.
            del self._watchers[watcher.person.user_id]

    async def _publish(self, watcher: Watcher, view: Body) -> bool:
        try:
            await self._client.views_publish(user_id=watcher.person.user_id, view=view)
        except NO_ANSWER as error:
            log.info("a Home tab could not be shown", extra={"why": type(error).__name__})
            watcher.last = {}
            _tire(watcher, _wanted_rest(error))
            return False
        watcher.last, watcher.rest, watcher.rests_until = view, 0.0, 0.0
        return True


def _tire(watcher: Watcher, wanted: float) -> None:
    watcher.rest = min(LONGEST_REST, max(EACH, 2 * watcher.rest, wanted))
    watcher.rests_until = asyncio.get_running_loop().time() + watcher.rest


def _wanted_rest(error: BaseException) -> float:
    """Return the seconds that Slack asks to wait."""
    said = error.response.headers.get("Retry-After", "") if isinstance(error, SlackApiError) else ""
    return float(said) if said.isascii() and said.isdecimal() else 0.0
