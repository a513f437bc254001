"""A link that the app cannot speak for stands still, loses nothing, and ends only when its grace is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Attempt, Checking, Hitch
from flows.link.effects import US, Decision, Handed, HandOff, LookUp, Show, Slot
from flows.link.events import (
    Action,
    ChannelMoved,
    CheckBroken,
    Event,
    Forgotten,
    Form,
    Frozen,
    Heard,
    Intent,
    Pressed,
    Submitted,
    Thawed,
    Woke,
)
from flows.link.state import Link, Status, Step
from flows.schedule.wakeups import next_wake
from flows.transitions.decide import decide
from flows.transitions.quarantine import has_ended_meanwhile
from tests.support.links import ACCOUNT, ADA, API, ENDPOINT, INVALID, NOW, RULES, SAM, a_link, report

BACKEND = replace(RULES, hands_off=True)
LINKED = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, api=API, linked=NOW)
ASKING = Checking(id="c1", kind=CheckKind.FULL, since=NOW, endpoints=(ENDPOINT,))
GRACE = NOW + timedelta(days=14)


def frozen(link: Link = LINKED) -> Link:
    return decide(link, Frozen(), NOW, BACKEND).link


def test_a_link_that_is_frozen_keeps_all_and_asks_nothing() -> None:
    decision = decide(replace(LINKED, attempt=Attempt(checking=ASKING)), Frozen(), NOW, BACKEND)
    assert decision.effects == (HandOff(what=Handed.SUSPENDED),)
    assert decision.link.setup == LINKED.setup
    assert decision.link.frozen == NOW
    assert decision.link.attempt.checking is None
    assert decide(decision.link, Frozen(), GRACE, BACKEND).link == decision.link, "the grace does not begin anew"
    assert decide(a_link(), Frozen(), NOW, BACKEND).effects == (), "the backend does not know it yet"
    cancelled = replace(LINKED, status=Status.CANCELLED)
    assert decide(cancelled, Frozen(), NOW, BACKEND).link == cancelled


@pytest.mark.parametrize(
    "event",
    [
        Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=9),
        Submitted(actor=SAM, form=Form.CANCEL, step=Step.LINKED, revision=9),
        Heard(actor=ADA, intent=Intent.HELP),
        CheckBroken(check_id="c1"),
        Woke(),
    ],
)
def test_nothing_moves_it_before_its_grace_is_over(event: Event) -> None:
    decision = decide(frozen(), event, GRACE - timedelta(seconds=1), BACKEND)
    assert decision.link == frozen()
    assert decision.effects == ()
    assert bool(decision.refusal) is isinstance(event, Pressed | Submitted)


def test_a_channel_that_moves_and_a_posted_secret_are_still_taken() -> None:
    assert decide(frozen(), ChannelMoved(channel_id="C9"), NOW, BACKEND).link.channel_id == "C9"
    assert decide(frozen(), Heard(actor=ADA, intent=Intent.SECRET), NOW, BACKEND).effects


def test_it_wants_nothing_but_its_end() -> None:
    assert next_wake(frozen(), BACKEND) == GRACE
    ended = decide(frozen(), Woke(), GRACE, BACKEND)
    assert ended.link.status is Status.CANCELLED
    assert not ended.link.secrets
    assert HandOff(what=Handed.FORGOTTEN) in ended.effects
    assert next_wake(ended.link, BACKEND) is None
    # Once Slack lets the app in again, the thread shows it, once.
    assert has_ended_meanwhile(ended.link)
    told = decide(ended.link, Thawed(), GRACE, BACKEND)
    assert Show(slot=Slot.PARENT) in told.effects
    assert not has_ended_meanwhile(told.link)
    assert decide(told.link, Thawed(), GRACE, BACKEND) == Decision(link=told.link)


def test_it_goes_on_where_it_stood() -> None:
    later = NOW + timedelta(days=3)
    thawed = decide(frozen(), Thawed(), later, BACKEND)
    assert HandOff(what=Handed.RELINKED) in thawed.effects
    assert thawed.link.frozen is None
    assert thawed.link.setup == LINKED.setup
    assert decide(LINKED, Thawed(), later, BACKEND).link == LINKED


def test_what_had_come_out_before_stands_and_what_was_asked_is_to_be_asked_again() -> None:
    trouble = conclude(report(CheckKind.LOGIN, login=INVALID))
    refused = a_link(step=Step.ISU, endpoint=ENDPOINT, account=ACCOUNT, trouble=trouble, tries_left=1)
    still = decide(refused, Frozen(), NOW, RULES).link
    assert still.attempt == refused.attempt
    asked = decide(replace(refused, attempt=Attempt(checking=ASKING, tried=ASKING)), Frozen(), NOW, RULES).link
    assert asked.attempt == Attempt(tried=ASKING, hitch=Hitch.INTERRUPTED)
    thawed = decide(still, Thawed(), NOW, RULES)
    assert thawed.link.attempt == refused.attempt
    assert LookUp(user_id=US) in thawed.effects, "Slack has taken us out of the channel, too"


def test_whoever_operates_the_app_may_forget_it_at_once() -> None:
    assert not decide(frozen(), Forgotten(), NOW, BACKEND).link.secrets


def test_the_backend_hears_how_a_link_goes_on_that_brings_nothing_or_is_paused() -> None:
    bare = replace(LINKED, setup=replace(LINKED.setup, account=replace(ACCOUNT, secret=None), api=None))
    assert HandOff(what=Handed.RESUMED) in decide(frozen(bare), Thawed(), NOW, BACKEND).effects
    paused = replace(LINKED, status=Status.PAUSED)
    assert HandOff(what=Handed.PAUSED) in decide(frozen(paused), Thawed(), NOW, BACKEND).effects
