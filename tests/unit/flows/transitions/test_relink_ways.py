"""How a link changes its way to sign in: key pairs and clients come and go, and what works is kept until then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows import decide
from flows.cards.context import Scene, new_password
from flows.cards.modals import dialog
from flows.cards.thread_card import card
from flows.diagnosis.observations import CheckKind, Layer
from flows.diagnosis.reasons import Reason
from flows.diagnosis.rule import ASSERTION
from flows.link.attempt import Attempt, Checking, Hitch
from flows.link.effects import Decision, Handed, HandOff, MakeKey, RunCheck, SendCertificate
from flows.link.events import (
    Action,
    CheckFinished,
    Event,
    Form,
    HandedOff,
    Heard,
    Intent,
    KeyMade,
    Pressed,
    SecretsLost,
    Submitted,
    Woke,
)
from flows.link.forms import fill
from flows.link.rulebook import Rulebook
from flows.link.setup import Account, Expiry, ExpiryKind, SecretRef, Setup
from flows.link.standing import State, state_of
from flows.link.state import Cause, Link, Status, Step
from flows.link.steps import WAYS
from flows.link.walk import replaceable, walk
from flows.permissions import Permissions, Way
from flows.schedule.attention import worry_of
from flows.schedule.reminders import cause_of, next_due
from flows.transitions.handoff import idle
from flows.words import load_words
from tests.support.drawing import buttons_of
from tests.support.drawn_states import finding
from tests.support.links import ACCOUNT, ADA, API, ENDPOINT, KEY, NOW, RULES, a_link, changed, report

WORDS = load_words()
RECRUITING = replace(RULES.permissions.profile("recruiting"), sign_in=(Way.PASSWORD, Way.KEY, Way.REFRESH_TOKEN))
CHOICE: Rulebook = replace(
    RULES, permissions=Permissions(profiles={**RULES.permissions.profiles, "recruiting": RECRUITING})
)
READY = replace(KEY, client_id="c")
USER = Account(user_name="ISU_Wintro", secret=None, proved=True, owned=True)
UNTIL_END = Expiry(kind=ExpiryKind.POLICY, days=730, set_on=NOW.date())


def taken(link: Link, event: Event, rules: Rulebook = CHOICE) -> Decision:
    decision = decide(link, event, NOW, rules)
    assert decision.refusal is None, decision.refusal
    return decision


def press(link: Link, action: Action, value: str = "") -> Pressed:
    return Pressed(actor=ADA, action=action, step=link.step, revision=link.revision, value=value)


def send(link: Link, form: Form, **values: str) -> Submitted:
    given = {"client_id": "c", "user": "ISU_Wintro", **values}
    secrets = {"client_secret": SecretRef("s8"), "refresh_token": SecretRef("s9")} if form is Form.TOKEN_CLIENT else {}
    return Submitted(actor=ADA, form=form, step=link.step, revision=link.revision, values=given, secrets=secrets)


def by_key(step: Step = Step.KEY_CLIENT, **changes: Any) -> Link:  # noqa: ANN401  any field of a link
    values: dict[str, Any] = {"way": Way.KEY, "key": READY, "account": USER, "endpoint": ENDPOINT, **changes}
    return a_link(step=step, **values)


def linked(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    return by_key(Step.LINKED, status=Status.LINKED, linked=NOW, expiry=UNTIL_END, **changes)


MADE = KeyMade(certificate="PEM", private=SecretRef("s7"), made=NOW.date(), days=730)


def test_a_row_for_every_way_and_the_steps_of_one_way_alone() -> None:
    assert set(WAYS) == set(Way)
    for way, row in WAYS.items():
        steps = walk(a_link(step=Step.WELCOME, way=way, policy_needed=True, absence=True), RULES.permissions)
        assert row.proves in steps
        assert set(steps) >= row.steps
        others = frozenset(step for other in WAYS.values() for step in other.steps) - row.steps
        assert others.isdisjoint(steps)


@pytest.mark.parametrize("way", [Way.KEY, Way.REFRESH_TOKEN])
def test_the_customer_chooses_at_the_start(way: Way) -> None:
    link = a_link()
    chosen = taken(link, press(link, Action.START, way)).link
    assert chosen.setup.way is way
    assert taken(link, press(link, Action.START)).link.setup.way is Way.PASSWORD
    assert decide(link, press(link, Action.START, way), NOW, RULES).refusal, "this profile does not allow it"


def test_a_key_is_made_when_the_walk_comes_to_it_and_only_once() -> None:
    link = a_link(step=Step.USER, endpoint=ENDPOINT, key=None)
    came = taken(link, press(link, Action.DONE))
    assert came.link.step is Step.KEY_CLIENT
    assert MakeKey() in came.effects
    assert "Making a key" in card(Scene(came.link, CHOICE, WORDS, NOW), 1).text
    made = taken(came.link, MADE).link
    assert made.setup.key
    assert (made.setup.key.private, made.setup.expiry) == (SecretRef("s7"), UNTIL_END)
    late = taken(made, replace(MADE, private=SecretRef("s6")))
    assert late == Decision(link=made), "one that nobody waits for is dropped"
    over = replace(came.link, status=Status.CANCELLED)
    assert taken(over, MADE).link.setup.key is None


def test_another_key_may_be_wanted_and_sent_as_a_file() -> None:
    link = by_key()
    again = taken(link, press(link, Action.NEW_KEY))
    assert again.link.setup.key is None
    assert MakeKey() in again.effects
    assert taken(link, press(link, Action.CERTIFICATE)).effects == (SendCertificate(),)


def test_a_client_is_tried_and_kept_in_a_pause() -> None:
    link = by_key(key=KEY, account=None)
    tried = taken(link, send(link, Form.KEY_CLIENT))
    assert [one for one in tried.effects if isinstance(one, RunCheck)]
    assert tried.link.setup.account == Account(user_name="ISU_Wintro", secret=None)
    waiting = by_key(cooling_until=NOW + timedelta(minutes=9))
    assert taken(waiting, send(waiting, Form.KEY_CLIENT)).link.attempt.checking
    paused = changed(waiting, hitch=Hitch.COOLING, tried=checking(CheckKind.LOGIN), account=replace(USER, proved=False))
    tried = decide(paused, Woke(), NOW + timedelta(minutes=9), CHOICE)
    assert tried.link.attempt.checking, "what was entered is tried when the pause is over"
    other = taken(waiting, send(waiting, Form.KEY_CLIENT, client_id="d")).link
    assert other.setup.account == replace(USER, proved=False), "the user stays this link's own"
    assert other.cooling_until is None
    later = by_key(Step.CHECK)
    under_way = taken(later, send(later, Form.KEY_CLIENT)).link.attempt.checking
    assert under_way
    assert under_way.kind is CheckKind.FULL
    assert decide(link, send(link, Form.TOKEN_CLIENT), NOW, CHOICE).refusal, "another way's form"


def test_a_client_with_a_refresh_token_is_tried() -> None:
    link = a_link(step=Step.TOKEN_CLIENT, endpoint=ENDPOINT)
    setup = taken(link, send(link, Form.TOKEN_CLIENT)).link.setup
    assert setup.credentials == {SecretRef("s8"), SecretRef("s9")}
    again = changed(link, api=API, account=USER, cooling_until=NOW + timedelta(minutes=9))
    assert not decide(again, send(again, Form.TOKEN_CLIENT), NOW, CHOICE).refusal
    restarted = taken(
        again, Pressed(actor=replace(ADA, team_id=again.team_id), action=Action.RESTART, step=again.step, revision=1)
    )
    assert restarted.link.setup.api is None


def checking(kind: CheckKind) -> Checking:
    return Checking(id="l1.9", kind=kind, since=NOW, endpoints=(ENDPOINT,), secrets=())


def test_only_the_way_is_replaced_and_then_all_is_asked_at_once() -> None:
    old = a_link(
        step=Step.LINKED, status=Status.LINKED, linked=NOW, endpoint=ENDPOINT, account=ACCOUNT, expiry=UNTIL_END
    )
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "key"})
    opened = taken(old, sent)
    assert opened.link.previous == old.setup
    assert MakeKey() in opened.effects
    assert (opened.link.step, opened.link.setup.expiry) == (Step.KEY_CLIENT, None)
    back = taken(opened.link, press(opened.link, Action.KEEP_OLD)).link
    assert (back.status, back.setup, back.open_issue) == (Status.LINKED, old.setup, None)
    tried = replace(
        taken(opened.link, MADE).link,
        setup=replace(opened.link.setup, key=READY, account=replace(USER, proved=False)),
        attempt=Attempt(checking=checking(CheckKind.LOGIN)),
    )
    asked = taken(tried, CheckFinished(check_id="l1.9", report=report(CheckKind.LOGIN)))
    assert asked.link.step is Step.CHECK
    assert asked.link.attempt.checking
    assert [one for one in asked.effects if isinstance(one, RunCheck)]
    other = replace(tried, setup=replace(tried.setup, account=replace(USER, user_name="ISU_Else")))
    assert taken(other, CheckFinished(check_id="l1.9", report=report(CheckKind.LOGIN))).link.step is Step.GROUP
    assert decide(old, replace(sent, values={"change": "key"}), NOW, RULES).refusal, "not of this profile"


def test_a_password_that_was_never_there_is_not_asked_for_again() -> None:
    sent = Submitted(actor=ADA, form=Form.RELINK, step=Step.LINKED, revision=1, values={"change": "password"})
    opened = taken(linked(), sent).link
    shown = card(Scene(opened, CHOICE, WORDS, NOW), len(opened.cards) - 1)
    assert opened.step is Step.ISU
    assert "again" not in shown.text
    assert next(one.text for one in buttons_of(shown)) == "Enter user name and password"


def test_what_can_be_replaced_begins_with_the_own_way() -> None:
    assert replaceable(linked(), CHOICE.permissions) == ("key", "address", "password", "refresh_token")
    old = a_link(step=Step.LINKED, absence=True)
    assert replaceable(old, CHOICE.permissions) == ("user", "address", "api_client", "key", "refresh_token")
    modal = dialog(Scene(linked(), CHOICE, WORDS, NOW), Form.RELINK)
    assert "The key, or" in modal.inputs[0].choices[0].text


def test_a_refused_client_is_not_tried_by_the_clock() -> None:
    unwell = replace(linked(), attempt=Attempt(checking=replace(checking(CheckKind.FULL), by_hand=False)))
    told = report(CheckKind.FULL, token={"http_status": 401, "error_code": "invalid_client"})
    after = taken(unwell, CheckFinished(check_id="l1.9", report=told)).link
    assert after.open_issue
    assert after.open_issue.reason is Reason.OAUTH_INVALID_CLIENT
    assert not after.setup.is_trusted
    well = replace(after, attempt=Attempt(checking=replace(checking(CheckKind.FULL), by_hand=True)))
    assert taken(well, CheckFinished(check_id="l1.9", report=report(CheckKind.FULL))).link.open_issue is None


def test_a_certificate_has_its_ladder_and_its_worry() -> None:
    link = linked()
    assert cause_of(link) is Cause.CERTIFICATE
    due = next_due(link, CHOICE)
    assert due
    assert UNTIL_END.due
    assert (UNTIL_END.due - due.at.date()).days in range(58, 61)
    soon = changed(link, expiry=replace(UNTIL_END, days=9))
    worry = worry_of(soon, NOW, CHOICE)
    assert worry
    assert worry.key == "certificate"
    over = replace(
        changed(link, expiry=replace(UNTIL_END, days=1, set_on=NOW.date() - timedelta(days=9))),
        attempt=Attempt(checking=replace(checking(CheckKind.FULL), by_hand=False)),
    )
    after = taken(over, CheckFinished(check_id="l1.9", report=report(CheckKind.FULL))).link
    assert after.setup.expiry == over.setup.expiry, "a certificate is no password that somebody changed meanwhile"


@pytest.mark.parametrize(("days", "reason"), [(9, Reason.JWT_REFUSED), (1, Reason.JWT_KEY_EXPIRED)])
def test_a_certificate_that_is_over_is_blamed_where_workday_does_not_say_why(days: int, reason: Reason) -> None:
    refused = report(CheckKind.FULL, token={"http_status": 400, "error_code": "invalid_grant"})
    told = [replace(one, operation=ASSERTION) if one.layer is Layer.TOKEN else one for one in refused.observations]
    until = replace(UNTIL_END, days=days, set_on=NOW.date() - timedelta(days=5))
    link = replace(changed(linked(), expiry=until), attempt=Attempt(checking=checking(CheckKind.FULL)))
    after = taken(link, CheckFinished(check_id="l1.9", report=replace(refused, observations=tuple(told)))).link
    assert after.open_issue
    assert after.open_issue.reason is reason


def test_a_certificate_that_is_over_offers_a_new_key_at_the_step_that_makes_keys() -> None:
    for step in (Step.KEY_CLIENT, Step.GROUP):
        refused = finding(CheckKind.API, Reason.JWT_KEY_EXPIRED)
        link = by_key(step, cards=(step,), trouble=refused)
        actions = [one.action for one in buttons_of(card(Scene(link, CHOICE, WORDS, NOW), 0))]
        assert (Action.NEW_KEY in actions) is (step is Step.KEY_CLIENT)


def test_a_key_that_was_forgotten_is_made_anew() -> None:
    for link, told in ((by_key(Step.GROUP), "say.idle_client"), (a_link(step=Step.GROUP, account=ACCOUNT), "say.idle")):
        assert told in [getattr(one, "key", "") for one in idle(link, NOW).effects]
    gone = idle(by_key(Step.GROUP), NOW).link
    assert state_of(gone) is State.FORGOTTEN
    scene = Scene(gone, CHOICE, WORDS, NOW)
    assert new_password(scene).value == Step.KEY_CLIENT
    back = taken(gone, press(gone, Action.BACK, Step.KEY_CLIENT)).link
    assert new_password(Scene(back, CHOICE, WORDS, NOW)).action is Action.NEW_KEY
    assert MakeKey() in taken(back, press(back, Action.NEW_KEY)).effects
    lost = taken(linked(), SecretsLost(refs=frozenset({SecretRef("s4")})))
    assert (lost.link.step, lost.link.setup.key) == (Step.KEY_CLIENT, None)
    assert MakeKey() in lost.effects
    half = taken(by_key(), SecretsLost(refs=frozenset({SecretRef("s4")})))
    assert state_of(half.link) is State.FORGOTTEN


def test_what_was_handed_off_is_forgotten_and_the_certificate_stays() -> None:
    rules = replace(CHOICE, hands_off=True, keeps_secrets=False)
    handed = taken(linked(), HandedOff(what=Handed.LINKED, refs=frozenset({SecretRef("s4")})), rules)
    assert handed.link.setup.key == replace(READY, private=None)
    assert "say.handed_off_client" in [getattr(one, "key", "") for one in handed.effects]
    assert state_of(handed.link) is State.LINKED
    assert new_password(Scene(handed.link, CHOICE, WORDS, NOW)).form is Form.RELINK
    assert not [one for one in handed.effects if isinstance(one, HandOff)]


@pytest.mark.parametrize("step", [Step.USER, Step.KEY_CLIENT, Step.GROUP, Step.LINKED])
def test_a_key_that_was_posted_is_burnt_and_another_is_made(step: Step) -> None:
    link = linked() if step is Step.LINKED else by_key(step)
    posted = Heard(actor=ADA, intent=Intent.SECRET, found=frozenset({SecretRef("s4")}), own=("m",))
    after = taken(link, posted)
    assert after.link.setup.key is None
    assert (MakeKey() in after.effects) is (step is not Step.USER)
    assert after.link.step is (Step.USER if step is Step.USER else Step.KEY_CLIENT)
    if step is Step.LINKED:
        assert after.link.previous
        assert after.link.previous.burnt_client, "it works on until then, and does not come back"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "field.private_key"),
        ("-----BEGIN CERTIFICATE-----\nMIID", "field.certificate"),
        ("https://x", "field.client_id"),
    ],
)
def test_a_key_in_the_place_of_a_client_id_is_named_and_not_kept(text: str, problem: str) -> None:
    filled = fill(Form.KEY_CLIENT, {"client_id": text, "user": "ISU_Wintro"}, today=NOW.date(), link=by_key())
    assert filled.errors == {"client_id": problem}
    assert "MIIE" not in str(filled)
    shown = dialog(Scene(by_key(), CHOICE, WORDS, NOW), Form.KEY_CLIENT)
    assert [one.initial for one in shown.inputs] == ["c", "ISU_Wintro"]
    bare = dialog(Scene(by_key(key=None), CHOICE, WORDS, NOW), Form.KEY_CLIENT)
    assert bare.inputs[0].initial == ""


@pytest.mark.parametrize("way", Way)
def test_no_way_of_signing_in_takes_anothers_credential(way: Way) -> None:
    everything = Setup(
        profile="recruiting",
        absence=False,
        environment=a_link().setup.environment,
        way=way,
        account=ACCOUNT,
        api=API,
        key=READY,
    )
    own = {
        Way.PASSWORD: {SecretRef("s1"), SecretRef("s2"), SecretRef("s3")},
        Way.REFRESH_TOKEN: {SecretRef("s2"), SecretRef("s3")},
        Way.KEY: {SecretRef("s4")},
    }
    assert everything.credentials == own[way]
    assert everything.can_sign_in
    assert not replace(everything, account=None).can_sign_in
    assert replace(everything, api=None).can_sign_in is (way is not Way.REFRESH_TOKEN)
    assert replace(everything, key=None).can_sign_in is (way is not Way.KEY)


def test_a_cooling_client_is_said_in_words_of_its_own() -> None:
    link = by_key(hitch=Hitch.COOLING, cooling_until=NOW, tried=checking(CheckKind.LOGIN))
    shown = card(Scene(link, CHOICE, WORDS, NOW), 0).text
    assert "refused this API client several times" in shown
    assert "kept and tried then" in shown
    refused = changed(link, account=replace(USER, proved=False, refused=True))
    assert "Enter the right values now" in card(Scene(refused, CHOICE, WORDS, NOW), 0).text


def test_each_way_has_a_start_and_the_choice_is_explained() -> None:
    shown = card(Scene(a_link(), CHOICE, WORDS, NOW), 0).text
    for text in (
        "[I can do this: start]",
        "[Start without a password]",
        "[Start with an API client]",
        "Without a password",
    ):
        assert text in shown
    assert "without a password" not in card(Scene(a_link(), RULES, WORDS, NOW), 0).text.lower()


def test_no_password_is_exempted_where_there_is_none() -> None:
    link = linked()
    assert decide(link, press(link, Action.EXEMPT), NOW, CHOICE).refusal
