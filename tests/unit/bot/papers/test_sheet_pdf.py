"""The PDF is whole, the same each time, and prints names in any script without a stray box."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.papers import letters
from bot.papers.letters import MISSING, needs_shaping, printable
from bot.papers.sheet_pdf import draw
from flows.cards.context import Scene
from flows.papers.permission_sheet import Sheet, Signer, sheet
from flows.words import load_words
from tests.support.links import NOW, RULES, a_link

ROWS = RULES.permissions.rows("recruiting")


def written(customer: str = "Acme", *, rows: int = 0, why: str = "") -> Sheet:
    rules = RULES
    if rows:
        many = tuple(replace(ROWS[0], id=f"row-{n}", policy=f"Policy {n}", why=why) for n in range(rows))
        profile = replace(RULES.permissions.profile("recruiting"), permissions=many)
        rules = replace(RULES, permissions=replace(RULES.permissions, profiles={"recruiting": profile}))
    return sheet(Scene(a_link(customer=customer), rules, load_words(), NOW), Signer(name="Sam"))


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def drawn(pdf: bytes) -> int:
    """Count the pieces of text that are shown: lines, or words where letters join."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    shown = (zlib.decompress(one) for one in streams if one[:1] == b"x")
    return sum(one.count(b" Tj") + one.count(b" TJ") for one in shown if b"BT " in one)


def test_the_same_sheet_is_the_same_bytes_and_another_moment_is_not() -> None:
    once = draw(written(), NOW, "note")
    assert once.startswith(b"%PDF-")
    assert draw(written(), NOW, "note") == once
    assert draw(written(), NOW + timedelta(days=1), "note") != once


def test_forty_rows_take_the_pages_that_they_need() -> None:
    few, many = draw(written(rows=5), NOW, ""), draw(written(rows=80, why="w " * 60), NOW, "")
    assert pages(few) == 2
    assert pages(many) > 5


def test_a_cell_higher_than_a_page_goes_on_in_the_next_row() -> None:
    short, long = draw(written(rows=1, why="word " * 20), NOW, ""), draw(written(rows=1, why="word " * 600), NOW, "")
    assert pages(long) > pages(short)
    assert drawn(long) - drawn(short) > 100, "lines; a page has room for some forty"


@pytest.mark.parametrize("name", ["Žofie Ælfgifu Ńguyễn", "Борис Ёлкин", "Ωμέγα", "محمد العربي", "משה כהן", "山田太郎"])
def test_names_of_people_are_printed_in_their_letters(name: str) -> None:
    assert printable(name) == name
    assert draw(written(name, rows=1), NOW, "note") == draw(written(name, rows=1), NOW, ""), (
        "no letter of it is missing"
    )


def test_letters_that_join_run_from_the_right_or_stand_on_others_are_shaped() -> None:
    assert all(map(needs_shaping, ["محمد", "משה", "Nguye\u0302n"]))
    assert not any(map(needs_shaping, ["Žofie Ælfgifu", "Борис", "Ωμέγα", "山田", "Acme & Sons, 2nd"]))


def test_what_has_no_letter_is_a_box_and_is_told_at_the_end() -> None:
    assert printable("Acme 🚀") == f"Acme {MISSING}"
    note = "This letter is missing."
    plain, boxed = draw(written("Acme"), NOW, note), draw(written("Acme 🚀"), NOW, note)
    assert drawn(boxed) == drawn(plain) + 1
    assert drawn(draw(written(f"Acme {MISSING}"), NOW, note)) < drawn(boxed), "that one was typed"


def test_joiners_selectors_and_line_breaks_leave_no_box() -> None:
    assert printable("a\u200db\ufe0f\u202ec\nd\x00") == "abc d "


def test_the_letters_come_with_their_licences() -> None:
    told = (letters.REGULAR.parent / "LICENSES.txt").read_text("utf-8")
    for font in letters.REGULAR.parent.glob("*.ttf"):
        assert font.name in told
