"""Diagnosis over WQL: reads what Workday says about itself; a denial is normal here and only leaves less known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import Deep, Observation, SignOn, TokenOwner
from flows.diagnosis.reasons import Reason, Stops
from flows.workday.client import Questions
from flows.workday.pacing import Pace

if TYPE_CHECKING:
    from pydantic import SecretStr

MOST_ROWS: Final = 100
MOST_SIGN_ONS: Final = 5
LOOK_BACK: Final = timedelta(days=1)

_Rows: TypeAlias = Sequence[Mapping[str, object]]
_WID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A data source; `columns` are what is read of it, by the forms that the names of the fields take.

    Names differ by a number between tenants, so they are looked up before anything is asked.
    """

    alias: str
    columns: Mapping[str, str]
    parameters: str = ""

    def fields_among(self, aliases: Sequence[str]) -> Mapping[str, str] | None:
        """Return the field for each column; None where one is missing."""
        found = {
            column: next((alias for alias in aliases if re.fullmatch(form, alias, re.ASCII)), "")
            for column, form in self.columns.items()
        }
        return found if all(found.values()) else None

    def query(self, fields: Mapping[str, str], at: datetime) -> str:
        """Ask for the columns, of the last day where the source has a time."""
        start, end = (moment.astimezone(UTC).isoformat(timespec="seconds") for moment in (at - LOOK_BACK, at))
        parameters = self.parameters.format(start=start, end=end)
        columns = ", ".join(fields.values())
        return f"SELECT {columns} FROM {self.alias}{parameters} LIMIT {MOST_ROWS}"  # noqa: S608  WQL, of listed names


PENDING: Final = Source(
    alias="domainSecurityPoliciesWithPendingChanges",
    columns=MappingProxyType({"policy": r"(?:domainS|s)ecurityPolicy\d*"}),
)
# The sign-ons of whoever asks, which an integration user may always see of itself. The field with the caller's
# address is not asked for, so that it cannot be kept.
SIGN_ONS: Final = Source(
    alias="allSystemAccountSignons",
    columns=MappingProxyType(
        {
            "account": r"systemAccount\d*",
            "at": r"sign_OnTime",
            "failed": r"failedSignOn",
            "message": r"authenticationFailureMessage",
            "invalid": r"invalidCredentials",
            "barred": r"accountLockedDisabledOrExpired",
        }
    ),
    parameters=(
        ' (dataSourceFilter = currentWorkdaySystemAccountSignonsInRange, fromMoment = "{start}", toMoment = "{end}")'
    ),
)


async def look_deeper(asks: Questions, access: "SecretStr", at: datetime, *, pace: Pace) -> Deep:
    """Ask for changes that nobody activated, the sign-ons of the user, and whose refresh token it is.

    What Workday does not tell stays unknown; when it asks to slow down or falls silent, the rest is not asked.
    """
    reader = _Reader(asks, access, pace)
    pending = await reader.rows(PENDING, at)
    sign_ons = await reader.rows(SIGN_ONS, at)
    has_worker = await reader.has_worker()
    user, tenant = asks.plan.user, asks.endpoint.tenant
    return Deep(
        token_works=True,
        pending=None if pending is None else tuple(text for row in pending if (text := _text(row, "policy"))),
        sign_ons=None if sign_ons is None else _sign_ons_of(sign_ons, user, tenant),
        token_owner=_owner(sign_ons or (), user, tenant, has_worker=has_worker),
        observations=tuple(reader.seen),
    )


@dataclass(slots=True)
class _Reader:
    """Asks one question after another, until Workday wants no more."""

    asks: Questions
    access: "SecretStr"
    pace: Pace
    seen: list[Observation] = field(default_factory=list[Observation])
    is_over: bool = False

    async def rows(self, source: Source, at: datetime) -> _Rows | None:
        """Look a source and its fields up, and read it; each row is keyed by column. None where it is not told."""
        sources = await self._listed(f"dataSources?alias={source.alias}&limit={MOST_ROWS}")
        ids = [_text(row, "id") for row in sources or () if _text(row, "alias") == source.alias]
        if not ids or not _WID.fullmatch(ids[0]):
            return None
        listed = await self._listed(f"dataSources/{ids[0]}/fields?limit={MOST_ROWS}")
        fields = source.fields_among([_text(row, "alias") for row in listed or ()])
        if fields is None or self.is_over:
            return None
        await self.pace.rest()
        found = self._heard(await self.asks.query(source.query(fields, at), self.access))
        if found is None:
            return None
        return [{column: row.get(name) for column, name in fields.items()} for row in found]

    async def has_worker(self) -> bool:
        """Tell whether the token is that of somebody with a worker."""
        if self.is_over:
            return False
        await self.pace.rest()
        one, has_worker = await self.asks.own_worker(self.access)
        self.seen.append(one)
        return has_worker

    async def _listed(self, resource: str) -> _Rows | None:
        if self.is_over:
            return None
        await self.pace.rest()
        return self._heard(await self.asks.listed(resource, self.access))

    def _heard(self, answer: tuple[Observation, _Rows]) -> _Rows | None:
        one, rows = answer
        self.seen.append(one)
        self.pace.heed(one.tokens_left)
        reason = diagnose(one).reason
        self.is_over = reason.traits.stops is not Stops.NOTHING
        return rows if reason is Reason.OK else None


def _sign_ons_of(rows: _Rows, user: str, tenant: str) -> tuple[SignOn, ...] | None:
    """Keep the rows of one user, newest first; None when they are all somebody else's, which says nothing of theirs."""
    mine = [row for row in rows if _same(user, tenant, _text(row, "account"))]
    if not mine and rows:
        return None
    mine.sort(key=lambda row: _text(row, "at"), reverse=True)
    return tuple(
        SignOn(
            failed=row.get("failed") is True,
            message=_text(row, "message"),
            invalid_credentials=row.get("invalid") is True,
            locked_disabled_or_expired=row.get("barred") is True,
        )
        for row in mine[:MOST_SIGN_ONS]
    )


def _owner(sign_ons: _Rows, user: str, tenant: str, *, has_worker: bool) -> TokenOwner:
    """Return whose token it is: an integration user is no worker, and the sign-ons are those of the token's account."""
    if has_worker:
        return TokenOwner.SOMEBODY_ELSE
    names = [name for row in sign_ons if (name := _text(row, "account"))]
    if not names or not user:
        return TokenOwner.NOT_TOLD
    mine = any(_same(user, tenant, name) for name in names)
    return TokenOwner.INTEGRATION_USER if mine else TokenOwner.SOMEBODY_ELSE


def _text(row: Mapping[str, object], name: str) -> str:
    """Return a text, or the descriptor of an instance."""
    value = row.get(name)
    if isinstance(value, dict):
        value = cast("dict[str, object]", value).get("descriptor")
    return value if isinstance(value, str) else ""


def _same(user: str, tenant: str, name: str) -> bool:
    wanted = user.casefold().removesuffix(f"@{tenant}".casefold())
    return name.casefold().removesuffix(f"@{tenant}".casefold()) == wanted
