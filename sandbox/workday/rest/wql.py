"""Owns the few WQL data sources and the one query form the sandbox reads; must not check permissions."""

import re
from datetime import UTC, datetime

from sandbox.workday.rest.resources import DATA_SOURCES
from sandbox.workday.tenant import Tenant, workday_id

_QUERY = re.compile(
    r"SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<source>\w+)(?P<parameters>\s*\(.*?\))?"
    r"(?:\s+WHERE\s+.+?)?(?:\s+LIMIT\s+(?P<limit>\d+))?",
    re.IGNORECASE | re.DOTALL,
)


class BadQueryError(ValueError):
    """A query this WQL does not understand."""


def sources(tenant: Tenant) -> list[dict[str, object]]:
    """List the data sources as dataSources does."""
    return [
        {"id": workday_id(tenant.name, alias), "descriptor": alias, "alias": alias, "description": ""}
        for alias in sorted(DATA_SOURCES)
    ]


def source_of(query: str) -> str:
    """Return the data source a query reads."""
    return _match(query)["source"]


def select(tenant: Tenant, query: str) -> list[dict[str, object]]:
    """Run a query; conditions are read over, so rows come newest first and unfiltered."""
    match = _match(query)
    fields = [field.strip() for field in match["fields"].split(",")]
    rows = _rows(tenant, match["source"])[: int(match["limit"] or 10_000)]
    unknown = {field for field in fields for row in rows if field not in row}
    if unknown:
        raise BadQueryError(f"invalid field: {', '.join(sorted(unknown))}")
    return [{field: row[field] for field in fields} for row in rows]


def _match(query: str) -> re.Match[str]:
    match = _QUERY.fullmatch(query.strip().rstrip(";"))
    if match is None or match["source"] not in DATA_SOURCES:
        raise BadQueryError("the query is not valid")
    return match


def _rows(tenant: Tenant, source: str) -> list[dict[str, object]]:
    if source == "allSystemAccountSignons":
        return _sign_ons(tenant)
    if source == "domainSecurityPoliciesWithPendingChanges":
        pending = tenant.domain_security_policies_with_pending_changes()
        return [{"workdayID": workday_id(policy), "domainSecurityPolicy": policy} for policy in pending]
    if source == "oAuth20RefreshTokenDataSource":
        return [
            {
                "systemAccount": token.account,
                "non_ExpiringRefreshToken": tenant.api.by_id[token.client_id].non_expiring_refresh_tokens,
            }
            for token in tenant.api.refresh_tokens.values()
        ]
    if source == "allWorkers":
        return [{"workdayID": one.wid, "worker": one.descriptor} for one in tenant.workers]
    return []


def _sign_ons(tenant: Tenant) -> list[dict[str, object]]:
    return [
        {
            "systemAccount": row.account or "",
            "userName": row.user_name,
            "signonDateTime": datetime.fromtimestamp(row.at, UTC).isoformat(),
            "authenticationFailureMessage": row.failure.value if row.failure else "",
            "invalidCredentials": row.invalid_credentials,
            "accountLockedDisabledOrExpired": row.account_locked_disabled_or_expired,
            "passwordChanged": False,
            "signonIPAddress": row.address,
            "failedSignOn": not row.succeeded,
            "authenticationType": row.authentication_type,
        }
        for row in reversed(tenant.accounts.history)
    ]
