"""Links, people and answers of Workday to test decisions with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from flows.diagnosis.observations import CheckKind, Content, Layer, Observation, Report, Transport
from flows.link.attempt import Attempt
from flows.link.rulebook import Rulebook
from flows.link.setup import Account, ApiAccess, KeyPair, SecretRef, Setup
from flows.link.state import Link, Person, Step
from flows.permissions import Probe, Way, load_permissions
from flows.replacing import replace
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


PARTS = {name.name: part for part, kind in (("setup", Setup), ("attempt", Attempt)) for name in fields(kind)}
"""The field of a link under which each field of its set-up and of its present attempt stands."""


FIELDS = ({one.name for one in fields(Link)} - {"setup", "attempt"}) | set(PARTS)
"""Every field of a link, wherever in it that stands."""


def a_setup(**changes: Any) -> Setup:  # noqa: ANN401  any field of a set-up
    """Make a set-up that nothing was entered for yet, unless `changes` say otherwise."""
    values: dict[str, Any] = {"profile": "recruiting", "absence": False, "environment": Environment.UNKNOWN}
    return Setup(**{**values, **changes})


KEY = KeyPair(certificate="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", private=SecretRef("s4"))
OF_WAYS: dict[Step, dict[str, Any]] = {
    Step.USER: {"way": Way.KEY},
    Step.KEY_CLIENT: {"way": Way.KEY, "key": KEY},
    Step.TOKEN_CLIENT: {"way": Way.REFRESH_TOKEN},
}
"""What a link at a step of another way signs in with."""


def a_link(**changes: Any) -> Link:  # noqa: ANN401  any field of a link, its set-up or its attempt
    """Make a link that Ada walks, at its welcome unless `changes` say otherwise."""
    changes = {**OF_WAYS.get(changes.get("step", Step.WELCOME), {}), **changes}
    plain = Link(
        id="l1",
        team_id=SAM.team_id,
        channel_id="C1",
        customer="Acme",
        setup=a_setup(),
        owner=SAM,
        admin=ADA,
        created=NOW,
        touched=NOW,
        cards=(changes.get("step", Step.WELCOME),),
    )
    return changed(plain, **changes)


def changed(link: Link, **changes: Any) -> Link:  # noqa: ANN401  any field of a link, its set-up or its attempt
    """Change fields of a link, wherever in it they stand."""
    link = replace(link, **{name: changes.pop(name) for name in set(changes) - set(PARTS)})
    for part in ("setup", "attempt"):
        mine = {name: value for name, value in changes.items() if PARTS[name] == part}
        link = replace(link, **{part: replace(getattr(link, part), **mine)})
    return link


def field_of(link: Link, name: str) -> Any:  # noqa: ANN401  any field of a link, its set-up or its attempt
    """Read a field of a link, wherever in it that stands."""
    return getattr(getattr(link, PARTS[name]) if name in PARTS else link, name)


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
