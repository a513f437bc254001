"""Turns an answer into an observation, whatever its body is; it knows no format in depth and no meaning."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.observations import Content, Layer, Observation
from flows.workday.network import Answer

_START = 2048
_TAG = re.compile(r"<[^>]*>")
_PLACE = re.compile(r"(?:https?://)?(?P<place>[^?#\s]*)", re.IGNORECASE)
_SHORTEST_SECRET = 4
_REMOVED = "[removed]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a body says: the part of an observation that depends on its format."""

    content: Content
    malformed: bool = False
    fault_code: str = ""
    fault_text: str = ""
    error_code: str = ""
    total: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request was for; `secrets` are taken out of anything that comes back."""

    layer: Layer
    operation: str
    host: str
    probe: str = ""
    version: str = ""
    write: bool = False
    secrets: tuple[str, ...] = ()


def content_of(answer: Answer) -> Content:
    """Recognise the kind of a body from what it is, and from its label where that does not tell."""
    start = answer.body[:_START].lstrip().lower()
    label = answer.headers.get("content-type", "").lower()
    if not start:
        return Content.EMPTY
    if start.startswith((b"<!doctype html", b"<html")) or "html" in label:
        return Content.HTML
    if start.startswith((b"{", b"[")) or "json" in label:
        return Content.JSON
    if start.startswith(b"<") or "xml" in label:
        return Content.XML
    return Content.OTHER


def plain_facts(answer: Answer) -> Facts:
    """Give the facts of a body that is not in the format asked for: its first words, or where it sends us."""
    content = content_of(answer)
    text = ""
    if content is Content.HTML:
        text = " ".join(_TAG.sub(" ", answer.body[:_START].decode("utf-8", "replace")).split())
    if (location := answer.headers.get("location")) and (match := _PLACE.match(location)):
        text = f"redirect to {match['place']}"
    return Facts(content=content, fault_text=text, malformed=content is not Content.EMPTY)


def observe(asked: Asked, answer: Answer, facts: Facts) -> Observation:
    """Put request, answer and facts together, without any of the secrets that were sent."""
    headers = answer.headers
    retry_after = headers.get("retry-after", "")
    return Observation(
        layer=asked.layer,
        operation=asked.operation,
        host=asked.host,
        probe=asked.probe,
        version=asked.version,
        write=asked.write,
        http_status=answer.status,
        transport=answer.transport,
        content=facts.content,
        malformed=facts.malformed,
        fault_code=_without(asked.secrets, facts.fault_code),
        fault_text=_without(asked.secrets, facts.fault_text),
        error_code=_without(asked.secrets, facts.error_code),
        total=facts.total,
        missing=facts.missing,
        request_id=_without(asked.secrets, headers.get("wd-stat-request-id") or headers.get("x-wd-gid", "")),
        retry_after=int(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else None,
        elapsed_ms=answer.elapsed_ms,
    )


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _REMOVED)
    return text
