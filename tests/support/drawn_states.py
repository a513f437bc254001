"""A link in every state that the cards tell apart, for whatever has to hold in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import cycle, product
from typing import Any

from flows.cards.context import Scene
from flows.diagnosis.causes import Confidence, Fact, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind, Report
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Checking, Hitch, Recheck, Topic
from flows.link.setup import ApiAccess, Expiry, ExpiryKind, SecretRef
from flows.link.state import Cause, Issue, Last, Link, Nudge, Outcome, Status, Step
from flows.link.steps import STEPS
from flows.permissions import Way
from flows.replacing import replace
from flows.tenant.service_url import Environment
from flows.words import load_words
from tests.support.links import (
    ACCOUNT,
    ADA,
    DENIED,
    ENDPOINT,
    GOOD,
    INVALID,
    KEY,
    NOTHING,
    NOW,
    OTHER,
    RULES,
    a_link,
    a_setup,
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


def finding(kind: CheckKind, reason: Reason, told: Report | None = None) -> Finding:
    whole = conclude(told or report(kind), ROWS)
    return replace(whole, kind=kind, reason=reason, owner=reason.traits.owner, evidence=seen_in(told))


def seen_in(told: Report | None) -> Any:  # noqa: ANN401
    return told.observations[-1] if told else None


ANSWERING = {
    *(
        Reason.UNREACHED,
        Reason.HOST_NOT_FOUND,
        Reason.ADDRESS_REFUSED,
        Reason.TLS_FAILED,
        Reason.NOT_ANSWERING,
        Reason.MAINTENANCE,
    ),
    *(Reason.THROTTLED, Reason.REDIRECTED, Reason.HTML_INSTEAD, Reason.UNREADABLE, Reason.UNKNOWN_TENANT_OR_HOST),
    *(Reason.ADDRESS_OR_OUTAGE, Reason.OVERLOADED, Reason.WEB_PAGE, Reason.DAMAGED, Reason.PROXY_IN_BETWEEN),
    *(Reason.BAD_VERSION, Reason.WRONG_SERVICE, Reason.UNKNOWN),
}
SIGNING_IN = ANSWERING | {Reason.UNSENDABLE, Reason.INVALID_CREDENTIALS, Reason.OUR_REQUEST_REFUSED}
TOKENS = {
    *(Reason.OAUTH_SWITCHED_OFF, Reason.OAUTH_CLIENT_DISABLED, Reason.OAUTH_CLIENT_LOCKED, Reason.TOKEN_AWAY),
    *(Reason.BEARER_REFUSED, Reason.JWT_UNKNOWN_CLIENT, Reason.JWT_GRANT_NOT_ALLOWED, Reason.JWT_WRONG_USER),
    *(Reason.JWT_WRONG_KEY, Reason.JWT_NO_KEY, Reason.JWT_KEY_EXPIRED, Reason.JWT_CLOCK, Reason.JWT_REFUSED),
}
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
AFTERWARDS = {Cause.PASSWORD, Cause.CERTIFICATE, Cause.EXPIRY, Cause.BROKEN}
DENIED_TWICE = conclude(report(CheckKind.PERMISSIONS, rows=(GOOD, DENIED)), ROWS)
PREVIOUS = a_setup(endpoint=OTHER, account=ACCOUNT)


def reminded() -> Iterator[Link]:
    """Give a link with every reminder there is, standing and over."""
    for cause, over in product(Cause, (None, *Outcome)):
        standing = Nudge(cause=cause, number=1, rung=0, at=NOW, outcome=over)
        if cause not in AFTERWARDS or over:
            for status, until in product((Status.ACTIVE, Status.PAUSED), (None, NOW + timedelta(days=1))):
                yield at(Step.ACTIVATION, status=status, nudge=standing, snoozed_until=until)
        if cause is Cause.STALLED and not over:
            yield at(Step.ISU, nudge=standing, previous=PREVIOUS)
        if cause is Cause.PASSWORD or over:
            yield at(Step.LINKED, nudge=standing, expiry=POLICY)
            yield at(Step.LINKED, nudge=standing, expiry=replace(POLICY, set_on=date(2026, 1, 1)))
            yield at(Step.LINKED, nudge=standing, expiry=POLICY, admin=replace(ADA, present=False))
        if cause is Cause.CERTIFICATE or over:
            key = replace(KEY, client_id="c")
            yield at(Step.LINKED, way=Way.KEY, key=key, nudge=standing, expiry=POLICY)
            yield at(Step.LINKED, way=Way.KEY, key=key, nudge=standing, expiry=replace(POLICY, set_on=date(2026, 1, 1)))
        if cause is Cause.EXPIRY or over:
            yield at(Step.LINKED, nudge=standing, expiry=Expiry(kind=ExpiryKind.UNKNOWN))
        # What a reminder became does not hang on why it was sent.
        reasons = tuple(Reason)[: 1 if over else None] if cause is Cause.BROKEN else ()
        for reason in reasons:
            issue = Issue(reason=reason, first_seen=NOW, last_seen=NOW)
            yield at(Step.LINKED, nudge=standing, issue=issue, matrix=DENIED_TWICE)
            yield at(Step.LINKED, nudge=standing, issue=replace(issue, resolved=NOW))
            if reason.traits.outage:
                yield at(Step.LINKED, nudge=standing, issue=replace(issue, first_seen=NOW - timedelta(days=2)))


def by_tokens(checking: Checking) -> Iterator[Link]:
    """Give a link that an access token signs on, in every state that no password has."""
    yield at(Step.KEY_CLIENT, key=None)
    yield at(Step.KEY_CLIENT, key=replace(KEY, private=None))
    for way, ready in ((Way.KEY, {"key": replace(KEY, client_id="c")}), (Way.REFRESH_TOKEN, {"api": API})):
        yield at(Step.GROUP, way=way, account=replace(ACCOUNT, secret=None, proved=False))
        yield at(Step.GROUP, way=way, key=replace(KEY, private=None) if way is Way.KEY else None)
        yield at(Step.LINKED, way=way, account=replace(ACCOUNT, secret=None), expiry=POLICY, **ready)
        for reason in TOKENS:
            found = finding(CheckKind.LOGIN, reason)
            step = Step.KEY_CLIENT if way is Way.KEY else Step.TOKEN_CLIENT
            tried = replace(checking, kind=CheckKind.LOGIN)
            yield at(step, trouble=found, tried=tried, **ready)
            yield at(step, trouble=found, tried=tried, hitch=Hitch.COOLING, cooling_until=NOW, **ready)
            issue = Issue(reason=reason, first_seen=NOW, last_seen=NOW)
            yield at(Step.LINKED, way=way, issue=issue, expiry=POLICY, **ready)


def paused() -> Iterator[Link]:
    """Give a link that waits for a day, in every way there is to wait for one."""
    later = NOW.date() + timedelta(days=9)
    for day in (NOW.date(), later):
        yield at(Step.WELCOME, status=Status.PAUSED, approval=day)
    for step in (Step.GROUP, Step.LINKED):
        yield at(step, status=Status.PAUSED, paused_until=later)


def troubled(step: Step, kind: CheckKind, given: dict[str, Any]) -> Iterator[Link]:
    """Give a link in every trouble that a check of its step can come to."""
    for reason, rows in product(REASONS[kind], ((GOOD,), (DENIED,), (GOOD, DENIED, NOTHING))):
        # No password is sent where an API client is entered.
        is_odd = reason is Reason.INVALID_CREDENTIALS and step in {Step.KEY_CLIENT, Step.TOKEN_CLIENT}
        if is_odd or (rows != (GOOD,) and reason not in ROWS_OF):
            continue
        found = finding(kind, reason, report(kind, rows=rows, absence=True))
        yield at(step, trouble=found, before=3, **given)
        yield at(step, trouble=found, recheck=Recheck(since=NOW, attempt=1, at=NOW), matrix=found, **given)
        if reason is Reason.INVALID_CREDENTIALS:
            topics = (Topic.FLAGS, Topic.LOCKED, Topic.POLICY, Topic.RETYPE, Topic.USER_NAME)
            yield from (at(step, trouble=found, help=topic, **given) for topic in topics)
            yield from (at(step, trouble=found, tries_left=left, asked_at=NOW, **given) for left in (0, 1))


@cache
def every_state() -> tuple[Link, ...]:
    """Return a link in every state that the cards tell apart; they are frozen, and made once."""
    return tuple(_states())


@cache
def every_scene() -> tuple[Scene, ...]:
    """Return the same as scenes in English, with our usual rules at the usual time."""
    return tuple(Scene(link, RULES, WORDS, NOW) for link in every_state())


def _states() -> Iterator[Link]:
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
        if step in {Step.USER, Step.KEY_CLIENT}:
            given["key"] = replace(KEY, client_id="c")
        for topic in {*STEPS[step].topics, *((Topic.STUCK,) if STEPS[step].topics else ())}:
            yield at(step, help=topic, **given)
        if step is Step.USER:
            continue  # nothing is asked there
        for hitch in set(Hitch) - ({Hitch.OWNED, Hitch.COOLING} if kind is CheckKind.REACH else {Hitch.RIVAL}):
            yield at(step, hitch=hitch, cooling_until=NOW, **given)
        yield from troubled(step, kind, given)
    yield from by_tokens(checking)
    yield at(Step.WELCOME, admin=None)
    yield from paused()
    yield at(Step.LINKED, status=Status.PAUSED)
    yield at(Step.LINKED, status=Status.CANCELLED)
    yield at(Step.GROUP, called=NOW)
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
    yield from (at(Step.SERVICE_URL, offer=OTHER), at(Step.ISU, previous=PREVIOUS))
    for ticked in (0, 5, len(ROWS)):
        yield at(Step.PERMISSIONS, absence=True, ticked=frozenset(row.id for row in ROWS[:ticked]))
    yield from reminded()
    for key, names in (
        *(("started", {"person": "U0ADA"}), ("handed_over", {"person": "U0ADA"}), ("step", {"step": "group"})),
        *(("reached", {"tenant": "acme", "host": "h"}), ("login", {"isu": "ISU"}), ("paused", {}), ("resumed", {})),
        *(("granted", {"granted": "1", "askable": "2"}), ("api", {}), ("approval", {}), ("cancelled", {})),
        *((f"expiry_{kind}", {}) for kind in ExpiryKind),
        *((key, {}) for key in ("relinked", "kept", "attention", "away", "recovered", "linked")),
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
