"""What our own people may type behind `/link-workday`, a row a word; help and the manifest's hint are made from it.

Answers nothing: `bot.staff.command` does, and has an answer for every row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from html import unescape
from typing import assert_never

from flows.link.overview import Filter
from flows.talk.days import read_day

COMMAND = "/link-workday"
LONGEST_NAME = 80
"""As long as a customer's name may be."""

MOST_PAGES = 10_000


class Takes(StrEnum):
    """What may follow a word."""

    NOTHING = "nothing"
    CHOICE = "choice"
    FILTERS = "filters"
    NAME = "name"
    LINK = "link"
    PERSON = "person"
    CHANNEL = "channel"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One word, other words for it, and what may follow it; what it does is said by `command.does.<word>`."""

    word: str
    also: tuple[str, ...] = ()
    takes: Takes = Takes.NOTHING
    choices: tuple[str, ...] = ()
    shows: str = ""

    @property
    def hint(self) -> str:
        """How it is typed behind the command."""
        return f"{self.word} {self.shows or '|'.join(self.choices)}".strip()

    @property
    def typed(self) -> str:
        """The whole line."""
        return f"{COMMAND} {self.hint}".strip()

    @property
    def does(self) -> str:
        """The key of the words that say what it does."""
        return f"command.does.{self.word.replace('-', '_') or 'start'}"


(
    START,
    STATUS,
    LIST,
    OPEN,
    RESUME,
    RECHECK,
    HANDOVER,
    PAUSE,
    CANCEL,
    COPY,
    SHEET,
    BRIEF,
    NOTE,
    MOVE,
    MUTE,
    UNMUTE,
    INSIGHT,
    EXPORT,
    WEB_ONLY,
    HELP,
) = COMMANDS = (
    CommandRow(word="", also=("start", "begin", "new", "starten", "start link", "neu", "anfangen", "verbinden")),
    CommandRow(word="status", also=("state", "where", "how far", "stand", "zustand", "wie weit")),
    CommandRow(
        word="list",
        also=("ls", "all", "show", "links", "overview", "show all", "alle", "liste", "zeige", "übersicht"),
        takes=Takes.FILTERS,
        shows=f"[{'|'.join(Filter)}]",
    ),
    CommandRow(
        word="open",
        also=("find", "search", "go to", "show me", "öffne", "öffnen", "finde", "suche", "suchen"),
        takes=Takes.NAME,
        shows="CUSTOMER",
    ),
    CommandRow(
        word="resume", also=("continue", "go on", "unpause", "weiter", "weitermachen", "fortsetzen"), takes=Takes.LINK
    ),
    CommandRow(
        word="recheck",
        also=("check", "check again", "check now", "look", "retry", "test", "prüfe", "prüfen", "nochmal prüfen"),
        takes=Takes.LINK,
    ),
    CommandRow(
        word="handover",
        also=("hand over", "hand it over", "assign", "give", "transfer", "übergabe", "übergeben", "übergib"),
        takes=Takes.PERSON,
        shows="@person",
    ),
    CommandRow(
        word="pause",
        also=("hold", "on hold", "wait", "pausieren", "anhalten", "warten"),
        takes=Takes.DAY,
        shows="[until DATE]",
    ),
    CommandRow(
        word="cancel", also=("end", "delete", "abbrechen", "beenden", "löschen", "stornieren"), takes=Takes.LINK
    ),
    CommandRow(word="copy", also=("duplicate", "clone", "kopie", "kopiere", "kopieren"), takes=Takes.LINK),
    CommandRow(word="sheet", also=("ticket", "permissions", "antrag", "berechtigungen"), takes=Takes.LINK),
    CommandRow(word="brief", also=("briefing", "call", "what to say", "kurz", "gespräch"), takes=Takes.LINK),
    CommandRow(word="note", also=("notes", "remark", "notiz", "notieren", "merken"), takes=Takes.LINK),
    CommandRow(
        word="move",
        also=("move to", "other channel", "umziehen", "verschieben", "verschiebe", "kanal"),
        takes=Takes.CHANNEL,
        shows="#channel",
    ),
    CommandRow(word="mute", also=("silence", "quiet", "stumm", "stummschalten", "still"), takes=Takes.LINK),
    CommandRow(word="unmute", also=("loud", "laut", "nicht mehr stumm"), takes=Takes.LINK),
    CommandRow(word="insight", also=("insights", "numbers", "funnel", "statistics", "zahlen", "statistik")),
    CommandRow(word="export", also=("csv", "download", "table", "exportieren", "herunterladen", "tabelle")),
    CommandRow(word="web-only", also=("webonly", "web"), takes=Takes.CHOICE, choices=("on", "off")),
    CommandRow(word="help", also=("?", "hilfe", "usage", "commands", "befehle", "what", "was")),
)

FILTERS: dict[str, Filter] = {
    **{one.value: one for one in Filter},
    **dict.fromkeys(("my", "own", "me", "mein", "meine", "meinen"), Filter.MINE),
    **dict.fromkeys(("stalled", "hanging", "hängt", "hängen", "hängende", "hängenden"), Filter.STUCK),
    **dict.fromkeys(
        ("wait", "waits", "approval", "pending", "wartet", "warten", "wartend", "wartende"), Filter.WAITING
    ),
    **dict.fromkeys(("expires", "expiry", "expired", "ablaufend", "ablaufende", "bald"), Filter.EXPIRING),
    **dict.fromkeys(("failing", "fail", "fails", "broken", "error", "errors", "fehler", "kaputt"), Filter.FAILED),
}
"""Every word for a filter."""

_FILLERS = frozenset({"until", "till", "til", "to", "for", "on", "the", "please", "bis", "an", "zum", "für", "bitte"})
_NOUNS = frozenset({"links", "link", "customers", "ones", "alle", "all", "the", "please", "bitte", "die"})
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"(?:^|\s)#([0-9a-f]{12})(?=\s|$)")
_EDGES = " \t\"'“”„«»‘’`.,!:;*_()"  # noqa: RUF001  the quotes are meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed: a row and what follows its word, as far as it takes it.

    `name` is a customer's, `link` the id of a link, `wrong` the word that says what is wrong with the rest.
    """

    row: CommandRow
    choice: str = ""
    filters: frozenset[Filter] = frozenset()
    page: int = 1
    name: str = ""
    person: str = ""
    channel: str = ""
    day: date | None = None
    link: str = ""
    wrong: str = ""

    def write(self) -> str:
        """Write it as a line that is read as the same; a link is named by its id."""
        parts = [self.row.word, self.choice, *sorted(self.filters), str(self.page) if self.page > 1 else ""]
        parts += [
            f"<#{self.channel}>" if self.channel else "",
            f"<@{self.person}>" if self.person else "",
            self.day.isoformat() if self.day else "",
        ]
        return " ".join(part for part in (*parts, f"#{self.link}" if self.link else self.name) if part)


def read(text: str, today: date) -> Typed | None:
    """Read what was typed as people type it; None for words that name no row."""
    found = _LINK.search(f" {text}")
    link = found[1] if found else ""
    words = _LINK.sub(" ", f" {text}").strip(_EDGES).split()
    if words and words[0].casefold() == COMMAND:
        words = words[1:]
    if not words:
        return Typed(row=START)
    for count in (3, 2, 1):
        key = _key(words[:count])
        row = _ROWS.get(key) or _ROWS.get(key.removesuffix("s"))
        if row and len(words) >= count:
            return _filled(row, words[count:], link, today)
    if _key(words[:1]) in FILTERS:
        return _filled(LIST, words, link, today)
    return None


def nearest(text: str) -> CommandRow | None:
    """Return the row whose words are most like what was typed; None where nothing is like it."""
    words = text.split()
    for count in (2, 1):
        close = get_close_matches(_key(words[:count]), (*_ROWS, *FILTERS), n=1, cutoff=0.75)
        if close:
            return _ROWS.get(close[0], LIST)
    return None


def _key(words: list[str]) -> str:
    return " ".join(words).casefold().strip(_EDGES).replace("-", " ").replace("_", " ")


def _filled(row: CommandRow, rest: list[str], link: str, today: date) -> Typed | None:
    typed = Typed(row=row, link=link)
    match row.takes:
        case Takes.NOTHING:
            return None if rest else typed
        case Takes.CHOICE:
            choice = _key(rest)
            return Typed(row=row, choice=choice) if choice in row.choices else None
        case Takes.FILTERS:
            return _listed(rest)
        case Takes.NAME | Takes.LINK:
            return Typed(row=row, link=link, name=_name(rest))
        case Takes.PERSON:
            return _given(row, rest, link)
        case Takes.CHANNEL:
            found = _CHANNEL.findall(" ".join(rest))
            wrong = "command.which_channel" if rest and len(found) != 1 else ""
            return Typed(row=row, link=link, channel="" if wrong else "".join(found), wrong=wrong)
        case Takes.DAY:
            said = [word for word in rest if word.casefold() not in _FILLERS]
            day = read_day(" ".join(said), today) if said else None
            wrong = "command.which_day" if said and (day is None or day <= today) else ""
            return Typed(row=row, link=link, day=None if wrong else day, wrong=wrong)
        case _:
            assert_never(row.takes)


def _listed(rest: list[str]) -> Typed | None:
    filters: set[Filter] = set()
    page = 1
    for word in rest:
        key = _key([word])
        if key in FILTERS:
            filters.add(FILTERS[key])
        elif key.isascii() and key.isdecimal() and 0 < int(key[:9]) <= MOST_PAGES:
            page = int(key)
        elif key not in _NOUNS | {"page", "seite"}:
            return None
    return Typed(row=LIST, filters=frozenset(filters), page=page)


def _given(row: CommandRow, rest: list[str], link: str) -> Typed:
    said = " ".join(rest)
    found = _MENTION.findall(said)
    is_wrong = bool(said) and len(found) != 1
    return Typed(row=row, link=link, person="" if is_wrong else "".join(found), wrong="command.which_person" * is_wrong)


def _name(rest: list[str]) -> str:
    return unescape(" ".join(rest)).strip(_EDGES)[:LONGEST_NAME]


_ROWS = {_key([word]): row for row in COMMANDS for word in (row.word, *row.also) if word} | {"?": HELP}


def usage_hint() -> str:
    """Write the hint that Slack shows while the command is typed."""
    return f"[{' | '.join(row.hint for row in COMMANDS if row.word)}]"
