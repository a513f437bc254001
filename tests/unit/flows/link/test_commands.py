"""What may stand behind the command: each word is read, said in the help, hinted at and answered."""

from __future__ import annotations

from datetime import date

import pytest

from bot.staff.command import ANSWERS
from flows.link.commands import (
    CANCEL,
    COMMANDS,
    COPY,
    HANDOVER,
    HELP,
    LIST,
    MOVE,
    OPEN,
    PAUSE,
    RECHECK,
    RESUME,
    START,
    STATUS,
    WEB_ONLY,
    CommandRow,
    Typed,
    nearest,
    read,
    usage_hint,
)
from flows.link.overview import Filter
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
        ("status all", None),
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
        ("handover @col", Typed(row=HANDOVER, wrong="command.which_person")),
        ("handover <@U1|a> <@U2|b>", Typed(row=HANDOVER, wrong="command.which_person")),
        ("pause", Typed(row=PAUSE)),
        ("pause until 1 Dec", Typed(row=PAUSE, day=date(2026, 12, 1))),
        ("pausieren bis zum 1.12.", Typed(row=PAUSE, day=date(2026, 12, 1))),
        ("pause until today", Typed(row=PAUSE, wrong="command.which_day")),
        ("pause until soon", Typed(row=PAUSE, wrong="command.which_day")),
        (f"pause 2026-12-01 #{LINK}", Typed(row=PAUSE, day=date(2026, 12, 1), link=LINK)),
        ("move to <#C0NEW|acme>", Typed(row=MOVE, channel="C0NEW")),
        ("umziehen", Typed(row=MOVE)),
        ("move somewhere", Typed(row=MOVE, wrong="command.which_channel")),
        ("beenden", Typed(row=CANCEL)),
        ("Copy", Typed(row=COPY)),
        ("x" * 3000, None),
        ("...", Typed(row=START)),
    ],
)
def test_people_may_write_as_they_do(typed: str, found: Typed | None) -> None:
    assert read(typed, TODAY) == found


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("stauts", STATUS),
        ("lits", LIST),
        ("stukc", LIST),
        ("hand ovr <@U1>", HANDOVER),
        ("re-check", RECHECK),
        ("puase until monday", PAUSE),
        ("hlep", HELP),
        ("dance", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_offered(typed: str, row: CommandRow | None) -> None:
    assert nearest(typed) == row


@pytest.mark.parametrize(
    "typed",
    [
        some(),
        some(Filter.MINE, Filter.EXPIRING, page=4),
        Typed(row=PAUSE, day=date(2026, 12, 1), link=LINK),
        Typed(row=HANDOVER, person="U1", link=LINK),
        Typed(row=OPEN, name="Acme"),
        Typed(row=WEB_ONLY, choice="on"),
        Typed(row=HELP),
    ],
)
def test_what_a_button_types_is_read_as_it_was_meant(typed: Typed) -> None:
    assert read(typed.write(), TODAY) == typed


def test_no_two_rows_have_a_word_in_common() -> None:
    words = [word.replace("-", " ") for row in COMMANDS for word in (row.word, *row.also) if word]
    assert len(words) == len(set(words))


def test_every_row_is_answered_and_said() -> None:
    assert {*ANSWERS, START} == set(COMMANDS)
    words = load_words()
    assert [row.does for row in COMMANDS if not words.has(row.does)] == []
    assert {key for key in words.keys if key.startswith("command.does.")} == {row.does for row in COMMANDS}


def test_the_hint_shows_every_word() -> None:
    assert [row.typed for row in COMMANDS][:2] == ["/link-workday", "/link-workday status"]
    assert usage_hint().startswith("[status | list [mine|stuck|waiting|expiring|failed] | open CUSTOMER | resume")
