"""What people say to one another is left alone, and who asks for help is heard; `-s` shows the counts."""

from __future__ import annotations

import tomllib

import pytest

from tests.support.corpus import CORPUS, IS_WHOLE, MOMENTS, cases, show, understood

TELLING = ("service_url", "isu_refused")
"""Between these talk is heard differently: no name is known and an address is waited for, or a sign-on was refused."""


@pytest.mark.no_cover
def test_talk_is_left_alone() -> None:
    rows = []
    given = {case["text"] for case in tomllib.loads((CORPUS / "talk.toml").read_text("utf-8"))["case"]}
    for number, case in enumerate(cases("talk")):
        every = IS_WHOLE or case["text"] in given
        for moment in set(MOMENTS) - {"linked"} if every else (TELLING[number % 2],):
            heard = understood(case["text"], moment)
            rows.append((", ".join(case["want_one_of"]), heard in case["want_one_of"], (case["text"], moment, heard)))
    assert show("talk", rows) == []
    assert len(rows) >= 1200
