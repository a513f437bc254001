"""Opens a world for each of several installs: when it is saved here or by another process, or its token is renewed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from sqlmodel import Session

from bot.installs.install_pages import INSTALL
from bot.installs.installation_store import RENEW_BEFORE, Installs, OAuthClient, States
from bot.installs.world import Ground, World
from bot.installs.worlds import Worlds
from bot.slack import install_events
from bot.slack.client import client_of
from bot.slack.rate_limits import Pacer
from flows.link.effects import TellStaff
from storage import heartbeats as pulse
from storage.credentials import installs as store
from storage.credentials.installs import Install
from storage.database.transactions import Database
from storage.deduplication import first_time
from storage.link_lists import running
from storage.outbox import errands

log = logging.getLogger(__name__)


MOST_WORKSPACES = 1000
"""Of one organisation; Slack lists so many at once."""

WARN_BEFORE = RENEW_BEFORE - timedelta(minutes=30)
"""Slack may be away for a while; a token that is not renewed then may never be, and the old one still speaks."""


class Several:
    """All installs of this app; `look` is called at the start and every minute.

    `trouble` says by install whose token was not renewed in time.
    """

    def __init__(self, ground: Ground, worlds: Worlds, pacer: Callable[[], Pacer]) -> None:
        settings = ground.settings
        self._ground = ground
        self._worlds = worlds
        self._make_pacer = pacer
        self._tokens: dict[str, str] = {}
        self.trouble: dict[str, str] = {}
        self._rotator = AsyncTokenRotator(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            client=client_of(settings, ground.session, has_token=False, kind=OAuthClient),
        )
        self.states = States(ground.database, ground.clock, settings.slack_client_secret)
        self.installs = Installs(ground.database, ground.sealing, ground.clock, allowed=settings.installs)
        self.installs.on_installed = self._installed
        worlds.again = self.look

    async def look(self) -> None:
        """Open what was installed elsewhere, have tokens renewed that end soon, forget those that are dead."""
        self.trouble = {}
        for install in await self._ground.database.run(store.everyone):
            if await _is_forgotten(self._ground.database, install):
                log.info("the token of an install that is no more was forgotten", extra={"install": install.id})
                continue
            install = await self.installs.renewed(install, self._rotator)  # noqa: PLW2901  the same, with its new token
            world = await self._open(install)
            if install.expires_at and install.expires_at < self._ground.clock() + WARN_BEFORE:
                await self._warn(install, install.expires_at)
            if world and install.is_org:
                await self._learn(world)

    async def _warn(self, install: Install, ends: datetime) -> None:
        """Say that an install is about to fall silent: here, and to our own people there once, while it still can."""
        now, until = self._ground.clock(), f"{ends:%Y-%m-%d %H:%M}"
        page = f"{self._ground.settings.public_url}{INSTALL}"
        self.trouble[f"install {install.id}"] = f"its token is not renewed and ends at {until} UTC; install again"

        def tell(session: Session) -> None:
            links = running(session, install.id)
            if links and first_time(session, f"unrenewed:{install.secret_id}", now):
                told = TellStaff(key="staff.unrenewed", names={"until": until, "page": page})
                errands.enqueue(session, links[0], (told,), now)

        if ends > now:
            await self._ground.database.run(tell)

    async def _open(self, install: Install) -> World | None:
        """Give the world of an install its token, or open one; None while its token does not open."""
        known = self._worlds.of(install.id)
        if known and self._tokens.get(install.id) == install.secret_id:
            return known
        bot = await self.installs.open(install)
        if bot is None:
            return known
        self._tokens[install.id] = install.secret_id
        if known and known.bot_user_id == install.bot_user_id:
            known.client.token = bot.bot_token
            return known
        client = client_of(self._ground.settings, self._ground.session, has_token=False)
        client.token = bot.bot_token
        me = {"team_id": install.id, "enterprise_id": install.org_id, "url": install.url}
        me |= {"user_id": install.bot_user_id, "bot_id": install.bot_id}
        world = World(self._ground, client, me, self._make_pacer(), shut_out=_shut_out(install.id))
        older = self._worlds.add(world)
        if older:
            await older.stop()
        return world

    async def _learn(self, world: World) -> None:
        """Ask which workspaces an organisation has let the app into: what people do in one names no organisation."""
        try:
            told = await world.client.auth_teams_list(limit=MOST_WORKSPACES)
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            log.warning("the workspaces of an organisation are not known", extra={"why": type(error).__name__})
            return
        for team in told.get("teams") or ():
            self._worlds.also(str(team["id"]), world)

    async def _installed(self, install: Install) -> None:
        """Go on where the app was taken out, or where nothing could be posted before."""
        world = await self._open(install)
        if world and install.is_org:
            await self._learn(world)
        ground, keeps = self._ground, self._ground.drawing.rules.keeps_secrets
        await install_events.try_again(
            ground.engine, ground.sealing, install.id, wakes_finished=keeps, shut_out=_shut_out(install.id)
        )
        log.info("the app was installed", extra={"install": install.id})


def _shut_out(install_id: str) -> str:
    return f"{pulse.SHUT_OUT} {install_id}"


async def _is_forgotten(database: Database, install: Install) -> bool:
    """Forget an install whose token Slack has taken away since it was saved."""
    gone = await database.run(lambda session: pulse.last_beat(session, _shut_out(install.id)))
    if gone is None:
        return False
    return await database.run(lambda session: store.forget(session, install.id, before=gone))
