"""The permission sheet as a PDF: A4, every row whole, names in any script; decides no word of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from bot.papers.letters import ASIAN, BOLD, MISSING, REGULAR, is_asian, needs_shaping, printable
from flows.papers.permission_sheet import Page, Sheet

_SIZE: Final = 8.0
_LINE: Final = 4.0
_MARGIN: Final = 12
_INK: Final = (31, 58, 95)
_STRIPE: Final = (240, 243, 247)
_LONGEST_CELL: Final = 700
"""Characters; a cell that is higher than a page would run off it, so that its row goes on in another one."""

_WIDTHS: Final = {8: (10, 52, 26, 24, 24, 52, 63, 22), 6: (10, 68, 28, 44, 36, 87)}
"""Shares of the columns, by how many there are."""


def draw(sheet: Sheet, at: datetime, note_missing: str) -> bytes:
    """Return the sheet as the bytes of a PDF; the same sheet at the same moment is the same bytes.

    `note_missing` stands at the end when a letter could not be printed.
    """
    pdf = _Paper(at, sheet.digest)
    texts = [text for page in sheet.pages for text in _texts(page)]
    letters = "".join(map(printable, texts))
    if needs_shaping(letters):
        pdf.set_text_shaping(use_shaping_engine=True)
    if is_asian(letters):
        pdf.add_font("Asian", fname=ASIAN)
        pdf.set_fallback_fonts(["Asian"], exact_match=False)
    pdf.set_title(printable(sheet.asked.title))
    for page in sheet.pages:
        _page(pdf, page)
    if letters.count(MISSING) > "".join(texts).count(MISSING):
        pdf.paragraph(note_missing)
    return bytes(pdf.output())


class _Paper(FPDF):
    """A PDF with our letters, and with the digest and the page's number at the foot of each page."""

    def __init__(self, at: datetime, digest: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._digest = digest
        self.set_creation_date(at)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + _LINE)
        self.add_font("Sans", fname=REGULAR)
        self.add_font("Sans", style="B", fname=BOLD)
        self.set_font("Sans", size=_SIZE)

    def footer(self) -> None:
        """Write what tells loose pages that they belong together."""
        self.set_y(-_MARGIN)
        self.set_font("Sans", size=_SIZE - 2)
        self.set_text_color(110)
        self.cell(w=self.epw / 2, text=self._digest)
        self.cell(w=self.epw / 2, text=f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)
        self.set_font("Sans", size=_SIZE)

    def paragraph(self, text: str, *, size: float = _SIZE, bold: bool = False) -> None:
        """Write a paragraph over the whole width."""
        self.set_font("Sans", style="B" if bold else "", size=size)
        self.multi_cell(w=0, h=size / 2, text=printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(1.5)
        self.set_font("Sans", size=_SIZE)


def _texts(page: Page) -> Sequence[str]:
    cells = [text for row in page.rows for text in row]
    return (page.title, *page.lead, *page.notes, *page.columns, *(value for _, value in page.facts), *cells)


def _page(pdf: _Paper, page: Page) -> None:
    pdf.add_page()
    pdf.set_text_color(*_INK)
    pdf.paragraph(page.title, size=14, bold=True)
    pdf.set_text_color(0)
    _facts(pdf, page)
    for text in page.lead:
        pdf.paragraph(text)
    if page.rows:
        _table(pdf, page)
        pdf.ln(2)
    for text in page.notes:
        pdf.paragraph(text)


def _facts(pdf: _Paper, page: Page) -> None:
    if not page.facts:
        return
    with pdf.table(
        borders_layout=TableBordersLayout.NONE, col_widths=(45, 228), first_row_as_headings=False, line_height=_LINE
    ) as facts:
        for name, value in page.facts:
            row = facts.row()
            row.cell(printable(name), style=FontFace(emphasis="BOLD"))
            row.cell(printable(value))
    pdf.ln(2)


def _table(pdf: _Paper, page: Page) -> None:
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        cell_fill_color=_STRIPE,
        cell_fill_mode="ROWS",
        col_widths=_WIDTHS[len(page.columns)],
        headings_style=FontFace(emphasis="BOLD", color=255, fill_color=_INK),
        line_height=_LINE,
        padding=0.8,
        text_align="LEFT",
        width=pdf.epw,
    ) as table:
        table.row([printable(column) for column in page.columns])
        for row in page.rows:
            for part in _in_parts(row):
                table.row([printable(text) for text in part])


def _in_parts(row: Sequence[str]) -> list[tuple[str, ...]]:
    """Part a row whose cells are too long for a page into several, one below the other."""
    longest = max(len(text) for text in row)
    starts = range(0, max(longest, 1), _LONGEST_CELL)
    return [tuple(text[at : at + _LONGEST_CELL] for text in row) for at in starts]
