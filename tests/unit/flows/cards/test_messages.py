"""Sentences say only what was done and what Workday said, and no name in them is empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest

from bot.slack.block_kit import fallback
from flows.cards.context import Scene
from flows.cards.messages import said, told
from flows.cards.parent import parent
from flows.cards.parts import Buttons
from flows.cards.placeholders import Names, scopes_of, took
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Owner, Reason
from flows.link.access.reading import refusal
from flows.link.attempt import Checking
from flows.link.effects import Say, TellStaff
from flows.link.events import Action, CheckFinished, Form, Heard, Intent, Pressed
from flows.link.setup import Expiry, ExpiryKind
from flows.link.state import Cause, Issue, Link, Nudge, Status, Step
from flows.permissions import Way
from flows.talk.common_questions import COMMON_QUESTIONS
from flows.tenant.service_url import Environment
from flows.transitions.decide import decide
from flows.words import Words, load_words
from tests.support.drawn_states import every_scene, every_state
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    NOTHING,
    NOW,
    RULES,
    a_link,
    changed,
    report,
)

WORDS = load_words()
GERMAN = load_words(language="de")
ROWS = RULES.permissions.rows("recruiting", absence=False)
EMPTY = "¤"
ABOUT_PEOPLE = {"existing_user", "password_seen"}
"""Questions about passwords that people have."""


class Seen(Names):
    """Names of which each empty one is seen."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name) or EMPTY


class Marked(Scene):
    """A scene in which every empty name is seen."""

    @cached_property
    def names(self) -> Mapping[str, str]:
        names = super().names
        assert isinstance(names, Names)
        return Seen(names.link, names.rules, names.words, names.now, names.usual, names.theirs)


@pytest.mark.no_cover
def test_no_name_is_empty_in_a_sentence() -> None:
    for link in every_state():
        scene = Marked(link, RULES, WORDS, NOW)
        drawn = [parent(scene), *(card(scene, number) for number in range(len(link.cards)))]
        if link.nudge:
            drawn.append(nudge(scene, link.nudge.number))
        if not scopes_of(link, RULES):
            link = changed(link, absence=True)  # noqa: PLW2901  without scopes nobody comes to an API client
            scene = Marked(link, RULES, WORDS, NOW)
            drawn = [parent(scene), card(scene, len(link.cards) - 1)]
        if link.last and link.last.key == "expiry_policy" and link.setup.expiry is None:
            continue  # no move makes such a link
        for one in drawn:
            assert EMPTY not in fallback(one), (link.step, fallback(one))


OF_A_PASSWORD = (
    *(
        "Nobody needs its",
        "any long password",
        "New Password at Next",
        "Maintain Password Rules",
        "in place of a password",
        "Workday refused this sign-in. This link signs in with access tokens",
    ),
    *("never ask for a password", "No password is", "no password and no key", "Passwords and keys go only"),
)
"""What a link that uses no password may say of one."""


@pytest.mark.no_cover
def test_a_link_that_uses_no_password_is_asked_for_none() -> None:
    for scene in every_scene():
        link = scene.link
        if link.setup.way is Way.PASSWORD:
            continue
        drawn = [parent(scene), *(card(scene, number) for number in range(len(link.cards)))]
        drawn += [said(scene, Say(key=f"answer.{name}")) for name in COMMON_QUESTIONS if name not in ABOUT_PEOPLE]
        drawn += [said(scene, Say(key=f"reason.{reason}.chat")) for reason in Reason]
        for line in (line for one in drawn for line in fallback(one).splitlines() if "password" in line.casefold()):
            assert any(fine in line for fine in OF_A_PASSWORD), (link.step, line)


@pytest.mark.parametrize(
    ("link", "key", "way"),
    [
        (a_link(step=Step.GROUP, endpoint=ENDPOINT), "answer.address", (Action.BACK, Step.SERVICE_URL, None)),
        (
            a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT),
            "answer.address_linked",
            (Action.OPEN_FORM, "address", Form.RELINK),
        ),
    ],
)
@pytest.mark.parametrize("words", [WORDS, GERMAN])
def test_another_address_is_answered_with_the_button_that_the_words_name(
    link: Link, key: str, way: tuple[Action, str, Form | None], words: Words
) -> None:
    names = {"known_host": ENDPOINT.host, "typed_tenant": "acme2", "typed_host": "wd5-services1.myworkday.com"}
    scene = Scene(link, replace(RULES, hides_admins_buttons=True), words, NOW)
    answer = said(scene, Say(key=key, names=names))
    (button,) = (one for part in answer.parts if isinstance(part, Buttons) for one in part.buttons)
    assert (button.action, button.value, button.form) == way
    assert button.only == ()
    assert f"*{button.text}*" in answer.text
    assert refusal(link, Pressed(actor=ADA, action=button.action, step=link.step, revision=link.revision)) is None


def test_a_pasted_rejection_claims_no_check_before_anything_was_entered() -> None:
    for reason in Reason:
        chat = fallback(said(Scene(a_link(), RULES, WORDS, NOW), Say(key=f"reason.{reason}.chat")))
        assert "**" not in chat.replace("***", ""), chat
        assert "I already checked" not in chat
    wrong = conclude(report(CheckKind.LOGIN, login=INVALID))
    entered = a_link(step=Step.ISU, endpoint=ENDPOINT, account=ACCOUNT, trouble=wrong, tried=CHECKING)
    assert "I already checked" in fallback(card(Scene(entered, RULES, WORDS, NOW), 0))


def test_whoever_is_said_to_have_been_told_was_told() -> None:
    for reason in Reason:
        heard = Heard(actor=ADA, intent=Intent.FAULT, reason=reason)
        effects = decide(a_link(step=Step.GROUP), heard, NOW, RULES).effects
        scene = Scene(a_link(step=Step.GROUP), RULES, WORDS, NOW)
        texts = [fallback(said(scene, effect)) for effect in effects if isinstance(effect, Say)]
        if any("has been told" in text for text in texts):
            assert [effect for effect in effects if isinstance(effect, TellStaff)], reason
        assert reason.traits.owner is Owner.US or not any(isinstance(effect, TellStaff) for effect in effects)


CHECKING = Checking(id="c", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))


def broken(*rows: dict[str, object]) -> Link:
    matrix = conclude(report(CheckKind.PERMISSIONS, rows=rows), ROWS)
    issue = Issue(reason=Reason.PERMISSIONS_MISSING, first_seen=NOW, last_seen=NOW)
    standing = Nudge(cause=Cause.BROKEN, number=0, rung=0, at=NOW)
    values = {"step": Step.LINKED, "status": Status.LINKED, "linked": NOW, "endpoint": ENDPOINT, "account": ACCOUNT}
    return a_link(**values, matrix=matrix, issue=issue, nudge=standing)


def test_one_permission_lost_is_not_the_whole_link() -> None:
    link = broken(*(DENIED if number == 3 else GOOD for number in range(10)))
    assert link.setup.matrix
    (lost,) = [row.policy for row in ROWS if row.id in link.setup.matrix.ids(link.setup.matrix.rows[0].verdict.DENIED)]
    scene = Scene(link, RULES, WORDS, NOW)
    for drawn in (parent(scene), card(scene, 0), nudge(scene, 0)):
        text = fallback(drawn)
        assert f"1 of 10 permissions is refused:* {lost}. The rest works." in text
    assert "a part of Acme's Workday link (acme_dpt1) has not worked" in fallback(nudge(scene, 0))
    for rows in ((DENIED,), (GOOD, DENIED, NOTHING)):
        other = Scene(broken(*rows), RULES, WORDS, NOW)
        assert "The rest works" not in fallback(parent(other))
        assert "a part of" not in fallback(nudge(other, 0))


def test_the_time_it_took_counts_from_the_admins_first_press() -> None:
    link = a_link(created=NOW - timedelta(days=4))
    pressed = Pressed(actor=ADA, action=Action.START, step=Step.WELCOME, revision=1)
    started = decide(link, pressed, NOW, RULES).link
    assert started.started == NOW
    assert took(replace(started, linked=NOW + timedelta(minutes=40)), WORDS) == "40 minutes"


def test_the_environment_that_was_chosen_is_not_overruled_by_an_address() -> None:
    asked = replace(CHECKING, kind=CheckKind.REACH)
    link = a_link(step=Step.SERVICE_URL, environment=Environment.PRODUCTION, checking=asked, tried=asked)
    found = CheckFinished(check_id="c", report=report(CheckKind.REACH, endpoint=ENDPOINT))
    assert ENDPOINT.environment not in {Environment.PRODUCTION, Environment.UNKNOWN}
    decision = decide(link, found, NOW, RULES)
    after = decision.link
    assert (after.step, after.setup.environment, after.attempt.offer) == (
        Step.SERVICE_URL,
        Environment.PRODUCTION,
        ENDPOINT,
    )
    (notice,) = [effect for effect in decision.effects if isinstance(effect, TellStaff)]
    assert "Production" in told(Scene(after, RULES, WORDS, NOW), notice, "there")
    text = fallback(card(Scene(after, RULES, WORDS, NOW), 0))
    assert "this link is for *Production* so far" in text
    assert "That is the page people sign in on" not in text
    use = Pressed(actor=ADA, action=Action.USE_OFFER, step=Step.SERVICE_URL, revision=after.revision)
    assert decide(after, use, NOW, RULES).link.setup.environment is ENDPOINT.environment
    same = replace(link, setup=replace(link.setup, environment=ENDPOINT.environment))
    assert decide(same, found, NOW, RULES).link.step is Step.ISU


@pytest.mark.parametrize(
    ("changes", "but"),
    [
        ({}, ""),
        ({"account": replace(ACCOUNT, secret=None), "burnt": True}, " but the password"),
        ({"account": replace(ACCOUNT, secret=None), "way": Way.KEY, "step": Step.GROUP}, " but what ISU_Wintro signs"),
        ({"account": None}, ""),
    ],
)
def test_of_a_link_that_has_lost_its_password_not_everything_is_kept(changes: dict[str, Any], but: str) -> None:
    link = a_link(**{"step": Step.GROUP, "endpoint": ENDPOINT, "account": ACCOUNT, **changes})
    paused = changed(link, status=Status.PAUSED)
    reminded = changed(link, nudge=Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW))
    scenes = [Scene(one, RULES, WORDS, NOW) for one in (paused, reminded)]
    for drawn in (parent(scenes[0]), card(scenes[0], 0), said(scenes[0], Say(key="say.help.paused"))):
        assert f"verything{but}" in fallback(drawn)
    assert f"everything{but}" in fallback(nudge(scenes[1], 0))


def test_an_address_that_is_only_tried_is_none_of_the_links_yet() -> None:
    tried = Checking(id="l1.1", kind=CheckKind.REACH, since=NOW, endpoints=(replace(ENDPOINT, tenant="another"),))
    link = a_link(step=Step.SERVICE_URL, endpoint=ENDPOINT, account=ACCOUNT, tried=tried)
    assert "acme_dpt1" in fallback(parent(Scene(link, RULES, WORDS, NOW)))
    assert "another" not in fallback(parent(Scene(link, RULES, WORDS, NOW)))


def test_whoever_asks_when_a_password_ends_reads_what_is_known_of_it() -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=60, set_on=NOW.date())
    for known, reads in ((None, "Not known yet"), (expiry, "expire on Fri 22 Jan 2027")):
        link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, expiry=known)
        assert reads in fallback(said(Scene(link, RULES, WORDS, NOW), Say(key="answer.expiry")))
