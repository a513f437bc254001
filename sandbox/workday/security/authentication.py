"""Owns authentication policies, pending and active; must not look at passwords or domain permissions."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass

ANY = "Any"
USER_NAME_PASSWORD = "User Name Password"  # noqa: S105 (the name of an authentication type)
SAML = "SAML"
ALL_USERS = "All Users"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationRule:
    """One rule: whom it is for, how they may sign in, and from where (empty: anywhere)."""

    name: str
    groups: tuple[str, ...]
    allowed_types: tuple[str, ...] = (ANY,)
    networks: tuple[str, ...] = ()

    def matches(self, groups: Collection[str]) -> bool:
        return ALL_USERS in self.groups or not set(self.groups).isdisjoint(groups)

    def allows(self, address: str, kind: str) -> bool:
        types_fit = ANY in self.allowed_types or kind in self.allowed_types
        return types_fit and (not self.networks or _inside(address, self.networks))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationPolicy:
    """The network deny-list comes first, then the first rule for a group of the user decides."""

    rules: tuple[AuthenticationRule, ...] = ()
    denied_networks: tuple[str, ...] = ()

    def allows(self, groups: Collection[str], address: str, kind: str) -> bool:
        """Return whether this sign-on may go on; users no rule is for come in any way."""
        if _inside(address, self.denied_networks):
            return False
        for rule in self.rules:
            if rule.matches(groups):
                return rule.allows(address, kind)
        return True


@dataclass(slots=True)
class AuthenticationPolicies:
    """What Manage Authentication Policies edits, and what is in force."""

    pending: AuthenticationPolicy = AuthenticationPolicy()
    active: AuthenticationPolicy = AuthenticationPolicy()

    def activate(self) -> None:
        self.active = self.pending


def _inside(address: str, networks: Collection[str]) -> bool:
    ip = ipaddress.ip_address(address)
    return any(ip in ipaddress.ip_network(network) for network in networks)
