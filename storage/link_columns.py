"""The columns beside a link's document, by which links are found, sorted and kept apart; reads and writes no row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.link.overview import folded, overview
from flows.link.state import Link, Status
from flows.tenant.account_names import account_key
from storage.serialization import LINKS

if TYPE_CHECKING:
    from datetime import datetime


def columns_of(link: Link, wake_at: datetime | None, now: datetime, *, over: str | None = None) -> dict[str, Any]:
    """Return the row of a link, its document written `over` one that holds more than this release knows."""
    endpoint = link.setup.endpoint
    return {
        "team_id": link.team_id,
        "channel_id": link.channel_id,
        "status": link.status.value,
        "active_key": active_key(link),
        "endpoint_key": endpoint_key_of(endpoint.host, endpoint.tenant) if endpoint else None,
        "account_key": _account_key(link),
        "profile": link.setup.profile,
        "blocked": link.blocked,
        "erase": link.erase,
        "wake_at": wake_at,
        "updated_at": now,
        **seen_of(link, now),
        "document": LINKS.write(link, over=over),
    }


def seen_of(link: Link, now: datetime) -> dict[str, Any]:
    """Return the columns by which our own people sort and search links."""
    seen = overview(link, now)
    return {"state": seen.state.value, "turn": seen.turn.value} | {
        name: getattr(seen, name) for name in ("since", "owner", "customer", "due", "approval")
    }


def active_key(link: Link) -> str | None:
    """Return what only one link may hold at a time; None once it is cancelled."""
    if link.status is Status.CANCELLED:
        return None
    return f"{link.team_id}/{link.setup.environment.value}/{folded(link.customer)}"


def _account_key(link: Link) -> str | None:
    account, endpoint = link.in_use.account, link.in_use.endpoint
    if link.status is Status.CANCELLED or account is None or endpoint is None or not account.owned:
        return None
    return account_key(endpoint.tenant, account.user_name)


def endpoint_key_of(host: str, tenant: str) -> str:
    """Return what links of one tenant have in common."""
    return f"{host}/{tenant}".casefold()
