"""No spreadsheet runs what people typed, no Markdown reader takes it for markup, and nothing is lost."""

from __future__ import annotations

import csv
import io

import pytest
from markdown_it import MarkdownIt

from flows.cards.context import Scene
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.papers.permission_sheet import Page, Sheet, Signer, sheet
from flows.papers.plain_files import cell, sheet_table, sheet_text, table
from flows.words import load_words
from tests.support.links import ENDPOINT, NOW, RULES, a_link, report

ROWS = RULES.permissions.rows("recruiting")
EVIL = '=HYPERLINK("http://evil.example","Acme")'


def written(customer: str = "Acme", *, checked: bool = True) -> Sheet:
    matrix = conclude(report(CheckKind.FULL), ROWS) if checked else None
    link = a_link(customer=customer, endpoint=ENDPOINT, matrix=matrix)
    return sheet(Scene(link, RULES, load_words(), NOW), Signer(name="Sam"))


@pytest.mark.parametrize("text", [EVIL, "+1", "-1+1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "|cmd", "%0A"])
def test_what_may_be_a_formula_is_a_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Acme", "-", "", "Worker Data: Workers", "a=b", "株式会社"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_table_is_read_back_as_it_was() -> None:
    rows = [('a "quoted" one', "two\nlines", "x,y")]
    assert list(csv.reader(io.StringIO(table(("A", "B", "=C"), rows)))) == [["A", "B", "'=C"], list(rows[0])]


@pytest.mark.parametrize("checked", [True, False])
def test_the_table_has_every_permission_and_in_every_row_who_asks_for_which_tenant(*, checked: bool) -> None:
    read = list(csv.DictReader(io.StringIO(sheet_table(written(EVIL, checked=checked)))))
    assert [row["Domain security policy"] for row in read] == [row.policy for row in ROWS]
    assert {row["Asked of"] for row in read} == {f"'{EVIL}"}
    assert {row["Workday tenant"] for row in read} == {f"{ENDPOINT.tenant} ({ENDPOINT.host})"}
    assert {row["SHA-256 of what is asked"] for row in read} == {written().digest}
    assert all(bool(row.get("Found")) is checked for row in read)


def test_markdown_shows_every_character_and_reads_none_as_markup() -> None:
    name = "*a* _b_ `c` [d](http://e) <img src=x> | &amp; \\ ~f~ ISU_Link_1"
    rendered = MarkdownIt("commonmark").enable("table").render(sheet_text(written(name)))
    assert "<img" not in rendered
    assert "<em>" not in rendered
    assert "<a " not in rendered
    assert "*a* _b_ `c` [d](http://e) &lt;img src=x&gt; | &amp;amp; \\ ~f~ ISU_Link_1" in rendered
    assert rendered.count("<tr>") == 2 * (len(ROWS) + 1)


def test_a_name_that_needs_no_escaping_is_to_be_copied_as_it_is() -> None:
    assert "ISSG_Wintro" in sheet_text(written())
    assert "R&D" in sheet_text(written("R&D"))


def test_a_page_of_nothing_but_a_title_is_a_title() -> None:
    empty = Page(title="Nothing\nhere")
    assert sheet_text(Sheet(asked=empty, found=empty, digest="")) == "# Nothing here\n\n# Nothing here\n"
