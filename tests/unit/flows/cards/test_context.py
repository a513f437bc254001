"""Buttons that only named people may press are shown to them alone; the check of a press does not rest on that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.block_kit import Address, blocks
from flows.cards.context import Scene, contact
from flows.cards.messages import REFUSED, said
from flows.cards.parent import parent
from flows.cards.parts import Card
from flows.cards.staff.board import friendly
from flows.cards.thread_card import card
from flows.link.access.reading import pressers, refusal
from flows.link.attempt import Topic
from flows.link.effects import Say
from flows.link.events import Action, Form, Pressed, Submitted
from flows.link.rulebook import HelpLink, Voice, in_language
from flows.link.state import Link, Person, Status, Step
from flows.words import load_words
from tests.support.drawing import buttons_of, newest_of
from tests.support.drawn_states import every_state
from tests.support.links import ACCOUNT, ADA, BOB, ENDPOINT, NOW, RULES, SAM, a_link

WORDS = load_words()
WALKING = a_link(step=Step.ISU, endpoint=ENDPOINT)
HELD = replace(WALKING, holders={Step.ISU: BOB})


def seen_by(drawn: Card, action: Action) -> list[tuple[str, ...]]:
    return [button.only for button in buttons_of(drawn) if button.action is action]


def live(link: Link, *, hides: bool = True) -> Card:
    scene = Scene(link, replace(RULES, hides_admins_buttons=hides), WORDS, NOW)
    return card(scene, len(link.cards) - 1)


@pytest.mark.parametrize(
    ("link", "action", "form", "expected"),
    [
        (WALKING, Action.OPEN_FORM, Form.ISU, (ADA.user_id,)),
        (HELD, Action.OPEN_FORM, Form.ISU, (ADA.user_id, BOB.user_id)),
        (HELD, Action.CALL_STAFF, None, (ADA.user_id, BOB.user_id)),
        (replace(HELD, step=Step.GROUP), Action.CALL_STAFF, None, (ADA.user_id,)),
        (a_link(), Action.START, None, (ADA.user_id,)),
        (a_link(admin=None), Action.START, None, ()),
        (a_link(admin=replace(ADA, present=False)), Action.CALL_STAFF, None, ()),
        (WALKING, Action.OPEN_FORM, Form.EXPIRY, ()),
        (WALKING, Action.BACK, None, ()),
        (WALKING, Action.COMING, None, ()),
    ],
    ids=[
        *(
            "the admin alone",
            "whoever holds the step, too",
            "without a form",
            "no step of the holder's",
            "a named admin",
        ),
        *("nobody is named", "the admin is not here", "our people may", "everybody of ours may", "for our people"),
    ],
)
def test_a_button_is_for_those_who_can_all_be_named(
    link: Link, action: Action, form: Form | None, expected: tuple[str, ...]
) -> None:
    assert pressers(link, action, form) == expected


def test_slack_is_told_who_sees_a_button_and_a_plainer_message_is_for_all() -> None:
    address = Address(link_id="l1", step=Step.ISU, revision=1)
    hidden = [
        [one for block in blocks(live(WALKING), address, pictures=full) for one in block.get("elements", ())]
        for full in (True, False)
    ]
    told = [[one["visible_to_user_ids"] for one in drawn if "visible_to_user_ids" in one] for drawn in hidden]
    assert told == [[[ADA.user_id]], []]


def test_nothing_is_hidden_where_our_installation_says_so() -> None:
    assert seen_by(live(WALKING), Action.OPEN_FORM) == [(ADA.user_id,)]
    assert seen_by(live(WALKING, hides=False), Action.OPEN_FORM) == [()]


def test_a_message_that_is_never_drawn_anew_hides_nothing() -> None:
    link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, linked=NOW)
    scene = Scene(link, replace(RULES, hides_admins_buttons=True), WORDS, NOW)
    assert {button.only for button in buttons_of(said(scene, Say(key=REFUSED)))} == {()}
    assert seen_by(parent(scene), Action.CALL_STAFF) == [(ADA.user_id,)]


@pytest.mark.parametrize(
    ("present", "hides", "expected"),
    [(True, True, (SAM.user_id, "U0KIM")), (False, True, ()), (True, False, ())],
    ids=["the owner and whoever stands in", "the owner has left", "our installation hides nothing"],
)
def test_what_only_our_people_may_press_is_shown_to_those_who_can_be_named(
    expected: tuple[str, ...], *, present: bool, hides: bool
) -> None:
    rules = replace(RULES, backup="U0KIM", hides_buttons=hides)
    link = replace(WALKING, owner=replace(SAM, present=present))
    assert seen_by(parent(Scene(link, rules, WORDS, NOW)), Action.RESTART) == [expected]


@pytest.mark.no_cover
def test_nobody_who_may_press_a_button_is_kept_from_seeing_it() -> None:
    for link in every_state():
        scene = Scene(link, replace(RULES, hides_admins_buttons=True), WORDS, NOW)
        for drawn in newest_of(scene):
            for button in buttons_of(drawn):
                for person in (ADA, BOB, SAM, Person(user_id="U0NEW", team_id=ADA.team_id)):
                    press = Pressed(actor=person, action=button.action, step=link.step, revision=link.revision)
                    sent = (
                        Submitted(actor=person, form=button.form, step=link.step, revision=link.revision)
                        if button.form
                        else None
                    )
                    may = refusal(link, press) is None and (sent is None or refusal(link, sent) is None)
                    assert not may or not button.only or person.user_id in button.only, button


VOICED = replace(
    RULES,
    voice=Voice(
        greeting={"en": "Welcome to *Wintro*!", "de": "Willkommen!"},
        contact="help@wintro.example",
        links=(
            HelpLink(text={"en": "Tips & tricks"}, url="https://wintro.example/tips"),
            HelpLink(text={"en": "Groups"}, url="https://wintro.example/groups", steps=frozenset({Step.GROUP})),
        ),
    ),
)


def voiced(link: Link) -> str:
    return card(Scene(link, VOICED, WORDS, NOW), len(link.cards) - 1).text


def test_the_vendor_greets_once_and_names_its_pages_where_they_belong() -> None:
    assert voiced(a_link()).splitlines()[1] == "Welcome to *Wintro*!"
    assert "Welcome to *Wintro*" not in voiced(WALKING)
    group = a_link(step=Step.GROUP, endpoint=ENDPOINT, account=ACCOUNT)
    assert "More about this: <https://wintro.example/groups|Groups>" in voiced(group)
    assert "More about this" not in voiced(WALKING)


def test_every_piece_of_help_says_whom_else_to_ask() -> None:
    ways = "<mailto:help@wintro.example|help@wintro.example> and <https://wintro.example/tips|Tips &amp; tricks>"
    helped = a_link(step=Step.ISU, endpoint=ENDPOINT, help=Topic.STUCK)
    assert f"Or ask Wintro: {ways}" in voiced(helped)
    assert f"Or ask Wintro: {ways}" in friendly(WORDS, VOICED).text
    assert "Or ask" not in card(Scene(helped, RULES, WORDS, NOW), 0).text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("+49 30 1234 & <you>", "+49 30 1234 &amp; &lt;you&gt;"),
        ("https://wintro.example/help", "<https://wintro.example/help>"),
        ("help@wintro", "help@wintro"),
    ],
)
def test_a_contact_is_written_as_what_it_is(said: str, written: str) -> None:
    assert contact(said) == written


@pytest.mark.parametrize(("texts", "chosen"), [({"de": "a", "en": "b"}, "b"), ({"de": "a"}, "a"), ({}, "")])
def test_a_language_that_is_not_there_falls_back(texts: dict[str, str], chosen: str) -> None:
    assert in_language(texts, "nl") == chosen


def test_a_button_of_the_thread_is_named_as_it_stands_there() -> None:
    german = load_words(language="de")
    scene = Scene(a_link(status=Status.PAUSED), RULES, german, NOW, theirs=WORDS)
    for key, button in (
        ("refusal.press_start", "start"),
        ("refusal.choose", "hand_over"),
        ("refusal.colleague", "hand_over"),
        ("refusal.name_admin", "hand_over"),
        ("refusal.status.paused", "resume"),
        ("field.needed_row", "call_staff"),
        ("staff.owned", "allow_login"),
        ("advice.allow", "allow_login"),
        ("advice.join", "coming"),
        ("advice.new_key", "relink"),
    ):
        said_so = scene.say(key, thread="")
        assert f"*{WORDS.say(f'button.{button}', {'vendor': 'Wintro'})}*" in said_so
        own = Scene(scene.link, RULES, german, NOW).say(key, thread="")
        assert f"*{german.say(f'button.{button}', {'vendor': 'Wintro'})}*" in own
