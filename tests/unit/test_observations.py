"""Facts survive storage, and nothing odd from outside survives in them."""

import json

import pytest

from flows.endpoints import Endpoint
from flows.observations import CheckKind, Content, Layer, Observation, Report, Transport

FULL = Observation(
    layer=Layer.PERMISSION,
    operation="Get_Workers_Request",
    host="services1.myworkday.com",
    probe="public-worker-reports",
    http_status=200,
    transport=Transport.CUT,
    content=Content.XML,
    malformed=True,
    fault_code="SOAP-ENV:Client",
    fault_text="text",
    error_code="S22",
    total=3,
    missing=("Compensation_Data",),
    request_id="GID|1",
    retry_after=7,
    elapsed_ms=120,
    version="v44.0",
)


def test_a_report_survives_json() -> None:
    report = Report(
        kind=CheckKind.FULL,
        observations=(FULL, Observation(layer=Layer.LOGIN, operation="x", host="h")),
        endpoint=Endpoint(host="services1.myworkday.com", tenant="acme"),
        version="v44.0",
    )
    assert Report.from_document(json.loads(json.dumps(report.to_document()))) == report


@pytest.mark.parametrize("document", [None, {}, {"kind": "reach"}, {"kind": "reach", "observations": [{}]}])
def test_anything_else_is_no_report(document: object) -> None:
    with pytest.raises(ValueError, match="not a report"):
        Report.from_document(document)


def test_texts_from_outside_are_cleaned_and_capped() -> None:
    seen = Observation(
        layer=Layer.REST,
        operation="x",
        host="h",
        fault_text="a\x00\r\nb\u202e\ud800c" + "d" * 500,
        request_id="e" * 500,
    )
    assert seen.fault_text.startswith("a b cd")
    assert (len(seen.fault_text), len(seen.request_id)) == (300, 100)
    json.dumps(Report(kind=CheckKind.API, observations=(seen,)).to_document())
