"""What hearing a message and looking for secrets in it costs, against the plainest work on the same text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from flows.link.secrets.text import LONGEST_TEXT, looks_secret
from flows.link.thread_messages import hear
from tests.support.corpus import MOMENTS
from tests.support.links import ADA
from tests.support.long_texts import LONG_PIECES, long_text

WORDS = re.compile(r"\w+|\W+")
TIMES_WORDS = 6
"""How much longer it may take than to cut the text into words ten times."""


def fastest(work: Callable[[], object]) -> float:
    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.parametrize("piece", LONG_PIECES)
def test_the_longest_message_is_looked_at_in_time_that_grows_with_it(piece: str) -> None:
    whole = long_text(piece, LONGEST_TEXT)
    took = fastest(lambda: looks_secret(whole, user="ISU_Wintro"))
    half = fastest(lambda: looks_secret(whole[: LONGEST_TEXT // 2], user="ISU_Wintro"))
    heard = fastest(lambda: [hear(whole, MOMENTS[moment], ADA) for moment in ("service_url", "isu_refused")]) / 2
    cut = fastest(lambda: [WORDS.findall(whole) for _ in range(10)])
    told = ", ".join(f"{seconds * 1000:.0f}" for seconds in (took, half, heard, cut))
    print(f"{piece!r}: whole, half, heard, words {told} ms")  # noqa: T201  the figures are the point
    assert took < TIMES_WORDS * cut
    assert took < 3 * half + 0.005
    assert heard < 2 * TIMES_WORDS * cut
