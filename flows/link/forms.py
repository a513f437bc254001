"""What each modal takes and whether it is well formed; draws nothing and keeps no secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from pydantic import SecretStr

from flows.link.events import Form
from flows.link.secrets import looks_secret
from flows.link.state import Link
from flows.tenant.given_out import ValueProblem, read_value
from flows.tenant.misplaced import (
    MISPLACED,
    looks_like_password,
    misplaced_in_client,
    misplaced_in_login,
    misplaced_in_rotation,
)
from flows.tenant.service_url import Pasted, check_password, check_user_name, read_endpoint
from flows.tenant.url_text import INVISIBLE

MOST_DAYS = 3650
LONGEST_SECRET = 500
LONGEST_REASON = 200
LONGEST_NOTE = 2000
LONGEST_GROUP = 100
LONGEST_APPROVAL = timedelta(days=366)


class FieldKind(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    LONG = "long"
    SECRET = "secret"  # noqa: S105  names the kind
    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    CHANNEL = "channel"
    CHOICE = "choice"
    TICK = "tick"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input; its words are `form.<form>.<name>.{label,hint}`. A secret field is never filled for anybody."""

    name: str
    kind: FieldKind
    optional: bool = False
    hint: bool = True


_DIVIDED = re.compile(r"\S\s*[/:|,;>(\[\n\t]\s*\S")
FORMS: dict[Form, tuple[Field, ...]] = {
    Form.START: (
        Field(name="customer", kind=FieldKind.TEXT, hint=False),
        Field(name="admin", kind=FieldKind.PERSON, optional=True),
        Field(name="profile", kind=FieldKind.CHOICE, hint=False),
        Field(name="absence", kind=FieldKind.TICK, optional=True, hint=False),
        Field(name="environment", kind=FieldKind.CHOICE, hint=False),
        Field(name="writes", kind=FieldKind.TICK, optional=True),
        Field(name="language", kind=FieldKind.CHOICE, optional=True),
    ),
    Form.SERVICE_URL: (Field(name="url", kind=FieldKind.TEXT),),
    Form.ISU: (
        Field(name="single_sign_on", kind=FieldKind.CHOICE, optional=True),
        Field(name="user", kind=FieldKind.TEXT),
        Field(name="password", kind=FieldKind.SECRET),
    ),
    Form.EXPIRY: (Field(name="days", kind=FieldKind.NUMBER), Field(name="set_on", kind=FieldKind.DATE, hint=False)),
    Form.API_CLIENT: (
        Field(name="client_id", kind=FieldKind.TEXT, hint=False),
        Field(name="client_secret", kind=FieldKind.SECRET),
        Field(name="refresh_token", kind=FieldKind.SECRET),
    ),
    Form.KEY_CLIENT: (
        Field(name="client_id", kind=FieldKind.TEXT),
        Field(name="user", kind=FieldKind.TEXT),
    ),
    Form.TOKEN_CLIENT: (
        Field(name="client_id", kind=FieldKind.TEXT, hint=False),
        Field(name="client_secret", kind=FieldKind.SECRET),
        Field(name="refresh_token", kind=FieldKind.SECRET),
        Field(name="user", kind=FieldKind.TEXT),
    ),
    Form.HAND_OVER: (
        Field(name="person", kind=FieldKind.PERSON),
        Field(name="part", kind=FieldKind.CHOICE, optional=True),
        Field(name="outside", kind=FieldKind.TICK, optional=True, hint=False),
    ),
    Form.ROTATE: (Field(name="password", kind=FieldKind.SECRET),),
    Form.CANCEL: (),
    Form.APPROVAL: (Field(name="until", kind=FieldKind.DATE),),
    Form.GROUP: (Field(name="group", kind=FieldKind.TEXT),),
    Form.LEAVE_OUT: (
        Field(name="rows", kind=FieldKind.SEVERAL, hint=False),
        Field(name="reason", kind=FieldKind.TEXT),
    ),
    Form.EVIDENCE: (),
    Form.PICTURES: (),
    Form.COPY: (Field(name="environment", kind=FieldKind.CHOICE, hint=False),),
    Form.RELINK: (Field(name="change", kind=FieldKind.CHOICE, hint=False),),
    Form.PROFILE: (
        Field(name="profile", kind=FieldKind.CHOICE, hint=False),
        Field(name="absence", kind=FieldKind.TICK, optional=True, hint=False),
    ),
    Form.NOTE: (Field(name="text", kind=FieldKind.LONG),),
    Form.MOVE: (Field(name="channel", kind=FieldKind.CHANNEL),),
}

WHOLE, ONE_STEP = "whole", "step"
"""What is handed over: the link with all that is to come, or its present step."""

WITH_SECRETS = frozenset(form for form, rows in FORMS.items() if any(row.kind is FieldKind.SECRET for row in rows))
"""Forms that can be filled in on a page of our own as well, so that nothing of it passes through Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it was sent: clean values, secrets that hide themselves, or one word-key per wrong field."""

    values: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, SecretStr] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    pasted: Pasted | None = None


_GIVEN_OUT = frozenset({"client_id", "client_secret", "refresh_token"})
"""Fields for what Workday makes itself: what clipboards put around it cannot be part of it."""

PROSE = frozenset({Form.START, Form.LEAVE_OUT})
"""Forms with words of somebody's own; in all others what clipboards put beside a text and nobody sees is left out."""


def fill(
    form: Form,
    typed: Mapping[str, str],
    *,
    today: date,
    link: Link | None = None,
    extra_hosts: frozenset[str] = frozenset(),
) -> Filled:
    """Read what was typed into `form`; `typed` maps field names to raw text, an empty text when left open.

    `today` is the sender's calendar day. No raw secret appears in `values` or `errors`.
    """
    values: dict[str, str] = {}
    secrets: dict[str, SecretStr] = {}
    errors: dict[str, str] = {}
    clean = dict(typed)
    for row in FORMS[form]:
        raw = typed.get(row.name, "")
        if row.name in _GIVEN_OUT:
            given = read_value(raw)
            problem = _value_problem(row, raw, given.problem)
            clean[row.name] = given.value
            if row.kind is FieldKind.SECRET:
                secrets[row.name] = SecretStr(given.value)
            else:
                values[row.name] = given.value
        elif row.kind is FieldKind.SECRET:
            found = check_password(raw)
            problem = _secret_problem("password", raw, found if found and found.blocks else None)
            secrets[row.name] = SecretStr(raw)
        else:
            raw = (raw if form in PROSE else INVISIBLE.sub("", raw)).strip()
            if form in PROSE and row.kind is FieldKind.TEXT:
                # A line that was pasted stays one.
                raw = " ".join(raw.split())
            problem = "" if row.optional and not raw else _problem(form, row, raw, typed, today)
            values[row.name] = raw
        if problem:
            errors[row.name] = problem
    pasted = read_endpoint(values["url"], extra_hosts=extra_hosts) if form is Form.SERVICE_URL else None
    setup = link.setup if link else None
    tenant = setup.endpoint.tenant if setup and setup.endpoint else ""
    if "user" in values:
        name = check_user_name(values["user"], tenant)
        values["user"] = name.value
        if name.problem:
            errors["user"] = f"field.user.{name.problem}"
    wrong = _misplaced(form, clean, tenant, setup.account.user_name if setup and setup.account else "")
    if holds_secret(values.get("user", "")):
        wrong.setdefault("user", f"{MISPLACED}password")
    errors |= wrong
    values = {name: "" if name in wrong else value for name, value in values.items()}
    return Filled(values=values, secrets={} if errors else secrets, errors=errors, pasted=pasted)


def holds_secret(name: str) -> bool:
    """Tell whether a password stands beside a user's name, behind a sign that divides the two."""
    return _DIVIDED.search(name) is not None and looks_secret(name)


def _misplaced(form: Form, typed: Mapping[str, str], tenant: str, known: str) -> dict[str, str]:
    match form:
        case Form.ISU:
            return misplaced_in_login(typed.get("user", ""), typed.get("password", ""), tenant, known)
        case Form.ROTATE:
            return misplaced_in_rotation(typed.get("password", ""), tenant, known)
        case Form.API_CLIENT | Form.TOKEN_CLIENT:
            return misplaced_in_client(typed, tenant, known)
        case Form.GROUP:
            group = typed.get("group", "")
            is_secret = looks_like_password(group, tenant) or looks_secret(group)
            return {"group": f"{MISPLACED}group"} if is_secret else {}
        case Form.LEAVE_OUT:
            return {"reason": f"{MISPLACED}reason"} if looks_secret(typed.get("reason", "")) else {}
        case Form.KEY_CLIENT:
            # Whatever else it may be, a key is none of what is asked for, and its private half is kept by nobody.
            found = {name: _key_in(text) for name, text in typed.items()}
            return misplaced_in_client(typed, tenant, known) | {name: key for name, key in found.items() if key}
        case _:
            return {}


def _key_in(text: str) -> str:
    if "PRIVATE KEY" in text:
        return "field.private_key"
    return "field.certificate" if "CERTIFICATE" in text else ""


def _secret_problem(kind: str, raw: str, problem: str | None) -> str:
    told = "too_long" if len(raw) > LONGEST_SECRET else problem
    return f"field.{kind}.{told}" if told else ""


def _value_problem(row: Field, raw: str, problem: ValueProblem | None) -> str:
    """Say what is wrong with a value that Workday gives out; a client ID, which is shown, has words of its own."""
    if row.kind is FieldKind.TEXT and problem in {ValueProblem.BLANK, ValueProblem.MORE}:
        return "field.blank" if problem is ValueProblem.BLANK else "field.client_id"
    return _secret_problem("secret", raw, problem)


def _problem(form: Form, row: Field, raw: str, typed: Mapping[str, str], today: date) -> str:
    if not raw:
        return "field.blank"
    check = _CHECKS.get((form, row.name))
    return check(raw, typed, today) if check else ""


def _customer(raw: str, _typed: Mapping[str, str], _today: date) -> str:
    return "" if re.search(r"\w", raw) and len(raw) <= 80 else "field.customer"  # noqa: PLR2004  fits a header


def _until(raw: str, _typed: Mapping[str, str], today: date) -> str:
    try:
        chosen = date.fromisoformat(raw)
    except ValueError:
        return "field.date"
    return "" if today < chosen <= today + LONGEST_APPROVAL else "field.date_ahead"


def _group(raw: str, _typed: Mapping[str, str], _today: date) -> str:
    return "" if raw.isprintable() and len(raw) <= LONGEST_GROUP else "field.group"


def _reason(raw: str, _typed: Mapping[str, str], _today: date) -> str:
    return "" if len(raw) <= LONGEST_REASON else "field.reason"


def _note(raw: str, _typed: Mapping[str, str], _today: date) -> str:
    if len(raw) > LONGEST_NOTE:
        return "field.note"
    return "field.note_secret" if looks_secret(raw) else ""


def _days(raw: str, _typed: Mapping[str, str], _today: date) -> str:
    return "" if re.fullmatch(r"[0-9]{1,5}", raw) and 1 <= int(raw) <= MOST_DAYS else "field.days"


def _set_on(raw: str, typed: Mapping[str, str], today: date) -> str:
    try:
        chosen = date.fromisoformat(raw)
    except ValueError:
        return "field.date"
    if chosen > today + timedelta(days=1):
        return "field.date_future"
    days = typed.get("days", "").strip()
    if not _days(days, typed, today) and chosen + timedelta(days=int(days)) < today:
        return "field.date_over"
    return ""


_CHECKS: dict[tuple[Form, str], Callable[[str, Mapping[str, str], date], str]] = {
    (Form.START, "customer"): _customer,
    (Form.EXPIRY, "days"): _days,
    (Form.LEAVE_OUT, "reason"): _reason,
    (Form.APPROVAL, "until"): _until,
    (Form.NOTE, "text"): _note,
    (Form.GROUP, "group"): _group,
    (Form.EXPIRY, "set_on"): _set_on,
}
