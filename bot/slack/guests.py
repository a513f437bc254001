"""Knows whose people somebody is, and who of our own is only a guest; asks Slack, and remembers the answer for a while.

Vendors invite customers as guests of their own workspace: such a person has our team's id and is none of our staff.
In an Enterprise Grid Slack names one person now by this workspace, now by that, now by the organisation.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.acks import asking
from bot.slack.delivery_errors import Outcome, code_of, outcome_of
from bot.slack.reading.json_values import NOT_OF_THE_SHAPE, a_name
from bot.slack.reading.organisations import Own, home_of
from flows.link.state import Person

log = logging.getLogger(__name__)

SLACKBOT = "USLACKBOT"
"""Slack's own, of which it does not say that it is no person."""

KNOWN_FOR = timedelta(hours=1)
STAFF_FOR = timedelta(seconds=10)
"""Of one of our own people, whose rights end with their membership: as long as one press and its modal take."""

ASK_SECONDS = 1.5
"""A press has to be answered within three seconds, and a modal opened."""


class UnknownPersonError(Exception):
    """Slack does not say who somebody is; what they wanted has to be asked for again.

    `refusal` is the key of what they are told: where Slack takes our token no more, asking again is of no use.
    """

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self.refusal = "refusal.shut_out" if outcome_of(code) is Outcome.TOKEN else "refusal.busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What Slack said of somebody; `home` is empty for a person it does not show us, `locale` for people elsewhere."""

    home: str
    is_guest: bool
    is_app: bool = False
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Somebody who was chosen in a form."""

    person: Person
    is_app: bool


class People:
    """Tells our own people from others, and guests from staff; `ask` calls users.info."""

    def __init__(self, ask: Callable[[str], Awaitable[Any]], *, own: Own, clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self.own = own
        self._clock = clock
        self._known: dict[str, tuple[datetime, _Told]] = {}

    async def known(self, actor: Person) -> Person:
        """Return the person under the one id of their organisation, guest or not; raises UnknownPersonError."""
        told = await self._remembered(actor.user_id)
        home = told.home or actor.team_id
        guest = told.is_guest and home == self.own.team_id
        return replace(actor, team_id=home, guest=guest, locale=told.locale)

    def is_staff(self, known: Person) -> bool:
        """Return whether a person who is known is one of our own people."""
        return known.team_id == self.own.team_id and not known.guest

    async def about(self, user_id: str) -> Chosen | None:
        """Return what Slack says of somebody who was chosen; None when it does not say."""
        try:
            told = await self._remembered(user_id)
        except UnknownPersonError:
            return None
        guest = told.is_guest and told.home == self.own.team_id
        person = Person(user_id=user_id, team_id=told.home, guest=guest, locale=told.locale)
        return Chosen(person=person, is_app=told.is_app)

    async def _remembered(self, user_id: str) -> _Told:
        now = self._clock()
        since, told = self._known.get(user_id, (now, None))
        # Nor longer after the clock was set back.
        if told is None or not timedelta() <= now - since < self._known_for(told):
            told = await self._told(user_id)
            self._known[user_id] = (now, told)
        return told

    def _known_for(self, told: _Told) -> timedelta:
        return STAFF_FOR if told.home == self.own.team_id and not told.is_guest else KNOWN_FOR

    async def _told(self, user_id: str) -> _Told:
        code = ""
        try:
            async with asking(ASK_SECONDS):
                user = dict((await self._ask(user_id))["user"])
            names = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
            guest = any(user.get(name) for name in names)
            return _Told(
                home=home_of(user, self.own),
                is_guest=guest,
                is_app=bool(user.get("is_bot")) or user_id == SLACKBOT,
                locale=a_name(user.get("locale")),
            )
        except SlackApiError as error:
            code = code_of(error)
            if outcome_of(code) is Outcome.NOBODY:
                return _Told(home="", is_guest=True)
            log.warning("Slack does not say who somebody is", extra={"why": code})
        except (aiohttp.ClientError, OSError, *NOT_OF_THE_SHAPE) as error:
            log.warning("Slack does not say who somebody is", extra={"why": type(error).__name__})
        raise UnknownPersonError(code) from None
