"""How long each step usually took in each install, learned every hour from its finished links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.clock import Clock
from flows.link.walk import UNKNOWN, Usual
from flows.papers.usual import usual
from storage.database.transactions import Database
from storage.reports import journeys

EVERY: Final = timedelta(hours=1)
MOST: Final = 200
"""Links that are looked at of each install, the newest: older ones walked another walk."""


class Experience:
    """Knows nothing until it has looked; what is known of an install tells the others nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked: datetime | None = None
        self._by_team: Mapping[str, Usual] = {}

    async def look(self) -> None:
        """Look, unless that was done within the hour; nothing stands or falls with it."""
        now = self._clock()
        if self._looked and self._looked <= now < self._looked + EVERY:
            return
        teams = await self._database.run(journeys.teams_linked)
        self._by_team = {team: await self._database.run(partial(_learn, team_id=team)) for team in teams}
        self._looked = now

    def usual(self, team_id: str) -> Usual:
        """Return the minutes that each step usually took the customers of one install."""
        return self._by_team.get(team_id, UNKNOWN)


def _learn(session: Session, *, team_id: str) -> Usual:
    found = journeys.trails(session, journeys.newest_linked(session, team_id, MOST))
    return usual(trail.reached for trail in found.values())
