"""Reads a day as people write it, in English and German; knows no clock and no link."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import cast

from babel.dates import get_day_names, get_month_names

LOCALES = ("en", "de")
NEAR = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2, "uebermorgen": 2}
NUMBERS = {"a": 1, "an": 1, "one": 1, "ein": 1, "eine": 1, "einem": 1, "einer": 1, "two": 2, "zwei": 2}
UNITS = {"day": 1, "days": 1, "tag": 1, "tage": 1, "tagen": 1, "week": 7, "weeks": 7, "woche": 7, "wochen": 7}
NEXT = frozenset({"next", "coming", "nächsten", "nächster", "naechsten", "kommenden", "nächste", "kommende"})
WEEK = frozenset({"week", "woche"})

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4})?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s+([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:\.|st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_AHEAD = re.compile(r"in\s+(\w+)\s+(\w+)")


def read_day(text: str, today: date) -> date | None:
    """Read a day; without its year the next such day is meant. None for anything else, also for 3/4, which is two days.

    A weekday is the next one, never today.
    """
    said = " ".join(text.casefold().split()).strip(" .,!")
    if said in NEAR:
        return today + timedelta(days=NEAR[said])
    return _dated(text.casefold().strip(" ,!"), today) or _counted(said, today) or _weekday(said, today)


def _dated(said: str, today: date) -> date | None:
    if found := _ISO.fullmatch(said):
        return _day(int(found[3]), int(found[2]), found[1], today)
    if found := _DOTTED.fullmatch(said):
        return _day(int(found[1]), int(found[2]), found[3], today)
    if found := _SLASHED.fullmatch(said):
        first, second = int(found[1]), int(found[2])
        orders = {(first, second), (second, first)}
        read = {day for one, other in orders if (day := _day(one, other, found[3], today))}
        return read.pop() if len(read) == 1 else None
    if found := _DAY_FIRST.fullmatch(said):
        return _day(int(found[1]), _month(found[2]), found[3], today)
    if found := _MONTH_FIRST.fullmatch(said):
        return _day(int(found[2]), _month(found[1]), found[3], today)
    return None


def _day(day: int, month: int, year: str | None, today: date) -> date | None:
    """Return a day of the calendar, or None; one without a year that is over this year is next year's."""
    years = (int(year),) if year else (today.year, today.year + 1)
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _month(name: str) -> int:
    """Return the number of a month; 0 for what is none."""
    name = name.replace("ae", "ä")
    return next((number for shown, number in _named(get_month_names) if shown.startswith(name)), 0)


def _counted(said: str, today: date) -> date | None:
    found = _AHEAD.fullmatch(said)
    if not found or found[2] not in UNITS:
        return None
    count = int(found[1]) if found[1].isascii() and found[1].isdecimal() else NUMBERS.get(found[1], 0)
    return today + timedelta(days=count * UNITS[found[2]]) if 0 < count < 1000 else None  # noqa: PLR2004  longer is no pause


def _weekday(said: str, today: date) -> date | None:
    words = [word for word in said.split() if word not in NEXT]
    if len(words) != 1:
        return None
    if words[0] in WEEK and said not in WEEK:
        return today + timedelta(days=7 - today.weekday())
    number = next((number for shown, number in _named(get_day_names) if words[0] in _shortened(shown)), None)
    return None if number is None else today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _shortened(name: str) -> frozenset[str]:
    return frozenset({name, name[:3], name[:2]})


@cache
def _named(names: Callable[..., object]) -> tuple[tuple[str, int], ...]:
    """Read the names of months or weekdays in every language, each with its number; a language is megabytes."""
    found = (cast("Mapping[int, str]", names("wide", locale=locale)) for locale in LOCALES)
    return tuple((name.casefold(), number) for shown in found for number, name in shown.items())
