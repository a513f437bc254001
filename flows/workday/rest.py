"""OAuth and REST codec: builds requests and reads their JSON answers; it sends nothing and keeps no token."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast
from urllib.parse import urlencode

from pydantic import SecretStr, TypeAdapter, ValidationError

from flows.diagnosis.observations import Content
from flows.tenant.service_url import Endpoint
from flows.workday.network import Answer, Call
from flows.workday.responses import CODES, Facts, bare, content_of, plain_facts
from flows.workday.tokens.assertions import GRANT as JWT_BEARER
from flows.workday.tokens.assertions import KeyClient

_BEARER = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}", re.ASCII)
_OBJECT = TypeAdapter(dict[str, object])
_WID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """An API client for integrations and the refresh token made for the integration user."""

    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr


Grant: TypeAlias = ApiClient | KeyClient
"""What an access token is asked for with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint gave: an access token, and a refresh token when it is a new one.

    `seconds` is how long the access token lasts, where Workday says so.
    """

    facts: Facts
    access: SecretStr | None = None
    rotated: SecretStr | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a REST collection gave: the facts, and the Workday id of its first entry where there is one."""

    facts: Facts
    first: str = ""


def assertion_call(endpoint: Endpoint, signed: SecretStr) -> Call:
    """Ask for an access token with an assertion."""
    form = {"grant_type": JWT_BEARER, "assertion": signed.get_secret_value()}
    return Call(
        method="POST",
        host=endpoint.host,
        path=endpoint.token_path,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        content=urlencode(form).encode("ascii"),
    )


def token_call(endpoint: Endpoint, api: ApiClient) -> Call:
    """Ask for an access token with a refresh token; raises ValueError for characters that cannot travel."""
    pair = f"{api.client_id}:{api.client_secret.get_secret_value()}".encode()
    form = {"grant_type": "refresh_token", "refresh_token": api.refresh_token.get_secret_value()}
    return Call(
        method="POST",
        host=endpoint.host,
        path=endpoint.token_path,
        headers={
            "Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        content=urlencode(form).encode("ascii"),
    )


def resource_call(endpoint: Endpoint, access: SecretStr, module: str, resource: str) -> Call:
    """Ask for one REST resource."""
    return Call(
        method="GET",
        host=endpoint.host,
        path=endpoint.rest_path(module, resource),
        headers={"Authorization": f"Bearer {access.get_secret_value()}", "Accept": "application/json"},
    )


def dry_run_call(
    endpoint: Endpoint, access: SecretStr, module: str, resource: str, content: Mapping[str, object]
) -> Call:
    """Ask whether a write would be taken: Workday validates it and keeps nothing."""
    return Call(
        method="POST",
        host=endpoint.host,
        path=endpoint.rest_path(module, resource),
        headers={
            "Authorization": f"Bearer {access.get_secret_value()}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "x-validate-only": "1",
        },
        content=json.dumps(dict(content)).encode(),
    )


def query_call(endpoint: Endpoint, access: SecretStr, query: str) -> Call:
    """Ask one WQL question."""
    return Call(
        method="POST",
        host=endpoint.host,
        path=endpoint.rest_path("wql/v1", "data"),
        headers={
            "Authorization": f"Bearer {access.get_secret_value()}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        content=json.dumps({"query": query}).encode(),
    )


def read_rows(answer: Answer) -> tuple[Facts, tuple[Mapping[str, object], ...]]:
    """Read the rows of a WQL answer; what is not a row is left out."""
    facts, document = _read(answer)
    data = document.get("data")
    entries = cast("list[object]", data) if _good(answer) and isinstance(data, list) else []
    return facts, tuple(cast("dict[str, object]", entry) for entry in entries if isinstance(entry, dict))


def read_thing(answer: Answer) -> tuple[Facts, bool]:
    """Read the answer to a question for one thing; return whether there is such a thing."""
    facts, document = _read(answer)
    return facts, _good(answer) and isinstance(document.get("id"), str)


def read_refusal(answer: Answer) -> Facts:
    """Read what Workday has against a write: the words of its single errors, where it lists any."""
    facts, document = _read(answer)
    errors = document.get("errors")
    listed = cast("list[object]", errors) if isinstance(errors, list) else []
    said = (cast("dict[str, object]", one).get("error") for one in listed if isinstance(one, dict))
    return replace(facts, fault_text="; ".join(one for one in said if isinstance(one, str)) or facts.fault_text)


def read_tokens(answer: Answer, grant: Grant) -> Tokens:
    """Read the answer of the token endpoint; a good one without a usable token is malformed."""
    facts, document = _read(answer)
    access, refresh = document.get("access_token"), document.get("refresh_token")
    if facts.error_code or facts.malformed or not _good(answer):
        return Tokens(facts=facts)
    rotated = None
    old = grant.refresh_token.get_secret_value() if isinstance(grant, ApiClient) else refresh
    if isinstance(refresh, str) and refresh not in {"", old}:
        rotated = SecretStr(refresh)
    if not (isinstance(access, str) and _BEARER.fullmatch(access)):
        return Tokens(facts=Facts(content=facts.content, malformed=True), rotated=rotated)
    seconds = document.get("expires_in")
    known = seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None
    return Tokens(facts=facts, access=SecretStr(access), rotated=rotated, seconds=known)


def read_listing(answer: Answer, *, counts: bool = True) -> Listing:
    """Read the answer of a REST resource; `counts` asks for its total."""
    facts, document = _read(answer)
    if not _good(answer) or facts.malformed:
        return Listing(facts=facts)
    total, data = document.get("total"), document.get("data")
    entries = cast("list[object]", data) if isinstance(data, list) else []
    entry = cast("dict[str, object]", entries[0]) if entries and isinstance(entries[0], dict) else {}
    first = entry.get("id")
    known = total if isinstance(total, int) and not isinstance(total, bool) else None
    if known is None and data == []:
        known = 0
    return Listing(
        facts=Facts(content=facts.content, total=known if counts else None),
        first=first if isinstance(first, str) and _WID.fullmatch(first) else "",
    )


def _good(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300  # noqa: PLR2004


def _read(answer: Answer) -> tuple[Facts, Mapping[str, object]]:
    content = content_of(answer)
    if content is not Content.JSON or answer.transport:
        facts = plain_facts(answer)
        text = answer.body[:200].decode("utf-8", "replace") if content is Content.OTHER else facts.fault_text
        return Facts(content=content, malformed=facts.malformed, fault_text=text), {}
    try:
        document = _OBJECT.validate_json(bare(answer.body))
    except ValidationError:
        return Facts(content=content, malformed=True), {}
    error, code, more = document.get("error"), document.get("code"), document.get("error_description")
    text = error if isinstance(error, str) else ""
    said = more if text and isinstance(more, str) else text
    # A number beside a word that we know says less than the word.
    named = code if isinstance(code, str) and text not in CODES else text
    return Facts(content=content, error_code=named, fault_text=said), document
