"""The table of pitfalls is complete, and everything it points to is there."""

from __future__ import annotations

import ast
from pathlib import Path

from flows.diagnosis.reasons import Owner, Reason
from flows.reference.pitfalls import PITFALLS, Unanswered
from flows.words import load_words

STORIES = Path(__file__).parents[3] / "e2e"


def told() -> list[str]:
    """List every story about pitfalls, once for each time it stands somewhere."""
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in STORIES.glob("test_pitfalls*.py")]
    functions = (one for module in modules for one in module.body if isinstance(one, ast.AsyncFunctionDef))
    return [one.name for one in functions if one.name.startswith("test_")]


def test_every_pitfall_stands_there_once_and_in_order() -> None:
    assert [row.id for row in PITFALLS] == [f"P{number}" for number in range(1, 27)]


def test_every_story_belongs_to_one_pitfall_and_every_pitfall_has_one() -> None:
    named = [name for row in PITFALLS for name in row.tests]
    assert sorted(named) == sorted(told())
    assert len(set(named)) == len(named)
    for row in PITFALLS:
        assert row.tests
        assert all(name.startswith(f"test_p{int(row.id[1:]):02}_") for name in row.tests), row.id


def test_every_text_it_names_is_there() -> None:
    words = load_words()
    assert [key for row in PITFALLS for key in row.says if not words.has(key)] == []


def test_what_shows_is_spoken_of() -> None:
    for row in PITFALLS:
        assert row.shows, row.id
        assert row.says or row.shows == (Unanswered.PREVENTED,), row.id


def test_what_is_hidden_is_hidden_behind_an_answer() -> None:
    for row in PITFALLS:
        if row.is_hidden:
            assert any(isinstance(how, Reason) for how in row.shows), row.id


def test_the_mender_is_whose_move_the_reasons_say_it_is() -> None:
    for row in PITFALLS:
        movers = {how.traits.owner for how in row.shows if isinstance(how, Reason)}
        assert movers <= {row.mended_by}, row.id
        assert row.mended_by in Owner
