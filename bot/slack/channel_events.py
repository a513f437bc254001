"""What happens to the channels of links: moved, shared, shut, opened again; deletes nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.engine import Engine
from bot.slack.acks import NO_ANSWER, asking
from bot.slack.delivery_errors import code_of
from bot.slack.guests import ASK_SECONDS
from bot.slack.reading.json_values import Body
from bot.slack.reading.payloads import Press, read_id
from flows.link.effects import US, LookUp, TellStaff
from flows.link.events import DELETED, ChannelMoved, Reachable, Undeliverable
from flows.link.state import Link, Status
from storage import deduplication as inbox
from storage import link_lists, messages
from storage import links as store
from storage.outbox import errands, recovery

log = logging.getLogger(__name__)


class Watch:
    """The listeners proper; `team_id` is the workspace that installed the app, `bot_user_id` who the app is there.

    `is_crowded` asks whether people of several other organisations read a channel.
    """

    def __init__(
        self,
        engine: Engine,
        is_crowded: Callable[[str, AsyncWebClient], Awaitable[bool | None]],
        *,
        team_id: str,
        bot_user_id: str,
    ) -> None:
        self._is_crowded = is_crowded
        self._engine = engine
        self._team_id = team_id
        self._bot_user_id = bot_user_id

    def register(self, app: AsyncApp) -> None:
        """Connect the events of channels."""
        app.event("channel_id_changed")(self.moved)
        app.event("member_joined_channel")(self.joined)
        app.event("member_left_channel")(self.left)
        app.event("channel_unshared")(self.left)
        app.event("channel_left")(self.shut)
        app.event("group_left")(self.shut)
        app.event("channel_archive")(self.shut)
        app.event("group_archive")(self.shut)
        app.event("channel_deleted")(self.deleted)
        app.event("group_deleted")(self.deleted)
        app.event("channel_shared")(self.shared)
        app.event("channel_unarchive")(self.opened)
        app.event("group_unarchive")(self.opened)

    async def moved(self, event: Body) -> None:
        """Follow a channel to its new id; sharing a channel changes it."""
        old, new = read_id(event, "old_channel_id"), read_id(event, "new_channel_id")
        if old is None or new is None:
            return

        def work(session: Session, now: datetime) -> None:
            for link_id in store.move_channel(session, self._team_id, old, new):
                self._engine.turns.turn(session, link_id, ChannelMoved(channel_id=new), now)
                # What Slack refused under the old id waited for nothing else.
                recovery.revive(session, link_id, now)

        await self._engine.run(work)

    async def follow(self, press: Press, client: AsyncWebClient) -> bool:
        """Follow a channel of whose new id we were not told, as while we were off; False where it is none.

        A message of the link's stands in it, and Slack does not know the old id any more.
        """

        def look(session: Session, _: datetime) -> str:
            link = store.load(session, press.link_id)
            is_ours = link is not None and link.team_id == self._team_id
            stands = link and is_ours and messages.stands(session, link.id, link.channel_id, press.message_ts)
            return link.channel_id if link and stands else ""

        old = await self._engine.run(look)
        if not old or not press.channel_id or not await _is_gone(old, client):
            return False
        log.warning("a channel has another id of which Slack did not tell us", extra={"link": press.link_id})
        await self.moved({"old_channel_id": old, "new_channel_id": press.channel_id})
        return True

    async def joined(self, event: Body) -> None:
        """Send what waited when the app itself is let into a channel; of an admin, ask whether they are there."""
        if read_id(event, "user") == self._bot_user_id:
            await self.opened(event)
        else:
            await self.left(event)

    async def shut(self, event: Body) -> None:
        """Ask Slack whether a channel is closed, or the app was taken out of it: it may tell so late, or once more."""
        await self._each(event, _ask_about_us)

    async def deleted(self, event: Body) -> None:
        """Tell staff that a channel is gone for good, so that no invitation helps."""
        gone = Undeliverable(code="channel_not_found", told=DELETED)
        await self._each(event, lambda session, link, now: self._engine.turns.turn(session, link.id, gone, now))

    async def left(self, event: Body) -> None:
        """Ask Slack whether the admin, or whoever has a step, is there still: somebody has left, or an organisation."""
        who, is_alone = event.get("user"), event.get("is_ext_shared") is False

        def ask(session: Session, link: Link, now: datetime) -> None:
            named = dict.fromkeys(one.user_id for one in (link.admin, *link.holders.values()) if one)
            # Compared and not looked up: what should be an id may be anything.
            asked = tuple(LookUp(user_id=one) for one in named if who is None or who == one)
            # That a named admin is gone staff hear from Slack's answer; where nobody was named, nobody is asked about.
            is_news = is_alone and link.admin is None and inbox.first_time(session, f"unshared:{link.id}:{now:%j}", now)
            told = (TellStaff(key="staff.unshared"),) if is_news else ()
            # Where the other side was the host, Slack has given our side of the channel another id.
            us = (LookUp(user_id=US),) if is_alone else ()
            errands.enqueue(session, link.id, (*us, *asked, *told), now)

        await self._each(event, ask)

    async def shared(self, event: Body, client: AsyncWebClient) -> None:
        """Tell staff when people of several other organisations read the channel of a link; once for each of these."""
        channel_id, team_id = read_id(event, "channel"), read_id(event, "connected_team_id")
        if channel_id is None or not await self._is_crowded(channel_id, client):
            return

        def tell(session: Session, link: Link, now: datetime) -> None:
            if inbox.first_time(session, f"crowded:{link.id}:{team_id}", now):
                errands.enqueue(session, link.id, (TellStaff(key="staff.crowded"),), now)

        await self._each(event, tell)

    async def opened(self, event: Body) -> None:
        """Send what waited in a channel that takes messages again, and look whether the app is in it still."""

        def reopen(session: Session, link: Link, now: datetime) -> None:
            self._engine.turns.turn(session, link.id, Reachable(), now)
            recovery.revive(session, link.id, now)
            _ask_about_us(session, link, now)

        await self._each(event, reopen)

    async def _each(self, body: Body, do: Callable[[Session, Link, datetime], object]) -> None:
        """Do something with every link of the channel that an event names, but for those that have ended."""
        channel_id = read_id(body, "channel")
        if channel_id is None:
            return

        def work(session: Session, now: datetime) -> None:
            for link in link_lists.in_channel(session, self._team_id, channel_id):
                if link.status is not Status.CANCELLED:
                    do(session, link, now)

        await self._engine.run(work)


def _ask_about_us(session: Session, link: Link, now: datetime) -> None:
    errands.enqueue(session, link.id, (LookUp(user_id=US),), now)


async def _is_gone(channel_id: str, client: AsyncWebClient) -> bool:
    """Return whether Slack knows no channel of this id; False where it does not say."""
    try:
        async with asking(ASK_SECONDS):
            await client.conversations_info(channel=channel_id)
    except SlackApiError as error:
        return code_of(error) == "channel_not_found"
    except NO_ANSWER:
        return False
    return False
