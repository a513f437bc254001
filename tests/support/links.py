"""Links, people and answers of Workday to test decisions with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from flows.diagnosis.observations import CheckKind, Content, Layer, Observation, Report, Transport
from flows.link.state import Account, ApiAccess, Link, Person, SecretRef, Step
from flows.permissions import Probe, load_permissions
from flows.schedule.reminders import Rulebook
from flows.tenant.service_url import Endpoint, Environment

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
SAM = Person(user_id="U0SAM", team_id="T0OURS", zone="Europe/Berlin")
KIM = Person(user_id="U0KIM", team_id="T0OURS", zone="Europe/Berlin")
ADA = Person(user_id="U0ADA", team_id="T0ACME", zone="America/New_York")
BOB = Person(user_id="U0BOB", team_id="T0ACME", zone="America/New_York")
EVE = Person(user_id="U0EVE", team_id="T0ELSE")
RULES = Rulebook(vendor="Wintro", permissions=load_permissions())
ENDPOINT = Endpoint(host="wd2-impl-services1.workday.com", tenant="acme_dpt1")
OTHER = Endpoint(host="wd5-services1.myworkday.com", tenant="acme")
ACCOUNT = Account(user_name="ISU_Wintro", secret=SecretRef("s1"), proved=True)
API = ApiAccess(client_id="c", secret=SecretRef("s2"), refresh_token=SecretRef("s3"), proved=True)


def a_link(**changes: Any) -> Link:  # noqa: ANN401  any field of a link
    """Make a link that Ada walks, at its welcome unless `changes` say otherwise."""
    step = changes.get("step", Step.WELCOME)
    values: dict[str, Any] = {
        "id": "l1",
        "team_id": SAM.team_id,
        "channel_id": "C1",
        "customer": "Acme",
        "profile": "recruiting",
        "absence": False,
        "environment": Environment.UNKNOWN,
        "owner": SAM,
        "admin": ADA,
        "created": NOW,
        "touched": NOW,
        "cards": (step,),
    }
    return Link(**{**values, **changes})


def seen(layer: Layer, probe: str = "", **facts: Any) -> Observation:  # noqa: ANN401  any field of an observation
    """Make one answer of Workday, a good one unless `facts` say otherwise."""
    content = Content.JSON if layer in {Layer.TOKEN, Layer.REST} else Content.XML
    values: dict[str, Any] = {"http_status": 200, "content": content, **facts}
    return Observation(layer=layer, operation=f"Ask_{layer}", host=ENDPOINT.host, probe=probe, **values)


GOOD: dict[str, Any] = {}
INVALID: dict[str, Any] = {"http_status": 500, "fault_text": "invalid username or password"}
DENIED: dict[str, Any] = {"http_status": 500, "fault_text": "The task submitted is not authorized."}
NOTHING: dict[str, Any] = {"missing": ("Name_Data",)}
SILENT: dict[str, Any] = {"http_status": None, "transport": Transport.TIMEOUT, "content": Content.EMPTY}
STRANGE: dict[str, Any] = {"http_status": 500, "fault_code": "processingFault", "fault_text": "Never heard of that"}
NO_CLIENT: dict[str, Any] = {"http_status": 401, "error_code": "invalid_client"}
FORBIDDEN: dict[str, Any] = {"http_status": 403, "error_code": "A13"}


def report(
    kind: CheckKind,
    *,
    login: dict[str, Any] = GOOD,
    rows: Sequence[dict[str, Any]] = (GOOD,),
    token: dict[str, Any] = GOOD,
    rest: Sequence[dict[str, Any]] = (GOOD,),
    absence: bool = False,
    endpoint: Endpoint | None = ENDPOINT,
) -> Report:
    """Make the report of one check; `rows` and `rest` are repeated over the permissions that are asked about."""
    asked = RULES.permissions.rows("recruiting", absence=absence)
    soap = [row.id for row in asked if not row.probe.is_rest and row.probe is not Probe.NONE]
    over_rest = [row.id for row in asked if row.probe.is_rest]
    found: list[Observation] = []
    if kind is CheckKind.REACH:
        found.append(seen(Layer.REACH, **login))
    else:
        if kind is not CheckKind.API:
            found.append(seen(Layer.LOGIN, **login))
        if kind in {CheckKind.PERMISSIONS, CheckKind.FULL} and login is GOOD:
            found += [seen(Layer.PERMISSION, row, **facts) for row, facts in zip(soap, cycle(rows), strict=False)]
        if kind in {CheckKind.API, CheckKind.FULL} and login is GOOD:
            found.append(seen(Layer.TOKEN, **token))
            if token is GOOD:
                found += [seen(Layer.REST, row, **facts) for row, facts in zip(over_rest, cycle(rest), strict=False)]
    return Report(kind=kind, observations=tuple(found), endpoint=endpoint)
