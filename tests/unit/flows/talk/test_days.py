"""A day is read as people write it, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from flows.talk.days import read_day

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026-12-1", date(2026, 12, 1)),
        ("1 Dec", date(2026, 12, 1)),
        ("1st December", date(2026, 12, 1)),
        ("December 1, 2027", date(2027, 12, 1)),
        ("dec. 1", date(2026, 12, 1)),
        ("1. Dezember", date(2026, 12, 1)),
        ("3. März", date(2027, 3, 3)),
        ("3 maerz 2027", date(2027, 3, 3)),
        ("1.12.", date(2026, 12, 1)),
        ("1.12.2026", date(2026, 12, 1)),
        ("13/12", date(2026, 12, 13)),
        ("12/13/2026", date(2026, 12, 13)),
        ("12/12", date(2026, 12, 12)),
        ("1 Jan", date(2027, 1, 1)),
        ("25 Nov", TODAY),
        ("29 Feb", None),
        ("29 Feb 2028", date(2028, 2, 29)),
        ("today", TODAY),
        ("Tomorrow!", date(2026, 11, 26)),
        ("übermorgen", date(2026, 11, 27)),
        ("monday", date(2026, 11, 30)),
        ("next Monday", date(2026, 11, 30)),
        ("Wednesday", date(2026, 12, 2)),
        ("thu", date(2026, 11, 26)),
        ("nächsten Freitag", date(2026, 11, 27)),
        ("Sonnabend", date(2026, 11, 28)),
        ("next week", date(2026, 11, 30)),
        ("nächste Woche", date(2026, 11, 30)),
        ("week", None),
        ("in 3 days", date(2026, 11, 28)),
        ("in two weeks", date(2026, 12, 9)),
        ("in einer Woche", date(2026, 12, 2)),
        ("3 days", date(2026, 11, 28)),
        ("zehn Tage", date(2026, 12, 5)),
        ("in a month", date(2026, 12, 25)),
        ("day after tomorrow", date(2026, 11, 27)),
        ("Monday next week", date(2026, 11, 30)),
        ("nächste Woche Freitag", date(2026, 12, 4)),
        ("Monday week", None),
        ("next week Foo", None),
        ("Mon, 7 Dec", date(2026, 12, 7)),
        ("Montag, 7. Dezember", date(2026, 12, 7)),
        ("Tuesday, 7 Dec", None),
        ("Foo, 7 Dec", None),
        ("3rd of December", date(2026, 12, 3)),
        ("31.12.", date(2026, 12, 31)),
        ("31.12.26", date(2026, 12, 31)),
        ("1.2.27", date(2027, 2, 1)),
        ("2026/12/03", date(2026, 12, 3)),
        ("in 0 days", None),
        ("in ² days", None),
        ("in 3 moons", None),
        ("3/4", None),
        ("31.02.2026", None),
        ("1 Foo", None),
        ("Foo 1", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("soon", None),
        ("next", None),
        ("", None),
    ],
)
def test_a_day_is_read(typed: str, day: date | None) -> None:
    assert read_day(typed, TODAY) == day
