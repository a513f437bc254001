"""What counts as a bad login: everything but what proves that it was not refused; what counts as a refused request."""

import asyncio
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from flows.diagnosis.limits import NOT_SENT, is_harmless, may_be_bad, outcome_of, refused
from flows.diagnosis.observations import CheckKind, Content, Deep, Layer, Observation, Report, Transport
from flows.diagnosis.reasons import Login, Reason
from flows.workday.pacing import Pace, ask_all
from tests.support.golden import golden
from tests.support.links import DENIED, FORBIDDEN, GOOD, INVALID, SILENT
from tests.support.links import seen as saw

CASES = tomllib.loads((Path(__file__).parents[3] / "faults" / "cases.toml").read_text("utf-8"))["case"]
SAFE = {
    *("throttled", "maintenance-redirect", "outage-redirect", "maintenance-page", "maintenance-script"),
    *("soap-version", "soap-service", "soap-validation"),
    *("soap-versionmismatch", "soap-mustunderstand", "soap-dataencodingunknown", "login-denied"),
    *("login-ok", "login-other-fault", "soap-denied", "soap-denied-localised", "soap-other-fault", "empty"),
    *("overload-rate", "permission-ok", "write-allowed", "tls", "unsendable", "held-back"),
    "unreached",
}
LOGIN = Observation(layer=Layer.LOGIN, operation="x", host="h", http_status=200, content=Content.XML)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}-{case['layer']}-{case.get('body', '')}")
def test_every_golden_answer_counts_as_it_should(case: dict[str, str]) -> None:
    signed = case["layer"] in {Layer.LOGIN, Layer.PERMISSION}
    assert may_be_bad(golden(case)) == (signed and case["rule"] not in SAFE and not case.get("bearer"))


@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize("status", [None, 200, 500])
def test_a_transfer_that_failed_counts_unless_nothing_was_sent(transport: Transport, status: int | None) -> None:
    for layer in (Layer.LOGIN, Layer.PERMISSION):
        seen = Observation(layer=layer, operation="x", host="h", http_status=status, transport=transport)
        assert may_be_bad(seen) == (transport not in NOT_SENT)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 403, 404, 302, 200])
@pytest.mark.parametrize("content", [Content.EMPTY, Content.HTML, Content.OTHER, Content.JSON])
def test_what_somebody_on_the_way_may_have_said_counts(status: int, content: Content) -> None:
    assert may_be_bad(Observation(layer=Layer.LOGIN, operation="x", host="h", http_status=status, content=content))


@pytest.mark.parametrize("code", ["env:Server", "SOAP-ENV:Client", "", "gateway.error"])
@pytest.mark.parametrize("layer", [Layer.LOGIN, Layer.PERMISSION])
def test_a_fault_without_workdays_code_counts_unless_the_password_was_just_taken(code: str, layer: Layer) -> None:
    said = {"http_status": 500, "content": Content.XML, "fault_code": code, "fault_text": "Policy falsified"}
    seen = Observation(layer=layer, operation="x", host="h", **said)  # type: ignore[arg-type]
    assert may_be_bad(seen) is (layer is Layer.LOGIN)


def test_half_a_fault_counts() -> None:
    for status in (200, 500):
        seen = Observation(
            layer=Layer.LOGIN, operation="x", host="h", http_status=status, content=Content.XML, malformed=True
        )
        assert may_be_bad(seen)


def test_one_answer_in_doubt_makes_the_check_count() -> None:
    lost = Observation(layer=Layer.PERMISSION, operation="x", host="h", transport=Transport.CUT, http_status=500)
    unreached = Observation(layer=Layer.REACH, operation="x", host="h", http_status=502)
    for seen, good in (((), True), ((unreached,), True), ((LOGIN,), True), ((LOGIN, lost), False)):
        assert is_harmless(Report(kind=CheckKind.FULL, observations=seen)) is good


def test_no_answer_counts_and_is_never_called_a_refusal() -> None:
    busy = replace(LOGIN, http_status=500, fault_code="SOAP-ENV:Server", fault_text="Server busy")
    refused = replace(LOGIN, http_status=500, fault_code="SOAP-ENV:Client.authenticationError")
    cut = replace(LOGIN, transport=Transport.CUT)
    unreached = replace(LOGIN, layer=Layer.REACH, http_status=502)
    for seen, outcome in (
        ((), Login.NOT_TRIED),
        ((unreached,), Login.NOT_TRIED),
        ((LOGIN,), Login.ACCEPTED),
        ((busy,), Login.NO_ANSWER),
        ((LOGIN, cut), Login.NO_ANSWER),
        ((cut, refused), Login.REJECTED),
    ):
        told = Report(kind=CheckKind.FULL, observations=seen)
        assert outcome_of(told) is outcome
        assert is_harmless(told) is (outcome in {Login.ACCEPTED, Login.NOT_TRIED})


def test_a_refusal_is_never_harmless() -> None:
    assert Reason.INVALID_CREDENTIALS.traits.login is Login.REJECTED
    for reason in (Reason.NOT_ANSWERING, Reason.UNREADABLE, Reason.UNKNOWN):
        assert reason.traits.login is Login.NO_ANSWER


async def test_no_more_than_allowed_are_under_way() -> None:
    for allowed in (1, 4):
        under_way = most = 0

        async def ask() -> bool:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1
            return True

        assert await ask_all([ask] * 8, pace=Pace(0), in_flight=allowed)
        assert most == allowed


def test_a_refused_request_counts_once_for_all_that_it_was_asked_for() -> None:
    denied = (saw(Layer.PERMISSION, row, our_request_id="1", **DENIED) for row in ("a", "b"))
    write = saw(Layer.PERMISSION, "c", our_request_id="2", write=True, **GOOD)
    others = (saw(Layer.LOGIN, our_request_id="3", **facts) for facts in (GOOD, INVALID, SILENT))
    deep = Deep(observations=(saw(Layer.REST, our_request_id="4", **FORBIDDEN),))
    assert refused(Report(kind=CheckKind.FULL, observations=(*denied, write, *others), deep=deep)) == 3
    assert refused(Report(kind=CheckKind.FULL, observations=())) == 0
