"""Owns one person's session: who they are, what they may see, and what they are shown when the app fails them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.waiting import AppSilent, NotAllowed
from sandbox.slack.workspace import INSTALL_TEAM

if TYPE_CHECKING:
    from sandbox.slack.events import Reply
    from sandbox.slack.json_object import Json
    from sandbox.slack.service import SlackService
    from sandbox.slack.workspace import Post, User


class Session:
    """One user signed in to one Slack; messages and modals act through it."""

    def __init__(self, slack: SlackService, user: User) -> None:
        self.slack = slack
        self.user = user

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_external(self) -> bool:
        return self.user.team_id != INSTALL_TEAM

    def must_be_active(self) -> None:
        """Fail for a deactivated person, and for everybody while Slack is down."""
        if self.user.deleted:
            raise NotAllowed(f"{self.name} is deactivated")
        if self.slack.down:
            raise NotAllowed("Slack is down")

    def must_see(self, post: Post) -> None:
        """Fail unless this person can see and use a message."""
        self.must_be_active()
        channel = self.slack.world.channels.get(post.channel)
        if channel is None or self.id not in channel.members or (post.only_for not in {None, self.id}):
            raise NotAllowed(f"{self.name} cannot see the message {post.text!r}")

    async def interact(self, payload: Json, what: str) -> Reply:
        """Deliver a click or submission; trouble is raised as this person sees it."""
        return await self.deliver("interactive", payload, what)

    async def deliver(self, kind: str, payload: Json, what: str) -> Reply:
        """Deliver a command or interaction, once; this person sees what goes wrong."""
        reply = await self.slack.delivery.send(kind, payload)
        if reply.problem is None:
            return reply
        late = reply.problem in {"timeout", "http_timeout"}
        if kind == "command":
            shown = f'failed with the error "{"operation_timeout" if late else "dispatch_failed"}"'
        else:
            shown = "We had some trouble connecting. Try again?" + (" (operation_timeout)" if late else "")
        raise self.trouble(what, f"{shown} [{reply.problem} {reply.status or ''} {reply.body[:500]}]")

    def trouble(self, what: str, shown: str) -> AppSilent:
        """Record what this person was shown when the app failed them, and return it as an error."""
        line = f"{self.name} {what}: {shown}"
        self.slack.troubles.append(line)
        return AppSilent(line)


def contains(text: str, wanted: str) -> bool:
    """Return whether text holds the words, however they are wrapped."""
    return " ".join(wanted.split()) in " ".join(text.split())
