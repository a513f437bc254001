"""Brings permission sheets into threads, as files or as text; writes no word of them and ends no errand."""

from __future__ import annotations

import asyncio

from sqlmodel import Session

from bot.drawing import Drawing
from bot.papers.sheet_files import SheetMaker
from bot.slack.delivery_errors import Outcome, SaidNoError
from bot.slack.web_api import Speaker, file_mark
from flows.cards.parts import Card
from flows.link.effects import TellStaff
from flows.link.state import Link
from flows.papers.permission_sheet import comment_key, spelled_out
from storage import deduplication as inbox
from storage.database import Database
from storage.outbox import errands
from storage.outbox.errands import Errand

STEM = "workday-permissions"
URL_FOR_FILE = "files.getUploadURLExternal"
SHARE = "files.completeUploadExternal"


class Sheets:
    """Carries out `SendSheet`; every sheet is made from the link as it is then."""

    def __init__(self, database: Database, drawing: Drawing, speaker: Speaker, maker: SheetMaker) -> None:
        self._database = database
        self._drawing = drawing
        self._speaker = speaker
        self._maker = maker

    async def share(self, errand: Errand, link: Link, thread: str) -> None:
        """Upload the files and share them in one message, of which Slack tells no ts; nothing is seen before that."""
        scene, asker = self._drawing.scene(link), await self._name(link)
        # Drawing a PDF takes a second, in which others want to be heard.
        files = await asyncio.to_thread(self._maker.files, scene, asker, f"{STEM}-{file_mark(errand.id)}")
        shared = []
        for name, content in files.items():
            asked = await self._speaker.call(URL_FOR_FILE, read=True, filename=name, length=len(content))
            await self._speaker.upload(str(asked["upload_url"]), content)
            shared.append({"id": str(asked["file_id"]), "title": name})
        await self._speaker.post_turn(link.channel_id, errand.id, errand.lease_until)
        await self._speaker.call(
            SHARE,
            once=True,
            files=shared,
            channel_id=link.channel_id,
            thread_ts=thread,
            initial_comment=scene.say(comment_key(scene)),
        )

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
