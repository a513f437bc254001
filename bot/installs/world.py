"""One install of the app: its workspace, its token and pace, all that listens to it and speaks in it; knows no other.

What all of them share, the database, the clock, Workday, stands in `Ground`. No world knows another one's links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.config.settings import Settings
from bot.drawing import Drawing
from bot.encryption import Sealing
from bot.engine import Engine
from bot.outbox.files.sheets import Sheets
from bot.outbox.slack_delivery import Deliveries
from bot.outbox.webhooks import News
from bot.papers.sheet_files import SheetMaker
from bot.slack.channel_events import Watch
from bot.slack.client import bolt_of
from bot.slack.guests import People
from bot.slack.install_events import OwnInstall
from bot.slack.listeners import Listeners, register, register_rest
from bot.slack.modals import Modals
from bot.slack.rate_limits import Pacer
from bot.slack.reading.organisations import Own
from bot.slack.start_link import Starting
from bot.slack.thread import Ears
from bot.slack.web_api import Speaker
from bot.staff.board import Board
from bot.staff.command import Answers
from bot.web.form_tokens import FormTokens
from storage import heartbeats as pulse
from storage.database.transactions import Database


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
            policies=drawing.rules.permissions.policies,
        )
        watch = Watch(engine, starting.is_crowded, team_id=self.own.team_id, bot_user_id=self.bot_user_id)
        install = OwnInstall(
            engine,
            ground.sealing,
            drawing,
            self.client,
            own=self.own,
            bot_user_id=self.bot_user_id,
            shut_out=self.shut_out,
        )
        page = ground.tokens.page if has_pages else None
        modals = Modals(engine, drawing, people, starting, page=page)
        listeners = Listeners(engine, drawing, people, modals, ears, follow=watch.follow)
        answers.open_form, answers.obstacle = modals.open_form, starting.obstacle
        board = Board(self.client, ground.database, drawing, people, answers)
        register(bolt, listeners, modals, starting, watch)
        install.register(bolt)
        bolt.event("app_home_opened")(board.opened)
        bolt.action(re.compile(r"^board\."))(board.turn)
        bolt.action(re.compile(r"^detail\."))(board.detail)
        register_rest(bolt, listeners, modals)
        return board
