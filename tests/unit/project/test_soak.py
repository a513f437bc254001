"""The judge of `make soak`: each thing that must not be is named, and a good run is not blamed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.soak.running import SLOW, Run, Sample, was_blind

GOOD = Run("SQLite", samples=[Sample(minute, 140.0, 22, 1.0) for minute in range(40)])


def with_last(**more: float) -> list[Sample]:
    return [*GOOD.samples[:30], *(replace(one, **more) for one in GOOD.samples[30:])]


def test_a_good_run_is_not_blamed() -> None:
    assert GOOD.wrong() == []
    assert replace(GOOD, samples=with_last(memory=150, handles=30, age=15)).wrong() == []


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ({"lost": ["n1: card"]}, "lost: n1"),
        ({"doubled": ["n1: card 2 times"]}, "doubled: n1"),
        ({"late": ["form at 3: http_timeout"]}, "late: form"),
        ({"slow": 1}, "by the app's own clock"),
        ({"given_up": 2}, "2 errands were given up"),
        ({"samples": with_last(memory=170)}, "megabytes: 140.0 grew to 170.0"),
        ({"samples": with_last(handles=40)}, "handles: 22.0 grew"),
        ({"samples": with_last(age=18)}, "oldest errand: 1.0 grew"),
    ],
)
def test_what_must_not_be_is_named(spoiled: dict[str, Any], said: str) -> None:
    (line,) = replace(GOOD, **spoiled).wrong()
    assert said in line


def test_a_witness_that_stood_still_does_not_judge() -> None:
    assert was_blind([(100.0, 1.2)], at=101.0)
    assert was_blind([(99.0, 0.6), (100.0, 0.6)], at=100.5)
    assert not was_blind([(100.0, 0.6)], at=101.0)
    assert not was_blind([(90.0, 5.0)], at=101.0), "that was before"


def test_the_apps_own_count_is_read() -> None:
    text = "".join(
        f'linkworkday_ack_seconds_bucket{{kind="{kind}",le="{le}"}} {number}\n'
        for kind, numbers in {"form": (7.0, 8.0, 9.0), "press": (4.0, 4.0, 4.0)}.items()
        for le, number in zip(("3.0", "10.0", "+Inf"), numbers, strict=True)
    )
    assert SLOW.findall(text) == [("7.0", "9.0"), ("4.0", "4.0")]
