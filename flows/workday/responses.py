"""Response parsing: turns an answer into an observation, whatever its body is; it knows no format in depth."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from flows.diagnosis.answer_rules import RULES
from flows.diagnosis.observations import Content, Layer, Observation
from flows.diagnosis.rule import code_of, normal
from flows.workday.echo_detection import Sent
from flows.workday.network import Answer

_START = 2048
_TAG = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"<title[^>]*>(?P<title>[^<]*)", re.IGNORECASE)
# What stands first in a document, past the declaration and comments of XML: it outranks what a gateway labels it.
_FIRST = re.compile(
    rb"(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*(?:(?P<html><!doctype\s+html|<html)"
    rb"|(?P<xml><(?:[\w.-]+:)?(?:envelope|definitions)[\s>/])|(?P<json>[{\[]))",
    re.DOTALL,
)
_CHARSET = re.compile(r"charset=[\"']?(?P<name>[\w.:-]{1,40})", re.IGNORECASE)
_PLACE = re.compile(r"(?:https?://)?(?P<place>[^?#\s]*)", re.IGNORECASE)
# What the rules look for is ours, whoever says it, so it can stay where nothing else may.
# What only the token endpoint says is too common for that: a single word.
_PHRASES: Final = tuple(
    dict.fromkeys(rule.text for rule in RULES if rule.text and rule.layers != frozenset({Layer.TOKEN}))
)
CODES: Final = frozenset(code for rule in RULES for code in (rule.code, rule.error) if code)
"""The codes of faults and refusals that mean something to us."""


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
    """What a request was for; a text that gives back what it `sent` is not kept."""

    layer: Layer
    operation: str
    host: str
    probe: str = ""
    version: str = ""
    write: bool = False
    address_proved: bool = False
    bearer: bool = False
    sent: Sent = field(default_factory=Sent)


def bare(body: bytes) -> bytes:
    """Return a body without the blanks, the empty line and the mark of its encoding that gateways put in front."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")


def charset_of(answer: Answer) -> str | None:
    """Return the encoding that the label of a body names."""
    named = _CHARSET.search(answer.headers.get("content-type", ""))
    return named["name"] if named else None


def content_of(answer: Answer) -> Content:
    """Recognise the kind of a body from what it is, and from its label where that does not tell."""
    start = bare(answer.body[:_START]).lower()
    label = answer.headers.get("content-type", "").lower()
    if not start:
        return Content.EMPTY
    if first := _FIRST.match(start):
        return Content(str(first.lastgroup))
    if "html" in label:
        return Content.HTML
    if "json" in label:
        return Content.JSON
    if start.startswith(b"<") or "xml" in label:
        return Content.XML
    return Content.OTHER


def plain_facts(answer: Answer) -> Facts:
    """Return the facts of a body that is not in the format asked for: what a page is called, or where it sends us."""
    content = content_of(answer)
    text = ""
    if content is Content.HTML:
        page = answer.body[:_START].decode("utf-8", "replace")
        title = _TITLE.search(page)
        text = " ".join(f"{title['title'] if title else ''} {_phrases(_TAG.sub(' ', page))}".split())
    if (location := answer.headers.get("location")) and (match := _PLACE.match(location)):
        text = f"redirect to {match['place']}"
    return Facts(content=content, fault_text=text, malformed=content is not Content.EMPTY)


def observe(asked: Asked, answer: Answer, facts: Facts) -> Observation:
    """Return the observation of a request and its answer, without anything of what was sent.

    Where the body gives it back, only words of our own rules are kept of what the body says: whoever echoes a
    request may cut or change it in a way that nobody has thought of. What is left is no whole answer.
    """
    headers = answer.headers
    sent = asked.sent
    said = [text for text in (facts.fault_code, facts.fault_text, facts.error_code) if text]
    if said and (sent.is_in_body(answer.body) or any(map(sent.is_in, said))):
        facts = replace(
            facts,
            malformed=True,
            fault_code=_code(facts.fault_code),
            fault_text=_phrases(facts.fault_text),
            error_code=_code(facts.error_code),
        )
    request_id = headers.get("wd-stat-request-id") or headers.get("x-wd-gid", "")
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
        fault_code=facts.fault_code,
        fault_text=facts.fault_text,
        error_code=facts.error_code,
        total=facts.total,
        missing=facts.missing,
        request_id="" if sent.is_in(request_id) else request_id,
        our_request_id=answer.sent_as,
        address_proved=asked.address_proved,
        bearer=asked.bearer,
        retry_after=_number(headers.get("retry-after", "")),
        tokens_left=_number(headers.get("wd-ratelimit-tokens-remaining", "")),
        elapsed_ms=answer.elapsed_ms,
    )


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _phrases(text: str) -> str:
    said = normal(text)
    return " ".join(phrase for phrase in _PHRASES if phrase in said)


def _code(text: str) -> str:
    return next((code for code in CODES if code_of(text) == code), "")
