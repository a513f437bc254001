"""Reads what our own people typed behind the command, slips and all; decides and answers nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from typing import assert_never

from flows.link.commands.rows import (
    COMMAND,
    COMMANDS,
    FILTERS,
    HELP,
    LIST,
    LONGEST_NAME,
    MOST_PAGES,
    OPEN,
    START,
    STATUS,
    CommandRow,
    Takes,
    Typed,
)
from flows.link.overview import Filter
from flows.talk.arguments import (
    EDGES,
    key,
    read_channel,
    read_dated,
    read_name,
    read_person,
    read_which,
    without_manners,
)

_CHOICES = {"an": "on", "ein": "on", "aus": "off"}
_NOUNS = frozenset(
    {
        *("links", "link", "customers", "customer", "ones", "all", "the", "that", "are", "and", "please"),
        *("alle", "allen", "kunden", "verbindungen", "die", "und", "bitte", "page", "seite"),
    }
)
_SHOWS = frozenset({"show", "zeig", "zeige", "zeig mir", "zeige mir"})
"""Words of the list behind which a customer may stand, too."""

_LINK = re.compile(r"(?:^|\s)#([0-9a-f]{12})(?=\s|$)")


_ROWS = {key([word]): row for row in COMMANDS for word in (row.word, *row.also) if word} | {"?": HELP}


def read(text: str, today: date) -> Typed | None:
    """Read what was typed as people type it; None for words that name no row."""
    link, words = _parted(text)
    if not words:
        return Typed(row=START)
    for count in (3, 2, 1):
        said = key(words[:count])
        row = _ROWS.get(said) or _ROWS.get(said.removesuffix("s"))
        if row and len(words) >= count:
            found = _filled(row, words[count:], link, today)
            is_shown = found is None and row is LIST and said in _SHOWS
            return Typed(row=OPEN, name=_name(read_name(words[count:]))) if is_shown else found
    return _listed(words) if key(words[:1]) in FILTERS else None


def meant(text: str, today: date) -> Typed | None:
    """Read what was typed with a slip in its first words as if there were none; None where no row is like it.

    What follows is read as ever, so that a button for it does what was meant and no more.
    """
    link, words = _parted(text)
    for count in (2, 1):
        close = get_close_matches(key(words[:count]), (*_ROWS, *FILTERS), n=1, cutoff=0.75)
        if close and len(words) >= count and (count == 1 or " " in close[0]):
            row = _ROWS.get(close[0])
            found = _filled(row, words[count:], link, today) if row else _listed([close[0], *words[count:]])
            return found or Typed(row=row or LIST)
    return None


def _parted(text: str) -> tuple[str, list[str]]:
    """Part the id of a link from the words around it."""
    found = _LINK.search(f" {text}")
    words = _LINK.sub(" ", f" {text}").strip(EDGES).split()
    return (found[1] if found else ""), words[1:] if words and words[0].casefold() == COMMAND else words


def _filled(row: CommandRow, rest: Sequence[str], link: str, today: date) -> Typed | None:
    match row.takes:
        case Takes.NOTHING:
            return None if without_manners(rest) else Typed(row=row, link=link)
        case Takes.ANYTHING:
            return Typed(row=row)
        case Takes.CHOICE:
            choice = _CHOICES.get(key(rest), key(rest))
            return Typed(row=row, choice=choice) if choice in row.choices else None
        case Takes.FILTERS:
            return _listed(rest)
        case Takes.NAME:
            return Typed(row=row, link=link, name=_name(read_name(rest)))
        case Takes.LINK:
            # Who asks where all stand asks for the list.
            many = _listed(rest) if row is STATUS and without_manners(rest) and not link else None
            return many or Typed(row=row, link=link, name=_name(read_which(rest)))
        case Takes.PERSON:
            aimed = read_person(rest)
            if aimed.is_unclear:
                return Typed(row=row, link=link, wrong="command.which_person")
            return Typed(row=row, link=link, person="".join(aimed.ids), name=_name(aimed.name))
        case Takes.CHANNEL:
            aimed = read_channel(rest)
            if aimed.is_unclear:
                return Typed(row=row, link=link, wrong="command.which_channel")
            return Typed(row=row, link=link, channel="".join(aimed.ids), name=_name(aimed.name))
        case Takes.DAY:
            dated = read_dated(rest, today)
            if dated.is_unclear or (dated.day and dated.day <= today):
                return Typed(row=row, link=link, wrong="command.which_day")
            return Typed(row=row, link=link, day=dated.day, name=_name(dated.name))
        case _:
            assert_never(row.takes)


def _listed(rest: Sequence[str]) -> Typed | None:
    filters: set[Filter] = set()
    page = 1
    for word in rest:
        said = key([word])
        if said in FILTERS:
            filters.add(FILTERS[said])
        elif said.isascii() and said.isdecimal() and 0 < int(said[:9]) <= MOST_PAGES:
            page = int(said)
        elif said not in _NOUNS:
            return None
    return Typed(row=LIST, filters=frozenset(filters), page=page)


def _name(text: str) -> str:
    return text[:LONGEST_NAME]
