"""What counts for Workday's guardrail is each request that it had to refuse, once."""

from __future__ import annotations

from flows.diagnosis.guardrail import refused
from flows.diagnosis.observations import CheckKind, Deep, Layer, Report
from tests.support.links import DENIED, FORBIDDEN, GOOD, INVALID, SILENT, seen


def test_a_request_counts_once_for_all_that_it_was_asked_for() -> None:
    denied = (seen(Layer.PERMISSION, row, our_request_id="1", **DENIED) for row in ("a", "b"))
    write = seen(Layer.PERMISSION, "c", our_request_id="2", write=True, **GOOD)
    others = (seen(Layer.LOGIN, our_request_id="3", **facts) for facts in (GOOD, INVALID, SILENT))
    deep = Deep(observations=(seen(Layer.REST, our_request_id="4", **FORBIDDEN),))
    assert refused(Report(kind=CheckKind.FULL, observations=(*denied, write, *others), deep=deep)) == 3
    assert refused(Report(kind=CheckKind.FULL, observations=())) == 0
