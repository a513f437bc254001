"""The app's own side of Slack: its Web API client, who it is there, Bolt and Socket Mode; hears and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config.settings import Settings, SettingsError
from bot.slack.measuring import Counting, Measured
from bot.slack.web_api import TIMEOUT

APP_NAME = "link-workday"
SOCKET_SECONDS = 30


def client_of(
    settings: Settings,
    session: aiohttp.ClientSession,
    *,
    has_token: bool = True,
    kind: type[AsyncWebClient] = AsyncWebClient,
) -> AsyncWebClient:
    """Make the Slack client; it never sends twice by itself, as a message whose answer is lost may be there.

    What Bolt makes of it for each request, and what answers by a `response_url`, goes the same way out.
    """
    outbound = settings.outbound
    return kind(
        token=settings.slack_bot_token.get_secret_value() if has_token else None,
        base_url=settings.slack_api_url,
        session=session,
        proxy=outbound.proxy_for(urlsplit(settings.slack_api_url).hostname or "") or None,
        ssl=outbound.tls,
        timeout=TIMEOUT,
        retry_handlers=[Counting()],
    )


def silence(error: Exception) -> str:
    """Name the setting behind a Slack that does not answer, and the mend."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return f"OUTBOUND_PROXY: the proxy does not let us through to Slack ({error.status}); ask whoever runs it"
        case aiohttp.ClientProxyConnectionError():
            return "OUTBOUND_PROXY: the proxy does not answer; check its address"
        case aiohttp.ClientSSLError():
            return "CA_FILE: Slack's certificate is not trusted; name the file with your own authority"
        case _:
            return "SLACK_API_URL: Slack does not answer; check the address and the network"


async def greet(client: AsyncWebClient) -> dict[str, str]:
    """Ask Slack who we are, with the `scopes` of the token and the `date` there; raises SettingsError."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        code = error.response.get("error")
        raise SettingsError(f"SLACK_BOT_TOKEN: Slack says {code}; copy it again, or reinstall the app") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SettingsError(silence(error)) from None
    me = {
        name: str(answer.get(name) or "") for name in ("team", "team_id", "enterprise_id", "user_id", "bot_id", "url")
    }
    return me | {"scopes": answer.headers.get("x-oauth-scopes", ""), "date": answer.headers.get("date", "")}


def bolt_of(
    settings: Settings, session: aiohttp.ClientSession, client: AsyncWebClient, me: Mapping[str, str]
) -> AsyncApp:
    """Make the Bolt app of one install, which knows from `greet` who we are; its token is that of `client`."""

    async def authorize() -> AuthorizeResult:
        # Made each time, as a token can be renewed.
        return AuthorizeResult(
            enterprise_id=None,
            team_id=me["team_id"],
            bot_user_id=me["user_id"],
            bot_id=me["bot_id"] or None,
            bot_token=client.token,
        )

    # Given a token, Bolt would ask Slack who we are within the three seconds of the first press; without a name, it
    # reads the source of every caller to find one.
    return Measured(
        name=APP_NAME,
        client=client_of(settings, session, has_token=False),
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        process_before_response=True,
    )


async def connect(
    closing: AsyncExitStack, client: AsyncWebClient, bolt: AsyncApp, token: str
) -> AsyncSocketModeHandler:
    """Receive over Socket Mode until `closing` ends; raises SettingsError."""
    # Asked for here, because the client itself would ask for ever with a token that Slack does not take.
    address = await socket_address(client, token)
    socket = AsyncSocketModeHandler(bolt, token, web_client=client, proxy=client.proxy)
    closing.push_async_callback(socket.close_async)
    socket.client.wss_uri = address
    try:
        async with asyncio.timeout(SOCKET_SECONDS):
            await socket.connect_async()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
    except TimeoutError:
        raise SettingsError("SLACK_APP_TOKEN: Socket Mode does not connect; check the network") from None
    return socket


async def socket_address(client: AsyncWebClient, token: str) -> str:
    """Ask Slack where Socket Mode connects to; raises SettingsError."""
    try:
        answer = await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        code = error.response.get("error")
        raise SettingsError(f"SLACK_APP_TOKEN: Slack says {code}; copy it again") from None
    except (aiohttp.ClientError, OSError) as error:
        raise SettingsError(silence(error)) from None
    return str(answer["url"])
