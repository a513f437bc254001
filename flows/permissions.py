"""The permissions a profile asks for, read from TOML; it knows their probes by name and never calls one."""

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from flows.small_files import read_text

BUILT_IN = Path(__file__).with_name("permissions.toml")
ABSENCE = "absence"
"""The profile whose rows are added to any other when absence data is asked for."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LONGEST_POLICY = 150
_ROW = frozenset(
    {
        *("policy", "access", "why", "data", "probe", "unprobed_because", "sections", "evidence"),
        *("area", "scope", "write_probe", "write_unprobed_because", "optional"),
    }
)


class PermissionsError(ValueError):
    """A permissions file that cannot be used; the text names the row and the mend."""


class Access(StrEnum):
    """The choices of the View/Modify Access column; Get and Put are for web services, View for REST."""

    GET_ONLY = "Get Only"
    GET_AND_PUT = "Get and Put"
    VIEW_ONLY = "View Only"
    VIEW_AND_MODIFY = "View and Modify"

    @property
    def writes(self) -> bool:
        """Return whether it opens more than reading."""
        return self in {Access.GET_AND_PUT, Access.VIEW_AND_MODIFY}


class Way(StrEnum):
    """How the integration user signs in; `flows.link.steps` says what follows from each."""

    PASSWORD = "password"  # noqa: S105  the name of a way
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  the name of a way
    KEY = "key"


class Probe(StrEnum):
    """The read-only requests that can prove a permission; `flows.workday.probes` says what each one sends."""

    NONE = "none"
    WORKERS = "workers"
    WORKER_PERSONAL = "worker_personal"
    WORKER_EMPLOYMENT = "worker_employment"
    WORKER_COMPENSATION = "worker_compensation"
    WORKER_ORGANIZATIONS = "worker_organizations"
    WORKER_ACCOUNT = "worker_account"
    WORK_CONTACT = "work_contact"
    HOME_CONTACT = "home_contact"
    ORGANIZATIONS = "organizations"
    LOCATIONS = "locations"
    JOB_PROFILES = "job_profiles"
    JOB_REQUISITIONS = "job_requisitions"
    CANDIDATES = "candidates"
    EVERGREEN_REQUISITIONS = "evergreen_requisitions"
    JOB_POSTINGS = "job_postings"
    REFERENCES = "references"
    REST_WORKERS = "rest_workers"
    REST_BALANCES = "rest_balances"
    REST_TIME_OFF_DETAILS = "rest_time_off_details"
    REST_LEAVES = "rest_leaves"
    REST_ELIGIBLE_ABSENCES = "rest_eligible_absences"

    @property
    def is_rest(self) -> bool:
        """Tell whether the probe goes over REST and so needs the API client."""
        return self.value.startswith("rest_")


class WriteProbe(StrEnum):
    """The dry runs that can prove Put or Modify; `flows.workday.probes` says what each one sends."""

    NONE = "none"
    PUT_CANDIDATE = "put_candidate"
    PUT_CANDIDATE_ATTACHMENT = "put_candidate_attachment"
    MOVE_CANDIDATE = "move_candidate"
    EDIT_JOB_REQUISITION = "edit_job_requisition"
    REST_REQUEST_TIME_OFF = "rest_request_time_off"

    @property
    def proves(self) -> Access:
        """Return the access that a row must have for this to prove it."""
        return Access.VIEW_AND_MODIFY if self.value.startswith("rest_") else Access.GET_AND_PUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One row to grant: the policy's exact name, the access to choose, why, and the probe that proves it.

    `sections` are the elements that must be in the answer. `evidence` says how well it is known that the
    policy guards the probe: W Workday's own notes, O its REST description, V other vendors, ~ plausible.
    `area` is the functional area that the policy belongs to, `scope` the one that an API client needs for it. What is
    `optional` the customer may leave out.
    """

    id: str
    policy: str
    access: Access
    why: str
    data: str
    probe: Probe
    unprobed_because: str = ""
    sections: tuple[str, ...] = ()
    evidence: str = "~"
    area: str = ""
    scope: str = ""
    write_probe: WriteProbe = WriteProbe.NONE
    write_unprobed_because: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one kind of customer links for; `sign_in` are the ways to choose from, the usual one first."""

    id: str
    title: str
    description: str
    permissions: tuple[Permission, ...]
    needs_api_client: bool = False
    scopes: tuple[str, ...] = ()
    sign_in: tuple[Way, ...] = (Way.PASSWORD,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Every profile by its id, in the order of the file."""

    profiles: Mapping[str, Profile]
    _rows: dict[tuple[str, bool], tuple[Permission, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def policies(self) -> frozenset[str]:
        """Return the policies of all profiles, by Workday's names."""
        return frozenset(row.policy for profile in self.profiles.values() for row in profile.permissions)

    def profile(self, profile_id: str) -> Profile:
        """Give one profile; raises PermissionsError for an id the file does not have."""
        if profile := self.profiles.get(profile_id):
            return profile
        known = ", ".join(self.profiles)
        raise PermissionsError(
            f"There is no profile {profile_id!r}; add it to the permissions file or use one of {known}"
        )

    def rows(self, profile_id: str, *, absence: bool = False) -> tuple[Permission, ...]:
        """Return the rows of a profile, with `absence` those of the absence profile too, each one once."""
        found = self._rows.get((profile_id, absence))
        if found is None:
            rows = self.profile(profile_id).permissions
            other = self.profiles.get(ABSENCE) if absence else None
            extra = other.permissions if other else ()
            found = self._rows[profile_id, absence] = rows + tuple(row for row in extra if row not in rows)
        return found


def load_permissions(path: Path | None = None) -> Permissions:
    """Read a permissions file, by default the built-in one; raises PermissionsError when it is unusable."""
    return _read(path) if path else _built_in()


@cache
def _built_in() -> Permissions:
    return _read(BUILT_IN)


def _read(source: Path) -> Permissions:
    try:
        document = tomllib.loads(read_text(source))
    except OSError as error:
        raise PermissionsError(f"{source} cannot be read ({error.strerror}); name a readable file") from error
    except ValueError as error:
        raise PermissionsError(f"{source} is not TOML in UTF-8: {error}") from error
    return read_permissions(document)


def read_permissions(document: Mapping[str, Any]) -> Permissions:
    """Read the tables `permissions` and `profiles` of a document; raises PermissionsError when they are unusable."""
    rows = {key: _permission(key, table) for key, table in _tables(document, "permissions").items()}
    profiles = {key: _profile(key, table, rows) for key, table in _tables(document, "profiles").items()}
    if spare := rows.keys() - {row.id for profile in profiles.values() for row in profile.permissions}:
        raise PermissionsError(f"permissions.{min(spare)} is in no profile; list it in one or remove it")
    return Permissions(profiles=MappingProxyType(profiles))


def _tables(document: Mapping[str, Any], name: str) -> Mapping[str, dict[str, Any]]:
    found: object = document.get(name)
    tables = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if not tables:
        raise PermissionsError(f"The file has no {name}; add at least one table [{name}.some-id]")
    for key, table in tables.items():
        if not isinstance(table, dict) or not _SLUG.fullmatch(key):
            raise PermissionsError(f"{name}.{key} must be a table with an id of a-z, 0-9 and single dashes")
    return tables


def _permission(key: str, table: dict[str, Any]) -> Permission:
    where = f"permissions.{key}"
    _only(where, table, _ROW)
    because = _text(where, table, "unprobed_because", default="")
    row = Permission(
        id=key,
        policy=_text(where, table, "policy"),
        access=_choice(where, table, "access", Access),
        why=_text(where, table, "why"),
        data=_text(where, table, "data"),
        probe=_choice(where, table, "probe", Probe),
        unprobed_because=because,
        sections=_texts(where, table, "sections"),
        evidence=_text(where, table, "evidence", default="~"),
        area=_text(where, table, "area", default=""),
        scope=_text(where, table, "scope", default=""),
        write_probe=_choice(where, {"write_probe": "none", **table}, "write_probe", WriteProbe),
        write_unprobed_because=_text(where, table, "write_unprobed_because", default=""),
        optional=_flag(where, table, "optional"),
    )
    if row.write_probe is not WriteProbe.NONE and row.write_probe.proves is not row.access:
        raise PermissionsError(
            f'{where}: write_probe = "{row.write_probe}" is for rows with access = "{row.write_probe.proves}" only'
        )
    if row.write_probe.proves is Access.VIEW_AND_MODIFY and not row.probe.is_rest:
        raise PermissionsError(f"{where}: a write over REST needs a probe over REST beside it")
    if row.write_unprobed_because and (row.write_probe is not WriteProbe.NONE or not row.access.writes):
        raise PermissionsError(f"{where}: give write_unprobed_because only for a write without a write_probe")
    if (row.probe is Probe.NONE) != bool(because):
        raise PermissionsError(f'{where}: give unprobed_because exactly when probe = "none"')
    if len(row.policy) > _LONGEST_POLICY:
        raise PermissionsError(f"{where}: policy is longer than {_LONGEST_POLICY} characters; shorten it")
    return row


def _profile(key: str, table: dict[str, Any], rows: Mapping[str, Permission]) -> Profile:
    where = f"profiles.{key}"
    _only(where, table, {"title", "description", "needs_api_client", "scopes", "sign_in", "permissions"})
    ids = _texts(where, table, "permissions")
    if not ids or len(set(ids)) != len(ids):
        raise PermissionsError(f"{where}: permissions must list at least one id, and each one once")
    if unknown := [row_id for row_id in ids if row_id not in rows]:
        raise PermissionsError(f"{where}: there is no [permissions.{unknown[0]}]; add it or remove the id")
    needs_api_client = _flag(where, table, "needs_api_client")
    if rest := [row_id for row_id in ids if rows[row_id].probe.is_rest and not needs_api_client]:
        raise PermissionsError(f"{where}: {rest[0]} is probed over REST; set needs_api_client = true")
    scopes = _texts(where, table, "scopes")
    if needs_api_client and not scopes:
        raise PermissionsError(f"{where}: an API client needs scopes; list the functional areas it is registered with")
    ways = _texts(where, table, "sign_in") or (Way.PASSWORD,)
    if len(set(ways)) != len(ways) or not set(ways) <= set(Way):
        known = ", ".join(f'"{way}"' for way in Way)
        raise PermissionsError(f"{where}: sign_in must list some of {known}, each one once")
    return Profile(
        id=key,
        title=_text(where, table, "title"),
        description=_text(where, table, "description"),
        permissions=tuple(rows[row_id] for row_id in ids),
        needs_api_client=needs_api_client,
        scopes=scopes,
        sign_in=tuple(map(Way, ways)),
    )


def _only(where: str, table: dict[str, Any], known: AbstractSet[str]) -> None:
    if unknown := sorted(table.keys() - known):
        raise PermissionsError(f"{where}: {unknown[0]} is not known; use {', '.join(sorted(known))}")


def _text(where: str, table: dict[str, Any], name: str, *, default: str | None = None) -> str:
    text = table.get(name, default)
    if not isinstance(text, str) or text != text.strip() or (not text and default is None):
        raise PermissionsError(f"{where}: {name} must be a text without blanks around it")
    return text


def _flag(where: str, table: dict[str, Any], name: str) -> bool:
    flag: object = table.get(name, False)
    if not isinstance(flag, bool):
        raise PermissionsError(f"{where}: {name} must be true or false")
    return flag


def _texts(where: str, table: dict[str, Any], name: str) -> tuple[str, ...]:
    found: object = table.get(name, [])
    items = cast("list[object]", found) if isinstance(found, list) else [None]
    texts = tuple(item for item in items if isinstance(item, str) and item)
    if len(texts) != len(items):
        raise PermissionsError(f"{where}: {name} must be a list of texts")
    return texts


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(where: str, table: dict[str, Any], name: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(table.get(name, ""))
    except ValueError:
        known = ", ".join(f'"{choice}"' for choice in choices)
        raise PermissionsError(f"{where}: {name} must be one of {known}") from None
