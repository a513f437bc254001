"""What became of a reminder follows from what happened, and ✓ only from an answer of Workday's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.reminder_card import nudge as drawn
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt, Checking, Recheck
from flows.link.events import Action, CheckFinished, Form, Heard, Intent, Pressed, Reachable, Submitted
from flows.link.setup import Expiry, ExpiryKind, SecretRef
from flows.link.state import Cause, Issue, Link, Nudge, Outcome, Status, Step
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.drawing import buttons_of
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    NOW,
    RULES,
    SAM,
    SILENT,
    STRANGE,
    a_link,
    report,
)

LATER = NOW + timedelta(hours=3)
SET_BACK = NOW + timedelta(minutes=50)
"""Where a clock stands that was set back behind a reminder which stands already."""
ROWS = RULES.permissions.rows("recruiting", absence=False)
REFUSED = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)), ROWS)
ALL_GOOD = conclude(report(CheckKind.FULL), ROWS)
POLICY = Expiry(kind=ExpiryKind.POLICY, days=30, set_on=NOW.date() - timedelta(days=29))


def standing(cause: Cause, **changes: Any) -> Link:  # noqa: ANN401  any field of a link
    """Make a link with a reminder that stands since an hour."""
    nudge = Nudge(cause=cause, number=0, rung=0, at=NOW + timedelta(hours=1))
    linked = cause in {Cause.PASSWORD, Cause.EXPIRY, Cause.BROKEN}
    values: dict[str, Any] = {"endpoint": ENDPOINT, "account": ACCOUNT, "nudge": nudge, "step": Step.ACTIVATION}
    if linked:
        values |= {"step": Step.LINKED, "status": Status.LINKED, "linked": NOW, "matrix": ALL_GOOD, "expiry": POLICY}
    if cause is Cause.BROKEN:
        values["issue"] = Issue(reason=Reason.PERMISSIONS_MISSING, first_seen=NOW, last_seen=NOW)
    if cause is Cause.ACTIVATION:
        values |= {"trouble": REFUSED, "recheck": Recheck(since=NOW, attempt=3, at=LATER)}
    return a_link(**{**values, **changes})


def pressed(link: Link, action: Action, **more: Any) -> Pressed:  # noqa: ANN401
    actor = SAM if action is Action.RESTART else ADA
    return Pressed(actor=actor, action=action, step=link.step, revision=link.revision, **more)


def checked(link: Link, kind: CheckKind, *, secret: str = "s1", **answers: Any) -> Link:  # noqa: ANN401
    """Give the link as it is after a check by the clock that brought these answers."""
    checking = Checking(
        id="c", kind=kind, since=LATER, endpoints=(ENDPOINT,), secrets=(SecretRef(secret),), by_hand=False
    )
    link = replace(link, attempt=replace(link.attempt, checking=checking))
    return decide(link, CheckFinished(check_id="c", report=report(kind, **answers)), LATER, RULES).link


def outcome(link: Link) -> Outcome | None:
    """Tell the outcome, and see that the line says ✓ only where Workday has shown something."""
    assert link.nudge
    line = drawn(Scene(link, RULES, load_words(), LATER), link.nudge.number).text
    if link.nudge.outcome:
        assert ("✓" in line) is (link.nudge.outcome is Outcome.PROVED), line
    return link.nudge.outcome


def test_a_change_that_nobody_finishes_can_be_left_from_its_reminder() -> None:
    """Whoever opened it by mistake is not asked for a quarter of an hour's work, day after day."""
    before = standing(Cause.STALLED).setup
    link = standing(Cause.STALLED, previous=before, linked=NOW)
    assert link.nudge
    card = drawn(Scene(link, RULES, load_words(), LATER), link.nudge.number)
    assert "stays in use" in card.text
    (keep,) = [one for one in buttons_of(card) if one.action is Action.KEEP_OLD]
    left = decide(link, pressed(link, keep.action), LATER, RULES).link
    assert (left.status, left.previous, outcome(left)) == (Status.LINKED, None, Outcome.REPLACED)
    burnt = replace(link, previous=replace(before, burnt_client=True))
    card = drawn(Scene(burnt, RULES, load_words(), LATER), link.nudge.number)
    assert "stays in use" not in card.text
    assert Action.KEEP_OLD not in {one.action for one in buttons_of(card)}


@pytest.mark.parametrize(
    ("cause", "action", "became"),
    [
        (Cause.STALLED, Action.PAUSE, Outcome.PAUSED),
        (Cause.STALLED, Action.CONTINUE, Outcome.MOVED),
        (Cause.STALLED, Action.SNOOZE, Outcome.SNOOZED),
        (Cause.ACTIVATION, Action.BACK, Outcome.MOVED),
        (Cause.ACTIVATION, Action.PAUSE, Outcome.PAUSED),
        (Cause.ACTIVATION, Action.SNOOZE, Outcome.SNOOZED),
        (Cause.PASSWORD, Action.EXEMPT, Outcome.EXEMPTED),
        (Cause.EXPIRY, Action.EXEMPT, Outcome.EXEMPTED),
        (Cause.BROKEN, Action.SNOOZE, Outcome.SNOOZED),
    ],
)
def test_a_press_is_what_it_is(cause: Cause, action: Action, became: Outcome) -> None:
    link = standing(cause)
    for now in (LATER, SET_BACK):
        assert outcome(decide(link, pressed(link, action), now, RULES).link) is became


@pytest.mark.parametrize(
    ("cause", "form", "became"),
    [
        (Cause.STALLED, Form.CANCEL, Outcome.CANCELLED),
        (Cause.ACTIVATION, Form.CANCEL, Outcome.CANCELLED),
        (Cause.STALLED, Form.HAND_OVER, Outcome.HANDED_OVER),
        # It still asks for the same thing, of somebody else.
        (Cause.ACTIVATION, Form.HAND_OVER, None),
    ],
)
def test_a_form_is_what_it_is(cause: Cause, form: Form, became: Outcome | None) -> None:
    link = standing(cause)
    sent = Submitted(actor=SAM, form=form, step=link.step, revision=link.revision, values={"person": "U0NEW"})
    assert outcome(decide(link, sent, LATER, RULES).link) is became


def test_a_date_is_an_answer_and_no_proof() -> None:
    link = standing(Cause.EXPIRY, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
    values = {"days": "90", "set_on": NOW.date().isoformat()}
    sent = Submitted(actor=ADA, form=Form.EXPIRY, step=link.step, revision=link.revision, values=values)
    for now in (LATER, SET_BACK):
        assert outcome(decide(link, sent, now, RULES).link) is Outcome.DATED


def test_a_new_password_that_workday_takes_is_proof() -> None:
    link = standing(Cause.PASSWORD, account=replace(ACCOUNT, candidate=SecretRef("s9")))
    assert outcome(checked(link, CheckKind.LOGIN, secret="s9")) is Outcome.PROVED


def test_a_password_that_ran_out_is_not_taken_care_of() -> None:
    over = replace(POLICY, days=20)
    assert outcome(checked(standing(Cause.PASSWORD, expiry=over), CheckKind.FULL, login=INVALID)) is Outcome.EXPIRED
    ahead = replace(over, set_on=NOW.date())
    assert outcome(checked(standing(Cause.PASSWORD, expiry=ahead), CheckKind.FULL, login=INVALID)) is Outcome.REPLACED
    other = checked(standing(Cause.PASSWORD), CheckKind.FULL, rows=(GOOD, DENIED))
    assert outcome(other) is Outcome.REPLACED


def test_only_an_answer_of_workdays_mends_a_broken_link() -> None:
    assert outcome(checked(standing(Cause.BROKEN), CheckKind.FULL)) is Outcome.PROVED
    assert outcome(checked(standing(Cause.BROKEN), CheckKind.FULL, rows=(GOOD, DENIED))) is None
    assert outcome(checked(standing(Cause.BROKEN), CheckKind.FULL, rows=(STRANGE,))) is not Outcome.PROVED
    assert outcome(checked(standing(Cause.BROKEN), CheckKind.FULL, login=SILENT)) is not Outcome.PROVED


def test_only_an_answer_of_workdays_says_that_the_permissions_are_active() -> None:
    assert outcome(checked(standing(Cause.ACTIVATION), CheckKind.PERMISSIONS)) is Outcome.PROVED
    assert outcome(checked(standing(Cause.ACTIVATION), CheckKind.PERMISSIONS, rows=(DENIED,))) is None
    assert outcome(checked(standing(Cause.ACTIVATION), CheckKind.PERMISSIONS, login=INVALID)) is Outcome.REPLACED
    assert outcome(checked(standing(Cause.ACTIVATION), CheckKind.PERMISSIONS, login=SILENT)) is None


def test_what_ends_without_a_person_or_an_answer_is_overtaken() -> None:
    link = standing(Cause.ACTIVATION)
    moved = replace(link, attempt=Attempt())
    assert outcome(decide(moved, Reachable(), LATER, RULES).link) is Outcome.REPLACED
    assert outcome(decide(link, Heard(actor=ADA, intent=Intent.HELP), LATER, RULES).link) is None
