"""What Workday's answers do to a link, for each check at each step it is made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.parts import Text
from flows.cards.thread_card import card
from flows.diagnosis.findings import conclude
from flows.diagnosis.limits import PAUSE
from flows.diagnosis.observations import CheckKind, Content, Layer, Report, Transport
from flows.diagnosis.reasons import Owner, Reason, Retry
from flows.link.access.rows import check_of
from flows.link.attempt import Checking, Hitch, Recheck, Topic
from flows.link.effects import Decision, RunCheck, Say, TellStaff
from flows.link.events import Action, CheckBroken, CheckFinished, CheckHeld, CheckRefused, Pressed, Woke
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, SecretRef
from flows.link.state import Cause, Link, Status, Step
from flows.link.walk import following, minutes_left, preceding, walk
from flows.schedule.reminders import RECHECKS
from flows.schedule.wakeups import next_wake
from flows.tenant.maintenance import likely_window
from flows.tenant.service_url import Environment
from flows.transitions.checks.results import MOST_SEEN
from flows.transitions.decide import decide
from flows.transitions.moves import go_on, use_endpoint
from flows.words import load_words
from tests.support.drawing import buttons_of
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    FORBIDDEN,
    GOOD,
    INVALID,
    NO_CLIENT,
    NOTHING,
    NOW,
    OTHER,
    RULES,
    SILENT,
    STRANGE,
    a_link,
    changed,
    report,
    seen,
)

LATER = NOW + timedelta(minutes=5)
UNPROVED = replace(ACCOUNT, proved=False)
API = ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"))
KINDS = {
    Step.SERVICE_URL: CheckKind.REACH,
    Step.ISU: CheckKind.LOGIN,
    Step.API_CLIENT: CheckKind.API,
    Step.CHECK: CheckKind.FULL,
    Step.LINKED: CheckKind.LOGIN,
}
PROVED = conclude(report(CheckKind.PERMISSIONS), RULES.permissions.rows("recruiting"))


def asking(step: Step, *, by_hand: bool = True, guessed: bool = False, **changes: Any) -> Link:  # noqa: ANN401
    """Make a link that waits for the answer to the check of its step."""
    account = changes.pop("account", None if step is Step.SERVICE_URL else ACCOUNT)
    kind = changes.pop("kind", KINDS.get(step, CheckKind.PERMISSIONS))
    secrets = (SecretRef("s1"),) if account and account.secret and kind is not CheckKind.REACH else ()
    checking = Checking(
        id="l1.4", kind=kind, since=NOW, endpoints=(ENDPOINT,), secrets=secrets, guessed=guessed, by_hand=by_hand
    )
    values: dict[str, Any] = {"endpoint": None if step is Step.SERVICE_URL else ENDPOINT, "account": account}
    if step is Step.LINKED:
        values |= {"status": Status.LINKED, "linked": NOW}
    return a_link(step=step, revision=4, checking=checking, tried=checking, **{**values, **changes})


def answered(link: Link, told: Report, *, rival: bool = False, rotated: SecretRef | None = None) -> Decision:
    return decide(link, CheckFinished(check_id="l1.4", report=told, rival=rival, rotated=rotated), LATER, RULES)


@pytest.mark.parametrize(
    ("link", "facts", "step", "trouble"),
    [
        (asking(Step.SERVICE_URL), {}, Step.ISU, None),
        (asking(Step.SERVICE_URL), {"login": SILENT, "endpoint": None}, Step.SERVICE_URL, Reason.NOT_ANSWERING),
        (asking(Step.SERVICE_URL, guessed=True), {}, Step.SERVICE_URL, None),
        (asking(Step.ISU, account=UNPROVED), {}, Step.EXPIRY, None),
        (asking(Step.ISU, account=UNPROVED), {"login": INVALID}, Step.ISU, Reason.INVALID_CREDENTIALS),
        (asking(Step.ISU, account=UNPROVED), {"login": SILENT}, Step.ISU, Reason.NOT_ANSWERING),
        (asking(Step.GROUP, account=UNPROVED, kind=CheckKind.LOGIN), {}, Step.GROUP, None),
        (asking(Step.ACTIVATION), {}, Step.LINKED, None),
        (asking(Step.ACTIVATION, absence=True), {}, Step.API_CLIENT, None),
        (asking(Step.ACTIVATION), {"rows": (DENIED,)}, Step.ACTIVATION, Reason.NOT_ACTIVE_OR_NOT_IN_GROUP),
        (asking(Step.ACTIVATION), {"rows": (GOOD, DENIED)}, Step.ACTIVATION, Reason.PERMISSIONS_MISSING),
        (asking(Step.ACTIVATION), {"rows": (GOOD, NOTHING)}, Step.ACTIVATION, Reason.PERMISSIONS_EMPTY),
        (asking(Step.ACTIVATION, empty_is_right=True), {"rows": (GOOD, NOTHING)}, Step.LINKED, None),
        (asking(Step.ACTIVATION), {"login": INVALID}, Step.ACTIVATION, Reason.INVALID_CREDENTIALS),
        (asking(Step.AUTH_POLICY, policy_needed=True, account=UNPROVED), {}, Step.LINKED, None),
        (asking(Step.API_CLIENT, absence=True, api=API, matrix=PROVED), {}, Step.LINKED, None),
        (
            asking(Step.API_CLIENT, absence=True, api=API, matrix=PROVED),
            {"token": NO_CLIENT},
            Step.API_CLIENT,
            Reason.OAUTH_INVALID_CLIENT,
        ),
        (asking(Step.CHECK, matrix=PROVED), {}, Step.LINKED, None),
        (asking(Step.CHECK, absence=True), {}, Step.CHECK, None),
    ],
)
def test_an_answer_walks_or_stays(link: Link, facts: dict[str, Any], step: Step, trouble: Reason | None) -> None:
    assert link.attempt.checking
    decision = answered(link, report(link.attempt.checking.kind, absence=link.setup.absence, **facts))
    after = decision.link
    assert after.attempt.checking is None
    assert after.step is step
    assert (after.attempt.trouble.reason if after.attempt.trouble else None) is trouble
    assert after.revision > link.revision
    assert after.seen
    assert len(after.seen) <= MOST_SEEN
    assert (after.status is Status.LINKED) == (step is Step.LINKED)


@pytest.mark.parametrize(
    "event",
    [
        CheckFinished(check_id="l1.3", report=report(CheckKind.LOGIN)),
        CheckBroken(check_id="l1.3"),
        CheckRefused(check_id="l1.3", until=LATER),
    ],
)
def test_the_answer_to_an_older_check_changes_nothing(event: CheckFinished | CheckBroken | CheckRefused) -> None:
    link = asking(Step.ISU)
    assert decide(link, event, LATER, RULES) == Decision(link=link)
    idle = changed(link, checking=None)
    assert decide(idle, event, LATER, RULES) == Decision(link=idle)


def test_an_answer_about_a_replaced_secret_changes_nothing() -> None:
    link = changed(asking(Step.ISU), account=Account(user_name="ISU_Wintro", secret=SecretRef("s9")))
    assert answered(link, report(CheckKind.LOGIN)) == Decision(link=link)


def test_an_address_that_somebody_else_links_is_not_taken() -> None:
    for guessed in (False, True):
        decision = answered(asking(Step.SERVICE_URL, guessed=guessed), report(CheckKind.REACH), rival=True)
        assert decision.link.attempt.hitch is Hitch.RIVAL
        assert decision.link.setup.endpoint is decision.link.attempt.offer is None
        assert decision.link.setup.environment is Environment.UNKNOWN


def test_a_token_that_was_changed_while_workday_was_asked_for_is_kept() -> None:
    api = ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"), proved=True)
    link = asking(Step.ACTIVATION, kind=CheckKind.REACH, by_hand=False, api=api)
    after = answered(link, report(CheckKind.REACH), rotated=SecretRef("s4")).link
    assert after.setup.api
    assert after.setup.api.refresh_token == SecretRef("s4")


def test_an_absent_workday_is_asked_without_the_password_until_it_is_back() -> None:
    """A login that gets no answer counts as a bad one."""
    away = answered(asking(Step.ACTIVATION), report(CheckKind.PERMISSIONS, login={"transport": Transport.TIMEOUT})).link
    assert away.attempt.trouble
    assert away.attempt.trouble.reason is Reason.NOT_ANSWERING
    assert away.attempt.recheck
    woken = decide(away, Woke(), away.attempt.recheck.at, RULES).link
    assert woken.attempt.checking
    assert woken.attempt.checking.kind is CheckKind.REACH
    back = CheckFinished(check_id=woken.attempt.checking.id, report=report(CheckKind.REACH))
    asked = decide(woken, back, LATER, RULES).link
    assert asked.attempt.checking
    assert (asked.attempt.checking.kind, asked.attempt.checking.by_hand) == (CheckKind.PERMISSIONS, False)
    done = CheckFinished(check_id=asked.attempt.checking.id, report=report(CheckKind.PERMISSIONS))
    assert decide(asked, done, LATER, RULES).link.step is not Step.ACTIVATION


@pytest.mark.parametrize("guessed", [False, True])
def test_that_another_customer_links_it_is_told_to_staff_alone(*, guessed: bool) -> None:
    link = asking(Step.SERVICE_URL, guessed=guessed)
    silent = answered(link, report(CheckKind.REACH))
    event = CheckFinished(check_id="l1.4", report=report(CheckKind.REACH), elsewhere=True)
    decision = decide(link, event, LATER, RULES)
    assert decision.link == silent.link
    assert decision.effects == (*silent.effects, TellStaff(key="staff.elsewhere"))


def test_a_guess_is_offered_and_an_address_is_taken() -> None:
    assert answered(asking(Step.SERVICE_URL, guessed=True), report(CheckKind.REACH)).link.attempt.offer == ENDPOINT
    after = answered(asking(Step.SERVICE_URL), report(CheckKind.REACH)).link
    assert after.setup.endpoint == ENDPOINT
    assert after.setup.environment is Environment.IMPLEMENTATION


def test_a_known_address_keeps_what_was_proved_there() -> None:
    link = a_link(step=Step.SERVICE_URL, endpoint=ENDPOINT, account=ACCOUNT, matrix=PROVED)
    assert use_endpoint(link, ENDPOINT, RULES, LATER).link.setup.account == ACCOUNT
    moved = use_endpoint(changed(link, api=replace(API, proved=True)), OTHER, RULES, LATER).link
    assert moved.setup.account == UNPROVED
    assert moved.setup.api == API
    assert moved.setup.matrix is None


def test_a_host_that_names_no_environment_keeps_the_one_that_was_said() -> None:
    link = a_link(step=Step.SERVICE_URL, environment=Environment.PREVIEW)
    local = replace(ENDPOINT, host="localhost:8080")
    assert use_endpoint(link, local, RULES, LATER).link.setup.environment is Environment.PREVIEW


def test_an_accepted_user_needs_no_policy_and_no_pause() -> None:
    link = asking(Step.ISU, account=UNPROVED, policy_needed=True, cooling_until=LATER)
    after = answered(link, report(CheckKind.LOGIN)).link
    assert after.setup.account == replace(ACCOUNT, worked_at=LATER, owned=True)
    assert (after.setup.policy_needed, after.cooling_until) == (False, None)
    link = asking(Step.ACTIVATION, policy_needed=True)
    assert answered(link, report(CheckKind.PERMISSIONS)).link.step is Step.LINKED


def test_a_refused_password_is_not_tried_again_by_the_clock() -> None:
    ladder = Recheck(since=NOW, attempt=2, at=NOW)
    link = asking(Step.ACTIVATION, by_hand=False, recheck=ladder)
    after = answered(link, report(CheckKind.PERMISSIONS, login=INVALID)).link
    assert after.setup.account == replace(UNPROVED, refused=True)
    assert after.attempt.recheck is None
    for days in range(60):
        woken = decide(after, Woke(), LATER + timedelta(days=days), RULES)
        assert not [effect for effect in woken.effects if isinstance(effect, RunCheck)]
        after = woken.link


def test_a_lock_in_the_middle_is_a_refused_password_too() -> None:
    after = answered(asking(Step.ACTIVATION), report(CheckKind.PERMISSIONS, rows=(GOOD, INVALID))).link
    assert after.setup.account == replace(UNPROVED, refused=True)
    assert after.attempt.recheck is None


def test_what_was_accepted_is_kept_even_when_the_rest_failed() -> None:
    refused = answered(asking(Step.ACTIVATION, account=UNPROVED), report(CheckKind.PERMISSIONS, rows=(DENIED,)))
    assert refused.link.setup.account == replace(ACCOUNT, worked_at=LATER, owned=True)
    forbidden = answered(
        asking(Step.API_CLIENT, absence=True, api=API), report(CheckKind.API, absence=True, rest=(FORBIDDEN,))
    )
    assert forbidden.link.setup.api == replace(API, proved=True)
    lost = answered(
        asking(Step.API_CLIENT, absence=True, api=replace(API, proved=True)),
        report(CheckKind.API, absence=True, token=NO_CLIENT),
    )
    assert lost.link.setup.api == API


def test_an_empty_tenant_does_not_prove_a_refused_client() -> None:
    link = asking(Step.CHECK, absence=True, api=API, empty_is_right=True)
    told = report(CheckKind.FULL, absence=True, rows=(NOTHING,), token=NO_CLIENT)
    after = answered(link, told).link
    assert after.setup.api == API
    assert after.step is Step.CHECK


def test_the_matrix_holds_only_what_workday_said() -> None:
    link = asking(Step.ACTIVATION, matrix=PROVED)
    partly = answered(link, report(CheckKind.PERMISSIONS, rows=(GOOD, DENIED))).link
    assert partly.setup.matrix
    assert partly.attempt.before == PROVED.granted > partly.setup.matrix.granted
    for login in (SILENT, INVALID):
        silent = answered(link, report(CheckKind.PERMISSIONS, login=login)).link
        assert (silent.setup.matrix, silent.attempt.before) == (PROVED, None)


def test_causes_follow_the_newest_answer_over_rest_and_not_the_one_before() -> None:
    rows = RULES.permissions.rows("recruiting", absence=True)
    fresh = asking(
        Step.API_CLIENT, absence=True, api=API, matrix=conclude(report(CheckKind.PERMISSIONS, absence=True), rows)
    )
    refused = answered(fresh, report(CheckKind.API, absence=True, rest=(FORBIDDEN,))).link
    again = changed(fresh, matrix=refused.setup.matrix)
    some = report(CheckKind.API, absence=True, rest=(GOOD, FORBIDDEN))
    causes = [answered(link, some).link.attempt.likely for link in (fresh, again)]
    assert causes[0]
    assert causes[0] == causes[1] != refused.attempt.likely


def test_the_secret_that_workday_changed_is_kept() -> None:
    link = asking(Step.API_CLIENT, absence=True, api=API)
    after = answered(link, report(CheckKind.API, absence=True), rotated=SecretRef("s4")).link
    assert after.setup.api
    assert after.setup.api.refresh_token == SecretRef("s4")
    assert SecretRef("s3") not in after.secrets
    without = asking(Step.ISU, account=UNPROVED)
    assert answered(without, report(CheckKind.LOGIN), rotated=SecretRef("s4")).link.secrets == {SecretRef("s1")}


@pytest.mark.parametrize(
    ("step", "login"), [(Step.ISU, STRANGE), (Step.ISU, {**SILENT, "transport": None, "http_status": 404})]
)
def test_what_only_we_can_mend_is_told_to_staff(step: Step, login: dict[str, Any]) -> None:
    link = asking(step, account=UNPROVED)
    decision = answered(link, report(CheckKind.LOGIN, login=login))
    told = TellStaff(key="staff.unknown_answer") in decision.effects
    assert told == (decision.link.attempt.trouble is not None and decision.link.attempt.trouble.owner is Owner.US)


def test_staff_are_told_of_rows_nobody_understands() -> None:
    decision = answered(asking(Step.ACTIVATION), report(CheckKind.PERMISSIONS, rows=(STRANGE,)))
    assert decision.effects[-1] == TellStaff(key="staff.unknown_answer")


CANDIDATE = replace(ACCOUNT, candidate=SecretRef("s9"))


def trying(**changes: Any) -> Link:  # noqa: ANN401
    link = asking(Step.LINKED, account=CANDIDATE, **changes)
    assert link.attempt.checking
    return changed(link, checking=replace(link.attempt.checking, secrets=(SecretRef("s9"),)))


def test_a_proved_candidate_takes_over() -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 8, 1))
    link = trying(expiry=expiry, nudged={Cause.PASSWORD: NOW}, burnt=True)
    after = answered(link, report(CheckKind.LOGIN)).link
    proved = Account(user_name="ISU_Wintro", secret=SecretRef("s9"), proved=True, worked_at=LATER, owned=True)
    assert after.setup.account == proved
    assert after.secrets == {SecretRef("s9")}
    assert after.setup.expiry == replace(expiry, set_on=NOW.date())
    assert (after.setup.expiry_at, after.setup.burnt, after.step) == (LATER, False, Step.LINKED)
    exempt = trying(expiry=Expiry(kind=ExpiryKind.EXEMPT))
    assert answered(exempt, report(CheckKind.LOGIN)).link.setup.expiry == Expiry(kind=ExpiryKind.EXEMPT)


def test_the_day_a_password_was_set_is_the_readers_day() -> None:
    link = trying(expiry=Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 8, 1)))
    event = CheckFinished(check_id="l1.4", report=report(CheckKind.LOGIN))
    after = decide(link, event, NOW.replace(hour=2), RULES).link  # still Sunday in New York
    assert after.setup.expiry
    assert after.setup.expiry.set_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (
            CheckFinished(check_id="l1.4", report=report(CheckKind.LOGIN, login=INVALID)),
            "reason.invalid_credentials.chat",
        ),
        (CheckFinished(check_id="l1.4", report=report(CheckKind.LOGIN, login=SILENT)), "say.new_untried"),
        (CheckBroken(check_id="l1.4"), "hitch.interrupted_new"),
        (CheckHeld(check_id="l1.4"), "hitch.owned_new"),
    ],
)
def test_a_candidate_that_fails_is_dropped_and_it_is_said(event: CheckFinished, key: str) -> None:
    decision = decide(trying(), event, LATER, RULES)
    after = decision.link
    assert after.setup.account == ACCOUNT
    assert (after.attempt.checking, after.attempt.hitch, after.attempt.trouble, after.status) == (
        None,
        None,
        None,
        Status.LINKED,
    )
    assert Say(key=key) in decision.effects


@pytest.mark.parametrize("step", [Step.ISU, Step.LINKED])
def test_with_no_try_left_the_same_password_waits_for_the_end_of_the_pause(step: Step) -> None:
    status = Status.LINKED if step is Step.LINKED else Status.ACTIVE
    kind = CheckKind.FULL if step is Step.LINKED else CheckKind.LOGIN
    event = CheckFinished(check_id="l1.4", report=report(kind, login=INVALID), tries_left=0)
    spent = decide(asking(step, status=status, kind=kind), event, NOW, RULES).link
    same = {Action.CHECK, Action.LOOK}
    assert not same & offered(spent, NOW)
    again = replace(PRESSED, action=Action.LOOK if step is Step.LINKED else Action.CHECK, step=step)
    refused = decide(spent, replace(again, revision=spent.revision), NOW + timedelta(minutes=29), RULES).refusal
    assert refused
    assert refused.key == "refusal.cooling"
    over = next_wake(spent, RULES)
    assert over == NOW + PAUSE
    after = decide(spent, Woke(), over, RULES).link
    assert after.attempt.checking is None
    assert same & offered(after, over)
    assert decide(after, replace(again, revision=after.revision), over, RULES).link.attempt.checking
    elsewhere = use_endpoint(spent, OTHER, RULES, NOW).link
    assert elsewhere.cooling_until is None, "sign-ins are counted by tenant"


def offered(link: Link, now: datetime) -> set[Action]:
    drawn = card(Scene(link=link, rules=RULES, words=load_words(), now=now), len(link.cards) - 1)
    return {one.action for one in buttons_of(drawn)}


PRESSED = Pressed(actor=ADA, action=Action.CHECK, step=Step.ISU, revision=1)


def test_a_finished_link_whose_password_worked_is_asked_again_by_the_clock() -> None:
    by_hand = changed(trying(), account=ACCOUNT)
    decision = decide(by_hand, CheckRefused(check_id="l1.4", until=LATER), NOW, RULES)
    after = decision.link
    assert Say(key="hitch.spared") in decision.effects
    assert after.attempt.recheck
    assert after.attempt.recheck.at > LATER
    assert after.setup.account == ACCOUNT
    broken = decide(by_hand, CheckBroken(check_id="l1.4"), NOW, RULES)
    assert Say(key="hitch.interrupted") in broken.effects


def test_a_lost_check_gives_the_button_back() -> None:
    broken = decide(asking(Step.ISU), CheckBroken(check_id="l1.4"), LATER, RULES).link
    assert (broken.attempt.hitch, broken.attempt.checking, broken.cooling_until) == (Hitch.INTERRUPTED, None, None)
    refused = decide(asking(Step.ISU), CheckRefused(check_id="l1.4", until=LATER), NOW, RULES).link
    assert (refused.attempt.hitch, refused.attempt.checking, refused.cooling_until) == (Hitch.COOLING, None, LATER)


@pytest.mark.parametrize("event", [CheckBroken(check_id="l1.4"), CheckRefused(check_id="l1.4", until=LATER)])
def test_a_lost_check_of_the_clock_is_made_again_later(event: CheckBroken | CheckRefused) -> None:
    link = asking(Step.ACTIVATION, by_hand=False, recheck=Recheck(since=NOW, attempt=1, at=NOW))
    after = decide(link, event, LATER, RULES).link
    assert after.attempt.hitch is None
    assert after.attempt.recheck == Recheck(since=NOW, attempt=3, at=NOW + timedelta(minutes=10))


@pytest.mark.parametrize("event", [CheckBroken(check_id="l1.4"), CheckRefused(check_id="l1.4", until=LATER)])
def test_a_promised_check_survives_one_by_hand_that_is_lost(event: CheckBroken | CheckRefused) -> None:
    link = asking(Step.ACTIVATION, recheck=Recheck(since=NOW, attempt=1, at=NOW))
    after = decide(link, event, LATER, RULES).link
    assert after.attempt.hitch
    assert after.attempt.recheck == Recheck(since=NOW, attempt=3, at=NOW + timedelta(minutes=10))
    again = decide(after, Woke(), NOW + timedelta(minutes=10), RULES).link
    assert again.attempt.checking
    assert again.attempt.hitch is None


@pytest.mark.parametrize(("proved", "unsure"), [(False, True), (True, False)])
def test_a_password_that_got_no_answer_is_not_said_to_be_refused(*, proved: bool, unsure: bool) -> None:
    link = asking(Step.ISU, account=replace(ACCOUNT, proved=proved))
    after = decide(
        link, CheckFinished(check_id="l1.4", report=report(CheckKind.LOGIN, login=SILENT)), LATER, RULES
    ).link
    text = " ".join(
        part.text for part in card(Scene(after, RULES, load_words(), LATER), 0).parts if isinstance(part, Text)
    )
    assert ("I don't know whether Workday has taken the password" in text) is unsure
    assert "refused" not in text
    assert after.setup.is_trusted is proved


@pytest.mark.parametrize(("number", "wait"), list(enumerate(RECHECKS))[1:])
def test_a_failed_activation_is_asked_about_on_the_ladder(number: int, wait: timedelta) -> None:
    before = NOW + RECHECKS[number - 1]
    link = asking(Step.ACTIVATION, by_hand=False, recheck=Recheck(since=NOW, attempt=number - 1, at=before))
    event = CheckFinished(check_id="l1.4", report=report(CheckKind.PERMISSIONS, rows=(DENIED,)))
    after = decide(link, event, before + timedelta(seconds=4), RULES).link
    assert after.attempt.recheck == Recheck(since=NOW, attempt=number, at=NOW + wait)


def test_after_a_day_workday_is_asked_daily_and_never_in_a_burst() -> None:
    event = CheckFinished(check_id="l1.4", report=report(CheckKind.PERMISSIONS, rows=(DENIED,)))
    link = asking(Step.ACTIVATION, by_hand=False, recheck=Recheck(since=NOW, attempt=6, at=NOW))
    for days in (2, 40):
        now = NOW + timedelta(days=days)
        after = decide(link, event, now, RULES).link
        assert after.attempt.recheck
        assert after.attempt.recheck.at == now + timedelta(days=1)
    down = changed(link, recheck=Recheck(since=NOW, attempt=1, at=NOW))
    after = decide(down, event, NOW + timedelta(hours=5, minutes=7), RULES).link
    assert after.attempt.recheck
    assert after.attempt.recheck.at == NOW + timedelta(days=1)
    gone = CheckFinished(check_id="l1.4", report=report(CheckKind.PERMISSIONS, login=SILENT))
    after = decide(down, gone, NOW + timedelta(hours=5, minutes=7), RULES).link
    assert after.attempt.recheck
    assert after.attempt.recheck.at == NOW + timedelta(hours=6), "an absent Workday is asked about hourly"


def test_a_check_by_hand_starts_the_ladder_anew() -> None:
    link = asking(Step.ACTIVATION, recheck=Recheck(since=NOW - timedelta(days=3), attempt=27, at=LATER))
    after = answered(link, report(CheckKind.PERMISSIONS, rows=(DENIED,))).link
    assert after.attempt.recheck == Recheck(since=LATER, attempt=1, at=LATER + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("facts", "again"),
    [
        ({"rows": (DENIED,)}, True),
        ({"rows": (GOOD, NOTHING)}, True),
        ({"login": SILENT}, True),
        ({"login": {"http_status": 302}}, True),
        ({"login": {"http_status": 404}}, False),
        ({"rows": (STRANGE,)}, False),
    ],
)
def test_only_what_may_mend_by_itself_is_asked_about_again(facts: dict[str, Any], *, again: bool) -> None:
    after = answered(asking(Step.ACTIVATION), report(CheckKind.PERMISSIONS, **facts)).link
    assert after.attempt.trouble
    assert (after.attempt.recheck is not None) is again
    assert (after.attempt.trouble.reason.traits.retry is not Retry.NEVER) is again


def test_of_what_is_ours_only_what_stands_in_between_is_asked_about_again() -> None:
    ours = {reason for reason in Reason if reason.traits.retry is not Retry.NEVER and reason.traits.owner is Owner.US}
    assert ours == {Reason.TLS_FAILED, Reason.PROXY_IN_BETWEEN}


def test_what_stands_in_between_is_told_once_and_heals_by_itself() -> None:
    blocked: dict[str, Any] = {"http_status": None, "transport": Transport.TLS, "content": Content.EMPTY}
    first = answered(asking(Step.ISU, account=UNPROVED), report(CheckKind.LOGIN, login=blocked))
    told = TellStaff(key="staff.ours")
    assert told in first.effects
    assert first.link.attempt.recheck
    looked = decide(first.link, Woke(), first.link.attempt.recheck.at, RULES).link
    assert looked.attempt.checking
    assert looked.attempt.checking.kind is CheckKind.REACH, "no password for it"
    later = asking(Step.ACTIVATION, by_hand=False, recheck=Recheck(since=NOW - timedelta(hours=1), attempt=2, at=NOW))
    assert told not in answered(later, report(CheckKind.PERMISSIONS, login=blocked)).effects


def test_while_workday_is_away_it_is_asked_without_a_password_that_nobody_proved() -> None:
    away = answered(asking(Step.ACTIVATION, account=UNPROVED), report(CheckKind.PERMISSIONS, login=SILENT)).link
    assert away.attempt.recheck
    looking = decide(away, Woke(), away.attempt.recheck.at, RULES).link
    assert looking.attempt.checking
    assert (looking.attempt.checking.kind, looking.attempt.checking.secrets) == (CheckKind.REACH, ())
    assert looking.attempt.tried == away.attempt.tried
    still = decide(looking, _finished(looking, login=SILENT), away.attempt.recheck.at, RULES).link
    assert (still.attempt.trouble, still.attempt.hitch) == (away.attempt.trouble, None)
    assert still.attempt.recheck
    assert still.attempt.recheck.at > away.attempt.recheck.at
    back = decide(looking, _finished(looking), LATER, RULES)
    assert (back.link.attempt.trouble, back.link.attempt.recheck, back.link.attempt.hitch) == (None, None, Hitch.BACK)
    assert Say(key="say.back") in back.effects
    helped = replace(looking, attempt=replace(looking.attempt, help=Topic.STUCK))
    assert decide(helped, _finished(helped), LATER, RULES).link.attempt.help is None, "the button is not covered"
    assert check_of(back.link) is CheckKind.PERMISSIONS


def test_an_address_is_looked_for_again_while_workday_is_away() -> None:
    link = asking(Step.SERVICE_URL, kind=CheckKind.REACH, endpoint=None, account=None)
    away = decide(link, _finished(link, login=SILENT), LATER, RULES).link
    assert away.attempt.recheck
    looking = decide(away, Woke(), away.attempt.recheck.at, RULES).link
    assert looking.attempt.checking
    assert looking.attempt.checking.endpoints == (ENDPOINT,)
    found = decide(looking, _finished(looking), LATER, RULES).link
    assert (found.step, found.setup.endpoint, found.attempt.recheck) == (Step.ISU, ENDPOINT, None)


def test_a_closed_sandbox_is_left_alone_until_it_opens() -> None:
    friday = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # 19:00 on Friday in California
    link = asking(Step.ACTIVATION, environment=Environment.SANDBOX, recheck=Recheck(since=friday, attempt=3, at=friday))
    link = changed(link, checking=replace(link.attempt.checking, by_hand=False) if link.attempt.checking else None)
    done = report(CheckKind.PERMISSIONS, login=SILENT)
    event = CheckFinished(check_id=link.attempt.checking.id if link.attempt.checking else "", report=done)
    early = decide(link, event, friday + timedelta(minutes=1), RULES).link
    assert early.attempt.recheck
    assert early.attempt.recheck.at == friday + timedelta(minutes=2)
    late = decide(link, event, friday + timedelta(minutes=11), RULES).link
    assert late.attempt.recheck
    assert late.attempt.recheck.at == likely_window(Environment.SANDBOX, friday)


def _finished(link: Link, **facts: Any) -> CheckFinished:  # noqa: ANN401  any field of a report
    assert link.attempt.checking
    return CheckFinished(check_id=link.attempt.checking.id, report=report(link.attempt.checking.kind, **facts))


def test_a_recheck_that_turns_green_walks_on_by_itself() -> None:
    link = asking(Step.ACTIVATION, by_hand=False, recheck=Recheck(since=NOW, attempt=1, at=NOW))
    after = answered(link, report(CheckKind.PERMISSIONS)).link
    assert (after.step, after.attempt.recheck, after.linked) == (Step.LINKED, None, LATER)
    assert after.snoozed_until is None


def test_the_final_check_starts_by_itself_only_with_a_proved_password() -> None:
    for account, starts in ((ACCOUNT, True), (UNPROVED, False), (None, False)):
        decision = go_on(a_link(step=Step.ACTIVATION, endpoint=ENDPOINT, account=account), RULES, NOW)
        assert decision.link.step is Step.CHECK
        assert bool([effect for effect in decision.effects if isinstance(effect, RunCheck)]) is starts
        assert bool(decision.link.attempt.checking) is starts


def test_no_link_is_linked_before_all_is_proved() -> None:
    link = a_link(step=Step.CHECK, endpoint=ENDPOINT, account=ACCOUNT, cards=(Step.CHECK,))
    assert go_on(link, RULES, NOW).link.step is Step.CHECK
    assert go_on(changed(link, matrix=PROVED), RULES, NOW).link.step is Step.LINKED


def test_a_link_stays_linked_since_its_first_time() -> None:
    link = asking(Step.CHECK, matrix=PROVED, linked=NOW - timedelta(days=1))
    assert answered(link, report(CheckKind.FULL)).link.linked == NOW - timedelta(days=1)


def test_only_so_many_answers_are_kept() -> None:
    told = Report(kind=CheckKind.LOGIN, observations=(seen(Layer.LOGIN),) * 200, endpoint=ENDPOINT)
    assert len(answered(asking(Step.GROUP, kind=CheckKind.LOGIN), told).link.seen) == MOST_SEEN


OF_OTHER_WAYS = {Step.USER, Step.KEY_CLIENT, Step.TOKEN_CLIENT}


@pytest.mark.parametrize(
    ("changes", "without"),
    [
        ({}, {Step.AUTH_POLICY, Step.API_CLIENT}),
        ({"policy_needed": True}, {Step.API_CLIENT}),
        ({"absence": True}, {Step.AUTH_POLICY}),
        ({"profile": "absence"}, {Step.AUTH_POLICY}),
        ({"step": Step.API_CLIENT}, {Step.AUTH_POLICY}),
        ({"step": Step.AUTH_POLICY}, {Step.API_CLIENT}),
    ],
)
def test_the_walk_leaves_out_what_is_not_needed(changes: dict[str, Any], without: set[Step]) -> None:
    assert set(Step) - set(walk(a_link(**changes), RULES.permissions)) == without | OF_OTHER_WAYS


def test_the_walk_has_two_ends() -> None:
    assert preceding(a_link(), RULES.permissions) is Step.WELCOME
    assert following(a_link(step=Step.LINKED), RULES.permissions) is Step.LINKED
    left = [minutes_left(a_link(step=step), RULES.permissions) for step in walk(a_link(), RULES.permissions)]
    assert left == sorted(left, reverse=True)
    assert (left[0], left[-1]) == (25, 0)
