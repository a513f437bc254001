"""A reason is whole: what follows from it, its words, a golden answer or a conclusion that gives it, its page."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flows.diagnosis import findings
from flows.diagnosis.reasons import Field, Login, Owner, Reason, Retry, Stops, Verdict
from flows.words import load_words

ROOT = Path(__file__).parents[4]
WORDS = load_words()
GOLDEN = {case["reason"] for case in tomllib.loads((ROOT / "tests/faults/cases.toml").read_text("utf-8"))["case"]}
CONCLUDED = Path(findings.__file__).read_text("utf-8")
PAGE = (ROOT / "docs/troubleshooting.md").read_text("utf-8")


@pytest.mark.parametrize("reason", Reason)
def test_nothing_of_a_reason_is_missing(reason: Reason) -> None:
    parts = {
        "words what": WORDS.has(f"reason.{reason}.what"),
        "words next": WORDS.has(f"reason.{reason}.next"),
        "golden case or conclusion": reason in GOLDEN or f"Reason.{reason.name}" in CONCLUDED,
        "row of the page": f"| `{reason}` |" in PAGE or reason is Reason.OK,
    }
    assert [part for part, there in parts.items() if not there] == [], reason


@pytest.mark.parametrize("reason", Reason)
def test_the_traits_of_a_reason_agree(reason: Reason) -> None:
    traits = reason.traits
    assert (traits.owner is Owner.ADMIN) == (traits.field is not Field.NONE), "only the admin can be asked for a field"
    assert not traits.asks_again or traits.field not in {Field.NONE, Field.PERMISSIONS}, "there is a form for it"
    assert not traits.outage or (traits.owner, traits.retry, traits.stops) == (
        Owner.NOBODY,
        Retry.ALWAYS,
        Stops.CHECK,
    ), "an outage is nobody's, mends by itself and is left alone"
    assert traits.verdict is Verdict.UNPROBED or traits.login is not Login.REJECTED
    assert not (traits.outage and traits.login is Login.ACCEPTED), "an outage proves nothing"
