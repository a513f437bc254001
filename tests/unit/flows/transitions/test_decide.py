"""Every transition: one link, one event, what comes of it. `tests/property` tries them in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows import decide, start
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind, Layer
from flows.diagnosis.reasons import Field, Owner, Reason
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.attempt import Checking, Recheck, Topic
from flows.link.effects import Decision, Denial, LookUp, RunCheck, Say, Show, TellStaff
from flows.link.events import (
    DELETED,
    Action,
    CallLost,
    ChannelMoved,
    CheckBroken,
    CheckRefused,
    Event,
    Form,
    Heard,
    Intent,
    PersonKnown,
    Pressed,
    Reachable,
    Submitted,
    Undeliverable,
    Woke,
)
from flows.link.setup import Account, Expiry, ExpiryKind, SecretRef
from flows.link.state import Cause, Link, Nudge, Outcome, Person, Status, Step
from flows.tenant.service_url import Environment, read_endpoint
from flows.transitions.thread_messages import AFTERWARDS, AGAIN
from tests.support.links import (
    ACCOUNT,
    ADA,
    API,
    BOB,
    ENDPOINT,
    EVE,
    FIELDS,
    KIM,
    NOW,
    OTHER,
    RULES,
    SAM,
    a_link,
    field_of,
    seen,
)

LATER = NOW + timedelta(minutes=5)
UNPROVED = replace(ACCOUNT, proved=False)
CHECKING = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,), secrets=(SecretRef("s1"),))
EMPTY = Finding(kind=CheckKind.PERMISSIONS, reason=Reason.PERMISSIONS_EMPTY, owner=Owner.ADMIN, field=Field.PERMISSIONS)


def wrong(reason: Reason) -> Finding:
    return replace(EMPTY, kind=CheckKind.LOGIN, reason=reason, owner=reason.traits.owner, field=reason.traits.field)


NUDGE = Nudge(cause=Cause.STALLED, number=2, rung=0, at=NOW)
RECHECK = Recheck(since=NOW, attempt=1, at=LATER)
PARENT = Show(slot="parent")


def at(step: Step, **changes: object) -> Link:
    """Make a link at a step, with what the steps before it have brought."""
    values: dict[str, object] = {}
    if step not in {Step.WELCOME, Step.SERVICE_URL}:
        values["endpoint"] = ENDPOINT
    if step not in {Step.WELCOME, Step.SERVICE_URL, Step.ISU}:
        values["account"] = ACCOUNT
    if step is Step.LINKED:
        values |= {"status": Status.LINKED, "linked": NOW}
    return a_link(step=step, revision=4, cards=(Step.WELCOME, step), **{**values, **changes})


def press(link: Link, action: Action, actor: Person = ADA, value: str = "") -> Decision:
    event = Pressed(actor=actor, action=action, step=link.step, revision=link.revision, value=value)
    return decide(link, event, LATER, RULES)


def send(
    link: Link,
    form: Form,
    values: Mapping[str, str] | None = None,
    secrets: tuple[str, ...] = (),
    *,
    actor: Person = ADA,
    url: str = "",
) -> Decision:
    event = Submitted(
        actor=actor,
        form=form,
        step=link.step,
        revision=link.revision,
        values=dict(values or {}),
        secrets={name: SecretRef(f"new-{name}") for name in secrets},
        pasted=read_endpoint(url) if url else None,
    )
    return decide(link, event, LATER, RULES)


def changes(before: Link, after: Link) -> set[str]:
    """Name the fields that differ, but for those that every move changes."""
    names = (name for name in FIELDS if field_of(before, name) != field_of(after, name))
    return set(names) - {"touched", "revision", "answered"}


def test_a_new_link_shows_itself_and_asks_who_is_who() -> None:
    link = a_link()
    known = (LookUp(user_id="U0SAM"), LookUp(user_id="U0ADA"))
    assert start(link) == Decision(link=link, effects=(PARENT, *known, Show(slot="card.0")))
    nobody = start(a_link(admin=None))
    assert nobody.effects == (PARENT, LookUp(user_id="U0SAM"), Show(slot="card.0"))


@pytest.mark.parametrize(
    ("before", "action", "value", "step"),
    [
        (at(Step.WELCOME), Action.START, "", Step.SERVICE_URL),
        (at(Step.SERVICE_URL, offer=OTHER), Action.USE_OFFER, "", Step.ISU),
        (at(Step.ISU, account=UNPROVED), Action.POLICY_LATER, "", Step.EXPIRY),
        (at(Step.EXPIRY), Action.EXEMPT, "", Step.GROUP),
        (at(Step.EXPIRY), Action.EXPIRY_UNKNOWN, "", Step.GROUP),
        (at(Step.GROUP), Action.DONE, "", Step.PERMISSIONS),
        (at(Step.PERMISSIONS), Action.DONE, "", Step.ACTIVATION),
        (at(Step.ACTIVATION), Action.POLICY_LATER, "", Step.AUTH_POLICY),
        (at(Step.ACTIVATION, policy_needed=True, account=UNPROVED), Action.CHECK, "", Step.AUTH_POLICY),
        (at(Step.CHECK), Action.POLICY_LATER, "", Step.AUTH_POLICY),
        (at(Step.API_CLIENT), Action.POLICY_LATER, "", Step.AUTH_POLICY),
        (at(Step.ACTIVATION, trouble=EMPTY, matrix=EMPTY), Action.EMPTY_IS_RIGHT, "", Step.LINKED),
        (at(Step.ACTIVATION, trouble=EMPTY, matrix=EMPTY, absence=True), Action.EMPTY_IS_RIGHT, "", Step.API_CLIENT),
        (at(Step.ACTIVATION, trouble=EMPTY), Action.EMPTY_IS_RIGHT, "", Step.CHECK),
        (at(Step.ISU), Action.BACK, "", Step.SERVICE_URL),
        (at(Step.EXPIRY), Action.BACK, "", Step.ISU),
        (at(Step.API_CLIENT), Action.BACK, "", Step.ACTIVATION),
        (at(Step.AUTH_POLICY, policy_needed=True), Action.BACK, "", Step.ACTIVATION),
        (at(Step.GROUP), Action.RESTART, "", Step.GROUP),
    ],
    ids=lambda value: str(value) if isinstance(value, Action | Step) else "",
)
def test_a_press_walks(before: Link, action: Action, value: str, step: Step) -> None:
    actor = SAM if action is Action.RESTART else ADA
    decision = press(before, action, actor, value)
    after = decision.link
    assert (after.step, after.revision > before.revision, after.touched) == (step, True, LATER)
    assert after.cards[-1] is step
    assert PARENT in decision.effects
    if action is Action.BACK:
        assert len(after.cards) == len(before.cards)
    else:
        assert decision.effects[:2] == (Show(slot="card.1"), Show(slot="card.2"))


def test_the_first_press_makes_the_admin() -> None:
    decision = press(at(Step.WELCOME, admin=None), Action.START, BOB)
    assert decision.link.admin == BOB
    assert LookUp(user_id="U0BOB") in decision.effects
    named = press(at(Step.WELCOME), Action.START)
    assert not [effect for effect in named.effects if isinstance(effect, LookUp)]


@pytest.mark.parametrize(
    ("before", "action", "value", "changed"),
    [
        (at(Step.GROUP), Action.OPEN_FORM, "", set()),
        (at(Step.GROUP), Action.HAND_OVER, "", set()),
        (at(Step.GROUP), Action.EVIDENCE, "", set()),
        (at(Step.GROUP), Action.HELP, "no_task", {"help"}),
        (at(Step.GROUP, help=Topic.STUCK), Action.CLOSE_HELP, "", {"help"}),
        (at(Step.GROUP), Action.CALL_STAFF, "", {"called"}),
        (at(Step.GROUP), Action.PAUSE, "", {"status", "last"}),
        (at(Step.GROUP, status=Status.PAUSED), Action.RESUME, "", {"status", "last", "cards"}),
        (at(Step.GROUP), Action.CONTINUE, "", {"cards"}),
        (at(Step.PERMISSIONS), Action.TICK, "location", {"ticked"}),
        (at(Step.SERVICE_URL, offer=OTHER), Action.REFUSE_OFFER, "", {"offer"}),
        (at(Step.GROUP, nudge=NUDGE), Action.SNOOZE, "monday", {"nudge", "nudged", "snoozed_until"}),
        (at(Step.GROUP, nudge=NUDGE), Action.SNOOZE, "whenever", {"nudge", "nudged", "snoozed_until"}),
        (at(Step.LINKED, account=None), Action.EXEMPT, "", {"expiry", "expiry_at", "last"}),
        (
            at(Step.GROUP, trouble=EMPTY, help=Topic.POLICY),
            Action.POLICY_LATER,
            "",
            {"policy_needed", "trouble", "help"},
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, Action) else "",
)
def test_a_press_changes_just_this(before: Link, action: Action, value: str, changed: set[str]) -> None:
    decision = press(before, action, value=value)
    assert decision.refusal is None
    assert changes(before, decision.link) == changed


@pytest.mark.parametrize("action", [Action.OPEN_FORM, Action.HAND_OVER, Action.EVIDENCE, Action.CANCEL])
def test_opening_a_modal_is_no_move(action: Action) -> None:
    link = at(Step.GROUP)
    assert press(link, action, SAM) == Decision(link=link)


def test_a_snooze_is_no_move_and_keeps_to_the_reminder() -> None:
    link = at(Step.GROUP, nudge=NUDGE)
    decision = press(link, Action.SNOOZE, value="day")
    assert decision.link.touched == link.touched
    assert decision.link.nudged == {Cause.STALLED: LATER}
    assert decision.link.nudge == replace(NUDGE, outcome=Outcome.SNOOZED)
    assert decision.effects == (Show(slot="nudge.2"),)
    blocked = press(replace(link, blocked="is_archived"), Action.SNOOZE)
    assert blocked.link.nudged == {}


@pytest.mark.parametrize(
    ("step", "value", "topic"),
    [(Step.GROUP, "policy", Topic.POLICY), (Step.GROUP, "junk", Topic.STUCK), (Step.CHECK, "locked", Topic.LOCKED)],
)
def test_help_is_about_a_topic(step: Step, value: str, topic: Topic) -> None:
    assert press(at(step), Action.HELP, value=value).link.attempt.help is topic


@pytest.mark.parametrize(
    ("link", "action", "value"),
    [
        (at(Step.CHECK), Action.HELP, "stuck"),
        (at(Step.PERMISSIONS), Action.TICK, "no-such-row"),
        (at(Step.PERMISSIONS, ticked=frozenset({"location"})), Action.TICK, "location"),
    ],
)
def test_a_press_that_leads_nowhere_is_stale(link: Link, action: Action, value: str) -> None:
    decision = press(link, action, value=value)
    assert decision.link == link
    assert decision.refusal
    assert decision.refusal.key == "refusal.stale"


@pytest.mark.parametrize("link", [at(Step.GROUP), replace(at(Step.LINKED), status=Status.LINKED)])
def test_a_press_on_a_card_that_is_newer_than_all_that_is_known_brings_the_card_anew(link: Link) -> None:
    """The database has lost its last moments."""
    event = Pressed(actor=ADA, action=Action.OPEN_FORM, step=Step.ISU, revision=link.revision + 2)
    decision = decide(link, event, LATER, RULES)
    assert decision.refusal
    assert decision.refusal.key == "refusal.stale"
    assert replace(decision.link, revision=0, cards=()) == replace(link, revision=0, cards=())
    assert decision.link.revision > event.revision
    assert Show(slot="parent") in decision.effects
    assert decide(decision.link, event, LATER, RULES).link == decision.link, "once for each of them"
    stranger = decide(link, replace(event, actor=EVE), LATER, RULES)
    assert stranger.link == link


def test_staff_are_called_once_until_somebody_comes() -> None:
    first = press(at(Step.GROUP), Action.CALL_STAFF)
    assert first.effects[-2:] == (Say(key="say.call_staff"), TellStaff(key="staff.called"))
    again = Pressed(actor=ADA, action=Action.CALL_STAFF, step=Step.GROUP, revision=4)
    assert decide(first.link, again, LATER, RULES).refusal
    assert press(first.link, Action.CALL_STAFF).refusal == Denial(key="refusal.called")
    unheard = decide(first.link, CallLost(), LATER, RULES)
    assert (unheard.link.called, unheard.effects) == (None, (Say(key="say.call_lost"),))
    assert decide(unheard.link, CallLost(), LATER, RULES).effects == ()
    own = at(Step.GROUP, admin=SAM)
    alone = decide(
        own, Pressed(actor=SAM, action=Action.CALL_STAFF, step=Step.GROUP, revision=own.revision), NOW, RULES
    )
    assert alone.refusal == Denial(key="refusal.own_call"), "nobody calls for themselves"
    coming = press(first.link, Action.COMING, KIM)
    assert coming.effects == (Say(key="say.coming", names={"person": KIM.user_id}),)
    assert press(coming.link, Action.COMING, KIM).refusal == Denial(key="refusal.coming", names={"customer": "Acme"})
    assert press(coming.link, Action.CALL_STAFF).refusal is None


@pytest.mark.parametrize(
    ("before", "gone"),
    [
        (at(Step.ISU, account=UNPROVED), {"account"}),
        (at(Step.API_CLIENT, api=API), {"api"}),
        (at(Step.PERMISSIONS, ticked=frozenset({"location"})), {"ticked"}),
        (at(Step.GROUP, checking=CHECKING), {"checking"}),
    ],
)
def test_starting_a_step_again_forgets_its_answer(before: Link, gone: set[str]) -> None:
    after = press(before, Action.RESTART, SAM).link
    assert changes(before, after) == {*gone, "cards"}


@pytest.mark.parametrize(
    ("link", "kind", "endpoints", "guessed"),
    [
        (at(Step.SERVICE_URL, tried=replace(CHECKING, endpoints=(OTHER, ENDPOINT), guessed=True)), "reach", 2, True),
        (at(Step.SERVICE_URL, tried=CHECKING, cooling_until=LATER + timedelta(1)), "reach", 1, False),
        (at(Step.ISU, account=UNPROVED), "login", 1, False),
        (at(Step.ACTIVATION), "permissions", 1, False),
        (at(Step.ACTIVATION, policy_needed=True), "permissions", 1, False),
        (at(Step.AUTH_POLICY, policy_needed=True, account=UNPROVED), "permissions", 1, False),
        (at(Step.API_CLIENT, api=API, cooling_until=LATER + timedelta(1)), "api", 1, False),
        (at(Step.CHECK), "full", 1, False),
        (at(Step.CHECK, cooling_until=LATER), "full", 1, False),
    ],
)
def test_a_check_is_made_once_more(link: Link, kind: str, endpoints: int, *, guessed: bool) -> None:
    decision = press(link, Action.CHECK)
    checking = decision.link.attempt.checking
    assert checking
    assert (checking.kind, len(checking.endpoints), checking.guessed) == (kind, endpoints, guessed)
    assert checking.id == f"l1.{decision.link.revision}"
    assert checking.by_hand
    assert decision.link.attempt.tried == checking
    assert decision.effects == (Show(slot="card.1"), PARENT, RunCheck(check_id=checking.id))
    assert (checking.secrets == ()) == (kind == "reach")


def test_no_check_while_workday_might_lock_the_user() -> None:
    link = at(Step.ACTIVATION, cooling_until=LATER + timedelta(seconds=1))
    decision = press(link, Action.CHECK)
    assert decision.link == link
    assert decision.refusal
    assert decision.refusal.key == "refusal.cooling"


def test_an_offer_from_another_address_is_proved_anew() -> None:
    link = at(Step.SERVICE_URL, offer=OTHER, endpoint=ENDPOINT, account=ACCOUNT, api=API, matrix=EMPTY)
    after = press(link, Action.USE_OFFER).link
    assert after.setup.endpoint == OTHER
    assert after.setup.environment is Environment.PRODUCTION
    assert after.setup.matrix is None
    assert after.setup.account == UNPROVED
    assert after.setup.api
    assert not after.setup.api.proved


def test_a_press_of_somebody_else_changes_nothing() -> None:
    link = at(Step.GROUP)
    for actor in (BOB, EVE):
        decision = press(link, Action.DONE, actor)
        assert decision.link == link
        assert decision.refusal
        assert decision.effects == ()


def test_who_slack_has_not_told_yet_is_asked_about_again() -> None:
    link = at(Step.GROUP, admin=Person(user_id="U0ADA"))
    decision = press(link, Action.DONE)
    assert decision.link == link
    assert decision.effects == (LookUp(user_id="U0ADA"),)


URL = "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"
SIGN_IN = "https://wd2-impl.workday.com/acme_dpt1/d/home.htmld"


@pytest.mark.parametrize(("url", "guessed"), [(URL, False), (SIGN_IN, True)])
def test_an_address_is_asked(url: str, *, guessed: bool) -> None:
    for decision in (
        send(at(Step.SERVICE_URL), Form.SERVICE_URL, url=url),
        decide(at(Step.SERVICE_URL), Heard(actor=ADA, intent=Intent.URL, pasted=read_endpoint(url)), LATER, RULES),
    ):
        assert decision.link.attempt.checking
        assert decision.link.attempt.checking.kind is CheckKind.REACH
        assert decision.link.attempt.checking.guessed is guessed


@pytest.mark.parametrize(("url", "key"), [("https://example.com/x", "field.url.foreign"), ("", "field.url.not_a_url")])
def test_what_is_no_address_is_said(url: str, key: str) -> None:
    link = at(Step.SERVICE_URL)
    sent = send(link, Form.SERVICE_URL, url=url)
    assert sent.link == link
    assert sent.refusal
    assert sent.refusal.fields == {"url": key}
    pasted = read_endpoint(url) if url else None
    heard = decide(link, Heard(actor=ADA, intent=Intent.URL, pasted=pasted), LATER, RULES)
    assert heard == Decision(link=link, effects=(Say(key=key, aside=True),))


@pytest.mark.parametrize("link", [at(Step.GROUP), at(Step.SERVICE_URL, checking=CHECKING)])
def test_the_address_that_is_known_changes_nothing(link: Link) -> None:
    decision = decide(link, Heard(actor=ADA, intent=Intent.URL, pasted=read_endpoint(URL)), LATER, RULES)
    assert (decision.link, decision.effects) == (link, ())


ELSEWHERE = "https://wd5-services1.myworkday.com/ccx/service/acme2"
TYPED = {"known_host": ENDPOINT.host, "typed_tenant": "acme2", "typed_host": "wd5-services1.myworkday.com"}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (at(Step.GROUP), Say(key="answer.address", names=TYPED, aside=True)),
        (at(Step.GROUP, status=Status.PAUSED), Say(key="answer.address_paused", names=TYPED, aside=True)),
        (at(Step.LINKED, status=Status.LINKED), Say(key="answer.address_linked", names=TYPED, aside=True)),
        (at(Step.GROUP, status=Status.CANCELLED), Say(key="answer.ended", aside=True)),
        (at(Step.WELCOME, endpoint=None), Say(key="say.help.welcome", aside=True)),
        (at(Step.SERVICE_URL, endpoint=None, status=Status.PAUSED), Say(key="say.help.paused", aside=True)),
    ],
)
def test_another_address_at_a_step_that_asks_for_none_is_answered_once_and_moves_nobody(link: Link, said: Say) -> None:
    typed = Heard(actor=ADA, intent=Intent.URL, pasted=read_endpoint(ELSEWHERE))
    decision = decide(link, typed, LATER, RULES)
    assert decision.effects == (said,)
    assert replace(decision.link, answered=link.answered) == link
    assert decide(decision.link, typed, LATER, RULES) == Decision(link=decision.link)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Step.ISU, CheckKind.LOGIN),
        (Step.GROUP, CheckKind.LOGIN),
        (Step.ACTIVATION, CheckKind.PERMISSIONS),
        (Step.AUTH_POLICY, CheckKind.PERMISSIONS),
        (Step.API_CLIENT, CheckKind.LOGIN),
        (Step.CHECK, CheckKind.FULL),
    ],
)
def test_a_password_is_tried_with_the_check_of_the_step(step: Step, kind: CheckKind) -> None:
    before = at(step, burnt=True, matrix=EMPTY, recheck=RECHECK)
    decision = send(before, Form.ISU, {"user": "ISU_2"}, ("password",))
    after = decision.link
    assert after.setup.account == Account(user_name="ISU_2", secret=SecretRef("new-password"))
    assert after.attempt.checking
    assert after.attempt.checking.kind is kind
    assert (after.setup.burnt, after.setup.matrix, after.attempt.recheck) == (False, None, None)
    assert after.secrets == {SecretRef("new-password")}


@pytest.mark.parametrize("user", ["ISU_Wintro", "isu_wintro", "ISU_2"])
def test_what_is_entered_in_a_pause_is_kept(user: str) -> None:
    link = at(Step.ISU, account=replace(UNPROVED, refused=True), cooling_until=LATER + timedelta(minutes=30))
    decision = send(link, Form.ISU, {"user": user}, ("password",))
    assert decision.link.setup.account == Account(user_name=user, secret=SecretRef("new-password"))
    assert decision.link.attempt.checking, "how many logins there were is counted elsewhere"
    linked = at(Step.LINKED, cooling_until=LATER + timedelta(minutes=30))
    rotated = send(linked, Form.ROTATE, {}, ("password",)).link
    assert rotated.setup.account == replace(ACCOUNT, candidate=SecretRef("new-password"))
    assert rotated.attempt.checking


def test_a_new_password_is_a_candidate_until_it_is_proved() -> None:
    decision = send(at(Step.LINKED), Form.ROTATE, {}, ("password",))
    assert decision.link.setup.account == replace(ACCOUNT, candidate=SecretRef("new-password"))
    assert decision.link.secrets == {SecretRef("s1"), SecretRef("new-password")}
    assert decision.link.attempt.checking
    assert decision.link.attempt.checking.secrets == (SecretRef("new-password"),)


def test_a_date_of_expiry_is_taken_and_walks_on() -> None:
    decision = send(at(Step.EXPIRY), Form.EXPIRY, {"days": "3650", "set_on": "2024-02-29"})
    assert decision.link.step is Step.GROUP
    assert decision.link.setup.expiry == Expiry(kind=ExpiryKind.POLICY, days=3650, set_on=date(2024, 2, 29))
    assert decision.link.setup.expiry.due == date(2034, 2, 26)


def test_an_api_client_is_tried() -> None:
    decision = send(
        at(Step.API_CLIENT, api=API), Form.API_CLIENT, {"client_id": "id"}, ("client_secret", "refresh_token")
    )
    assert decision.link.secrets == {SecretRef("s1"), SecretRef("new-client_secret"), SecretRef("new-refresh_token")}
    assert decision.link.attempt.checking
    assert decision.link.attempt.checking.kind is CheckKind.API


def test_a_link_is_handed_over() -> None:
    before = at(Step.GROUP, nudge=NUDGE, snoozed_until=LATER)
    decision = send(before, Form.HAND_OVER, {"person": "U0NEW"})
    assert decision.link.admin == Person(user_id="U0NEW")
    assert decision.link.snoozed_until is None
    assert decision.effects[0] == LookUp(user_id="U0NEW")
    assert Say(key="say.handed_over", names={"person": "U0NEW"}) in decision.effects
    assert Show(slot="nudge.2") in decision.effects
    owner = send(before, Form.HAND_OVER, {"person": "U0SAM"})
    assert owner.link.admin == SAM, "what is known of the owner is known of the admin"
    linked = send(at(Step.LINKED), Form.HAND_OVER, {"person": "U0NEW"})
    assert linked.link.status is Status.LINKED


def test_handing_over_to_whoever_has_it_changes_nothing() -> None:
    link = at(Step.GROUP)
    assert send(link, Form.HAND_OVER, {"person": "U0ADA"}) == Decision(link=link, effects=(LookUp(user_id="U0ADA"),))


def test_cancelling_forgets_everything_that_was_entered() -> None:
    full = at(
        Step.CHECK,
        api=API,
        checking=CHECKING,
        tried=CHECKING,
        trouble=EMPTY,
        matrix=EMPTY,
        recheck=RECHECK,
        expiry=Expiry(kind=ExpiryKind.EXEMPT),
        nudge=replace(NUDGE, cause=Cause.ACTIVATION),
        seen=(seen(Layer.LOGIN),),
    )
    decision = send(full, Form.CANCEL, actor=SAM)
    after = decision.link
    assert after.status is Status.CANCELLED
    assert not after.secrets
    kept = {name for name in ("tried", "trouble", "matrix", "recheck", "expiry", "checking") if field_of(after, name)}
    assert kept == set()
    assert after.seen == ()
    assert after.nudge
    assert after.nudge.outcome is Outcome.CANCELLED
    assert Show(slot="nudge.2") in decision.effects


def test_showing_evidence_is_no_move() -> None:
    link = at(Step.GROUP)
    assert send(link, Form.EVIDENCE) == Decision(link=link)


def test_a_start_form_has_no_link_to_move() -> None:
    assert send(at(Step.GROUP), Form.START, actor=SAM).refusal


@pytest.mark.parametrize(
    ("heard", "key"),
    [
        (Heard(actor=BOB, intent=Intent.FAULT, reason=Reason.NOT_AUTHORIZED), "reason.not_authorized.pasted"),
        (Heard(actor=ADA, intent=Intent.QUESTION, question="safe"), "answer.safe"),
    ],
)
def test_what_is_said_in_the_thread_is_answered_once_between_two_moves(heard: Heard, key: str) -> None:
    link = at(Step.GROUP)
    decision = decide(link, heard, LATER, RULES)
    assert decision.effects == (Say(key=key, aside=True),)
    assert replace(decision.link, answered=link.answered) == link
    assert decide(decision.link, heard, LATER, RULES) == Decision(link=decision.link)
    moved = replace(decision.link, revision=link.revision + 1)
    assert decide(moved, heard, LATER, RULES).effects == (Say(key=key, aside=True),)


@pytest.mark.parametrize(
    ("link", "question", "key"),
    [
        (at(Step.LINKED, status=Status.LINKED), "how_long", "say.help.linked"),
        (at(Step.LINKED, status=Status.LINKED), "safe", "answer.safe"),
        (at(Step.LINKED, status=Status.PAUSED), "how_long", "say.help.linked"),
        (at(Step.LINKED, status=Status.PAUSED), "back", "say.help.paused"),
        (at(Step.GROUP, status=Status.PAUSED), "back", "say.help.paused"),
        (at(Step.GROUP), "back", "answer.back"),
        *((at(Step.LINKED, status=Status.LINKED), one, f"answer.{one}_linked") for one in sorted(AFTERWARDS)),
        (at(Step.GROUP, status=Status.CANCELLED), "how_long", "answer.ended"),
        (at(Step.GROUP, status=Status.CANCELLED), "disconnect", "answer.ended"),
        (at(Step.GROUP, status=Status.CANCELLED), "", "answer.ended"),
    ],
)
def test_of_a_link_that_is_done_or_over_nothing_is_promised(link: Link, question: str, key: str) -> None:
    heard = Heard(actor=ADA, intent=Intent.QUESTION, question=question)
    assert decide(link, heard, LATER, RULES).effects == (Say(key=key, aside=True),)


def test_what_a_colleague_asks_is_told_to_our_own_people_alone_and_once() -> None:
    link, asked = at(Step.GROUP), Heard(actor=BOB, intent=Intent.QUESTION)
    decision = decide(link, asked, LATER, RULES)
    assert decision.effects == (TellStaff(key="staff.question", names={"person": BOB.user_id}),)
    assert decide(decision.link, asked, LATER, RULES) == Decision(link=decision.link)
    assert decide(decision.link, asked, LATER + AGAIN, RULES).effects == decision.effects, "that is another talk"
    # It keeps nobody from answering the admin.
    assert Say(key="say.question", aside=True) in decide(decision.link, replace(asked, actor=ADA), LATER, RULES).effects
    common = decide(link, replace(asked, question="safe"), LATER, RULES)
    assert common.effects == (Say(key="answer.safe", aside=True),)


def test_a_call_for_help_is_answered_each_time() -> None:
    link = at(Step.GROUP)
    answer = Decision(link=link, effects=(Say(key="say.help.group", aside=True), Show(slot="card.1")))
    assert decide(link, Heard(actor=BOB, intent=Intent.HELP), LATER, RULES) == answer
    for link, topic in (
        (at(Step.ISU, account=UNPROVED, trouble=wrong(Reason.INVALID_CREDENTIALS)), "state"),
        (at(Step.ISU, account=UNPROVED, trouble=wrong(Reason.NOT_ANSWERING)), "waits"),
        (at(Step.LINKED, status=Status.LINKED), "linked"),
        (at(Step.GROUP, status=Status.PAUSED), "paused"),
    ):
        (said, _) = decide(link, Heard(actor=ADA, intent=Intent.HELP), LATER, RULES).effects
        assert said == Say(key=f"say.help.{topic}", aside=True)
    asking = at(Step.ISU, checking=CHECKING)
    said = decide(asking, Heard(actor=BOB, intent=Intent.HELP), LATER, RULES).effects[0]
    assert said == Say(key="say.help.checking", aside=True), "its buttons are not there meanwhile"


@pytest.mark.parametrize("reason", [Reason.NOT_AUTHORIZED, Reason.UNKNOWN])
def test_what_is_pasted_after_the_end_is_not_taken_apart(reason: Reason) -> None:
    heard = Heard(actor=ADA, intent=Intent.FAULT, reason=reason)
    ended = decide(at(Step.GROUP, status=Status.CANCELLED), heard, LATER, RULES)
    assert ended.effects == (Say(key="answer.ended", aside=True),)


@pytest.mark.parametrize("intent", [Intent.FAULT, Intent.SIGN_ON])
def test_what_was_not_understood_is_not_answered(intent: Intent) -> None:
    link = at(Step.GROUP)
    assert decide(link, Heard(actor=BOB, intent=intent), LATER, RULES) == Decision(link=link)


@pytest.mark.parametrize("intent", [one for one in Intent if one is not Intent.SECRET])
def test_other_organisations_in_the_channel_move_nothing_by_talking(intent: Intent) -> None:
    link = at(Step.ISU, account=UNPROVED)
    heard = Heard(actor=EVE, intent=intent, reason=Reason.INVALID_CREDENTIALS, sign_on=SignOnCause.WRONG_PASSWORD)
    assert decide(link, heard, LATER, RULES) == Decision(link=link)


@pytest.mark.parametrize(
    ("told", "admin", "owner", "effects"),
    [
        (PersonKnown(person=replace(ADA, zone="Asia/Tokyo")), replace(ADA, zone="Asia/Tokyo"), SAM, 1),
        (PersonKnown(person=Person(user_id="U0ADA"), present=False), replace(ADA, present=False), SAM, 3),
        (PersonKnown(person=replace(SAM, zone="UTC")), ADA, replace(SAM, zone="UTC"), 0),
        (PersonKnown(person=EVE), ADA, SAM, 0),
    ],
)
def test_what_slack_tells_of_a_person_is_kept(told: PersonKnown, admin: Person, owner: Person, effects: int) -> None:
    decision = decide(at(Step.GROUP), told, LATER, RULES)
    assert (decision.link.admin, decision.link.owner) == (admin, owner)
    assert len(decision.effects) == effects


def test_an_owner_who_is_the_admin_is_one_person() -> None:
    decision = decide(at(Step.GROUP, admin=SAM), PersonKnown(person=replace(SAM, zone="UTC")), LATER, RULES)
    assert decision.link.admin == decision.link.owner == replace(SAM, zone="UTC")


def test_a_shut_channel_is_told_once_and_opens_again() -> None:
    link = at(Step.GROUP, nudge=NUDGE)
    shut = decide(link, Undeliverable(code="is_archived"), LATER, RULES)
    assert shut.link == replace(link, blocked="is_archived"), "a reminder in a shut channel still stands"
    assert shut.effects == (TellStaff(key="staff.undeliverable", names={"code": "is_archived"}),)
    assert decide(shut.link, Undeliverable(code="is_archived"), LATER, RULES) == Decision(link=shut.link)
    gone = decide(shut.link, Undeliverable(code="is_archived", told=DELETED), LATER, RULES)
    assert gone == Decision(link=shut.link, effects=(TellStaff(key=DELETED, names={"code": "is_archived"}),))
    assert decide(shut.link, Reachable(), LATER, RULES) == Decision(link=link)
    assert decide(link, Reachable(), LATER, RULES) == Decision(link=link)
    assert decide(link, ChannelMoved(channel_id="C2"), LATER, RULES).link.channel_id == "C2"


@pytest.mark.parametrize(
    ("before", "event", "over"),
    [
        (at(Step.GROUP, nudge=NUDGE), Pressed(actor=ADA, action=Action.DONE, step=Step.GROUP, revision=4), True),
        (at(Step.GROUP, nudge=NUDGE), Heard(actor=ADA, intent=Intent.HELP), False),
        (at(Step.GROUP, nudge=replace(NUDGE, cause=Cause.ACTIVATION)), Reachable(), True),
        (at(Step.ACTIVATION, recheck=RECHECK, nudge=replace(NUDGE, cause=Cause.ACTIVATION)), Reachable(), False),
    ],
)
def test_a_reminder_shrinks_when_its_reason_is_gone(before: Link, event: Event, *, over: bool) -> None:
    decision = decide(before, event, LATER, RULES)
    assert decision.link.nudge
    assert (decision.link.nudge.outcome is not None) is over
    assert (Show(slot="nudge.2") in decision.effects) is over


def test_a_password_reminder_ends_with_an_answer() -> None:
    expiry = Expiry(kind=ExpiryKind.POLICY, days=30, set_on=NOW.date())
    standing = replace(NUDGE, cause=Cause.PASSWORD)
    link = at(Step.LINKED, expiry=expiry, nudge=standing, nudged={Cause.PASSWORD: NOW})
    assert decide(link, Reachable(), LATER, RULES).link.nudge == standing
    exempt = press(link, Action.EXEMPT)
    assert exempt.link.nudge == replace(standing, outcome=Outcome.EXEMPTED)


def test_waking_too_early_changes_nothing() -> None:
    for link in (at(Step.GROUP), at(Step.ACTIVATION, recheck=replace(RECHECK, at=LATER + timedelta(1)))):
        assert decide(link, Woke(), LATER, RULES) == Decision(link=link)


def test_waking_asks_workday_before_it_reminds() -> None:
    link = at(Step.ACTIVATION, recheck=RECHECK, trouble=EMPTY, help=Topic.STUCK)
    decision = decide(link, Woke(), NOW + timedelta(days=1), RULES)
    assert decision.link.attempt.checking
    assert decision.link.attempt.checking.kind is CheckKind.PERMISSIONS
    assert not decision.link.attempt.checking.by_hand
    assert decision.link.attempt.help is Topic.STUCK
    assert decision.link.nudge is None


@pytest.mark.parametrize("changes", [{"blocked": "is_archived"}, {"status": Status.PAUSED}, {"checking": CHECKING}])
def test_the_clock_asks_workday_only_while_the_link_is_open(changes: dict[str, object]) -> None:
    link = at(Step.ACTIVATION, **{"recheck": RECHECK, **changes})
    assert decide(link, Woke(), LATER, RULES) == Decision(link=link)


def test_a_reminder_is_posted_edited_and_posted_anew() -> None:
    day = NOW.replace(hour=15) + timedelta(days=1)
    first = decide(at(Step.GROUP), Woke(), day, RULES)
    assert first.link.nudge == Nudge(cause=Cause.STALLED, number=0, rung=0, at=day)
    asked = LookUp(user_id=ADA.user_id)
    assert first.effects == (Show(slot="nudge.0"), asked)
    second = decide(first.link, Woke(), day + timedelta(days=2), RULES)
    assert second.link.nudge
    assert second.link.nudge.number == 1
    assert second.effects == (Show(slot="nudge.0"), Show(slot="nudge.1"), asked)
    last = decide(second.link, Woke(), day + timedelta(days=6), RULES)
    assert TellStaff(key="staff.last.stalled", to=SAM.user_id) in last.effects
    waiting = at(Step.ACTIVATION, recheck=replace(RECHECK, at=NOW + timedelta(days=99)))
    waiting = decide(replace(waiting, asked_at=day), Woke(), day, RULES).link
    later = day + timedelta(days=1)
    edited = decide(replace(waiting, asked_at=later), Woke(), later, RULES)
    assert edited.effects == (Show(slot="nudge.0"), asked)


def test_lost_checks_of_another_time_change_nothing() -> None:
    link = at(Step.ISU, checking=CHECKING)
    for event in (CheckBroken(check_id="l1.0"), CheckRefused(check_id="l1.0", until=LATER)):
        assert decide(link, event, LATER, RULES) == Decision(link=link)
