"""Every row of the matrix says what proves it; writing is asked about only on request, and nothing is written."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, TypeAdapter

import sandbox.workday as wd
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.causes import RootCause
from flows.diagnosis.findings import Finding, Proof, RowVerdict, conclude, wrote
from flows.diagnosis.limits import is_harmless, refused
from flows.diagnosis.observations import CheckKind, Evidence, Layer, Observation, Transport
from flows.diagnosis.permission_causes import infer
from flows.diagnosis.reasons import Reason, Verdict
from flows.permissions import Access, Permission, Probe, WriteProbe, load_permissions
from flows.workday import check_run
from flows.workday.check_run import Workday
from flows.workday.network import DEADLINE_SECONDS, MOST_BYTES, Answer, Network
from flows.workday.origins import Origins
from flows.workday.probes import DRY_RUNS, NO_SUCH_ID, RestWrite, SoapProbe
from flows.workday.responses import Asked, observe
from flows.workday.rest import read_refusal
from tests.support.asked_tenant import HOST, AskedTenant, asked_tenant, plan

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
PERMISSIONS = load_permissions()
RECRUITING = PERMISSIONS.rows("recruiting")
HRIS = PERMISSIONS.rows("hris")
ABSENCE = PERMISSIONS.rows("absence")
EVERYTHING = tuple(dict.fromkeys((*PERMISSIONS.rows("recruiting", absence=True), *HRIS)))
PUT_ROWS = tuple(row for row in RECRUITING if row.write_probe is not WriteProbe.NONE)
FINDINGS = TypeAdapter(Finding)


@pytest.fixture
async def world() -> AsyncIterator[AskedTenant]:
    async with asked_tenant() as built:
        yield built


def row_of(finding: Finding, row_id: str) -> RowVerdict:
    return next(row for row in finding.rows if row.permission_id == row_id)


# Evidence


async def test_every_probed_row_shows_its_evidence(world: AskedTenant) -> None:
    world.grant(row for row in HRIS if row.id not in {"location", "compensation"})
    finding = await world.finding(plan(CheckKind.PERMISSIONS, HRIS))
    denied, empty = row_of(finding, "location"), row_of(finding, "compensation")
    assert denied.evidence is not None
    assert (denied.evidence.operation, denied.evidence.http_status) == ("Get_Locations_Request", 500)
    assert "task submitted is not authorized" in denied.evidence.fault
    assert denied.evidence.request_id.startswith("GID|")
    assert empty.evidence is not None
    assert (empty.evidence.missing, empty.evidence.http_status) == (("Compensation_Data",), 200)
    granted = row_of(finding, "personal-data")
    assert granted.evidence is not None
    assert granted.evidence.request_id
    unprobed = row_of(finding, "workers")
    assert (unprobed.verdict, unprobed.evidence) == (Verdict.UNPROBED, None)


async def test_evidence_of_rest_names_the_code(world: AskedTenant) -> None:
    finding = await world.finding(plan(CheckKind.API, ABSENCE, world.register()))
    evidence = row_of(finding, "public-worker-reports-view").evidence
    assert evidence is not None
    assert (evidence.operation, evidence.http_status) == ("GET absenceManagement/v1/workers", 403)
    assert "permission denied" in evidence.fault


async def test_a_matrix_of_forty_rows_stays_small_and_comes_back(world: AskedTenant) -> None:
    finding = await world.finding(plan(CheckKind.PERMISSIONS, EVERYTHING))
    forty = (finding.rows * 3)[:40]
    stored = FINDINGS.dump_json(replace(finding, rows=forty))
    assert len(stored) < 16_000
    assert FINDINGS.validate_json(stored, strict=True).rows == forty


def test_an_older_stored_row_is_still_read() -> None:
    stored = '{"permission_id":"a","verdict":"granted","reason":"ok"}'
    assert TypeAdapter(RowVerdict).validate_json(stored, strict=True, extra="forbid").evidence is None


def test_a_failed_request_is_evidence_too() -> None:
    seen = Observation(layer=Layer.PERMISSION, operation="x", host="h", transport=Transport.TIMEOUT)
    assert Evidence.of(seen) == Evidence(operation="x", fault="timeout")
    long = replace(seen, transport=None, fault_code="c" * 90, fault_text="t" * 90, http_status=500)
    assert len(Evidence.of(long).fault) == 120


async def test_a_tenant_that_speaks_german_denies_as_well(world: AskedTenant) -> None:
    world.tenant.language = "de"
    finding = await world.finding(plan(CheckKind.PERMISSIONS, HRIS))
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    world.grant(row for row in HRIS if row.id != "location")
    assert (await world.finding(plan(CheckKind.PERMISSIONS, HRIS))).ids(Verdict.DENIED) == ("location",)


async def test_get_and_view_are_told_apart(world: AskedTenant) -> None:
    rows = PERMISSIONS.rows("hris", absence=True)
    world.grant(rows, Access.VIEW_ONLY)
    finding = await world.finding(plan(CheckKind.FULL, rows, world.register()))
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    api = await world.finding(plan(CheckKind.API, rows, world.register()))
    assert row_of(finding, "public-worker-reports").verdict is Verdict.DENIED
    assert row_of(api, "public-worker-reports-view").verdict is Verdict.GRANTED


# Writing


def test_every_put_row_is_probed_or_says_why_not() -> None:
    assert {*DRY_RUNS, WriteProbe.NONE} == set(WriteProbe)
    for profile in PERMISSIONS.profiles.values():
        for row in profile.permissions:
            has_either = row.write_probe is not WriteProbe.NONE or bool(row.write_unprobed_because)
            assert has_either == (row.access is Access.GET_AND_PUT), row.id


def test_writes_name_only_what_does_not_exist() -> None:
    for run in DRY_RUNS.values():
        assert NO_SUCH_ID in repr(run)
        assert isinstance(run, RestWrite) or not run.operation.startswith("Get_")


async def test_writing_is_not_asked_about_unless_wished(world: AskedTenant) -> None:
    world.grant(RECRUITING)
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING))
    assert finding.ok
    assert not any("Get" not in str(request.operation) for request in world.workday.requests)
    assert {(row.read, row.write) for row in finding.rows} == {(None, None)}


async def test_put_is_proved_without_writing(world: AskedTenant) -> None:
    world.grant(RECRUITING)
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING, probe_writes=True))
    assert finding.ok
    assert {row.id for row in PUT_ROWS} == {row.permission_id for row in finding.rows if row.write is Verdict.GRANTED}
    moving = row_of(finding, "move-candidate")
    assert (moving.verdict, moving.read, moving.write) == (Verdict.GRANTED, Verdict.UNPROBED, Verdict.GRANTED)
    assert moving.evidence is not None
    assert NO_SUCH_ID in moving.evidence.fault
    assert world.tenant.writes == []
    operations = [request.operation for request in world.workday.requests]
    over_soap = {run.operation for run in DRY_RUNS.values() if isinstance(run, SoapProbe)}
    assert len([name for name in operations if name in over_soap]) == 4


async def test_get_without_put_is_found(world: AskedTenant) -> None:
    world.grant(RECRUITING, Access.GET_ONLY)
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING, probe_writes=True))
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert set(finding.ids(Verdict.DENIED)) == {row.id for row in PUT_ROWS}
    personal = row_of(finding, "candidate-personal-information")
    assert (personal.read, personal.write, personal.only_write_denied) == (Verdict.GRANTED, Verdict.DENIED, True)
    assert finding.evidence is not None
    assert finding.evidence.write
    assert (await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING))).ok, "reading alone is fine"


async def test_a_row_denied_for_reading_is_not_asked_about_writing(world: AskedTenant) -> None:
    world.grant(row for row in RECRUITING if "candidate" not in row.id)
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING, probe_writes=True))
    personal = row_of(finding, "candidate-personal-information")
    assert (personal.verdict, personal.write) == (Verdict.DENIED, None)
    assert "Put_Candidate_Request" not in [request.operation for request in world.workday.requests]


async def test_a_write_that_is_taken_is_the_last_one(world: AskedTenant) -> None:
    world.grant(RECRUITING)
    first = world.tenant.workers[0]
    world.tenant.workers[0] = replace(first, employee_id=NO_SUCH_ID)  # what the write names is there after all
    outcome = await world.client.run(plan(CheckKind.PERMISSIONS, PUT_ROWS, probe_writes=True))
    finding = conclude(outcome.report, PUT_ROWS)
    assert wrote(outcome.report)
    assert {row.write for row in finding.rows} <= {Verdict.UNPROBED, Verdict.GRANTED, None}
    assert 1 <= len(world.tenant.writes) <= 4


async def test_a_refusal_to_answer_stops_before_writing(world: AskedTenant) -> None:
    world.grant(RECRUITING)
    world.tenant.throttle(soap=3)
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING, probe_writes=True))
    assert finding.reason is Reason.OVERLOADED
    assert world.tenant.writes == []


async def test_only_rows_for_writing_come_to_a_finding(world: AskedTenant) -> None:
    moving = tuple(row for row in RECRUITING if row.id == "move-candidate")
    world.grant(RECRUITING)
    assert (await world.finding(plan(CheckKind.PERMISSIONS, moving, probe_writes=True))).ok
    world.tenant.revoke_permission("Link", "Move Candidate")
    world.tenant.activate_pending_security_policy_changes("x")
    finding = await world.finding(plan(CheckKind.PERMISSIONS, moving, probe_writes=True))
    assert finding.reason is Reason.PERMISSIONS_MISSING


@pytest.mark.parametrize("probe", [WriteProbe.MOVE_CANDIDATE, WriteProbe.EDIT_JOB_REQUISITION])
async def test_a_write_without_its_wrapper_proves_nothing(
    world: AskedTenant, monkeypatch: pytest.MonkeyPatch, probe: WriteProbe
) -> None:
    world.grant(RECRUITING)
    whole = DRY_RUNS[probe]
    assert isinstance(whole, SoapProbe)
    inner = whole.body[1]
    assert isinstance(inner, tuple)
    bare = replace(whole, body=(whole.operation, inner[0][1]))
    monkeypatch.setattr(check_run, "DRY_RUNS", {**DRY_RUNS, probe: bare})
    finding = await world.finding(plan(CheckKind.PERMISSIONS, RECRUITING, probe_writes=True))
    (row,) = (row for row in RECRUITING if row.write_probe is probe)
    found = row_of(finding, row.id)
    assert (found.verdict, found.write) == (Verdict.UNPROBED, Verdict.UNPROBED)
    assert found.reason is Reason.OUR_REQUEST_REFUSED
    assert found.evidence is not None
    assert "_Data' is required" in found.evidence.fault
    assert finding.ok
    assert not world.tenant.writes
    assert finding.granted == len(PUT_ROWS) + len([one for one in RECRUITING if one.id in _read_only(finding)]) - 1


def _read_only(finding: Finding) -> set[str]:
    return {row.permission_id for row in finding.rows if row.verdict is Verdict.GRANTED and row.write is None}


# Writing over REST


def a_vendors_row(access: Access = Access.VIEW_AND_MODIFY) -> Permission:
    return Permission(
        id="request-time-off",
        policy="Request Time Off (REST Service)",
        access=access,
        why="Asks for time off.",
        data="Requests for time off",
        probe=Probe.REST_ELIGIBLE_ABSENCES,
        write_probe=WriteProbe.REST_REQUEST_TIME_OFF,
        scope="Time Off and Leave",
    )


ROWS = (*(row for row in ABSENCE if row.id == "public-worker-reports-view"), a_vendors_row())


async def asked_over_rest(world: AskedTenant, access: Access, rows: tuple[Permission, ...] = ROWS) -> Finding:
    world.grant((ROWS[0],))
    world.grant((ROWS[1],), access)
    return await world.finding(plan(CheckKind.API, rows, world.register(), probe_writes=True))


async def test_modify_is_proved_by_validation_alone(world: AskedTenant) -> None:
    finding = await asked_over_rest(world, Access.VIEW_AND_MODIFY)
    found = row_of(finding, "request-time-off")
    assert finding.ok
    assert (found.read, found.write) == (Verdict.GRANTED, Verdict.GRANTED)
    assert found.proof(Access.VIEW_AND_MODIFY) is Proof.GRANTED
    assert (world.tenant.writes, world.tenant.risks) == ([], [])
    assert [one.method for one in world.workday.requests if "requestTimeOff" in one.path] == ["POST"]


async def test_view_without_modify_is_found_and_has_its_cause(world: AskedTenant) -> None:
    finding = await asked_over_rest(world, Access.VIEW_ONLY)
    found = row_of(finding, "request-time-off")
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert (found.read, found.write, found.only_write_denied) == (Verdict.GRANTED, Verdict.DENIED, True)
    assert [one.cause for one in infer(finding, ROWS)] == [RootCause.VIEW_WITHOUT_MODIFY, RootCause.NOT_ACTIVATED]


async def test_modify_is_asked_about_only_on_request_and_where_reading_is_not_denied(world: AskedTenant) -> None:
    world.grant((ROWS[0],))
    api = world.register()
    for wished in (False, True):
        finding = await world.finding(plan(CheckKind.API, ROWS, api, probe_writes=wished))
        assert row_of(finding, "request-time-off").verdict is Verdict.DENIED
    world.grant((ROWS[1],), Access.VIEW_ONLY)
    found = row_of(await world.finding(plan(CheckKind.API, ROWS, api)), "request-time-off")
    assert found.proof(Access.VIEW_AND_MODIFY) is Proof.READ
    assert not any("requestTimeOff" in one.path for one in world.workday.requests)


async def test_a_service_that_does_not_know_the_header_keeps_nothing_either(world: AskedTenant) -> None:
    world.workday.switches.validate_only_is_known = False
    finding = await asked_over_rest(world, Access.VIEW_AND_MODIFY)
    assert row_of(finding, "request-time-off").write is Verdict.GRANTED
    assert world.tenant.writes == []


async def test_a_dry_run_that_is_taken_proves_nothing_and_is_ours_to_look_at(
    world: AskedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.workday.rest.writes.known", lambda *_: {NO_SUCH_ID})
    world.grant((ROWS[0],))
    world.grant((ROWS[1],))
    outcome = await world.client.run(plan(CheckKind.API, ROWS, world.register(), probe_writes=True))
    assert [one.operation for one in wrote(outcome.report)] == [
        "POST absenceManagement/v1/workers/{worker}/requestTimeOff"
    ]
    assert row_of(conclude(outcome.report, ROWS), "request-time-off").write is Verdict.UNPROBED
    assert world.tenant.writes == [], "it was validated only"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error":"x","errors":[{"error":"A1009: Type is required and must have a value."}]}', "our_request_refused"),
        (b'{"error":"x","errors":[{"error":"no such id: permission-test-no-such-id"}, 4, {"error": 5}]}', "ok"),
        (b'{"error":"permission-test-no-such-id","errors":7}', "ok"),
        (b"[", "our_request_refused"),
    ],
)
def test_only_what_workday_has_against_the_id_grants(body: bytes, reason: str) -> None:
    facts = read_refusal(Answer(status=400, headers={"content-type": "application/json"}, body=body))
    asked = Asked(layer=Layer.REST, operation="POST", host=HOST, write=True)
    assert diagnose(observe(asked, Answer(status=400, body=body), facts)).reason == reason


# The guardrail


async def test_dry_runs_beyond_the_hours_budget_are_held_back_and_say_so(world: AskedTenant) -> None:
    world.grant((*RECRUITING, *ROWS))
    rows = (*RECRUITING, *ROWS)
    for left in (0, 1, 4, 5):
        world.workday.requests.clear()
        asked = replace(plan(CheckKind.FULL, rows, world.register(), probe_writes=True), dry_runs_left=left)
        outcome = await world.client.run(asked)
        finding = conclude(outcome.report, rows)
        held = [row for row in finding.rows if row.reason is Reason.HELD_BACK]
        assert len(held) == 5 - left
        assert finding.ok, "what was not asked is no trouble"
        assert is_harmless(outcome.report)
        assert {row.proof(Access.GET_AND_PUT) for row in held} <= {Proof.READ_ONLY, Proof.UNPROBED}
        assert refused(outcome.report) == left
        assert not any(
            seen.http_status or seen.our_request_id for seen in outcome.report.observations if seen.transport
        )


async def test_what_is_counted_is_what_the_guardrail_counts(world: AskedTenant) -> None:
    world.grant(row for row in EVERYTHING if "worker" in row.policy.lower())
    outcome = await world.client.run(plan(CheckKind.FULL, EVERYTHING, world.register(), probe_writes=True))
    assert refused(outcome.report) == len(world.tenant.guardrail.invalid) > 5


# Limits


@pytest.mark.no_cover
async def test_a_whole_profile_at_300_ms_per_answer_takes_seconds(world: AskedTenant) -> None:
    world.grant(HRIS)
    world.workday.delay = 0.3
    started = time.perf_counter()
    finding = await replace(world, client=Workday(world.network)).finding(plan(CheckKind.PERMISSIONS, HRIS))
    elapsed = time.perf_counter() - started
    asked = len(world.workday.requests)
    assert finding.ok
    assert asked == 12
    assert elapsed < asked * 0.3 + 2


def test_the_limits_are_those_promised() -> None:
    assert DEADLINE_SECONDS == 10
    assert MOST_BYTES == 2 * 1024 * 1024


ODD = {
    wd.Oddity.HTML_PAGE: Reason.WEB_PAGE,
    wd.Oddity.REDIRECT: Reason.WEB_PAGE,
    wd.Oddity.DTD: Reason.DAMAGED,
    wd.Oddity.ENTITY_BOMB: Reason.DAMAGED,
    wd.Oddity.TEN_MEGABYTES: Reason.UNREADABLE,
    wd.Oddity.GZIP_BOMB: Reason.UNREADABLE,
    wd.Oddity.INVALID_JSON: Reason.DAMAGED,
    wd.Oddity.INVALID_XML: Reason.DAMAGED,
    wd.Oddity.EMPTY_BODY: Reason.DAMAGED,
    wd.Oddity.CONNECTION_CUT: Reason.NOT_ANSWERING,
    wd.Oddity.SERVER_ERROR: Reason.NOT_ANSWERING,
    wd.Oddity.BAD_GATEWAY: Reason.NOT_ANSWERING,
    wd.Oddity.SERVICE_UNAVAILABLE: Reason.NOT_ANSWERING,
    wd.Oddity.OVERLOADED: Reason.OVERLOADED,
    wd.Oddity.FOREIGN_FAULT: Reason.NOT_ANSWERING,
    wd.Oddity.PROXY_PAGE: Reason.PROXY_IN_BETWEEN,
    wd.Oddity.PROXY_SIGN_IN: Reason.PROXY_IN_BETWEEN,
    wd.Oddity.FORBIDDEN: Reason.PROXY_IN_BETWEEN,
    wd.Oddity.TOO_SLOW: Reason.NOT_ANSWERING,
    wd.Oddity.GATEWAY_TIMEOUT: Reason.NOT_ANSWERING,
    wd.Oddity.HANG: Reason.NOT_ANSWERING,
    wd.Oddity.TRUNCATED: Reason.DAMAGED,
    wd.Oddity.CONNECTION_CUT_AFTER_WORK: Reason.NOT_ANSWERING,
}
EXCEPT = {
    # Before the address was proved, a page, a 500 or a 503 may come from a wrong server as well as from a resting one.
    ("reach", wd.Oddity.HTML_PAGE): Reason.HTML_INSTEAD,
    ("reach", wd.Oddity.REDIRECT): Reason.REDIRECTED,
    ("reach", wd.Oddity.SERVER_ERROR): Reason.ADDRESS_OR_OUTAGE,
    ("reach", wd.Oddity.SERVICE_UNAVAILABLE): Reason.ADDRESS_OR_OUTAGE,
    ("reach", wd.Oddity.FOREIGN_FAULT): Reason.ADDRESS_OR_OUTAGE,
    **{
        ("reach", oddity): Reason.ADDRESS_OR_OUTAGE
        for oddity in (
            *(wd.Oddity.DTD, wd.Oddity.ENTITY_BOMB, wd.Oddity.TEN_MEGABYTES, wd.Oddity.GZIP_BOMB),
            *(wd.Oddity.INVALID_JSON, wd.Oddity.INVALID_XML, wd.Oddity.EMPTY_BODY),
        )
    },
    # This overload speaks SOAP, which says nothing to whoever asked over REST.
    **{(kind, wd.Oddity.OVERLOADED): Reason.NOT_ANSWERING for kind in ("rest_login", "rest")},
    # The rest of Workday may well be there.
    **{("token", oddity): Reason.TOKEN_AWAY for oddity, reason in ODD.items() if reason is Reason.NOT_ANSWERING},
    ("token", wd.Oddity.OVERLOADED): Reason.TOKEN_AWAY,
    # Where a fault does not say why, it is ours to look at once the same password was accepted.
    ("permission", wd.Oddity.FOREIGN_FAULT): Reason.UNKNOWN,
    ("write", wd.Oddity.FOREIGN_FAULT): Reason.UNKNOWN,
    # REST refuses by its status alone, and a token service that does so was never seen.
    **{(kind, wd.Oddity.FORBIDDEN): Reason.REST_FORBIDDEN for kind in ("rest_login", "rest")},
    ("token", wd.Oddity.FORBIDDEN): Reason.UNKNOWN,
    # Only the beginning of a WSDL is looked at.
    ("reach", wd.Oddity.TRUNCATED): Reason.OK,
    # Half a fault is still a 500.
    ("write", wd.Oddity.TRUNCATED): Reason.NOT_ANSWERING,
}
KINDS = ("reach", "login", "permission", "write", "token", "rest_login", "rest", "wql", "owner")


@pytest.mark.parametrize("oddity", list(ODD))
@pytest.mark.parametrize("kind", KINDS)
async def test_an_odd_answer_to_any_question_is_classified_and_bounded(
    world: AskedTenant, kind: str, oddity: wd.Oddity
) -> None:
    world.grant(EVERYTHING)
    asks_before = {"reach": 0, "login": 0, "permission": 1, "write": 1, "token": 0}.get(kind, 1)
    one = tuple(row for row in EVERYTHING if row.id == "move-candidate" or row.probe is Probe.REST_WORKERS)
    rows = tuple(row for row in EVERYTHING if row.id == "location") if kind == "permission" else one
    check = {
        "reach": replace(plan(CheckKind.PERMISSIONS, ()), kind=CheckKind.REACH),
        "login": replace(plan(CheckKind.PERMISSIONS, ()), kind=CheckKind.LOGIN),
        "permission": plan(CheckKind.PERMISSIONS, rows),
        "write": plan(CheckKind.PERMISSIONS, rows, probe_writes=True),
    }.get(kind) or plan(CheckKind.API, rows, world.register())
    if kind in {"wql", "owner"}:
        asks_before = 3 if kind == "wql" else 5
        check = replace(check, deep_at=NOON)
    elif kind == "rest":
        asks_before = 2
    deadline = 0.3 if oddity is wd.Oddity.HANG else 5
    network = Network(Origins.parse(f"{HOST}={world.workday.origin}"), deadline=deadline)
    if asks_before:
        spoil(world, oddity, after=asks_before)
    else:
        world.workday.next_answers(oddity)
    started = time.perf_counter()
    outcome = await Workday(network, pace=0).run(check)
    await network.aclose()
    assert time.perf_counter() - started < 10
    finding = conclude(outcome.report, check.rows)
    expected = EXCEPT.get((kind, oddity), ODD[oddity])
    if kind in {"wql", "owner"}:
        assert finding.ok, "what Workday will not say about itself is nobody's trouble"
        assert outcome.report.deep is not None
        assert outcome.report.deep.token_works
    else:
        seen = [finding.reason, *(row.reason for row in finding.rows)]
        assert expected in seen
    assert all(request.oddity in {None, oddity} for request in world.workday.requests)
    assert [request.oddity for request in world.workday.requests].count(oddity) == 1, "never asked again"


@pytest.mark.parametrize("dress", [wd.Oddity.SOAP_12, wd.Oddity.RELABELLED, wd.Oddity.GZIPPED])
async def test_an_answer_in_another_dress_means_the_same(world: AskedTenant, dress: wd.Oddity) -> None:
    world.tenant.oddity = dress
    row = next(row for row in EVERYTHING if row.id == "location")
    assert (await world.finding(plan(CheckKind.PERMISSIONS, (row,)))).rows[0].reason is Reason.NOT_AUTHORIZED
    world.grant((row,))
    assert (await world.finding(plan(CheckKind.FULL, (row,)))).ok
    refused = replace(plan(CheckKind.PERMISSIONS, ()), kind=CheckKind.LOGIN, password=SecretStr("wrong"))
    assert (await world.finding(refused)).reason is Reason.INVALID_CREDENTIALS


@pytest.mark.parametrize("oddity", [wd.Oddity.GZIP_BOMB, wd.Oddity.TEN_MEGABYTES, wd.Oddity.INVALID_XML])
async def test_no_password_is_sent_after_an_answer_that_may_hide_a_refusal(
    world: AskedTenant, oddity: wd.Oddity
) -> None:
    world.grant(HRIS)
    spoil(world, oddity, after=2)
    outcome = await world.client.run(plan(CheckKind.PERMISSIONS, HRIS))
    assert len(world.workday.requests) == 3
    assert not is_harmless(outcome.report)


async def test_a_fault_of_one_probe_does_not_end_the_others(world: AskedTenant) -> None:
    world.grant(HRIS)
    spoil(world, wd.Oddity.UNKNOWN_FAULT, after=2)
    outcome = await world.client.run(plan(CheckKind.PERMISSIONS, HRIS))
    assert len(world.workday.requests) == 12
    assert is_harmless(outcome.report)


def spoil(world: AskedTenant, oddity: wd.Oddity, *, after: int) -> None:
    """Spoil one answer after some good ones."""
    original = world.workday._oddity  # noqa: SLF001
    counted = 0

    def counting(path: str, name: str | None, tenant: wd.Tenant | None) -> wd.Oddity | None:
        nonlocal counted
        counted += 1
        return oddity if counted == after + 1 else original(path, name, tenant)

    world.workday._oddity = counting  # type: ignore[method-assign]  # noqa: SLF001
