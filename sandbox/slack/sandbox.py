"""Owns one running Slack as tests and the demo hold it: who is in it, and what happens to channels and people."""
# ruff: noqa: ASYNC109 - a wait's `timeout` reads best where the wait stands

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sandbox.slack.events import Reply
from sandbox.slack.json_object import Json
from sandbox.slack.people import Message, Person, contains
from sandbox.slack.service import SlackService
from sandbox.slack.waiting import until
from sandbox.slack.workspace import BOT_USER, Channel, lifecycle

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


class SlackSandbox(SlackService):
    """A Slack on 127.0.0.1 with Wintro (app installed), Acme and Globex; `clock` gives epoch seconds."""

    def deliver_to(self, *urls: str) -> None:
        """Set the request URL for commands, interactions and events; several take turns, as behind a balancer."""
        self.delivery.urls = deque(urls)

    def person(self, name: str) -> Person:
        return Person(self, self.world.user(name))

    def channel(self, name: str) -> Channel:
        return self.world.channel(name)

    def messages(self, channel: str) -> list[Message]:
        """Return every message of a channel, threads included, oldest first."""
        posts = self.world.channel(channel).messages.values()
        return [Message(self, post) for post in sorted(posts, key=lambda p: p.ts) if not post.deleted]

    def thread(self, message: Message) -> list[Message]:
        """Return the message's whole thread, parent first."""
        channel = self.world.channels[message.channel]
        return [Message(self, post) for post in self.world.thread(channel, message.thread_ts or message.ts)]

    async def gone(self, text: str, timeout: float = 5) -> None:
        """Wait until no message anywhere contains `text`."""

        def look() -> bool | None:
            return None if self._holding(text) else True

        await until(look, timeout, lambda: f"{text!r} still stands in {self._holding(text)}")

    def transcript_bytes(self) -> bytes:
        """Return every byte the app has sent: calls, their headers, acks, frames."""
        return b"\n".join(self.received)

    def duplicate_events(self, count: int) -> None:
        """Deliver the next `count` events twice."""
        self.events.doubled = count

    def reordered(self) -> AbstractAsyncContextManager[None]:
        """Hold events back within the block and deliver them newest first at its end."""
        return self.events.reordered()

    def expire_triggers(self) -> None:
        """Make every trigger issued so far too old to use."""
        self.core.views.expire_triggers()

    async def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask connected clients to come back, as Slack does every few hours."""
        for socket in list(self.delivery.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            await socket.close()

    def let_tickets_die(self, count: int) -> None:
        """Let the addresses of the next `count` sockets be over before anybody connects there."""
        self.server.dead_tickets = count

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

    def refuse_posts(self, error: str, channel: str) -> None:
        """Take no new message in a channel, with this code, while edits still pass; an empty code takes them again."""
        self.core.refuses_posts[self.world.channel(channel).id] = error

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        lifecycle.archive(self.core, self.world.channel(channel))

    def delete_channel(self, channel: str) -> None:
        """Delete a channel for good."""
        lifecycle.delete(self.core, self.world.channel(channel))

    def make_private(self, channel: str, by: str = "sam") -> None:
        """Make a public channel private."""
        lifecycle.make_private(self.core, self.world.channel(channel), self.world.user(by))

    def change_channel_id(self, channel: str, new_id: str) -> None:
        """Give a channel another id."""
        lifecycle.change_id(self.core, self.world.channel(channel), new_id)

    def invite_team(self, channel: str, team: str) -> None:
        """Offer a channel to another organization."""
        lifecycle.invite_team(self.core, self.world.channel(channel), team)

    def share(self, channel: str, team: str) -> None:
        """Let another organization accept a channel."""
        lifecycle.share(self.core, self.world.channel(channel), team)

    def unshare(self, channel: str, new_id: str = "") -> None:
        """Cut a Slack Connect channel's connection; where the other side was its host, ours gets a new id."""
        lifecycle.unshare(self.core, self.world.channel(channel), new_id)

    def deactivate(self, person: str) -> None:
        """Deactivate a person."""
        lifecycle.deactivate(self.core, self.world.user(person))

    def uninstall(self) -> None:
        """Remove the app from its workspace."""
        lifecycle.uninstall(self.core)

    def tell_uninstalled(self) -> None:
        """Tell once more that the app was removed, as Slack repeats what it believes unheard."""
        lifecycle.tell_uninstalled(self.core)

    async def settled(self) -> None:
        """Wait until every event so far was delivered once."""
        await self.events.settled()

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
