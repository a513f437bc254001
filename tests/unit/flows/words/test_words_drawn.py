"""Every text finds the names that it wants: all cards are drawn while somebody listens which texts they ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cards.context import Scene
from flows.cards.messages import overheard, said, told, whispered
from flows.cards.modals import dialog, start_dialog
from flows.cards.parent import parent
from flows.cards.placeholders import ON_CARDS, names_of
from flows.diagnosis.causes import Confidence, FactName, RootCause
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.effects import Say, TellStaff, Whisper
from flows.link.events import Action, Form
from flows.link.standing import standing
from flows.link.state import Step
from flows.link.steps import STEPS, Kind
from flows.tenant.account_names import PasswordProblem
from flows.tenant.service_url import Environment
from flows.words import Words, WordsError, load_words
from flows.words.files import FOLDER
from tests.support.claims import Listening
from tests.support.drawing import cards_of, named_in, standing_of, texts_of
from tests.support.drawn_states import every_state
from tests.support.links import ADA, NOW, RULES, a_link

WORDS = load_words()
GIVEN = frozenset(names_of(a_link(), RULES, WORDS, NOW))
"""What every text may use."""
PLACES = {"tenant", "known_host", "typed_tenant", "typed_host"}

ALONE = {
    "answer.address": PLACES,
    "answer.address_linked": {*PLACES, "owner"},
    "answer.address_paused": {*PLACES, "on_resume"},
    "command.unknown": {"word"},
    "command.line": {"typed", "does"},
    "command.near": {"typed", "word"},
    "command.thread": {"url"},
    "command.unreadable": {"link"},
    "command.status_blocked": {"code"},
    "command.none_can": {"customer", "place", "why"},
    "command.list_all": {"count"},
    "command.list_some": {"count", "wanted"},
    "command.page": {"page", "pages"},
    "command.done.moved": {"channel", "customer"},
    "say.moved": {"url", "customer"},
    "say.begun_anew": {"url", "customer"},
    "board.state": {"state", "count"},
    "board.line": {"when", "step", "what", "who"},
    "board.line_plain": {"when", "what", "who"},
    "past.refused": {"what"},
    "past.unnamed": {"name"},
    "past.pressed.one": {"name"},
    "past.sent.one": {"name"},
    "board.reminder": {"at", "what"},
    "form.start.intro": {"whose", "vendor"},
    "say.step_done": {"admin", "person", "step"},
    "say.step_over": {"admin", "person", "step"},
    "say.step_released": {"person", "step"},
    "say.later_handed_over": {"customer", "person", "step", "rights"},
    "say.your_turn": {"person", "title", "rights"},
    "support.ask": {"vendor", "ways"},
    "support.more": {"ways"},
}
"""Texts that are asked for without a link, and what they are given."""


def drawn() -> set[str]:
    words = Listening(WORDS)
    for link in every_state():
        scene = Scene(link, RULES, words, NOW)
        for part in cards_of(scene) if not link.cards[2:] else standing_of(scene) if link.nudge else (parent(scene),):
            assert part.text
        for form in Form if link.step is Step.ISU and not link.attempt.trouble else ():
            dialog(scene, form) if form is not Form.START else start_dialog(words, RULES, "")
    scene = Scene(a_link(), RULES, words, NOW)
    assert all(texts_of(scene))
    for cause in SignOnCause:
        assert said(scene, Say(key=f"signon.{cause}")).text
    assert whispered(scene, Whisper(person=ADA, key="whisper.secret"))
    assert overheard(scene, Whisper(person=ADA, key="whisper.secret"))
    assert told(scene, TellStaff(key="staff.called"), "")
    return words.asked


@pytest.mark.no_cover
def test_a_text_that_is_not_drawn_here_asks_for_nothing_special() -> None:
    asked = drawn()
    assert len(asked) > 150
    wrong = {
        key: sorted(WORDS.placeholders(key) - ALONE.get(key, GIVEN))
        for key in WORDS.keys - asked
        if WORDS.placeholders(key) - ALONE.get(key, GIVEN)
    }
    # These are given names of their own where a card shows them, which `tests.unit.flows.cards.test_thread_card` draws.
    own = ("likely.", "fact.", "cause.", "trouble.", "row.", "last.", "card.", "step.", "offer.", "nudge.", "form.")
    also = ("parent.", "staff.", "digest.", "plan.", "took.", "sheet.", "insight.", "brief.", "board.note", "command.")
    assert {key: names for key, names in wrong.items() if not key.startswith(own + also)} == {}


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("cause.{}", RootCause),
        ("fact.{}", FactName),
        ("likely.{}", Confidence),
        ("signon.{}", SignOnCause),
        ("checking.{}", CheckKind),
        ("environment.{}", Environment),
        ("field.password.{}", [problem for problem in PasswordProblem if problem.blocks]),
        ("waiting.{}", [standing(a_link(step=step), NOW).waits for step in Step]),
        ("step.{}.open", [step for step, row in STEPS.items() if row.kind is Kind.FORM]),
        ("step.{}.primary", [step for step, row in STEPS.items() if row.kind in {Kind.CONFIRM, Kind.CHECK}]),
        ("picture.{}", [name for row in STEPS.values() for name in row.pictures]),
        ("step.{}.done", Step),
        ("help.stuck.{}", {topic for row in STEPS.values() for topic in row.topics}),
    ],
)
def test_every_member_has_its_words(pattern: str, values: list[str]) -> None:
    without = {"step.welcome.primary", "step.expiry.primary", "step.expiry.done"}  # these have other words
    keys = {pattern.format(value) for value in values} - without
    assert {key for key in keys if not WORDS.has(key)} == set()


def test_every_button_has_words_of_its_own_or_borrows_some() -> None:
    borrows = {Action.OPEN_FORM, Action.DONE, Action.HELP, Action.SNOOZE, Action.ASK_WRITES, Action.WEB_ONLY}
    borrows |= {Action.MUTE, Action.UNMUTE, Action.NOTE, Action.MOVE, Action.LANGUAGE, Action.PAUSE_UNTIL}
    assert {action for action in Action if not WORDS.has(f"button.{action}")} == borrows


def labels(words: Words) -> dict[str, str]:
    """Give what every button is called, by its key."""
    ends = (".open", ".primary", ".primary_later", ".known", ".detail")
    own = (key for key in words.keys if key.startswith(("button.", "command.button.")) or key.endswith(ends))
    return {key: "\n".join(words.raw(key)) for key in own}


def test_every_button_that_a_sentence_names_is_called_so_in_each_language() -> None:
    english, wrong = labels(WORDS), []
    for path in FOLDER.glob("*.toml"):
        words = load_words(language=path.stem)
        there = labels(words)
        for key in WORDS.keys:
            said = "\n".join(words.raw(key))
            for name in named_in("\n".join(WORDS.raw(key))):
                # What is named by a placeholder is called as the thread calls it, in any language.
                is_placed = name.strip("{}") in ON_CARDS
                found = {name} if is_placed else {there[label] for label, text in english.items() if text == name}
                if not any(f"*{text}*" in said for text in found):
                    wrong.append((path.stem, key, name))
    assert wrong == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_no_text_names_a_tool_of_ours_or_a_person(path: Path) -> None:
    words = load_words(language=path.stem)
    for key in words.keys:
        text = "\n".join(words.raw(key)).lower()
        assert "kombo" not in text, key
        assert "acme" not in text, key
        assert "{}" not in text, key


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xff\xfe", "is not TOML"),
        (b"[button]\nstart = 'Hi {nobody}'\n", "may not use {nobody}"),
        (b"[nothing]\nat = 'all'\n", "no text called nothing.at"),
    ],
)
def test_a_wrong_file_of_the_vendor_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(content)
    with pytest.raises(WordsError, match=complaint) as caught:
        load_words(own)
    assert str(own) in str(caught.value)


def test_a_list_of_the_vendor_replaces_a_list(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[step.group]\ndo = ["One", "> {group}"]\n')
    assert load_words(own).lines("step.group.do", {"group": "G<1>"}) == ("One", "> G&lt;1&gt;")


def test_a_file_with_a_broken_brace_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[button]\nstart = 'Go {'\n")
    with pytest.raises(WordsError, match=r"button.start has a brace"):
        load_words(own)
