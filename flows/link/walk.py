"""The walk of one link: which steps it goes through, how long the rest takes, and who holds which; moves no link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil
from types import MappingProxyType
from typing import Final, TypeAlias

from flows.diagnosis.reasons import Field
from flows.link.setup import Setup
from flows.link.state import Link, Person, Status, Step
from flows.link.steps import STEPS, foreign_steps, row_of
from flows.permissions import Permission, Permissions, Way

ADDRESS: Final = "address"
"""The part of a finished link that is another tenant, by its name in `RELINKS`."""

SECONDS_A_ROW: Final = 40
"""How long one permission takes to add in Workday: its access, its policy, and the search for it."""

_EXACT, _FIVE = 10, 5
"""Up to so many minutes are told one by one, more in fives."""


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


def agreed(setup: Setup, permissions: Permissions) -> tuple[Permission, ...]:
    """List the permissions that a finished set-up was looked at for: what the profile asks for since is not among them.

    Nobody has been asked to grant that yet, so that it can neither be refused nor missed.
    """
    rows = asked(setup, permissions)
    known = {row.permission_id for row in (setup.matrix.rows if setup.matrix else ())}
    return tuple(row for row in rows if row.id in known) or rows


def asked_of(link: Link, permissions: Permissions) -> tuple[Permission, ...]:
    """List the permissions that a link as it stands asks for."""
    return (agreed if link.step is Step.LINKED else asked)(link.setup, permissions)


def walk(link: Link, permissions: Permissions) -> tuple[Step, ...]:
    """List the steps this link has to go through, in order; the one it stands at is always among them."""
    setup = link.setup
    return _steps(setup.way, link.step, has_policy=setup.policy_needed, has_api=needs_api(link, permissions))


@cache
def _steps(way: Way, at: Step, *, has_policy: bool, has_api: bool) -> tuple[Step, ...]:
    skipped = set(foreign_steps(way))
    if not has_policy:
        skipped.add(Step.AUTH_POLICY)
    if not has_api:
        skipped.add(Step.API_CLIENT)
    return tuple(step for step in Step if step not in skipped or step is at)


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
    return (own, ADDRESS, *api, *others)


_BLAMED = {Field.ENDPOINT: ADDRESS, Field.CLIENT: "api_client", Field.REFRESH_TOKEN: "api_client"}


def blamed(link: Link, names: Sequence[str]) -> str:
    """Choose among what can be replaced the part that Workday's answer is about, else the first one."""
    issue = link.open_issue
    name = ADDRESS if issue and issue.is_long_away else _BLAMED.get(issue.reason.traits.field, "") if issue else ""
    return name if name in names else names[0]


def may_be_parted(link: Link) -> bool:
    """Tell whether the present step can be handed over by itself."""
    return link.status is Status.ACTIVE and bool(STEPS[link.step].rights)


def parts_ahead(link: Link, permissions: Permissions) -> tuple[Step, ...]:
    """List the steps after the present one that can be handed over by themselves, each to whoever has its rights."""
    if link.status is not Status.ACTIVE or link.admin is None:
        return ()
    return tuple(step for step in _left(link, permissions)[1:] if STEPS[step].rights)


def held(link: Link, permissions: Permissions) -> dict[Step, Person]:
    """Return who holds which of the steps that a link still has to go, in their order; whoever has left holds none."""
    if link.status not in {Status.ACTIVE, Status.PAUSED} or not link.holders:
        return {}
    ahead = ((step, link.holders.get(step)) for step in _left(link, permissions))
    return {step: person for step, person in ahead if person and person.present}
