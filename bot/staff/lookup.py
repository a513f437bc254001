"""Finds the links that one of our own people means, by channel, id or name; says and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.clock import Clock
from flows.link.overview import Query, folded
from storage.board import finding
from storage.board.finding import Found
from storage.database.transactions import Database

PAGE = 12
"""Links on one page of a list; an answer of Slack's holds fifty blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The links that a name finds; `is_whole` where it is one customer's whole name, `more` where there are others."""

    found: Sequence[Found]
    is_whole: bool
    more: bool


class Lookup:
    """Looks among the links of one team; `clock` says since when a link is stuck."""

    def __init__(self, database: Database, clock: Clock, team_id: str) -> None:
        self._database = database
        self._clock = clock
        self._team_id = team_id

    async def here(self, channel_id: str) -> list[Found]:
        """Find the links of a channel."""
        return await self._database.run(lambda session: finding.in_channel(session, self._team_id, channel_id))

    async def by_id(self, link_id: str) -> list[Found]:
        """Find one link, also one that has ended."""
        return await self._database.run(lambda session: finding.by_id(session, self._team_id, link_id))

    async def page(self, query: Query, number: int) -> finding.Page:
        """Find a page of all links."""
        return await self._database.run(lambda session: self._page(session, query, number))

    async def named(self, user_id: str, name: str) -> Named:
        """Find the links of a customer; where no customer has that name, those whose names hold it."""

        def look(session: Session) -> Named:
            page = self._page(session, Query(user_id=user_id, customer=name, is_whole=True), 1)
            if not page.total:
                page = self._page(session, Query(user_id=user_id, customer=name), 1)
                return Named(found=page.found, is_whole=False, more=page.pages > 1)
            customers = {folded(one.link.customer) for one in page.found if one.link}
            return Named(found=page.found, is_whole=len(customers) <= 1, more=page.pages > 1)

        return await self._database.run(look)

    def _page(self, session: Session, query: Query, number: int) -> finding.Page:
        return finding.find(session, self._team_id, query, page=number, size=PAGE, now=self._clock())
