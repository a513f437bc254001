"""A name on a card is one word of what is said, however its own words look."""

from __future__ import annotations

import pytest

from flows.link.card_names import without_names


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("is move candidate really necessary", "is field really necessary"),
        ("Was bedeutet Session Timeout Minutes?", "Was bedeutet field?"),
        ("Worker Data: Public Worker Reports is there twice", "field is there twice"),
        ("Activate Pending Security Policy Changes, then?", "field, then?"),
        ("I never move candidates", "I never move candidates"),
        ("why do you need current staffing information?", "why do you need field?"),
        ("I take time off", "I take time off"),
        ("the meeting of Link Workdayers", "the meeting of Link Workdayers"),
    ],
)
def test_names(text: str, without: str) -> None:
    assert without_names(text) == without


def test_a_policy_of_the_vendors_own_is_a_name_too() -> None:
    own = frozenset({"Benefits: Dental Plans", "Set Up: Payroll"})
    assert without_names("what are dental plans and Set Up: Payroll for", own) == "what are field and field for"
    assert without_names("what are dental plans for") == "what are dental plans for"
