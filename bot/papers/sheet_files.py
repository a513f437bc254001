"""The files of a permission sheet: their names, their bytes, their signatures; sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.papers.signatures import PATH, PaperKey
from flows.cards.context import Scene
from flows.papers.permission_sheet import Sheet, Signer, sheet
from flows.papers.plain_files import sheet_table, sheet_text


def _pdf(scene: Scene, written: Sheet) -> bytes:
    from bot.papers import sheet_pdf  # noqa: PLC0415  what draws it takes 25 MB, and most days nobody asks for one

    return sheet_pdf.draw(written, scene.now, scene.say("sheet.unprintable"))


def _csv(_scene: Scene, written: Sheet) -> bytes:
    # With its mark, or Excel takes UTF-8 for something else.
    return sheet_table(written).encode("utf-8-sig")


def _markdown(_scene: Scene, written: Sheet) -> bytes:
    return sheet_text(written).encode()


KINDS: Final = MappingProxyType[str, Callable[[Scene, Sheet], bytes]]({".pdf": _pdf, ".csv": _csv, ".md": _markdown})
"""How each kind of file is made, by its ending."""

SIGNATURES: Final = ".signatures.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMaker:
    """Makes sheets in the name of this app; `public_url` is where its key is published, if anywhere."""

    key: PaperKey
    public_url: str = ""

    def write(self, scene: Scene, asker: str = "") -> Sheet:
        """Write the sheet of a link; `asker` is the name of whoever asks for the permissions."""
        published = f"{self.public_url}{PATH}" if self.public_url else ""
        return sheet(scene, Signer(name=asker, thumbprint=self.key.thumbprint, published_at=published))

    def files(self, scene: Scene, asker: str, stem: str, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str, bytes]:
        """Make the files of a sheet by their names, the one with the signatures last."""
        written = self.write(scene, asker)
        made = {f"{stem}{kind}": KINDS[kind](scene, written) for kind in kinds}
        return {**made, f"{stem}{SIGNATURES}": self.key.signatures(made)}
