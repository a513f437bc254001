"""Made-up links in every state that people see: values only; draws nothing, asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any, Final, assert_never

from flows.cards.step_card import BATCH
from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind, Content, Layer, Observation, Report, Transport
from flows.diagnosis.permission_causes import infer
from flows.diagnosis.reasons import Reason
from flows.link.attempt import Attempt, Checking, Hitch, Topic
from flows.link.rulebook import Rulebook
from flows.link.setup import Account, ApiAccess, Expiry, ExpiryKind, KeyPair, SecretRef, Setup
from flows.link.state import Cause, Issue, Last, Link, Nudge, Outcome, Person, Status, Step
from flows.link.steps import STEPS
from flows.link.walk import asked
from flows.permissions import ABSENCE, Way
from flows.tenant.service_url import Endpoint, Environment

NOW: Final = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SAM: Final = Person(user_id="U0SAM", team_id="T0OURS", zone="Europe/Berlin")
ADA: Final = Person(user_id="U0ADA", team_id="T0ACME", zone="Europe/London")
BOB: Final = Person(user_id="U0BOB", team_id="T0ACME", zone="Europe/London")
PEOPLE: Final = {"U0SAM": "Sam", "U0ADA": "Ada", "U0BOB": "Bob"}
CHANNELS: Final = {"C0ACME": "acme-workday"}
SLACK: Final = "https://slack.example/"
THREAD: Final = f"{SLACK}archives/C0ACME/p1"

_ENDPOINT: Final = Endpoint(host="wd2-impl-services1.workday.com", tenant="acme")
_OTHER: Final = Endpoint(host="wd5-services1.myworkday.com", tenant="acme")
_ACCOUNT: Final = Account(user_name="ISU_Integration", secret=SecretRef("made-up"), proved=True, worked_at=NOW)
_API: Final = ApiAccess(
    client_id="made-up", secret=SecretRef("made-up"), refresh_token=SecretRef("made-up"), proved=True
)
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
_BY_KEY: Final[dict[str, Any]] = {
    "way": Way.KEY,
    "account": Account(user_name="ISU_Integration", secret=None, proved=True, worked_at=NOW),
    "key": KeyPair(certificate=_CERTIFICATE, private=SecretRef("made-up"), client_id="made-up"),
}
_OF_WAYS: Final[dict[Step, dict[str, Any]]] = {
    Step.USER: {"way": Way.KEY},
    Step.KEY_CLIENT: {"way": Way.KEY, "key": KeyPair(certificate=_CERTIFICATE, private=SecretRef("made-up"))},
    Step.TOKEN_CLIENT: {"way": Way.REFRESH_TOKEN},
}
"""What a link signs in with at the steps of other ways than a password."""

_POLICY: Final = Expiry(kind=ExpiryKind.POLICY, days=90, set_on=date(2026, 9, 6))

_SILENT: Final[dict[str, Any]] = {"http_status": None, "transport": Transport.TIMEOUT, "content": Content.EMPTY}
_DENIED: Final[dict[str, Any]] = {"http_status": 500, "fault_text": "The task submitted is not authorized."}
_EMPTY: Final[dict[str, Any]] = {"missing": ("Worker_Data",)}
_SAID: Final[dict[Reason, dict[str, Any]]] = {
    Reason.INVALID_CREDENTIALS: {"http_status": 500, "fault_text": "invalid username or password"},
    Reason.HOST_NOT_FOUND: {"http_status": None, "transport": Transport.DNS, "content": Content.EMPTY},
    Reason.TLS_FAILED: {"http_status": None, "transport": Transport.TLS, "content": Content.EMPTY},
    Reason.NOT_ANSWERING: _SILENT,
    Reason.OAUTH_INVALID_CLIENT: {"http_status": 401, "error_code": "invalid_client"},
    Reason.OAUTH_INVALID_GRANT: {"http_status": 400, "error_code": "invalid_grant"},
    Reason.REST_FORBIDDEN: {"http_status": 403, "error_code": "A13"},
}
"""What Workday says in the best known cases; the others are shown with words of nobody."""

_AT_REACH: Final = (
    *(Reason.HOST_NOT_FOUND, Reason.ADDRESS_REFUSED, Reason.REDIRECTED, Reason.UNKNOWN_TENANT_OR_HOST),
    *(Reason.ADDRESS_OR_OUTAGE, Reason.HTML_INSTEAD, Reason.TLS_FAILED, Reason.PROXY_IN_BETWEEN),
)
_AT_ROWS: Final = (
    *(Reason.NOT_AUTHORIZED, Reason.REACHABLE_BUT_EMPTY, Reason.NOT_ACTIVE_OR_NOT_IN_GROUP),
    *(Reason.PERMISSIONS_MISSING, Reason.PERMISSIONS_EMPTY),
)
_AT_CLIENT: Final = tuple(reason for reason in Reason if reason.value.startswith(("oauth_", "rest_")))
_BY_TOKEN: Final = frozenset(
    (*(reason for reason in Reason if reason.value.startswith("jwt_")), Reason.BEARER_REFUSED, Reason.TOKEN_AWAY)
)
"""What only a link comes to that an access token signs on."""

_NEVER_SHOWN: Final = frozenset({Reason.OK, Reason.NOT_PROBED})


def kind_of(reason: Reason) -> CheckKind:
    """Tell which check shows a reason best."""
    for kind, reasons in ((CheckKind.REACH, _AT_REACH), (CheckKind.PERMISSIONS, _AT_ROWS), (CheckKind.API, _AT_CLIENT)):
        if reason in reasons:
            return kind
    return CheckKind.LOGIN


_STEP_OF: Final = {row.check: row.step for row in reversed(STEPS.values()) if row.check}
"""The first step at which a check is made."""


class Examples:
    """Makes links of one customer as one installation would have them."""

    def __init__(self, rules: Rulebook, customer: str = "Acme") -> None:
        self._rules = rules
        self._customer = customer
        profiles = rules.permissions.profiles
        self._profile = next(iter(profiles))
        own = next((one.id for one in profiles.values() if one.needs_api_client), "")
        self._client: dict[str, Any] = {"absence": True} if ABSENCE in profiles else {"profile": own} if own else {}
        """What makes a set-up need an API client; empty where nothing of this vendor does."""

    def at(
        self,
        step: Step,
        *,
        setup: dict[str, Any] | None = None,
        attempt: Attempt | None = None,
        **changes: Any,  # noqa: ANN401  any field of a link
    ) -> Link:
        """Make a link at a step; `setup` and `changes` are fields of its set-up and of its own."""
        known: dict[str, Any] = {} if step is Step.WELCOME else {"endpoint": _ENDPOINT}
        if list(Step).index(step) > list(Step).index(Step.ISU):
            known |= {"account": _ACCOUNT, "expiry": Expiry(kind=ExpiryKind.EXEMPT)}
        if step in _OF_WAYS:
            known = {**known, "account": None, "expiry": None, **_OF_WAYS[step]}
        if step is Step.LINKED:
            known["matrix"] = self._finding(CheckKind.PERMISSIONS, Reason.OK, ({},))
            changes = {"status": Status.LINKED, "linked": NOW, **changes}
        given = {"profile": self._profile, "absence": False, "environment": Environment.IMPLEMENTATION, **known}
        walked = tuple(one for one in Step if list(Step).index(one) <= list(Step).index(step) and one not in _RARE)
        return Link(
            **{
                "id": "made-up",
                "team_id": SAM.team_id,
                "channel_id": "C0ACME",
                "customer": self._customer,
                "setup": Setup(**{**given, **(setup or {})}),
                "owner": SAM,
                "admin": ADA,
                "created": NOW - timedelta(days=2),
                "started": NOW - timedelta(days=2),
                "touched": NOW - timedelta(hours=3),
                "step": step,
                "cards": walked if step in walked else (*walked, step),
                "attempt": attempt or Attempt(),
                "revision": 3,
                **changes,
            }
        )

    def new(self) -> Link:
        """Make a link that nobody has started yet."""
        return self.at(Step.WELCOME, started=None, setup={"environment": Environment.UNKNOWN})

    def steps(self) -> Iterator[Link]:
        """Give a link at each step."""
        yield self.new()
        for step in list(Step)[1:]:
            if step is not Step.API_CLIENT:
                yield self.at(step, setup={"policy_needed": step is Step.AUTH_POLICY})
            elif self._client:
                yield self.at(step, setup=self._client)

    def half_ticked(self) -> Link:
        """Make a link whose admin has added the first permissions of one kind."""
        rows = asked(self.at(Step.PERMISSIONS).setup, self._rules.permissions)
        same = [row.id for row in rows if row.access is rows[0].access]
        return self.at(Step.PERMISSIONS, setup={"ticked": frozenset(same[:BATCH])})

    def checking(self) -> Iterator[Link]:
        """Give a link with each check on its way."""
        for kind in CheckKind:
            if kind is not CheckKind.API or self._client:
                setup = {"api": _API, **(self._client if kind is CheckKind.API else {})}
                yield self.at(_STEP_OF[kind], setup=setup, attempt=Attempt(checking=self._checking(kind)))

    def refused(self, reason: Reason) -> Link:
        """Make a link that stands at a refusal."""
        kind = kind_of(reason)
        rows = ({}, _DENIED) if reason in {Reason.PERMISSIONS_MISSING, Reason.NOT_AUTHORIZED} else (_DENIED,)
        rows = (_EMPTY,) if reason in {Reason.PERMISSIONS_EMPTY, Reason.REACHABLE_BUT_EMPTY} else rows
        finding = self._finding(kind, reason, rows)
        step = _STEP_OF[kind]
        setup: dict[str, Any] = {"api": _API, **(self._client if kind is CheckKind.API else {})}
        if reason in _BY_TOKEN:
            step, setup = Step.KEY_CLIENT, {**_BY_KEY, "account": replace(_BY_KEY["account"], proved=False)}
        elif kind is CheckKind.LOGIN:
            setup["account"] = replace(_ACCOUNT, proved=False, worked_at=None)
        link = self.at(step, setup=setup)
        likely = infer(finding, asked(link.setup, self._rules.permissions)) if kind is CheckKind.PERMISSIONS else ()
        tried = Attempt(trouble=finding, tried=self._checking(kind), likely=likely, before=3, tries_left=1)
        return replace(link, attempt=tried, seen=self._report(kind, rows, reason).observations)

    def refusals(self) -> Iterator[Link]:
        """Give a link for every reason that a card can show."""
        for reason in Reason:
            if reason not in _NEVER_SHOWN and (kind_of(reason) is not CheckKind.API or self._client):
                yield self.refused(reason)

    def hitches(self) -> Iterator[Link]:
        """Give a link for everything else that stands between a step and its check."""
        for hitch in Hitch:
            tried = self._checking(CheckKind.REACH if hitch is Hitch.RIVAL else CheckKind.LOGIN)
            step = Step.SERVICE_URL if hitch is Hitch.RIVAL else Step.ISU
            until = NOW + timedelta(minutes=20)
            yield self.at(
                step, setup={"account": _ACCOUNT}, cooling_until=until, attempt=Attempt(hitch=hitch, tried=tried)
            )
        offered = Attempt(offer=_OTHER, tried=self._checking(CheckKind.REACH))
        yield self.at(Step.SERVICE_URL, attempt=offered)

    def helped(self) -> Iterator[tuple[Link, Topic]]:
        """Give a link for every piece of help, where it is offered."""
        for step, row in STEPS.items():
            for topic in row.topics if step is not Step.API_CLIENT or self._client else ():
                yield self.at(step, attempt=Attempt(help=topic)), topic
        yield self.at(Step.GROUP, attempt=Attempt(help=Topic.STUCK)), Topic.STUCK
        rejected = self.refused(Reason.INVALID_CREDENTIALS)
        for topic in (Topic.RETYPE, Topic.USER_NAME, Topic.FLAGS, Topic.LOCKED, Topic.POLICY, Topic.REFRESHED):
            yield replace(rejected, attempt=replace(rejected.attempt, help=topic)), topic

    def exposed(self) -> Iterator[Link]:
        """Give links whose secrets were posted, or are not there any more."""
        yield self.at(Step.GROUP, setup={"burnt": True, "account": replace(_ACCOUNT, secret=None)})
        yield self.at(Step.LINKED, setup={"burnt": True})
        if self._client:
            yield self.at(Step.API_CLIENT, setup={"burnt_client": True, **self._client})
        yield self.at(Step.GROUP, setup={"account": replace(_ACCOUNT, secret=None)})

    def standing(self) -> Iterator[Link]:
        """Give links that wait, are over, or need somebody after they were linked."""
        yield self.at(Step.GROUP, status=Status.PAUSED)
        yield self.at(Step.GROUP, status=Status.PAUSED, paused_until=date(2026, 12, 1))
        yield self.at(Step.WELCOME, status=Status.PAUSED, approval=date(2026, 12, 8))
        yield self.at(Step.LINKED, status=Status.PAUSED)
        yield self.at(Step.GROUP, status=Status.CANCELLED)
        for reason in (Reason.INVALID_CREDENTIALS, Reason.PERMISSIONS_MISSING, Reason.NOT_ANSWERING):
            yield self.failing(reason)
        yield self.at(Step.ISU, previous=self.at(Step.LINKED).setup)

    def failing(self, reason: Reason) -> Link:
        """Make a finished link that does not work any more."""
        missing = reason is Reason.PERMISSIONS_MISSING
        matrix = self._finding(
            CheckKind.PERMISSIONS, reason if missing else Reason.OK, ({}, _DENIED) if missing else ({},)
        )
        issue = Issue(reason=reason, first_seen=NOW - timedelta(days=1), last_seen=NOW)
        return self.at(Step.LINKED, issue=issue, setup={"matrix": matrix, "expiry": _POLICY})

    def parents(self) -> Iterator[Link]:
        """Give links whose message in the channel differs."""
        yield self.new()
        last = Last(key="login", at=NOW - timedelta(minutes=5))
        yield self.at(Step.PERMISSIONS, last=last)
        yield self.at(
            Step.ISU,
            holders={Step.ISU: BOB},
            last=Last(key="step_handed_over", at=NOW, names={"person": "U0BOB", "step": "isu"}),
        )
        yield self.at(Step.LINKED, setup={"expiry": _POLICY}, last=Last(key="linked", at=NOW))
        yield from self.standing()

    def reminded(self) -> Iterator[tuple[Link, Cause]]:
        """Give a link with each reminder."""
        for cause in Cause:
            nudge = Nudge(cause=cause, number=0, rung=0, at=NOW)
            match cause:
                case Cause.APPROVAL:
                    link = self.at(Step.WELCOME, status=Status.PAUSED, approval=NOW.date())
                case Cause.PASSWORD:
                    link = self.at(Step.LINKED, setup={"expiry": _POLICY})
                case Cause.CERTIFICATE:
                    link = self.at(Step.LINKED, setup={**_BY_KEY, "expiry": _POLICY})
                case Cause.EXPIRY:
                    link = self.at(Step.LINKED, setup={"expiry": Expiry(kind=ExpiryKind.UNKNOWN)})
                case Cause.BROKEN:
                    link = self.failing(Reason.INVALID_CREDENTIALS)
                case Cause.ACTIVATION:
                    link = self.refused(Reason.PERMISSIONS_MISSING)
                case Cause.STALLED:
                    link = self.at(Step.GROUP)
                case _:
                    assert_never(cause)
            yield replace(link, nudge=nudge), cause

    def answered(self) -> Iterator[Link]:
        """Give a link with each end of a reminder."""
        for outcome in Outcome:
            nudge = Nudge(cause=Cause.STALLED, number=0, rung=0, at=NOW, outcome=outcome)
            yield self.at(Step.PERMISSIONS, nudge=nudge)

    def _checking(self, kind: CheckKind) -> Checking:
        return Checking(id="made-up", kind=kind, since=NOW, endpoints=(_ENDPOINT,))

    def _finding(self, kind: CheckKind, reason: Reason, rows: tuple[dict[str, Any], ...]) -> Finding:
        told = self._report(kind, rows, reason)
        wide = ABSENCE in self._rules.permissions.profiles and kind is CheckKind.API
        permissions = self._rules.permissions.rows(self._profile, absence=wide)
        found = conclude(told, permissions)
        evidence = next((one for one in told.observations if one.fault_text or one.error_code or one.transport), None)
        return replace(
            found, kind=kind, reason=reason, owner=reason.traits.owner, field=reason.traits.field, evidence=evidence
        )

    def _report(self, kind: CheckKind, rows: tuple[dict[str, Any], ...], reason: Reason) -> Report:
        own = {CheckKind.REACH: Layer.REACH, CheckKind.API: Layer.TOKEN}.get(kind, Layer.LOGIN)
        is_about_rows = kind is CheckKind.PERMISSIONS
        found = [_seen(own, **({} if is_about_rows else _SAID.get(reason, {})))]
        if is_about_rows:
            probed = [
                row
                for row in self._rules.permissions.rows(self._profile)
                if not row.probe.is_rest and not row.unprobed_because
            ]
            found += [_seen(Layer.PERMISSION, row.id, **facts) for row, facts in zip(probed, cycle(rows), strict=False)]
        return Report(kind=kind, observations=tuple(found), endpoint=_ENDPOINT)


_RARE: Final = frozenset({Step.AUTH_POLICY, Step.API_CLIENT, *_OF_WAYS})


def _seen(layer: Layer, probe: str = "", **facts: Any) -> Observation:  # noqa: ANN401  any field of an observation
    content = Content.JSON if layer in {Layer.TOKEN, Layer.REST} else Content.XML
    operation = "token" if layer is Layer.TOKEN else "Get_Workers"
    given: dict[str, Any] = {"http_status": 200, "content": content, "at": NOW, "request_id": "made-up", **facts}
    return Observation(layer=layer, operation=operation, host=_ENDPOINT.host, probe=probe, **given)
