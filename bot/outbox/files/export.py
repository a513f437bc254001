"""Brings the rows of all links to one of our own people, as a table in a file; never into a channel with others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from bot.drawing import Drawing
from bot.outbox.files.insight import left_out
from bot.outbox.files.sheets import share
from bot.slack.delivery_errors import SaidNoError
from bot.slack.reading.errand_marks import file_mark
from bot.slack.web_api import Message, Speaker
from flows.papers.insight import EXPORT_COLUMNS, export_row
from flows.papers.plain_files import table
from storage import link_lists
from storage.database.transactions import Database
from storage.messages import Posted
from storage.outbox.errands import Errand

log = logging.getLogger(__name__)

KEY: Final = "staff.export"


class Export:
    """Carries out the notice `KEY`."""

    def __init__(self, database: Database, speaker: Speaker) -> None:
        self._database = database
        self._speaker = speaker

    async def bring(self, errand: Errand, channel: str, team_id: str, drawing: Drawing) -> Posted:
        """Share the file with somebody directly; where files are refused, say so and how else to get it."""
        words = drawing.words
        # Some at a time, so that nobody waits for long.
        rows = [
            export_row(link, drawing.clock(), drawing.rules)
            async for link in link_lists.each(self._database)
            if link.team_id == team_id
        ]
        content = await asyncio.to_thread(_written, rows)
        left = await left_out(self._database, team_id, len(rows), words)
        text = words.say(KEY, {"links": str(len(rows))}) + left
        try:
            files = {f"links-{file_mark(errand.id)}.csv": content}
            await share(self._speaker, files, channel=channel, comment=text, errand=errand)
        except SaidNoError as error:
            log.warning("an export was refused", extra={"code": error.code})
            text = words.say("staff.export_refused", {"code": error.code})
        else:
            return Posted(channel_id=channel, ts="")
        ts = await self._speaker.post(
            channel=channel, message=Message(text=text), errand_id=errand.id, ours_until=errand.lease_until
        )
        return Posted(channel_id=channel, ts=ts)


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    # With its mark, or Excel takes UTF-8 for something else.
    return table(EXPORT_COLUMNS, rows).encode("utf-8-sig")
