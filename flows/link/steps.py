"""The walk as rows: what each step holds and needs, and which are walked for each way to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Login, Reason
from flows.link.attempt import Topic
from flows.link.events import Form
from flows.link.setup import Setup
from flows.link.state import Cause, Step
from flows.permissions import Way


class Kind(StrEnum):
    """How a step is finished: a person says so, a form is sent, or Workday itself answers."""

    CONFIRM = "confirm"
    FORM = "form"
    CHECK = "check"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step. `tasks` are texts for Workday's search box, `rights` the domains an admin needs for them.

    `minutes` is the usual time in Workday; `topics` are what "I'm stuck" offers; `pictures` name
    drawings of its pages in Workday, whose alternative texts are the words `picture.<name>`.
    """

    step: Step
    kind: Kind
    minutes: int
    tasks: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    form: Form | None = None
    check: CheckKind | None = None
    topics: tuple[Topic, ...] = (Topic.NO_TASK,)
    pictures: tuple[str, ...] = ()


STEPS: dict[Step, StepRow] = {
    row.step: row
    for row in (
        StepRow(step=Step.WELCOME, kind=Kind.CONFIRM, minutes=1, topics=()),
        StepRow(
            step=Step.SERVICE_URL,
            kind=Kind.FORM,
            minutes=2,
            tasks=("View API Clients",),
            rights=("Security Administration",),
            form=Form.SERVICE_URL,
            check=CheckKind.REACH,
            topics=(Topic.NO_TASK, Topic.WDSL),
            pictures=("search", "service_url"),
        ),
        StepRow(
            step=Step.ISU,
            kind=Kind.FORM,
            minutes=4,
            tasks=("Create Integration System User",),
            rights=("Integration Security",),
            form=Form.ISU,
            check=CheckKind.LOGIN,
            pictures=("isu",),
        ),
        StepRow(
            step=Step.EXPIRY,
            kind=Kind.CONFIRM,
            minutes=2,
            tasks=("Maintain Password Rules",),
            rights=("Security Administration",),
            form=Form.EXPIRY,
            pictures=("expiry",),
        ),
        StepRow(
            step=Step.USER,
            kind=Kind.CONFIRM,
            minutes=3,
            tasks=("Create Integration System User",),
            rights=("Integration Security",),
            pictures=("isu",),
        ),
        StepRow(
            step=Step.KEY_CLIENT,
            kind=Kind.FORM,
            minutes=4,
            tasks=("Create x509 Public Key", "Register API Client"),
            rights=("Security Administration",),
            form=Form.KEY_CLIENT,
            check=CheckKind.LOGIN,
            pictures=("key_new", "key_client_new", "key_client_made"),
        ),
        StepRow(
            step=Step.TOKEN_CLIENT,
            kind=Kind.FORM,
            minutes=5,
            tasks=("Register API Client for Integrations",),
            rights=("Security Administration",),
            form=Form.TOKEN_CLIENT,
            check=CheckKind.LOGIN,
            pictures=("client_new", "client_made", "token_user", "token_new", "token_made"),
        ),
        StepRow(
            step=Step.GROUP,
            kind=Kind.CONFIRM,
            minutes=3,
            tasks=("Create Security Group",),
            rights=("Security Configuration",),
            pictures=("group_new", "group_users"),
        ),
        StepRow(
            step=Step.PERMISSIONS,
            kind=Kind.CONFIRM,
            minutes=0,
            tasks=("Maintain Permissions for Security Group",),
            rights=("Security Configuration",),
            topics=(Topic.NO_TASK, Topic.NO_POLICY),
            pictures=("permissions_group", "permissions_rows"),
        ),
        StepRow(
            step=Step.ACTIVATION,
            kind=Kind.CHECK,
            minutes=2,
            tasks=("Activate Pending Security Policy Changes",),
            rights=("Security Configuration", "Security Activation"),
            check=CheckKind.PERMISSIONS,
            topics=(Topic.NO_TASK, Topic.NOT_ACTIVE, Topic.MEMBERSHIP),
            pictures=("activation_comment", "activation_confirm"),
        ),
        StepRow(
            step=Step.AUTH_POLICY,
            kind=Kind.CHECK,
            minutes=5,
            tasks=("Manage Authentication Policies", "Activate All Pending Authentication Policy Changes"),
            rights=("Set Up: Tenant Setup - Security",),
            check=CheckKind.PERMISSIONS,
            pictures=("policy_edit", "policy_rule", "policy_activate"),
        ),
        StepRow(
            step=Step.API_CLIENT,
            kind=Kind.FORM,
            minutes=5,
            tasks=("Register API Client for Integrations",),
            rights=("Security Administration",),
            form=Form.API_CLIENT,
            check=CheckKind.API,
            pictures=("client_new", "client_made", "token_user", "token_new", "token_made"),
        ),
        StepRow(step=Step.CHECK, kind=Kind.CHECK, minutes=1, check=CheckKind.FULL, topics=()),
        StepRow(step=Step.LINKED, kind=Kind.END, minutes=0, topics=()),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """One way to sign in.

    `steps` are walked this way alone, `proves` is the one at which the sign-in is tried, and `form` what is entered
    there. `bearer` tells that an access token signs on everywhere, so that no password is sent and what Workday may
    lock is the API client; `failures` is how many refusals within half an hour are risked then. `ends` names what ends
    some day, `reminder` what is reminded of when the day is near, `deleted` what a receipt says of it.
    """

    way: Way
    steps: frozenset[Step]
    proves: Step
    form: Form
    bearer: bool
    failures: int
    ends: str
    reminder: Cause
    deleted: str


WAYS: Final[dict[Way, WayRow]] = {
    row.way: row
    for row in (
        WayRow(
            way=Way.PASSWORD,
            steps=frozenset({Step.ISU, Step.EXPIRY, Step.AUTH_POLICY, Step.API_CLIENT}),
            proves=Step.ISU,
            form=Form.ISU,
            bearer=False,
            failures=2,
            ends="",
            reminder=Cause.PASSWORD,
            deleted="password",
        ),
        WayRow(
            way=Way.REFRESH_TOKEN,
            steps=frozenset({Step.USER, Step.TOKEN_CLIENT}),
            proves=Step.TOKEN_CLIENT,
            form=Form.TOKEN_CLIENT,
            bearer=True,
            failures=4,
            ends="token",
            reminder=Cause.PASSWORD,
            deleted="token",
        ),
        WayRow(
            way=Way.KEY,
            steps=frozenset({Step.USER, Step.KEY_CLIENT}),
            proves=Step.KEY_CLIENT,
            form=Form.KEY_CLIENT,
            bearer=True,
            failures=4,
            ends="certificate",
            reminder=Cause.CERTIFICATE,
            deleted="key",
        ),
    )
}

PROVING: Final = frozenset(row.proves for row in WAYS.values())
"""The steps at which a sign-in is tried for the first time."""

_ORDER: Final = {step: number for number, step in enumerate(Step)}


CONFIRMED: Final = frozenset(
    row.step for row in STEPS.values() if row.kind is Kind.CONFIRM and row.form is None and row.step is not Step.WELCOME
)
"""Steps that are finished by saying so."""

BEFORE_ISU: Final = frozenset(step for number, step in enumerate(Step) if number < tuple(Step).index(Step.ISU))
"""Steps from which the walk comes to the user and its password anyway."""


RELINKS = {"user": Step.ISU, "address": Step.SERVICE_URL, "api_client": Step.API_CLIENT} | {
    str(way): row.proves for way, row in WAYS.items()
}
"""What of a finished link can be replaced, and the step at which that begins; a way to sign in is named by itself."""


def row_of(setup: Setup) -> WayRow:
    """Return the row of the way that a set-up signs in."""
    return WAYS[setup.way]


def foreign_steps(way: Way) -> frozenset[Step]:
    """List the steps that are walked in other ways only."""
    return frozenset(step for row in WAYS.values() for step in row.steps) - WAYS[way].steps


def is_before(setup: Setup, step: Step) -> bool:
    """Tell whether the walk comes from `step` to where everything is entered that the user signs in with."""
    row = row_of(setup)
    return _ORDER[step] < _ORDER[row.proves] or (row.bearer and step is row.proves)


def refuses(setup: Setup, reason: Reason) -> bool:
    """Tell whether a reason says that Workday does not take what a set-up signs in with."""
    if row_of(setup).bearer:
        return reason.traits.login is Login.REJECTED
    return reason is Reason.INVALID_CREDENTIALS
