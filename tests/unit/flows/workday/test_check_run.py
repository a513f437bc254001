"""The client against the sandbox's Workday, an independent witness: what it asks, and what it never asks."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

import sandbox.workday as wd
from flows.diagnosis.observations import CheckKind, Layer, Transport
from flows.diagnosis.reasons import Field, Reason, Verdict
from flows.permissions import Probe, load_permissions
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import VERSIONS, version_ladder
from flows.workday.check_run import Workday
from flows.workday.pacing import FEW_TOKENS, IN_FLIGHT, SIGNED_IN_FLIGHT, SLOW_SECONDS
from flows.workday.probes import SOAP_PROBES
from tests.support.asked_tenant import ACME, HOST, OTHER, PASSWORD, AskedTenant, asked_tenant, plan

PERMISSIONS = load_permissions()
HRIS = PERMISSIONS.rows("hris")
ABSENCE = PERMISSIONS.rows("absence")
EVERYTHING = tuple(dict.fromkeys((*PERMISSIONS.rows("recruiting", absence=True), *HRIS)))
LOGIN = "Server_Timestamp_Get"


@pytest.fixture
async def world() -> AsyncIterator[AskedTenant]:
    async with asked_tenant() as built:
        yield built


async def test_reach_sends_no_credentials(world: AskedTenant) -> None:
    outcome, finding = await world.check(plan(CheckKind.REACH))
    assert finding.ok
    assert (outcome.report.endpoint, outcome.report.version) == (ACME, "v44.0")
    assert [request.outcome for request in world.workday.requests] == [wd.Outcome.WSDL]
    assert world.tenant.sign_on_history() == []


async def test_reach_asks_candidates_until_one_answers(world: AskedTenant) -> None:
    closed = Endpoint(host=OTHER, tenant="acme")
    outcome, finding = await world.check(replace(plan(CheckKind.REACH), endpoints=(closed, ACME)))
    assert finding.ok
    assert outcome.report.endpoint == ACME
    assert [seen.transport for seen in outcome.report.observations] == [Transport.CONNECT, None]


async def test_an_unknown_tenant_is_not_reached(world: AskedTenant) -> None:
    wrong = Endpoint(host=HOST, tenant="nobody")
    outcome, finding = await world.check(replace(plan(CheckKind.REACH), endpoints=(wrong,)))
    assert finding.reason is Reason.ADDRESS_OR_OUTAGE
    assert outcome.report.endpoint is None


@pytest.mark.parametrize("oddity", [wd.Oddity.SERVER_ERROR, wd.Oddity.SERVICE_UNAVAILABLE, wd.Oddity.HTML_PAGE])
async def test_an_address_that_was_proved_is_not_doubted_in_an_outage(world: AskedTenant, oddity: wd.Oddity) -> None:
    for proved in (False, True):
        world.workday.next_answers(oddity)
        _, finding = await world.check(replace(plan(CheckKind.REACH), address_proved=proved))
        assert finding.reason.traits.outage is proved
        assert (finding.field is Field.ENDPOINT) is not proved


async def test_workday_can_find_each_request_in_its_logs(world: AskedTenant) -> None:
    outcome, _ = await world.check(plan(CheckKind.LOGIN))
    sent = [record.request_id for record in world.workday.requests]
    assert [seen.our_request_id for seen in outcome.report.observations] == sent
    assert len(set(sent)) == len(sent)
    assert {record.application_id for record in world.workday.requests} == {"link-workday"}
    (seen,) = outcome.report.observations
    assert seen.request_ids == f"{seen.request_id} / {seen.our_request_id}"


async def test_a_check_slows_down_before_workday_says_so(world: AskedTenant) -> None:
    world.grant(HRIS)
    spent = []
    for tokens in (700, FEW_TOKENS - 10):
        world.tenant.throttle(soap=tokens)
        began = time.monotonic()
        _, finding = await replace(world, client=Workday(world.network, pace=0.08)).check(
            plan(CheckKind.PERMISSIONS, HRIS)
        )
        assert finding.ok
        spent.append(time.monotonic() - began)
    probes = len({row.probe for row in HRIS if row.probe in SOAP_PROBES})
    assert spent[1] >= 0.08 * probes


async def test_several_endpoints_are_reached_before_signing_in(world: AskedTenant) -> None:
    closed = Endpoint(host=OTHER, tenant="acme")
    _, finding = await world.check(replace(plan(CheckKind.LOGIN), endpoints=(closed, ACME)))
    assert finding.ok
    _, finding = await world.check(replace(plan(CheckKind.LOGIN), endpoints=(closed, closed)))
    assert finding.reason is Reason.NOT_ANSWERING
    assert len(world.tenant.sign_on_history()) == 1


async def test_login_signs_in_exactly_once(world: AskedTenant) -> None:
    outcome, finding = await world.check(plan(CheckKind.LOGIN))
    assert finding.ok
    assert outcome.report.endpoint == ACME
    assert world.operations() == [LOGIN]
    assert len(world.tenant.sign_on_history("ISU_Link")) == 1


@pytest.mark.parametrize("kind", [CheckKind.LOGIN, CheckKind.PERMISSIONS, CheckKind.FULL])
async def test_a_refused_login_is_the_last_request(world: AskedTenant, kind: CheckKind) -> None:
    bad = replace(plan(kind, ABSENCE, world.register()), password=SecretStr("wrong"))
    outcome, finding = await world.check(bad)
    assert finding.reason is Reason.INVALID_CREDENTIALS
    assert len(world.workday.requests) == len(world.tenant.sign_on_history()) == 1
    assert outcome.report.endpoint is None


async def test_what_is_seen_is_dated(world: AskedTenant) -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    outcome, _ = await world.check(replace(plan(CheckKind.LOGIN), at=noon))
    assert all(seen.at and seen.at >= noon for seen in outcome.report.observations)


async def test_a_login_denied_the_timestamp_is_still_a_login(world: AskedTenant) -> None:
    world.workday.switches.timestamp_policy = "Integration Debug"
    _, finding = await world.check(plan(CheckKind.LOGIN))
    assert finding.ok


async def test_the_version_is_stepped_without_extra_logins(world: AskedTenant) -> None:
    world.tenant.max_version = (42, 0)
    outcome, finding = await world.check(plan(CheckKind.LOGIN))
    assert finding.ok
    assert outcome.report.version == "v42.0"
    assert len(world.tenant.sign_on_history()) == 1
    world.tenant.max_version, world.tenant.min_version = (46, 2), (45, 0)
    outcome, _ = await world.check(plan(CheckKind.REACH))
    assert outcome.report.version == "v45.0"
    world.tenant.min_version = (46, 1)
    outcome, finding = await world.check(plan(CheckKind.LOGIN))
    assert finding.reason is Reason.BAD_VERSION
    assert outcome.report.version is None


def test_the_ladder_goes_down_then_up() -> None:
    assert version_ladder("v44.0") == ("v44.0", "v43.0", "v42.0", "v40.0", "v45.0", "v46.0")
    assert version_ladder("v99.0") == ("v99.0", *reversed(VERSIONS))


async def test_nothing_activated_is_found(world: AskedTenant) -> None:
    world.grant(HRIS, activate=False)
    _, finding = await world.check(plan(CheckKind.PERMISSIONS, HRIS))
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    assert finding.granted == 0


async def test_everything_granted_is_found_with_one_login_first(world: AskedTenant) -> None:
    world.grant(EVERYTHING)
    outcome, finding = await world.check(plan(CheckKind.FULL, EVERYTHING, world.register()))
    assert finding.ok
    assert finding.granted == sum(row.probe is not Probe.NONE for row in EVERYTHING)
    assert world.operations()[0] == LOGIN
    assert world.operations().count(LOGIN) == 1
    assert world.operations().count("Get_Workers_Request") == 5, "rows with the same request share it"
    assert all(request.method == "GET" or "Put" not in str(request.operation) for request in world.workday.requests)
    assert PASSWORD not in repr(outcome)
    assert world.tenant.writes == []


async def test_exactly_the_missing_rows_are_named(world: AskedTenant) -> None:
    missing = {"location", "compensation", "work-contact"}
    world.grant(row for row in HRIS if row.id not in missing)
    _, finding = await world.check(plan(CheckKind.PERMISSIONS, HRIS))
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert set(finding.ids(Verdict.DENIED)) == {"location", "work-contact"}
    assert finding.ids(Verdict.EMPTY) == ("compensation",)


async def test_a_view_grant_does_not_serve_soap(world: AskedTenant) -> None:
    world.tenant.maintain_permissions("Link", {row.policy: "View Only" for row in HRIS})
    world.tenant.activate_pending_security_policy_changes("x")
    _, finding = await world.check(plan(CheckKind.PERMISSIONS, HRIS))
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP


@pytest.mark.parametrize("is_fault", [True, False])
async def test_probes_stop_when_workday_asks_to_slow_down(world: AskedTenant, *, is_fault: bool) -> None:
    world.workday.switches.soap_throttle_is_a_fault = is_fault
    world.grant(HRIS)
    world.tenant.throttle(soap=3)
    outcome, finding = await world.check(plan(CheckKind.FULL, HRIS, world.register()))
    assert finding.reason is (Reason.OVERLOADED if is_fault else Reason.THROTTLED)
    assert finding.evidence is not None
    assert finding.evidence.retry_after == (None if is_fault else 60)
    assert len(world.workday.requests) <= 8
    assert not any(seen.layer is Layer.TOKEN for seen in outcome.report.observations)


async def test_a_lock_in_the_middle_stops_the_probes(world: AskedTenant) -> None:
    world.grant(EVERYTHING)
    world.workday.delay = 0.05

    async def lock() -> None:
        while len(world.workday.requests) < 2:  # noqa: ASYNC110 - the sandbox has no event for it
            await asyncio.sleep(0.01)
        world.tenant.lock("ISU_Link")

    (_, finding), _ = await asyncio.gather(world.check(plan(CheckKind.PERMISSIONS, EVERYTHING)), lock())
    assert finding.reason is Reason.INVALID_CREDENTIALS
    failures = [row for row in world.tenant.sign_on_history() if row.failure]
    assert len(failures) == 1


async def test_one_probe_with_the_password_is_under_way_at_a_time(world: AskedTenant) -> None:
    world.grant(EVERYTHING)
    world.workday.delay = 0.05
    started = time.perf_counter()
    _, finding = await world.check(plan(CheckKind.PERMISSIONS, EVERYTHING))
    elapsed = time.perf_counter() - started
    probes = len(world.workday.requests) - 1
    assert finding.ok
    assert elapsed >= 0.05 * (1 + probes)


@pytest.mark.parametrize("character", ["\x0b", "\ud800"])
async def test_a_password_that_cannot_travel_is_not_sent(world: AskedTenant, character: str) -> None:
    _, finding = await world.check(replace(plan(CheckKind.LOGIN), password=SecretStr(f"a{character}b")))
    assert finding.reason is Reason.UNSENDABLE
    assert world.workday.requests == []


@pytest.mark.parametrize(
    ("oddity", "reason"),
    [
        (wd.Oddity.HTML_PAGE, Reason.WEB_PAGE),
        (wd.Oddity.OVERLOADED, Reason.OVERLOADED),
        (wd.Oddity.FOREIGN_FAULT, Reason.NOT_ANSWERING),
        (wd.Oddity.PROXY_PAGE, Reason.PROXY_IN_BETWEEN),
        (wd.Oddity.PROXY_SIGN_IN, Reason.PROXY_IN_BETWEEN),
        (wd.Oddity.DTD, Reason.DAMAGED),
        (wd.Oddity.ENTITY_BOMB, Reason.DAMAGED),
        (wd.Oddity.TEN_MEGABYTES, Reason.UNREADABLE),
        (wd.Oddity.GZIP_BOMB, Reason.UNREADABLE),
        (wd.Oddity.CONNECTION_CUT, Reason.NOT_ANSWERING),
        (wd.Oddity.CONNECTION_CUT_AFTER_WORK, Reason.NOT_ANSWERING),
        (wd.Oddity.INVALID_XML, Reason.DAMAGED),
        (wd.Oddity.EMPTY_BODY, Reason.DAMAGED),
        (wd.Oddity.SERVER_ERROR, Reason.NOT_ANSWERING),
        (wd.Oddity.BAD_GATEWAY, Reason.NOT_ANSWERING),
        (wd.Oddity.GATEWAY_TIMEOUT, Reason.NOT_ANSWERING),
        (wd.Oddity.TRUNCATED, Reason.DAMAGED),
    ],
)
async def test_odd_answers_are_never_read_as_yes_and_never_repeated(
    world: AskedTenant, oddity: wd.Oddity, reason: Reason
) -> None:
    world.workday.next_answers(oddity)
    _, finding = await world.check(plan(CheckKind.LOGIN))
    assert finding.reason is reason
    assert len(world.workday.requests) == 1


@pytest.mark.parametrize("answer", list(wd.MaintenanceAnswer))
async def test_maintenance_is_not_the_admins_fault(world: AskedTenant, answer: wd.MaintenanceAnswer) -> None:
    world.workday.switches.maintenance_answer = answer
    world.workday.maintenance = True
    for kind in (CheckKind.REACH, CheckKind.LOGIN):
        _, finding = await world.check(plan(kind))
        assert finding.reason is Reason.MAINTENANCE


# The API


async def test_the_api_is_checked(world: AskedTenant) -> None:
    world.grant(ABSENCE)
    outcome, finding = await world.check(plan(CheckKind.API, ABSENCE, world.register()))
    assert finding.ok
    assert outcome.report.endpoint == ACME
    assert outcome.rotated_refresh_token is None
    assert finding.granted == sum(row.probe.is_rest for row in ABSENCE)


async def test_a_rotated_refresh_token_is_handed_back(world: AskedTenant) -> None:
    world.workday.switches.rotate_refresh_tokens = True
    outcome, finding = await world.check(plan(CheckKind.API, ABSENCE, world.register()))
    assert finding.reason is Reason.REST_FORBIDDEN
    assert outcome.rotated_refresh_token is not None
    assert outcome.rotated_refresh_token.get_secret_value() not in repr(outcome)


async def test_a_missing_scope_is_found(world: AskedTenant) -> None:
    world.grant(ABSENCE)
    _, finding = await world.check(plan(CheckKind.API, ABSENCE, world.register(["Staffing"])))
    assert finding.reason is Reason.PERMISSIONS_MISSING
    assert set(finding.ids(Verdict.DENIED)) == {"time-off-view", "time-off-balances", "leave-of-absence"}


async def test_a_wrong_client_is_found(world: AskedTenant) -> None:
    api = world.register()
    for broken, reason in (
        (replace(api, client_secret=SecretStr("no")), Reason.OAUTH_INVALID_CLIENT),
        (replace(api, refresh_token=SecretStr("no")), Reason.OAUTH_INVALID_GRANT),
        (replace(api, refresh_token=SecretStr("\ud800")), Reason.UNSENDABLE),
    ):
        _, finding = await world.check(plan(CheckKind.API, ABSENCE, broken))
        assert finding.reason is reason
    world.tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False)
    _, finding = await world.check(plan(CheckKind.API, ABSENCE, api))
    assert finding.reason is Reason.OAUTH_INVALID_CLIENT


@pytest.mark.parametrize("before", [1, 3])
async def test_the_api_stops_when_asked_to_slow_down(world: AskedTenant, before: int) -> None:
    world.grant(ABSENCE)
    world.tenant.throttle(rest=before)
    _, finding = await world.check(plan(CheckKind.API, ABSENCE, world.register()))
    assert finding.reason is Reason.THROTTLED
    assert before + 1 <= len(world.workday.requests) <= before + IN_FLIGHT


async def test_without_a_worker_some_rows_cannot_be_probed(world: AskedTenant) -> None:
    world.grant(ABSENCE)
    world.tenant.workers.clear()
    _, finding = await world.check(plan(CheckKind.API, ABSENCE, world.register()))
    assert {row.reason for row in finding.rows} == {Reason.REACHABLE_BUT_EMPTY, Reason.NOT_PROBED}


async def test_a_full_check_without_an_api_client_is_one_of_permissions(world: AskedTenant) -> None:
    world.grant(HRIS)
    outcome, finding = await world.check(plan(CheckKind.FULL, HRIS))
    assert finding.ok
    assert {seen.layer for seen in outcome.report.observations} == {Layer.LOGIN, Layer.PERMISSION}


# Plans


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"endpoints": ()}, "at least one endpoint"),
        ({"user": ""}, "needs a user and a password"),
        ({"password": None}, "needs a user and a password"),
        ({"kind": CheckKind.API}, "needs an API client"),
        ({"version": "44"}, "is not a version; write it like v44.0"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(plan(CheckKind.LOGIN), **change)  # type: ignore[arg-type]


def test_a_plan_shows_no_secret() -> None:
    shown = repr(plan(CheckKind.LOGIN))
    assert PASSWORD not in shown
    assert replace(plan(CheckKind.REACH), user="", password=None).secrets == ()


def test_forty_rows_at_300_ms_take_less_than_15_s() -> None:
    # Computed instead of waited for: each row has a request of its own at worst.
    latency = 0.3
    assert latency + 40 * latency / SIGNED_IN_FLIGHT + latency <= 15


def test_forty_rows_near_the_limit_are_asked_within_the_time_of_a_check() -> None:
    assert 40 * (SLOW_SECONDS + 0.3) <= 180
