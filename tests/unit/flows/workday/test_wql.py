"""What Workday says about itself turns a guess into knowledge; what it refuses to say changes nothing."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, TypeAdapter

import sandbox.workday as wd
from flows.diagnosis.causes import Confidence, FactName, Hypothesis, RootCause
from flows.diagnosis.findings import Finding
from flows.diagnosis.observations import CheckKind, Deep, Observation, SignOn, TokenOwner
from flows.diagnosis.permission_causes import infer
from flows.diagnosis.reasons import Reason
from flows.diagnosis.sign_on_causes import credentials_causes
from flows.permissions import Permission, load_permissions
from flows.workday.check_plan import CheckPlan, Outcome
from flows.workday.pacing import Pace
from flows.workday.rest import ApiClient
from flows.workday.wql import LOOK_BACK, MOST_ROWS, PENDING, SIGN_ONS, look_deeper
from sandbox.workday.rest import wql
from sandbox.workday.tenant import Worker
from tests.support.asked_tenant import ACME, GROUP, ISU, PASSWORD, AskedTenant, asked_tenant, plan

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HRIS = load_permissions().rows("hris")
DEEP_GRANTS = ("Workday Query Language", "Workday Accounts", "Security Configuration", "Security Administration")


@pytest.fixture
async def world() -> AsyncIterator[AskedTenant]:
    async with asked_tenant() as built:
        yield built


def grant(world: AskedTenant, rows: Iterable[Permission] = (), *, deep: Iterable[str] = DEEP_GRANTS) -> None:
    world.tenant.maintain_permissions(GROUP, dict.fromkeys(deep, "View Only"))
    world.grant(rows)


def register(world: AskedTenant, scopes: Iterable[str] = ("System", "Staffing"), user: str = ISU) -> ApiClient:
    return world.register(scopes, user)


async def check(
    world: AskedTenant,
    kind: CheckKind,
    api: ApiClient,
    *,
    rows: tuple[Permission, ...] = HRIS,
    password: str = PASSWORD,
) -> tuple[Outcome, Finding]:
    return await world.check(plan(kind, rows, api, password=SecretStr(password), deep_at=NOON))


def deep_of(outcome: Outcome) -> Deep:
    assert outcome.report.deep
    return outcome.report.deep


async def test_workday_says_what_is_not_activated(world: AskedTenant) -> None:
    grant(world)
    world.tenant.maintain_permissions("Link", {row.policy: row.access.value for row in HRIS})
    outcome, finding = await check(world, CheckKind.FULL, register(world))
    assert finding.reason is Reason.NOT_ACTIVE_OR_NOT_IN_GROUP
    assert set(deep_of(outcome).pending or ()) == {row.policy for row in HRIS}
    first = infer(finding, HRIS, deep=deep_of(outcome))[0]
    assert (first.cause, first.confidence) == (RootCause.NOT_ACTIVATED, Confidence.CERTAIN)
    assert first.because[0].name is FactName.SAYS_PENDING


async def test_workday_says_that_nothing_waits(world: AskedTenant) -> None:
    grant(world)
    world.tenant.create_security_group("Forgotten")
    world.tenant.maintain_permissions("Forgotten", {row.policy: row.access.value for row in HRIS})
    world.tenant.activate_pending_security_policy_changes("x")
    outcome, finding = await check(world, CheckKind.FULL, register(world))
    assert deep_of(outcome).pending == ()
    found = infer(finding, HRIS, deep=deep_of(outcome))
    assert found[0].cause is RootCause.NOT_IN_GROUP
    assert found[0].confidence is Confidence.LIKELY
    assert RootCause.NOT_ACTIVATED not in {one.cause for one in found}


async def sign_on_causes(world: AskedTenant, *, password: str = PASSWORD) -> tuple[Hypothesis, ...]:
    outcome, finding = await check(world, CheckKind.LOGIN, register(world), password=password)
    assert finding.reason is Reason.INVALID_CREDENTIALS
    assert len(world.tenant.sign_on_history()) == 1, "nobody signs in a second time"
    assert "127.0.0.1" not in repr(outcome)
    assert TypeAdapter(Deep).validate_json(TypeAdapter(Deep).dump_json(deep_of(outcome))) == deep_of(outcome)
    return credentials_causes((), deep=deep_of(outcome))


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("wrong", RootCause.PASSWORD_WRONG),
        ("lock", RootCause.ACCOUNT_LOCKED),
        ("expire_password", RootCause.PASSWORD_EXPIRED),
        ("expire_account", RootCause.ACCOUNT_EXPIRED),
        ("require_new_password_at_next_sign_in", RootCause.NEW_PASSWORD_REQUIRED),
        ("policy", RootCause.AUTHENTICATION_POLICY),
    ],
)
async def test_workday_says_why_the_sign_on_failed(world: AskedTenant, what: str, cause: RootCause) -> None:
    grant(world)
    password = PASSWORD
    if what == "wrong":
        password = "something else"
    elif what == "policy":
        rule = wd.AuthenticationRule(name="sso", groups=(wd.ALL_USERS,), allowed_types=(wd.SAML,))
        world.tenant.add_authentication_rule(rule)
        world.tenant.activate_all_pending_authentication_policy_changes()
    else:
        getattr(world.tenant, what)("ISU_Link")
    found = await sign_on_causes(world, password=password)
    assert found[0].cause is cause
    assert found[0].because[0].name is FactName.SAYS_SIGN_ON
    assert found[0].because[0].names["message"]
    if what != "policy":
        assert found[0].confidence is Confidence.CERTAIN


async def test_a_disabled_user_takes_its_token_along(world: AskedTenant) -> None:
    grant(world)
    api = register(world)
    world.tenant.disable("ISU_Link")
    outcome, _ = await check(world, CheckKind.LOGIN, api)
    assert deep_of(outcome).token_works is False
    assert deep_of(outcome).sign_ons is None


async def test_a_wrong_client_says_nothing_about_the_user(world: AskedTenant) -> None:
    wrong = replace(register(world), client_secret=SecretStr("something else"))
    for kind in (CheckKind.LOGIN, CheckKind.API):
        outcome, _ = await check(world, kind, wrong)
        assert deep_of(outcome).token_works is None
    assert [request.operation for request in world.workday.requests].count("token") == 2, "once each"


async def test_a_sign_on_of_nobody_is_the_wrong_name(world: AskedTenant) -> None:
    grant(world)
    world.tenant.create_integration_system_user("ISU_Other", PASSWORD)
    outcome, _ = await check(world, CheckKind.LOGIN, register(world))
    history = world.tenant.accounts.history
    history[:] = [replace(row, account="ISU_Other", user_name="ISU_Other@acme") for row in history]
    outcome, _ = await check(world, CheckKind.API, register(world), rows=())
    assert deep_of(outcome).sign_ons == ()
    found = credentials_causes((), deep=deep_of(outcome))
    assert (found[0].cause, found[0].confidence) == (RootCause.USER_NAME_WRONG, Confidence.LIKELY)


@pytest.mark.parametrize("missing", DEEP_GRANTS)
async def test_a_refusal_leaves_less_to_be_known(world: AskedTenant, missing: str) -> None:
    grant(world, HRIS, deep=[one for one in DEEP_GRANTS if one not in {missing, "Workday Accounts"}])
    outcome, finding = await check(world, CheckKind.FULL, register(world))
    deep = deep_of(outcome)
    assert deep.token_works
    assert (deep.pending is None) == (missing in {"Workday Query Language", "Security Configuration"})
    assert finding.reason in {Reason.OK, Reason.REST_FORBIDDEN}


async def test_without_the_scope_nothing_is_said(world: AskedTenant) -> None:
    grant(world, HRIS)
    outcome, _ = await check(world, CheckKind.FULL, register(world, ["Staffing"]))
    assert deep_of(outcome) == Deep(token_works=True, observations=deep_of(outcome).observations)
    assert {seen.http_status for seen in deep_of(outcome).observations} == {403}


async def test_the_reader_never_decides_the_check(world: AskedTenant) -> None:
    grant(world, HRIS, deep=())
    outcome, finding = await check(world, CheckKind.PERMISSIONS, register(world, ["Time Off and Leave"]))
    assert finding.ok
    assert deep_of(outcome).pending is None


async def test_nothing_more_is_asked_after_a_request_to_slow_down(world: AskedTenant) -> None:
    grant(world, HRIS)
    world.tenant.throttle(rest=2)
    outcome, finding = await check(world, CheckKind.PERMISSIONS, register(world))
    assert finding.ok
    assert len(deep_of(outcome).observations) == 3, "token, one answer, one request to slow down"
    world.tenant.throttle(rest=1)
    outcome, _ = await check(world, CheckKind.API, register(world))
    assert outcome.report.deep is None


async def test_nothing_is_asked_where_nothing_answers(world: AskedTenant) -> None:
    world.workday.maintenance = True
    outcome, _ = await check(world, CheckKind.FULL, register(world))
    assert outcome.report.deep is None
    assert len(world.workday.requests) == 1


async def test_a_rotated_token_is_handed_back(world: AskedTenant) -> None:
    world.workday.switches.rotate_refresh_tokens = True
    outcome, _ = await check(world, CheckKind.LOGIN, register(world))
    assert outcome.rotated_refresh_token is not None


# Whose token it is


async def test_the_sign_ons_of_the_token_name_its_account(world: AskedTenant) -> None:
    grant(world)
    api = register(world)
    await check(world, CheckKind.LOGIN, api, password="something else")
    outcome, _ = await check(world, CheckKind.API, api)
    assert deep_of(outcome).token_owner is TokenOwner.INTEGRATION_USER


async def test_without_a_sign_on_nobody_can_tell(world: AskedTenant) -> None:
    """No recorded field of the tokens names an account."""
    grant(world)
    outcome, _ = await check(world, CheckKind.API, register(world))
    assert deep_of(outcome).token_owner is TokenOwner.NOT_TOLD


async def test_a_token_of_another_account_is_found(world: AskedTenant) -> None:
    world.tenant.create_integration_system_user("jane.doe", PASSWORD, is_integration_system_user=False)
    world.tenant.assign_users_to_user_based_security_group("Link", ["jane.doe"])
    grant(world)
    await check(world, CheckKind.LOGIN, register(world))
    history = world.tenant.accounts.history
    history[:] = [replace(row, account="jane.doe", user_name="jane.doe@acme") for row in history]
    outcome, finding = await check(world, CheckKind.API, register(world, user="jane.doe"), rows=ABSENCE)
    assert deep_of(outcome).token_owner is TokenOwner.SOMEBODY_ELSE
    assert deep_of(outcome).sign_ons is None, "hers say nothing of the user's"
    found = infer(finding, ABSENCE, deep=deep_of(outcome))
    assert (found[0].cause, found[0].confidence) == (RootCause.TOKEN_OF_ANOTHER_USER, Confidence.CERTAIN)


async def test_what_other_accounts_do_is_not_asked_for(world: AskedTenant) -> None:
    grant(world)
    world.tenant.create_integration_system_user("ISU_Other", PASSWORD)
    await check(world, CheckKind.LOGIN, register(world), password="something else")
    history = world.tenant.accounts.history
    history.append(replace(history[0], account="ISU_Other", user_name="ISU_Other@acme"))
    outcome, _ = await check(world, CheckKind.API, register(world))
    assert len(deep_of(outcome).sign_ons or ()) == 1


async def test_a_token_with_a_worker_is_that_of_a_person(world: AskedTenant) -> None:
    grant(world, (row for row in ABSENCE if row.id == "public-worker-reports-view"))
    person = Worker(wid="me", employee_id="1", first_name="J", last_name="D", organization="People", title="x")
    world.tenant.workers.append(person)
    outcome, _ = await check(world, CheckKind.API, register(world), rows=())
    assert deep_of(outcome).token_owner is TokenOwner.SOMEBODY_ELSE


ABSENCE = load_permissions().rows("absence")


# The queries and odd answers


def test_queries_ask_for_no_address_and_no_more_than_is_read() -> None:
    fields = SIGN_ONS.fields_among(FIELDS)
    assert fields
    query = SIGN_ONS.query(fields, NOON)
    assert "IPAddress" not in query
    assert (NOON - LOOK_BACK).isoformat() in query
    assert "currentWorkdaySystemAccountSignonsInRange" in query
    for one in (query, PENDING.query({"policy": "securityPolicy2"}, NOON)):
        assert one.endswith(f"LIMIT {MOST_ROWS}")


@pytest.mark.parametrize("name", ["domainSecurityPolicy", "domainSecurityPolicy1", "securityPolicy2"])
async def test_the_name_of_a_field_is_looked_up(world: AskedTenant, name: str) -> None:
    world.workday.switches.pending_policy_field = name
    grant(world)
    world.tenant.maintain_permissions("Link", {row.policy: row.access.value for row in HRIS})
    outcome, _ = await check(world, CheckKind.FULL, register(world))
    assert set(deep_of(outcome).pending or ()) == {row.policy for row in HRIS}


async def test_a_field_that_is_not_there_leaves_less_known(world: AskedTenant) -> None:
    world.workday.switches.pending_policy_field = "somethingElse"
    grant(world)
    outcome, _ = await check(world, CheckKind.LOGIN, register(world))
    assert deep_of(outcome).pending is None
    assert deep_of(outcome).sign_ons is not None


@pytest.mark.parametrize("listing", [(), ({"id": "../x", "alias": PENDING.alias},), ({"alias": "another"},)])
async def test_a_source_that_is_not_listed_is_not_read(listing: tuple[dict[str, object], ...]) -> None:
    answers = Answers()
    answers.listing = listing
    nobody: object = answers
    deep = await look_deeper(nobody, SecretStr("token"), NOON, pace=Pace(0))  # type: ignore[arg-type]
    assert (deep.pending, deep.sign_ons) == (None, None)


class Answers:
    """Stands in for the questions of one check and gives rows that the sandbox never gives."""

    def __init__(self, *rows: object, user: str = "ISU_Link") -> None:
        self.rows = list(rows)
        self.listing: tuple[dict[str, object], ...] | None = None
        self.endpoint = ACME
        self.plan = CheckPlan(kind=CheckKind.REACH, endpoints=(ACME,), user=user)

    async def query(self, query: str, access: SecretStr) -> tuple[Observation, tuple[dict[str, object], ...]]:
        rows = self.rows.pop(0)
        assert access.get_secret_value() in query + "token"
        return OK, rows  # type: ignore[return-value]

    async def listed(self, resource: str, access: SecretStr) -> tuple[Observation, tuple[dict[str, object], ...]]:
        assert access.get_secret_value() == "token"
        if "/fields" in resource:
            return OK, tuple({"alias": name} for name in FIELDS)
        alias = resource.partition("alias=")[2].partition("&")[0]
        return OK, ({"id": "a" * 32, "alias": alias},) if self.listing is None else self.listing

    async def own_worker(self, access: SecretStr) -> tuple[Observation, bool]:
        return OK, access.get_secret_value() == "a person's"


FIELDS = ("workdayID", "domainSecurityPolicy1", *wql.FIELDS["allSystemAccountSignons"])
OK = TypeAdapter(Observation).validate_python(
    {"layer": "rest", "operation": "x", "host": "h", "http_status": 200, "content": "json"}
)


async def read(*rows: object, user: str = "ISU_Link") -> Deep:
    answers: object = Answers(*rows, user=user)
    return await look_deeper(answers, SecretStr("token"), NOON, pace=Pace(0))  # type: ignore[arg-type]


async def test_instances_are_read_by_their_descriptor() -> None:
    deep = await read(
        ({"domainSecurityPolicy1": {"id": "1", "descriptor": "Job Information"}}, {"domainSecurityPolicy1": 5}),
        (
            {"systemAccount1": {"descriptor": "isu_link@acme"}, "sign_OnTime": "2026-03-04T10:00:00Z"},
            {"systemAccount1": "ISU_Link", "sign_OnTime": "2026-03-04T11:00:00Z", "failedSignOn": True},
            {"systemAccount1": 5, "failedSignOn": True},
        ),
    )
    assert deep.pending == ("Job Information",)
    assert deep.sign_ons == (SignOn(failed=True), SignOn(failed=False))
    assert deep.token_owner is TokenOwner.INTEGRATION_USER


async def test_a_full_page_without_the_user_proves_nothing() -> None:
    full = tuple({"systemAccount1": "somebody"} for _ in range(MOST_ROWS))
    deep = await read((), full)
    assert deep.sign_ons is None
    assert deep.token_owner is TokenOwner.SOMEBODY_ELSE


async def test_without_a_user_no_token_can_be_compared() -> None:
    deep = await read((), ({"systemAccount1": "x"},), user="")
    assert deep.token_owner is TokenOwner.NOT_TOLD
