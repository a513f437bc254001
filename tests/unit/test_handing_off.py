"""What the vendor's backend is told of, and when credentials are forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.cards import card, parent
from flows.conversation import decide
from flows.handoff import news
from flows.messages import Action, Forgotten, Form, Handed, HandedOff, HandOff, Say, Show, Submitted, Uninstalled, Woke
from flows.parts import Buttons
from flows.reasons import Reason
from flows.reminders import idle_at, next_wake
from flows.scene import Scene
from flows.state import Account, ApiAccess, Issue, Kept, Link, SecretRef, Status, Step
from flows.words import load_words
from tests.unit.links import ENDPOINT, NOW, RULES, SAM, a_link

ACCOUNT = Account(user_name="ISU_Wintro", secret=SecretRef("s1"), proved=True)
NEW = replace(ACCOUNT, secret=SecretRef("s9"))
API = ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"), proved=True)
OPEN = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
BACKEND = replace(RULES, hands_off=True)
FORGETTING = replace(BACKEND, keeps_secrets=False)


def linked(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    values = {"endpoint": ENDPOINT, "account": ACCOUNT, "linked": NOW}
    return a_link(step=Step.LINKED, status=Status.LINKED, **{**values, **changes})


def kept(link: Link) -> Kept:
    return Kept(
        profile=link.profile,
        absence=link.absence,
        environment=link.environment,
        endpoint=link.endpoint,
        account=link.account,
        api=link.api,
        expiry=None,
        matrix=None,
    )


WORKING = a_link(step=Step.CHECK, account=ACCOUNT)
REDONE = a_link(step=Step.CHECK, account=NEW, kept=kept(linked()))


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
    ],
)
def test_the_backend_hears_of_what_concerns_it(before: Link, after: Link, told: Handed | None) -> None:
    assert news(before, after) is told


def test_it_is_told_in_the_same_breath_and_only_where_there_is_one() -> None:
    decision = decide(linked(), Forgotten(), NOW, BACKEND)
    assert HandOff(what=Handed.FORGOTTEN) in decision.effects
    assert not [effect for effect in decide(linked(), Forgotten(), NOW, RULES).effects if isinstance(effect, HandOff)]
    assert decision.link.erase
    assert decision.link.status is Status.CANCELLED
    assert not decision.link.secrets
    assert Show(slot="parent") in decision.effects


def test_what_was_handed_off_is_forgotten_where_that_is_wished() -> None:
    taken = HandedOff(what=Handed.LINKED)
    assert decide(linked(), taken, NOW, BACKEND).link == linked(handed=NOW)
    after = decide(linked(api=API), taken, NOW, FORGETTING)
    assert not after.link.secrets
    assert after.link.handed == NOW
    assert Say(key="say.handed_off") in after.effects
    assert decide(after.link, taken, NOW, FORGETTING).effects == ()
    for other in (Handed.ATTENTION, Handed.RECOVERED):
        assert decide(linked(), HandedOff(what=other), NOW, FORGETTING).link == linked()
    assert decide(WORKING, taken, NOW, FORGETTING).link == WORKING


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


def test_an_idle_link_forgets_its_secrets_once() -> None:
    link = a_link(step=Step.GROUP, account=ACCOUNT, api=API)
    ends = idle_at(link, RULES)
    assert ends == NOW + timedelta(days=90)
    after = decide(link, Woke(), ends, RULES)
    assert not after.link.secrets
    assert after.link.account == replace(ACCOUNT, secret=None, proved=False)
    assert Say(key="say.idle") in after.effects
    assert idle_at(after.link, RULES) is None
    shown = card(Scene(after.link, RULES, load_words(), NOW), 0)
    assert "I have no password" in shown.text
    for other in (linked(), replace(link, kept=kept(linked())), replace(link, status=Status.CANCELLED)):
        assert idle_at(other, RULES) is None
    blocked = replace(link, blocked="is_archived")
    assert decide(blocked, Woke(), ends, RULES).link == blocked


def test_an_app_that_is_taken_out_keeps_nothing() -> None:
    gone = decide(linked(api=API), Uninstalled(), NOW, BACKEND)
    assert gone.link.status is Status.CANCELLED
    assert not gone.link.secrets
    assert gone.effects == (HandOff(what=Handed.FORGOTTEN),)


def test_a_new_password_after_the_hand_off_is_handed_off_again() -> None:
    link = linked(account=replace(ACCOUNT, secret=None))
    sent = Submitted(actor=SAM, form=Form.ROTATE, step=Step.LINKED, revision=1, secrets={"password": SecretRef("s9")})
    assert decide(link, sent, NOW, FORGETTING).refusal, "credentials come from the admin"
