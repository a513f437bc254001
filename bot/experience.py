"""How long each step usually took, learned anew every hour from what finished links went through."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.clock import Clock
from flows.link.steps import UNKNOWN, Usual
from flows.papers.usual import usual
from storage.database import Database
from storage.reports import journeys

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
MOST: Final = 200
"""Links that are looked at, the newest: older ones walked another walk."""


class Experience:
    """Knows nothing until it has looked; `usual` is replaced and never changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked: datetime | None = None
        self.usual: Usual = UNKNOWN

    async def look(self) -> None:
        """Look, unless that was done within the hour; nothing stands or falls with it."""
        now = self._clock()
        if self._looked and self._looked <= now < self._looked + EVERY:
            return
        self.usual = await self._database.run(_learn)
        self._looked = now


def _learn(session: Session) -> Usual:
    found = journeys.trails(session, journeys.newest_linked(session, MOST))
    return usual(trail.reached for trail in found.values())
