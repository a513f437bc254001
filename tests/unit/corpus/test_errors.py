"""Error texts that people paste are understood at the moment at which they paste them; `-s` shows the counts."""

from __future__ import annotations

from tests.support.corpus import cases, show, understood


def test_pasted_errors_are_understood() -> None:
    rows = []
    for case in cases("errors"):
        for moment in case["steps"]:
            heard = understood(case["text"], moment)
            rows.append((", ".join(case["want_one_of"]), heard in case["want_one_of"], (case["text"], moment, heard)))
    assert show("errors", rows) == []
    assert len(rows) >= 110
