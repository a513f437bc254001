"""One event after another: where each press, form and answer of Workday takes a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking, Hitch, Recheck, Topic
from flows.link.effects import Decision, Denial, LookUp, RunCheck, Say, Show, TellStaff
from flows.link.events import (
    Action,
    CheckBroken,
    CheckFinished,
    CheckRefused,
    Event,
    Form,
    Heard,
    Intent,
    Pressed,
    Submitted,
    Woke,
)
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, SecretRef
from flows.link.state import Link, Status, Step
from flows.schedule.reminders import next_due
from flows.schedule.wakeups import cooled_at, next_health
from flows.tenant.service_url import Endpoint, Pasted, PasteKind, read_endpoint
from flows.transitions.decide import decide
from flows.transitions.moves import use_endpoint
from tests.support.links import (
    ADA,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    KIM,
    NO_CLIENT,
    NOTHING,
    NOW,
    OTHER,
    RULES,
    SAM,
    SILENT,
    STRANGE,
    a_link,
    a_setup,
    changed,
    field_of,
    report,
)

OLD, NEW = SecretRef("old"), SecretRef("new")
ACCOUNT = Account(user_name="ISU_Wintro", secret=OLD, proved=True)
UNPROVED = replace(ACCOUNT, proved=False)
API = ApiAccess(client_id="c", secret=SecretRef("c1"), refresh_token=SecretRef("r1"))
HOUR = timedelta(hours=1)


def turn(link: Link, event: Event, now: datetime = NOW) -> Decision:
    return decide(link, event, now, RULES)


def press(link: Link, action: Action, value: str = "", actor: Any = ADA) -> Decision:  # noqa: ANN401
    return turn(link, Pressed(actor=actor, action=action, step=link.step, revision=link.revision, value=value))


def send(link: Link, form: Form, actor: Any = ADA, **more: Any) -> Decision:  # noqa: ANN401
    return turn(link, Submitted(actor=actor, form=form, step=link.step, revision=link.revision, **more))


def checking(link: Link, kind: CheckKind, **more: Any) -> Link:  # noqa: ANN401
    refs = tuple(sorted(link.secrets))
    values: dict[str, Any] = {"id": "c1", "kind": kind, "since": NOW, "endpoints": (ENDPOINT,), "secrets": refs}
    return changed(link, checking=Checking(**{**values, **more}))


def answer(link: Link, kind: CheckKind, *, rotated: SecretRef | None = None, **answers: Any) -> Decision:  # noqa: ANN401
    seen = report(kind, absence=link.setup.absence, **answers)
    return turn(link, CheckFinished(check_id="c1", report=seen, rotated=rotated))


def found(kind: CheckKind, **answers: Any) -> Finding:  # noqa: ANN401
    return conclude(report(kind, **answers), RULES.permissions.rows("recruiting"))


# Presses


@pytest.mark.parametrize(
    ("changes", "action", "value", "expected"),
    [
        ({}, Action.START, "", {"step": Step.SERVICE_URL}),
        ({"step": Step.EXPIRY}, Action.EXPIRY_UNKNOWN, "", {"step": Step.GROUP}),
        ({"step": Step.EXPIRY}, Action.EXEMPT, "", {"step": Step.GROUP}),
        ({"step": Step.GROUP}, Action.DONE, "", {"step": Step.PERMISSIONS}),
        ({"step": Step.GROUP}, Action.BACK, "", {"step": Step.EXPIRY}),
        ({"step": Step.GROUP}, Action.HELP, "no_task", {"help": Topic.NO_TASK}),
        ({"step": Step.GROUP}, Action.HELP, "forged", {"help": Topic.STUCK}),
        ({"step": Step.GROUP, "help": Topic.STUCK}, Action.CLOSE_HELP, "", {"help": None}),
        ({"step": Step.GROUP}, Action.CALL_STAFF, "", {"step": Step.GROUP}),
        ({"step": Step.GROUP}, Action.PAUSE, "", {"status": Status.PAUSED}),
        ({"step": Step.GROUP, "status": Status.PAUSED}, Action.RESUME, "", {"status": Status.ACTIVE}),
        ({"step": Step.GROUP}, Action.CONTINUE, "", {"cards": (Step.GROUP, Step.GROUP)}),
        ({"step": Step.PERMISSIONS}, Action.TICK, "job-information", {"ticked": frozenset({"job-information"})}),
        (
            {"step": Step.PERMISSIONS, "ticked": frozenset({"job-information", "location"})},
            Action.TICK,
            "-job-information",
            {"ticked": frozenset({"location"})},
        ),
        ({"step": Step.SERVICE_URL, "offer": ENDPOINT}, Action.USE_OFFER, "", {"endpoint": ENDPOINT}),
        ({"step": Step.SERVICE_URL, "offer": ENDPOINT}, Action.REFUSE_OFFER, "", {"offer": None}),
        (
            {"step": Step.ISU, "account": UNPROVED},
            Action.POLICY_LATER,
            "",
            {"step": Step.EXPIRY, "policy_needed": True},
        ),
        ({"step": Step.ACTIVATION, "account": UNPROVED}, Action.POLICY_LATER, "", {"step": Step.AUTH_POLICY}),
        (
            {"step": Step.ACTIVATION, "account": UNPROVED, "policy_needed": True},
            Action.CHECK,
            "",
            {"step": Step.AUTH_POLICY},
        ),
        (
            {
                "step": Step.ACTIVATION,
                "account": ACCOUNT,
                "trouble": found(CheckKind.PERMISSIONS, rows=(GOOD, NOTHING)),
            },
            Action.EMPTY_IS_RIGHT,
            "",
            {"empty_is_right": True, "trouble": None},
        ),
        (
            {
                "step": Step.CHECK,
                "account": ACCOUNT,
                "absence": True,
                "trouble": found(CheckKind.FULL, rows=(NOTHING,)),
            },
            Action.EMPTY_IS_RIGHT,
            "",
            {"step": Step.CHECK, "trouble": None},
        ),
        ({"step": Step.GROUP}, Action.OPEN_FORM, "", {"step": Step.GROUP}),
    ],
)
def test_a_press(changes: dict[str, Any], action: Action, value: str, expected: dict[str, Any]) -> None:
    link = a_link(**changes)
    decision = press(link, action, value)
    assert decision.refusal is None
    assert {name: field_of(decision.link, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("step", "changes", "kept"),
    [
        (Step.ISU, {"account": ACCOUNT}, {"account": None}),
        (Step.API_CLIENT, {"api": API, "absence": True}, {"api": None}),
        (Step.PERMISSIONS, {"ticked": frozenset({"workers"})}, {"ticked": frozenset()}),
        (Step.GROUP, {"account": ACCOUNT}, {"account": ACCOUNT}),
    ],
)
def test_staff_may_restart_a_step(step: Step, changes: dict[str, Any], kept: dict[str, Any]) -> None:
    decision = press(a_link(step=step, **changes), Action.RESTART, actor=SAM)
    assert {name: field_of(decision.link, name) for name in kept} == kept
    assert press(a_link(step=step), Action.RESTART).refusal == Denial(
        key="refusal.staff_only", names={"customer": "Acme"}
    )


@pytest.mark.parametrize(
    ("changes", "action", "value"),
    [
        ({"step": Step.PERMISSIONS}, Action.TICK, "forged"),
        ({"step": Step.PERMISSIONS, "ticked": frozenset({"job-information"})}, Action.TICK, "job-information"),
        ({"step": Step.SERVICE_URL}, Action.USE_OFFER, ""),
        ({"step": Step.CHECK}, Action.HELP, "stuck"),
        ({"step": Step.ISU, "account": UNPROVED, "cooling_until": NOW + HOUR}, Action.CHECK, ""),
    ],
)
def test_a_press_that_can_do_nothing_changes_nothing_and_brings_its_card_up_to_date(
    changes: dict[str, Any], action: Action, value: str
) -> None:
    link = a_link(**changes)
    decision = press(link, action, value)
    assert decision.refusal
    assert replace(decision.link, touched=NOW) == link
    # Whoever meets a pause has a card that says so.
    is_drawn = decision.refusal.key == "refusal.stale"
    assert decision.effects == ((Show(slot="card.0"), Show(slot="parent")) if is_drawn else ())


def test_whoever_starts_an_open_link_becomes_its_admin() -> None:
    decision = press(a_link(admin=None), Action.START)
    assert decision.link.admin == ADA
    assert LookUp(user_id=ADA.user_id) in decision.effects


def test_an_address_that_did_not_answer_is_asked_again_without_pasting() -> None:
    first = send(a_link(step=Step.SERVICE_URL), Form.SERVICE_URL, pasted=read_endpoint(ENDPOINT.rest_url)).link
    assert first.attempt.checking
    seen = CheckFinished(check_id=first.attempt.checking.id, report=report(CheckKind.REACH, login=SILENT))
    silent = turn(first, seen)
    again = press(silent.link, Action.CHECK).link.attempt.checking
    assert again
    assert again.endpoints == (ENDPOINT,)


# Forms


def test_each_form_moves_the_link() -> None:
    address = send(a_link(step=Step.SERVICE_URL), Form.SERVICE_URL, pasted=read_endpoint(ENDPOINT.rest_url))
    assert any(isinstance(effect, RunCheck) for effect in address.effects)
    guess = Pasted(kind=PasteKind.BROWSER, tenant="acme", candidates=(ENDPOINT, OTHER))
    guessed = send(a_link(step=Step.SERVICE_URL), Form.SERVICE_URL, pasted=guess).link.attempt.checking
    assert guessed
    assert guessed.guessed
    values, sealed = {"user": "ISU_Wintro"}, {"password": NEW}
    isu = send(a_link(step=Step.ISU), Form.ISU, values=values, secrets=sealed).link
    assert isu.secrets == {NEW}
    assert isu.attempt.checking
    assert isu.attempt.checking.kind is CheckKind.LOGIN
    late = send(a_link(step=Step.ACTIVATION, account=ACCOUNT), Form.ISU, values=values, secrets=sealed).link
    assert late.attempt.checking
    assert late.attempt.checking.kind is CheckKind.PERMISSIONS
    policy = send(a_link(step=Step.EXPIRY), Form.EXPIRY, values={"days": "90", "set_on": "2026-11-01"}).link
    assert policy.setup.expiry == Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 11, 1))
    secrets = {"client_secret": SecretRef("c1"), "refresh_token": SecretRef("r1")}
    api = send(a_link(step=Step.API_CLIENT, absence=True), Form.API_CLIENT, values={"client_id": "c"}, secrets=secrets)
    assert api.link.setup.api == API
    given = send(a_link(step=Step.ISU), Form.HAND_OVER, values={"person": KIM.user_id})
    assert given.link.admin
    assert given.link.admin.user_id == KIM.user_id
    assert given.effects[0] == LookUp(user_id=KIM.user_id)
    own = send(a_link(step=Step.ISU), Form.HAND_OVER, values={"person": SAM.user_id}).link
    assert own.admin == SAM
    same = send(a_link(step=Step.ISU), Form.HAND_OVER, values={"person": ADA.user_id})
    assert same.effects == (LookUp(user_id=ADA.user_id),)
    cancelled = send(a_link(step=Step.ISU, account=ACCOUNT), Form.CANCEL, actor=SAM).link
    assert (cancelled.status, cancelled.secrets) == (Status.CANCELLED, frozenset())
    assert send(a_link(step=Step.ISU), Form.EVIDENCE).effects == ()


@pytest.mark.parametrize("pasted", [None, Pasted(kind=PasteKind.CAREERS)])
def test_a_wrong_address_is_a_complaint_at_its_field(pasted: Pasted | None) -> None:
    decision = send(a_link(step=Step.SERVICE_URL), Form.SERVICE_URL, pasted=pasted)
    assert decision.refusal
    assert set(decision.refusal.fields) == {"url"}


def test_a_tick_of_what_is_asked_no_more_counts_for_the_rest_and_brings_the_card_up_to_date() -> None:
    link = a_link(step=Step.PERMISSIONS)
    tick = Pressed(actor=ADA, action=Action.TICK, step=link.step, revision=1, value="job-information,gone")
    assert turn(link, tick).link.setup.ticked == {"job-information"}
    assert turn(link, tick).effects == (Show(slot="card.0"),)


def test_a_wrong_address_typed_in_the_thread_is_answered_there() -> None:
    heard = Heard(actor=ADA, intent=Intent.URL, pasted=Pasted(kind=PasteKind.CAREERS))
    assert turn(a_link(step=Step.SERVICE_URL), heard).effects == (Say(key="field.url.careers", aside=True),)
    assert turn(a_link(step=Step.ISU), heard).effects == ()


def test_a_new_password_waits_until_the_pause_is_over() -> None:
    linked = a_link(step=Step.LINKED, status=Status.LINKED, account=ACCOUNT, cooling_until=NOW + HOUR)
    tried = send(linked, Form.ROTATE, secrets={"password": NEW}).link
    assert tried.attempt.checking
    kept = turn(tried, CheckRefused(check_id=tried.attempt.checking.id, until=NOW + HOUR))
    assert Say(key="hitch.cooling_new") in kept.effects
    assert kept.link.secrets == {OLD, NEW}
    looked = Pressed(actor=ADA, action=Action.LOOK, step=Step.LINKED, revision=1)
    assert turn(kept.link, looked).refusal == Denial(key="issue.kept_new")
    assert (cooled_at(kept.link), next_health(kept.link), next_due(kept.link, RULES)) == (NOW + HOUR, None, None)
    paused = turn(kept.link, replace(looked, action=Action.PAUSE)).link
    assert cooled_at(paused) is None
    for waits in (kept.link, turn(paused, replace(looked, action=Action.RESUME)).link):
        for event in (Woke(), looked):
            asked = decide(waits, event, NOW + HOUR, RULES).link.attempt.checking
            assert asked
            assert (asked.kind, asked.secrets, asked.by_hand) == (CheckKind.LOGIN, (NEW,), True)


def test_a_new_password_that_waits_goes_over_to_what_is_set_up_anew() -> None:
    waits = a_link(
        step=Step.LINKED, status=Status.LINKED, account=replace(ACCOUNT, candidate=NEW), absence=True, api=API
    )
    opened = send(waits, Form.RELINK, values={"change": "api_client"}).link
    assert opened.previous
    assert opened.previous.account == ACCOUNT
    assert opened.setup.account == replace(ACCOUNT, secret=NEW, proved=False)
    kept = turn(opened, Pressed(actor=ADA, action=Action.KEEP_OLD, step=opened.step, revision=opened.revision)).link
    assert (kept.setup.account, kept.issue) == (ACCOUNT, None)


# What Workday answers


def test_a_new_password_counts_once_it_is_proved() -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 9, 1))
    linked = a_link(step=Step.LINKED, status=Status.LINKED, account=ACCOUNT, expiry=expiry, burnt=True)
    trying = send(linked, Form.ROTATE, secrets={"password": NEW}).link
    assert trying.setup.account
    assert (trying.setup.account.secret, trying.setup.account.candidate) == (OLD, NEW)
    trying = checking(trying, CheckKind.LOGIN, secrets=(NEW,))
    good = answer(trying, CheckKind.LOGIN).link
    assert good.setup.account
    assert good.setup.account.worked_at
    proved = Account(user_name="ISU_Wintro", secret=NEW, proved=True, owned=True)
    assert replace(good.setup.account, worked_at=None) == proved
    assert good.setup.expiry == replace(expiry, set_on=date(2026, 11, 23))
    assert not good.setup.burnt
    exempt = changed(trying, expiry=Expiry(kind=ExpiryKind.EXEMPT))
    assert answer(exempt, CheckKind.LOGIN).link.setup.expiry == Expiry(kind=ExpiryKind.EXEMPT)
    bad = answer(trying, CheckKind.LOGIN, login=INVALID)
    assert bad.link.setup.account == ACCOUNT
    assert Say(key="reason.invalid_credentials.chat") in bad.effects
    lost = turn(trying, CheckBroken(check_id="c1"))
    assert lost.link.setup.account == ACCOUNT
    assert Say(key="hitch.interrupted_new") in lost.effects


def test_a_rotated_refresh_token_takes_the_place_of_the_old_one() -> None:
    link = checking(a_link(step=Step.API_CLIENT, absence=True, account=ACCOUNT, api=API), CheckKind.API)
    after = answer(link, CheckKind.API, rotated=SecretRef("r2")).link
    assert after.setup.api
    assert after.setup.api.refresh_token == "r2"
    without = (
        changed(link, api=None, checking=replace(link.attempt.checking, secrets=())) if link.attempt.checking else link
    )
    assert answer(without, CheckKind.API, rotated=SecretRef("r2")).link.setup.api is None


@pytest.mark.parametrize("event", [CheckBroken(check_id="other"), CheckRefused(check_id="other", until=NOW)])
def test_the_end_of_another_check_changes_nothing(event: Event) -> None:
    link = checking(a_link(step=Step.ISU, account=UNPROVED), CheckKind.LOGIN)
    assert turn(link, event) == Decision(link=link)


def test_a_check_that_was_not_made_gives_the_button_back() -> None:
    link = checking(a_link(step=Step.ISU, account=UNPROVED), CheckKind.LOGIN)
    refused = turn(link, CheckRefused(check_id="c1", until=NOW + HOUR)).link
    assert (refused.attempt.hitch, refused.cooling_until, refused.attempt.checking) == (Hitch.COOLING, NOW + HOUR, None)
    assert turn(link, CheckBroken(check_id="c1")).link.attempt.hitch is Hitch.INTERRUPTED
    recheck = Recheck(since=NOW, attempt=1, at=NOW)
    by_clock = checking(
        a_link(step=Step.ACTIVATION, account=ACCOUNT, recheck=recheck), CheckKind.PERMISSIONS, by_hand=False
    )
    later = turn(by_clock, CheckBroken(check_id="c1")).link.attempt.recheck
    assert later
    assert later.at > NOW


def test_a_login_without_an_account_proves_nothing() -> None:
    link = checking(a_link(step=Step.ISU), CheckKind.LOGIN)
    assert answer(link, CheckKind.LOGIN).link.setup.account is None


def test_the_address_is_kept_offered_or_contested() -> None:
    link = checking(a_link(step=Step.SERVICE_URL, account=ACCOUNT, endpoint=OTHER), CheckKind.REACH)
    kept = answer(link, CheckKind.REACH).link
    assert kept.setup.endpoint == ENDPOINT
    assert kept.setup.account
    assert not kept.setup.account.proved
    offered = answer(checking(a_link(step=Step.SERVICE_URL), CheckKind.REACH, guessed=True), CheckKind.REACH).link
    assert (offered.attempt.offer, offered.setup.endpoint) == (ENDPOINT, None)
    rival = CheckFinished(check_id="c1", report=report(CheckKind.REACH), rival=True)
    assert turn(link, rival).link.attempt.hitch is Hitch.RIVAL


def test_all_granted_goes_on_and_a_whole_proof_ends_the_link() -> None:
    link = checking(a_link(step=Step.ACTIVATION, account=ACCOUNT), CheckKind.PERMISSIONS)
    assert answer(link, CheckKind.PERMISSIONS).link.status is Status.LINKED
    absent = checking(a_link(step=Step.ACTIVATION, account=ACCOUNT, absence=True), CheckKind.PERMISSIONS)
    assert answer(absent, CheckKind.PERMISSIONS).link.step is Step.API_CLIENT
    last = checking(a_link(step=Step.CHECK, account=ACCOUNT), CheckKind.FULL)
    assert answer(last, CheckKind.FULL).link.status is Status.LINKED
    unproved = checking(a_link(step=Step.CHECK, account=ACCOUNT, absence=True), CheckKind.FULL)
    assert answer(unproved, CheckKind.FULL).link.step is Step.CHECK


def test_an_unproved_link_arriving_at_the_final_check_is_checked_whole() -> None:
    link = checking(a_link(step=Step.API_CLIENT, absence=True, account=ACCOUNT, api=API), CheckKind.API)
    after = answer(link, CheckKind.API).link
    assert after.step is Step.CHECK
    assert after.attempt.checking
    assert after.attempt.checking.kind is CheckKind.FULL


def test_a_refused_client_is_not_proved() -> None:
    link = checking(a_link(step=Step.API_CLIENT, absence=True, account=ACCOUNT, api=API), CheckKind.API)
    after = answer(link, CheckKind.API, token=NO_CLIENT).link
    assert after.setup.api
    assert not after.setup.api.proved
    assert after.attempt.trouble


def test_refused_permissions_are_looked_at_again_and_a_refused_password_is_not() -> None:
    link = checking(a_link(step=Step.ACTIVATION, account=ACCOUNT), CheckKind.PERMISSIONS)
    waiting = answer(link, CheckKind.PERMISSIONS, rows=(DENIED,)).link
    assert waiting.attempt.recheck
    assert waiting.attempt.likely
    assert waiting.attempt.likely[0].cause == "not_activated"
    refused = answer(link, CheckKind.PERMISSIONS, login=INVALID).link
    assert refused.attempt.recheck is None
    assert refused.setup.account
    assert not refused.setup.account.proved


def test_an_answer_nobody_knows_goes_to_staff() -> None:
    link = checking(a_link(step=Step.ACTIVATION, account=ACCOUNT), CheckKind.PERMISSIONS)
    after = answer(link, CheckKind.PERMISSIONS, rows=(STRANGE,))
    assert TellStaff(key="staff.unknown_answer") in after.effects
    assert after.link.status is Status.ACTIVE


def test_what_is_empty_may_be_right() -> None:
    link = checking(a_link(step=Step.ACTIVATION, account=ACCOUNT, empty_is_right=True), CheckKind.PERMISSIONS)
    assert answer(link, CheckKind.PERMISSIONS, rows=(GOOD, NOTHING)).link.status is Status.LINKED


def test_going_on_shows_both_cards() -> None:
    decision = press(a_link(step=Step.GROUP), Action.DONE)
    shown = [effect.slot for effect in decision.effects if isinstance(effect, Show)]
    assert shown == ["card.0", "card.1", "parent"]


SAME_TENANT = replace(OTHER, tenant=ENDPOINT.tenant)
WALKED = tuple(Step)[: tuple(Step).index(Step.ACTIVATION)]


@pytest.mark.parametrize(
    ("changes", "endpoint", "step"),
    [
        ({}, SAME_TENANT, Step.ACTIVATION),
        ({}, ENDPOINT, Step.ACTIVATION),
        ({}, OTHER, Step.ISU),
        ({"account": replace(ACCOUNT, proved=False)}, OTHER, Step.ACTIVATION),
        ({"account": replace(ACCOUNT, secret=None)}, SAME_TENANT, Step.ISU),
        ({"account": None}, SAME_TENANT, Step.ISU),
        ({"endpoint": None}, OTHER, Step.ISU),
        ({"cards": WALKED[:2]}, SAME_TENANT, Step.ISU),
        ({"cards": WALKED[:1]}, SAME_TENANT, Step.ISU),
        ({"cards": WALKED[:4]}, SAME_TENANT, Step.GROUP),
        ({"cards": (*WALKED, Step.ACTIVATION)}, SAME_TENANT, Step.CHECK),
        ({"cards": (*WALKED, Step.ACTIVATION), "absence": True}, SAME_TENANT, Step.ACTIVATION),
        ({"cards": (*WALKED, Step.ACTIVATION), "absence": True, "api": API}, SAME_TENANT, Step.CHECK),
        ({"previous": a_setup(), "cards": (Step.LINKED,)}, SAME_TENANT, Step.CHECK),
    ],
)
def test_another_address_undoes_nothing_that_was_done(changes: dict[str, Any], endpoint: Endpoint, step: Step) -> None:
    account = replace(ACCOUNT, worked_at=NOW) if changes.get("account", ACCOUNT) is ACCOUNT else changes["account"]
    values = {"endpoint": ENDPOINT, "cards": WALKED, **changes, "account": account}
    values["cards"] = (*values["cards"], Step.SERVICE_URL)
    decision = use_endpoint(a_link(step=Step.SERVICE_URL, **values), endpoint, RULES, NOW)
    assert decision.link.step is step
    assert decision.link.setup.endpoint == endpoint
    assert not decision.link.attempt.checking
    assert (Say(key="say.done_stays") in decision.effects) is (step is not Step.ISU)
