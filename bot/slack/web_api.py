"""Says things in Slack and tells honestly how it went; decides nothing and remembers nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import traces
from bot.slack.delivery_errors import (
    NO_ANSWER,
    NO_THREAD,
    PACED,
    NotNowError,
    Outcome,
    SaidNoError,
    WhoKnowsError,
    ending_of,
    outcome_of,
)
from bot.slack.rate_limits import POST, UPDATE, Pacer
from bot.slack.reading.errand_marks import MarkedMessages, metadata
from bot.slack.reading.organisations import Own, home_of

log = logging.getLogger(__name__)

UPLOAD_LOST = "upload_lost"
"""The code of a "not now" when the bytes of a file did not arrive; its address is often on another host."""

TIMEOUT = 10
"""Seconds after which an answer that has not come is unknown."""

SHORT = 1.0
"""Seconds that are waited on the spot; longer waits give way to others."""

WRONG_CLOCK = timedelta(hours=1)
"""How far our clock may run ahead of Slack's; further, and Slack's signatures would look outdated to us anyway."""

SOON = 2.0
"""Seconds until something harmless to repeat is tried again after its answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What goes to Slack in one message."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What Slack tells about a user; `team_id` is the one id of their organisation, `name` what they are called.

    `away` tells that their status says that they are on holiday or ill. `locale` is the language they have chosen,
    which Slack does not tell of people of other organisations.
    """

    user_id: str
    team_id: str
    zone: str | None
    deleted: bool
    name: str = ""
    away: bool = False
    locale: str = ""


AWAY = frozenset({":palm_tree:", ":face_with_thermometer:"})
"""The emoji of the statuses "Vacationing" and "Out sick" as Slack offers them; Slack clears them on the day chosen."""

NOBODYS = Own(team_id="")
"""For a look at Slack in which nobody is one of us."""


class Speaker:
    """The Web API as this app uses it; `own` tells our own people from others, `heard` gets the end of each call.

    Only what is called `once` can end in `WhoKnowsError`, as a post does; everything else may be done twice, so a lost
    answer is a `NotNowError`.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        pacer: Pacer,
        *,
        own: Own = NOBODYS,
        timeout: float = TIMEOUT,
        heard: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._heard = heard
        self._client = client
        self._own = own
        self._pacer = pacer
        self._timeout = timeout
        self._marked = MarkedMessages(self.call, pacer.now)

    async def post(
        self,
        *,
        channel: str,
        message: Message,
        errand_id: str,
        ours_until: datetime,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> str:
        """Post a message that carries its errand's id, while the errand is ours; gives its ts.

        Raises SaidNoError also where Slack has taken it, but not into the thread; then it is taken back.
        """
        arguments: dict[str, Any] = {"channel": channel, "text": message.text, "metadata": metadata(errand_id)}
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        if message.blocks:
            arguments["blocks"] = message.blocks
        if thread_ts:
            arguments |= {"thread_ts": thread_ts, "reply_broadcast": broadcast}
        await self.post_turn(channel, errand_id, ours_until)
        answer = await self.call(POST, once=True, **arguments)
        ts, shown = str(answer["ts"]), answer.get("message")
        if (
            thread_ts
            and isinstance(shown, dict)
            and not shown.get("thread_ts")
            and await self._is_lost(channel, thread_ts)
        ):
            # Of a thread without its first message Slack says nothing and puts the reply into the channel itself.
            await self._take_back(channel, ts)
            raise SaidNoError(NO_THREAD)
        return ts

    async def _is_lost(self, channel: str, thread_ts: str) -> bool:
        """Ask whether a thread is gone; what an answer leaves out does not prove it, nor does silence."""
        try:
            await self.call("conversations.replies", read=True, channel=channel, ts=thread_ts, limit=1)
        except SaidNoError as error:
            return error.code == NO_THREAD
        except NotNowError:
            return False
        return False

    async def _take_back(self, channel: str, ts: str) -> None:
        try:
            await self.delete(channel=channel, ts=ts)
        except (SaidNoError, NotNowError) as error:
            log.warning("a message stands outside of its thread", extra={"code": error.code})

    async def post_turn(self, channel: str, errand_id: str, ours_until: datetime) -> None:
        """Wait until a message may go into a channel, while the errand is ours."""
        await self._turn(POST, errand_id, channel)
        if self._pacer.now() > ours_until - timedelta(seconds=self._timeout):
            # The answer could come when the errand is somebody else's, who may be sending it now.
            raise WhoKnowsError

    async def upload(self, url: str, content: bytes) -> None:
        """Bring the bytes of a file to where Slack wants them; nobody sees them before they are shared."""
        client = self._client
        session = client.session
        if session is None:
            raise WhoKnowsError
        try:
            async with (
                asyncio.timeout(self._timeout),
                session.post(url, data=content, proxy=client.proxy, ssl=client.ssl or True) as answer,
            ):
                await answer.read()
        except (aiohttp.ClientError, OSError):
            raise NotNowError(SOON, UPLOAD_LOST) from None
        if answer.status >= 500:  # noqa: PLR2004  server errors
            raise NotNowError(SOON, UPLOAD_LOST)
        if answer.status != 200:  # noqa: PLR2004  the one status that says it is there
            raise SaidNoError(f"upload_{answer.status}")

    async def _turn(self, method: str, who: str, channel: str) -> None:
        self._check_rest(method, channel)
        waited = 0.0
        while wait := self._pacer.turn(who, channel, method):
            waited += wait
            if wait > SHORT or waited > 2 * SHORT:
                raise NotNowError(wait, PACED)
            await asyncio.sleep(wait)

    def _check_rest(self, method: str, channel: str) -> None:
        if wait := self._pacer.resting(method, channel):
            raise NotNowError(wait, "ratelimited")

    async def update(self, *, channel: str, ts: str, message: Message) -> None:
        """Bring a message up to date; doing it twice is doing it once."""
        await self._turn(UPDATE, f"{channel}/{ts}", channel)
        await self.call(UPDATE, channel=channel, ts=ts, text=message.text, blocks=message.blocks)

    async def whisper(self, *, channel: str, user: str, text: str, thread_ts: str | None) -> None:
        """Show something to one person only."""
        arguments: dict[str, Any] = {"channel": channel, "user": user, "text": text}
        if thread_ts:
            arguments["thread_ts"] = thread_ts
        await self.call("chat.postEphemeral", **arguments)

    async def copies(self, *, channel: str, thread_ts: str | None, errand_id: str, since: datetime) -> list[str]:
        """Read back which messages carry an errand's id or files, oldest first; a channel is read from `since` on."""
        arguments: dict[str, Any] = {"channel": channel, "limit": 200, "include_all_metadata": True}
        if not thread_ts:
            arguments["oldest"] = f"{(since - WRONG_CLOCK).timestamp():.6f}"
            return await self._marked.find("conversations.history", errand_id, arguments)
        try:
            # A thread is short and is read whole, so that no clock can hide a message.
            return await self._marked.find("conversations.replies", errand_id, arguments | {"ts": thread_ts})
        except SaidNoError as error:
            if error.code == NO_THREAD:
                for ts in await self.copies(channel=channel, thread_ts=None, errand_id=errand_id, since=since):
                    await self._take_back(channel, ts)
            raise

    async def delete(self, *, channel: str, ts: str) -> None:
        """Take back a stray copy."""
        try:
            await self.call("chat.delete", channel=channel, ts=ts)
        except SaidNoError as error:
            if error.outcome is not Outcome.GONE:
                raise

    async def greet(self) -> None:
        """Ask Slack whether it knows us."""
        await self.call("auth.test", read=True)

    async def member(self, user_id: str) -> Member:
        """Ask who a user is."""
        user = (await self.call("users.info", read=True, user=user_id, include_locale=True))["user"]
        profile = user.get("profile") or {}
        return Member(
            user_id=user_id,
            team_id=home_of(user, self._own),
            zone=user.get("tz"),
            deleted=bool(user.get("deleted")),
            name=str(profile.get("real_name") or user.get("real_name") or ""),
            away=profile.get("status_emoji") in AWAY,
            locale=str(user.get("locale") or ""),
        )

    async def is_in(self, channel: str, user_id: str) -> bool:
        """Ask whether a user is a member of a channel."""
        arguments: dict[str, Any] = {"channel": channel, "limit": 500}
        while True:
            answer = await self.call("conversations.members", read=True, **arguments)
            if user_id in answer["members"]:
                return True
            arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return False

    async def is_shared(self, channel: str) -> bool:
        """Ask whether people of another organisation read a channel, or are invited to."""
        found = (await self.call("conversations.info", read=True, channel=channel))["channel"]
        return bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))

    async def shut(self, channel: str) -> str:
        """Ask what keeps the app from a channel, as Slack's code for it; empty where nothing does."""
        found = (await self.call("conversations.info", read=True, channel=channel))["channel"]
        if found.get("is_archived"):
            return "is_archived"
        return "not_in_channel" if found.get("is_member") is False else ""

    async def direct_channel(self, user_id: str) -> str:
        """Open the conversation with one of our own people."""
        answer = await self.call("conversations.open", users=user_id)
        return str(answer["channel"]["id"])

    async def call(self, method: str, *, read: bool = False, once: bool = False, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401  Slack's arguments differ in type
        """Call a method of the Web API; `once` is for what must not be done twice, `read` for what changes nothing."""
        self._check_rest(method, str(arguments.get("channel", "")))
        with traces.step(f"slack {method}"):
            return await self._ask(method, arguments, read=read, once=once)

    async def _ask(self, method: str, arguments: dict[str, Any], *, read: bool, once: bool) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._timeout):
                if read:
                    answer = await self._client.api_call(method, http_verb="GET", params=_flat(arguments))
                else:
                    answer = await self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            ending = ending_of(error)
            if isinstance(ending, NotNowError) and outcome_of(ending.code) is Outcome.TOO_FAST:
                self._pacer.rest(method, ending.after, str(arguments.get("channel", "")))
        except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, ConnectionRefusedError):
            ending = NotNowError(5)
        except (aiohttp.ClientError, SlackClientError, OSError, ValueError):
            ending = WhoKnowsError()
        else:
            self._heard("")
            log.debug("Slack was called", extra={"method": method})
            return answer.data if isinstance(answer.data, dict) else {}
        code = getattr(ending, "code", "") or NO_ANSWER
        self._heard(code)
        log.debug("Slack was called", extra={"method": method, "code": code})
        if isinstance(ending, WhoKnowsError) and not once:
            ending = NotNowError(SOON, NO_ANSWER)
        raise ending from None


def _flat(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in arguments.items()}
