"""What happens to our own install: whose an event is, shut out of Slack, let in again; deletes nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.drawing import Drawing
from bot.encryption import Sealing
from bot.engine import Engine
from bot.slack.acks import ASKING_SECONDS, asking
from bot.slack.delivery_errors import WITH_EVENT, code_of, codes_of
from bot.slack.reading.json_values import Body, a_list, a_name, an_object, attempt
from bot.slack.reading.organisations import Own
from bot.turns import Turns
from flows.link.effects import TellStaff
from flows.link.events import Frozen, Reachable, Thawed, Woke
from flows.transitions.quarantine import has_ended_meanwhile
from storage import heartbeats as pulse
from storage import link_lists
from storage.credentials import quarantine
from storage.outbox import errands, recovery

log = logging.getLogger(__name__)

MOST_NAMED = 20
"""Customers that one message names."""

OF_THE_INSTALL = frozenset({"app_uninstalled", "tokens_revoked"})
"""What concerns the app's install itself and no channel."""

LATE = timedelta(minutes=5)
"""Within this time the end of a token may not be known all over Slack; an older event comes late, or once more."""


class StillLetInError(Exception):
    """Slack tells of the end of a token that it takes; it is to tell again."""


async def try_again(
    engine: Engine, sealing: Sealing, team_id: str, *, wakes_finished: bool, shut_out: str = pulse.SHUT_OUT
) -> None:
    """At the start, or after an install, send what waited for a new token or a permission.

    With `wakes_finished`, wake whom nobody wakes.

    If it is no better, staff hear of it again. What stood still goes on: Slack has taken our token just now.
    """
    turns, key = engine.turns, await sealing.quarantine()

    def thaw(session: Session, link_id: str, now: datetime) -> None:
        turns.turn(session, link_id, Thawed(), now)
        quarantine.thaw(session, key, link_id)

    def reopen(session: Session, link_id: str, now: datetime) -> None:
        turns.turn(session, link_id, Reachable(), now)
        recovery.revive(session, link_id, now)

    def look(session: Session, _: datetime) -> tuple[datetime | None, list[str], list[str]]:
        since = pulse.last_beat(session, shut_out)
        asleep = link_lists.asleep(session) if wakes_finished else []
        return since, link_lists.blocked(session, team_id, codes_of(WITH_EVENT)), asleep

    since, blocked, asleep = await engine.run(look)
    if since:
        links = await engine.run(lambda session, _: link_lists.running(session, team_id))
        going_on = await engine.run_each(links, thaw)
        # Last, so that an end in the middle of it leaves no link that nobody thaws.
        await engine.run(lambda session, now: _going_on(session, turns, team_id, shut_out, going_on, now))
    await engine.run_each(blocked, reopen)
    await engine.run_each(asleep, lambda session, link_id, now: turns.turn(session, link_id, Woke(), now))


def _going_on(session: Session, turns: Turns, team_id: str, shut_out: str, link_ids: list[str], now: datetime) -> None:
    """Tell staff what goes on again, and what has ended meanwhile, of which nobody could be told."""
    since = pulse.last_beat(session, shut_out)
    if since is None:
        return
    pulse.end(session, shut_out)
    if link_ids:
        errands.enqueue(session, link_ids[0], (TellStaff(key="staff.thawed"),), now)
    ended = [link for link in link_lists.ended(session, team_id, since) if has_ended_meanwhile(link)]
    for link in ended:
        turns.turn(session, link.id, Thawed(), now)
    if ended:
        some = ", ".join(link.customer for link in ended[:MOST_NAMED])
        names = {"count": str(len(ended)), "customers": f"{some}, …" if len(ended) > MOST_NAMED else some}
        errands.enqueue(session, ended[0].id, (TellStaff(key="staff.grace_over", names=names),), now)


class OnlyOurs(AsyncMiddleware):
    """Drops an event that was not delivered for our own install."""

    # Of Bolt's own kind, as for a plain function Bolt would gather all that it could ask for, with each request.
    def __init__(self, own: Own, bot_user_id: str) -> None:
        self._own = own
        self._bot_user_id = bot_user_id

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  Bolt's
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  Bolt's
    ) -> BoltResponse:
        """Pass on a request, or end it with a good answer, so that Slack does not send it again."""
        body = req.body
        if "event" in body and not is_ours(body, self._own, self._bot_user_id):
            log.warning("an event of another install was dropped", extra={"kind": str(body["event"].get("type"))})
            return BoltResponse(status=200)
        return await next()


class OwnInstall:
    """Hears that Slack has taken the app out; `own` is the workspace that installed it, `bot_user_id` who it is there.

    `client` has its token. `shut_out` names the pulse that is there while Slack has taken that away.
    """

    def __init__(
        self,
        engine: Engine,
        sealing: Sealing,
        drawing: Drawing,
        client: AsyncWebClient,
        *,
        own: Own,
        bot_user_id: str,
        shut_out: str = pulse.SHUT_OUT,
    ) -> None:
        self._engine = engine
        self._sealing = sealing
        self._drawing = drawing
        self._client = client
        self._own = own
        self._team_id = own.team_id
        self._bot_user_id = bot_user_id
        self._shut_out = shut_out

    def register(self, app: AsyncApp) -> None:
        """Connect the events of the install, and pass no event of another one on to anybody."""
        app.middleware(OnlyOurs(self._own, self._bot_user_id))
        app.event("app_uninstalled")(self.shut_out)
        app.event("tokens_revoked")(self.shut_out)

    async def shut_out(self, event: Body, body: Body) -> None:
        """Freeze all that was entrusted to the app, as the workspace has taken it out or revoked its token.

        It may have been a slip, or the cure of a leaked token: nothing is deleted before the grace is over. Slack tells
        of it late, too, and more than once: when the app was installed anew since, Slack takes its token.
        """
        if event["type"] == "tokens_revoked" and not names_token(event, self._bot_user_id):
            return
        if await self._is_let_in():
            if not self._is_late(body):
                raise StillLetInError
            log.warning("Slack tells of the end of an install whose token it takes; nothing was done")
            return
        log.error("Slack has taken our token away: every link stands still until there is a new one")
        key = await self._sealing.quarantine()

        def begin(session: Session, now: datetime) -> tuple[bool, list[str]]:
            is_news = pulse.last_beat(session, self._shut_out) is None
            if is_news:
                # First, so that an end in the middle of it leaves no link that nobody thaws.
                pulse.beat(session, self._shut_out, now)
            return is_news, link_lists.running(session, self._team_id)

        def freeze(session: Session, link_id: str, now: datetime) -> None:
            self._engine.turns.turn(session, link_id, Frozen(), now)
            quarantine.freeze(session, key, link_id)

        def tell(session: Session, now: datetime) -> None:
            until = now + timedelta(days=self._drawing.rules.quarantine_days)
            told = TellStaff(key="staff.frozen", names={"until": f"{until:%Y-%m-%d}"})
            errands.enqueue(session, frozen[0], (told,), now)

        is_news, links = await self._engine.run(begin)
        frozen = await self._engine.run_each(links, freeze)
        if is_news and frozen:
            await self._engine.run(tell)

    async def _is_let_in(self) -> bool:
        """Return whether Slack takes our token; where it does not say, what it told is believed."""
        try:
            async with asking(ASKING_SECONDS):
                await self._client.auth_test()
        except (SlackApiError, aiohttp.ClientError, OSError) as error:
            why = code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
            log.info("Slack was asked whether it takes our token", extra={"why": why})
            return False
        return True

    def _is_late(self, body: Body) -> bool:
        told = attempt("event", lambda: int(body["event_time"]))
        return told is not None and self._drawing.clock().timestamp() - told > LATE.total_seconds()


def is_ours(body: Body, own: Own, bot_user_id: str) -> bool:
    """Return whether an event was delivered for our own install: its authorization, else its team, has to be ours.

    In a shared channel the team of the envelope may be that of another organisation; what concerns the install itself
    has no channel, and there both have to be ours.
    """

    def read() -> bool:
        granted = [an_object(one) for one in a_list(body.get("authorizations"))]
        if not granted or an_object(body["event"]).get("type") in OF_THE_INSTALL:
            return _names(body, own) and all(_grants(one, own, bot_user_id) for one in granted)
        return any(_grants(one, own, bot_user_id) for one in granted)

    return bool(attempt("event", read))


def _names(named: Body, own: Own) -> bool:
    """Return whether this names us: by the workspace, or by the organisation that has installed the app as a whole."""
    team, org = a_name(named.get("team_id")), a_name(named.get("enterprise_id"))
    return own.org_id in {team, org} if own.is_org_wide else (team or org) in own.ids


def _grants(granted: Body, own: Own, bot_user_id: str) -> bool:
    return _names(granted, own) and (not granted.get("is_bot") or a_name(granted.get("user_id")) == bot_user_id)


def names_token(event: Body, bot_user_id: str) -> bool:
    """Return whether a revocation of tokens names that of our own bot."""
    return bool(attempt("event", lambda: bot_user_id in a_list(an_object(event["tokens"]).get("bot"))))
