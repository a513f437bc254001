"""The corpus of what people type, at the moments of a link at which they type it."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.link.events import Heard
from flows.link.state import Link, Status, Step
from flows.link.thread_messages import hear
from tests.support.links import ACCOUNT, ADA, DENIED, ENDPOINT, INVALID, NOW, RULES, a_link, report

CORPUS = Path(__file__).parents[1] / "corpus"
IS_WHOLE = os.environ.get("CORPUS") == "all"
"""Whether every case is tried at every moment and in every dress, as continuous integration does."""
ROWS = RULES.permissions.rows("recruiting")
REFUSED = conclude(report(CheckKind.LOGIN, login=INVALID), ROWS)
DENIALS = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)), ROWS)
KNOWN: dict[str, Any] = {"endpoint": ENDPOINT, "account": ACCOUNT}
MOMENTS: Mapping[str, Link] = {
    "service_url": a_link(step=Step.SERVICE_URL),
    "isu": a_link(step=Step.ISU, endpoint=ENDPOINT),
    "isu_refused": a_link(step=Step.ISU, trouble=REFUSED, **KNOWN),
    "group": a_link(step=Step.GROUP, **KNOWN),
    "permissions": a_link(step=Step.PERMISSIONS, **KNOWN),
    "activation_denied": a_link(step=Step.ACTIVATION, trouble=DENIALS, **KNOWN),
    "auth_policy": a_link(step=Step.AUTH_POLICY, policy_needed=True, **KNOWN),
    "api_client": a_link(step=Step.API_CLIENT, absence=True, **KNOWN),
    "linked": a_link(step=Step.LINKED, status=Status.LINKED, linked=NOW, **KNOWN),
}
"""A link at each moment that the corpus names."""


def cases(kind: str) -> list[dict[str, Any]]:
    """Return the cases of a kind: those that were found, then variants of our own."""
    files = sorted(CORPUS.rglob(f"{kind}.toml"))
    return [case for file in files for case in tomllib.loads(file.read_text("utf-8"))["case"]]


def understood(text: str, moment: str) -> str:
    """Return what is heard in a message of the admin, in the words of the corpus."""
    return named(hear(text, MOMENTS[moment], ADA))


def named(heard: Heard | None) -> str:
    """Return the corpus' word for what was heard."""
    if heard is None:
        return "nothing"
    of = heard.reason or heard.sign_on or (heard.pasted and heard.pasted.kind)
    return f"{heard.intent}:{of}" if of else heard.intent


def show(kind: str, rows: Sequence[tuple[str, bool, object]]) -> list[object]:
    """Print how many cases of each kind are right, and return what is wrong."""
    every, right = Counter(row[0] for row in rows), Counter(row[0] for row in rows if row[1])
    print(f"\n{kind}: {right.total()} of {every.total()} right")  # noqa: T201  the counts are the point
    for name, number in sorted(every.items()):
        print(f"  {right[name]:>5} of {number:>5}  {name}")  # noqa: T201
    return [told for _, is_right, told in rows if not is_right]
