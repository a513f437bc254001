"""Workday is away, slow or out of its mind: said so, never blamed on the password, and over when it is over."""

from __future__ import annotations

import pytest

from flows.link.state import Step
from sandbox.workday import MaintenanceAnswer, Oddity
from tests.support.api_client import enter, registered, to_api_client
from tests.support.backdrop import ISU
from tests.support.stage import Stage

WRONG_PASSWORD = "invalid username or password"
PATIENCE = "not you"

LOGIN = {
    Oddity.SERVER_ERROR: "not answering",
    Oddity.BAD_GATEWAY: "not answering",
    Oddity.SERVICE_UNAVAILABLE: "not answering",
    Oddity.GATEWAY_TIMEOUT: "not answering",
    Oddity.CONNECTION_CUT: "not answering",
    Oddity.HANG: "not answering",
    Oddity.SLOW_DRIP: "not answering",
    Oddity.OVERLOADED: "overloaded",
    Oddity.FOREIGN_FAULT: "not answering",
    Oddity.PROXY_PAGE: "firewall or proxy",
    Oddity.PROXY_SIGN_IN: "firewall or proxy",
    Oddity.HTML_PAGE: "web page for people",
    Oddity.REDIRECT: "web page for people",
    Oddity.TEN_MEGABYTES: "damaged",
    Oddity.GZIP_BOMB: "damaged",
    Oddity.ENTITY_BOMB: "damaged",
    Oddity.DTD: "damaged",
    Oddity.TRUNCATED: "damaged",
    Oddity.INVALID_XML: "damaged",
    Oddity.EMPTY_BODY: "damaged",
}
COUNTED = {Oddity.TRUNCATED, Oddity.SLOW_DRIP}


@pytest.mark.parametrize("oddity", LOGIN, ids=lambda oddity: str(oddity.value))
async def test_a_strange_answer_to_the_login(stage: Stage, oddity: Oddity) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    stage.workday.drip_seconds = 0.5
    tenant.oddity = oddity
    await stage.enter()
    trouble = await stage.ada.sees(LOGIN[oddity], timeout=10)
    assert WRONG_PASSWORD not in trouble.text
    assert stage.vault()
    tenant.oddity = None
    await trouble.press("Check again")
    await stage.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU).bad == 0
    assert not [name for name in stage.live_buttons() if "Check again" in name]


@pytest.mark.parametrize("oddity", [Oddity.BAD_GATEWAY, Oddity.HTML_PAGE, Oddity.ENTITY_BOMB, Oddity.CONNECTION_CUT])
async def test_a_strange_answer_to_the_address(stage: Stage, oddity: Oddity) -> None:
    await stage.to_service_url()
    stage.workday.next_answers(oddity)
    assert (await stage.paste()).closed
    await stage.becomes(lambda link: link.attempt.trouble and not link.attempt.checking)
    trouble = await stage.ada.sees("not yet")
    assert "password" not in trouble.text
    assert stage.link.step is Step.SERVICE_URL
    await trouble.press("Check again")
    await stage.ada.sees("Enter user name and password")


@pytest.mark.parametrize("answer", list(MaintenanceAnswer))
async def test_maintenance_is_called_maintenance_and_ends_by_itself(stage: Stage, answer: MaintenanceAnswer) -> None:
    tenant = stage.tenant()
    card = await stage.to_activation()
    stage.workday.switches.maintenance_answer = answer
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    tenant.maintenance = True
    await card.press("Activated: check")
    trouble = await stage.ada.sees("down for maintenance", timeout=10)
    assert PATIENCE in trouble.text
    assert WRONG_PASSWORD not in trouble.text
    await stage.becomes(lambda link: link.attempt.recheck)
    tenant.maintenance = False
    await stage.later(seconds=31)
    await stage.is_linked()
    assert tenant.logins(ISU).bad == 0


async def test_a_long_outage_uses_up_no_tries(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    tenant.oddity = Oddity.BAD_GATEWAY
    await card.press("Activated: check")
    await stage.ada.sees("not answering", timeout=10)
    for _ in range(5):
        await stage.later(minutes=4)
        await stage.quiet()
    await (await stage.ada.sees("not answering")).press("Check again")
    await stage.quiet()
    assert not stage.link.cooling_until, "whoever presses is not told to wait for tries that nobody has used up"
    for _ in range(3):
        await stage.later(days=1)
        await stage.quiet()
    tenant.oddity = None
    await stage.days(1)
    await stage.is_linked()


@pytest.mark.parametrize(("is_fault", "words"), [(True, "overloaded"), (False, "slow down")])
async def test_workday_asks_to_slow_down_in_the_middle(stage: Stage, *, is_fault: bool, words: str) -> None:
    tenant, card = await stage.to_activated()
    stage.workday.switches.soap_throttle_is_a_fault = is_fault
    tenant.throttle(soap=3)
    await card.press("Activated: check")
    trouble = await stage.ada.sees(words, timeout=10)
    assert PATIENCE in trouble.text
    asked = len(stage.workday.requests)
    assert asked < 20
    tenant.soap_bucket.tokens, tenant.soap_bucket.per_second = 700, 10
    await stage.later(seconds=31)
    await stage.is_linked()


@pytest.mark.parametrize("oddity", [Oddity.SERVICE_UNAVAILABLE, Oddity.HTML_PAGE, Oddity.TRUNCATED])
async def test_a_token_service_at_rest_does_not_make_the_address_wrong(stage: Stage, oddity: Oddity) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    stage.workday.next_answers(oddity)
    await enter(stage, client.client_id, client.client_secret, token)
    trouble = await stage.ada.sees("not yet", timeout=10)
    assert PATIENCE in trouble.text
    assert "but not for the tenant" not in trouble.text
    assert "does not answer for the tenant" not in trouble.text
    await (await stage.ada.sees("Check again")).press("Check again")
    await stage.is_linked()


@pytest.mark.parametrize("oddity", [Oddity.SERVICE_UNAVAILABLE, Oddity.PROXY_PAGE])
async def test_a_rest_service_at_rest_does_not_make_the_address_wrong(stage: Stage, oddity: Oddity) -> None:
    """The token was given, so tenant and API client are right; the password was proved long ago."""
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    stage.workday.next_answers(oddity, below="/ccx/api/")
    await enter(stage, client.client_id, client.client_secret, token)
    trouble = await stage.ada.sees("not yet", timeout=10)
    assert "but not for the tenant" not in trouble.text
    assert "does not answer for the tenant" not in trouble.text
    account = stage.link.setup.account
    assert account
    assert account.proved
    await (await stage.ada.sees("Check again")).press("Check again")
    await stage.is_linked()


async def test_an_overloaded_workday_neither_proves_nor_rejects_a_password(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    stage.workday.next_answers(Oddity.OVERLOADED)
    await stage.enter("wrong one")
    trouble = await stage.ada.sees("overloaded", timeout=10)
    assert WRONG_PASSWORD not in trouble.text
    account = stage.link.setup.account
    assert account
    assert not account.proved
    await trouble.press("Check again")
    await stage.ada.sees(WRONG_PASSWORD, timeout=10)


async def test_a_fault_nobody_has_seen_is_ours_to_look_at(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    tenant.oddity = Oddity.UNKNOWN_FAULT
    await card.press("Activated: check")
    trouble = await stage.ada.sees("not seen before", timeout=10)
    await stage.sam.sees("for us to look into", channel="dm")
    tenant.oddity = None
    await trouble.press("Check again")
    await stage.is_linked()


async def test_a_localised_refusal_is_still_a_refusal(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    stage.workday.next_answers(Oddity.LOCALISED_FAULT)
    await stage.enter("wrong one")
    trouble = await stage.ada.sees("Workday's words: “Benutzername")
    assert WRONG_PASSWORD not in trouble.text
    await stage.enter(button="Enter it again")
    await stage.ada.sees("I've exempted it", timeout=10)
    assert tenant.logins(ISU).bad == 1


async def test_two_lost_answers_pause_the_third_try(stage: Stage) -> None:
    """A login whose answer was lost may have been a bad one, so it counts as one."""
    tenant = stage.tenant()
    await stage.to_isu()
    stage.workday.next_answers(Oddity.CONNECTION_CUT_AFTER_WORK, Oddity.CONNECTION_CUT_AFTER_WORK)
    await stage.enter()
    await (await stage.ada.sees("not answering")).press("Check again")
    await stage.quiet()
    assert len(tenant.sign_on_history()) == 2
    await (await stage.ada.sees("not answering")).press("Check again")
    await stage.ada.sees("so that Workday")
    assert len(tenant.sign_on_history()) == 2
    await stage.later(minutes=31)
    # Nobody has refused it, so it is tried as soon as the pause is over.
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_two_resets_of_a_proved_password_wait_and_accuse_nobody(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    before = len(tenant.sign_on_history())
    stage.workday.next_answers(*(Oddity.CONNECTION_CUT_AFTER_WORK,) * 2)
    await card.press("Activated: check")
    await (await stage.ada.sees("not answering", timeout=10)).press("Check again")
    await stage.quiet()
    await (await stage.ada.sees("not answering")).press("Check again")
    spared = await stage.ada.sees("has worked before")
    assert "refused" not in spared.text
    assert "I ask again to" in (await stage.sam.sees("Workday did not answer")).text
    await stage.quiet()
    assert len(tenant.sign_on_history()) == before + 2
    await stage.later(minutes=31)
    await stage.is_linked()
