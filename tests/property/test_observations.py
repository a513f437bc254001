"""Every observation survives storage, has one diagnosis and leads to one finding."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.findings import Finding, conclude
from flows.diagnosis.observations import CheckKind, Layer, Observation, Report
from flows.diagnosis.reasons import Reason, Verdict
from flows.permissions import load_permissions

FINDINGS = TypeAdapter(Finding)
ROWS = load_permissions().rows("recruiting", absence=True)
OBSERVATIONS = st.builds(
    Observation,
    probe=st.sampled_from(["", *(row.id for row in ROWS)]),
    layer=st.sampled_from(Layer),
    http_status=st.none() | st.integers(100, 599),
    fault_code=st.sampled_from(["", "SOAP-ENV:Client.authenticationError", "SOAP-ENV:Client.validationError"]),
    fault_text=st.text(max_size=40) | st.just("The task submitted is not authorized."),
)
REPORTS = st.builds(Report, kind=st.sampled_from(CheckKind), observations=st.lists(OBSERVATIONS, max_size=8).map(tuple))


@given(REPORTS)
def test_a_report_always_comes_to_a_finding(report: Report) -> None:
    finding = conclude(report, ROWS)
    assert FINDINGS.validate_json(FINDINGS.dump_json(finding)) == finding
    assert finding.granted == len(finding.ids(Verdict.GRANTED)) <= finding.total == len(finding.rows)
    if finding.ok:
        assert not finding.ids(Verdict.DENIED) or report.kind not in {CheckKind.PERMISSIONS, CheckKind.FULL}


@given(OBSERVATIONS)
def test_an_authentication_fault_is_never_read_as_yes(seen: Observation) -> None:
    if seen.fault_code.endswith("authenticationError") and seen.layer in {Layer.LOGIN, Layer.PERMISSION}:
        assert diagnose(seen).reason is not Reason.OK
