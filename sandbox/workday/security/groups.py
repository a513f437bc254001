"""Owns security groups and domain permissions, pending and active; knows no account and no request."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.workday.security.policies import (
    AREA_OF,
    FUNCTIONAL_AREAS,
    INTEGRATION_RIGHTS,
    PARENTS,
    POLICIES,
    RIGHTS,
    TASK_RIGHTS,
    Access,
    Right,
    chosen,
)


class GroupKind(StrEnum):
    """The values of Type of Tenanted Security Group that matter for integrations."""

    UNCONSTRAINED = "Integration System Security Group (Unconstrained)"
    CONSTRAINED = "Integration System Security Group (Constrained)"
    USER_BASED = "User-Based Security Group"
    SEGMENT_BASED = "Segment-Based Security Group"


@dataclass(slots=True)
class SecurityGroup:
    """A security group; `organizations` limit a constrained one, a segment-based one has the members of `includes`."""

    name: str
    kind: GroupKind
    organizations: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account may see through a policy: everything, or only some organizations."""

    organizations: frozenset[str] | None = None

    def covers(self, organization: str) -> bool:
        """Return whether a worker of this organization is in sight."""
        return self.organizations is None or organization in self.organizations


@dataclass(slots=True)
class PolicySettings:
    """One edition of the security policies: what activation moves from pending to active."""

    grants: dict[tuple[str, str], frozenset[Right]] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    overridden: set[str] = field(default_factory=set)
    disabled_areas: set[str] = field(default_factory=set)
    disabled_policies: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One run of Activate Pending Security Policy Changes."""

    at: float
    comment: str
    changed: tuple[str, ...]


@dataclass(slots=True)
class SecurityPolicies:
    """The groups and policies of one tenant."""

    groups: dict[str, SecurityGroup] = field(default_factory=dict)
    pending: PolicySettings = field(default_factory=PolicySettings)
    active: PolicySettings = field(default_factory=PolicySettings)
    activations: list[Activation] = field(default_factory=list)
    extra_policies: set[str] = field(default_factory=set)

    def known(self) -> frozenset[str]:
        """Return every policy name the search box finds: those of a functional area that is off are not there."""
        off = self.active.disabled_areas
        return frozenset(name for name in POLICIES if AREA_OF[name] not in off) | self.extra_policies

    def group(self, name: str) -> SecurityGroup:
        return self.groups[chosen("security group", name, self.groups)]

    def delete_group(self, name: str) -> None:
        """Forget a group with its members and rows, in both editions."""
        del self.groups[chosen("security group", name, self.groups)]
        for settings in (self.pending, self.active):
            settings.members.pop(name, None)
            settings.grants = {key: rights for key, rights in settings.grants.items() if key[0] != name}

    def grant(self, group: str, policy: str, access: Access) -> None:
        """Write one row of Maintain Permissions; Get/Put and View/Modify are cells of their own."""
        key = (self.group(group).name, chosen("domain security policy", policy, self.known()))
        rights = RIGHTS[access]
        cell = INTEGRATION_RIGHTS if rights <= INTEGRATION_RIGHTS else TASK_RIGHTS
        self.pending.grants[key] = (self.pending.grants.get(key, frozenset()) - cell) | rights

    def revoke(self, group: str, policy: str) -> None:
        self.pending.grants.pop((self.group(group).name, chosen("domain security policy", policy, self.known())), None)

    def set_area(self, area: str, *, enabled: bool) -> None:
        chosen("functional area", area, FUNCTIONAL_AREAS)
        (self.pending.disabled_areas.discard if enabled else self.pending.disabled_areas.add)(area)

    def with_pending_changes(self) -> tuple[str, ...]:
        """Return the policies whose pending edition differs from the active one, sorted."""
        old, new = self.active, self.pending
        keys = {key for key in old.grants.keys() | new.grants.keys() if old.grants.get(key) != new.grants.get(key)}
        areas = old.disabled_areas ^ new.disabled_areas
        return tuple(
            sorted(
                {policy for _, policy in keys}
                | (old.overridden ^ new.overridden)
                | (old.disabled_policies ^ new.disabled_policies)
                | {policy for policy, area in AREA_OF.items() if area in areas}
            )
        )

    def activate(self, *, at: float, comment: str) -> Activation:
        """Make every pending change of the tenant active, whoever made it."""
        activation = Activation(at=at, comment=comment, changed=self.with_pending_changes())
        self.active = copy.deepcopy(self.pending)
        self.activations.append(activation)
        return activation

    def groups_of(self, account: str, *, activated_members: bool) -> list[SecurityGroup]:
        members = (self.active if activated_members else self.pending).members
        direct = {name for name in self.groups if account in members.get(name, frozenset())}
        return [group for name, group in self.groups.items() if name in direct or direct & group.includes]

    def sight(self, groups: Iterable[SecurityGroup], policies: Iterable[str], right: Right) -> Sight | None:
        """Return what these groups see through any of `policies`, or None when no policy lets them in."""
        names = tuple(policies)
        letting_in = [group for group in groups if any(right in self._rights(group.name, policy) for policy in names)]
        if not letting_in:
            return None
        if any(group.kind is not GroupKind.CONSTRAINED for group in letting_in):
            return Sight()
        return Sight(frozenset().union(*(group.organizations for group in letting_in)))

    def _rights(self, group: str, policy: str) -> frozenset[Right]:
        settings = self.active
        if policy in settings.disabled_policies or AREA_OF.get(policy) in settings.disabled_areas:
            return frozenset()
        rights = settings.grants.get((group, policy), frozenset())
        parent = PARENTS.get(policy)
        if parent is None or policy in settings.overridden:
            return rights
        return rights | self._rights(group, parent)


def rows(permissions: Mapping[str, str | Iterable[str]]) -> list[tuple[str, Access]]:
    """Read the rows an admin types: policy -> one access choice, or several."""
    return [
        (policy, Access(access))
        for policy, wanted in permissions.items()
        for access in ([wanted] if isinstance(wanted, str) else wanted)
    ]
