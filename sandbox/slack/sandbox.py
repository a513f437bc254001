"""Own one running Slack as tests and the demo hold it; its parts live beside it."""
# ruff: noqa: ASYNC109 - a wait's `timeout` reads best where the wait stands

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self

from sandbox.slack.events.delivery import Delivery, Reply
from sandbox.slack.events.event_queue import Outbox
from sandbox.slack.people.message import Message
from sandbox.slack.people.person import Person, contains
from sandbox.slack.waiting import AppSilent, until
from sandbox.slack.web_api.server import Call, Server
from sandbox.slack.workspace import lifecycle
from sandbox.slack.workspace.core import DEFAULT_EVENTS, DEFAULT_SCOPES, Core
from sandbox.slack.workspace.world import BOT_USER, INSTALL_TEAM, Channel, Json, World, default_world

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from sandbox.slack.web_api.faults import Faults


class SlackSandbox:
    """A Slack on 127.0.0.1 with Wintro (app installed), Acme and Globex; `clock` gives epoch seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        world: World | None = None,
        scopes: Collection[str] = DEFAULT_SCOPES,
        events: Collection[str] = DEFAULT_EVENTS,
    ) -> None:
        self.world = world or default_world(clock)
        self.core = Core(self.world, scopes, events)
        self.server = Server(self.core)
        self.received = self.server.received
        self.delivery = Delivery(self.core, self.received.append)
        self.server.delivery = self.delivery
        self.outbox = Outbox(self.core, self.delivery)
        self.core.announce = self.outbox.publish
        self.commands: set[str] | None = None
        self.should_escape = False
        self.troubles: list[str] = []
        self._closing: list[asyncio.Future[bool]] = []

    async def start(self, port: int = 0) -> Self:
        await self.server.start(port)
        await self.delivery.start()
        return self

    async def stop(self) -> None:
        await self.outbox.stop()
        await self.server.stop()
        await self.delivery.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        return f"{self.core.origin}/api/"

    @property
    def bot_token(self) -> str:
        return self.core.bot_token

    @property
    def app_token(self) -> str:
        return self.core.app_token

    @property
    def signing_secret(self) -> str:
        return self.core.signing_secret

    @property
    def bot_user(self) -> str:
        return BOT_USER

    @property
    def team(self) -> str:
        return INSTALL_TEAM

    @property
    def faults(self) -> Faults:
        return self.server.faults

    @property
    def calls(self) -> list[Call]:
        return self.server.calls

    @property
    def down(self) -> bool:
        return self.server.down

    @down.setter
    def down(self, value: bool) -> None:
        self.server.down = value
        if value:
            for socket in self.delivery.sockets:
                self._closing.append(asyncio.ensure_future(socket.close()))

    @property
    def pace_messages(self) -> float | None:
        return self.server.pace_messages

    @pace_messages.setter
    def pace_messages(self, per_second: float | None) -> None:
        self.server.pace_messages = per_second

    @property
    def history_lag(self) -> float:
        return self.core.history_lag

    @history_lag.setter
    def history_lag(self, seconds: float) -> None:
        self.core.history_lag = seconds

    @property
    def unreachable_images(self) -> Callable[[str], bool]:
        return self.core.unreachable_images

    @unreachable_images.setter
    def unreachable_images(self, predicate: Callable[[str], bool] | Collection[str]) -> None:
        self.core.unreachable_images = predicate if callable(predicate) else predicate.__contains__

    @property
    def ack_seconds(self) -> float:
        return self.delivery.ack_seconds

    @ack_seconds.setter
    def ack_seconds(self, seconds: float) -> None:
        self.delivery.ack_seconds = seconds

    def deliver_to(self, url: str) -> None:
        """Set the request URL for commands, interactions and events."""
        self.delivery.url = url

    def person(self, name: str) -> Person:
        return Person(self, self.world.user(name))

    def channel(self, name: str) -> Channel:
        return self.world.channel(name)

    def messages(self, channel: str) -> list[Message]:
        """Give every message of a channel, threads included, oldest first."""
        posts = self.world.channel(channel).messages.values()
        return [Message(self, post) for post in sorted(posts, key=lambda p: p.ts) if not post.deleted]

    def thread(self, message: Message) -> list[Message]:
        """Give the message's whole thread, parent first."""
        channel = self.world.channels[message.channel]
        return [Message(self, post) for post in self.world.thread(channel, message.thread_ts or message.ts)]

    async def gone(self, text: str, timeout: float = 5) -> None:
        """Wait until no message anywhere contains `text`."""

        def look() -> bool | None:
            return None if self._holding(text) else True

        await until(look, timeout, lambda: f"{text!r} still stands in {self._holding(text)}")

    def transcript_bytes(self) -> bytes:
        """Give every byte the app has sent: calls, their headers, acks, frames."""
        return b"\n".join(self.received)

    def duplicate_events(self, count: int) -> None:
        """Deliver the next `count` events twice."""
        self.outbox.doubled = count

    def reordered(self) -> AbstractAsyncContextManager[None]:
        """Hold events back within the block and deliver them newest first at its end."""
        return self.outbox.reordered()

    def expire_triggers(self) -> None:
        """Make every trigger issued so far too old to use."""
        self.core.views.expire_triggers()

    async def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask connected clients to come back, as Slack does every few hours."""
        for socket in list(self.delivery.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            await socket.close()

    def invite_bot(self, channel: str, by: str = "sam") -> None:
        """Add the app to a channel."""
        bot = self.world.users[BOT_USER]
        lifecycle.join(self.core, self.world.channel(channel), bot, self.world.user(by))

    def remove_bot(self, channel: str) -> None:
        """Take the app out of a channel."""
        lifecycle.leave(self.core, self.world.channel(channel), self.world.users[BOT_USER])

    def join(self, person: str, channel: str) -> None:
        """Add a person to a channel."""
        lifecycle.join(self.core, self.world.channel(channel), self.world.user(person), None)

    def leave(self, person: str, channel: str) -> None:
        """Take a person out of a channel."""
        lifecycle.leave(self.core, self.world.channel(channel), self.world.user(person))

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        lifecycle.archive(self.core, self.world.channel(channel))

    def change_channel_id(self, channel: str, new_id: str) -> None:
        """Give a channel another id."""
        lifecycle.change_id(self.core, self.world.channel(channel), new_id)

    def invite_team(self, channel: str, team: str) -> None:
        """Offer a channel to another organization."""
        lifecycle.invite_team(self.core, self.world.channel(channel), team)

    def share(self, channel: str, team: str) -> None:
        """Let another organization accept a channel."""
        lifecycle.share(self.core, self.world.channel(channel), team)

    def unshare(self, channel: str) -> None:
        """Cut a Slack Connect channel's connection."""
        lifecycle.unshare(self.core, self.world.channel(channel))

    def deactivate(self, person: str) -> None:
        """Deactivate a person."""
        lifecycle.deactivate(self.core, self.world.user(person))

    def uninstall(self) -> None:
        """Remove the app from its workspace."""
        lifecycle.uninstall(self.core)

    async def settled(self) -> None:
        """Wait until every event so far was delivered once."""
        await self.outbox.settled()

    async def interact(self, person: Person, payload: Json, what: str) -> Reply:
        """Deliver a click or submission for a person; trouble is raised as the person sees it."""
        return await self.deliver(person, "interactive", payload, what)

    async def deliver(self, person: Person, kind: str, payload: Json, what: str) -> Reply:
        """Deliver a command or interaction, once; the person sees what goes wrong."""
        reply = await self.delivery.send(kind, payload)
        if reply.problem is None:
            return reply
        late = reply.problem in {"timeout", "http_timeout"}
        if kind == "command":
            shown = f'failed with the error "{"operation_timeout" if late else "dispatch_failed"}"'
        else:
            shown = "We had some trouble connecting. Try again?" + (" (operation_timeout)" if late else "")
        raise self.trouble(person, what, f"{shown} [{reply.problem} {reply.status or ''} {reply.body[:500]}]")

    def trouble(self, person: Person, what: str, shown: str) -> AppSilent:
        """Record what a person was shown when the app failed them, and give it as an error."""
        line = f"{person.name} {what}: {shown}"
        self.troubles.append(line)
        return AppSilent(line)

    async def press_raw(self, payload: Json) -> Reply:
        """Deliver an interaction exactly as given: replayed or forged."""
        return await self.delivery.send("interactive", payload)

    async def deliver_raw(
        self, kind: str, payload: Json, *, secret: str = "", timestamp: int = 0, attempt: int = 0
    ) -> Reply:
        """Deliver a `command`, `interactive` or `event` as given; another secret or time forges it."""
        if self.delivery.socket_mode:
            return await self.delivery.send(kind, payload, attempt=attempt, reason="http_timeout")
        body, content_type = self.delivery.encoded(kind, payload)
        headers = self.delivery.signed(body, content_type, secret=secret, timestamp=timestamp)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        return await self.delivery.post_raw(body, headers)

    def _holding(self, text: str) -> list[str]:
        return [
            repr(message)
            for channel in self.world.channels.values()
            for message in (Message(self, post) for post in channel.messages.values() if not post.deleted)
            if contains(message.text, text)
        ]
