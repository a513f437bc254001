"""Brings the certificate of a link's key into its thread as a file; it is no secret, and its other half never comes."""

from __future__ import annotations

from bot.drawing import Drawing
from bot.outbox.files.sheets import share
from bot.slack.reading.errand_marks import file_mark
from bot.slack.web_api import Speaker
from flows.cards.parts import Card, Copy
from flows.link.state import Link
from storage.outbox.errands import Errand

STEM = "workday-certificate"


class Certificates:
    """Carries out `SendCertificate`, with the certificate that the link has then."""

    def __init__(self, drawing: Drawing, speaker: Speaker) -> None:
        self._drawing = drawing
        self._speaker = speaker

    async def share(self, errand: Errand, link: Link, thread: str) -> None:
        """Share the certificate as one file; without one there is nothing to share."""
        if link.setup.key is None:
            return
        files = {f"{STEM}-{file_mark(errand.id)}.pem": link.setup.key.certificate.encode("ascii")}
        comment = self._drawing.scene(link).say("say.certificate")
        await share(self._speaker, files, channel=link.channel_id, thread=thread, comment=comment, errand=errand)

    async def as_text(self, link: Link) -> Card:
        """Draw the certificate as a message."""
        return Card(parts=(Copy(text=link.setup.key.certificate if link.setup.key else ""),))

    async def tell(self, errand: Errand, code: str) -> None:
        """Tell nobody: the card has the same to copy."""
