"""Brings the numbers of all links to one of our own people, as a plot with its words; counts in small bites."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Final

from bot.clock import Clock
from bot.drawing import Drawing
from bot.outbox.files.sheets import share
from bot.slack.delivery_errors import SaidNoError
from bot.slack.reading.errand_marks import file_mark
from bot.slack.web_api import Message, Speaker
from flows.link.state import Link
from flows.papers.insight import Insight, bars, told
from flows.words import Words, unescape
from storage import link_lists
from storage.board import finding
from storage.database.transactions import Database
from storage.messages import Posted
from storage.outbox.errands import Errand
from storage.reports import journeys

log = logging.getLogger(__name__)

KEY: Final = "staff.insight"
AT_ONCE: Final = 200
"""Links whose history is read in one transaction."""


async def left_out(database: Database, team_id: str, counted: int, words: Words) -> str:
    """Say how many links of a team are not among those that were read, as a line below; empty where all are."""
    total = await database.run(partial(finding.count, team_id=team_id))
    return "\n" + words.say("insight.unread", {"count": str(total - counted)}) if total > counted else ""


class Numbers:
    """Carries out the notice `KEY`."""

    def __init__(self, database: Database, clock: Clock, speaker: Speaker) -> None:
        self._database = database
        self._clock = clock
        self._speaker = speaker

    async def bring(self, errand: Errand, channel: str, team_id: str, drawing: Drawing) -> Posted:
        """Share the plot with the numbers, or post the numbers alone where files are refused."""
        insight, words = await self.count(team_id), drawing.words
        text = told(insight, words) + await left_out(self._database, team_id, insight.links, words)
        if insight.links:
            from bot.papers import plot  # noqa: PLC0415  what draws it loads slowly, and most days nobody asks for one

            title = unescape(words.say("insight.plot", {"links": str(insight.links)}))
            picture = await asyncio.to_thread(plot.draw, title, bars(insight, words))
            try:
                files = {f"insight-{file_mark(errand.id)}.png": picture}
                await share(self._speaker, files, channel=channel, comment=text, errand=errand)
            except SaidNoError as error:
                log.warning("a plot was refused", extra={"code": error.code})
            else:
                return Posted(channel_id=channel, ts="")
        ts = await self._speaker.post(
            channel=channel, message=Message(text=text), errand_id=errand.id, ours_until=errand.lease_until
        )
        return Posted(channel_id=channel, ts=ts)

    async def count(self, team_id: str) -> Insight:
        """Count all links of a team, some at a time, so that nobody waits for long."""
        insight = Insight(now=self._clock())
        some: list[Link] = []
        async for link in link_lists.each(self._database):
            if link.team_id != team_id:
                continue
            some.append(link)
            if len(some) == AT_ONCE:
                await self._add(insight, some)
                some = []
        await self._add(insight, some)
        return insight

    async def _add(self, insight: Insight, links: list[Link]) -> None:
        found = await self._database.run(partial(journeys.trails, link_ids=[link.id for link in links]))
        for link in links:
            insight.add(link, found[link.id].reached, found[link.id].passwords)
