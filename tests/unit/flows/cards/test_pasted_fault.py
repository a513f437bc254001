"""What is said of a pasted error text is true of the text, whatever step the link is at, and leads on."""

from __future__ import annotations

import re

import pytest

from bot.slack.block_kit import fallback
from flows.cards.context import Scene
from flows.cards.messages import said
from flows.diagnosis.pasted_errors import PASTED_FAULTS
from flows.diagnosis.reasons import Owner, Reason
from flows.link.effects import Say
from flows.link.state import Link, Status, Step
from flows.permissions import Way
from flows.words import load_words
from tests.support.corpus import cases
from tests.support.drawing import buttons_of
from tests.support.drawn_states import every_scene
from tests.support.links import ACCOUNT, ENDPOINT, NOW, RULES, a_link, changed

WORDS = load_words()
OF_US = re.compile(r"\bI\b|\bgave me\b|\bworks\b|\baccepted\b|\bmy question\b")
"""What only somebody who asked Workday can say."""
KNOWN = {"endpoint": ENDPOINT, "account": ACCOUNT}


def words_in(scene: Scene, reason: Reason) -> str:
    return fallback(said(scene, Say(key=f"reason.{reason}.pasted")))


def words_for(reason: Reason, link: Link) -> str:
    return words_in(Scene(link, RULES, WORDS, NOW), reason)


def test_every_fault_that_is_recognised_has_words_of_its_own() -> None:
    assert [reason for reason in PASTED_FAULTS if not WORDS.has(f"reason.{reason}.heard")] == []
    wanted = {want for case in cases("errors") for want in case["want_one_of"]}
    assert {f"fault:{reason}" for reason in PASTED_FAULTS} == {want for want in wanted if want.startswith("fault:")}


@pytest.mark.no_cover
def test_it_claims_nothing_that_we_did() -> None:
    for scene in every_scene():
        for reason in PASTED_FAULTS:
            assert not OF_US.search(words_in(scene, reason)), (scene.link.step, reason)


@pytest.mark.parametrize("reason", sorted(PASTED_FAULTS))
def test_whose_move_it_is_is_said_wherever_the_link_stands(reason: Reason) -> None:
    for step in Step:
        told = words_for(reason, a_link(step=step, **KNOWN))
        assert ("has been told" in told) == (reason.traits.owner is Owner.US)


def test_what_to_do_is_said_only_once_its_step_is_reached() -> None:
    denied = [words_for(Reason.NOT_AUTHORIZED, a_link(step=step, **KNOWN)) for step in (Step.GROUP, Step.PERMISSIONS)]
    assert ["later, at *Permissions*" in told for told in denied] == [True, False]
    assert ["Activate Pending Security" in told for told in denied] == [False, True]
    absence = a_link(step=Step.ISU, absence=True, **KNOWN)
    assert "later, at *API client*" in words_for(Reason.REST_FORBIDDEN, absence)
    assert "no step for that" in words_for(Reason.REST_FORBIDDEN, a_link(step=Step.ISU, **KNOWN))
    assert "later, at *Integration user*" in words_for(Reason.INVALID_CREDENTIALS, a_link(step=Step.SERVICE_URL))


def test_where_a_key_signs_in_nobody_is_sent_for_a_secret_or_a_token() -> None:
    keyed = a_link(step=Step.KEY_CLIENT, **KNOWN)
    for reason in (Reason.OAUTH_INVALID_CLIENT, Reason.OAUTH_INVALID_GRANT, Reason.OAUTH_WRONG_CLIENT_KIND):
        assert "ecret" not in words_for(reason, keyed)
        assert "efresh" not in words_for(reason, keyed)
        assert words_for(reason, keyed) != words_for(reason, a_link(step=Step.TOKEN_CLIENT, **KNOWN))
    assert "efresh" not in words_for(Reason.REST_INVALID_TOKEN, keyed)


def test_what_is_pasted_to_a_finished_link_is_looked_at_with_a_press() -> None:
    link = a_link(step=Step.LINKED, status=Status.LINKED, **KNOWN)
    for reason, labels in (
        (Reason.NOT_AUTHORIZED, ["Check now"]),
        (Reason.INVALID_CREDENTIALS, ["Check now", "Enter the new password", "Ask Wintro to join"]),
    ):
        say = Say(key=f"reason.{reason}.pasted")
        assert [one.text for one in buttons_of(said(Scene(link, RULES, WORDS, NOW), say))] == labels
        paused = changed(link, status=Status.PAUSED)
        assert "Check now" not in fallback(said(Scene(paused, RULES, WORDS, NOW), say))


def test_a_link_without_a_password_looks_for_it_at_its_api_client() -> None:
    waiting = a_link(step=Step.USER, way=Way.REFRESH_TOKEN, **KNOWN)
    reached = a_link(step=Step.TOKEN_CLIENT, way=Way.REFRESH_TOKEN, **KNOWN)
    for reason in (Reason.INVALID_CREDENTIALS, Reason.OAUTH_INVALID_GRANT):
        assert "later, at *API client*" in words_for(reason, waiting)
        assert "A slip" not in words_for(reason, reached)
        assert "comes later" not in words_for(reason, reached)
