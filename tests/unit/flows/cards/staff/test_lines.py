"""A link among many says its reason, age and move, and has a button for whatever can be done now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.slack.block_kit import NOWHERE, blocks
from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.cards.parts import Card, Control, ControlRow, Controls
from flows.cards.staff import lines
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.access.reading import refusal
from flows.link.commands import rows as commands
from flows.link.commands.reading import meant, read
from flows.link.commands.rows import Typed
from flows.link.effects import Denial
from flows.link.overview import Filter
from flows.link.state import Link, Status, Step
from flows.schedule.attention import worry_of
from flows.words import load_words
from sandbox.slack.block_kit import faults_in_blocks
from tests.support.drawn_states import every_state, finding
from tests.support.links import ACCOUNT, ADA, API, ENDPOINT, NOW, RULES, SAM, a_link

WORDS = load_words()
GROUP = a_link(id="0123456789ab", step=Step.GROUP, endpoint=ENDPOINT, account=ACCOUNT)
LINKED = a_link(
    id="0123456789ab", step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, api=API, linked=NOW
)


def scene(link: Link) -> Scene:
    return Scene(link, RULES, WORDS, NOW + timedelta(hours=3))


def words_of(link: Link) -> list[str]:
    return [one.text for one in lines.actions(scene(link), SAM)]


@pytest.mark.no_cover
def test_every_state_has_a_line_and_buttons_that_are_let_through() -> None:
    for link in every_state():
        drawn = lines.one(scene(link), "https://x.slack.com/archives/C1/p1", SAM)
        assert link.customer in str(drawn[0])
        assert "Open the thread" in str(drawn[0])
        for control in lines.actions(scene(link), SAM):
            typed = read(control.value.replace(link.id, "0123456789ab"), NOW.date())
            assert typed
            if typed.row in lines.PRESSES:
                assert refusal(link, lines.pressed(typed.row, link, SAM)) is None


OURS = ("Note", "Another channel")


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (GROUP, ["Pause", "Permission sheet", "Hand over", "End", *OURS]),
        (
            LINKED,
            [
                "Check now",
                "Pause",
                "Permission sheet",
                "Hand over",
                "End",
                "Another environment",
                "Note",
                "Another channel",
            ],
        ),
        (
            a_link(step=Step.GROUP, status=Status.PAUSED),
            ["Continue", "Permission sheet", "Hand over", "End", *OURS],
        ),
        (a_link(status=Status.CANCELLED), []),
    ],
)
def test_only_what_can_be_done_has_a_button(link: Link, found: list[str]) -> None:
    assert words_of(link) == found
    assert "[Brief]" in Card(parts=tuple(lines.one(scene(link), "", SAM))).text, "there is one of each"


def test_a_stranger_has_none() -> None:
    assert lines.actions(scene(GROUP), ADA.__class__(user_id="U9", team_id="T9")) == ()


def test_what_is_wrong_is_named() -> None:
    assert "is_archived" in lines.line(scene(a_link(blocked="is_archived")), "")
    silent = finding(CheckKind.LOGIN, Reason.NOT_ANSWERING)
    assert "not answering" in lines.line(scene(a_link(step=Step.ISU, trouble=silent)), "")


def test_a_page_leads_to_its_neighbours_and_stays_within_slacks_limits() -> None:
    row = lines.row(scene(GROUP), "")
    typed = Typed(row=commands.LIST, filters=frozenset({Filter.MINE}), page=2)
    card = lines.listed(WORDS, typed, [row] * 12, 30, 3)
    buttons = [one for part in card.parts if isinstance(part, Controls) for one in part.controls]
    assert [one.value for one in buttons[:2]] == ["list mine", "list mine 3"]
    assert not faults_in_blocks(blocks(card, NOWHERE), "message")
    first = lines.listed(WORDS, Typed(row=commands.LIST), [row], 1, 1)
    assert "Page" not in first.text


def test_an_empty_list_leads_to_the_others() -> None:
    card = lines.listed(WORDS, Typed(row=commands.LIST, filters=frozenset({Filter.MINE})), [], 0, 1)
    assert "No link" in card.text
    assert "[Stuck]" in card.text


def test_help_has_a_button_where_nothing_has_to_follow() -> None:
    card = lines.helped(WORDS)
    assert not faults_in_blocks(blocks(card, NOWHERE), "message")
    assert len(card.parts) == len(commands.COMMANDS) + 1
    assert {part.control.value for part in card.parts if isinstance(part, ControlRow)} >= {"", "status", "pause"}


def test_of_very_many_links_the_name_has_to_be_written() -> None:
    card = lines.which(WORDS, Typed(row=commands.PAUSE), [GROUP] * 30)
    assert not faults_in_blocks(blocks(card, NOWHERE), "message")
    assert "There are more" in card.text
    assert "There are more" not in lines.which(WORDS, Typed(row=commands.PAUSE), [GROUP] * 2).text


@pytest.mark.parametrize(
    ("typed", "customer", "shown", "value"),
    [
        ("x", "", "Try `/link-workday help`", "help"),
        ("stauts", "", "`/link-workday status`", "status"),
        ("puase", "", "`/link-workday pause [until DATE]`", "pause"),
        ("puase bis 1.12.", "", "`/link-workday pause 2026-12-01`", "pause 2026-12-01"),
        ("puase until soon", "", "`/link-workday pause [until DATE]`", None),
        ("cancle #0123456789ab", "Acme", "`/link-workday cancel Acme`", "cancel #0123456789ab"),
        ("hndover <@U1>", "", "`/link-workday handover @person`", "handover <@U1>"),
        ("oppen", "", "`/link-workday open CUSTOMER`", None),
        ("oppen Acme", "", "`/link-workday open", None),
    ],
)
def test_an_unknown_word_is_answered_by_a_button_that_does_what_was_meant(
    typed: str, customer: str, shown: str, value: str | None
) -> None:
    card = lines.unknown(WORDS, "x", meant(typed, NOW.date()), customer)
    found: list[Control] = [part.control for part in card.parts if isinstance(part, ControlRow)]
    found += [one for part in card.parts if isinstance(part, Controls) for one in part.controls]
    assert shown in card.text
    assert [one.value for one in found] == [value] * (value is not None)


def test_a_line_says_how_long_the_rest_usually_took_and_who_has_steps_of_it() -> None:
    usual = dict.fromkeys(Step, 6.0)
    scene = Scene(a_link(step=Step.GROUP), RULES, WORDS, NOW, usual)
    assert lines.line(scene, "").endswith("\nUsually about 20 minutes from here.")
    assert "usually about 20 minutes from here" in parent(scene).text
    handed = Scene(a_link(step=Step.GROUP, holders={Step.GROUP: ADA}), RULES, WORDS, NOW)
    assert "Handed out: " in lines.line(handed, "")
    paused = Scene(a_link(step=Step.GROUP, status=Status.PAUSED), RULES, WORDS, NOW, usual)
    assert "sually" not in lines.line(paused, "")
    slow = Scene(a_link(step=Step.GROUP), RULES, WORDS, NOW, dict.fromkeys(Step, 600.0))
    assert "usually about 30 hours from here" in parent(slow).text


def test_what_cannot_be_done_says_why_where_a_word_was_typed() -> None:
    well, paused = scene(GROUP), scene(replace(GROUP, status=Status.PAUSED))
    assert lines.why_not(commands.MUTE, well, SAM) == Denial(key="refusal.well")
    assert lines.why_not(commands.BRIEF, well, SAM) is None
    assert lines.why_not(commands.RESUME, paused, SAM) is None
    assert lines.why_not(commands.PAUSE, paused, SAM, "2026-12-24") is None
    for row, one, key in (
        (commands.RESUME, well, "command.not_paused"),
        (commands.PAUSE, paused, "command.paused_already"),
        (commands.RECHECK, well, "command.nothing_to_check"),
        (commands.COPY, well, "refusal.status.active"),
    ):
        refused = lines.why_not(row, one, SAM)
        assert refused
        assert refused.key == key
    called = replace(GROUP, called=NOW)
    worry = worry_of(called, NOW, RULES)
    assert worry
    assert lines.why_not(commands.MUTE, scene(called), SAM) is None
    assert lines.why_not(commands.MUTE, scene(replace(called, muted=worry.topic)), SAM) == Denial(key="refusal.muted")
