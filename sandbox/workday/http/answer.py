"""Owns the value every part of the sandbox answers with, and its headers; must not write to a socket."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"


class Outcome(StrEnum):
    """What the sandbox decided; the record shows it, the caller may not be able to tell."""

    OK = "ok"
    EMPTY = "ok but empty"
    WSDL = "wsdl"
    PAGE = "page"
    AUTHENTICATION_FAULT = "authentication fault"
    NOT_AUTHORIZED = "not authorized"
    VALIDATION_FAULT = "validation fault"
    BAD_VERSION = "bad version"
    WRONG_SERVICE = "wrong service"
    UNKNOWN_TENANT = "unknown tenant"
    MAINTENANCE = "maintenance"
    THROTTLED = "throttled"
    TOKEN_REFUSED = "token refused"  # noqa: S105 (an outcome, not a secret)
    BAD_REQUEST = "bad request"
    NOT_FOUND = "not found"
    ODD = "odd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, a body and headers, plus what the record should say about them."""

    status: int = 200
    body: bytes = b""
    content_type: str = XML
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome
    operation: str | None = None
    account: str | None = None


def success_headers(tokens_remaining: int) -> dict[str, str]:
    """Return what only a 200 carries."""
    return {"WD-RateLimit-Tokens-Remaining": str(tokens_remaining), "wd-stat-request-id": uuid.uuid4().hex}


def fault_headers() -> dict[str, str]:
    """Return what faults and 4xx carry instead."""
    return {"x-wd-gid": f"GID|{uuid.uuid4()}"}


def standing_headers() -> dict[str, str]:
    """Return what every answer carries."""
    return {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "Set-Cookie": f"wd-browser-id={uuid.uuid4()}; Path=/; Secure; HttpOnly",
    }


def json_answer(
    status: int,
    content: object,
    outcome: Outcome,
    *,
    operation: str | None = None,
    account: str | None = None,
) -> Answer:
    """Return a JSON error or token answer; a 200 of REST adds its own headers."""
    return Answer(
        status=status,
        body=json.dumps(content, separators=(",", ":")).encode(),
        content_type=JSON,
        headers={} if status < 400 else fault_headers(),
        outcome=outcome,
        operation=operation,
        account=account,
    )
