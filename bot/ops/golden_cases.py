"""Turns what a live tenant has answered into golden cases, so that no release reads it otherwise; it asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from flows.diagnosis.answer_rules import RULES, UNMATCHED
from flows.diagnosis.observations import Content, Layer
from flows.diagnosis.reasons import Reason
from flows.diagnosis.rule import ASSERTION

REDIRECT: Final = "redirect to "
_REASONS: Final = {rule.id: rule.reason for rule in RULES} | {UNMATCHED: Reason.UNKNOWN}


def as_cases(report: Mapping[str, Any]) -> str:
    """Return a report of the doctor as rows of tests/faults/cases.toml, each kind of answer once.

    An answer that nothing was wrong with is left out, and so is one without any words: the cases have those. What no
    rule knows yet comes as `unmatched`: write its rule, and then its name into the row. Raises KeyError and TypeError
    for what is no report.
    """
    rows = dict.fromkeys(_row(line) for line in report["answers"] if _is_telling(line))
    return "\n\n".join(rows) or "# Nothing in this report is worth a case."


def _is_telling(line: Mapping[str, Any]) -> bool:
    return _REASONS[line["rule"]] is not Reason.OK and bool(line["fault_code"] or line["fault_text"] or line["error"])


def _row(line: Mapping[str, Any]) -> str:
    return "\n".join(("[[case]]", *(f"{name} = {_written(value)}" for name, value in _values(line))))


def _values(line: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Give what a case says, in the order in which the cases say it."""
    yield "rule", line["rule"]
    yield "layer", line["layer"]
    if line["operation"] == ASSERTION:
        yield "asserted", True
    if line["bearer"]:
        yield "bearer", True
    if line["status"] is not None:
        yield "status", line["status"]
    if line["transport"]:
        yield "transport", line["transport"]
    if line["clock_off"]:
        yield "clock_off", line["clock_off"]
    yield _body(line)
    yield "reason", _REASONS[line["rule"]].value


def _body(line: Mapping[str, Any]) -> tuple[str, object]:
    """Write the answer that the words were read from."""
    text = str(line["fault_text"])
    if text.startswith(REDIRECT):
        return "location", text.removeprefix(REDIRECT)
    match line["content"]:
        case Content.XML:
            return "fault", [line["fault_code"], text]
        case Content.JSON:
            return "json", _written(_document(line))
        case Content.HTML:
            return "html", f"<html><title>{escape(text)}</title></html>"
        case _:
            return "txt", text


def _written(value: object) -> str:
    """Write a value as JSON, which is TOML, too, as long as letters are written as they are."""
    return json.dumps(value, ensure_ascii=False)


def _document(line: Mapping[str, Any]) -> dict[str, str]:
    """Write the body that a code and a text were read from."""
    code, text = line["error"], line["fault_text"]
    if line["layer"] == Layer.TOKEN:
        return {"error": code, "error_description": text} if text != code else {"error": code}
    return {"error": text, "code": code} if text != code else {"error": text}
