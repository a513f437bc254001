"""Permission matrix: views of verdicts, their history and what Workday says of them; it draws no conclusion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self, TypeAlias

from flows.diagnosis.findings import Finding, RowVerdict
from flows.diagnosis.observations import Deep, TokenOwner
from flows.diagnosis.reasons import Verdict
from flows.permissions import Permission, Probe
from flows.tenant.hosts import Environment

_Ids: TypeAlias = tuple[str, ...]

# Most integration users say in their name that they are one; first.last and e-mail addresses are people.
_PERSON: Final = re.compile(r"[a-z]{2,}[._-][a-z]{2,}(@.+)?|[^@]+@[^@]+\.[^@]+", re.IGNORECASE)
_SYSTEM: Final = re.compile(r"isu|int|api|svc|sys|bot|service|link|sync|workday|wd|connector|user", re.IGNORECASE)
_AREA_ROWS: Final = 2
_WORKERS: Final = frozenset({Probe.WORKERS, Probe.REST_WORKERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The rows that were asked about, with the views that `flows.diagnosis.permission_causes` judges by."""

    permissions: Mapping[str, Permission]
    verdicts: Mapping[str, RowVerdict]
    earlier: Mapping[str, Verdict]
    environment: Environment
    user: str
    pending: tuple[str, ...] | None
    token_owner: TokenOwner

    @classmethod
    def of(
        cls,
        finding: Finding,
        rows: Sequence[Permission],
        *,
        before: Finding | None,
        api: Finding | None,
        environment: Environment,
        user: str,
        deep: Deep | None,
    ) -> Self:
        """Return the matrix of a finding, its history and its rows; rows of unknown permissions are left out."""
        permissions = {row.id: row for row in rows}
        verdicts = {row.permission_id: row for row in finding.rows if row.permission_id in permissions}
        for row in api.rows if api else ():
            known = verdicts.get(row.permission_id)
            if row.permission_id in permissions and (known is None or known.verdict is Verdict.UNPROBED):
                verdicts[row.permission_id] = row
        return cls(
            permissions=MappingProxyType(permissions),
            verdicts=MappingProxyType(verdicts),
            earlier=MappingProxyType({row.permission_id: row.verdict for row in before.rows} if before else {}),
            environment=environment,
            user=user,
            pending=deep.pending if deep else None,
            token_owner=deep.token_owner if deep else TokenOwner.NOT_TOLD,
        )

    def _ids(self, wanted: Callable[[Permission, RowVerdict], bool]) -> _Ids:
        return tuple(key for key, row in self.verdicts.items() if wanted(self.permissions[key], row))

    def _soap(self, verdict: Verdict) -> _Ids:
        return self._ids(lambda one, row: not one.probe.is_rest and row.verdict is verdict)

    def _rest(self, verdict: Verdict) -> _Ids:
        return self._ids(lambda one, row: one.probe.is_rest and row.verdict is verdict and not row.only_write_denied)

    # Web services

    @property
    def denied(self) -> _Ids:
        """Return the rows whose reading is denied over web services."""
        put = set(self.put_denied)
        return tuple(key for key in self._soap(Verdict.DENIED) if key not in put)

    @property
    def put_denied(self) -> _Ids:
        """Return the rows of which only writing is denied over web services."""
        return self._ids(lambda one, row: row.only_write_denied and not one.probe.is_rest)

    @property
    def all_denied(self) -> bool:
        """Return whether reading is denied wherever web services were asked."""
        others = (*self._soap(Verdict.GRANTED), *self._soap(Verdict.EMPTY), *self.put_denied)
        return bool(self.denied) and not others

    @property
    def empty(self) -> _Ids:
        """Return the rows, over either way, that were answered with nothing."""
        return self._ids(lambda _, row: row.verdict is Verdict.EMPTY)

    @property
    def sectionless(self) -> _Ids:
        """Return the empty rows whose answer came without a part that was asked for."""
        return self._ids(lambda _, row: row.verdict is Verdict.EMPTY and bool(row.evidence and row.evidence.missing))

    @property
    def all_empty(self) -> bool:
        """Return whether nothing is denied and no worker is in sight, or nothing at all is."""
        if not self.empty or self.denied or self.put_denied or self.rest_denied or self.modify_denied:
            return False
        granted = self._ids(lambda _, row: row.verdict is Verdict.GRANTED)
        return not granted or any(self.permissions[key].probe in _WORKERS for key in self.empty)

    @property
    def lost(self) -> _Ids:
        """Return the denied rows that were granted in the finding before."""
        return tuple(key for key in self.denied if self.earlier.get(key) is Verdict.GRANTED)

    @property
    def never_seen(self) -> _Ids:
        """Return the denied rows that were not granted before either."""
        return tuple(key for key in self.denied if self.earlier.get(key) is not Verdict.GRANTED)

    @property
    def denied_area(self) -> _Ids:
        """Return the denied rows when they are all there is of one functional area, and other areas work."""
        areas = {self.permissions[key].area for key in self.denied}
        if len(areas) != 1 or "" in areas or len(self.denied) < _AREA_ROWS:
            return ()
        working = self._ids(lambda one, row: one.area in areas and row.verdict is Verdict.GRANTED)
        return () if working or self.all_denied else self.denied

    @property
    def denied_but_viewed(self) -> _Ids:
        """Return the denied rows whose policy works over REST."""
        viewed = self._policies(self._rest(Verdict.GRANTED))
        return tuple(key for key in self.denied if self.permissions[key].policy in viewed)

    # REST

    @property
    def soap_fine(self) -> bool:
        """Return whether web services work and deny nothing."""
        return bool(self._soap(Verdict.GRANTED)) and not self.denied

    @property
    def rest_denied(self) -> _Ids:
        """Return the rows that are denied over REST."""
        return self._rest(Verdict.DENIED)

    @property
    def rest_all_denied(self) -> bool:
        """Return whether REST denied everything it was asked."""
        return bool(self.rest_denied) and not (self._rest(Verdict.GRANTED) or self._rest(Verdict.EMPTY))

    @property
    def modify_denied(self) -> _Ids:
        """Return the rows of which only writing is denied over REST."""
        return self._ids(lambda one, row: row.only_write_denied and one.probe.is_rest)

    def _scopes(self, ids: Iterable[str]) -> set[str]:
        return {self.permissions[key].scope for key in ids} - {""}

    @property
    def scope_fails(self) -> _Ids:
        """Return the rows of every scope that fails as a whole while another scope works."""
        works = self._scopes((*self._rest(Verdict.GRANTED), *self._rest(Verdict.EMPTY)))
        failing = self._scopes(self.rest_denied) - works
        return tuple(key for key in self.rest_denied if works and self.permissions[key].scope in failing)

    @property
    def scope_works(self) -> _Ids:
        """Return the denied rows whose scope lets another row through."""
        works = self._scopes((*self._rest(Verdict.GRANTED), *self._rest(Verdict.EMPTY)))
        return tuple(key for key in self.rest_denied if self.permissions[key].scope in works)

    @property
    def viewless_but_got(self) -> _Ids:
        """Return the rows denied over REST whose policy works over web services."""
        got = self._policies(self._soap(Verdict.GRANTED))
        return tuple(key for key in self.rest_denied if self.permissions[key].policy in got)

    def _policies(self, ids: Iterable[str]) -> set[str]:
        return {self.permissions[key].policy for key in ids}

    # Around the matrix

    @property
    def sandbox(self) -> bool:
        """Return whether the tenant is copied over every week."""
        return self.environment is Environment.SANDBOX

    @property
    def implementation(self) -> bool:
        """Return whether the tenant may be too young to hold data."""
        return self.environment is Environment.IMPLEMENTATION

    @property
    def person(self) -> bool:
        """Return whether the user name looks like that of a person."""
        return bool(_PERSON.fullmatch(self.user)) and not _SYSTEM.search(self.user.partition("@")[0])

    def pending_among(self, ids: Iterable[str]) -> _Ids:
        """Return those of the rows whose policy has changes that nobody activated."""
        return tuple(key for key in ids if self.permissions[key].policy in (self.pending or ()))
