"""Papers as plain files: CSV that no spreadsheet runs as a formula, and Markdown; draws no page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flows.papers.permission_sheet import Page, Sheet

_FORMULA = re.compile(r"\s*[=+\-@\t\r|%]")
"""What a spreadsheet may take for a formula, behind blanks too; Excel reads `|` and `%` as macros of old."""

_MARKUP = re.compile(r"([\\`*\[\]<>|~]|&(?=#?\w+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_SEPARATE = 3
"""Columns that both pages of a sheet have: number, policy, access."""


def cell(text: str) -> str:
    """Return a text that a spreadsheet shows and never runs; what is harmless stays as it is."""
    return f"'{text}" if _FORMULA.match(text) and text != "-" else text


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180)."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(text) for text in row] for row in rows)
    return written.getvalue()


def sheet_table(sheet: Sheet) -> str:
    """Return the sheet as one table: a row for each permission, with what was found and the facts in every row."""
    asked, found = sheet.asked, sheet.found
    facts = (*asked.facts, *(fact for fact in found.facts if fact not in asked.facts))
    columns = (*asked.columns, *found.columns[_SEPARATE:], *(name for name, _ in facts))
    seen = found.rows or ((),) * len(asked.rows)
    rows = [
        (*row, *of_row[_SEPARATE:], *(value for _, value in facts))
        for row, of_row in zip(asked.rows, seen, strict=True)
    ]
    return table(columns, rows)


def sheet_text(sheet: Sheet) -> str:
    """Return the sheet as Markdown."""
    return "\n\n".join(block for page in sheet.pages for block in _blocks(page)) + "\n"


def _blocks(page: Page) -> Iterable[str]:
    yield f"# {_plain(page.title)}"
    if page.facts:
        yield "\n".join(f"- **{_plain(name)}:** {_plain(value)}" for name, value in page.facts)
    yield from map(_plain, page.lead)
    if page.rows:
        lines = (page.columns, ("---",) * len(page.columns), *page.rows)
        cells = ([one if one == "---" else _plain(one) for one in line] for line in lines)
        yield "\n".join(f"| {' | '.join(line)} |" for line in cells)
    yield from map(_plain, page.notes)


def _plain(text: str) -> str:
    """Take the meaning from everything that Markdown would read as markup, and keep a text on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
