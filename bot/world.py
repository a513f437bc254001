"""One install of the app: its workspace, its token and pace, all that listens to it and speaks in it; and many of them.

What is shared by all of them, the database, the clock, Workday, stands in `Ground`. No world knows another one's links.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

import aiohttp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.arrivals import INSTALL
from bot.clock import Clock
from bot.config.settings import Settings
from bot.drawing import Drawing
from bot.encryption import Sealing
from bot.engine import Engine
from bot.outbox.sheet_delivery import Sheets
from bot.outbox.slack_delivery import Delivered, Deliveries, Messaging, look
from bot.outbox.webhooks import News
from bot.papers.sheet_files import SheetMaker
from bot.slack.channel_events import Watch
from bot.slack.client import bolt_of
from bot.slack.delivery_errors import SaidNoError
from bot.slack.guests import People
from bot.slack.listeners import Listeners, register, register_rest
from bot.slack.payloads import Own
from bot.slack.rate_limits import Pacer
from bot.slack.start_link import Starting
from bot.slack.thread import Ears
from bot.slack.web_api import Speaker
from bot.staff.board import Board
from bot.staff.command import Answers
from bot.web.form_tokens import FormTokens
from storage import heartbeats as pulse
from storage import links as store
from storage.database import Database
from storage.messages import Standing
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

NOT_INSTALLED = "account_inactive"
"""Slack's own word for a token of an install that is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every world stands on; `heard` gets the end of each call, `answer` is how many seconds one may take."""

    settings: Settings
    session: aiohttp.ClientSession
    database: Database
    clock: Clock
    engine: Engine
    drawing: Drawing
    sealing: Sealing
    news: News
    maker: SheetMaker
    tokens: FormTokens
    heard: Callable[[str], None]
    answer: float

    @property
    def may_read(self) -> bool:
        """Whether messages may be read back."""
        return self.settings.read_back == "on"


class World:
    """One install; `me` is what Slack says of it (`greet`), `shut_out` the pulse while its token is taken away."""

    def __init__(
        self,
        ground: Ground,
        client: AsyncWebClient,
        me: Mapping[str, str],
        pacer: Pacer,
        *,
        shut_out: str = pulse.SHUT_OUT,
    ) -> None:
        settings = ground.settings
        self.own = Own(team_id=me["team_id"], org_id=me["enterprise_id"])
        self.client, self.pacer, self.shut_out = client, pacer, shut_out
        self.bot_user_id = me["user_id"]
        self.speaker = Speaker(client, pacer, own=self.own, timeout=ground.answer, heard=ground.heard)
        self.deliveries = Deliveries(
            ground.database,
            ground.drawing,
            self.speaker,
            ground.news,
            sheets=Sheets(ground.database, ground.drawing, self.speaker, ground.maker),
            staff_channel=settings.staff_channel,
            slack_url=me["url"],
            read_back=ground.may_read,
        )
        self.people = People(
            lambda user: client.users_info(user=user, include_locale=True), own=self.own, clock=ground.clock
        )
        self.bolt = bolt_of(settings, ground.session, client, me)
        self.board = self._register(ground, me)

    async def stop(self) -> None:
        """Show nothing new any more."""
        await self.board.stop()

    def _register(self, ground: Ground, me: Mapping[str, str]) -> Board:
        """Connect all that Slack may send with who answers it; returns the board, which is to be stopped."""
        engine, drawing, people, bolt = ground.engine, ground.drawing, self.people, self.bolt
        hosts, has_pages = ground.settings.origins.extra_hosts, bool(ground.settings.public_url)
        answers = Answers(engine, ground.database, drawing, people, slack_url=me["url"], has_pages=has_pages)
        starting = Starting(engine, drawing, people, answers.answer, answers.running, team_id=self.own.team_id)
        ears = Ears(
            ground.database,
            ground.sealing,
            ground.clock,
            team_id=self.own.team_id,
            bot_user_id=self.bot_user_id,
            extra_hosts=hosts,
        )
        page = ground.tokens.page if has_pages else None
        listeners = Listeners(engine, drawing, people, starting, ears, page=page)
        answers.open_form, answers.obstacle = listeners.open_form, starting.obstacle
        watch = Watch(
            engine,
            ground.sealing,
            drawing.rules,
            starting.is_crowded,
            own=self.own,
            bot_user_id=self.bot_user_id,
            shut_out=self.shut_out,
        )
        board = Board(self.client, ground.database, drawing, people, answers)
        register(bolt, listeners, starting, watch)
        bolt.event("app_home_opened")(board.opened)
        bolt.action(re.compile(r"^board\."))(board.turn)
        bolt.action(re.compile(r"^detail\."))(board.detail)
        register_rest(bolt, listeners)
        return board


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
