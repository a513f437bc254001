"""Owns what a person does and sees in Slack. It knows no app: everything goes through Slack."""
# ruff: noqa: ASYNC109 - a wait's `timeout` reads best where the wait stands

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.slack.events import payloads
from sandbox.slack.json_object import Json
from sandbox.slack.people.attached_files import attach
from sandbox.slack.people.message import Message
from sandbox.slack.people.message_shapes import Shape, delivered, give, rich_text
from sandbox.slack.people.modal import Modal
from sandbox.slack.people.session import Session, contains
from sandbox.slack.waiting import NotAllowed, until
from sandbox.slack.web_api import Args, chat
from sandbox.slack.workspace import BOT_USER, ApiError, Channel, Post

if TYPE_CHECKING:
    from collections.abc import Iterator


class Person(Session):
    """One human in front of Slack."""

    def __repr__(self) -> str:
        return f"<Person {self.name} {self.user.id}>"

    @property
    def channels(self) -> list[Channel]:
        return [c for c in self.slack.world.channels.values() if self.id in c.members]

    @property
    def messages(self) -> list[Message]:
        """Every message this person can read, oldest first."""
        posts = [p for c in self.channels for p in c.messages.values() if not p.deleted]
        return [Message(self.slack, post, self) for post in sorted(posts, key=lambda p: p.ts)]

    @property
    def whispers(self) -> list[Message]:
        """The ephemeral messages shown to this person only, oldest first."""
        posts = [p for p in self.slack.world.whispers if p.only_for == self.id and not p.deleted]
        return [Message(self.slack, post, self) for post in posts]

    @property
    def dms(self) -> list[Message]:
        """What the app wrote to this person directly."""
        return [m for m in self.messages if m.channel.startswith("D") and m.by_app]

    @property
    def modals(self) -> list[Modal]:
        """The open stack, bottom first."""
        return [Modal(self.slack, view, self) for view in self.slack.core.views.stack(self.user)]

    async def command(
        self, command: str, text: str = "", channel: str | None = None, thread: Message | None = None
    ) -> Message | None:
        """Run a slash command; gives the app's immediate answer, if it made one."""
        place = self._channel(channel)
        commands = self.slack.commands
        if self.is_external or "commands" not in self.slack.core.scopes or (commands and command not in commands):
            raise NotAllowed(f"{self.name} sees: {command} is not a valid command.")
        if thread is not None:
            raise NotAllowed(f"{self.name} sees: {command} is not supported in threads. Sorry!")
        self.must_be_active()
        if self.slack.should_escape:
            text = self._escaped(text)
        fields = payloads.command_fields(self.slack.core, self.user, place, command, text)
        url = self.slack.core.response_urls[fields["response_url"].rpartition("/")[2]]
        reply = await self.deliver("command", dict(fields), f"{command} {text}".strip())
        if reply.data:
            try:
                url.uses -= 1  # the ack is no use of the response_url
                chat.respond(self.slack.core, url, Args(reply.data))
            except ApiError as refusal:
                raise self.trouble(command, f"{refusal.error} {refusal.extra or ''}") from None
        return next((m for m in self.messages + self.whispers if m.ts == url.said), None)

    async def says(
        self,
        text: str,
        thread: Message | None = None,
        channel: str | None = None,
        *,
        file: tuple[str, bytes] | None = None,
    ) -> Message:
        """Write an ordinary message, perhaps with a file of a name and its bytes; @names become mentions."""
        self.must_be_active()
        place = self.slack.world.channels[thread.channel] if thread else self._channel(channel)
        if self.id not in place.members:
            raise NotAllowed(f"{self.name} is not in #{place.name}")
        if place.is_archived:
            raise NotAllowed(f"#{place.name} is archived")
        parent = (thread.thread_ts or thread.ts) if thread else None
        world = self.slack.world
        written = self._mentions(text)
        post = Post(world.next_ts(), place.id, self.id, delivered(written), thread_ts=parent)
        post.blocks = [rich_text(world, list(_written(written)))] if text else []
        if file:
            post.files = [attach(self.slack.core, place, *file)]
        chat.place(self.slack.core, place, post)
        self._mention(place, post)
        await self.slack.events.settled()
        return Message(self.slack, post, self)

    async def posts(
        self, shape: Shape, text: str, thread: Message | None = None, channel: str | None = None
    ) -> Message:
        """Post a text, as it is typed, in one of the shapes of messages; an app posts for this person."""
        self.must_be_active()
        place = self.slack.world.channels[thread.channel] if thread else self._channel(channel)
        parent = (thread.thread_ts or thread.ts) if thread else None
        post = Post(self.slack.world.next_ts(), place.id, self.id, "", thread_ts=parent)
        give(post, shape, text, self.slack.world)
        chat.place(self.slack.core, place, post)
        self._mention(place, post)
        await self.slack.events.settled()
        return Message(self.slack, post, self)

    async def edits(self, message: Message, text: str) -> None:
        """Make something else of an own message; the text is given as it is typed."""
        self.must_be_active()
        chat.change(self.slack.core, message.post, delivered(text))
        await self.slack.events.settled()

    async def mentions_bot(self, text: str = "", thread: Message | None = None, channel: str | None = None) -> Message:
        """Write a message that starts with the app's mention."""
        return await self.says(f"<@{BOT_USER}> {text}".strip(), thread, channel)

    async def sees(self, text: str, timeout: float = 5, channel: str | None = None) -> Message:
        """Wait for the newest message this person can read that contains `text`."""
        wanted = None if channel is None else self._channel(channel).id

        def look() -> Message | None:
            shown = (m for m in reversed(self.messages) if wanted in {None, m.channel} and contains(m.text, text))
            return next(shown, None)

        return await until(look, timeout, lambda: f"{self.name} does not see {text!r} but\n{self.screen()}")

    async def whispered(self, text: str, timeout: float = 5) -> Message:
        """Wait for an ephemeral message to this person."""

        def look() -> Message | None:
            shown = [m for m in self.whispers if contains(m.text, text)]
            return shown[-1] if shown else None

        return await until(look, timeout, lambda: f"nobody whispers {text!r} to {self.name}; there is\n{self.screen()}")

    async def modal(self, title: str = "", timeout: float = 5) -> Modal:
        """Wait until the modal on top of this person's stack has this in its title."""

        def look() -> Modal | None:
            shown = self.modals
            return shown[-1] if shown and contains(shown[-1].title, title) else None

        return await until(look, timeout, lambda: f"{self.name} has no modal {title!r} but\n{self.screen()}")

    async def home(self, timeout: float = 5) -> Modal:
        """Open the app's Home tab and wait until it shows something."""
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": f"D{self.id[1:]}",
            "tab": "home",
            "event_ts": self.slack.world.next_ts(),
        }
        known = self.slack.core.views.homes.get(self.id)
        if known:
            event["view"] = known.as_json()  # type: ignore[assignment]
        self.slack.core.announce(event, None)
        await self.slack.events.settled()

        def look() -> Modal | None:
            view = self.slack.core.views.homes.get(self.id)
            return Modal(self.slack, view, self) if view else None

        return await until(look, timeout, lambda: f"{self.name}'s Home tab is empty")

    def screen(self) -> str:
        """Describe what is in front of this person, for failures."""
        out = []
        for message in self.messages[-12:]:
            name = self.slack.world.channels[message.channel].name
            indent = "    ↳ " if message.thread_ts else "  "
            author = self.slack.world.users[message.post.user].name
            body = message.text.replace("\n", f"\n{' ' * len(indent)}  ")
            buttons = f"\n{' ' * len(indent)}  {message.buttons}" if message.buttons else ""
            out.append(f"{indent}#{name} {author}: {body}{buttons}")
        out += [f"  (only {self.name}) {m.text}" for m in self.whispers[-5:]]
        out += [f"  [modal {m.title!r}] {m.text}" for m in self.modals]
        out += [f"  ! {trouble}" for trouble in self.slack.troubles[-3:]]
        failed = [f"{c.method}: {c.error}" for c in self.slack.calls if c.error][-5:]
        out += [f"  refused call {line}" for line in failed]
        return "\n".join(out) or "  (nothing at all)"

    def _mention(self, place: Channel, post: Post) -> None:
        """Tell the app of its own name in a message, whoever has written that, another app, too."""
        if f"<@{BOT_USER}>" in post.text:
            self.slack.core.announce(chat.mention_event(self.slack.core, place, post), place)

    def _channel(self, name: str | None) -> Channel:
        if name is None:
            return self.channels[0]
        if name == "dm":
            return self.slack.world.direct(self.id)
        return self.slack.world.channel(name)

    def _mentions(self, text: str) -> str:
        def mention(found: re.Match[str]) -> str:
            try:
                return f"<@{self.slack.world.user(found[1]).id}>"
            except LookupError:
                return found[0]

        return re.sub(r"(?<![\w<])@([\w.]+)", mention, text)

    def _escaped(self, text: str) -> str:
        named = re.sub(r"<@(\w+)>", lambda m: f"<@{m[1]}|{self.slack.world.users[m[1]].name}>", self._mentions(text))

        def channel(found: re.Match[str]) -> str:
            try:
                return f"<#{self.slack.world.channel(found[1]).id}|{found[1]}>"
            except LookupError:
                return found[0]

        return re.sub(r"(?<![\w<])#([\w-]+)", channel, named)


def _written(text: str) -> Iterator[Json]:
    """Return what was typed as rich text, mentions apart."""
    for piece in re.split(r"(<@\w+>)", text):
        if piece.startswith("<@"):
            yield {"type": "user", "user_id": piece[2:-1]}
        elif piece:
            yield {"type": "text", "text": piece}
