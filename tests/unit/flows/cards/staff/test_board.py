"""The board within Slack's limits in every state, with whatever a button may say of it, forged or not."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache

import pytest

from bot.slack.block_kit import home_view, window
from flows.cards.context import Scene
from flows.cards.parts import Card, Controls, Part
from flows.cards.staff import board
from flows.cards.staff.board import Known, Looking, Shown, read_looking
from flows.link.overview import Filter, Query
from flows.link.standing import State
from flows.link.state import Step
from flows.words import load_words
from sandbox.slack.block_kit import faults_in_view, is_too_large
from tests.support.drawn_states import every_scene
from tests.support.links import NOW, RULES, SAM, a_link

WORDS = load_words()
MUCH = Looking(filters=frozenset(Filter), state=State.ISSUE, customer="A&B = 100%, Ünïcode שלום 🎉", page=3)


@pytest.mark.parametrize("looking", [Looking(), MUCH, Looking(customer="=&;", page=2)])
def test_what_a_button_says_is_read_as_it_was_meant(looking: Looking) -> None:
    assert read_looking(looking.write()) == looking


@pytest.mark.parametrize(
    ("text", "looking"),
    [
        ("", Looking()),
        ("f=all,mine&s=anything&p=-1", Looking(filters=frozenset({Filter.MINE}))),
        ("p=²", Looking()),
        ("p=99999999", Looking()),
        ("p=99999", Looking(page=10_000)),
        ("p=0", Looking(page=0)),
        ("c=" + "x" * 900, Looking(customer="x" * 80)),
    ],
)
def test_a_forged_one_is_read_as_far_as_it_is_ours(text: str, looking: Looking) -> None:
    assert read_looking(text) == looking


def test_a_query_is_of_whoever_looks() -> None:
    assert MUCH.query("U1") == Query(user_id="U1", filters=MUCH.filters, state=MUCH.state, customer=MUCH.customer)


@cache
def rows(many: int = 20) -> tuple[Part, ...]:
    scenes = every_scene()
    step = max(len(scenes) // many, 1)
    thread = "https://x.slack.com/archives/C1/p1"
    return tuple(part for scene in scenes[::step] for part in board.row(scene, thread))


@pytest.mark.no_cover
@pytest.mark.parametrize("looking", [Looking(), MUCH, Looking(page=2)])
def test_the_board_keeps_slacks_limits_in_every_state(looking: Looking) -> None:
    for page in (rows()[:40], rows(200)[:40], rows(200)[200:240]):
        shown = Shown(rows=page, total=5000, pages=250, counts=dict.fromkeys(State, 5000))
        view = home_view(board.board(WORDS, looking, shown), looking.write())
        assert not faults_in_view(view)
        assert not is_too_large(view)


def controls(card: Card) -> dict[str, bool]:
    return {one.text: one.primary for part in card.parts if isinstance(part, Controls) for one in part.controls}


def test_what_is_done_most_takes_two_clicks_at_the_most() -> None:
    scene = Scene(a_link(step=Step.GROUP, touched=NOW - timedelta(days=9)), RULES, WORDS, NOW)
    drawn = board.board(WORDS, Looking(), Shown(rows=board.row(scene, ""), total=1, pages=1, counts={}))
    first = controls(drawn)
    second = controls(board.detail(scene, "", SAM, "", Known()))
    assert {"Stuck", "Details", "Brief"} <= set(first)
    assert {"Hand over", "Mute", "Permission sheet"} <= set(second)
    spoken = [one.spoken for part in drawn.parts if isinstance(part, Controls) for one in part.controls if one.spoken]
    assert spoken == ["Details: Acme", "Brief: Acme"], "a screen reader tells them from those of other links"
    assert '"accessibility_label": "Details: Acme"' in json.dumps(home_view(drawn))


def test_what_is_chosen_shows_and_a_second_press_takes_it_back() -> None:
    shown = Shown(rows=rows(1)[:1], total=1, pages=1, counts={State.STEP: 1, State.ISSUE: 2})
    looking = Looking(filters=frozenset({Filter.MINE}), state=State.ISSUE, page=1)
    found = controls(board.board(WORDS, looking, shown))
    assert {text for text, chosen in found.items() if chosen} == {"Mine", "Needs attention: 2"}
    assert "Next" not in found
    card = board.board(WORDS, looking, shown)
    taken = [one.value for part in card.parts if isinstance(part, Controls) for one in part.controls if one.primary]
    assert [read_looking(value) for value in taken] == [
        Looking(state=State.ISSUE),
        Looking(filters=frozenset({Filter.MINE})),
    ]


def test_an_empty_board_says_why() -> None:
    none = Shown(rows=(), total=0, pages=1, counts={})
    assert "/link-workday" in board.board(WORDS, Looking(), none).text
    assert "No link is in this list" in board.board(WORDS, Looking(customer="x"), none).text


@pytest.mark.no_cover
def test_the_window_of_a_link_keeps_slacks_limits_in_every_state() -> None:
    for scene in every_scene()[::7]:
        card = board.detail(scene, "", SAM, "", Known(past=["x" * 150] * 15, notes=["x" * 340] * 8))
        assert not faults_in_view(window("Link", "Close", card))
        assert "Nothing." in card.text


def test_what_a_press_came_to_stands_first() -> None:
    scene = Scene(a_link(step=Step.GROUP), RULES, WORDS, NOW)
    card = board.detail(scene, "", SAM, "Paused.", Known(ahead=["tomorrow"], notes=["call Bob"]))
    assert card.text.startswith("Paused.")
    assert "tomorrow" in card.text
    assert "call Bob" in card.text


def test_others_are_greeted() -> None:
    assert "Wintro" in board.friendly(WORDS, RULES).text
    assert board.vanished(WORDS).text
