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
        ("the meeting of Link Workdayers", "the meeting of Link Workdayers"),
    ],
)
def test_names(text: str, without: str) -> None:
    assert without_names(text) == without
