"""What a link is set up with at Workday: what a relink replaces as a whole; it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NewType, assert_never

from flows.diagnosis.findings import Finding
from flows.permissions import Way
from flows.tenant.service_url import Endpoint, Environment

SecretRef = NewType("SecretRef", str)
"""Names one sealed secret in the vault; never the secret itself."""


class ExpiryKind(StrEnum):
    """What is known about the life of the integration user's password."""

    EXEMPT = "exempt"
    POLICY = "policy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The integration system user: its name, its sealed password and whether Workday took both.

    `refused` tells that Workday has seen this password and said no. `candidate` is a newer password on trial; the old
    one stays in use until the new one is proved. `worked_at` is the last time Workday let the user in. `owned` tells
    that this link has proved the user once, so that the user is its own; `allowed` that our own people let it try one
    that another link owns.
    """

    user_name: str
    secret: SecretRef | None
    proved: bool = False
    refused: bool = False
    worked_at: datetime | None = None
    candidate: SecretRef | None = None
    owned: bool = False
    allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAccess:
    """The API client for integrations, with its two sealed secrets."""

    client_id: str
    secret: SecretRef
    refresh_token: SecretRef
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair made for this link: `certificate` is PEM and no secret, `private` the sealed half that is one.

    `client_id` is of the API client that knows the certificate, empty until it was entered; `private` is None once it
    was forgotten.
    """

    certificate: str
    private: SecretRef | None
    client_id: str = ""

    @property
    def is_ready(self) -> bool:
        """Tell whether the pair is whole and a client knows it."""
        return self.private is not None and bool(self.client_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """When the password or the certificate ends: exempt, `days` counted from `set_on`, or not known."""

    kind: ExpiryKind
    days: int | None = None
    set_on: date | None = None

    @property
    def due(self) -> date | None:
        """The last day on which it works, if it is known."""
        if self.kind is not ExpiryKind.POLICY or self.days is None or self.set_on is None:
            return None
        return _last_day(self.set_on, self.days)


# Whoever works out a reminder asks for it a dozen times.
@lru_cache(maxsize=2048)
def _last_day(set_on: date, days: int) -> date:
    return set_on + timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything a relink keeps until the new one is proved, and then replaces.

    `way` is how the user signs in, `key` the pair that it does so with where that is the way.

    `expiry_at` is when somebody said, or a new password showed, when the password ends.
    `group` is the security group's name where it is not the one that we suggest.
    `ticked` are the permissions that somebody said are set, `left_out` those that the link goes on without, and
    why; `policy_needed` that the user needs a sign-on rule of its own; `empty_is_right` that a person said so of
    permissions for which Workday sends nothing back. `matrix` is the newest verdict on every permission. `burnt`
    and `burnt_client` tell that the password, or what belongs to the API client, was posted where others can read
    it.
    """

    profile: str
    absence: bool
    environment: Environment
    endpoint: Endpoint | None = None
    account: Account | None = None
    expiry: Expiry | None = None
    expiry_at: datetime | None = None
    ticked: frozenset[str] = frozenset()
    group: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    policy_needed: bool = False
    api: ApiAccess | None = None
    matrix: Finding | None = None
    empty_is_right: bool = False
    burnt: bool = False
    burnt_client: bool = False
    way: Way = Way.PASSWORD
    key: KeyPair | None = None

    @property
    def can_sign_in(self) -> bool:
        """Tell whether there is all that the user signs in with."""
        match self.way:
            case Way.PASSWORD:
                return self.account is not None and self.account.secret is not None
            case Way.REFRESH_TOKEN:
                return self.account is not None and self.api is not None
            case Way.KEY:
                return self.account is not None and self.key is not None and self.key.is_ready
            case _:
                assert_never(self.way)

    @property
    def is_trusted(self) -> bool:
        """Tell whether Workday let the user in last time."""
        return self.account is not None and self.account.proved

    @property
    def credentials(self) -> frozenset[SecretRef]:
        """The sealed secrets it works with, those of its own way alone; a password on trial is not among them."""
        password = self.account.secret if self.account and self.way is Way.PASSWORD else None
        tokens = (self.api.secret, self.api.refresh_token) if self.api and self.way is not Way.KEY else ()
        private = self.key.private if self.key and self.way is Way.KEY else None
        return frozenset(ref for ref in (password, *tokens, private) if ref)

    @property
    def signs_in_with(self) -> frozenset[SecretRef]:
        """The sealed secrets that Workday judges when the user signs in: a password alone, else all of its way."""
        if self.way is Way.PASSWORD:
            return frozenset(ref for ref in (self.account.secret if self.account else None,) if ref)
        return self.credentials

    @property
    def secrets(self) -> frozenset[SecretRef]:
        """Every sealed secret of it, a password on trial and a key that no client knows yet too."""
        candidate = self.account.candidate if self.account else None
        return self.credentials | {ref for ref in (candidate,) if ref}
