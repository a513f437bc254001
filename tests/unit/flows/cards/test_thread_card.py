"""What stands on a card in each state: the way forward, the way back, the way to a human, and no state undrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, product
from typing import Any

import pytest

from flows.cards.context import Scene
from flows.cards.parts import Button, Card, Copy
from flows.cards.reminder_card import nudge
from flows.cards.thread_card import card, parent
from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind, Report
from flows.diagnosis.reasons import Owner, Reason, owner_of
from flows.link.events import Action, Form
from flows.link.state import (
    ApiAccess,
    Cause,
    Checking,
    Expiry,
    ExpiryKind,
    Hitch,
    Issue,
    Kept,
    Last,
    Link,
    Nudge,
    Person,
    Recheck,
    SecretRef,
    Status,
    Step,
    Topic,
)
from flows.link.steps import STEPS
from flows.permissions import Permissions
from flows.tenant.service_url import Environment
from flows.words import load_words
from tests.support.drawing import buttons_of, check_everything_drawn, check_start, check_what_stands
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    NOTHING,
    NOW,
    OTHER,
    RULES,
    a_link,
    report,
    seen,
)

WORDS = load_words()
API = ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"))
POLICY = Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 9, 1))
ROWS = RULES.permissions.rows("recruiting", absence=True)


def at(step: Step, **changes: Any) -> Link:  # noqa: ANN401
    values: dict[str, Any] = {"cards": (Step.WELCOME, Step.SERVICE_URL, step), "endpoint": ENDPOINT, "revision": 3}
    if step not in {Step.WELCOME, Step.SERVICE_URL, Step.ISU}:
        values["account"] = ACCOUNT
    if step is Step.LINKED:
        values |= {"status": Status.LINKED, "linked": NOW}
    return a_link(step=step, **{**values, **changes})


def live(link: Link) -> Card:
    return card(Scene(link, RULES, WORDS, NOW), len(link.cards) - 1)


def told(drawn: Card) -> str:
    return "\n".join(getattr(part, "text", "") for part in drawn.parts)


def actions(drawn: Card) -> list[Action]:
    return [button.action for button in buttons_of(drawn)]


def finding(kind: CheckKind, reason: Reason, told: Report | None = None) -> Finding:
    whole = conclude(told or report(kind), ROWS)
    return replace(whole, kind=kind, reason=reason, owner=owner_of(reason), evidence=seen_in(told))


def seen_in(told: Report | None) -> Any:  # noqa: ANN401
    return told.observations[-1] if told else None


ANSWERING = {
    *(Reason.HOST_NOT_FOUND, Reason.ADDRESS_REFUSED, Reason.TLS_FAILED, Reason.NOT_ANSWERING, Reason.MAINTENANCE),
    *(Reason.THROTTLED, Reason.REDIRECTED, Reason.HTML_INSTEAD, Reason.UNREADABLE, Reason.UNKNOWN_TENANT_OR_HOST),
    *(Reason.BAD_VERSION, Reason.WRONG_SERVICE, Reason.UNKNOWN),
}
SIGNING_IN = ANSWERING | {Reason.UNSENDABLE, Reason.INVALID_CREDENTIALS, Reason.OUR_REQUEST_REFUSED}
ROWS_OF = {
    *(Reason.NOT_AUTHORIZED, Reason.REACHABLE_BUT_EMPTY, Reason.NOT_ACTIVE_OR_NOT_IN_GROUP, Reason.REST_FORBIDDEN),
    *(Reason.PERMISSIONS_MISSING, Reason.PERMISSIONS_EMPTY),
}
CLIENT = ANSWERING | {
    *(Reason.OAUTH_INVALID_CLIENT, Reason.OAUTH_INVALID_GRANT, Reason.OAUTH_BAD_TENANT, Reason.REST_NOT_FOUND),
    *(Reason.OAUTH_WRONG_CLIENT_KIND, Reason.REST_INVALID_TOKEN, Reason.OUR_REQUEST_REFUSED, Reason.REST_FORBIDDEN),
    *(Reason.PERMISSIONS_MISSING, Reason.PERMISSIONS_EMPTY),
}
REASONS = {
    CheckKind.REACH: ANSWERING,
    CheckKind.LOGIN: SIGNING_IN,
    CheckKind.PERMISSIONS: SIGNING_IN | ROWS_OF,
    CheckKind.API: CLIENT,
    CheckKind.FULL: SIGNING_IN | ROWS_OF | CLIENT,
}
"""What each check can come to."""


AFTERWARDS = {Cause.PASSWORD, Cause.EXPIRY, Cause.BROKEN}
DENIED_TWICE = conclude(report(CheckKind.PERMISSIONS, rows=(GOOD, DENIED)), ROWS)
KEPT = Kept(
    profile="recruiting",
    absence=False,
    environment=Environment.UNKNOWN,
    endpoint=OTHER,
    account=ACCOUNT,
    api=None,
    expiry=None,
    matrix=None,
)


def reminded() -> Iterator[Link]:
    """Give a link with every reminder there is, standing and over."""
    for cause, over in product(Cause, (False, True)):
        standing = Nudge(cause=cause, number=1, rung=0, at=NOW, over=over)
        if cause not in AFTERWARDS or over:
            for status, until in product((Status.ACTIVE, Status.PAUSED), (None, NOW + timedelta(days=1))):
                yield at(Step.ACTIVATION, status=status, nudge=standing, snoozed_until=until)
        if cause is Cause.PASSWORD or over:
            yield at(Step.LINKED, nudge=standing, expiry=POLICY)
            yield at(Step.LINKED, nudge=standing, expiry=replace(POLICY, set_on=date(2026, 1, 1)))
            yield at(Step.LINKED, nudge=standing, expiry=POLICY, admin=replace(ADA, present=False))
        if cause is Cause.EXPIRY or over:
            yield at(Step.LINKED, nudge=standing, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
        for reason in Reason if cause is Cause.BROKEN else ():
            issue = Issue(reason=reason, first_seen=NOW, last_seen=NOW)
            yield at(Step.LINKED, nudge=standing, issue=issue, matrix=DENIED_TWICE)
            yield at(Step.LINKED, nudge=standing, issue=replace(issue, resolved=NOW))


def links() -> Iterator[Link]:
    """Give a link in every state that the cards tell apart."""
    checking = Checking(id="l1.1", kind=CheckKind.LOGIN, since=NOW, endpoints=(ENDPOINT,))
    steps = [step for step in Step if step is not Step.LINKED]
    for step, status in product(steps, (Status.ACTIVE, Status.PAUSED, Status.CANCELLED)):
        yield at(step, status=status)
        yield at(step, status=status, absence=True, policy_needed=True)
    for step, kind in product(steps[1:], CheckKind):
        yield at(step, checking=replace(checking, kind=kind))
    for step in steps[1:]:
        kind = STEPS[step].check or CheckKind.LOGIN
        tried = replace(checking, kind=kind)
        given: dict[str, Any] = {"tried": tried, "api": API, "absence": True}
        if step is not Step.SERVICE_URL:
            given["account"] = ACCOUNT
        for topic in {*STEPS[step].topics, *((Topic.STUCK,) if STEPS[step].topics else ())}:
            yield at(step, help=topic, **given)
        for hitch in Hitch if kind is CheckKind.REACH else set(Hitch) - {Hitch.RIVAL}:
            yield at(step, hitch=hitch, cooling_until=NOW, **given)
        for reason, rows in product(REASONS[kind], ((GOOD,), (DENIED,), (GOOD, DENIED, NOTHING))):
            if rows != (GOOD,) and reason not in ROWS_OF:
                continue
            found = finding(kind, reason, report(kind, rows=rows, absence=True))
            yield at(step, trouble=found, before=3, **given)
            yield at(step, trouble=found, recheck=Recheck(since=NOW, attempt=1, at=NOW), matrix=found, **given)
            if reason is Reason.INVALID_CREDENTIALS:
                for topic in (Topic.FLAGS, Topic.LOCKED, Topic.POLICY, Topic.RETYPE, Topic.USER_NAME):
                    yield at(step, trouble=found, help=topic, **given)
    yield at(Step.WELCOME, admin=None)
    yield at(Step.ACTIVATION, policy_needed=True, account=replace(ACCOUNT, proved=False))
    closed = finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)
    yield at(Step.ACTIVATION, trouble=closed, tried=checking, environment=Environment.IMPLEMENTATION)
    for root, fact, sure in zip(RootCause, cycle(FactName), cycle(Confidence), strict=False):
        names = {name: "one" for key in WORDS.keys if key == f"fact.{fact}" for name in WORDS.placeholders(key)}
        likely = Hypothesis(cause=root, confidence=sure, because=(Fact(name=fact, names=names),) * 2)
        found = finding(CheckKind.PERMISSIONS, Reason.PERMISSIONS_MISSING)
        yield at(Step.ACTIVATION, trouble=found, tried=checking, likely=(likely, likely))
    for expiry, burnt in product((None, POLICY, Expiry(kind=ExpiryKind.EXEMPT)), (False, True)):
        yield at(Step.LINKED, expiry=expiry, burnt=burnt, last=Last(key="linked", at=NOW))
        yield at(Step.GROUP, expiry=expiry, burnt=burnt)
    yield at(Step.SERVICE_URL, offer=OTHER)
    yield at(Step.ISU, kept=KEPT)
    for ticked in (0, 5, len(ROWS)):
        yield at(Step.PERMISSIONS, absence=True, ticked=frozenset(row.id for row in ROWS[:ticked]))
    yield from reminded()
    for key, names in (
        *(("started", {"person": "U0ADA"}), ("handed_over", {"person": "U0ADA"}), ("step", {"step": "group"})),
        *(("reached", {"tenant": "acme", "host": "h"}), ("login", {"isu": "ISU"}), ("paused", {}), ("resumed", {})),
        *(("granted", {"granted": "1", "askable": "2"}), ("api", {}), ("approval", {}), ("cancelled", {})),
        *((f"expiry_{kind}", {}) for kind in ExpiryKind),
        *((key, {}) for key in ("relinked", "kept", "attention", "recovered", "linked")),
    ):
        yield at(Step.GROUP, last=Last(key=key, at=NOW, names=names))
    walked = tuple(Step)[:-1]
    for proved in (True, False):
        yield at(Step.CHECK, cards=(*walked, Step.CHECK), account=replace(ACCOUNT, proved=proved), absence=True)
        matrix = conclude(report(CheckKind.PERMISSIONS, rows=(GOOD, DENIED)), ROWS)
        yield at(Step.CHECK, cards=(*walked, Step.GROUP, Step.CHECK), matrix=matrix, account=ACCOUNT)
    yield at(Step.ISU, cards=(Step.WELCOME, Step.GROUP, Step.ISU, Step.ISU))
    yield at(
        Step.GROUP, seen=tuple(seen(one.layer, "location", **INVALID) for one in report(CheckKind.FULL).observations)
    )


def test_every_state_is_drawn_within_slacks_limits() -> None:
    drawn = 0
    for link in links():
        check_what_stands(link, NOW)
        drawn += 1
    assert drawn > 300


def test_workdays_night_off_is_named() -> None:
    friday = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)  # late on Friday in California
    found = finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)
    link = at(Step.ACTIVATION, trouble=found, environment=Environment.IMPLEMENTATION)
    lines = told(card(Scene(link, RULES, WORDS, friday), 2)).splitlines()
    assert len(lines) == len(told(live(link)).splitlines()) + 1


@pytest.mark.parametrize("step", Step)
def test_everything_is_drawn_at_every_step(step: Step) -> None:
    standing = Nudge(cause=Cause.STALLED, number=1, rung=0, at=NOW, over=step is Step.LINKED)
    check_everything_drawn(at(step, cards=(*Step, step), nudge=standing), NOW)


def test_long_names_do_not_break_a_card() -> None:
    rules = replace(RULES, vendor="A Vendor & Sons <Holding> " + "x" * 20)
    for link in (at(Step.WELCOME), at(Step.PERMISSIONS), at(Step.LINKED, last=Last(key="linked", at=NOW))):
        check_everything_drawn(replace(link, customer="<&>" * 26), NOW, rules)


@pytest.mark.parametrize("customer", ["", "Acme", "<Acme & Sons>"])
def test_the_start_modal_fits(customer: str) -> None:
    check_start(WORDS, RULES, customer)
    without = Permissions(profiles={"hris": RULES.permissions.profile("hris")})
    check_start(WORDS, replace(RULES, permissions=without), customer)


SOME = list(links())[::5]
STUCK = [link for link in SOME if link.status is Status.ACTIVE and not link.checking]


def test_every_card_has_a_way_forward_back_and_to_a_human() -> None:
    for link in STUCK:
        names = actions(live(link))
        assert names, link
        pages = {*names, *actions(parent(Scene(link, RULES, WORDS, NOW)))}
        assert Action.CALL_STAFF in pages
        assert Action.CONTINUE in pages
        if link.step is not Step.WELCOME and not link.help and not link.burnt and not link.offer:
            assert Action.BACK in names or Action.HAND_OVER in names, link


def test_at_most_one_button_of_a_card_stands_out() -> None:
    for link in SOME:
        for drawn in (live(link), parent(Scene(link, RULES, WORDS, NOW))):
            assert len([button for button in buttons_of(drawn) if button.primary]) <= 1, link


@pytest.mark.parametrize(
    ("link", "action", "form"),
    [
        (at(Step.WELCOME), Action.START, None),
        (at(Step.SERVICE_URL), Action.OPEN_FORM, Form.SERVICE_URL),
        (at(Step.SERVICE_URL, offer=OTHER), Action.USE_OFFER, None),
        (at(Step.ISU), Action.OPEN_FORM, Form.ISU),
        (at(Step.EXPIRY), Action.EXEMPT, None),
        (at(Step.GROUP), Action.DONE, None),
        (at(Step.PERMISSIONS), Action.DONE, None),
        (at(Step.ACTIVATION), Action.CHECK, None),
        (at(Step.AUTH_POLICY, policy_needed=True), Action.CHECK, None),
        (at(Step.API_CLIENT, absence=True), Action.OPEN_FORM, Form.API_CLIENT),
        (at(Step.CHECK), Action.CHECK, None),
        (at(Step.GROUP, burnt=True), Action.OPEN_FORM, Form.ISU),
        (at(Step.LINKED, burnt=True), Action.OPEN_FORM, Form.ROTATE),
        (at(Step.GROUP, status=Status.PAUSED), Action.RESUME, None),
        (at(Step.ISU, trouble=finding(CheckKind.LOGIN, Reason.UNSENDABLE)), Action.OPEN_FORM, Form.ISU),
        (
            at(Step.API_CLIENT, trouble=finding(CheckKind.API, Reason.OAUTH_INVALID_GRANT)),
            Action.OPEN_FORM,
            Form.API_CLIENT,
        ),
        (at(Step.ACTIVATION, trouble=finding(CheckKind.PERMISSIONS, Reason.NOT_ANSWERING)), Action.CHECK, None),
    ],
)
def test_the_way_forward_is_the_one_that_stands_out(link: Link, action: Action, form: Form | None) -> None:
    (button,) = [one for one in buttons_of(live(link)) if one.primary]
    assert (button.action, button.form) == (action, form)


@pytest.mark.parametrize("status", [Status.LINKED, Status.CANCELLED])
def test_nothing_is_to_be_pressed_on_a_closed_link(status: Status) -> None:
    link = at(Step.LINKED if status is Status.LINKED else Step.GROUP, status=status)
    asks = {Action.EVIDENCE, Action.OPEN_FORM} if status is Status.LINKED else set()
    assert set(actions(live(link))) == asks
    above = {Action.LOOK, Action.HAND_OVER, Action.OPEN_FORM, Action.CALL_STAFF} if asks else set()
    assert set(actions(parent(Scene(link, RULES, WORDS, NOW)))) == above


def test_what_is_to_be_copied_is_never_escaped() -> None:
    rules = replace(RULES, vendor="A&B")
    link = at(Step.ACTIVATION, account=None)
    drawn = card(Scene(link, rules, WORDS, NOW), 2)
    copies = [part.text for part in drawn.parts if isinstance(part, Copy)]
    assert "Let ISU_A_B read what A&B needs" in copies


def test_a_card_that_is_over_is_one_line_without_buttons() -> None:
    for link in SOME:
        for number in range(len(link.cards) - 1):
            drawn = card(Scene(link, RULES, WORDS, NOW), number)
            assert len(drawn.parts) == 1
            assert list(buttons_of(drawn)) == []


def test_a_reminder_speaks_to_whoever_has_to_move() -> None:
    for cause in Cause:
        standing = Nudge(cause=cause, number=0, rung=0, at=NOW)
        link = at(Step.LINKED if cause is Cause.PASSWORD else Step.ACTIVATION, nudge=standing, expiry=POLICY)
        drawn = nudge(Scene(link, RULES, WORDS, NOW), 0)
        assert "<@U0ADA>" in told(drawn)
        assert Action.SNOOZE in actions(drawn)
        over = nudge(Scene(replace(link, nudge=replace(standing, over=True)), RULES, WORDS, NOW), 0)
        assert actions(over) == []


def test_no_customer_name_can_write_markup() -> None:
    link = at(Step.WELCOME, customer="<!channel> & <@U1>")
    for drawn in (live(link), parent(Scene(link, RULES, WORDS, NOW))):
        assert "<!channel>" not in told(drawn)


def test_the_card_of_a_colleague_shows_the_colleague() -> None:
    link = at(Step.GROUP, admin=Person(user_id="U0NEW"))
    assert "<@U0NEW>" in told(parent(Scene(link, RULES, WORDS, NOW)))
    assert ADA.user_id not in told(parent(Scene(link, RULES, WORDS, NOW)))
    assert owner_of(Reason.NOT_ANSWERING) is Owner.NOBODY


def test_no_button_has_two_meanings() -> None:
    for link in SOME:
        seen_buttons: set[tuple[str, str, str]] = set()
        for button in buttons_of(live(link)):
            key = (button.action, button.value, button.form or "")
            assert key not in seen_buttons, (link.step, key)
            seen_buttons.add(key)
            assert isinstance(button, Button)
