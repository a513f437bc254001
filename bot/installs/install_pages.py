"""The two addresses by which a workspace installs the app: Slack is asked, and hands out a token; keeps none."""

from __future__ import annotations

import logging
from urllib.parse import urljoin

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from bot.config.preflight import HISTORY, SCOPES
from bot.config.settings import Settings
from bot.installs.installation_store import Installs, NotAllowedError, States
from bot.web.secret_form import said_page
from flows.words import Words
from storage.credentials.keyring import KeyServiceError

log = logging.getLogger(__name__)

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"

SAID = {"access_denied": "cancelled", "invalid_browser": "stale", "invalid_state": "stale"}
"""What is said of the reasons that Slack or Bolt gives; of all others, that Slack did not confirm it."""


class Flow(AsyncOAuthFlow):
    """Bolt's flow, for those who may install the app; of anybody else's token it rids itself at once."""

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep an install with the address of its workspace; raises NotAllowedError."""
        store = self.settings.installation_store
        token = installation.bot_token
        if isinstance(store, Installs) and not store.is_allowed(installation):
            await self.client.auth_revoke(token=token)
            raise NotAllowedError
        installation.enterprise_url = str((await self.client.auth_test(token=token)).get("url") or "")
        await super().store_installation(request, installation)


class InstallPages:
    """Answers with pages for whoever installs; `client` has no token."""

    def __init__(
        self, settings: Settings, client: AsyncWebClient, installs: Installs, states: States, words: Words
    ) -> None:
        self._words = words
        without = frozenset() if settings.read_back == "on" else frozenset(HISTORY)
        self._flow = Flow(
            client=client,
            settings=AsyncOAuthSettings(
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret.get_secret_value(),
                scopes=sorted(SCOPES - without),
                redirect_uri=f"{settings.public_url}{REDIRECT}",
                authorization_url=urljoin(settings.slack_api_url, "/oauth/v2/authorize"),
                install_page_rendering_enabled=False,
                installation_store=installs,
                installation_store_bot_only=True,
                state_store=states,
                callback_options=AsyncCallbackOptions(success=self._done, failure=self._failed),
            ),
        )

    def register(self, application: web.Application) -> None:
        """Offer both addresses."""
        application.router.add_get(INSTALL, self._begin)
        application.router.add_get(REDIRECT, self._end)

    async def _begin(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self._flow.handle_installation(_asked(request)))

    async def _end(self, request: web.Request) -> web.Response:
        try:
            answer = await self._flow.handle_callback(_asked(request))
        except NotAllowedError:
            log.warning("a workspace that is not on the list has tried to install the app")
            answer = self._said(403, "unlisted")
        except (BoltError, KeyServiceError, SlackApiError, aiohttp.ClientError, OSError) as error:
            log.warning("an install failed", extra={"why": type(error).__name__})
            answer = self._said(502, "failed")
        return await to_aiohttp_response(answer)

    async def _done(self, args: AsyncSuccessArgs) -> BoltResponse:
        # An organisation has the app then, and none of its workspaces before an admin adds it to one.
        return self._said(200, "done", "done_org" if args.installation.is_enterprise_install else "done")

    async def _failed(self, args: AsyncFailureArgs) -> BoltResponse:
        kind = SAID.get(args.reason, "failed")
        log.warning("an install failed", extra={"why": kind})
        return self._said(args.suggested_status_code, kind)

    def _said(self, status: int, kind: str, what: str = "") -> BoltResponse:
        page = said_page(self._words, status, f"install.{kind}", self._words.say(f"install.{what or kind}_next"))
        return BoltResponse(status=status, body=page.text or "", headers=dict(page.headers))


def _asked(request: web.Request) -> AsyncBoltRequest:
    cookie = request.headers.get("Cookie")
    return AsyncBoltRequest(body="", query=request.query_string, headers={"Cookie": cookie} if cookie else {})
