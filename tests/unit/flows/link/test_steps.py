"""A step, a button, a form or an event that misses one of its parts fails here, and the failure names the part."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from flows import decide
from flows.cards import Scene, dialog
from flows.diagnosis.observations import CheckKind
from flows.link.access.rows import HEARS, PRESSES, SENDS
from flows.link.effects import Decision, Handed
from flows.link.events import (
    Action,
    CallLost,
    ChannelMoved,
    CheckBroken,
    CheckFinished,
    CheckHeld,
    CheckRefused,
    Event,
    Forgotten,
    Form,
    Frozen,
    HandedOff,
    Heard,
    Intent,
    KeyMade,
    PersonKnown,
    Pressed,
    Reachable,
    SecretsLost,
    Submitted,
    Thawed,
    Undeliverable,
    Woke,
)
from flows.link.forms import FORMS
from flows.link.setup import SecretRef
from flows.link.state import Step
from flows.link.steps import BEFORE_ISU, CONFIRMED, STEPS, Kind
from flows.link.walk import is_usual, minutes_left
from flows.words import load_words
from tests.support.links import ADA, NOW, RULES, a_link, changed, report

WORDS = load_words()
DRAWN = Path(__file__).parents[4] / "bot" / "web" / "pictures"
SAID_OF_A_STEP = ("step.{}.title", "step.{}.lead", "step.{}.do", "step.{}.why", "say.help.{}")


def parts_missing(step: Step) -> set[str]:
    """Name what a step still needs."""
    row = STEPS.get(step)
    if row is None:
        return {"its row in STEPS"}
    keys = [key.format(step) for key in SAID_OF_A_STEP]
    keys += [f"picture.{name}" for name in row.pictures]
    if row.kind is Kind.CHECK or step in CONFIRMED:
        keys.append(f"step.{step}.primary")
    if row.kind is Kind.FORM:
        keys.append(f"step.{step}.open")
    missing = {f"the word {key}" for key in keys if not WORDS.has(key)}
    missing |= {f"the drawing {name}" for name in row.pictures if not (DRAWN / f"{name}.png").is_file()}
    if row.kind is Kind.CHECK and row.check is None:
        missing.add("its check")
    if row.kind is Kind.FORM and (row.form is None or step not in SENDS[row.form].steps):
        missing.add("a form that may be sent there")
    if row.kind is not Kind.END and not any(step in rule.steps for rule in PRESSES.values()):
        missing.add("a button that may be pressed there")
    return missing


@pytest.mark.parametrize("step", Step)
def test_a_step_has_all_its_parts(step: Step) -> None:
    assert parts_missing(step) == set()


def test_a_step_that_is_finished_by_saying_so_needs_its_row_alone() -> None:
    assert PRESSES[Action.DONE].steps == CONFIRMED == {Step.USER, Step.GROUP, Step.PERMISSIONS}
    assert {Step.WELCOME, Step.SERVICE_URL} == BEFORE_ISU
    assert list(STEPS) == list(Step), "the rows stand in the order of the walk"


@pytest.mark.parametrize("action", Action)
def test_a_button_has_a_rule_and_does_something(action: Action) -> None:
    assert action in PRESSES, "its rule in PRESSES"
    press = Pressed(actor=ADA, action=action, step=Step.WELCOME, revision=1)
    assert isinstance(decide(a_link(), press, NOW, RULES), Decision)


@pytest.mark.parametrize("form", Form)
def test_a_form_has_all_its_parts(form: Form) -> None:
    assert form in FORMS, "its fields in FORMS"
    assert form in SENDS, "its rule in SENDS"
    missing = [key for key in (f"form.{form}.title", f"form.{form}.submit") if not WORDS.has(key)]
    assert missing == [], "its words"
    if form is not Form.START:
        assert dialog(Scene(a_link(), RULES, WORDS, NOW), form).title, "its drawing"


def test_every_intent_has_somebody_to_be_heard() -> None:
    assert set(HEARS) == set(Intent)


EXAMPLES: tuple[Event, ...] = (
    Pressed(actor=ADA, action=Action.START, step=Step.WELCOME, revision=1),
    Submitted(actor=ADA, form=Form.EVIDENCE, step=Step.WELCOME, revision=1),
    Heard(actor=ADA, intent=Intent.HELP),
    CheckFinished(check_id="x", report=report(CheckKind.REACH)),
    CheckRefused(check_id="x", until=NOW),
    CheckHeld(check_id="x"),
    CheckBroken(check_id="x"),
    PersonKnown(person=ADA),
    Undeliverable(code="is_archived"),
    ChannelMoved(channel_id="C2"),
    Reachable(),
    Woke(),
    HandedOff(what=Handed.LINKED),
    KeyMade(certificate="c", private=SecretRef("s4"), made=NOW.date(), days=730),
    SecretsLost(refs=frozenset({SecretRef("s1")})),
    Frozen(),
    Thawed(),
    CallLost(),
    Forgotten(),
)


def test_every_event_is_decided() -> None:
    assert {type(event) for event in EXAMPLES} == set(get_args(Event)), "an example of it"
    for event in EXAMPLES:
        assert isinstance(decide(a_link(), event, NOW, RULES), Decision)


def test_the_minutes_of_the_permissions_come_from_their_rows() -> None:
    link = a_link(step=Step.PERMISSIONS)
    rows = RULES.permissions.rows("recruiting")
    fewer = changed(link, left_out={row.id: "not used" for row in rows[:9]})
    saved = minutes_left(link, RULES.permissions) - minutes_left(fewer, RULES.permissions)
    assert saved == 6
    later = a_link(step=Step.ACTIVATION)
    assert minutes_left(link, RULES.permissions) - minutes_left(later, RULES.permissions) == 10


USUAL = dict.fromkeys(Step, 4.0)


def test_history_speaks_where_it_knows_every_step_ahead() -> None:
    link = a_link(step=Step.PERMISSIONS)
    known = {Step.PERMISSIONS: 21.0, Step.ACTIVATION: 5.5}
    assert is_usual(link, RULES.permissions, known)
    assert minutes_left(link, RULES.permissions, known) == 25
    assert minutes_left(link, RULES.permissions, {Step.PERMISSIONS: 3.2, Step.ACTIVATION: 3.6}) == 7
    assert minutes_left(link, RULES.permissions, {Step.PERMISSIONS: 0.1, Step.ACTIVATION: 0.1}) == 1
    assert minutes_left(a_link(step=Step.GROUP), RULES.permissions, known) == minutes_left(
        a_link(step=Step.GROUP), RULES.permissions
    ), "one step that is not known, and the rows speak"


def test_an_api_client_needs_a_history_of_its_own() -> None:
    link = a_link(step=Step.ACTIVATION, absence=True)
    assert not is_usual(link, RULES.permissions, {Step.ACTIVATION: 5})
    assert is_usual(link, RULES.permissions, {Step.ACTIVATION: 5, Step.API_CLIENT: 5})
    assert not is_usual(a_link(step=Step.LINKED), RULES.permissions, USUAL), "nothing is ahead of a finished link"
