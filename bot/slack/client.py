"""The app's own side of Slack: its Web API client, who it is and who reads along, Bolt, Socket Mode; says nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import AsyncExitStack
from time import perf_counter
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import aiohttp as socket_mode
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import async_base_client
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import async_client as webhook

from bot.arrivals import ARRIVAL, Arrival
from bot.config.settings import Settings, SettingsError
from bot.slack.delivery_errors import PASSING, code_of, outcome_of
from bot.slack.measuring import Counting, Measured
from bot.slack.reading.listened_to import unheard
from bot.slack.replay_cache import Answers
from bot.slack.web_api import TIMEOUT

APP_NAME = "link-workday"
SOCKET_SECONDS = 30
PING_SECONDS = 10.0
"""Between two looks at whether a socket lives, and between two tries to connect."""

SOCKETS_A_MINUTE = 6
"""Addresses of sockets that Slack is asked for at most, also where it takes each of them back at once."""

MINUTE = 60.0

for _reader in (async_base_client, socket_mode, webhook):
    # Each client that is made without a proxy would take one of the environment, those that Bolt makes as well.
    _reader.load_http_proxy_from_env = lambda _logger: None  # type: ignore[attr-defined]


class Socket(socket_mode.SocketModeClient):
    """Connects to a new address at each try: Slack's are good for one connection, and only for seconds."""

    def __init__(self, token: str, web_client: AsyncWebClient) -> None:
        super().__init__(token, web_client=web_client, proxy=web_client.proxy, ping_interval=PING_SECONDS)
        self._asked: deque[float] = deque(maxlen=SOCKETS_A_MINUTE)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  as its library calls it
        """Connect anew, once for each connection that ends: Slack says it twice, and the second cuts presses off."""
        old = self.current_session
        async with self.connect_operation_lock:
            if self.current_session is old and (force or not await self.is_connected()):
                self.wss_uri = await self.issue_new_wss_url()
                await self.connect()

    async def connect(self) -> None:
        """Connect, however many tries it takes."""
        trying = asyncio.ensure_future(super().connect())  # type: ignore[no-untyped-call] # Slack leaves it untyped
        try:
            while not trying.done():
                # It goes on with the address that it has, even where that was refused.
                await asyncio.wait((trying,), timeout=self.ping_interval / 2)
                self.wss_uri = None
        finally:
            trying.cancel()

    async def issue_new_wss_url(self) -> str:
        """Ask for an address, at times that Slack takes; raises SettingsError, after which it is tried again."""
        loop = asyncio.get_running_loop()
        if len(self._asked) == SOCKETS_A_MINUTE:
            await asyncio.sleep(self._asked[0] + MINUTE - loop.time())
        self._asked.append(loop.time())
        return await socket_address(self.web_client, self.app_token)


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


def refusal(name: str, code: str, mend: str) -> str:
    """Say what a refusal at the start comes to: `mend` helps where it is about the setting, and not about Slack."""
    if not code:
        return "SLACK_API_URL: a web page answers there, not Slack; see whether Slack is down, or a proxy in between"
    if outcome_of(code) in PASSING:
        return f"SLACK_API_URL: Slack says {code}, which passes; start again in a minute"
    return f"{name}: Slack says {code}; {mend}"


async def greet(client: AsyncWebClient) -> dict[str, str]:
    """Ask Slack who we are, with the `scopes` of the token and the `date` there; raises SettingsError."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise SettingsError(refusal("SLACK_BOT_TOKEN", code_of(error), "copy it again, or reinstall the app")) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SettingsError(silence(error)) from None
    me = {
        name: str(answer.get(name) or "") for name in ("team", "team_id", "enterprise_id", "user_id", "bot_id", "url")
    }
    return me | {"scopes": answer.headers.get("x-oauth-scopes", ""), "date": answer.headers.get("date", "")}


async def look_at_staff_channel(client: AsyncWebClient, channel: str) -> str:
    """Return Slack's reason where it cannot tell who reads the staff channel; raises SettingsError when others do."""
    if not channel:
        return ""
    try:
        found = (await client.conversations_info(channel=channel)).get("channel") or {}
    except SlackApiError as error:
        return code_of(error) or "no reason"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__
    if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
        raise SettingsError(
            "STAFF_CHANNEL: is shared with another organisation, which would read what is for your own people; "
            "name a channel that is not shared"
        )
    return ""


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
    # reads the source of every caller to find one. What it would look at in each request, the door has seen
    # (`bot/web/routes.py`: the signature), or nobody here asks for.
    return Measured(
        name=APP_NAME,
        client=client_of(settings, session, has_token=False),
        authorize=authorize,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


async def connect(closing: AsyncExitStack, client: AsyncWebClient, bolt: AsyncApp, token: str) -> Socket:
    """Receive over Socket Mode until `closing` ends; raises SettingsError."""
    answers = Answers()

    async def hear(line: AsyncBaseSocketModeClient, asked: SocketModeRequest) -> None:
        if unheard(asked.payload):
            await line.send_socket_mode_response(SocketModeResponse(envelope_id=asked.envelope_id))
            return
        began, key = perf_counter(), _key_of(asked)
        ARRIVAL.set(Arrival(key))
        answer = await answers.once(key, lambda: run_async_bolt_app(bolt, asked))
        await send_async_response(line, asked, answer, began)

    # Asked for here, because the client itself would ask for ever with a token that Slack does not take.
    address = await socket_address(client, token)
    socket = Socket(token, client)
    closing.push_async_callback(socket.close)
    socket.socket_mode_request_listeners.append(hear)
    socket.wss_uri = address
    try:
        async with asyncio.timeout(SOCKET_SECONDS):
            await socket.connect()
    except TimeoutError:
        raise SettingsError("SLACK_APP_TOKEN: Socket Mode does not connect; check the network") from None
    return socket


def _key_of(asked: SocketModeRequest) -> str:
    """Return what stays the same when Slack sends a press or an event again, with or without a new envelope."""
    return str(asked.payload.get("trigger_id") or asked.payload.get("event_id") or asked.envelope_id)


async def socket_address(client: AsyncWebClient, token: str) -> str:
    """Ask Slack where Socket Mode connects to; raises SettingsError."""
    try:
        answer = await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise SettingsError(refusal("SLACK_APP_TOKEN", code_of(error), "copy it again")) from None
    except (aiohttp.ClientError, OSError) as error:
        raise SettingsError(silence(error)) from None
    return str(answer["url"])
