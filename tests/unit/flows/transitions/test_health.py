"""Finished links: issues that open and close without noise, and a set-up that is done anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.slack.block_kit import fallback
from flows.cards.attention_card import LOOKED
from flows.cards.context import Scene
from flows.cards.messages import told as notice_of
from flows.cards.modals import dialog
from flows.cards.parent import parent
from flows.cards.staff.advice import situation
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind, Content, Transport
from flows.diagnosis.reasons import Reason
from flows.link.effects import Decision, RunCheck, Say, Show, TellStaff
from flows.link.events import Action, CheckBroken, CheckFinished, CheckRefused, Form, Pressed, Submitted, Woke
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, SecretRef
from flows.link.standing import Mover, standing
from flows.link.state import Cause, Issue, Last, Link, Nudge, Status, Step
from flows.link.walk import blamed
from flows.permissions import Way
from flows.schedule.wakeups import next_health
from flows.tenant.hosts import Environment
from flows.transitions.decide import decide
from flows.words import load_words
from tests.support.drawing import buttons_of
from tests.support.links import (
    ACCOUNT,
    ADA,
    API,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    KEY,
    NOW,
    OTHER,
    RULES,
    SAM,
    SILENT,
    STRANGE,
    a_link,
    changed,
    report,
)

SHOWN = (Show(slot="card.0"), Show(slot="parent"))
LATER = NOW + timedelta(days=1)


def linked(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    values = {"endpoint": ENDPOINT, "account": ACCOUNT, "expiry": Expiry(kind=ExpiryKind.EXEMPT), "asked_at": NOW}
    return a_link(step=Step.LINKED, status=Status.LINKED, linked=NOW, **{**values, **changes})


def looked(link: Link, **facts: Any) -> Decision:  # noqa: ANN401  any field of a report
    """Let the clock look after a link, and Workday answer."""
    moment = next_health(link)
    assert moment
    asked = decide(link, Woke(), moment, RULES).link
    assert asked.attempt.checking
    told = report(CheckKind.FULL, absence=link.setup.absence, **facts)
    return decide(asked, CheckFinished(check_id=asked.attempt.checking.id, report=told), moment, RULES)


def test_a_healthy_look_changes_nothing_that_anybody_sees() -> None:
    decision = looked(linked())
    assert decision.effects == ()
    assert decision.link.asked_at
    assert (decision.link.issue, decision.link.revision) == (None, 1)


def test_what_fails_opens_one_issue_and_what_works_again_closes_it() -> None:
    first = looked(linked(), rows=(GOOD, DENIED))
    assert all(one in first.effects for one in (*SHOWN, TellStaff(key="staff.failing")))
    assert first.link.issue
    assert (first.link.issue.reason, first.link.issue.raised) == (Reason.PERMISSIONS_MISSING, 1)
    again = looked(first.link, rows=(GOOD, DENIED))
    assert not [effect for effect in again.effects if effect in SHOWN or isinstance(effect, TellStaff)]
    assert again.link.issue
    assert again.link.issue.first_seen == first.link.issue.first_seen
    assert again.link.issue.last_seen > again.link.issue.first_seen
    fixed = looked(again.link)
    assert set(SHOWN) <= set(fixed.effects)
    assert fixed.link.issue
    assert fixed.link.issue.resolved
    back = looked(fixed.link, rows=(GOOD, DENIED))
    assert back.link.issue
    assert (back.link.issue.raised, back.link.issue.resolved) == (2, None)
    other = looked(back.link, login=INVALID)
    assert other.link.issue
    assert (other.link.issue.reason, other.link.issue.raised) == (Reason.INVALID_CREDENTIALS, 1)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_card_and_the_reminder_name_what_is_refused_now(by_hand: bool) -> None:  # noqa: FBT001  both ways of looking
    first = looked(linked(), rows=(GOOD, DENIED)).link
    nudge = Nudge(cause=Cause.BROKEN, number=0, rung=0, at=LATER)
    reminded = replace(first, nudge=nudge, snoozed_until=LATER + timedelta(days=9))
    shown = (*SHOWN, Show(slot="nudge.0"))
    if by_hand:
        pressed = Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=first.revision)
        asked = decide(reminded, pressed, LATER, RULES).link
        assert asked.attempt.checking
        told = report(CheckKind.FULL, rows=(DENIED, GOOD))
        other = decide(asked, CheckFinished(check_id=asked.attempt.checking.id, report=told), LATER, RULES)
    else:
        other = looked(reminded, rows=(DENIED, GOOD))
    assert [one for one in shown if one not in other.effects] == []
    again = looked(other.link, rows=(DENIED, GOOD))
    assert not [one for one in SHOWN if one in again.effects]


def test_a_refused_password_is_tried_no_more_until_somebody_says_so() -> None:
    decision = looked(linked(), login=INVALID)
    assert decision.link.setup.account
    assert not decision.link.setup.account.proved
    assert next_health(decision.link) is None
    pressed = Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=1)
    by_hand = decide(decision.link, pressed, LATER, RULES)
    assert [type(effect) for effect in by_hand.effects if isinstance(effect, RunCheck)] == [RunCheck]
    assert by_hand.link.attempt.checking
    told = CheckFinished(check_id=by_hand.link.attempt.checking.id, report=report(CheckKind.FULL))
    fixed = decide(by_hand.link, told, LATER, RULES)
    assert fixed.link.setup.account
    assert fixed.link.setup.account.proved
    assert fixed.link.issue
    assert fixed.link.issue.resolved
    assert set(SHOWN) <= set(fixed.effects)
    cooling = replace(decision.link, cooling_until=LATER + timedelta(minutes=1))
    assert decide(cooling, pressed, LATER, RULES).refusal


@pytest.mark.parametrize(
    ("before", "after", "last"),
    [
        ({}, {}, "looked_well"),
        ({"rows": (GOOD, DENIED)}, {"rows": (GOOD, DENIED)}, "looked_unwell"),
        ({"rows": (GOOD, DENIED)}, {"login": SILENT}, "looked_away"),
        ({"rows": (GOOD, DENIED)}, {}, "recovered"),
        ({}, {"rows": (GOOD, DENIED)}, "attention"),
    ],
)
def test_whoever_has_pressed_sees_that_the_answer_came(before: Any, after: Any, last: str) -> None:  # noqa: ANN401
    link = looked(linked(), **before).link
    by_hand = decide(link, Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=1), LATER, RULES).link
    assert by_hand.attempt.checking
    told = CheckFinished(check_id=by_hand.attempt.checking.id, report=report(CheckKind.FULL, **after))
    decision = decide(by_hand, told, LATER, RULES)
    assert decision.link.last == Last(key=last, at=LATER)
    assert [one for one in SHOWN if one not in decision.effects] == []
    scene = Scene(decision.link, RULES, load_words(), LATER)
    assert ("looked again" in fallback(card(scene, 0))) is (last in LOOKED)


def test_a_new_password_closes_the_issue_of_the_old_one() -> None:
    issue = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    link = linked(account=replace(ACCOUNT, proved=False), issue=issue)
    sent = Submitted(actor=ADA, form=Form.ROTATE, step=Step.LINKED, revision=1, secrets={"password": SecretRef("s9")})
    trying = decide(link, sent, LATER, RULES).link
    assert trying.attempt.checking
    told = CheckFinished(check_id=trying.attempt.checking.id, report=report(CheckKind.LOGIN))
    fixed = decide(trying, told, LATER, RULES).link
    assert fixed.issue == replace(issue, resolved=LATER)
    assert fixed.secrets == {SecretRef("s9")}


def silent_twice() -> Link:
    """Give a link whose two looks of the clock got no answer: that is no news to anybody yet."""
    link = linked()
    for wait in (timedelta(minutes=2), timedelta(minutes=10)):
        moment = next_health(link)
        assert moment
        decision = looked(link, login=SILENT)
        assert decision.effects == ()
        assert decision.link.issue is None
        assert next_health(decision.link) == moment + wait
        link = decision.link
    return link


def test_one_answer_that_did_not_come_opens_no_issue() -> None:
    well = looked(silent_twice())
    assert (well.link.issue, well.link.attempt.recheck, well.effects) == (None, None, ())
    assert looked(silent_twice(), login=SILENT).link.open_issue
    pressed = Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=1)
    asked = decide(linked(), pressed, LATER, RULES).link
    assert asked.attempt.checking
    told = CheckFinished(check_id=asked.attempt.checking.id, report=report(CheckKind.FULL, login=SILENT))
    assert decide(asked, told, LATER, RULES).link.open_issue, "whoever asks is told"


def test_silence_takes_back_nothing_that_workday_said() -> None:
    refused = looked(linked(), rows=(GOOD, DENIED)).link
    silent = looked(refused, login=SILENT)
    assert silent.link.issue == refused.issue
    assert not set(silent.effects) & set(SHOWN)
    assert refused.setup.matrix
    assert silent.link.setup.matrix == refused.setup.matrix
    cut = looked(linked(matrix=refused.setup.matrix), rows=(GOOD, SILENT))
    assert cut.link.setup.matrix == refused.setup.matrix, "half an answer replaces no whole one"
    api = looked(linked(api=API, absence=True), token=SILENT).link.setup.api
    assert api == API, "a token service that is away disproves no client"


def test_an_absent_workday_is_told_to_staff_after_a_day_and_to_nobody_else() -> None:
    link, told = silent_twice(), 0
    for hours in range(40):
        decision = looked(link, login=SILENT)
        told += len([effect for effect in decision.effects if effect == TellStaff(key="staff.away")])
        assert not [effect for effect in decision.effects if isinstance(effect, Say)]
        link = decision.link
        assert link.issue
        assert link.setup.account == replace(ACCOUNT, proved=True)
        assert link.last
        assert link.last.key == "away", "silence is no refusal"
        assert told == (1 if hours >= 24 else 0), hours


def test_after_a_day_of_silence_the_card_leads_to_another_address() -> None:
    link = silent_twice()
    lost = {"transport": Transport.DNS, "http_status": None, "content": Content.EMPTY, "address_proved": True}
    seen = set[str]()
    for hours in range(26):
        # One absence looks now like this and now like that.
        decision = looked(link, login=lost if hours % 2 else SILENT)
        link = decision.link
        drawn = card(Scene(link, RULES, load_words(), LATER), 0)
        relinks = [one for one in buttons_of(drawn) if one.form is Form.RELINK]
        assert bool(relinks) is (hours >= 24), hours
        assert ("may have moved" in fallback(drawn)) is (hours >= 24)
        seen.add(standing(link, LATER).waits)
        assert standing(link, LATER).mover is Mover.NOBODY
        if hours == 24:
            assert decision.effects == (*SHOWN, TellStaff(key="staff.away"))
    assert seen == {"away", "away_long"}
    assert blamed(link, ("user", "address")) == "address"


def test_an_answer_that_fits_no_rule_goes_to_staff_once() -> None:
    first = looked(linked(), rows=(STRANGE,))
    notice = TellStaff(key="staff.unknown_answer")
    assert notice in first.effects
    said = notice_of(Scene(first.link, RULES, load_words(), LATER), notice, "https://x")
    assert "refused nothing" not in said, "what Workday answered is named"
    assert str(STRANGE["http_status"]) in said
    assert not [effect for effect in looked(first.link, rows=(STRANGE,)).effects if isinstance(effect, TellStaff)]


def test_a_name_that_is_not_found_for_a_while_accuses_nobody() -> None:
    lost: dict[str, Any] = {"http_status": None, "content": Content.EMPTY, "address_proved": True}
    pressed = Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=1)
    asked = decide(linked(), pressed, LATER, RULES).link
    assert asked.attempt.checking
    told = report(CheckKind.FULL, login={**lost, "transport": Transport.DNS})
    away = decide(asked, CheckFinished(check_id=asked.attempt.checking.id, report=told), LATER, RULES).link
    assert away.open_issue
    assert away.open_issue.reason is Reason.UNREACHED
    assert away.last
    assert away.last.key == "away"
    blocked = looked(linked(), login={**lost, "transport": Transport.TLS})
    assert blocked.link.last
    assert blocked.link.last.key == "ours", "Workday has refused nothing"
    assert TellStaff(key="staff.ours") in blocked.effects
    soon = next_health(blocked.link)
    assert soon
    assert soon - (blocked.link.asked_at or LATER) == timedelta(hours=1)
    issue = Issue(reason=Reason.PERMISSIONS_MISSING, first_seen=NOW, last_seen=NOW)
    unclear = looked(linked(issue=issue), login={**lost, "transport": Transport.TLS}).link
    assert unclear.open_issue
    assert unclear.open_issue.reason is Reason.PERMISSIONS_MISSING, "what was said before stays"


@pytest.mark.parametrize("lost", [CheckBroken, CheckRefused])
def test_a_quiet_look_that_is_lost_is_no_news(lost: type[CheckBroken | CheckRefused]) -> None:
    link = linked()
    moment = next_health(link)
    assert moment
    asked = decide(link, Woke(), moment, RULES).link
    assert asked.attempt.checking
    names: dict[str, Any] = {"until": moment} if lost is CheckRefused else {}
    decision = decide(asked, lost(check_id=asked.attempt.checking.id, **names), moment, RULES)
    assert decision.effects == ()
    assert next_health(decision.link) == moment + timedelta(minutes=2), "the day's look is not lost"
    assert (decision.link.attempt.checking, decision.link.attempt.hitch, decision.link.asked_at) == (None, None, moment)
    assert decision.link.looked_at == link.looked_at, "nothing was seen"
    assert looked(link).link.looked_at


@pytest.mark.parametrize("lost", [CheckBroken, CheckRefused])
def test_a_day_of_refused_looks_is_told_to_our_own_people_once(lost: type[CheckBroken | CheckRefused]) -> None:
    link, told = linked(looked_at=NOW), list[timedelta]()
    while (moment := next_health(link)) and moment - NOW < timedelta(days=6):
        asked = decide(link, Woke(), moment, RULES).link
        assert asked.attempt.checking
        names: dict[str, Any] = {"until": moment} if lost is CheckRefused else {}
        decision = decide(asked, lost(check_id=asked.attempt.checking.id, **names), moment, RULES)
        assert all(effect == TellStaff(key="staff.unlooked") for effect in decision.effects)
        told += [moment - NOW for _ in decision.effects]
        link = decision.link
    assert [timedelta(days=2) <= age < timedelta(days=3) for age in told] == [True], "a day after the first"


def test_an_exemption_is_looked_at_at_once() -> None:
    link = linked(expiry=Expiry(kind=ExpiryKind.UNKNOWN))
    pressed = Pressed(actor=ADA, action=Action.EXEMPT, step=Step.LINKED, revision=1)
    decision = decide(link, pressed, LATER, RULES)
    assert decision.link.setup.expiry == Expiry(kind=ExpiryKind.EXEMPT)
    assert decision.link.attempt.checking
    assert decision.link.attempt.checking.by_hand


def test_a_password_that_works_after_its_end_has_another_end() -> None:
    ended = Expiry(kind=ExpiryKind.POLICY, days=30, set_on=NOW.date() - timedelta(days=60))
    decision = looked(linked(expiry=ended))
    assert decision.link.setup.expiry == Expiry(kind=ExpiryKind.UNKNOWN)
    assert decision.link.setup.expiry_at


def test_what_was_seen_of_the_trouble_is_not_said_of_a_new_set_up() -> None:
    looked = Last(key="looked_unwell", at=NOW)
    broken = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    sent = Submitted(actor=SAM, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "user"})
    opened = Last(key="reopened", at=LATER, names={"person": SAM.user_id})
    assert decide(linked(last=looked, issue=broken), sent, LATER, RULES).link.last == opened


def test_a_new_password_that_waits_asks_nobody_for_anything() -> None:
    broken = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    kept = replace(ACCOUNT, proved=False, refused=True, candidate=SecretRef("s9"))
    link = linked(issue=broken, account=kept, cooling_until=LATER)
    found = standing(link, NOW)
    assert (found.mover, found.waits, found.reason) == (Mover.NOBODY, "kept_new", Reason.INVALID_CREDENTIALS)
    assert standing(link, LATER).mover is Mover.ADMIN
    scene = Scene(link=link, rules=RULES, words=load_words(), now=NOW)
    drawn = card(scene, 0)
    assert "The new password is kept" in fallback(drawn)
    assert Action.LOOK not in {one.action for one in buttons_of(drawn)}
    assert "I try it <!date" in fallback(parent(scene))
    assert Action.LOOK not in {one.action for one in buttons_of(parent(scene))}
    assert situation(scene) == "waiting"
    well = replace(scene, link=replace(link, issue=None))
    assert "I try it <!date" in fallback(parent(well)), "also where the one in use works"


def test_with_no_try_left_a_finished_link_says_when_a_look_is_worth_it() -> None:
    broken = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    spent = linked(issue=broken, account=replace(ACCOUNT, proved=False, refused=True), tries_left=0)
    drawn = card(Scene(link=spent, rules=RULES, words=load_words(), now=NOW), 0)
    assert "after that. Until then I leave ISU_Wintro alone" in fallback(drawn)
    silent = replace(spent, issue=replace(broken, reason=Reason.NOT_ANSWERING), setup=linked().setup)
    away = card(Scene(link=silent, rules=RULES, words=load_words(), now=NOW), 0)
    assert Action.LOOK in {one.action for one in buttons_of(away)}, "of silence nobody knows what it hides"
    assert "press *Check now*. I don't" in fallback(
        card(Scene(link=spent, rules=RULES, words=load_words(), now=LATER), 0)
    )


@pytest.mark.parametrize("is_typed", [True, False])
def test_what_was_wrong_before_a_set_up_is_wrong_since_then_when_that_is_given_up(is_typed: bool) -> None:  # noqa: FBT001
    broken = Issue(reason=Reason.INVALID_CREDENTIALS, first_seen=NOW, last_seen=NOW)
    refused = replace(ACCOUNT, proved=False, refused=True)
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "user"})
    again = decide(linked(issue=broken, account=refused), sent, LATER, RULES).link
    assert again.open_issue is None, "a set-up that is under way is not broken"
    typed = changed(again, account=Account(user_name="ISU_New", secret=SecretRef("s8"))) if is_typed else again
    pressed = Pressed(actor=ADA, action=Action.KEEP_OLD, step=again.step, revision=0)
    kept = decide(typed, pressed, LATER, RULES)
    assert kept.link.open_issue == broken
    assert TellStaff(key="staff.failing") not in kept.effects, "it is known"
    mended = decide(changed(again, account=replace(ACCOUNT, worked_at=LATER)), pressed, LATER, RULES).link
    assert mended.open_issue is None
    assert mended.setup.account == replace(ACCOUNT, worked_at=LATER)
    denied = replace(broken, reason=Reason.PERMISSIONS_MISSING)
    stands = decide(replace(changed(again, account=ACCOUNT), issue=denied), pressed, LATER, RULES).link
    assert stands.open_issue == denied, "what it may do was not asked about"


@pytest.mark.parametrize(
    ("change", "step"), [("user", Step.ISU), ("address", Step.SERVICE_URL), ("api_client", Step.API_CLIENT)]
)
def test_a_part_is_replaced_on_the_same_record(change: str, step: Step) -> None:
    link = linked(absence=True, api=API)
    sent = Submitted(actor=SAM, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": change})
    again = decide(link, sent, LATER, RULES).link
    assert (again.status, again.step, again.linked) == (Status.ACTIVE, step, NOW)
    assert again.secrets == link.secrets
    typed = changed(again, account=Account(user_name="ISU_New", secret=SecretRef("s8")), endpoint=OTHER, api=None)
    assert link.secrets <= typed.secrets
    kept = decide(typed, Pressed(actor=ADA, action=Action.KEEP_OLD, step=step, revision=0), LATER, RULES).link
    assert (kept.status, kept.step, kept.previous) == (Status.LINKED, Step.LINKED, None)
    assert (kept.setup.account, kept.setup.endpoint, kept.setup.api) == (
        link.setup.account,
        link.setup.endpoint,
        link.setup.api,
    )
    assert kept.secrets == link.secrets


@pytest.mark.parametrize("environment", [one for one in Environment if one is not Environment.UNKNOWN])
def test_no_quiet_look_falls_into_the_night_in_which_such_tenants_are_down(environment: Environment) -> None:
    """Each Saturday half of all such links were told to be broken, and mended some hours later."""
    friday = datetime(2026, 12, 4, 20, 0, tzinfo=UTC)
    looks = [next_health(linked(id=f"l{number}", environment=environment, asked_at=friday)) for number in range(48)]
    assert all(at and friday < at <= friday + timedelta(hours=36) for at in looks)
    is_down = [
        bool(at and datetime(2026, 12, 5, 2, tzinfo=UTC) <= at < datetime(2026, 12, 5, 14, tzinfo=UTC)) for at in looks
    ]
    assert any(is_down) is (environment is Environment.PRODUCTION)


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (None, "user"),
        (Reason.INVALID_CREDENTIALS, "user"),
        (Reason.OAUTH_INVALID_GRANT, "api_client"),
        (Reason.OAUTH_INVALID_CLIENT, "api_client"),
        (Reason.OAUTH_BAD_TENANT, "address"),
    ],
)
def test_what_is_wrong_is_chosen_already(reason: Reason | None, change: str) -> None:
    """Whoever just presses Begin would be asked to make another user."""
    issue = reason and Issue(reason=reason, first_seen=NOW, last_seen=NOW)
    modal = dialog(Scene(linked(absence=True, api=API, issue=issue), RULES, load_words(), NOW), Form.RELINK)
    assert modal.inputs[0].initial == change
    of_token = linked(way=Way.REFRESH_TOKEN, api=API, issue=issue)
    initial = dialog(Scene(of_token, RULES, load_words(), NOW), Form.RELINK).inputs[0].initial
    assert initial == ("address" if change == "address" else Way.REFRESH_TOKEN)


def test_there_is_no_client_to_replace_where_there_is_none() -> None:
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "api_client"})
    refused = decide(linked(), sent, LATER, RULES).refusal
    assert refused
    assert refused.fields == {"change": "field.no_api"}


def test_more_permissions_are_walked_through_and_proved() -> None:
    values = {"profile": "hris", "absence": "yes"}
    sent = Submitted(actor=SAM, form=Form.PROFILE, step=Step.LINKED, revision=1, values=values)
    again = decide(linked(), sent, LATER, RULES).link
    assert (again.setup.profile, again.setup.absence, again.step, again.setup.matrix) == (
        "hris",
        True,
        Step.PERMISSIONS,
        None,
    )
    assert again.previous
    assert (again.previous.profile, again.previous.absence) == ("recruiting", False)
    theirs = replace(sent, actor=ADA)
    assert decide(linked(), theirs, LATER, RULES).refusal


@pytest.mark.parametrize("api", [None, API])
def test_what_was_refused_meanwhile_is_not_trusted_because_it_is_kept(api: ApiAccess | None) -> None:
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "address"})
    again = decide(linked(api=api), sent, LATER, RULES).link
    # Another token of the client makes no other password of it.
    other = api and replace(api, refresh_token=SecretRef("other"))
    again = changed(again, account=replace(ACCOUNT, proved=False), api=other)
    kept = decide(again, Pressed(actor=ADA, action=Action.KEEP_OLD, step=again.step, revision=0), LATER, RULES).link
    assert kept.setup.account
    assert not kept.setup.account.proved
    assert kept.issue
    assert kept.issue.reason is Reason.INVALID_CREDENTIALS


@pytest.mark.parametrize("said", [None, Reason.JWT_WRONG_USER])
def test_what_was_refused_meanwhile_without_a_password_is_not_blamed_on_one(said: Reason | None) -> None:
    before = linked(way=Way.KEY, key=replace(KEY, client_id="c"))
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "address"})
    again = changed(decide(before, sent, LATER, RULES).link, account=replace(ACCOUNT, proved=False))
    trouble = replace(conclude(report(CheckKind.LOGIN, login=INVALID)), reason=said) if said else None
    again = replace(again, attempt=replace(again.attempt, trouble=trouble))
    kept = decide(again, Pressed(actor=ADA, action=Action.KEEP_OLD, step=again.step, revision=0), LATER, RULES).link
    assert kept.issue
    assert kept.issue.reason is (said or Reason.BEARER_REFUSED)


def test_a_look_that_stays_lost_is_made_a_few_times_and_then_as_every_day() -> None:
    link, first = linked(), next_health(linked())
    assert first
    waits = []
    for _ in range(5):
        moment = next_health(link)
        assert moment
        asked = decide(link, Woke(), moment, RULES).link
        assert asked.attempt.checking
        link = decide(asked, CheckBroken(check_id=asked.attempt.checking.id), moment, RULES).link
        after = next_health(link)
        assert after
        waits.append(after - moment)
    assert waits[:4] == [timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4)]
    assert waits[4] > timedelta(hours=12)


def test_what_was_only_not_tried_at_another_address_is_not_refused() -> None:
    tried_elsewhere = linked(previous=linked().setup, endpoint=OTHER, account=replace(ACCOUNT, proved=False))
    link = replace(tried_elsewhere, status=Status.ACTIVE, step=Step.SERVICE_URL, cards=(Step.SERVICE_URL,))
    pressed = Pressed(actor=ADA, action=Action.KEEP_OLD, step=Step.SERVICE_URL, revision=1)
    kept = decide(link, pressed, LATER, RULES).link
    assert kept.status is Status.LINKED
    assert kept.issue is None
    assert kept.setup.is_trusted
