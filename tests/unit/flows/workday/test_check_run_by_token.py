"""Checks that an access token signs on, against the sandbox's Workday: what is sent, refreshed, kept, concluded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

import sandbox.workday as wd
from flows.diagnosis.answer_rules import diagnose
from flows.diagnosis.limits import outcome_of, spares_client
from flows.diagnosis.observations import CheckKind, Layer, Report
from flows.diagnosis.reasons import Login, Owner, Reason
from flows.permissions import load_permissions
from flows.workday import client
from flows.workday.check_plan import CheckPlan
from flows.workday.network import Answer, Call
from flows.workday.rest import ApiClient
from flows.workday.tokens import token_cache
from flows.workday.tokens.assertions import KeyClient, assertion
from flows.workday.tokens.token_cache import MARGIN_SECONDS, UNTOLD_SECONDS, TokenCache
from tests.support.asked_tenant import ACME, ISU, SCOPES, AskedTenant, asked_tenant
from tests.support.key_pair import pair

PERMISSIONS = load_permissions()
EVERYTHING = tuple(dict.fromkeys((*PERMISSIONS.rows("recruiting", absence=True), *PERMISSIONS.rows("hris"))))
FEW = tuple(row for row in PERMISSIONS.rows("recruiting") if row.id in {"location", "job-information"})
MINUTE = timedelta(minutes=1)


@dataclass
class Ticking:
    """Seconds that a test adds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, kw_only=True)
class World(AskedTenant):
    ticking: Ticking

    def key_client(self) -> tuple[wd.ApiClient, KeyClient]:
        client = self.tenant.register_api_client("link", scopes=SCOPES, x509_public_key="link")
        private = SecretStr(pair().private_pem)
        return client, KeyClient(client_id=client.client_id, user=ISU, private_key=private)

    def asked(self, operation: str) -> int:
        return self.operations().count(operation)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    ticking = Ticking()
    async with asked_tenant(TokenCache(ticking)) as built:
        built.tenant.create_x509_public_key("old", pair(1).certificate(datetime(2020, 1, 1, tzinfo=UTC)))
        built.tenant.create_x509_public_key("link", pair().certificate(datetime.now(UTC) - MINUTE))
        built.grant(EVERYTHING)
        yield World(**vars(built), ticking=ticking)


def plan(api: ApiClient | KeyClient, kind: CheckKind = CheckKind.FULL, **more: Any) -> CheckPlan:  # noqa: ANN401
    values: dict[str, Any] = {"rows": EVERYTHING, "at": datetime.now(UTC), **more}
    return CheckPlan(kind=kind, endpoints=(ACME,), user=ISU, api=api, bearer=True, **values)


@pytest.mark.parametrize("way", ["key", "refresh token"])
async def test_one_token_proves_everything_and_no_password_is_sent(world: World, way: str) -> None:
    grant = world.key_client()[1] if way == "key" else world.register()
    outcome, finding = await world.check(plan(grant, deep_at=datetime.now(UTC)))
    assert finding.ok
    assert finding.granted == finding.askable > 20
    assert world.asked("token") == 1
    kinds = {kind for request in world.workday.requests for kind in request.signed_by}
    assert kinds == ({"assertion", "bearer"} if way == "key" else {"basic", "refresh token", "bearer"})
    assert outcome.report.deep is not None
    assert world.tenant.sign_on_history() == []
    assert outcome_of(outcome.report) is Login.NOT_TRIED, "no password was at risk"
    assert spares_client(outcome.report)


async def test_a_token_is_used_until_shortly_before_its_end(world: World) -> None:
    _, grant = world.key_client()
    login = replace(plan(grant, CheckKind.PERMISSIONS), rows=FEW)
    for ticks, tokens in ((0, 1), (UNTOLD_SECONDS - MARGIN_SECONDS - 1, 1), (1, 2)):
        world.ticking.now += ticks
        _, finding = await world.check(login)
        assert (finding.ok, world.asked("token")) == (True, tokens)
    world.workday.switches.expires_in_is_told = True
    world.workday.switches.access_token_seconds = MARGIN_SECONDS
    for tokens in (3, 4):
        await world.check(replace(login, fresh=tokens == 3))
        assert world.asked("token") == tokens, "one that ends at once is not used again"


async def test_a_token_is_never_taken_for_another_credential(world: World) -> None:
    _, grant = world.key_client()
    await world.check(plan(grant, CheckKind.LOGIN))
    for other in (
        replace(grant, user="isu_link"),
        replace(grant, client_id="b"),
        replace(grant, private_key=SecretStr(pair(1).private_pem)),
    ):
        _, finding = await world.check(plan(other, CheckKind.LOGIN))
        assert finding.evidence
        assert finding.evidence.layer is Layer.TOKEN
    assert world.asked("token") == 4


async def test_old_tokens_make_room(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr(token_cache, "MOST", 1)
    cache, grant = TokenCache(), world.register()
    cache.keep(ACME, grant, SecretStr("a"), 3600)
    cache.keep(replace(ACME, tenant="other"), grant, SecretStr("b"), 3600)
    assert cache.find(ACME, grant) is None
    cache.drop(ACME, grant)


async def test_a_refused_token_is_replaced_once(world: World) -> None:
    _, grant = world.key_client()
    check = plan(grant)
    assert (await world.check(check))[1].ok
    world.tenant.api.access_tokens.clear()
    outcome, finding = await world.check(check)
    assert finding.ok
    assert world.asked("token") == 2
    assert {seen.layer for seen in outcome.report.observations} >= {Layer.TOKEN, Layer.LOGIN, Layer.REST}
    world.workday.switches.soap_accepts_tokens = False
    _, finding = await world.check(check)
    assert (finding.reason, world.asked("token")) == (Reason.BEARER_REFUSED, 3)
    assert world.tenant.sign_on_history() == []


async def test_rest_may_refuse_it_too_while_four_ask_at_once(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    _, grant = world.key_client()
    rest = tuple(row for row in EVERYTHING if row.probe.is_rest)

    real = world.client._network.send  # noqa: SLF001
    cleared: list[str] = []

    async def send(call: Call) -> Answer:
        if "absenceManagement/v1/acme/workers" in call.path and not cleared:
            cleared.append(call.path)
            world.tenant.api.access_tokens.clear()
        return await real(call)

    monkeypatch.setattr(world.client._network, "send", send)  # noqa: SLF001
    _, finding = await world.check(replace(plan(grant, CheckKind.PERMISSIONS), rows=rest))
    assert finding.ok
    assert world.asked("token") == 2


async def test_what_ended_the_token_is_named_rather_than_the_refusal(world: World) -> None:
    client, grant = world.key_client()
    assert (await world.check(plan(grant)))[1].ok
    world.workday.switches.token_refusals_are_described = True
    world.tenant.edit_api_client(client, disabled=True)
    outcome, finding = await world.check(plan(grant))
    assert finding.reason is Reason.OAUTH_CLIENT_DISABLED
    assert not spares_client(outcome.report)


def _nothing(_world: World, _client: wd.ApiClient) -> None:
    """Leave all as it is."""


Change = Callable[[World, wd.ApiClient], None]
FAULTS: dict[str, tuple[Change, dict[str, Any], Reason, Reason]] = {
    "another client": (_nothing, {"client_id": "b"}, Reason.JWT_UNKNOWN_CLIENT, Reason.JWT_UNKNOWN_CLIENT),
    "disabled": (
        lambda w, c: w.tenant.edit_api_client(c, disabled=True),
        {},
        Reason.OAUTH_CLIENT_DISABLED,
        Reason.JWT_UNKNOWN_CLIENT,
    ),
    "locked": (
        lambda w, c: c.fail(w.workday.clock(), 1, 30),
        {},
        Reason.OAUTH_CLIENT_LOCKED,
        Reason.JWT_UNKNOWN_CLIENT,
    ),
    "switched off": (
        lambda w, _: w.tenant.edit_tenant_setup_security(oauth_2_clients_enabled=False),
        {},
        Reason.OAUTH_SWITCHED_OFF,
        Reason.JWT_UNKNOWN_CLIENT,
    ),
    "another user": (_nothing, {"user": "isu_link"}, Reason.JWT_WRONG_USER, Reason.JWT_REFUSED),
    "another key": (
        _nothing,
        {"private_key": SecretStr(pair(1).private_pem)},
        Reason.JWT_WRONG_KEY,
        Reason.JWT_REFUSED,
    ),
    "no key": (
        lambda w, _: w.tenant.delete_x509_public_key("link"),
        {},
        Reason.JWT_NO_KEY,
        Reason.JWT_REFUSED,
    ),
    "no key any more": (
        lambda _, c: setattr(c, "public_key", "old"),
        {"private_key": SecretStr(pair(1).private_pem)},
        Reason.JWT_KEY_EXPIRED,
        Reason.JWT_REFUSED,
    ),
    "another grant": (
        lambda _, c: setattr(c, "takes_assertions", False),
        {},
        Reason.JWT_GRANT_NOT_ALLOWED,
        Reason.JWT_GRANT_NOT_ALLOWED,
    ),
    "token endpoint away": (
        lambda w, _: w.workday.next_answers(wd.Oddity.SERVICE_UNAVAILABLE, below="/ccx/oauth2"),
        {},
        Reason.TOKEN_AWAY,
        Reason.TOKEN_AWAY,
    ),
    "no key of ours": (_nothing, {"private_key": SecretStr("no key")}, Reason.UNSENDABLE, Reason.UNSENDABLE),
}


@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize("described", [True, False])
async def test_each_fault_is_named_as_far_as_workday_tells(world: World, case: str, *, described: bool) -> None:
    change, wrong, told, bare = FAULTS[case]
    world.workday.switches.token_refusals_are_described = described
    client, grant = world.key_client()
    change(world, client)
    outcome, finding = await world.check(plan(replace(grant, **wrong), CheckKind.LOGIN))
    assert finding.reason is (told if described else bare)
    assert world.asked("token") <= 1
    assert outcome_of(outcome.report) is Login.NOT_TRIED
    assert finding.reason is not Reason.INVALID_CREDENTIALS


@pytest.mark.parametrize("described", [True, False])
@pytest.mark.parametrize("minutes", [-12, 12])
async def test_clocks_that_are_apart_are_ours_to_mend(world: World, minutes: int, *, described: bool) -> None:
    world.workday.switches.token_refusals_are_described = described
    _, grant = world.key_client()
    outcome, finding = await world.check(plan(grant, CheckKind.LOGIN, at=datetime.now(UTC) + minutes * MINUTE))
    assert (finding.reason, finding.owner) == (Reason.JWT_CLOCK, Owner.US)
    assert abs(outcome.report.observations[0].clock_off + minutes * 60) <= 2


async def test_a_rotated_refresh_token_comes_back(world: World) -> None:
    world.workday.switches.rotate_refresh_tokens = True
    outcome, finding = await world.check(plan(world.register()))
    assert finding.ok
    assert outcome.rotated_refresh_token
    assert outcome.rotated_refresh_token.get_secret_value() in world.tenant.api.refresh_tokens


async def test_rest_is_asked_only_where_there_is_something_to_ask(world: World) -> None:
    _, grant = world.key_client()
    await world.check(replace(plan(grant), rows=FEW))
    await world.check(plan(grant, CheckKind.LOGIN))
    assert not [request for request in world.workday.requests if "/ccx/api/" in request.path]
    world.workday.next_answers(wd.Oddity.SERVICE_UNAVAILABLE, below="/ccx/api")
    _, finding = await world.check(plan(grant))
    assert finding.reason is Reason.NOT_ANSWERING


async def test_a_refused_token_says_nothing_of_itself_over_wql(world: World) -> None:
    token = world.register()
    outcome, _ = await world.check(plan(replace(token, refresh_token=SecretStr("x")), deep_at=datetime.now(UTC)))
    assert outcome.report.deep
    assert outcome.report.deep.token_works is False
    assert world.asked("token") == 1


def test_another_library_reads_four_things_in_an_assertion() -> None:
    private, public, now = SecretStr(pair().private_pem), pair().key.public_key(), datetime.now(UTC)
    signed = assertion(KeyClient(client_id="id", user="ISU Wörker", private_key=private), now).get_secret_value()
    assert jwt.get_unverified_header(signed) == {"alg": "RS256", "typ": "JWT"}
    wanted = {"iss": "id", "sub": "ISU Wörker", "aud": "wd", "exp": int(now.timestamp()) + 300}
    strict: Any = {"require": ["iss", "sub", "aud", "exp"], "enforce_minimum_key_length": True}
    assert jwt.decode(signed, public, ["RS256"], audience="wd", issuer="id", options=strict) == wanted
    for key, audience in ((pair(1).key.public_key(), "wd"), (public, "another")):
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(signed, key, ["RS256"], audience=audience)
    later = assertion(KeyClient(client_id="id", user=ISU, private_key=private), now - timedelta(minutes=5))
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(later.get_secret_value(), public, ["RS256"], audience="wd")


def test_an_assertion_needs_a_key() -> None:
    client = KeyClient(client_id="id", user=ISU, private_key=SecretStr("-----BEGIN PRIVATE KEY-----"))
    with pytest.raises(ValueError, match="no private RSA key"):
        assertion(client, datetime.now(UTC))


def test_a_plan_that_mixes_ways_is_refused(world: World) -> None:
    _, grant = world.key_client()
    good = plan(grant)
    with pytest.raises(ValueError, match="sends no password"):
        replace(good, password=SecretStr("x"))
    with pytest.raises(ValueError, match="needs an API client"):
        replace(good, api=None)
    with pytest.raises(ValueError, match="present moment"):
        replace(good, at=None)
    assert good.secrets == (grant.private_key.get_secret_value(),)


def test_a_report_without_a_refusal_spares_the_client() -> None:
    assert spares_client(Report(kind=CheckKind.LOGIN, observations=()))


async def test_one_token_is_given_by_itself(world: World) -> None:
    _, grant = world.key_client()
    world.workday.switches.expires_in_is_told = True
    seen, tokens = await world.client.token(ACME, grant, datetime.now(UTC))
    assert (diagnose(seen).reason, tokens.seconds) == (Reason.OK, 3600)
    assert tokens.access


@pytest.mark.parametrize(("date", "ahead"), [("", 0), ("soon", 0), ("Thu, 01 Jan 1970 00:07:00 GMT", 420)])
def test_a_clock_is_read_where_there_is_one(date: str, ahead: int) -> None:
    now = datetime.fromtimestamp(0, UTC)
    assert client._ahead(Answer(headers={"date": date}), now) == ahead  # noqa: SLF001
