"""Pitfalls before and at the sign-on (P1 to P5, P15, P21 to P25): the first reply names each, and its mend is green."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from flows.link.state import Step
from sandbox.slack import Message
from sandbox.workday import Tenant, WorkdaySandbox
from tests.support.backdrop import HOST, ISU, PASSWORD, REST_URL, TENANT, UI_URL
from tests.support.stage import Stage

REFUSED = "invalid username or password"
ACCEPTED = "I've exempted it"
PRODUCTION_HOST = "wd3-services1.myworkday.com"
SHARED = "acme"
"""The name that production and sandbox have in common; only the host tells them apart."""
SANDBOX_URL = f"https://{HOST}/ccx/api/v1/{SHARED}"
PRODUCTION_URL = f"https://{PRODUCTION_HOST}/ccx/api/v1/{SHARED}"


@asynccontextmanager
async def production(stage: Stage) -> AsyncIterator[Tenant]:
    """Put production beside the sandbox: another host, a tenant of the same name."""
    async with WorkdaySandbox(clock=stage.clock.seconds) as other:
        stage.workday.tenant(SHARED)
        await stage.stop()
        await stage.start(workday_extra_origins=f"{HOST}={stage.workday.origin},{PRODUCTION_HOST}={other.origin}")
        try:
            yield other.tenant(SHARED)
        finally:
            await stage.stop()


def make_user(tenant: Tenant) -> None:
    tenant.create_integration_system_user(ISU, PASSWORD, require_new_password=False)


async def refused(stage: Stage, *, user: str = ISU, password: str = PASSWORD) -> Message:
    """Send what Workday refuses; gives the first reply."""
    await stage.enter(password, user=user)
    return await stage.ada.sees(REFUSED, timeout=10)


async def accepted(stage: Stage) -> None:
    await stage.ada.sees(ACCEPTED, timeout=10)
    assert stage.link.setup.account
    assert stage.link.setup.account.proved


async def test_p01_a_wrong_tenant_behind_the_name_is_refused_at_its_field(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_isu()
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    for name in (f"{ISU}@acme_dpt2", f"{ISU}@{TENANT}@{TENANT}"):
        await modal.fill({"User name": name, "Password": PASSWORD})
        assert "behind @" in (await modal.submit()).errors["User name"]
    assert tenant.sign_on_history() == []
    await modal.fill({"User name": ISU, "Password": PASSWORD})
    assert (await modal.submit()).closed
    await accepted(stage)


@pytest.mark.parametrize("name", [ISU, f"{ISU}@{TENANT.upper()}"])
async def test_p01_the_tenant_is_put_behind_the_name_exactly_once(stage: Stage, name: str) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    await stage.enter(user=name)
    await accepted(stage)
    assert [row.user_name for row in tenant.sign_on_history()] == [f"{ISU}@{TENANT}"]


async def test_p02_the_letter_case_of_the_name_is_named(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    trouble = await refused(stage, user=ISU.lower())
    assert "capitals count" in trouble.text
    await stage.enter(button="Enter it again")
    await accepted(stage)


async def test_p03_any_character_of_a_password_reaches_workday(stage: Stage) -> None:
    password = "a&b<c>d\"e'f%g#h ]]>&amp;<!--x--> zwölf Bären"
    stage.tenant(password)
    await stage.to_isu()
    await stage.enter(password)
    await accepted(stage)


async def test_p03_what_was_pasted_along_is_refused_at_its_field(stage: Stage) -> None:
    tenant = stage.tenant()
    card = await stage.to_isu()
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    for typed, named in (
        (f"{PASSWORD} ", "space"),
        (f"{PASSWORD}\n", "line break"),
        (f"Password: {PASSWORD}", "label"),
    ):
        await modal.fill({"User name": ISU, "Password": typed})
        assert named in (await modal.submit()).errors["Password"]
    assert tenant.sign_on_history() == []
    await modal.fill({"Password": PASSWORD})
    assert (await modal.submit()).closed
    await accepted(stage)


async def test_p03_curly_quotes_are_named_when_workday_refuses_them(stage: Stage) -> None:
    stage.tenant('12 "quoted" horses')
    await stage.to_isu()
    trouble = await refused(stage, password="12 “quoted” horses")
    assert "curly quotes" in trouble.text
    await stage.enter('12 "quoted" horses', button="Enter it again")
    await accepted(stage)


async def test_p04_the_page_for_people_leads_to_the_address_for_programs(stage: Stage) -> None:
    await stage.to_service_url()
    assert (await stage.paste(UI_URL)).closed
    offer = await stage.ada.sees("page people sign in on")
    assert HOST in offer.text
    await offer.press("Yes, use it")
    await stage.ada.sees("Enter user name and password")
    assert stage.link.setup.endpoint
    assert stage.link.setup.endpoint.host == HOST


async def test_p04_a_page_for_people_on_an_unknown_server_is_refused_at_its_field(stage: Stage) -> None:
    card = await stage.to_service_url()
    await card.press("Paste the URL")
    modal = await stage.ada.modal("Workday service URL")
    await modal.fill({"Endpoint": "https://e2.workday.com/wday/authgwy/acme_dpt1/login.htmld"})
    outcome = await modal.submit()
    assert "page for people" in str(outcome.errors)
    await modal.fill({"Endpoint": REST_URL})
    assert (await modal.submit()).closed
    await stage.ada.sees("Enter user name and password")


async def test_p05_a_user_of_another_environment(stage: Stage) -> None:
    async with production(stage) as tenant:
        make_user(tenant)
        await stage.to_service_url()
        assert (await stage.paste(SANDBOX_URL)).closed
        trouble = await refused(stage)
        assert f"in the tenant {SHARED} on " in trouble.text
        await trouble.press("Back")
        await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
        assert (await stage.paste(PRODUCTION_URL)).closed
        await (await stage.ada.sees("Is that the environment you mean?")).press("Yes, use it")
        await stage.becomes(lambda link: link.step is Step.ISU)
        await stage.enter(button="Enter it again")
        await accepted(stage)
        assert tenant.logins(ISU).bad == 0


STATES: dict[str, tuple[str, Callable[[Tenant], object], Callable[[Tenant], object]]] = {
    "expired": ("expired", lambda one: one.expire_password(ISU), lambda one: one.maintain_password_rules(exempt=[ISU])),
    "new password": (
        "want a new password",
        lambda one: one.require_new_password_at_next_sign_in(ISU),
        lambda one: one.require_new_password_at_next_sign_in(ISU, ticked=False),
    ),
    "locked": ("locks a user", lambda one: one.lock(ISU), lambda one: one.unlock(ISU)),
    "disabled": ("disabled", lambda one: one.disable(ISU), lambda one: one.enable(ISU)),
    "account ended": (
        "end date",
        lambda one: one.expire_account(ISU),
        lambda one: one.expire_account(ISU, never=True),
    ),
    "delegated": (
        "single sign-on",
        lambda one: one.edit_tenant_setup_security(delegated_authentication=True),
        lambda one: one.exempt_from_delegated_authentication(ISU),
    ),
}


@pytest.mark.parametrize("state", STATES)
async def test_p15_the_state_of_the_user_is_named(stage: Stage, state: str) -> None:
    named, spoil, mend = STATES[state]
    tenant = stage.tenant()
    await stage.to_isu()
    spoil(tenant)
    trouble = await refused(stage)
    assert named in trouble.text
    mend(tenant)
    await trouble.press("Try the same password")
    await accepted(stage)


async def test_p15_a_line_of_workdays_own_report_leaves_one_cause(stage: Stage) -> None:
    tenant = stage.tenant()
    await stage.to_isu()
    tenant.expire_password(ISU)
    trouble = await refused(stage)
    (row,) = tenant.sign_on_history(ISU)
    assert row.failure
    await stage.ada.says(f"{ISU}  {row.failure.value}", thread=trouble)
    await stage.ada.sees("password has expired")
    await stage.ada.sees("Workday says: the password has expired")
    tenant.change_password(ISU, "another horse")
    await stage.enter("another horse", button="Enter it again")
    await accepted(stage)


async def test_p21_a_refreshed_sandbox_is_named(stage: Stage) -> None:
    stage.clock.set(datetime(2027, 3, 4, 18, 0, tzinfo=UTC))  # a Thursday morning in California
    async with production(stage) as source:
        sandbox = stage.workday.tenant(SHARED)
        make_user(sandbox)
        await stage.to_service_url()
        assert (await stage.paste(SANDBOX_URL)).closed
        await stage.enter()
        await accepted(stage)
        await (await stage.ada.sees(ACCEPTED)).press(ACCEPTED)
        await (await stage.ada.sees("Group created")).press("Group created")
        await (await stage.ada.sees("All saved: next")).press("All saved")
        stage.grant(sandbox)
        sandbox.activate_pending_security_policy_changes("Let it in")
        stage.clock.set(datetime(2027, 3, 8, 18, 0, tzinfo=UTC))
        sandbox.refresh_from(source)
        await (await stage.ada.sees("Activated: check")).press("Activated: check")
        trouble = await stage.ada.sees(REFUSED, timeout=10)
        assert "copied" in trouble.text
        for tenant in (source, sandbox):
            make_user(tenant)
            stage.grant(tenant)
            tenant.activate_pending_security_policy_changes("Once more")
        await trouble.press("Try the same password")
        await stage.is_linked()


async def test_p22_an_older_version_is_found_without_a_word(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.max_version = (42, 1)
    card = await stage.to_activation()
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await card.press("Activated: check")
    await stage.is_linked()
    assert not [said for said in stage.said() if "version" in said.text]


async def test_p22_a_version_that_nothing_answers_to_is_ours_to_mend(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.min_version, tenant.max_version = (20, 0), (30, 2)
    await stage.to_service_url()
    assert (await stage.paste()).closed
    trouble = await stage.ada.sees("version of the web service")
    assert "ours to fix" in trouble.text
    await stage.sam.sees("for us to look into", channel="dm")
    tenant.max_version = (46, 2)
    await trouble.press("Check again")
    await stage.ada.sees("Enter user name and password")


async def test_p23_no_report_is_asked_so_its_owner_does_not_matter(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.create_workday_account_for_worker("21003", "olund", "his own")
    tenant.create_custom_report("Headcount", "olund", policies=["Worker Data: Compensation"])
    await stage.to_service_url()
    url = f"https://{HOST}/ccx/service/customreport2/{TENANT}/olund/Headcount?format=json"
    assert (await stage.paste(url)).closed
    card = await stage.ada.sees("Enter user name and password")
    assert "olund" not in card.text
    await stage.enter()
    await accepted(stage)
    await stage.finish(tenant)
    assert not [one.path for one in stage.workday.requests if "customreport2" in one.path]


async def test_p25_a_service_window_is_called_one_and_ends_by_itself(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    now = stage.clock.seconds()
    tenant.schedule_maintenance(now, now + 600)
    await card.press("Activated: check")
    trouble = await stage.ada.sees("down for maintenance", timeout=10)
    assert "It is not you" in trouble.text
    await stage.becomes(lambda link: link.attempt.recheck and not link.attempt.checking)
    await stage.later(minutes=11)
    await stage.is_linked()
    assert tenant.logins(ISU).bad == 0
