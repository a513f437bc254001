"""Input and output of one check; it holds secrets for the moment and shows none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from flows.diagnosis.limits import MOST_REFUSED
from flows.diagnosis.observations import CheckKind, Report
from flows.permissions import Permission
from flows.tenant.service_url import Endpoint
from flows.workday.rest import ApiClient, Grant
from flows.workday.tokens.assertions import KeyClient

DEFAULT_VERSION: Final = "v44.0"
# Seen to work on live tenants; newer ones are not on every tenant, and two releases a year move the top.
VERSIONS: Final = ("v40.0", "v42.0", "v43.0", "v44.0", "v45.0", "v46.0")
EPOCH: Final = datetime.fromtimestamp(0, UTC)
_VERSION = re.compile(r"v(?P<release>\d{1,3})\.(?P<update>\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """One check: how far to go, where, with what. `endpoints` are asked in order until one answers.

    `probe_writes` asks about writing too, by at most so many dry runs as `dry_runs_left`, and needs the customer's
    consent. `deep_at`, the present moment, asks Workday about itself over the API client, where there is one. `at`, the
    present moment too, dates what is seen. `address_proved` says that the one endpoint has answered as Workday before.
    With `bearer` an access token signs on everywhere and no password is sent; `fresh` asks for a new one even where one
    is at hand.
    Raises ValueError when what the kind of check needs is not there.
    """

    kind: CheckKind
    endpoints: tuple[Endpoint, ...]
    user: str = ""
    password: SecretStr | None = None
    rows: tuple[Permission, ...] = ()
    api: Grant | None = None
    bearer: bool = False
    fresh: bool = False
    version: str = DEFAULT_VERSION
    probe_writes: bool = False
    dry_runs_left: int = MOST_REFUSED
    deep_at: datetime | None = None
    at: datetime | None = None
    address_proved: bool = False

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        if not self.endpoints:
            raise ValueError("A check needs at least one endpoint")
        if self.bearer and self.password is not None:
            raise ValueError("A check that an access token signs on sends no password")
        if self.signs_in and self.bearer and self.api is None:
            raise ValueError(f"A check of kind {self.kind} needs an API client")
        if self.signs_in and not self.bearer and (not self.user or self.password is None):
            raise ValueError(f"A check of kind {self.kind} needs a user and a password")
        if isinstance(self.api, KeyClient) and self.at is None:
            raise ValueError("An assertion needs the present moment")
        if self.kind is CheckKind.API and self.api is None:
            raise ValueError("A check of the API needs an API client")
        version_ladder(self.version)

    @property
    def signs_in(self) -> bool:
        """Return whether the check signs on to web services."""
        return self.kind in {CheckKind.LOGIN, CheckKind.PERMISSIONS, CheckKind.FULL}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret that the check sends."""
        api = secrets_of(self.api) if self.api else ()
        password = (self.password,) if self.password else ()
        return tuple(secret.get_secret_value() for secret in (*password, *api))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check saw, and the new refresh token when Workday replaced the one that was used."""

    report: Report
    rotated_refresh_token: SecretStr | None = None


def secrets_of(grant: Grant) -> tuple[SecretStr, ...]:
    """Return the secrets of what a token is asked for with."""
    if isinstance(grant, ApiClient):
        return (grant.client_secret, grant.refresh_token)
    return (grant.private_key,)


def version_ladder(start: str) -> tuple[str, ...]:
    """Return the versions to try: the one wished for, then down, then up; raises ValueError for no version."""
    wished = _order(start)
    older = [version for version in reversed(VERSIONS) if _order(version) < wished]
    newer = [version for version in VERSIONS if _order(version) > wished]
    return (start, *older, *newer)


def _order(version: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is not a version; write it like {DEFAULT_VERSION}")
    return int(match["release"]), int(match["update"])
