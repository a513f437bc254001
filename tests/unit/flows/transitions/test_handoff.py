"""What the vendor's backend is told of, and when credentials are forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.cards.parts import Buttons
from flows.cards.thread_card import card
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking
from flows.link.effects import Handed, HandOff, Say, Show
from flows.link.events import Action, CheckFinished, Forgotten, Form, HandedOff, Pressed, Submitted, Woke
from flows.link.setup import SecretRef
from flows.link.state import Issue, Link, Status, Step
from flows.permissions import Way
from flows.schedule.wakeups import idle_at, next_wake
from flows.transitions.decide import decide
from flows.transitions.handoff import news
from flows.words import load_words
from tests.support.links import ACCOUNT, API, ENDPOINT, KEY, NOW, RULES, SAM, a_link, changed, report

NEW = replace(ACCOUNT, secret=SecretRef("s9"))
OPEN = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
BACKEND = replace(RULES, hands_off=True)
FORGETTING = replace(BACKEND, keeps_secrets=False)
FIRST = HandedOff(what=Handed.LINKED, refs=frozenset({SecretRef("s1"), SecretRef("s2"), SecretRef("s3")}))


def linked(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    values = {"endpoint": ENDPOINT, "account": ACCOUNT, "linked": NOW}
    return a_link(step=Step.LINKED, status=Status.LINKED, **{**values, **changes})


WORKING = a_link(step=Step.CHECK, account=ACCOUNT)
REDONE = a_link(step=Step.CHECK, account=NEW, previous=linked().setup)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (WORKING, replace(WORKING, step=Step.GROUP), None),
        (WORKING, linked(), Handed.LINKED),
        (REDONE, linked(account=NEW), Handed.RELINKED),
        (REDONE, linked(), None),
        (linked(), linked(account=NEW), Handed.RELINKED),
        (linked(), linked(api=API), Handed.RELINKED),
        (linked(), linked(account=replace(ACCOUNT, secret=None)), None),
        (linked(), linked(issue=OPEN), Handed.ATTENTION),
        (linked(issue=OPEN), linked(issue=replace(OPEN, resolved=NOW)), Handed.RECOVERED),
        (linked(issue=replace(OPEN, resolved=NOW)), linked(issue=OPEN), Handed.ATTENTION),
        (linked(), linked(customer="Acme 2"), None),
        (linked(), replace(linked(), status=Status.CANCELLED), Handed.FORGOTTEN),
        (WORKING, replace(WORKING, status=Status.CANCELLED), None),
        (replace(linked(), status=Status.CANCELLED), replace(linked(), status=Status.CANCELLED), None),
        (linked(), replace(linked(), status=Status.PAUSED), Handed.PAUSED),
        (replace(linked(), status=Status.PAUSED), linked(), Handed.RESUMED),
        (replace(linked(), status=Status.PAUSED), replace(linked(), status=Status.CANCELLED), Handed.FORGOTTEN),
        (WORKING, replace(WORKING, status=Status.PAUSED), None),
    ],
)
def test_the_backend_hears_of_what_concerns_it(before: Link, after: Link, told: Handed | None) -> None:
    assert news(before, after, RULES) is told


def test_it_is_told_in_the_same_breath_and_only_where_there_is_one() -> None:
    decision = decide(linked(), Forgotten(), NOW, BACKEND)
    assert HandOff(what=Handed.FORGOTTEN) in decision.effects
    assert not [effect for effect in decide(linked(), Forgotten(), NOW, RULES).effects if isinstance(effect, HandOff)]
    assert decision.link.erase
    assert decision.link.status is Status.CANCELLED
    assert not decision.link.secrets
    assert Show(slot="parent") in decision.effects


def test_what_was_handed_off_is_forgotten_where_that_is_wished() -> None:
    assert decide(linked(), FIRST, NOW, BACKEND).link == linked(handed=NOW)
    after = decide(linked(api=API), FIRST, NOW, FORGETTING)
    assert not after.link.secrets
    assert after.link.handed == NOW
    assert Say(key="say.handed_off") in after.effects
    assert decide(after.link, FIRST, NOW, FORGETTING).effects == ()
    for other in (Handed.ATTENTION, Handed.RECOVERED):
        assert decide(linked(), HandedOff(what=other), NOW, FORGETTING).link == linked()
    assert decide(WORKING, FIRST, NOW, FORGETTING).link == WORKING
    paused = decide(replace(linked(api=API), status=Status.PAUSED), FIRST, NOW, FORGETTING).link
    assert (paused.status, paused.handed, paused.secrets) == (Status.PAUSED, NOW, frozenset())


@pytest.mark.parametrize(
    "changed",
    [linked(account=NEW, api=API), linked(api=replace(API, refresh_token=SecretRef("s8")))],
    ids=["password", "token"],
)
def test_what_is_newer_than_what_was_brought_stays_until_its_own_errand_has_brought_it(changed: Link) -> None:
    assert news(linked(api=API), changed, RULES) is Handed.RELINKED, "an errand of its own"
    for rules in (BACKEND, FORGETTING):
        assert decide(changed, FIRST, NOW, rules).link == changed
    brought = HandedOff(what=Handed.RELINKED, refs=changed.secrets)
    after = decide(changed, brought, NOW, FORGETTING).link
    assert not after.secrets
    assert after.handed == NOW


def test_a_password_that_is_being_tried_survives_the_hand_off_of_the_old_one() -> None:
    candidate = SecretRef("s9")
    checking = Checking(
        id="c1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,), secrets=(candidate,), guessed=False
    )
    link = linked(account=replace(ACCOUNT, candidate=candidate), api=API, checking=checking)
    after = decide(link, FIRST, NOW, FORGETTING).link
    assert after.secrets == {candidate}
    assert after.attempt.checking == checking
    good = CheckFinished(check_id="c1", report=report(CheckKind.LOGIN))
    proved = decide(after, good, NOW, FORGETTING)
    assert proved.link.setup.account
    assert proved.link.setup.account.secret == candidate
    assert HandOff(what=Handed.RELINKED) in proved.effects
    about_the_old = changed(link, checking=replace(checking, secrets=(candidate, SecretRef("s1"))))
    assert decide(about_the_old, FIRST, NOW, FORGETTING).link.attempt.checking is None


def test_what_was_taken_while_the_set_up_was_open_is_brought_again_to_be_forgotten() -> None:
    open_again = a_link(step=Step.GROUP, account=ACCOUNT, endpoint=ENDPOINT, linked=NOW, previous=linked().setup)
    assert decide(open_again, FIRST, NOW, FORGETTING).link == open_again
    pressed = Pressed(actor=SAM, action=Action.KEEP_OLD, step=Step.GROUP, revision=open_again.revision)
    assert HandOff(what=Handed.RELINKED) in decide(open_again, pressed, NOW, FORGETTING).effects
    assert HandOff(what=Handed.RELINKED) not in decide(open_again, pressed, NOW, BACKEND).effects
    bare = changed(open_again, account=replace(ACCOUNT, secret=None))
    bare = changed(bare, previous=linked(account=bare.setup.account).setup)
    assert HandOff(what=Handed.RELINKED) not in decide(bare, pressed, NOW, FORGETTING).effects


def test_what_is_kept_from_before_it_was_to_be_forgotten_is_brought_with_the_next_good_look() -> None:
    looked = replace(linked(), looked_at=NOW)
    assert news(linked(), looked, FORGETTING) is Handed.RELINKED
    assert news(linked(), looked, BACKEND) is None
    assert news(looked, replace(looked, touched=NOW), FORGETTING) is None
    refused = linked(issue=OPEN)
    assert news(refused, replace(refused, looked_at=NOW), FORGETTING) is None


def test_a_key_that_stays_with_the_app_is_no_news_when_the_set_up_is_left_as_it_was() -> None:
    after = linked(way=Way.KEY, key=replace(KEY, client_id="c"))
    assert after.setup.credentials
    before = a_link(step=Step.KEY_CLIENT, account=ACCOUNT, previous=after.setup)
    assert news(before, after, FORGETTING) is Handed.RELINKED
    assert news(before, after, replace(FORGETTING, keeps_keys=True)) is None


def test_nothing_is_checked_without_a_secret() -> None:
    link = linked(account=replace(ACCOUNT, secret=None, proved=False), issue=OPEN)
    assert next_wake(replace(link, issue=None), FORGETTING) is None
    scene = Scene(link, FORGETTING, load_words(), NOW)
    pressed = [
        button.action
        for drawn in (card(scene, 0), parent(scene))
        for part in drawn.parts
        if isinstance(part, Buttons)
        for button in part.buttons
    ]
    assert Action.LOOK not in pressed
    denied = replace(link, issue=replace(OPEN, reason=Reason.PERMISSIONS_MISSING))
    assert card(Scene(denied, FORGETTING, load_words(), NOW), 0).parts


@pytest.mark.parametrize("issue", [None, OPEN, replace(OPEN, reason=Reason.PERMISSIONS_MISSING)])
def test_what_was_handed_off_was_not_refused(issue: Issue | None) -> None:
    """A set-up that is opened again and left as it was is one that the backend uses, not one that is broken."""
    forgotten = decide(linked(issue=issue), FIRST, NOW, FORGETTING).link
    assert not forgotten.secrets
    values = {"profile": "hris", "absence": ""}
    sent = Submitted(actor=SAM, form=Form.PROFILE, step=Step.LINKED, revision=forgotten.revision, values=values)
    opened = decide(forgotten, sent, NOW, FORGETTING).link
    said = parent(Scene(opened, FORGETTING, load_words(), NOW)).text
    assert ("although Workday refused it" in said) is (issue == OPEN)
    pressed = Pressed(actor=SAM, action=Action.KEEP_OLD, step=opened.step, revision=opened.revision)
    left = decide(opened, pressed, NOW, FORGETTING)
    assert (left.link.status, left.link.setup, left.link.issue) == (Status.LINKED, forgotten.setup, issue)
    assert not [one for one in left.effects if isinstance(one, HandOff)]


def test_an_idle_link_forgets_its_secrets_once() -> None:
    link = a_link(step=Step.GROUP, account=ACCOUNT, api=API)
    ends = idle_at(link, RULES)
    assert ends == NOW + timedelta(days=90)
    after = decide(link, Woke(), ends, RULES)
    assert not after.link.secrets
    assert after.link.setup.account == replace(ACCOUNT, secret=None, proved=False)
    assert Say(key="say.idle") in after.effects
    assert idle_at(after.link, RULES) is None
    shown = card(Scene(after.link, RULES, load_words(), NOW), 0)
    assert "I have no password" in shown.text
    for other in (linked(), changed(link, previous=linked().setup), replace(link, status=Status.CANCELLED)):
        assert idle_at(other, RULES) is None
    blocked = replace(link, blocked="is_archived")
    assert decide(blocked, Woke(), ends, RULES).link == blocked


def test_a_new_password_after_the_hand_off_is_handed_off_again() -> None:
    link = linked(account=replace(ACCOUNT, secret=None))
    sent = Submitted(actor=SAM, form=Form.ROTATE, step=Step.LINKED, revision=1, secrets={"password": SecretRef("s9")})
    assert decide(link, sent, NOW, FORGETTING).refusal, "credentials come from the admin"
