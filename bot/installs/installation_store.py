"""Keeps the installs of several workspaces as Bolt wants them kept, with their tokens sealed; renews tokens in time."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock
from bot.encryption import Seal, Sealing
from bot.slack.delivery_errors import code_of
from flows.link.setup import SecretRef
from storage.credentials import installs as store
from storage.credentials.installs import Install
from storage.credentials.keyring import KeyServiceError
from storage.credentials.store import Sealed, SecretError
from storage.database.transactions import Database

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(hours=2)
"""Slack's tokens that rotate live for twelve hours."""

STATE_LIFE = timedelta(minutes=10)


class NotAllowedError(Exception):
    """The workspace or organisation is none of those that may install the app."""


class OAuthClient(AsyncWebClient):
    """Slack's client, naming the app in a header that it writes itself: aiohttp drops what the library uses."""

    async def oauth_v2_access(self, *, client_id: str, client_secret: str, **told: str | None) -> AsyncSlackResponse:
        """Have a code or a refresh token exchanged for a token."""
        named = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        data = {name: value for name, value in told.items() if value is not None}
        return await self.api_call("oauth.v2.access", data=data, headers={"Authorization": f"Basic {named}"})


class States(AsyncOAuthStateStore):
    """States of installs under way: each is worth one install within ten minutes, in any process.

    Anybody can have one made, so none is written down until it is used: it holds its moment, signed with `secret`.
    """

    def __init__(self, database: Database, clock: Clock, secret: SecretStr) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret

    async def async_issue(self, *_: object, **__: object) -> str:
        """Make a state."""
        told = f"{int(self._clock().timestamp())}.{secrets.token_urlsafe(32)}"
        return f"{told}.{self._signature(told)}"

    async def async_consume(self, state: str) -> bool:
        """Use it up; False when it is not one of ours, too old, or was used."""
        told, _, signature = state.rpartition(".")
        given = signature.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, self._signature(told).encode()):
            return False
        now = self._clock()
        made = datetime.fromtimestamp(int(told.partition(".")[0]), UTC)
        if now - made >= STATE_LIFE:
            return False
        return await self._database.run(partial(store.use_state, state=state, now=now))

    def _signature(self, told: str) -> str:
        key = f"install {self._secret.get_secret_value()}".encode()
        return hmac.new(key, told.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


class Installs(AsyncInstallationStore):
    """The installs of those who are `allowed`; `on_installed` is called when somebody has installed the app."""

    def __init__(self, database: Database, sealing: Sealing, clock: Clock, *, allowed: frozenset[str]) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._allowed = allowed
        self.on_installed: Callable[[Install], Awaitable[None]]
        self._unsaved: dict[SecretRef, tuple[Install, Sealed]] = {}
        """Newer tokens that could not be saved, by the older ones, which Slack renews no second time."""

    def is_allowed(self, installation: Installation) -> bool:
        """Return whether this workspace, or this organisation as a whole, may install the app."""
        return _id_of(installation) in self._allowed

    async def async_save(self, installation: Installation) -> None:
        """Keep a new install; raises NotAllowedError and KeyServiceError."""
        if not self.is_allowed(installation):
            raise NotAllowedError
        is_org = bool(installation.is_enterprise_install)
        install = Install(
            id=_id_of(installation),
            name=(installation.enterprise_name if is_org else installation.team_name) or "",
            org_id=installation.enterprise_id or "",
            is_org=is_org,
            bot_user_id=installation.bot_user_id or "",
            bot_id=installation.bot_id or "",
            url=installation.enterprise_url or "",
            scopes=",".join(installation.bot_scopes or ()),
            saved_at=self._clock(),
        )
        seal = await self._sealing.blank("", store.FIELD)
        install, token = self._sealed(install, installation.to_bot(), seal)
        await self._database.run(lambda session: store.save(session, install, token))
        await self.on_installed(install)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the bot of one install, its token opened; None where it is not installed."""
        wanted = enterprise_id if is_enterprise_install else team_id
        installs = await self._database.run(store.everyone)
        found = next((install for install in installs if install.id == wanted), None)
        return await self.open(found) if found else None

    async def open(self, install: Install) -> Bot | None:
        """Open the token of an install; None, and an error in the log, when it does not open."""
        try:
            opened = await self._sealing.open([install.secret_id])
        except (SecretError, KeyServiceError) as error:
            why = type(error).__name__
            log.error("the token of an install does not open", extra={"install": install.id, "why": why})  # noqa: TRY400  its traceback says no more
            return None
        return _bot(install, json.loads(opened[install.secret_id].get_secret_value()))

    async def renewed(self, install: Install, rotator: AsyncTokenRotator) -> Install:
        """Have Slack hand out a new token when the old one ends soon, once for all processes; returns what holds.

        A refresh token is worth one answer of Slack's. So what can fail on our side is done before it is asked for,
        and an answer that cannot be saved is kept, and saved as soon as that is possible.
        """
        if install.secret_id not in self._unsaved:
            renewed = await self._renew(install, rotator)
            if renewed is None:
                return install
            self._unsaved[install.secret_id] = renewed
        newer, token = self._unsaved[install.secret_id]
        try:
            await self._database.run(lambda session: store.save(session, newer, token))
        except Exception as error:
            why = type(error).__name__
            log.exception("a renewed token could not be saved yet", extra={"install": install.id, "why": why})
            return install
        del self._unsaved[install.secret_id]
        return newer

    async def _renew(self, install: Install, rotator: AsyncTokenRotator) -> tuple[Install, Sealed] | None:
        now = self._clock()
        if install.expires_at is None or install.expires_at > now + RENEW_BEFORE:
            return None
        bot = await self.open(install)
        if bot is None or not await self._database.run(partial(store.claim, install_id=install.id, now=now)):
            return None
        try:
            seal = await self._sealing.blank("", store.FIELD)
            # How long it lives yet is decided by our clock, above.
            newer = await rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=10**7)
        except (SlackTokenRotationError, SlackApiError, aiohttp.ClientError, OSError, KeyServiceError) as error:
            cause = error.api_error if isinstance(error, SlackTokenRotationError) else error
            code = code_of(cause) if isinstance(cause, SlackApiError) else type(cause).__name__
            log.error("the token of an install was not renewed", extra={"install": install.id, "code": code})  # noqa: TRY400  the same
            return None
        return self._sealed(install, newer, seal) if newer else None

    def _sealed(self, install: Install, bot: Bot, seal: Seal) -> tuple[Install, Sealed]:
        ends = bot.bot_token_expires_at
        token = seal(SecretStr(json.dumps({"token": bot.bot_token, "refresh": bot.bot_refresh_token})))
        expires_at = datetime.fromtimestamp(ends, UTC) if ends else None
        return replace(install, expires_at=expires_at, saved_at=self._clock(), secret_id=token.ref), token


def _id_of(installation: Installation) -> str:
    return (installation.enterprise_id if installation.is_enterprise_install else installation.team_id) or ""


def _bot(install: Install, opened: dict[str, str | None]) -> Bot:
    return Bot(
        enterprise_id=install.org_id or None,
        team_id=None if install.is_org else install.id,
        is_enterprise_install=install.is_org,
        bot_token=opened["token"] or "",
        bot_id=install.bot_id,
        bot_user_id=install.bot_user_id,
        bot_scopes=install.scopes,
        bot_refresh_token=opened["refresh"],
        bot_token_expires_at=install.expires_at and int(install.expires_at.timestamp()),
        installed_at=install.saved_at.timestamp(),
    )
