"""What people really paste as Workday's address is understood; `-s` shows the counts of each kind."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.tenant.service_url import Pasted, read_endpoint

CORPUS = Path(__file__).parents[2] / "corpus"
CASES: list[dict[str, Any]] = [
    case for path in CORPUS.rglob("addresses.toml") for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def kind_of(pasted: Pasted) -> str:
    if pasted.endpoint:
        return "endpoint"
    return "candidates" if pasted.candidates else pasted.kind


def is_right(case: dict[str, Any], pasted: Pasted) -> bool:
    hosts = {candidate.host for candidate in pasted.candidates}
    match case["want"]:
        case "endpoint":
            return kind_of(pasted) == "endpoint" and (pasted.host, pasted.tenant) == (case["host"], case["tenant"])
        case "candidates":
            return kind_of(pasted) == "candidates" and pasted.tenant == case["tenant"] and hosts >= {*case["hosts"]}
        case _:
            return not pasted.candidates and kind_of(pasted) in case["because_one_of"]


def test_addresses_are_understood() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for case in CASES:
        pasted = read_endpoint(case["text"])
        right = is_right(case, pasted)
        counts[case["want"], right] += 1
        if not right:
            wrong.append((case["text"], kind_of(pasted), pasted.host, pasted.tenant))
    for want in ("endpoint", "candidates", "refused"):
        print(f"{want:<12} {counts[want, True]:>4} right {counts[want, False]:>4} wrong")  # noqa: T201  the counts are the point
    assert wrong == []


@pytest.mark.parametrize("want", ["endpoint", "candidates", "refused"])
def test_there_are_cases_of_each_kind(want: str) -> None:
    assert sum(case["want"] == want for case in CASES) >= 25
