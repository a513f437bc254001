"""Owns the few WQL data sources and the one query form the sandbox reads; must not check permissions."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from sandbox.workday.rest.resources import DATA_SOURCES
from sandbox.workday.tenant import Tenant, workday_id

_QUERY = re.compile(
    r"SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<source>\w+)(?P<parameters>\s*\(.*?\))?"
    r"(?:\s+WHERE\s+.+?)?(?:\s+LIMIT\s+(?P<limit>\d+))?",
    re.IGNORECASE | re.DOTALL,
)
_FILTER = re.compile(r"dataSourceFilter\s*=\s*(\w+)", re.IGNORECASE)
_MOMENT = re.compile(r"(?:from|to)Moment\s*=\s*\"[^\"]+\"", re.IGNORECASE)

OWN = "currentWorkdaySystemAccountSignonsInRange"
FILTERS = frozenset({OWN, "workdaySystemAccountSignonsInRange"})

# As recorded on a real tenant; of the policies with pending changes only the name of the source is known.
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "allSystemAccountSignons": (
            "systemAccount1",
            "systemUser",
            "sign_OnTime",
            "signoffTime",
            "failedSignOn",
            "authenticationFailureMessage",
            "invalidCredentials",
            "accountLockedDisabledOrExpired",
            "passwordChanged",
            "authenticationType",
            "requestOriginator",
            "requiredMulti_Factor",
            "signonIPAddress",
            "createdMoment",
        ),
        "oAuth20RefreshTokenDataSource": (
            "classOfInstance1",
            "workdayID",
            "createdMoment",
            "lastFunctionallyUpdated",
            "currentOMSVersion",
            "standardWorkdayID",
            "refreshTokenExpirationTime",
            "non_ExpiringRefreshToken",
            "oAuth20RefreshToken",
        ),
        "allWorkers": ("workdayID", "worker"),
        "businessProcessSecurityPoliciesWithPendingChanges": ("workdayID",),
    }
)


class BadQueryError(ValueError):
    """A query this WQL does not understand."""


def sources(tenant: Tenant, alias: str = "") -> list[dict[str, object]]:
    """List the data sources as dataSources does, or the one of an alias."""
    return [
        {"id": workday_id(tenant.name, one), "descriptor": one, "alias": one, "description": ""}
        for one in sorted(DATA_SOURCES)
        if alias in {"", one}
    ]


def fields(tenant: Tenant, source_id: str) -> list[dict[str, object]] | None:
    """List the fields of a data source; None when there is no such source."""
    for source in DATA_SOURCES:
        if workday_id(tenant.name, source) == source_id:
            return [
                {"id": workday_id(source, one), "descriptor": one, "alias": one} for one in _fields_of(tenant, source)
            ]
    return None


def source_of(query: str) -> str:
    """Return the data source a query reads."""
    return _match(query)["source"]


def select(tenant: Tenant, query: str, caller: str) -> list[dict[str, object]]:
    """Run a query of an account; conditions are read over, so rows come newest first."""
    match = _match(query)
    asked, source = [one.strip() for one in match["fields"].split(",")], match["source"]
    unknown = set(asked) - set(_fields_of(tenant, source))
    if unknown:
        raise BadQueryError(f"invalid field: {', '.join(sorted(unknown))}")
    rows = _rows(tenant, source, match["parameters"] or "", caller)[: int(match["limit"] or 10_000)]
    return [{one: row.get(one) for one in asked} for row in rows]


def _fields_of(tenant: Tenant, source: str) -> tuple[str, ...]:
    if source == "domainSecurityPoliciesWithPendingChanges":
        return "workdayID", tenant.switches.pending_policy_field
    return FIELDS[source]


def _match(query: str) -> re.Match[str]:
    match = _QUERY.fullmatch(query.strip().rstrip(";"))
    if match is None or match["source"] not in DATA_SOURCES:
        raise BadQueryError("the query is not valid")
    return match


def _rows(tenant: Tenant, source: str, parameters: str, caller: str) -> list[dict[str, object]]:
    if source == "allSystemAccountSignons":
        return _sign_ons(tenant, parameters, caller)
    if source == "domainSecurityPoliciesWithPendingChanges":
        pending = tenant.domain_security_policies_with_pending_changes()
        return [{"workdayID": workday_id(policy), tenant.switches.pending_policy_field: policy} for policy in pending]
    if source == "oAuth20RefreshTokenDataSource":
        return [
            {
                "workdayID": workday_id(token.account, token.client_id),
                "non_ExpiringRefreshToken": tenant.api.by_id[token.client_id].non_expiring_refresh_tokens,
            }
            for token in tenant.api.refresh_tokens.values()
        ]
    if source == "allWorkers":
        return [{"workdayID": one.wid, "worker": one.descriptor} for one in tenant.workers]
    return []


def _sign_ons(tenant: Tenant, parameters: str, caller: str) -> list[dict[str, object]]:
    found = _FILTER.search(parameters)
    if found is None or found[1] not in FILTERS:
        raise BadQueryError("a data source filter is required")
    if len(_MOMENT.findall(parameters)) != 2:
        raise BadQueryError("fromMoment and toMoment are required")
    return [
        {
            "systemAccount1": {"id": workday_id(row.account or ""), "descriptor": row.account or ""},
            "systemUser": row.user_name,
            "sign_OnTime": datetime.fromtimestamp(row.at, UTC).isoformat(),
            "authenticationFailureMessage": row.failure.value if row.failure else "",
            "invalidCredentials": row.invalid_credentials,
            "accountLockedDisabledOrExpired": row.account_locked_disabled_or_expired,
            "passwordChanged": False,
            "signonIPAddress": row.address,
            "failedSignOn": not row.succeeded,
            "authenticationType": row.authentication_type,
        }
        for row in reversed(tenant.accounts.history)
        if found[1] != OWN or row.account == caller
    ]
