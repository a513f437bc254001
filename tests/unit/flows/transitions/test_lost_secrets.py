"""A key that is lost costs a link its credentials and nothing else; whoever can enter them again is asked to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.cards.context import Scene
from flows.cards.thread_card import card
from flows.link.effects import Say
from flows.link.events import SecretsLost
from flows.link.setup import SecretRef
from flows.link.state import Status, Step
from flows.schedule.wakeups import next_wake
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.links import ACCOUNT, API, ENDPOINT, NOW, RULES, a_link, a_setup

LOST = SecretsLost(refs=frozenset({SecretRef("s1")}))


def test_a_finished_link_is_opened_again_at_its_user() -> None:
    link = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, api=API, linked=NOW)
    after = decide(link, LOST, NOW, RULES)
    assert (after.link.status, after.link.step) == (Status.ACTIVE, Step.ISU)
    assert not after.link.secrets
    assert after.link.setup.endpoint == ENDPOINT
    assert after.link.setup.account == replace(ACCOUNT, secret=None, proved=False)
    assert Say(key="say.lost") in after.effects
    assert next_wake(after.link, RULES), "its admin is reminded"
    shown = card(Scene(after.link, RULES, load_words(), NOW), len(after.link.cards) - 1)
    assert "I have no password of ISU_Wintro now" in shown.text
    assert "[Enter it again]" in shown.text, "the password is no new one"


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PAUSED])
@pytest.mark.parametrize(("step", "at"), [(Step.GROUP, Step.GROUP), (Step.CHECK, Step.ISU)])
def test_a_link_on_its_way_stays_on_it(status: Status, step: Step, at: Step) -> None:
    link = a_link(step=step, status=status, endpoint=ENDPOINT, account=ACCOUNT)
    after = decide(link, LOST, NOW, RULES)
    assert (after.link.status, after.link.step) == (status, at)
    assert not after.link.secrets
    assert Say(key="say.lost") in after.effects


def test_an_old_set_up_whose_password_is_gone_is_not_gone_back_to() -> None:
    account = replace(ACCOUNT, secret=SecretRef("s9"))
    link = a_link(step=Step.GROUP, account=account, previous=a_setup(account=ACCOUNT))
    after = decide(link, LOST, NOW, RULES)
    assert after.link.previous is None
    assert not after.link.secrets


def test_what_another_link_has_lost_changes_nothing() -> None:
    link = a_link(step=Step.GROUP, account=replace(ACCOUNT, secret=SecretRef("s9")))
    assert decide(link, LOST, NOW, RULES).link == link
