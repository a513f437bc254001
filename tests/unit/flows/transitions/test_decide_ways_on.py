"""Decisions that lead on from where a conversation has come to a halt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.cards.placeholders import names_of
from flows.diagnosis.causes import Confidence
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.attempt import Attempt, Checking, Hitch, Topic
from flows.link.effects import Decision, Denial, LookUp, RunCheck, Say, SendSheet, TellStaff
from flows.link.events import Action, CheckFinished, Form, Heard, Intent, Pressed, Submitted, Woke
from flows.link.setup import SecretRef
from flows.link.state import Cause, Issue, Last, Link, Person, Status, Step
from flows.schedule.attention import worries
from flows.schedule.reminders import next_due
from flows.schedule.wakeups import cooled_at, idle_at, next_health, next_wake
from flows.tenant.service_url import Environment
from flows.transitions.decide import copied, decide
from flows.words import load_words
from tests.support.links import ACCOUNT, ADA, API, BOB, ENDPOINT, INVALID, NOW, RULES, SAM, a_link, changed, report

ACTIVATING = a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT)
LINKED = a_link(step=Step.LINKED, status=Status.LINKED, endpoint=ENDPOINT, account=ACCOUNT, linked=NOW)
OPTIONAL, NEEDED = "job-postings-internal", "location"


def sent(link: Link, form: Form, actor: Person = ADA, **values: str) -> Submitted:
    return Submitted(actor=actor, form=form, step=link.step, revision=link.revision, values=values)


def press(link: Link, action: Action, actor: Person = ADA) -> Pressed:
    return Pressed(actor=actor, action=action, step=link.step, revision=link.revision)


@pytest.mark.parametrize(("value", "step"), [("", Step.PERMISSIONS), (Step.SERVICE_URL, Step.SERVICE_URL)])
def test_one_press_goes_back_a_step_or_to_the_service_url(value: str, step: Step) -> None:
    link = a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=ACCOUNT)
    back = replace(press(link, Action.BACK), value=value)
    assert decide(link, back, NOW, RULES).link.step is step


def test_a_colleague_starts_in_place_of_an_admin_who_has_gone() -> None:
    link = a_link(admin=replace(ADA, present=False))
    start = press(link, Action.START, BOB)
    decision = decide(link, start, NOW, RULES)
    assert decision.link.admin == BOB
    assert LookUp(user_id=BOB.user_id) in decision.effects
    assert decide(a_link(), start, NOW, RULES).refusal


def test_a_permission_is_left_out_with_a_reason_and_workday_is_asked_about_the_others() -> None:
    decision = decide(ACTIVATING, sent(ACTIVATING, Form.LEAVE_OUT, rows=OPTIONAL, reason="no such policy"), NOW, RULES)
    link = decision.link
    assert link.setup.left_out == {OPTIONAL: "no such policy"}
    assert link.attempt.checking
    assert any(isinstance(one, TellStaff) and one.names["reason"] == "no such policy" for one in decision.effects)
    told = report(CheckKind.PERMISSIONS)
    after = decide(link, CheckFinished(check_id=link.attempt.checking.id, report=told), NOW, RULES).link
    assert after.setup.matrix
    assert OPTIONAL not in {row.permission_id for row in after.setup.matrix.rows}


@pytest.mark.parametrize(
    ("actor", "rows", "key"),
    [
        (ADA, NEEDED, "field.needed_row"),
        (SAM, NEEDED, ""),
        (ADA, "nonsense", "field.some_rows"),
        (SAM, ",".join(row.id for row in RULES.permissions.rows("recruiting")), "field.some_rows"),
    ],
)
def test_what_the_vendor_needs_only_its_own_people_leave_out(actor: Person, rows: str, key: str) -> None:
    decision = decide(ACTIVATING, sent(ACTIVATING, Form.LEAVE_OUT, actor, rows=rows, reason="so"), NOW, RULES)
    assert (decision.refusal.fields if decision.refusal else {}) == ({"rows": key} if key else {})


def test_leaving_out_asks_nothing_of_workday_where_there_is_nothing_to_ask_with() -> None:
    for link in (changed(ACTIVATING, account=None), changed(ACTIVATING, step=Step.PERMISSIONS)):
        decision = decide(link, sent(link, Form.LEAVE_OUT, rows=OPTIONAL, reason="so"), NOW, RULES)
        assert decision.link.setup.left_out
        assert not any(isinstance(one, RunCheck) for one in decision.effects)


@pytest.mark.parametrize(
    ("before", "after"),
    [(Step.ISU, Step.ISU), (Step.ACTIVATION, Step.PERMISSIONS), (Step.PERMISSIONS, Step.PERMISSIONS)],
)
def test_staff_change_the_permissions_on_the_way(before: Step, after: Step) -> None:
    link = changed(ACTIVATING, step=before, left_out={OPTIONAL: "so"})
    decision = decide(link, sent(link, Form.PROFILE, SAM, profile="hris", absence=""), NOW, RULES)
    assert decision.link.step is after
    assert (decision.link.setup.profile, decision.link.setup.left_out) == ("hris", {})
    assert decision.link.status is Status.ACTIVE


def test_a_finished_link_is_paused_and_goes_on_as_it_was() -> None:
    checking = Checking(id="l1.9", kind=CheckKind.FULL, since=NOW, endpoints=(ENDPOINT,), by_hand=False)
    decision = decide(changed(LINKED, checking=checking), press(LINKED, Action.PAUSE), NOW, RULES)
    paused = decision.link
    hears = TellStaff(key="staff.paused", names={"person": press(LINKED, Action.PAUSE).actor.user_id})
    assert hears in decision.effects
    assert hears not in decide(LINKED, replace(press(LINKED, Action.PAUSE), actor=SAM), NOW, RULES).effects
    assert (paused.status, paused.attempt) == (Status.PAUSED, Attempt())
    assert next_health(paused) is None
    assert idle_at(paused, RULES) is None
    late = CheckFinished(check_id="l1.9", report=report(CheckKind.FULL))
    assert decide(paused, late, NOW, RULES).link == paused
    resumed = decide(paused, press(paused, Action.RESUME), NOW, RULES).link
    assert (resumed.status, resumed.last) == (Status.LINKED, Last(key="resumed", at=NOW))
    assert resumed.cards == LINKED.cards


@pytest.mark.parametrize(
    ("link", "deleted"),
    [
        (a_link(step=Step.SERVICE_URL), "receipt.nothing"),
        (LINKED, "receipt.password"),
        (changed(LINKED, api=API), "receipt.client"),
        (changed(LINKED, status=Status.PAUSED), "receipt.password"),
    ],
)
def test_whoever_ends_a_link_gets_a_receipt(link: Link, deleted: str) -> None:
    for actor in (ADA, SAM):
        decision = decide(link, sent(link, Form.CANCEL, actor), NOW, RULES)
        assert decision.link.status is Status.CANCELLED
        assert not decision.link.secrets
        (receipt,) = (one for one in decision.effects if isinstance(one, Say))
        isu = ACCOUNT.user_name if link.setup.account else ""
        assert (receipt.key, receipt.names) == (deleted, {"person": actor.user_id, "isu": isu})
        told = [one for one in decision.effects if isinstance(one, TellStaff)]
        hears = [TellStaff(key="staff.ended", names={"person": actor.user_id})]
        assert told == ([] if actor == link.owner else hears)
        assert decision.link.isu == isu


def test_what_was_put_off_before_does_not_come_in_the_middle_of_a_new_wait() -> None:
    link = a_link(snoozed_until=NOW + timedelta(days=2))
    day = (NOW + timedelta(days=21)).date()
    due = next_due(decide(link, sent(link, Form.APPROVAL, ADA, until=day.isoformat()), NOW, RULES).link, RULES)
    assert due
    assert due.at.date() >= day


@pytest.mark.parametrize("actor", [ADA, BOB])
def test_an_approval_has_its_day_its_reminder_and_is_told_to_staff(actor: Person) -> None:
    link = a_link(admin=ADA if actor is ADA else None)
    friday = (NOW + timedelta(days=4)).date()
    decision = decide(link, sent(link, Form.APPROVAL, actor, until=friday.isoformat()), NOW, RULES)
    waiting = decision.link
    assert (waiting.status, waiting.approval) == (Status.PAUSED, friday)
    assert waiting.admin == actor
    keys = [one.key for one in decision.effects if isinstance(one, Say | TellStaff)]
    assert keys == ["staff.approval"]
    assert SendSheet() in decision.effects
    again = decide(waiting, press(waiting, Action.SHEET, actor), NOW + timedelta(seconds=5), RULES)
    assert again.refusal == Denial(key="refusal.sheet"), "the one of the approval is on its way"
    later = decide(waiting, press(waiting, Action.SHEET, actor), NOW + timedelta(minutes=1), RULES)
    assert later.effects == (SendSheet(),)
    assert later.link == replace(waiting, sheet_at=NOW + timedelta(minutes=1)), "nothing else moves"
    due = next_due(waiting, RULES)
    assert due
    assert (due.cause, due.at.date()) == (Cause.APPROVAL, friday)
    going = decide(waiting, press(waiting, Action.RESUME, actor), NOW, RULES).link
    assert (going.status, going.approval) == (Status.ACTIVE, None)


@pytest.mark.parametrize(("answer", "step"), [("yes", Step.EXPIRY), ("no", Step.ISU), ("", Step.ISU)])
def test_with_single_sign_on_the_policy_comes_as_a_step_and_not_as_a_refusal(answer: str, step: Step) -> None:
    link = a_link(step=Step.ISU, endpoint=ENDPOINT)
    event = sent(link, Form.ISU, user="ISU_Wintro", single_sign_on=answer)
    after = decide(link, replace(event, secrets={"password": SecretRef("s1")}), NOW, RULES).link
    assert after.step is step
    assert after.setup.policy_needed is bool(after.attempt.checking is None)
    assert after.setup.can_sign_in


def test_a_group_of_another_name_is_used_on_every_later_card() -> None:
    link = a_link(step=Step.GROUP, endpoint=ENDPOINT, account=ACCOUNT)
    after = decide(link, sent(link, Form.GROUP, group="ISSG_Ours"), NOW, RULES).link
    assert names_of(after, RULES, load_words(), NOW)["group"] == "ISSG_Ours"
    assert copied(after, "l2", Environment.SANDBOX, NOW).setup.group == "ISSG_Ours"


def test_the_owner_hears_of_a_hand_over_by_somebody_else() -> None:
    for actor, hears in ((ADA, True), (SAM, False)):
        decision = decide(ACTIVATING, sent(ACTIVATING, Form.HAND_OVER, actor, person=BOB.user_id), NOW, RULES)
        assert (TellStaff(key="staff.handed_over", names={"person": BOB.user_id}) in decision.effects) is hears


def test_a_call_that_nobody_answers_stands_in_the_digest() -> None:
    for status in (Status.ACTIVE, Status.PAUSED, Status.LINKED):
        assert [one.key for one in worries([a_link(status=status, called=NOW)], NOW, RULES)] == ["called"]


WAITING = a_link(
    step=Step.ISU,
    endpoint=ENDPOINT,
    account=replace(ACCOUNT, proved=False),
    hitch=Hitch.COOLING,
    cooling_until=NOW,
    tried=Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,)),
)


def test_when_the_pause_ends_what_was_never_sent_is_tried() -> None:
    assert next_wake(WAITING, RULES) == NOW
    after = decide(WAITING, Woke(), NOW, RULES).link
    assert after.attempt.checking
    assert (after.attempt.checking.kind, after.attempt.hitch, after.cooling_until) == (CheckKind.LOGIN, None, None)
    assert not after.attempt.checking.by_hand


@pytest.mark.parametrize(
    "changes", [{"account": replace(ACCOUNT, proved=False, refused=True)}, {"tried": None}, {"account": None}]
)
def test_when_the_pause_ends_what_was_refused_is_asked_for(changes: dict[str, Any]) -> None:
    after = decide(changed(WAITING, **changes), Woke(), NOW, RULES).link
    assert after.attempt.checking is None
    assert after.attempt.hitch is None


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.PAUSED},
        {"hitch": Hitch.INTERRUPTED},
        {"blocked": "is_archived"},
        {"checking": WAITING.attempt.tried},
    ],
)
def test_a_pause_that_nobody_waits_for_ends_in_silence(changes: dict[str, Any]) -> None:
    assert cooled_at(changed(WAITING, **changes)) is None


def test_a_finished_link_that_is_refused_has_the_same_causes_and_help() -> None:
    checking = Checking(id="l1.9", kind=CheckKind.FULL, since=NOW, endpoints=(ENDPOINT,), by_hand=False)
    told = report(CheckKind.FULL, login=INVALID)
    link = decide(changed(LINKED, checking=checking), CheckFinished(check_id="l1.9", report=told), NOW, RULES).link
    assert link.attempt.likely
    asked = decide(link, replace(press(link, Action.HELP), value="flags"), NOW, RULES).link
    assert asked.attempt.help is Topic.FLAGS
    closed = decide(asked, press(asked, Action.CLOSE_HELP), NOW, RULES).link
    assert closed.attempt.help is None
    line = Heard(actor=ADA, intent=Intent.SIGN_ON, sign_on=SignOnCause.LOCKED)
    pasted = decide(closed, line, NOW, RULES).link
    assert pasted.attempt.likely[0].confidence is Confidence.CERTAIN


def test_other_permissions_that_were_chosen_on_the_way_open_no_finished_link_again() -> None:
    values = {"profile": "hris", "absence": ""}
    chosen = sent(ACTIVATING, Form.PROFILE, SAM, **values)
    assert decide(ACTIVATING, chosen, NOW, RULES).link.step is Step.PERMISSIONS
    late = decide(LINKED, replace(chosen, revision=LINKED.revision), NOW, RULES)
    assert late == Decision(link=LINKED, refusal=Denial(key="refusal.stale"))
    again = decide(LINKED, sent(LINKED, Form.PROFILE, SAM, **values), NOW, RULES)
    assert again.link.step is Step.PERMISSIONS
    called = Say(key="say.reopened", names={"person": SAM.user_id})
    assert called in again.effects, "its admin thought it done"
    assert not [one for one in again.effects if isinstance(one, TellStaff)], "its owner did it"
    assert again.link.last == Last(key="reopened", at=NOW, names={"person": SAM.user_id})
    there = changed(LINKED, ticked=frozenset({NEEDED}))
    asked = decide(there, sent(there, Form.PROFILE, SAM, **values), NOW, RULES).link
    assert asked.setup.ticked == {NEEDED}, "what the group has need not be added again"
    lost = replace(there, issue=Issue(reason=Reason.PERMISSIONS_MISSING, first_seen=NOW, last_seen=NOW))
    assert decide(lost, sent(lost, Form.PROFILE, SAM, **values), NOW, RULES).link.setup.ticked == frozenset()
    by_admin = decide(LINKED, sent(LINKED, Form.RELINK, change="user"), NOW, RULES)
    assert by_admin.link.step is Step.ISU
    assert Say(key="say.reopened_own", names={"person": ADA.user_id}) in by_admin.effects
    assert TellStaff(key="staff.reopened", names={"person": ADA.user_id}) in by_admin.effects
    kept = Pressed(actor=ADA, action=Action.KEEP_OLD, step=Step.ISU, revision=by_admin.link.revision)
    told = TellStaff(key="staff.kept", names={"person": ADA.user_id})
    assert told in decide(by_admin.link, kept, NOW, RULES).effects
    assert told not in decide(by_admin.link, replace(kept, actor=SAM), NOW, RULES).effects
    assert called in decide(LINKED, sent(LINKED, Form.RELINK, SAM, change="user"), NOW, RULES).effects
