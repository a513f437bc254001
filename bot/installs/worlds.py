"""Tells which install a link, a request or an errand belongs to, and hands it to the world of that one; opens none."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.arrivals import INSTALL
from bot.installs.world import World
from bot.outbox.slack_delivery import Delivered, Messaging, look
from bot.slack.delivery_errors import SaidNoError
from bot.slack.guests import People
from bot.slack.web_api import Speaker
from storage import links as store
from storage.database.transactions import Database
from storage.messages import Standing
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)


NOT_INSTALLED = "account_inactive"
"""Slack's own word for a token of an install that is no more."""


class Worlds:
    """The installs that this process knows; `again` looks for others when Slack speaks of one that it does not know."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_id: dict[str, World] = {}
        self._also: dict[str, str] = {}
        self._only: World | None = None
        self.again: Callable[[], Awaitable[None]] | None = None

    def be_only(self, world: World) -> None:
        """Hold the one install of a single token; all links are its."""
        self._only = world

    def add(self, world: World) -> World | None:
        """Hold one of several installs; returns the one that it takes the place of."""
        older, self._by_id[world.own.team_id] = self._by_id.get(world.own.team_id), world
        return older

    def also(self, team_id: str, world: World) -> None:
        """Note that a workspace belongs to an organisation that has installed the app as a whole."""
        self._also[team_id] = world.own.team_id

    def of(self, team_id: str) -> World | None:
        """Return the world that links of a workspace, or of an organisation, belong to."""
        return self._only or self._by_id.get(team_id)

    @property
    def all(self) -> list[World]:
        """Return every world."""
        return [self._only] if self._only else list(self._by_id.values())

    def people_of(self, team_id: str) -> People | None:
        """Return who tells people apart where links of a team belong to."""
        world = self.of(team_id)
        return world.people if world else None

    async def stop(self) -> None:
        """Show nothing new in any of them."""
        for world in self.all:
            await world.stop()

    def attend(self, channel: str) -> None:
        """Note in every world that somebody waits for what goes to a channel."""
        for world in self.all:
            world.pacer.attend(channel)

    async def speaker_of(self, link_id: str) -> Speaker:
        """Return who speaks about a link; raises SaidNoError where its app is not installed any more."""
        if self._only:
            return self._only.speaker
        link = await self._database.run(partial(store.load, link_id=link_id))
        return self._world_of(link.team_id if link else "").speaker

    async def deliver(self, errand: Errand, effect: Messaging, standing: Standing | None = None) -> Delivered:
        """Have an effect carried out in the world of its link; raises what `Deliveries.deliver` raises."""
        if self._only:
            return await self._only.deliveries.deliver(errand, effect, standing)
        standing = standing or await self._database.run(partial(look, errand=errand))
        if standing is None:
            return Delivered()
        return await self._world_of(standing.link.team_id).deliveries.deliver(errand, effect, standing)

    async def async_dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        """Have a request answered by the install that it is for; nobody else's links are there for it."""
        if self._only:
            return await self._only.bolt.async_dispatch(request)
        told = request.context
        ids = [one for one in (told.team_id, told.enterprise_id) if one]
        if self.again and not self._known(ids):
            await self.again()
        world = self._known(ids)
        if world is None:
            log.warning("a request of an install that is not ours was dropped", extra={"install": ids[:1]})
            return BoltResponse(status=200)
        token = INSTALL.set(world.own.team_id)
        try:
            return await world.bolt.async_dispatch(request)
        finally:
            INSTALL.reset(token)

    def _known(self, ids: list[str]) -> World | None:
        named = (self._by_id.get(self._also.get(one, one)) for one in ids)
        return next((world for world in named if world), None)

    def _world_of(self, team_id: str) -> World:
        world = self.of(team_id)
        if world is None:
            raise SaidNoError(NOT_INSTALLED)
        return world
