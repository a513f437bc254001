"""Owns what becomes of a permitted write over REST: validated only, kept, or refused; must not decide who may write."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.workday.tenant import Tenant, workday_id

KINDS = ("Vacation", "Sick leave")


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with a write, and with which of its fields."""

    field: str
    why: str


def known(tenant: Tenant, field: str) -> set[str]:
    """Return the ids of the things that a tenant has for a field."""
    return {workday_id(tenant.name, field, kind) for kind in KINDS}


def is_risky(tenant: Tenant, body: bytes, field: str, *, validate_only: bool) -> bool:
    """Tell whether a write could change something in some tenant: it is for good, or names what exists or nothing."""
    named = list(_named(body, field))
    return not validate_only or not named or any(one in known(tenant, field) for one in named)


def written(tenant: Tenant, body: bytes, field: str) -> Refused | None:
    """Return what is wrong with a write; None where it would be taken."""
    named = list(_named(body, field))
    if not named:
        return Refused(field, f"{field} is required and must have a value.")
    missing = next((one for one in named if one not in known(tenant, field)), None)
    return None if missing is None else Refused(field, f"invalid id '{missing}'")


def _named(body: bytes, field: str) -> Iterator[str]:
    """Find the ids that a body gives for a field, however deep."""
    try:
        waiting: list[object] = [json.loads(body)]
    except ValueError:
        return
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, list):
            waiting.extend(thing)
        elif isinstance(thing, dict):
            inside = thing.get(field)
            if isinstance(inside, dict) and isinstance(inside.get("id"), str):
                yield inside["id"]
            waiting.extend(thing.values())
