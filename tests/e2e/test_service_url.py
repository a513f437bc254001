"""The address: whatever is pasted, a hint at the field, and then the right one."""

from __future__ import annotations

import pytest

from flows.link.state import Step
from flows.tenant.service_url import Environment
from tests.support.backdrop import HOST, REST_URL, TENANT, UI_URL
from tests.support.stage import Stage

WRONG = {
    f"https://{HOST}/ccx": "the tenant behind it is missing",
    "https://acme.wd3.myworkdayjobs.com/careers": "public careers site",
    "https://community.workday.com/articles/1": "runs for everybody",
    "https://phisher.example.com/ccx/api/v1/acme_dpt1": "does not lead to a Workday server",
    "https://workday.com.example.net/ccx/api/v1/acme": "does not lead to a Workday server",
    TENANT: "only the tenant",
    f"ISU_Wintro@{TENANT}": "a user name",
    "it is where it always was": "can't find an address",
}
RIGHT = (
    f"  “{REST_URL}/”\u200b ",
    f"https://{HOST}/ccx/service/{TENANT}/Human_Resources/v40.0?wsdl",
    f"{HOST}/ccx/oauth2/{TENANT}/token",
    f"http://{HOST}/ccx/api/staffing/v6/{TENANT}",
    f"https://{HOST}/ccx/service/customreport2/{TENANT}/lmcneil/Report?format=json",
    f'<soapbind:address location="https://{HOST}/ccx/service/{TENANT}/Human_Resources/v44.0"/>',
)


async def test_a_wrong_paste_is_refused_at_its_field_until_the_right_one(stage: Stage) -> None:
    card = await stage.to_service_url()
    await card.press("Paste the URL")
    modal = await stage.ada.modal("Workday service URL")
    for text, hint in WRONG.items():
        await modal.fill({"Endpoint": text})
        outcome = await modal.submit()
        assert hint in " ".join(outcome.errors.values()), text
        assert modal.values["Workday REST API Endpoint"] == text
    await modal.fill({"Endpoint": REST_URL})
    assert (await modal.submit()).closed
    await stage.ada.sees("Enter user name and password")
    assert all(record.tenant == TENANT for record in stage.workday.requests)


@pytest.mark.parametrize("text", RIGHT)
async def test_every_address_that_names_server_and_tenant_will_do(stage: Stage, text: str) -> None:
    await stage.to_service_url()
    assert (await stage.paste(text)).closed
    await stage.ada.sees("Enter user name and password")
    assert stage.link.setup.endpoint
    assert (stage.link.setup.endpoint.host, stage.link.setup.endpoint.tenant) == (HOST, TENANT)


async def test_an_address_can_be_typed_into_the_thread(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.ada.says("is it https://acme.wd3.myworkdayjobs.com/jobs ?", thread=card)
    await stage.ada.sees("public careers site")
    await stage.slack.settled()
    await stage.col.says(f"it is {REST_URL}", thread=card)
    await stage.quiet()
    assert stage.link.step is Step.SERVICE_URL
    await stage.ada.says(f"I have it: {REST_URL}", thread=card)
    await stage.ada.sees("Enter user name and password")


async def test_an_address_that_was_mistyped_is_taken_when_its_message_is_edited(stage: Stage) -> None:
    card = await stage.to_service_url()
    said = await stage.ada.says(f"it is {HOST}/ccx/", thread=card)
    await stage.ada.sees("the tenant behind it is missing")
    await stage.ada.edits(said, f"it is {REST_URL}")
    await stage.ada.sees("Enter user name and password")


async def test_who_types_another_address_later_is_led_back_to_it(stage: Stage) -> None:
    card = await stage.to_expiry()
    await stage.ada.says(f"my mistake, it is {REST_URL}2", thread=card)
    answer = await stage.ada.sees("The address typed here is another one")
    await answer.press("Change the URL")
    await stage.ada.sees("Paste the URL")
    assert stage.link.step is Step.SERVICE_URL
    assert answer.thread_ts == card.thread_ts


async def test_the_page_for_people_leads_to_an_offer(stage: Stage) -> None:
    await stage.to_service_url()
    assert (await stage.paste(UI_URL)).closed
    offer = await stage.ada.sees("Is that the environment you mean")
    assert HOST in offer.text
    await offer.press("No, paste another")
    await stage.ada.sees("Paste the URL")
    assert stage.link.setup.endpoint is None
    assert (await stage.paste(UI_URL)).closed
    await (await stage.ada.sees("Is that the environment you mean")).press("Yes, use it")
    await stage.ada.sees("Enter user name and password")


async def test_on_a_finished_link_the_answer_opens_the_window_with_the_address_chosen(stage: Stage) -> None:
    await stage.to_linked()
    parent = stage.said()[0]
    await stage.ada.says("it is https://wd5-services1.myworkday.com/ccx/api/v1/acme2 now", thread=parent)
    answer = await stage.ada.sees("The address typed here is another one")
    await answer.press("Replace a part of the link")
    modal = await stage.ada.modal("Replace a part")
    assert "address" in str(modal.values["What is to be replaced?"])
    assert (await modal.submit()).closed
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)


async def test_an_address_of_another_environment_than_was_chosen_is_asked_about(stage: Stage) -> None:
    await stage.to_service_url(Workday_environment="Production")
    assert (await stage.paste()).closed
    asked = await stage.ada.sees("this link is for Production so far")
    assert (stage.link.setup.environment, stage.link.setup.endpoint) == (Environment.PRODUCTION, None)
    await stage.sam.sees("another kind of environment", channel="dm")
    await asked.press("Yes, use it")
    await stage.ada.sees("Enter user name and password")
    assert stage.link.setup.environment is Environment.IMPLEMENTATION


async def test_a_tenant_nobody_knows(stage: Stage) -> None:
    await stage.to_service_url()
    assert (await stage.paste(REST_URL.replace(TENANT, "acme_dpt2"))).closed
    trouble = await stage.ada.sees("does not answer for the tenant")
    assert "acme_dpt2" in trouble.text
    assert "password" not in trouble.text
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_host_that_does_not_exist(stage: Stage) -> None:
    await stage.to_service_url()
    assert (await stage.paste(REST_URL.replace("wd2-impl", "wd77-impl"))).closed
    trouble = await stage.ada.sees("there is no such server")
    assert "wd77-impl-services1.workday.com" in trouble.text
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_customer_does_not_learn_whose_tenant_is_linked_elsewhere(stage: Stage) -> None:
    await stage.to_isu()
    stage.channel = "ext-globex-wintro"
    stage.ada = stage.eve
    await stage.to_service_url(Customer="Globex", Workday_admin="@eve")
    assert (await stage.paste()).closed
    await stage.eve.sees("Enter user name and password", timeout=10)
    told = await stage.sam.sees("that another customer's link uses too")
    assert told.channel not in {stage.links()[0].channel_id, stage.links()[1].channel_id}
    await stage.quiet()
    assert "Acme" not in str([message.text for message in stage.said(stage.channel)])


async def test_a_tenant_that_another_link_holds(stage: Stage) -> None:
    await stage.to_isu()
    stage.channel = "ext-globex-wintro"
    stage.slack.join("ada", stage.channel)
    await stage.to_service_url(Customer="Globex")
    assert (await stage.paste()).closed
    await stage.ada.sees("linked already, or being linked, in another conversation")
    stage.workday.tenant("globex1")
    card = await stage.ada.sees("linked already, or being linked, in another conversation")
    await card.press("Enter it again")
    outcome = await stage.send(stage.ada, "Workday service URL", {"Endpoint": REST_URL.replace(TENANT, "globex1")})
    assert outcome.closed
    await stage.ada.sees("Enter user name and password", channel=stage.channel)
