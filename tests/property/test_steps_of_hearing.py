"""A message twice as long takes twice the steps at most, whatever it is made of: counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from flows.link.thread_messages import hear
from tests.support.corpus import MOMENTS
from tests.support.links import ADA
from tests.support.long_texts import PIECES, long_text

LENGTH = 2_500
A_FEW = 500


def steps(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes, those of patterns and of other built-in functions too."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", PIECES)
def test_a_message_twice_as_long_takes_twice_the_steps_at_most(piece: str) -> None:
    link = MOMENTS["isu_refused"]
    hear(long_text(piece, 100), link, ADA)  # what is made once is made
    text = long_text(piece, 2 * LENGTH)
    once, twice = steps(lambda: hear(text[:LENGTH], link, ADA)), steps(lambda: hear(text, link, ADA))
    print(f"{piece!r}: {once} steps, {twice} for twice as much")  # noqa: T201  the counts are the point
    assert twice <= 2 * once + A_FEW
