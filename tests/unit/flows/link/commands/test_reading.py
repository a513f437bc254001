"""What may stand behind the command: each word is read, said in the help, hinted at and answered."""

from __future__ import annotations

from datetime import date

import pytest

from bot.staff.command import ANSWERS, OF_ONE_LINK
from flows.link.commands.reading import meant, read
from flows.link.commands.rows import (
    BRIEF,
    CANCEL,
    COMMANDS,
    COPY,
    EXPORT,
    HANDOVER,
    HELP,
    INSIGHT,
    LIST,
    MOVE,
    MUTE,
    NOTE,
    OPEN,
    PAUSE,
    RECHECK,
    RESUME,
    SHEET,
    START,
    STATUS,
    UNMUTE,
    WEB_ONLY,
    CommandRow,
    Typed,
    usage_hint,
)
from flows.link.overview import Filter
from flows.talk.arguments import key
from flows.words import load_words

TODAY = date(2026, 11, 25)
LINK = "0123456789ab"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", (START, "")),
        ("help", (HELP, "")),
        ("status", (STATUS, "")),
        ("web-only on", (WEB_ONLY, "on")),
        ("web-only off", (WEB_ONLY, "off")),
        ("web-only", None),
        ("web-only maybe", None),
        ("web-only an", (WEB_ONLY, "on")),
        ("nur web aus", (WEB_ONLY, "off")),
        ("status all", (LIST, "")),
        ("export acme", None),
        ("dance", None),
    ],
)
def test_a_word_is_read_with_what_follows_it(typed: str, found: tuple[CommandRow, str] | None) -> None:
    read_as = read(typed, TODAY)
    assert (read_as and (read_as.row, read_as.choice)) == found


def some(*filters: Filter, page: int = 1) -> Typed:
    return Typed(row=LIST, filters=frozenset(filters), page=page)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" /link-workday STATUS ", Typed(row=STATUS)),
        ("“status”", Typed(row=STATUS)),
        ("?", Typed(row=HELP)),
        ("Hilfe!", Typed(row=HELP)),
        ("neu", Typed(row=START)),
        ("list", some()),
        ("lists", some()),
        ("Liste", some()),
        ("show my stuck links", some(Filter.MINE, Filter.STUCK)),
        ("links failing, page 3", some(Filter.FAILED, page=3)),
        ("list 2", some(page=2)),
        ("list 0", None),
        ("list ³", None),
        ("list blue", None),
        ("stuck", some(Filter.STUCK)),
        ("hängende", some(Filter.STUCK)),
        ("my", some(Filter.MINE)),
        ("open", Typed(row=OPEN)),
        ('open "Acme Corp"', Typed(row=OPEN, name="Acme Corp")),
        ("Öffne AT&amp;T", Typed(row=OPEN, name="AT&T")),
        (f"open #{LINK}", Typed(row=OPEN, link=LINK)),
        ("resume", Typed(row=RESUME)),
        ("go on Acme", Typed(row=RESUME, name="Acme")),
        ("weiter", Typed(row=RESUME)),
        ("check again", Typed(row=RECHECK)),
        (f"re-check #{LINK}", None),
        (f"recheck #{LINK}", Typed(row=RECHECK, link=LINK)),
        ("handover", Typed(row=HANDOVER)),
        ("hand over to <@U0COL|col>, please", Typed(row=HANDOVER, person="U0COL")),
        ("handover Acme to <@U0COL>", Typed(row=HANDOVER, person="U0COL", name="Acme")),
        ("übergeben an <@U0COL>", Typed(row=HANDOVER, person="U0COL")),
        ("uebergib <@U0COL> die Verbindung", Typed(row=HANDOVER, person="U0COL")),
        ("handover Acme", Typed(row=HANDOVER, name="Acme")),
        ("handover to col", Typed(row=HANDOVER, wrong="command.which_person")),
        ("move <#C0ACME|acme>", Typed(row=MOVE, channel="C0ACME")),
        ("move Acme to <#C0ACME>", Typed(row=MOVE, channel="C0ACME", name="Acme")),
        ("move #acme", Typed(row=MOVE, wrong="command.which_channel")),
        ("handover @col", Typed(row=HANDOVER, wrong="command.which_person")),
        ("handover <@U1|a> <@U2|b>", Typed(row=HANDOVER, wrong="command.which_person")),
        ("pause", Typed(row=PAUSE)),
        ("pause until 1 Dec", Typed(row=PAUSE, day=date(2026, 12, 1))),
        ("pausieren bis zum 1.12.", Typed(row=PAUSE, day=date(2026, 12, 1))),
        ("pause bis 3. Dezember", Typed(row=PAUSE, day=date(2026, 12, 3))),
        ("pause until friday", Typed(row=PAUSE, day=date(2026, 11, 27))),
        ("pause untill 31.12.", Typed(row=PAUSE, day=date(2026, 12, 31))),
        ("pausiere bis Freitag, den 4. Dezember", Typed(row=PAUSE, day=date(2026, 12, 4))),
        ("pause for two weeks", Typed(row=PAUSE, day=date(2026, 12, 9))),
        ("pause für eine Woche", Typed(row=PAUSE, day=date(2026, 12, 2))),
        ("pause Acme", Typed(row=PAUSE, name="Acme")),
        ("pause Acme until Friday please", Typed(row=PAUSE, name="Acme", day=date(2026, 11, 27))),
        ("pause until Friday for Acme", Typed(row=PAUSE, name="Acme", day=date(2026, 11, 27))),
        ("pause Acme 3 days", Typed(row=PAUSE, name="Acme", day=date(2026, 11, 28))),
        ("pause it", Typed(row=PAUSE)),
        ("pause friday", Typed(row=PAUSE, day=date(2026, 11, 27))),
        ('pause "Friday"', Typed(row=PAUSE, name="Friday")),
        ("pause „Friday“ bis Montag", Typed(row=PAUSE, name="Friday", day=date(2026, 11, 30))),
        ("pause Pause GmbH", Typed(row=PAUSE, name="Pause GmbH")),
        ("pause until 3-12-2026", Typed(row=PAUSE, wrong="command.which_day")),
        ("open List AG", Typed(row=OPEN, name="List AG")),
        ("öffne die Bahn", Typed(row=OPEN, name="Bahn")),
        ("oeffne Stuck Inc", Typed(row=OPEN, name="Stuck Inc")),
        ("zeig Acme", Typed(row=OPEN, name="Acme")),
        ("show failing and mine", some(Filter.FAILED, Filter.MINE)),
        ("läuft Acme", None),
        ("überfällige", some(Filter.STUCK)),
        ("Status bitte", Typed(row=STATUS)),
        ("where is Acme?", Typed(row=STATUS, name="Acme")),
        ("weiter mit Acme", Typed(row=RESUME, name="Acme")),
        ("check acme again", Typed(row=RECHECK, name="acme")),
        ("pruefe nochmal", Typed(row=RECHECK)),
        ("give it to", Typed(row=HANDOVER)),
        ("lösche", Typed(row=CANCEL)),
        ("cancel this link now", Typed(row=CANCEL)),
        ("Kopie", Typed(row=COPY)),
        ("Berechtigungsliste für Acme", Typed(row=SHEET, name="Acme")),
        ("briefing to", Typed(row=BRIEF)),
        ("Notiz", Typed(row=NOTE)),
        ("stumm Acme", Typed(row=MUTE, name="Acme")),
        ("laut", Typed(row=UNMUTE)),
        ("Zahlen bitte", Typed(row=INSIGHT)),
        ("exportiere", Typed(row=EXPORT)),
        ("--help", Typed(row=HELP)),
        ("help pause", Typed(row=HELP)),
        ("new link", Typed(row=START)),
        ("pause until today", Typed(row=PAUSE, wrong="command.which_day")),
        ("pause until soon", Typed(row=PAUSE, wrong="command.which_day")),
        (f"pause 2026-12-01 #{LINK}", Typed(row=PAUSE, day=date(2026, 12, 1), link=LINK)),
        ("move to <#C0NEW|acme>", Typed(row=MOVE, channel="C0NEW")),
        ("umziehen", Typed(row=MOVE)),
        ("move somewhere", Typed(row=MOVE, name="somewhere")),
        ("beenden", Typed(row=CANCEL)),
        ("Copy", Typed(row=COPY)),
        ("open AT&amp;T", Typed(row=OPEN, name="AT&T")),
        ("open <http://Booking.com|Booking.com>", Typed(row=OPEN, name="Booking.com")),
        (
            "pause <http://Monday.com|Monday.com> until Friday",
            Typed(row=PAUSE, name="Monday.com", day=date(2026, 11, 27)),
        ),
        ("pause 7-Eleven until Friday", Typed(row=PAUSE, name="7-Eleven", day=date(2026, 11, 27))),
        ('open Toys "R" Us', Typed(row=OPEN, name='Toys "R" Us')),
        ('open "The Link" please', Typed(row=OPEN, name="The Link")),
        ("x" * 3000, None),
        ("...", Typed(row=START)),
    ],
)
def test_people_may_write_as_they_do(typed: str, found: Typed | None) -> None:
    assert read(typed, TODAY) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("stauts", Typed(row=STATUS)),
        ("lits", Typed(row=LIST)),
        ("lst mien stuck", Typed(row=LIST)),
        ("lst stuck", some(Filter.STUCK)),
        ("stukc", some(Filter.STUCK)),
        ("stukc meine", some(Filter.STUCK, Filter.MINE)),
        ("hand ovr <@U1>", Typed(row=HANDOVER, person="U1")),
        ("re-check", Typed(row=RECHECK)),
        ("puase until monday", Typed(row=PAUSE, day=date(2026, 11, 30))),
        ("puase until soon", Typed(row=PAUSE, wrong="command.which_day")),
        (f"cancle #{LINK}", Typed(row=CANCEL, link=LINK)),
        ("cancle Acme", Typed(row=CANCEL, name="Acme")),
        ("abrechen Acme", Typed(row=CANCEL, name="Acme")),
        ("forsetzen", Typed(row=RESUME)),
        ("start Acme", Typed(row=START)),
        ("web-only maybe", Typed(row=WEB_ONLY)),
        ("hlep", Typed(row=HELP)),
        ("dance", None),
        ("", None),
    ],
)
def test_the_nearest_is_offered_with_what_stands_behind_it(typed: str, found: Typed | None) -> None:
    assert meant(typed, TODAY) == found


@pytest.mark.parametrize(
    "typed",
    [
        some(),
        some(Filter.MINE, Filter.EXPIRING, page=4),
        Typed(row=PAUSE, day=date(2026, 12, 1), link=LINK),
        Typed(row=HANDOVER, person="U1", link=LINK),
        Typed(row=HANDOVER, person="U1", name="Acme"),
        Typed(row=PAUSE, day=date(2026, 12, 1), name="Acme"),
        Typed(row=OPEN, name="Acme"),
        Typed(row=WEB_ONLY, choice="on"),
        Typed(row=HELP),
    ],
)
def test_what_a_button_types_is_read_as_it_was_meant(typed: Typed) -> None:
    assert read(typed.write(), TODAY) == typed


def test_no_two_rows_have_a_word_in_common() -> None:
    words = [key([word]) for row in COMMANDS for word in (row.word, *row.also) if word]
    assert len(words) == len(set(words))


def test_every_row_is_answered_and_said() -> None:
    assert {*ANSWERS, *OF_ONE_LINK, START} == set(COMMANDS)
    words = load_words()
    assert [row.does for row in COMMANDS if not words.has(row.does)] == []
    assert {key for key in words.keys if key.startswith("command.does.")} == {row.does for row in COMMANDS}


def test_the_hint_shows_every_word() -> None:
    assert [row.typed for row in COMMANDS][:2] == ["/link-workday", "/link-workday status"]
    assert usage_hint().startswith("[status | list [mine|stuck|waiting|expiring|failed] | open CUSTOMER | resume")
