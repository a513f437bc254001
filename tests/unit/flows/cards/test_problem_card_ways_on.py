"""The buttons that lead on from where a conversation has come to a halt."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.messages import said
from flows.cards.parent import parent
from flows.cards.parts import Card, Copy, Small, Text
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking, Hitch, Topic
from flows.link.effects import Say
from flows.link.events import Form
from flows.link.state import Cause, Issue, Link, Nudge, Status, Step
from flows.words import load_words
from tests.support.drawing import buttons_of
from tests.support.drawn_states import at, finding
from tests.support.links import ACCOUNT, ENDPOINT, NOW, OTHER, RULES, SAM, a_setup, changed

WORDS = load_words()
TRIED = Checking(id="l1.1", kind=CheckKind.FULL, since=NOW, endpoints=(ENDPOINT,))

WRONG = finding(CheckKind.LOGIN, Reason.INVALID_CREDENTIALS)


def scene(link: Link) -> Scene:
    return Scene(link, RULES, WORDS, NOW)


def text_of(drawn: Card) -> str:
    return "\n".join(part.text for part in drawn.parts if isinstance(part, Text | Small))


@pytest.mark.parametrize(
    ("step", "is_far"), [(Step.SERVICE_URL, False), (Step.ISU, False), (Step.ACTIVATION, True), (Step.CHECK, True)]
)
@pytest.mark.parametrize("reason", [Reason.OAUTH_BAD_TENANT, Reason.INVALID_CREDENTIALS])
def test_the_service_url_is_one_press_away(step: Step, reason: Reason, *, is_far: bool) -> None:
    link = at(step, trouble=finding(CheckKind.FULL, reason), tried=TRIED)
    far = [one for one in buttons_of(card(scene(link), 2)) if one.text == "Change the URL"]
    assert [one.value for one in far] == [Step.SERVICE_URL] * is_far


def test_a_user_known_from_another_address_is_checked_with_one_press() -> None:
    known = [one.text for one in buttons_of(card(scene(at(Step.ISU, account=ACCOUNT)), 2))]
    assert known[:2] == ["Check ISU_Wintro here", "Enter it again"]
    assert "Check ISU_Wintro here" not in [one.text for one in buttons_of(card(scene(at(Step.ISU)), 2))]


@pytest.mark.parametrize(
    "key", [f"reason.{Reason.INVALID_CREDENTIALS}.chat", *(f"hitch.{hitch}" for hitch in (Hitch.COOLING, Hitch.BACK))]
)
def test_what_came_of_a_new_password_has_its_next_button(key: str) -> None:
    drawn = said(scene(at(Step.LINKED)), Say(key=key))
    assert [one.form for one in buttons_of(drawn)] == [Form.ROTATE, None]
    assert not list(buttons_of(said(scene(at(Step.ISU)), Say(key=key))))


def test_nobody_is_asked_by_name_where_nobody_was_named() -> None:
    link = at(Step.WELCOME, admin=None, nudge=Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW))
    assert "<@" not in nudge(scene(link), 0).text


def test_while_it_pauses_the_causes_stay_on_the_card() -> None:
    refused = finding(CheckKind.LOGIN, Reason.INVALID_CREDENTIALS)
    again = replace(ACCOUNT, proved=False, refused=True)
    waiting = at(Step.ISU, account=again, trouble=refused, tried=TRIED, hitch=Hitch.COOLING, cooling_until=NOW)
    names = [one.text for one in buttons_of(card(scene(waiting), 2))]
    assert "Show me" in names
    assert names[-2:] == ["Back", "Ask Wintro to join"]
    assert names.count("Enter it again") == 1
    unsure = changed(waiting, trouble=None, account=replace(again, refused=False))
    assert [one.text for one in buttons_of(card(scene(unsure), 2))] == ["Enter it again", "Back", "Ask Wintro to join"]


def test_a_part_that_is_replaced_and_left_says_so() -> None:
    before = a_setup(endpoint=ENDPOINT, account=ACCOUNT)
    opened = at(Step.ISU, cards=(Step.WELCOME, Step.LINKED, Step.ISU), account=ACCOUNT, previous=before)
    shown = card(scene(opened), 2)
    assert next(one.text for one in buttons_of(shown)) == "Enter user name and password"
    assert "give a second user another name" in text_of(shown)
    elsewhere = changed(opened, previous=replace(before, endpoint=OTHER))
    assert next(one.text for one in buttons_of(card(scene(elsewhere), 2))) == "Check ISU_Wintro here"
    refused = replace(before, account=replace(ACCOUNT, proved=False))
    kept = "The set-up from before is kept, although Workday refused it."
    for previous, line in ((before, "stays in use"), (refused, kept), (replace(before, burnt=True), "again. Next")):
        told = said(scene(changed(opened, previous=previous)), Say(key="say.reopened_own", names={"person": "U0ADA"}))
        assert line in text_of(told)
    left = at(Step.LINKED, cards=(Step.WELCOME, Step.LINKED, Step.ISU, Step.LINKED), account=ACCOUNT)
    assert text_of(card(scene(left), 2)) == "↺ *Integration user* · left as it was"
    assert "It took" not in text_of(card(scene(left), 3))
    assert "It took" in text_of(card(scene(changed(left, cards=(Step.WELCOME, Step.LINKED))), 1))


def test_of_other_permissions_what_was_there_stands_apart() -> None:
    rows = RULES.permissions.rows("recruiting", absence=False)
    there = frozenset(row.id for row in rows[:3])
    before = a_setup(endpoint=ENDPOINT, account=ACCOUNT, ticked=there)
    shown = card(scene(at(Step.PERMISSIONS, account=ACCOUNT, previous=before, ticked=there)), 2)
    copied = [part.text for part in shown.parts if isinstance(part, Copy)]
    assert not [row.policy for row in rows[:3] if any(row.policy in text.splitlines() for text in copied)]


def test_nobody_is_offered_to_ask_themselves() -> None:
    shown = [one.text for one in buttons_of(parent(scene(at(Step.GROUP, admin=SAM))))]
    assert "Ask Wintro to join" not in shown
    assert "Hand over" in shown


def test_the_same_password_is_sent_again_only_after_a_question() -> None:
    refused = at(Step.ISU, account=ACCOUNT, trouble=finding(CheckKind.LOGIN, Reason.INVALID_CREDENTIALS), tried=TRIED)
    (again,) = [one for one in buttons_of(card(scene(refused), 2)) if one.text == "Try the same password"]
    assert again.confirm
    assert "Check again" not in [one.text for one in buttons_of(card(scene(refused), 2))]


@pytest.mark.parametrize(
    ("left", "said"),
    [(None, "two sign-ins that fail"), (2, "2 tries left"), (1, "1 try left"), (0, "No try left")],
)
@pytest.mark.parametrize("reason", [Reason.INVALID_CREDENTIALS, Reason.NOT_ANSWERING])
def test_the_tries_left_are_said_before_the_next_one(left: int | None, said: str, reason: Reason) -> None:
    unproved = replace(ACCOUNT, proved=False)
    link = at(Step.ISU, account=unproved, trouble=finding(CheckKind.LOGIN, reason), tried=TRIED, tries_left=left)
    assert said in text_of(card(scene(link), 2))
    for one in buttons_of(card(scene(link), 2)):
        assert not one.confirm or said in one.confirm.text


def test_no_try_left_is_said_with_the_time_until_which_and_not_after_it() -> None:
    trouble = finding(CheckKind.LOGIN, Reason.INVALID_CREDENTIALS)
    link = at(Step.ISU, account=replace(ACCOUNT, proved=False), trouble=trouble, tried=TRIED, tries_left=0)
    drawn = text_of(card(scene(replace(link, asked_at=NOW - timedelta(minutes=20))), 2))
    assert "*No try left* until <!date" in drawn or "No try left* until 2026-11-23 10:10" in drawn
    drawn = text_of(card(scene(replace(link, asked_at=NOW - timedelta(minutes=31))), 2))
    assert "No try left" not in drawn
    assert "two sign-ins that fail" in drawn


REFUSED = replace(ACCOUNT, proved=False, refused=True)
NO_ANSWER = finding(CheckKind.REACH, Reason.NOT_ANSWERING)


@pytest.mark.parametrize(
    ("link", "said_so", "named"),
    [
        ({"step": Step.ISU, "trouble": WRONG}, "After that, press", "Try the same password"),
        ({"step": Step.ISU, "hitch": Hitch.COOLING}, "I pause right now", "Try the same password"),
        (
            {"step": Step.ISU, "account": REFUSED, "trouble": WRONG, "tries_left": 0},
            "I pause right now",
            "Try the same password",
        ),
        ({"step": Step.LINKED, "status": Status.LINKED}, "After that, press", "Check now"),
        ({"step": Step.LINKED, "status": Status.PAUSED}, "", "Account Disabled"),
        ({"step": Step.ISU, "hitch": Hitch.INTERRUPTED}, "", "Account Disabled"),
        ({"step": Step.SERVICE_URL, "trouble": NO_ANSWER}, "", "Account Disabled"),
    ],
)
def test_what_was_mended_in_workday_is_tried_with_the_button_that_is_there(
    link: dict[str, Any], said_so: str, named: str
) -> None:
    drawn = text_of(said(scene(at(**{"account": ACCOUNT, **link})), Say(key="signon.disabled")))
    assert said_so in drawn
    assert re.findall(r"\*([^*]+)\*", drawn)[-1] == named
    assert "After that" not in text_of(said(scene(at(**{"account": ACCOUNT, **link})), Say(key="signon.locked")))


def test_a_proved_password_is_spared_and_not_accused() -> None:
    silent = finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)
    link = at(Step.ACTIVATION, account=ACCOUNT, trouble=silent, hitch=Hitch.COOLING, cooling_until=NOW + timedelta(1))
    drawn = text_of(card(scene(link), 2))
    assert "has worked before" in drawn
    assert "refused" not in drawn
    assert "I ask again <!date" in text_of(parent(scene(link)))


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        (Topic.FLAGS, "Check now"),
        (Topic.POLICY, "Check now"),
        (Topic.LOCKED, "Enter the new password"),
        (Topic.RETYPE, "Enter the new password"),
    ],
)
def test_help_on_a_finished_link_leads_on(topic: Topic, first: str) -> None:
    issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    drawn = card(scene(at(Step.LINKED, issue=issue, help=topic)), 2)
    assert next(one.text for one in buttons_of(drawn)) == first
    assert text_of(drawn).startswith("⚠️ *Needs attention*"), "not the name of the step, which is Linked"
    names = [one.text for one in buttons_of(card(scene(at(Step.LINKED, issue=issue)), 2))]
    assert {"Show me", "Enter the new password"} <= set(names)
    # One way to one form.
    assert "Enter it again" not in names


def test_what_workday_refused_is_entered_again_after_the_pause() -> None:
    account = replace(ACCOUNT, proved=False, refused=True)
    link = at(Step.ISU, account=account, tried=TRIED, hitch=Hitch.COOLING, cooling_until=NOW)
    names = [one.text for one in buttons_of(card(scene(link), 2))]
    assert names[0] == "Enter it again"
    assert not {"Check again", "Try the same password"} & set(names)
