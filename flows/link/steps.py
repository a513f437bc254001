"""The walk as rows: what each step holds and needs, and which are walked for each way to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Final, TypeAlias

from flows.diagnosis.observations import CheckKind
from flows.diagnosis.reasons import Login, Reason
from flows.link.attempt import Topic
from flows.link.events import Form
from flows.link.setup import Setup
from flows.link.state import Cause, Link, Person, Status, Step
from flows.permissions import Permission, Permissions, Way


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


SECONDS_A_ROW: Final = 40
"""How long one permission takes to add in Workday: its access, its policy, and the search for it."""

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


def foreign_steps(setup: Setup) -> frozenset[Step]:
    """List the steps that are walked in other ways only."""
    return frozenset(step for row in WAYS.values() for step in row.steps) - row_of(setup).steps


def is_before(setup: Setup, step: Step) -> bool:
    """Tell whether the walk comes from `step` to where everything is entered that the user signs in with."""
    row = row_of(setup)
    return _ORDER[step] < _ORDER[row.proves] or (row.bearer and step is row.proves)


def refuses(setup: Setup, reason: Reason) -> bool:
    """Tell whether a reason says that Workday does not take what a set-up signs in with."""
    if row_of(setup).bearer:
        return reason.traits.login is Login.REJECTED
    return reason is Reason.INVALID_CREDENTIALS


def offered(link: Link, permissions: Permissions) -> tuple[Way, ...]:
    """List the ways that a link may be signed in, the usual one first."""
    return permissions.profile(link.setup.profile).sign_in


def wants_key(link: Link) -> bool:
    """Tell whether a key pair is to be made for the present step."""
    return link.setup.way is Way.KEY and link.step is Step.KEY_CLIENT and link.setup.key is None


def needs_api(link: Link, permissions: Permissions) -> bool:
    """Tell whether this link needs an API client beside the user: absence data was asked for, or its profile does."""
    if row_of(link.setup).bearer:
        return False
    return link.setup.absence or permissions.profile(link.setup.profile).needs_api_client


def asked(setup: Setup, permissions: Permissions) -> tuple[Permission, ...]:
    """List the permissions that a set-up asks for, without those that were left out."""
    rows = permissions.rows(setup.profile, absence=setup.absence)
    return tuple(row for row in rows if row.id not in setup.left_out) if setup.left_out else rows


def walk(link: Link, permissions: Permissions) -> tuple[Step, ...]:
    """List the steps this link has to go through, in order; the one it stands at is always among them."""
    skipped = set(foreign_steps(link.setup))
    if not link.setup.policy_needed:
        skipped.add(Step.AUTH_POLICY)
    if not needs_api(link, permissions):
        skipped.add(Step.API_CLIENT)
    return tuple(step for step in Step if step not in skipped or step is link.step)


def following(link: Link, permissions: Permissions) -> Step:
    """Name the step after the link's present one."""
    steps = walk(link, permissions)
    return steps[min(steps.index(link.step) + 1, len(steps) - 1)]


def preceding(link: Link, permissions: Permissions) -> Step:
    """Name the step before the link's present one; the first step precedes itself."""
    steps = walk(link, permissions)
    return steps[max(steps.index(link.step) - 1, 0)]


Usual: TypeAlias = Mapping[Step, float]
"""How many minutes each step has usually taken this vendor's customers, for steps of which that is known."""

UNKNOWN: Final[Usual] = MappingProxyType({})
_UNMEASURED: Final = frozenset({Step.WELCOME, Step.CHECK, Step.LINKED})
"""Steps in which nobody is at work in Workday."""


def minutes_left(link: Link, permissions: Permissions, usual: Usual = UNKNOWN) -> int:
    """Tell how many minutes remain: as long as it usually took, where that is known, else by the rows.

    By the rows each permission takes its time. More than ten minutes are rounded to fives where history says so.
    """
    if not is_usual(link, permissions, usual):
        return _by_rows(_left(link, permissions), link, permissions)
    left = [step for step in _left(link, permissions) if step not in _UNMEASURED]
    minutes = max(round(sum(usual[step] for step in left)), 1)
    return minutes if minutes <= _EXACT else _FIVE * round(minutes / _FIVE)


_EXACT, _FIVE = 10, 5


def is_usual(link: Link, permissions: Permissions, usual: Usual) -> bool:
    """Tell whether history knows every step that is still ahead of a link."""
    left = set(_left(link, permissions)) - _UNMEASURED
    return bool(left) and left <= usual.keys()


def _left(link: Link, permissions: Permissions) -> tuple[Step, ...]:
    steps = walk(link, permissions)
    return steps[steps.index(link.step) :]


def _by_rows(left: tuple[Step, ...], link: Link, permissions: Permissions) -> int:
    rows = ceil(len(asked(link.setup, permissions)) * SECONDS_A_ROW / 60)
    return sum(STEPS[step].minutes for step in left) + rows * (Step.PERMISSIONS in left)


def replaceable(link: Link, permissions: Permissions) -> tuple[str, ...]:
    """List what of a finished link can be replaced, by the names in `RELINKS`; its own way first."""
    setup, ways = link.setup, offered(link, permissions)
    own = str(setup.way) if row_of(setup).bearer else "user"
    others = (str(way) for way in ways if way is not setup.way)
    api = ("api_client",) if needs_api(link, permissions) else ()
    return (own, "address", *api, *others)


def may_be_parted(link: Link) -> bool:
    """Tell whether the present step can be handed over by itself."""
    return link.status is Status.ACTIVE and bool(STEPS[link.step].rights)


def parts_ahead(link: Link, permissions: Permissions) -> tuple[Step, ...]:
    """List the steps after the present one that can be handed over by themselves, each to whoever has its rights."""
    if link.status is not Status.ACTIVE or link.admin is None:
        return ()
    return tuple(step for step in _left(link, permissions)[1:] if STEPS[step].rights)


def held(link: Link, permissions: Permissions) -> dict[Step, Person]:
    """Return who holds which of the steps that a link still has to go, in their order."""
    if link.status not in {Status.ACTIVE, Status.PAUSED} or not link.holders:
        return {}
    return {step: link.holders[step] for step in _left(link, permissions) if step in link.holders}
