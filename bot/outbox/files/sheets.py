"""Brings permission sheets into threads, as files or as text; writes no word of them and ends no errand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sqlmodel import Session

from bot.drawing import Drawing
from bot.papers.sheet_files import SheetMaker
from bot.slack.delivery_errors import Outcome, SaidNoError
from bot.slack.reading.errand_marks import file_mark
from bot.slack.web_api import Speaker
from flows.cards.parts import Card
from flows.link.effects import TellStaff
from flows.link.state import Link
from flows.papers.permission_sheet import comment_key, spelled_out
from storage import deduplication as inbox
from storage.database.transactions import Database
from storage.outbox import errands
from storage.outbox.errands import Errand

STEM = "workday-permissions"
URL_FOR_FILE = "files.getUploadURLExternal"
SHARE = "files.completeUploadExternal"


async def share(
    speaker: Speaker, files: Mapping[str, bytes], *, channel: str, comment: str, errand: Errand, thread: str = ""
) -> None:
    """Upload files and share them in one message, of which Slack tells no ts; nothing is seen before that.

    Their names hold the mark of the errand, by which the message is found again.
    """
    shared = []
    for name, content in files.items():
        asked = await speaker.call(URL_FOR_FILE, read=True, filename=name, length=len(content))
        await speaker.upload(str(asked["upload_url"]), content)
        shared.append({"id": str(asked["file_id"]), "title": name})
    await speaker.post_turn(channel, errand.id, errand.lease_until)
    where = {"channel_id": channel, "initial_comment": comment} | ({"thread_ts": thread} if thread else {})
    await speaker.call(SHARE, read=False, once=True, files=shared, **where)


class Sheets:
    """Carries out `SendSheet`; every sheet is made from the link as it is then."""

    def __init__(self, database: Database, drawing: Drawing, speaker: Speaker, maker: SheetMaker) -> None:
        self._database = database
        self._drawing = drawing
        self._speaker = speaker
        self._maker = maker

    async def share(self, errand: Errand, link: Link, thread: str) -> None:
        """Make the files of a link's sheet and share them in its thread."""
        scene, asker = self._drawing.scene(link), await self._name(link)
        # Drawing a PDF takes a second, in which others want to be heard.
        files = await asyncio.to_thread(self._maker.files, scene, asker, f"{STEM}-{file_mark(errand.id)}")
        comment = scene.say(comment_key(scene))
        await share(self._speaker, files, channel=link.channel_id, thread=thread, comment=comment, errand=errand)

    async def as_text(self, link: Link) -> Card:
        """Draw the sheet as a message."""
        scene = self._drawing.scene(link)
        return spelled_out(scene, self._maker.write(scene, await self._name(link)))

    async def tell(self, errand: Errand, code: str) -> None:
        """Tell our own people, once, why there are no files."""
        now = self._drawing.clock()

        def work(session: Session) -> None:
            if inbox.first_time(session, f"sheet {errand.id}", now):
                notice = TellStaff(key="staff.sheet", names={"code": code})
                errands.enqueue(session, errand.link_id, (notice,), now)

        await self._database.run(work)

    async def _name(self, link: Link) -> str:
        try:
            return (await self._speaker.member(link.owner.user_id)).name
        except SaidNoError as error:
            if error.outcome is not Outcome.NOBODY:
                raise
            return ""
