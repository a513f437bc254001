"""Every rule has a golden case, no rule hides another, and a whole check comes to the right finding."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from flows.diagnosis.answer_rules import RULES, UNMATCHED, diagnose
from flows.diagnosis.findings import Finding, conclude, merged
from flows.diagnosis.observations import CheckKind, Content, Layer, Observation, Report, Transport
from flows.diagnosis.pasted_errors import recognise_fault
from flows.diagnosis.reasons import Field, Owner, Reason, Verdict
from flows.permissions import Permission, load_permissions
from tests.support.golden import CASES, FAULTS, golden
from tests.support.links import DENIED, report
from tests.support.links import RULES as RULEBOOK


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}-{case['layer']}-{case.get('body', '')}")
def test_golden(case: Mapping[str, Any]) -> None:
    diagnosis = diagnose(golden(case))
    assert (diagnosis.rule_id, diagnosis.reason) == (case["rule"], case["reason"])


def test_every_rule_is_reached() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {case["rule"] for case in CASES} == {*ids, UNMATCHED}


def test_every_golden_file_is_used() -> None:
    bodies = {path.name for path in FAULTS.iterdir()} - {"cases.toml"}
    assert bodies == {case["body"] for case in CASES if "body" in case}


def test_who_moves_and_what_is_to_blame() -> None:
    assert (Reason.INVALID_CREDENTIALS.traits.owner, Reason.INVALID_CREDENTIALS.traits.field) == (
        Owner.ADMIN,
        Field.CREDENTIALS,
    )
    assert (Reason.THROTTLED.traits.owner, Reason.THROTTLED.traits.field) == (Owner.NOBODY, Field.NONE)
    assert (Reason.OUR_REQUEST_REFUSED.traits.owner, Reason.BAD_VERSION.traits.field) == (Owner.US, Field.NONE)
    for reason in Reason:
        assert (reason.traits.owner is Owner.ADMIN) == (reason.traits.field is not Field.NONE)
    seen = diagnose(Observation(layer=Layer.TOKEN, operation="token", host="h", error_code="invalid_grant"))
    assert (seen.reason.traits.owner, seen.reason.traits.field) == (Owner.ADMIN, Field.REFRESH_TOKEN)


# What a whole check comes to

HRIS = load_permissions().rows("hris")
ABSENCE = load_permissions().rows("absence")
SOAP_ROWS = [row for row in HRIS if row.probe != "none"]
REST_ROWS = [row for row in ABSENCE if row.probe.is_rest]

LOGIN_OK = Observation(
    layer=Layer.LOGIN, operation="Server_Timestamp_Get", host="h", http_status=200, content=Content.XML
)
LOGIN_BAD = replace(LOGIN_OK, http_status=500, fault_code="SOAP-ENV:Client.authenticationError")
REACH_OK = replace(LOGIN_OK, layer=Layer.REACH)
REACH_BAD = replace(REACH_OK, http_status=404)
NO_NAME = Observation(layer=Layer.REACH, operation="WSDL", host="h", transport=Transport.DNS)
TOKEN_OK = Observation(layer=Layer.TOKEN, operation="token", host="h", http_status=200, content=Content.JSON)
REST_OK = replace(TOKEN_OK, layer=Layer.REST)


def granted(row: Permission) -> Observation:
    layer = Layer.REST if row.probe.is_rest else Layer.PERMISSION
    content = Content.JSON if row.probe.is_rest else Content.XML
    return replace(LOGIN_OK, layer=layer, probe=row.id, content=content)


def denied(row: Permission) -> Observation:
    if row.probe.is_rest:
        return replace(granted(row), http_status=403, error_code="S22")
    text = "Processing error occurred. The task submitted is not authorized."
    return replace(granted(row), http_status=500, fault_code="SOAP-ENV:Server.processingError", fault_text=text)


def empty(row: Permission) -> Observation:
    return replace(granted(row), total=0)


def refused(row: Permission) -> Observation:
    return replace(granted(row), http_status=500, fault_code="SOAP-ENV:Client.validationError")


def found(kind: CheckKind, *seen: Observation, rows: tuple[Permission, ...] = ()) -> Finding:
    return conclude(Report(kind=kind, observations=seen), rows)


def test_reach_takes_the_host_that_answers() -> None:
    assert found(CheckKind.REACH, NO_NAME, REACH_OK).ok
    assert found(CheckKind.REACH, REACH_BAD, NO_NAME, rows=HRIS).reason is Reason.UNKNOWN_TENANT_OR_HOST
    assert found(CheckKind.REACH, NO_NAME).evidence == NO_NAME
    assert found(CheckKind.REACH, NO_NAME, rows=HRIS).rows == ()


def test_login_takes_the_last_version() -> None:
    version = replace(LOGIN_BAD, fault_code="", fault_text="Invalid request service version")
    assert found(CheckKind.LOGIN, version, LOGIN_OK).ok
    assert found(CheckKind.LOGIN, version, LOGIN_BAD).reason is Reason.INVALID_CREDENTIALS
    assert found(CheckKind.LOGIN, version).owner is Owner.US


def test_nothing_seen_is_nothing_known() -> None:
    assert found(CheckKind.LOGIN).reason is Reason.UNKNOWN


def test_every_row_gets_a_verdict() -> None:
    finding = found(CheckKind.PERMISSIONS, LOGIN_OK, *map(granted, SOAP_ROWS), rows=HRIS)
    assert finding.ok
    assert (finding.granted, finding.total) == (len(SOAP_ROWS), len(HRIS))
    assert finding.askable == len(SOAP_ROWS)
    assert [row.permission_id for row in finding.rows] == [row.id for row in HRIS]
    unprobed = [row for row in finding.rows if row.verdict is Verdict.UNPROBED]
    assert {row.reason for row in unprobed} == {Reason.NOT_PROBED}


def test_a_refused_login_leaves_every_row_unprobed() -> None:
    finding = found(CheckKind.FULL, LOGIN_BAD, rows=HRIS)
    assert finding.reason is Reason.INVALID_CREDENTIALS
    assert len(finding.ids(Verdict.UNPROBED)) == len(HRIS)


def test_all_denied_is_not_activated() -> None:
    finding = found(CheckKind.PERMISSIONS, LOGIN_OK, *map(denied, SOAP_ROWS), rows=HRIS)
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    assert (finding.owner, finding.field) == (Owner.ADMIN, Field.PERMISSIONS)


def test_some_denied_names_exactly_these() -> None:
    first, second, *others = SOAP_ROWS
    seen = (LOGIN_OK, denied(first), empty(second), *map(granted, others))
    finding = found(CheckKind.PERMISSIONS, *seen, rows=HRIS)
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert finding.ids(Verdict.DENIED) == (first.id,)
    assert finding.ids(Verdict.EMPTY) == (second.id,)
    assert finding.evidence == denied(first)


def test_empty_rows_are_their_own_finding() -> None:
    first, *others = SOAP_ROWS
    finding = found(CheckKind.PERMISSIONS, LOGIN_OK, empty(first), *map(granted, others), rows=HRIS)
    assert finding.reason is Reason.PERMISSIONS_EMPTY


def test_our_own_mistake_is_never_a_denial() -> None:
    first, *others = SOAP_ROWS
    finding = found(CheckKind.PERMISSIONS, LOGIN_OK, refused(first), *map(granted, others), rows=HRIS)
    assert finding.ok
    assert finding.rows[HRIS.index(first)].reason is Reason.OUR_REQUEST_REFUSED
    all_ours = found(CheckKind.PERMISSIONS, LOGIN_OK, *map(refused, SOAP_ROWS), rows=HRIS)
    assert (all_ours.reason, all_ours.owner) == (Reason.OUR_REQUEST_REFUSED, Owner.US)


def test_a_lock_in_the_middle_is_not_about_permissions() -> None:
    first, second, *_ = SOAP_ROWS
    locked = replace(granted(second), http_status=500, fault_code="SOAP-ENV:Client.authenticationError")
    assert found(CheckKind.FULL, LOGIN_OK, denied(first), locked, rows=HRIS).reason is Reason.INVALID_CREDENTIALS


def test_soap_rows_come_before_the_token() -> None:
    rows = (*HRIS, *REST_ROWS)
    no_token = replace(TOKEN_OK, http_status=401)
    finding = found(CheckKind.FULL, LOGIN_OK, denied(SOAP_ROWS[0]), granted(SOAP_ROWS[1]), no_token, rows=rows)
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert found(CheckKind.FULL, LOGIN_OK, no_token, rows=rows).reason is Reason.OAUTH_INVALID_CLIENT


def test_the_api_alone_judges_only_its_rows() -> None:
    finding = found(CheckKind.API, TOKEN_OK, REST_OK, *map(granted, REST_ROWS), rows=ABSENCE)
    assert finding.ok
    assert finding.granted == finding.total == len(REST_ROWS)
    all_denied = found(CheckKind.API, TOKEN_OK, REST_OK, *map(denied, REST_ROWS), rows=ABSENCE)
    assert all_denied.reason is Reason.REST_FORBIDDEN
    one = found(CheckKind.API, TOKEN_OK, REST_OK, denied(REST_ROWS[0]), granted(REST_ROWS[1]), rows=ABSENCE)
    assert one.reason is Reason.PERMISSIONS_MISSING


def test_a_tenant_without_workers_still_proves_the_api() -> None:
    assert found(CheckKind.API, TOKEN_OK, replace(REST_OK, total=0)).ok


# What people paste into the chat


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I get: Invalid username or password!", Reason.INVALID_CREDENTIALS),
        ("invalid user name or pasword", Reason.INVALID_CREDENTIALS),
        ("SOAP-ENV:Client.authenticationError", Reason.INVALID_CREDENTIALS),
        ("Processing error occurred. The task submitted is not authorized.", Reason.NOT_AUTHORIZED),
        ("Invalid request service version", Reason.BAD_VERSION),
        ("The web service or version is invalid for the requested operation", Reason.WRONG_SERVICE),
        ("Validation error occurred. Element not found=Foo-urn:com.workday/bsvc", Reason.OUR_REQUEST_REFUSED),
        ('it says {"error":"invalid_client"}', Reason.OAUTH_INVALID_CLIENT),
        ('{"error": "invalid_grant"}', Reason.OAUTH_INVALID_GRANT),
        ("unauthorized_client", Reason.OAUTH_WRONG_CLIENT_KIND),
        ("permission denied S22", Reason.REST_FORBIDDEN),
        ("Invalid Access Token", Reason.REST_INVALID_TOKEN),
        ("Workday is currently unavailable.", Reason.MAINTENANCE),
        ("which password do you mean?", None),
        ("is my user name right?", None),
        ("it is not authorized", None),
        ("hello", None),
        ("", None),
    ],
)
def test_an_error_in_the_chat_is_recognised(text: str, reason: Reason | None) -> None:
    assert recognise_fault(text) is reason


def test_a_proxy_in_the_middle_of_the_permissions_is_no_success() -> None:
    first, second, *_ = SOAP_ROWS
    turned = replace(granted(second), http_status=403, content=Content.HTML)
    finding = found(CheckKind.PERMISSIONS, LOGIN_OK, granted(first), turned, rows=HRIS)
    assert (finding.reason, finding.owner) == (Reason.PROXY_IN_BETWEEN, Owner.US)


def test_a_matrix_keeps_the_verdicts_that_a_later_check_did_not_ask_about() -> None:
    rows = RULEBOOK.permissions.rows("recruiting", absence=True)
    soap = conclude(report(CheckKind.PERMISSIONS), rows)
    rest = conclude(report(CheckKind.API, absence=True), rows)
    over_rest = {row.id for row in rows if row.probe.is_rest}
    whole = merged(soap, rest)
    assert (whole.kind, whole.reason, whole.total) == (soap.kind, soap.reason, soap.total)
    assert set(whole.ids(Verdict.GRANTED)) - set(soap.ids(Verdict.GRANTED)) == over_rest & set(
        rest.ids(Verdict.GRANTED)
    )
    assert whole.granted == soap.granted + rest.granted
    worse = conclude(report(CheckKind.PERMISSIONS, rows=(DENIED,)), rows)
    again = merged(whole, worse)
    assert (again.reason, again.granted) == (worse.reason, rest.granted)
    assert merged(None, soap) is soap
    full = conclude(report(CheckKind.FULL), rows)
    assert merged(whole, full) is full
