"""What people say to one another is left alone, and who asks for help is heard; `-s` shows the counts."""

from __future__ import annotations

from tests.support.corpus import MOMENTS, cases, show, understood


def test_talk_is_left_alone() -> None:
    rows = []
    for case in cases("talk"):
        for moment in set(MOMENTS) - {"linked"}:
            heard = understood(case["text"], moment)
            rows.append((", ".join(case["want_one_of"]), heard in case["want_one_of"], (case["text"], moment, heard)))
    assert show("talk", rows) == []
    assert len(rows) >= 1200
