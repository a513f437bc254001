"""What stands on a message stays small enough to be read: words, lines before the first thing to do, buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from math import ceil

import pytest

from flows.cards.context import Scene
from flows.cards.messages import notice, said
from flows.cards.parts import Buttons, Card, Copy, Part, Picture, Row, Text
from flows.cards.staff.advice import MOVES, moves, situation
from flows.cards.staff.brief import opened
from flows.cards.staff.lines import actions
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking, Hitch
from flows.link.effects import Say, TellStaff
from flows.link.state import Issue, Step
from tests.support.drawing import buttons_of, named_in, named_in_vain, newest_of
from tests.support.drawn_states import WORDS, at, every_scene
from tests.support.links import ENDPOINT, NOW, RULES, SAM

MOST_WORDS = 220
MOST_LINES = 6
"""Texts and remarks above the first thing to copy or to press."""

PHONE = 16
"""What a phone shows of a message without scrolling, in lines of `WIDTH` characters."""

WIDTH = 45
LONGEST_LABEL = 30
MOST_OF_A_REMINDER = 4

ISSUE = Issue(reason=Reason.NOT_AUTHORIZED, first_seen=NOW, last_seen=NOW)
NEEDY = (
    at(Step.GROUP, blocked="is_archived"),
    at(Step.GROUP, owner=replace(SAM, present=False)),
    at(Step.GROUP, touched=NOW - timedelta(days=2)),
    at(Step.GROUP, issue=ISSUE),
    at(Step.LINKED, looked_at=NOW - timedelta(days=3), asked_at=NOW),
)
"""What our own people are advised on and no card tells apart."""


def read(text: str) -> str:
    """Write a text as Slack shows it: mentions and dates in place of their codes."""
    return re.sub(r"<(?:!date[^|>]*\||[@#]|[^|>]*\|)([^>]*)>", r"\1", text)


def above_the_first_thing_to_do(parts: tuple[Part, ...]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Copy | Row | Buttons):
            break
        lines += read(getattr(part, "text", "")).split("\n")
    return lines


def test_a_picture_is_read_as_what_it_says_in_words() -> None:
    shown = Card(parts=(Text(text="Look here:"), Picture(url="https://x.example/1", alt="a group with one member")))
    assert shown.text == "Look here:\na group with one member"


@pytest.mark.no_cover
def test_no_message_is_longer_than_people_read() -> None:
    longest = max(
        (one for scene in every_scene() for one in newest_of(scene)), key=lambda one: len(read(one.text).split())
    )
    assert len(read(longest.text).split()) <= MOST_WORDS, longest.text


@pytest.mark.no_cover
def test_the_first_thing_to_do_is_on_the_first_screen_of_a_phone() -> None:
    for scene in every_scene():
        for one in newest_of(scene):
            lines = above_the_first_thing_to_do(one.parts)
            assert len(lines) <= MOST_LINES, lines
            assert sum(max(ceil(len(line) / WIDTH), 1) for line in lines) <= PHONE, lines


@pytest.mark.no_cover
def test_labels_are_short_and_without_markup() -> None:
    labels = {button.text for scene in every_scene() for one in newest_of(scene) for button in buttons_of(one)}
    assert {label for label in labels if len(label) > LONGEST_LABEL} == set()
    assert {label for label in labels if re.search(r"[*_~`<>{}]", label)} == set()


@pytest.mark.no_cover
def test_a_button_that_a_sentence_names_is_there_to_press() -> None:
    missing = set()
    for scene in every_scene():
        drawn = newest_of(scene)
        missing |= {(scene.link.step, *named) for one in drawn if (named := named_in_vain(scene, one.text))}
    assert not missing


@pytest.mark.no_cover
def test_a_button_that_advice_to_our_own_people_names_is_where_it_says() -> None:
    missing, met = set(), set()
    for scene in (*every_scene(), *(Scene(link, RULES, WORDS, NOW) for link in NEEDY)):
        met.add(situation(scene))
        call = said(scene, Say(key="say.call_staff"))
        missing |= {(situation(scene), *vain) for move in moves(scene) if (vain := in_vain_for_us(scene, move, call))}
    assert not missing
    assert met == set(MOVES)


def test_a_button_that_a_notice_names_is_where_it_says() -> None:
    tried = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))
    told_of = {
        "staff.called": at(Step.GROUP, called=NOW),
        "staff.deleted": at(Step.ISU, blocked="channel_not_found"),
        "staff.owned": at(Step.ISU, hitch=Hitch.OWNED, tried=tried),
        "staff.unlooked": at(Step.LINKED, looked_at=NOW - timedelta(days=3), asked_at=NOW),
    }
    naming = {key for key in WORDS.keys if key.startswith("staff.") and named_in("\n".join(WORDS.raw(key)))}
    assert naming == set(told_of)
    for key, link in told_of.items():
        scene = Scene(link, RULES, WORDS, NOW)
        drawn_notice = notice(scene, TellStaff(key=key), "")
        assert not in_vain_for_us(scene, drawn_notice.text, drawn_notice), key


def in_vain_for_us(scene: Scene, text: str, own: Card) -> set[str]:
    """List the buttons that our own people are told to press and that are neither in the thread nor where it says."""
    details = opened(scene)[0].text
    behind = {one.text for one in actions(scene, scene.link.owner)} if details in named_in(text) else set()
    return named_in_vain(scene, text, own) - behind - {details}


@pytest.mark.no_cover
def test_a_reminder_has_few_buttons() -> None:
    for scene in every_scene():
        for one in newest_of(scene)[2:]:
            for part in (part for part in one.parts if isinstance(part, Buttons)):
                assert len(part.buttons) + bool(one.menu) <= MOST_OF_A_REMINDER
