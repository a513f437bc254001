"""Everybody in the channel reads the admin's language or the chosen one; one reader reads their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.cards.context import Scene
from flows.cards.modals import start_dialog
from flows.cards.thread_card import card
from flows.link.effects import Decision, Denial, Show
from flows.link.events import Action, Form, PersonKnown, Pressed, Submitted
from flows.link.rulebook import Rulebook
from flows.link.state import Cause, Link, Nudge, Person, Status, Step
from flows.tenant.service_url import Environment
from flows.transitions import copied
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.links import ADA, BOB, EVE, KIM, NOW, RULES, SAM, a_link

GERMAN = replace(RULES, languages=("en", "de"))
GUS = replace(ADA, locale="de-DE")
ALL_OF_TWO = {"parent", "card.0", "card.1"}


def chosen(link: Link, language: str, actor: Person = ADA) -> Decision:
    press = Pressed(actor=actor, action=Action.LANGUAGE, step=link.step, revision=link.revision, value=language)
    return decide(link, press, NOW, GERMAN)


def shown(decision: Decision) -> list[str]:
    return [effect.slot for effect in decision.effects if isinstance(effect, Show)]


@pytest.mark.parametrize(
    ("link", "tag"),
    [
        (a_link(), ""),
        (a_link(admin=None), ""),
        (a_link(admin=GUS), "de-DE"),
        (a_link(admin=GUS, language="en"), "en"),
        (a_link(language="de"), "de"),
    ],
)
def test_a_link_is_spoken_as_was_chosen_else_as_its_admin_speaks(link: Link, tag: str) -> None:
    assert link.spoken == tag


@pytest.mark.parametrize(
    ("reader", "tag"),
    [
        (ADA, "de"),
        (replace(ADA, locale="fr-FR"), "de"),
        (BOB, "de"),
        (replace(BOB, locale="fr-FR"), "fr-FR"),
        (replace(SAM, locale="en-US"), "en-US"),
        (EVE, "de"),
    ],
)
def test_one_reader_reads_their_own_but_whoever_has_chosen(reader: Person, tag: str) -> None:
    assert a_link(language="de").read_by(reader) == tag


def test_whoever_holds_a_step_reads_what_was_chosen() -> None:
    link = a_link(step=Step.GROUP, language="de", holders={Step.GROUP: BOB})
    assert link.read_by(replace(BOB, locale="en-US")) == "de"
    assert a_link().read_by(replace(ADA, locale="en-US")) == "en-US", "nobody has chosen"


def test_a_choice_draws_all_that_stands_once_more_and_makes_no_button_stale() -> None:
    link = a_link(step=Step.ISU, cards=(Step.WELCOME, Step.ISU))
    decision = chosen(link, "de")
    assert decision.link == replace(link, language="de")
    assert sorted(shown(decision)) == sorted(ALL_OF_TWO)
    nudge = Nudge(cause=Cause.STALLED, number=4, rung=0, at=NOW)
    assert "nudge.4" in shown(chosen(replace(link, nudge=nudge), "de"))
    again = chosen(decision.link, "de")
    assert again.refusal == Denial(key="refusal.stale"), "one press counts once"
    assert again.link == decision.link


@pytest.mark.parametrize(
    ("link", "actor", "refused"),
    [
        (a_link(), EVE, "refusal.stranger"),
        (a_link(), BOB, "refusal.colleague"),
        (a_link(status=Status.CANCELLED), ADA, "refusal.status.cancelled"),
    ],
)
def test_not_everybody_may_choose(link: Link, actor: Person, refused: str) -> None:
    decision = chosen(link, "de", actor)
    assert decision.link == link
    assert decision.refusal
    assert decision.refusal.key == refused


def test_a_language_that_nobody_speaks_is_not_chosen() -> None:
    assert chosen(a_link(), "tlh").refusal == Denial(key="refusal.stale")
    assert not chosen(a_link(admin=None), "de", BOB).refusal
    assert not chosen(a_link(), "de", KIM).refusal


@pytest.mark.parametrize("step", [Step.ISU, Step.LINKED])
def test_what_slack_tells_of_the_admin_turns_the_language(step: Step) -> None:
    status = Status.LINKED if step is Step.LINKED else Status.ACTIVE
    link = a_link(step=step, status=status, cards=(Step.WELCOME, step))
    decision = decide(link, PersonKnown(person=replace(ADA, locale="de-DE")), NOW, GERMAN)
    assert decision.link.spoken == "de-DE"
    assert sorted(shown(decision)) == sorted(ALL_OF_TWO)
    assert decide(decision.link, PersonKnown(person=ADA), NOW, GERMAN).link == decision.link, (
        "silence takes nothing back"
    )


@pytest.mark.parametrize(("locale", "after"), [("fr-FR", "fr-FR"), ("", "de")])
def test_the_next_admin_is_spoken_to_in_their_own_language_where_it_is_known(locale: str, after: str) -> None:
    bob, link = replace(BOB, locale=locale), a_link(step=Step.ISU, language="de")
    event = Submitted(
        actor=ADA,
        form=Form.HAND_OVER,
        step=link.step,
        revision=link.revision,
        values={"person": BOB.user_id, "part": "", "outside": ""},
        chosen=bob,
    )
    assert decide(link, event, NOW, GERMAN).link.spoken == after


def test_a_copy_speaks_as_the_link_it_was_made_of() -> None:
    assert copied(a_link(language="de"), "l2", Environment.SANDBOX, NOW).spoken == "de"


def test_the_newest_card_offers_every_other_language_by_its_own_name() -> None:
    link = a_link(step=Step.ISU, cards=(Step.WELCOME, Step.ISU))
    for words, offered in ((load_words(), "Deutsch"), (load_words(language="de"), "English")):
        menu = card(Scene(link, GERMAN, words, NOW), 1).menu
        assert menu
        assert [(one.text, one.action) for one in menu.buttons] == [(offered, Action.LANGUAGE)]
        assert card(Scene(link, GERMAN, words, NOW), 0).menu is None
    many = replace(RULES, languages=("en", "de", "fr", "it", "nl", "pl", "sv"))
    menu = card(Scene(link, many, load_words(), NOW), 1).menu
    assert menu
    assert len(menu.buttons) == 5
    assert card(Scene(link, RULES, load_words(), NOW), 1).menu is None, "there is nothing to choose"
    ended = replace(link, status=Status.CANCELLED)
    assert card(Scene(ended, GERMAN, load_words(), NOW), 1).menu is None, "there is no row of buttons"


def test_the_start_asks_for_a_language_where_there_is_a_choice() -> None:
    def field(rules: Rulebook) -> list[str]:
        drawn = start_dialog(load_words(language="de"), rules, "Acme")
        return [choice.text for one in drawn.inputs if one.field.name == "language" for choice in one.choices]

    assert field(GERMAN) == ["Die des Admins in Slack, sonst English", "English", "Deutsch"]
    assert field(replace(RULES, languages=("en",))) == []
