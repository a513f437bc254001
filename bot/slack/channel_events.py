"""What happens to channels and to the app itself: moved, shut, opened again, uninstalled."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from sqlmodel import Session

from bot.engine import Engine
from bot.slack.delivery_errors import WITHOUT_EVENT, codes_of, told_of
from bot.slack.payloads import names_bot_token, read_id
from flows.link.events import ChannelMoved, Event, Reachable, Undeliverable, Uninstalled, Woke
from flows.link.state import Status
from storage import links as store
from storage.outbox import recovery

log = logging.getLogger(__name__)

Body = dict[str, Any]


async def try_again(engine: Engine, *, wakes_finished: bool) -> None:
    """At the start, send what waited for a new token or a permission; with `wakes_finished`, wake whom nobody wakes.

    If it is no better, staff hear of it again.
    """

    def work(session: Session, now: datetime) -> None:
        for link_id in store.blocked(session, codes_of(WITHOUT_EVENT)):
            engine.turns.turn(session, link_id, Reachable(), now)
            recovery.revive(session, link_id, now)
        for link_id in store.asleep(session) if wakes_finished else ():
            engine.turns.turn(session, link_id, Woke(), now)

    await engine.run(work)


class Watch:
    """The listeners proper; `team_id` is the workspace that installed the app, `bot_user_id` who the app is there."""

    def __init__(self, engine: Engine, *, team_id: str, bot_user_id: str) -> None:
        self._engine = engine
        self._team_id = team_id
        self._bot_user_id = bot_user_id

    def register(self, app: AsyncApp) -> None:
        """Connect the events of channels and of the installation."""
        app.event("channel_id_changed")(self.moved)
        app.event("member_joined_channel")(self.joined)
        app.event("channel_unarchive")(self.opened)
        app.event("group_unarchive")(self.opened)
        app.event("channel_archive")(self.archived)
        app.event("group_archive")(self.archived)
        app.event("app_uninstalled")(self.uninstalled)
        app.event("tokens_revoked")(self.uninstalled)

    async def moved(self, event: Body) -> None:
        """Follow a channel to its new id; sharing a channel changes it."""
        old, new = read_id(event, "old_channel_id"), read_id(event, "new_channel_id")
        if old is None or new is None:
            return

        def work(session: Session, now: datetime) -> None:
            for link_id in store.move_channel(session, self._team_id, old, new):
                self._engine.turns.turn(session, link_id, ChannelMoved(channel_id=new), now)

        await self._engine.run(work)

    async def joined(self, event: Body) -> None:
        """Send what waited when the app itself is let into a channel."""
        if read_id(event, "user") == self._bot_user_id:
            await self.opened(event)

    async def opened(self, event: Body) -> None:
        """Send what waited in a channel that takes messages again."""
        await self._tell(event, Reachable(), revive=True)

    async def archived(self, event: Body) -> None:
        """Stop waiting on a channel that is closed."""
        await self._tell(event, Undeliverable(code="is_archived", told=told_of("is_archived")), revive=False)

    async def uninstalled(self, event: Body) -> None:
        """Forget what was entrusted to the app, as the workspace has taken it out."""
        if event["type"] == "tokens_revoked" and not names_bot_token(event):
            return  # the token of a person, which is not ours
        log.error("the workspace has removed the app or revoked its token")

        def work(session: Session, now: datetime) -> None:
            for link in store.everywhere(session, self._team_id):
                self._engine.turns.turn(session, link.id, Uninstalled(), now)

        await self._engine.run(work)

    async def _tell(self, body: Body, event: Event, *, revive: bool) -> None:
        channel_id = read_id(body, "channel")
        if channel_id is None:
            return

        def work(session: Session, now: datetime) -> None:
            for link in store.in_channel(session, self._team_id, channel_id):
                if link.status is Status.CANCELLED:
                    continue
                self._engine.turns.turn(session, link.id, event, now)
                if revive:
                    recovery.revive(session, link.id, now)

        await self._engine.run(work)
