"""Where a link stands: the state that its card shows, and a move that belongs to somebody who can make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.slack.block_kit import fallback
from flows.cards.context import Scene
from flows.cards.parent import parent
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Owner, Reason
from flows.link.attempt import Checking, Hitch
from flows.link.setup import Expiry, ExpiryKind
from flows.link.standing import Mover, State, has_expired, standing, state_of
from flows.link.state import Cause, Issue, Last, Link, Status, Step
from flows.words import load_words
from tests.support.drawn_states import every_state
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    INVALID,
    NOW,
    OTHER,
    RULES,
    SILENT,
    a_link,
    report,
)

WORDS = load_words()
CHECKING = Checking(id="c", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))
WRONG = conclude(report(CheckKind.LOGIN, login=INVALID))
AWAY = conclude(report(CheckKind.PERMISSIONS, login=SILENT))
ODD = replace(WRONG, reason=Reason.UNKNOWN, owner=Owner.US)
REFUSED = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)), RULES.permissions.rows("recruiting", absence=False))
BARE = replace(ACCOUNT, secret=None, proved=False)
UNPROVED = replace(ACCOUNT, proved=False)
COOLING: dict[str, Any] = {"hitch": Hitch.COOLING, "cooling_until": NOW + timedelta(minutes=1)}
GONE = replace(ADA, present=False)


def at(step: Step, **changes: Any) -> Link:  # noqa: ANN401  any field of a link
    return a_link(step=step, **{"endpoint": ENDPOINT, "account": ACCOUNT, **changes})


def linked(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    return at(Step.LINKED, status=Status.LINKED, linked=NOW, **changes)


def issue(reason: Reason) -> Issue:
    return Issue(reason=reason, first_seen=NOW, last_seen=NOW)


@pytest.mark.parametrize(
    ("link", "state", "mover", "waits"),
    [
        (a_link(), State.STEP, Mover.ADMIN, "start"),
        (a_link(admin=None), State.STEP, Mover.ANYBODY, "admin"),
        (a_link(admin=GONE), State.STEP, Mover.OWNER, "gone"),
        (at(Step.GROUP), State.STEP, Mover.ADMIN, "group"),
        (at(Step.GROUP, admin=None), State.STEP, Mover.OWNER, "group"),
        (at(Step.ISU, checking=CHECKING), State.CHECKING, Mover.NOBODY, "checking"),
        (at(Step.GROUP, burnt=True), State.BURNT, Mover.ADMIN, "burnt"),
        (at(Step.GROUP, account=BARE), State.FORGOTTEN, Mover.ADMIN, "forgotten"),
        (at(Step.ISU, hitch=Hitch.INTERRUPTED), State.HITCH, Mover.ADMIN, "hitch_interrupted"),
        (at(Step.ISU, account=UNPROVED, **COOLING), State.HITCH, Mover.NOBODY, "cooling"),
        (at(Step.ISU, **COOLING), State.HITCH, Mover.NOBODY, "spared"),
        (at(Step.ISU, hitch=Hitch.COOLING, cooling_until=NOW), State.HITCH, Mover.ADMIN, "hitch_cooling"),
        (at(Step.ISU, trouble=WRONG), State.TROUBLE, Mover.ADMIN, "mend_credentials"),
        (at(Step.ISU, trouble=AWAY), State.TROUBLE, Mover.NOBODY, "away"),
        (at(Step.ISU, trouble=ODD), State.TROUBLE, Mover.OWNER, "ours"),
        (at(Step.ISU, trouble=ODD, admin=GONE), State.TROUBLE, Mover.OWNER, "ours"),
        (at(Step.ACTIVATION, trouble=REFUSED), State.TROUBLE, Mover.ADMIN, "mend_permissions"),
        (at(Step.SERVICE_URL, offer=OTHER), State.OFFER, Mover.ADMIN, "offer"),
        (a_link(status=Status.PAUSED, approval=NOW.date()), State.PAUSED, Mover.ADMIN, "approval"),
        (at(Step.GROUP, status=Status.PAUSED), State.PAUSED, Mover.ADMIN, "paused"),
        (
            at(Step.GROUP, status=Status.PAUSED, paused_until=NOW.date()),
            State.PAUSED,
            Mover.NOBODY,
            "paused_until",
        ),
        (at(Step.GROUP, status=Status.CANCELLED), State.CANCELLED, Mover.NOBODY, "cancelled"),
        (linked(), State.LINKED, Mover.NOBODY, "linked"),
        (linked(admin=GONE), State.LINKED, Mover.NOBODY, "linked"),
        (linked(checking=CHECKING), State.CHECKING, Mover.NOBODY, "checking"),
        (linked(checking=replace(CHECKING, by_hand=False)), State.LINKED, Mover.NOBODY, "linked"),
        (linked(burnt=True), State.BURNT, Mover.ADMIN, "burnt"),
        (linked(issue=issue(Reason.PERMISSIONS_MISSING)), State.ISSUE, Mover.ADMIN, "mend_permissions"),
        (linked(issue=issue(Reason.NOT_ANSWERING)), State.ISSUE, Mover.NOBODY, "away"),
        (linked(issue=issue(Reason.UNKNOWN)), State.ISSUE, Mover.OWNER, "ours"),
        (linked(issue=issue(Reason.TLS_FAILED)), State.ISSUE, Mover.OWNER, "between"),
        (linked(issue=replace(issue(Reason.UNKNOWN), resolved=NOW)), State.LINKED, Mover.NOBODY, "linked"),
    ],
)
def test_a_link_stands_somewhere_and_somebody_has_the_move(link: Link, state: State, mover: Mover, waits: str) -> None:
    found = standing(link, NOW)
    assert (found.state, found.mover, found.waits) == (state, mover, waits)
    text = fallback(parent(Scene(link, RULES, WORDS, NOW)))
    assert "<@U0ADA>" not in text or mover is Mover.ADMIN or waits == "gone"


@pytest.mark.parametrize("days", [10, 20])
def test_an_announced_expiry_goes_by_its_date(days: int) -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=days, set_on=NOW.date() - timedelta(days=15))
    link = linked(expiry=expiry, issue=issue(Reason.INVALID_CREDENTIALS), nudged={Cause.PASSWORD: NOW})
    is_over = days == 10
    assert has_expired(link) is is_over
    for drawn in (parent, lambda scene: card(scene, 0)):
        text = fallback(drawn(Scene(link, RULES, WORDS, NOW)))
        assert ("expired on Wed 18 Nov 2026*, as announced" in text) is is_over
        assert ("refused this sign-in" in text) is not is_over
    assert standing(link, NOW).waits == ("expired" if is_over else "mend_credentials")
    never_told = fallback(parent(Scene(replace(link, nudged={}), RULES, WORDS, NOW)))
    assert "as announced" not in never_told
    assert ("expired on" in never_told) is is_over
    other = linked(expiry=replace(expiry, set_on=date(2020, 1, 1)), issue=issue(Reason.NOT_ANSWERING))
    assert not has_expired(other)


@pytest.mark.no_cover
def test_every_state_says_whose_move_it_is_in_words() -> None:
    for link in every_state():
        found = standing(link, NOW)
        assert WORDS.has(f"waiting.{found.waits}"), found
        if found.reason is not None:
            away = found.reason.traits.owner is Owner.NOBODY
            assert found.is_away is away
            assert away == (found.mover is Mover.NOBODY)
        text = fallback(parent(Scene(link, RULES, WORDS, NOW)))
        if state_of(link) is State.TROUBLE:
            assert WORDS.say(f"waiting.{link.step}", {"total": "1"}) not in text, "the step alone is not the news"


def test_a_wait_is_counted_from_the_moment_it_began() -> None:
    began, later = NOW - timedelta(days=3), NOW - timedelta(hours=1)
    broken = replace(issue(Reason.INVALID_CREDENTIALS), first_seen=began)
    known = {
        began: (
            at(Step.GROUP, touched=began),
            linked(issue=broken, touched=later),
            linked(touched=later, issue=replace(broken, resolved=NOW)),
            at(Step.GROUP, status=Status.PAUSED, last=Last(key="paused", at=began), touched=later),
        ),
        later: (at(Step.ISU, checking=replace(CHECKING, since=later), touched=began),),
    }
    for since, links in known.items():
        for link in links:
            started = replace(link, linked=began) if link.linked else link
            assert standing(started, NOW).since == since
    shut = at(Step.GROUP, blocked="is_archived", touched=began)
    assert standing(shut, NOW).blocked == "is_archived"
    assert Scene(shut, RULES, WORDS, NOW).names["age"] == "3 days"
