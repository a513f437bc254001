"""What people paste of the sign-on report is read, in every layout; `-s` shows the counts."""

from __future__ import annotations

from tests.support.corpus import cases, show, understood


def test_the_sign_on_report_is_read() -> None:
    rows = []
    for case in cases("signons"):
        for moment in ("isu_refused",):
            heard = understood(case["text"], moment)
            rows.append(
                (
                    ", ".join(case["want_one_of"]),
                    heard.removeprefix("sign_on:") in case["want_one_of"],
                    (case["text"], moment, heard),
                )
            )
    assert show("signons", rows) == []
    assert len(rows) >= 44
