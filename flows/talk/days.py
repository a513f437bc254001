"""Reads a day as people write it, in English and German; knows no clock and no link."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import cast

from babel.dates import get_day_names, get_month_names

LOCALES = ("en", "de")
NEAR = {
    "today": 0,
    "heute": 0,
    "tomorrow": 1,
    "morgen": 1,
    "day after tomorrow": 2,
    "übermorgen": 2,
    "uebermorgen": 2,
}
NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "ein", "eine", "einen", "einem", "einer"), 1),
    **{
        word: number
        for number, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 2)
    },
    **{
        word: number
        for number, word in enumerate(("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"), 2)
    },
}
UNITS = {
    **dict.fromkeys(("day", "days", "tag", "tage", "tagen"), 1),
    **dict.fromkeys(("week", "weeks", "woche", "wochen"), 7),
    **dict.fromkeys(("month", "months", "monat", "monate", "monaten"), 30),
}
NEXT = frozenset({"next", "coming", "nächsten", "nächster", "naechsten", "kommenden", "nächste", "kommende"})
WEEK = frozenset({"week", "woche"})
SATURDAY = {"sonnabend": 5}
"""Babel knows one name of a weekday in each language."""

_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})(?:\.\s*(\d{4}|\d{2})?)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:\.|st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_AHEAD = re.compile(r"(?:in\s+)?(\w+)\s+(\w+)")
_NAMED_DAY = re.compile(r"([^\W\d_]{2,})\.?,?\s+(?=.*\d)(.+)")


def read_day(text: str, today: date) -> date | None:
    """Read a day; without its year the next such day is meant. None for anything else, also for 3/4, which is two days.

    A weekday is the next one, never today; one beside a date has to be that date's.
    """
    said = " ".join(text.casefold().split()).strip(" .,!")
    if said in NEAR:
        return today + timedelta(days=NEAR[said])
    return (
        _dated(text.casefold().strip(" ,!"), today)
        or _both(said, today)
        or _counted(said, today)
        or _weekday(said, today)
    )


def _both(said: str, today: date) -> date | None:
    """Read "Monday, 7 December"."""
    found = _NAMED_DAY.fullmatch(said)
    number = _number_of_weekday(found[1]) if found else None
    day = _dated(found[2], today) if found and number is not None else None
    return day if day and day.weekday() == number else None


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
    century = today.year // 100 * 100
    years = (int(year) + century * (len(year) == 2),) if year else (today.year, today.year + 1)  # noqa: PLR2004  digits
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
    words = [word for word in said.replace(",", " ").split() if word not in NEXT]
    weeks = [word for word in words if word in WEEK]
    names = [word for word in words if word not in WEEK]
    numbers = [_number_of_weekday(word) for word in names]
    if len(weeks) > 1 or len(names) > 1 or None in numbers:
        return None
    if weeks:
        # "Next week", or "Monday next week"; a bare "week" is no day.
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=sum(filter(None, numbers))) if _says_next(said) else None
    number = next(iter(numbers), None)
    return None if number is None else today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _says_next(said: str) -> bool:
    return not NEXT.isdisjoint(said.split())


def _number_of_weekday(name: str) -> int | None:
    found = (number for shown, number in _named(get_day_names) if name in _shortened(shown))
    return next(found, SATURDAY.get(name))


def _shortened(name: str) -> frozenset[str]:
    return frozenset({name, name[:3], name[:2]})


@cache
def _named(names: Callable[..., object]) -> tuple[tuple[str, int], ...]:
    """Read the names of months or weekdays in every language, each with its number; a language is megabytes."""
    found = (cast("Mapping[int, str]", names("wide", locale=locale)) for locale in LOCALES)
    return tuple((name.casefold(), number) for shown in found for number, name in shown.items())
