"""Who may press or send what, when: the table, and the one place that reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Field, Owner, Reason
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.access.reading import (
    is_answered_once,
    is_for_newcomers,
    is_of_same_people,
    may_say,
    refusal,
    roles_of,
    takes_over,
)
from flows.link.access.rows import HEARS, PRESSES, SENDS, Role, Rule, check_of
from flows.link.attempt import Checking, Hitch
from flows.link.effects import Decision, LookUp
from flows.link.events import Action, Form, Heard, Intent, Pressed, Submitted
from flows.link.setup import ApiAccess, Expiry, ExpiryKind, SecretRef
from flows.link.state import Cause, Link, Nudge, Outcome, Person, Status, Step
from flows.schedule.attention import worry_of
from flows.tenant.service_url import read_endpoint
from flows.transitions.decide import decide
from tests.support.links import ACCOUNT, ADA, BOB, ENDPOINT, EVE, KEY, KIM, NOW, RULES, SAM, a_link, a_setup, changed

GUEST = replace(KIM, user_id="U0GUS", guest=True)
UNKNOWN_ADA = Person(user_id=ADA.user_id)
CHECKING = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))


PREVIOUS = a_setup(endpoint=ENDPOINT, account=ACCOUNT)


def everything(**changes: object) -> Link:
    """Make a link at which every `given` holds."""
    return a_link(
        endpoint=ENDPOINT,
        account=ACCOUNT,
        api=ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"), proved=True),
        key=replace(KEY, client_id="c"),
        tried=CHECKING,
        offer=ENDPOINT,
        previous=PREVIOUS,
        nudge=Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW),
        trouble=Finding(
            kind=CheckKind.FULL, reason=Reason.PERMISSIONS_EMPTY, owner=Owner.ADMIN, field=Field.PERMISSIONS
        ),
        **changes,
    )


@pytest.mark.parametrize(
    ("admin", "actor", "roles"),
    [
        (ADA, ADA, {Role.ADMIN}),
        (ADA, BOB, {Role.COLLEAGUE}),
        (ADA, SAM, {Role.STAFF}),
        (ADA, KIM, {Role.STAFF}),
        (ADA, EVE, {Role.STRANGER}),
        (ADA, UNKNOWN_ADA, {Role.STRANGER}),
        (ADA, replace(ADA, team_id="T0ELSE"), {Role.STRANGER}),
        (replace(ADA, present=False), BOB, {Role.COLLEAGUE, Role.NEWCOMER}),
        (replace(ADA, present=False), SAM, {Role.STAFF}),
        (None, ADA, {Role.NEWCOMER}),
        (None, EVE, {Role.NEWCOMER}),
        (None, SAM, {Role.STAFF}),
        (None, UNKNOWN_ADA, {Role.STRANGER}),
        (UNKNOWN_ADA, ADA, {Role.STRANGER}),
        (UNKNOWN_ADA, UNKNOWN_ADA, {Role.STRANGER}),
        (SAM, SAM, {Role.ADMIN, Role.STAFF}),
        (SAM, KIM, {Role.STAFF}),
        (SAM, ADA, {Role.STRANGER}),
        (ADA, GUEST, {Role.STRANGER}),
        (None, GUEST, {Role.NEWCOMER}),
        (GUEST, GUEST, {Role.ADMIN}),
        (replace(GUEST, guest=False), GUEST, {Role.ADMIN}),
        (GUEST, SAM, {Role.STAFF}),
    ],
)
def test_a_role_needs_user_and_team(admin: Person | None, actor: Person, roles: set[Role]) -> None:
    assert roles_of(a_link(admin=admin), actor) == roles


@pytest.mark.parametrize(
    ("admin", "actor", "action", "key"),
    [
        (ADA, ADA, Action.RESTART, "refusal.staff_only"),
        (ADA, BOB, Action.CANCEL, "refusal.colleague"),
        (ADA, SAM, Action.START, "refusal.admin_only"),
        (None, BOB, Action.DONE, "refusal.press_start"),
        (ADA, BOB, Action.START, "refusal.colleague"),
        (ADA, EVE, Action.START, "refusal.stranger"),
        (UNKNOWN_ADA, ADA, Action.START, "refusal.looking_up"),
        (replace(ADA, team_id="E0ACME"), ADA, Action.START, "refusal.looking_up"),
    ],
)
def test_whoever_may_not_is_told_why(admin: Person | None, actor: Person, action: Action, key: str) -> None:
    refused = refusal(a_link(admin=admin), Pressed(actor=actor, action=action, step=Step.WELCOME, revision=1))
    assert refused
    assert refused.key == key
    assert refused.names == {"customer": "Acme"}


def test_a_newcomer_to_a_paused_link_is_not_sent_to_a_button_that_is_not_there() -> None:
    link = a_link(admin=None, status=Status.PAUSED)
    refused = refusal(link, Pressed(actor=BOB, action=Action.RESUME, step=Step.WELCOME, revision=1))
    assert refused
    assert refused.key == "refusal.choose"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("actor", [SAM, ADA, BOB, EVE], ids=lambda person: person.user_id)
def test_only_what_the_table_allows_moves_a_link(action: Action, status: Status, actor: Person) -> None:
    rule = PRESSES[action]
    for step in Step:
        link = everything(step=step, status=status)
        if action in {Action.COMING, Action.MUTE, Action.UNMUTE}:
            link = replace(link, called=NOW)
        if action is Action.UNMUTE:
            worry = worry_of(link, NOW, RULES)
            link = replace(link, muted=worry.topic if worry else "")
        if action is Action.EXEMPT:
            link = changed(link, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
        if action is Action.ALLOW_LOGIN:
            link = changed(link, hitch=Hitch.OWNED, tried=CHECKING)
        allowed = bool(rule.roles & roles_of(link, actor)) and status in rule.statuses
        allowed = allowed and (rule.anywhere or step in rule.steps)
        press = Pressed(actor=actor, action=action, step=step, revision=link.revision)
        assert (refusal(link, press) is None) == allowed, step
        checked = changed(link, checking=CHECKING)
        assert (refusal(checked, press) is None) == (allowed and rule.while_checking), step


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("actor", [SAM, ADA, BOB], ids=lambda person: person.user_id)
def test_only_what_the_table_allows_is_taken(form: Form, status: Status, actor: Person) -> None:
    rule = SENDS[form]
    for step in Step:
        link = everything(step=step, status=status)
        allowed = bool(rule.roles & roles_of(link, actor)) and status in rule.statuses
        allowed = allowed and (rule.anywhere or step in rule.steps)
        sent = Submitted(actor=actor, form=form, step=step, revision=link.revision - 1)
        assert (refusal(link, sent) is None) == (allowed and (rule.anywhere or not rule.fresh)), step


@pytest.mark.parametrize("actor", [SAM, KIM, ADA, BOB, EVE, GUEST, UNKNOWN_ADA, Person(user_id="")])
@pytest.mark.parametrize("admin", [ADA, None])
@pytest.mark.parametrize("intent", list(Intent))
def test_only_what_the_table_allows_is_heard(intent: Intent, admin: Person | None, actor: Person) -> None:
    link = replace(everything(), admin=admin, step=Step.SERVICE_URL)
    heard = Heard(
        actor=actor,
        intent=intent,
        reason=Reason.NOT_AUTHORIZED,
        sign_on=SignOnCause.WRONG_PASSWORD,
        pasted=read_endpoint(f"https://{ENDPOINT.host}/ccx/api/v1/{ENDPOINT.tenant}"),
    )
    decision = decide(link, heard, NOW, RULES)
    allowed = bool(HEARS[intent] & roles_of(link, actor))
    assert may_say(link, heard) is allowed
    assert bool(decision.effects) is allowed
    assert allowed or decision == Decision(link=link)


def test_who_may_know_of_another_link() -> None:
    mine = a_link()
    for other, may in (
        (a_link(channel_id=mine.channel_id, admin=EVE), True),
        (a_link(channel_id="C2", admin=replace(ADA, user_id="U0COL")), True),
        (a_link(channel_id="C2", admin=EVE), False),
        (a_link(channel_id="C2", admin=None), False),
        (a_link(channel_id="C2", admin=UNKNOWN_ADA), False),
    ):
        assert is_of_same_people(mine, other) is may
    assert not is_of_same_people(a_link(admin=None), a_link(channel_id="C2", admin=None))


def test_credentials_are_for_the_admin_and_whoever_has_the_step() -> None:
    secret = {Form.ISU, Form.API_CLIENT, Form.KEY_CLIENT, Form.TOKEN_CLIENT, Form.ROTATE}
    assert {form for form, rule in SENDS.items() if rule.roles <= frozenset({Role.ADMIN, Role.HOLDER})} == secret


def _press(action: Action, *, step: Step = Step.GROUP, revision: int = 5) -> Pressed:
    return Pressed(actor=ADA, action=action, step=step, revision=revision)


@pytest.mark.parametrize(
    ("press", "answered", "key"),
    [
        (_press(Action.DONE), {}, None),
        (_press(Action.DONE, revision=4), {}, "refusal.stale"),
        (_press(Action.DONE, revision=6), {}, "refusal.stale"),
        (_press(Action.DONE, step=Step.PERMISSIONS), {}, "refusal.stale"),
        (_press(Action.OPEN_FORM, revision=2), {}, None),
        (_press(Action.OPEN_FORM, step=Step.ISU), {}, "refusal.stale"),
        (_press(Action.PAUSE, step=Step.ISU, revision=1), {}, None),
        (_press(Action.CONTINUE, step=Step.ISU, revision=3), {}, None),
        (_press(Action.CONTINUE, revision=3), {"continue": 2}, None),
        (_press(Action.CONTINUE, revision=3), {"continue": 3}, "refusal.stale"),
        (_press(Action.CONTINUE, revision=3), {"call_staff": 4}, None),
        (_press(Action.CALL_STAFF, revision=3), {"call_staff": 4}, "refusal.stale"),
        (_press(Action.EXEMPT), {}, "refusal.stale"),
    ],
)
def test_an_old_button_is_stale(press: Pressed, answered: dict[str, int], key: str | None) -> None:
    refused = refusal(a_link(step=Step.GROUP, revision=5, answered=answered), press)
    assert (refused.key if refused else None) == key


def test_what_stands_on_several_messages_is_answered_once() -> None:
    assert {action for action in Action if is_answered_once(action)} == {
        Action.CALL_STAFF,
        Action.CONTINUE,
        Action.RESTART,
    }


@pytest.mark.parametrize(
    ("action", "step", "status", "without"),
    [
        (Action.CHECK, Step.SERVICE_URL, Status.ACTIVE, {"tried": None}),
        (Action.CHECK, Step.ACTIVATION, Status.ACTIVE, {"account": None}),
        (Action.CHECK, Step.ACTIVATION, Status.ACTIVE, {"account": replace(ACCOUNT, secret=None)}),
        (Action.CHECK, Step.API_CLIENT, Status.ACTIVE, {"api": None, "tried": None}),
        (Action.CHECK, Step.API_CLIENT, Status.ACTIVE, {"account": None}),
        (Action.USE_OFFER, Step.SERVICE_URL, Status.ACTIVE, {"offer": None}),
        (Action.REFUSE_OFFER, Step.SERVICE_URL, Status.ACTIVE, {"offer": None}),
        (Action.POLICY_LATER, Step.ISU, Status.ACTIVE, {"account": None}),
        (Action.EMPTY_IS_RIGHT, Step.ACTIVATION, Status.ACTIVE, {"trouble": None}),
        (Action.SNOOZE, Step.GROUP, Status.ACTIVE, {"nudge": None}),
        (
            Action.SNOOZE,
            Step.GROUP,
            Status.ACTIVE,
            {"nudge": Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW, outcome=Outcome.MOVED)},
        ),
        (Action.EXEMPT, Step.LINKED, Status.LINKED, {"expiry": Expiry(kind=ExpiryKind.EXEMPT)}),
    ],
)
def test_a_press_needs_what_it_speaks_of(
    action: Action, step: Step, status: Status, without: dict[str, object]
) -> None:
    press = Pressed(actor=ADA, action=action, step=step, revision=1)
    link = everything(step=step, status=status, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
    assert refusal(link, press) is None
    refused = refusal(changed(link, **without), press)
    assert refused
    assert refused.key == "refusal.stale"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"step": Step.SERVICE_URL}, CheckKind.REACH),
        ({"step": Step.GROUP}, None),
        ({"step": Step.GROUP, "tried": CHECKING}, None),
        ({"step": Step.GROUP, "tried": CHECKING, "hitch": Hitch.INTERRUPTED}, CheckKind.LOGIN),
        ({"step": Step.API_CLIENT, "tried": CHECKING}, CheckKind.API),
        ({"step": Step.API_CLIENT, "tried": CHECKING, "hitch": Hitch.COOLING}, CheckKind.LOGIN),
        ({"step": Step.CHECK}, CheckKind.FULL),
    ],
)
def test_what_went_wrong_is_what_is_checked_again(changes: dict[str, object], kind: CheckKind | None) -> None:
    assert check_of(a_link(**changes)) is kind


def test_a_rule_holds_unless_something_is_asked_for() -> None:
    assert Rule(roles=frozenset({Role.ADMIN})).given(a_link())


def test_nobody_takes_a_link_over_where_several_organisations_could_press() -> None:
    press = Pressed(actor=EVE, action=Action.START, step=Step.WELCOME, revision=1, crowded=True)
    refused = refusal(a_link(admin=None), press)
    assert refused
    assert refused.key == "refusal.name_admin"
    unknown = refusal(a_link(admin=None), replace(press, crowded=None))
    assert unknown
    assert unknown.key == "refusal.busy"
    assert refusal(a_link(admin=EVE), press) is None
    assert refusal(a_link(admin=None), replace(press, crowded=False)) is None


def test_an_admin_who_has_left_sends_nothing_and_slack_is_asked() -> None:
    link = a_link(step=Step.ISU, admin=replace(ADA, present=False))
    sending = Submitted(actor=ADA, form=Form.ISU, step=Step.ISU, revision=1)
    decision = decide(link, sending, NOW, RULES)
    assert decision.refusal
    assert decision.refusal.key == "refusal.left"
    assert decision.effects == (LookUp(user_id=ADA.user_id),)
    assert decision.link == link
    pressed = decide(link, Pressed(actor=ADA, action=Action.OPEN_FORM, step=Step.ISU, revision=1), NOW, RULES)
    assert pressed.link.admin
    assert pressed.link.admin.present
    assert LookUp(user_id=ADA.user_id) in pressed.effects, "a press says so, and Slack has the last word"


def test_only_the_customers_admin_hands_over_to_our_own_people() -> None:
    link = a_link(step=Step.ISU)
    giving = Submitted(
        actor=SAM, form=Form.HAND_OVER, step=Step.ISU, revision=1, values={"person": KIM.user_id}, chosen=KIM
    )
    refused = decide(link, giving, NOW, RULES).refusal
    assert refused
    assert refused.fields == {"person": "field.who_ours"}
    for allowed in (
        decide(link, replace(giving, chosen=GUEST), NOW, RULES),
        decide(link, replace(giving, actor=ADA), NOW, RULES),
        decide(replace(link, admin=None), giving, NOW, RULES),
    ):
        assert allowed.refusal is None


def test_a_newcomer_takes_only_what_nobody_was_named_for() -> None:
    press = Pressed(actor=EVE, action=Action.HAND_OVER, step=Step.WELCOME, revision=1)
    assert is_for_newcomers(press)
    assert takes_over(a_link(admin=None), press)
    assert not takes_over(a_link(), press)
    assert not takes_over(a_link(admin=None), replace(press, actor=SAM))
    assert not is_for_newcomers(replace(press, action=Action.CHECK))
    assert is_for_newcomers(Submitted(actor=EVE, form=Form.HAND_OVER, step=Step.WELCOME, revision=1))
