"""A cause, a fact or a line of Workday's report is whole: a row that uses it, its words, its line on the card, help."""

from __future__ import annotations

import pytest

from flows.diagnosis import permission_causes, sign_on_report
from flows.diagnosis.causes import FactName, RootCause
from flows.diagnosis.permission_cause_table import SUSPICIONS
from flows.diagnosis.sign_on_cause_table import SIGN_ON_SUSPICIONS, SignOnLine, SignOnSuspicion
from flows.diagnosis.sign_on_report import SignOnCause
from flows.link.attempt import Topic
from flows.words import load_words

WORDS = load_words()
ROWS = {row.cause: row for row in SIGN_ON_SUSPICIONS}
USED = {
    *(name for row in SUSPICIONS for name in row.because),
    *(name for row in SIGN_ON_SUSPICIONS for name in row.likely | row.told | row.excluded_by | row.needs),
    *permission_causes._PROOFS,  # noqa: SLF001 - what Workday itself says stands there
}


def missing(parts: dict[str, bool]) -> list[str]:
    return [part for part, there in parts.items() if not there]


@pytest.mark.parametrize("cause", RootCause)
def test_nothing_of_a_cause_is_missing(cause: RootCause) -> None:
    parts = {
        "a row of suspicions": cause in ROWS or cause in {row.cause for row in SUSPICIONS},
        f"words cause.{cause}": WORDS.has(f"cause.{cause}"),
    }
    assert missing(parts) == []


def test_a_sign_on_cause_has_one_row() -> None:
    assert len(ROWS) == len(SIGN_ON_SUSPICIONS)


@pytest.mark.parametrize("line", SignOnLine)
def test_nothing_of_a_card_line_is_missing(line: SignOnLine) -> None:
    parts = {
        "a cause that it shows": line in {row.line for row in SIGN_ON_SUSPICIONS},
        f"words reason.invalid_credentials.{line}": WORDS.has(f"reason.invalid_credentials.{line}"),
        "topic": str(line) in set(map(str, Topic)),
        f"words help.{line}.text": WORDS.has(f"help.{line}.text"),
    }
    assert missing(parts) == []


@pytest.mark.parametrize("said", SignOnCause)
def test_nothing_of_a_line_of_the_report_is_missing(said: SignOnCause) -> None:
    parts = {
        "phrases": said in {cause for rows in sign_on_report._phrases().values() for cause, _ in rows},  # noqa: SLF001 - the table is the promise
        f"words signon.{said}": WORDS.has(f"signon.{said}"),
        "a row of suspicions that it says": said is SignOnCause.SUCCESS
        or any(said in row.said_by for row in SIGN_ON_SUSPICIONS),
    }
    assert missing(parts) == []


@pytest.mark.parametrize("row", SIGN_ON_SUSPICIONS, ids=lambda row: row.cause)
def test_what_strikes_a_cause_out_does_not_speak_for_it(row: SignOnSuspicion) -> None:
    assert not row.excluded_by & (row.likely | row.needs | row.told)


@pytest.mark.parametrize("name", FactName)
def test_nothing_of_a_fact_is_missing(name: FactName) -> None:
    parts = {
        "a row that uses it": name in USED,
        f"words fact.{name}": WORDS.has(f"fact.{name}"),
    }
    assert missing(parts) == []
