"""What looking for secrets costs, against the plainest work on the same text in the same run."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from flows.link.secrets.text import LONGEST_TEXT, looks_secret

WORDS = re.compile(r"\w+|\W+")
TIMES_WORDS = 12
"""How much longer it may take than to cut the text into words ten times."""


def fastest(work: Callable[[], object]) -> float:
    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(5))


@pytest.mark.parametrize(
    "piece", ["On it, back after lunch. ", "password ", "pw is ", "a,b\n", "user: x ", "token=", "A-b1 "]
)
def test_the_longest_message_is_looked_at_in_time_that_grows_with_it(piece: str) -> None:
    whole = (piece * LONGEST_TEXT)[:LONGEST_TEXT]
    took = fastest(lambda: looks_secret(whole, user="ISU_Wintro"))
    half = fastest(lambda: looks_secret(whole[: LONGEST_TEXT // 2], user="ISU_Wintro"))
    cut = fastest(lambda: [WORDS.findall(whole) for _ in range(10)])
    print(f"{piece!r}: {took * 1000:.0f} ms, half of it {half * 1000:.0f} ms, words {cut * 1000:.0f} ms")  # noqa: T201
    assert took < TIMES_WORDS * cut
    assert took < 4 * half + 0.005
