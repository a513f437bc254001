"""What a tenant answers to questions that change nothing and risk no password; it draws no conclusion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.observations import CheckKind, Observation
from flows.diagnosis.reasons import Reason
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import DEFAULT_VERSION, VERSIONS, CheckPlan
from flows.workday.client import Questions
from flows.workday.network import Network
from flows.workday.rest import Grant

NEWER: Final = ("v46.1", "v46.2", "v47.0")
"""Versions that some tenants have."""

SOURCES: Final = (
    "allSystemAccountSignons",
    "oAuth20RefreshTokenDataSource",
    "domainSecurityPoliciesWithPendingChanges",
)
"""Data sources of WQL whose fields are worth knowing."""


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was seen: the versions that the tenant takes, each answer, and the fields of each data source.

    `takes_tokens` tells whether web services take an access token; None where there was none to ask with.
    """

    versions: list[str] = field(default_factory=list[str])
    seen: list[Observation] = field(default_factory=list[Observation])
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    takes_tokens: bool | None = None

    def note(self, seen: Observation) -> bool:
        """Keep an answer; return whether it is a good one."""
        self.seen.append(seen)
        return diagnose(seen).reason is Reason.OK


async def survey(network: Network, endpoint: Endpoint, grant: Grant | None, at: datetime) -> Survey:
    """Ask which versions there are, and with a token what it opens; one token is asked for, and no password is sent."""
    plan = CheckPlan(kind=CheckKind.REACH, endpoints=(endpoint,), api=grant, bearer=grant is not None, at=at)
    asks, found = Questions(network=network, endpoint=endpoint, plan=plan), Survey()
    for version in (*VERSIONS, *NEWER):
        if found.note(await asks.reach(version)):
            found.versions.append(version)
    if grant is None:
        return found
    seen, tokens = await asks.token(grant, at)
    found.note(seen)
    if tokens.access is None:
        return found
    version = found.versions[-1] if found.versions else DEFAULT_VERSION
    found.takes_tokens = found.note(await asks.login(version, tokens.access))
    found.note((await asks.own_worker(tokens.access))[0])
    for alias in SOURCES:
        seen, rows = await asks.listed(f"dataSources?alias={alias}&limit=100", tokens.access)
        found.note(seen)
        ids = [_text(row, "id") for row in rows if _text(row, "alias") == alias]
        if ids:
            seen, fields = await asks.listed(f"dataSources/{ids[0]}/fields?limit=100", tokens.access)
            found.note(seen)
            found.sources[alias] = tuple(sorted(filter(None, (_text(row, "alias") for row in fields))))
    return found


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
