"""What people type in the thread: secrets, Workday's own words, calls for help."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.link.state import Status, Step
from tests.support.api_client import enter, registered, to_api_client
from tests.support.backdrop import CHANNEL, ISU, PASSWORD
from tests.support.stage import Stage

POSTED = "Tr0ub4dor&3-horse-battery"
MINUTE = timedelta(minutes=1)
"""After which the same is answered again."""


async def test_a_password_in_the_thread_is_warned_of_and_dropped(stage: Stage) -> None:
    await stage.to_expiry()
    tenant = stage.tenant()
    assert stage.vault()
    tenant.change_password("ISU_Wintro", POSTED)
    await (await stage.ada.sees("I've exempted it")).press("Back")
    await stage.enter(POSTED, button="Enter it again")
    card = await stage.ada.sees("I've exempted it", timeout=10)
    # Anybody in the channel can post what looks like one: nothing is dropped for it.
    await stage.col.says("pw: Tr0ub4dor&4-horse-battery", thread=card)
    await stage.col.whispered("looks like a password")
    assert stage.vault()
    await stage.ada.says(f"it should be {POSTED} I think", thread=card)
    whisper = await stage.ada.whispered("looks like a password")
    assert POSTED not in whisper.text
    await stage.quiet()
    assert not stage.vault()
    await (await stage.ada.sees("Enter the new password")).press("Enter the new password")
    asked = len(stage.workday.requests)
    refused = await stage.send(stage.ada, "Integration user", {"Password": POSTED})
    assert "was posted in the thread" in str(refused.errors)
    assert len(stage.workday.requests) == asked
    await (await stage.ada.modal("Integration user")).close()
    tenant.change_password("ISU_Wintro", PASSWORD + "9")
    await (await stage.ada.sees("Enter the new password")).press("Enter the new password")
    assert (await stage.send(stage.ada, "Integration user", {"Password": PASSWORD + "9"})).closed
    await stage.finish(tenant)


async def test_a_finished_link_works_on_until_the_new_password_is_in(stage: Stage) -> None:
    tenant = await stage.to_linked()
    card = await stage.ada.sees("Workday is linked")
    await stage.col.says(PASSWORD, thread=card)
    await stage.col.whispered("looks like a password")
    card = await stage.ada.sees("A password was posted")
    assert stage.vault()
    tenant.change_password("ISU_Wintro", PASSWORD + "9")
    await card.press("Enter the new password")
    assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "9"})).closed
    await stage.becomes(lambda link: not link.setup.burnt)
    assert len(stage.vault()) == 1


async def test_workdays_own_words_are_explained(stage: Stage) -> None:
    card = await stage.to_isu()
    tenant = stage.tenant()
    await stage.ada.says("It says: invalid username or password", thread=card)
    answer = await stage.ada.sees("Workday uses these words for several problems")
    assert answer.thread_ts == card.thread_ts
    await stage.ada.says("Processing error occurred. The task submitted is not authorized.", thread=card)
    await stage.ada.sees("Here that comes later, at Permissions")
    await stage.enter()
    await stage.finish(tenant)


@pytest.mark.parametrize("text", ["help", "where is this page?", "I am stuck"])
async def test_a_call_for_help_is_answered_for_the_step(stage: Stage, text: str) -> None:
    card = await stage.to_service_url()
    await stage.ada.says(text, thread=card)
    await stage.ada.sees("where the address stands in Workday")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_mention_is_answered_in_the_thread_and_in_the_channel(stage: Stage) -> None:
    await stage.sam.mentions_bot("hello", channel=CHANNEL)
    await stage.quiet()
    assert not stage.said()
    card = await stage.to_service_url()
    await stage.ada.mentions_bot("hello", thread=card)
    await stage.ada.sees("where the address stands in Workday")
    # Within the same minute, of a link that stands otherwise now.
    await stage.said()[0].choose("press.menu", "Pause", by=stage.ada)
    await stage.ada.mentions_bot("hello", thread=card)
    await stage.ada.sees("This link is paused. Everything is kept")
    await stage.quiet()
    before = len(stage.said())
    stage.clock.offset += MINUTE
    await stage.ada.mentions_bot("are you there", channel=CHANNEL)
    await stage.quiet()
    assert len(stage.said()) == before + 1
    assert stage.said()[-1].thread_ts == card.thread_ts


async def test_ordinary_talk_leaves_no_trace(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    before, link = len(stage.said()), stage.link
    await stage.ada.says("On it, back after lunch", thread=card)
    await stage.sam.says("Thanks", thread=card)
    await stage.sam.says("help", channel=CHANNEL)
    await stage.sam.says("help", thread=await stage.ada.says("An own thread", channel=CHANNEL))
    await stage.quiet()
    assert len(stage.said()) == before
    assert stage.link == link
    assert stage.link.step is Step.SERVICE_URL


async def test_a_common_question_is_answered_once_and_after_linking_too(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.ada.says("Who can see the password?", thread=card)
    await stage.ada.sees("goes from the form into an encrypted store")
    await stage.quiet()
    before = len(stage.said())
    await stage.ada.says("and who can read the password then?", thread=card)
    await stage.ada.says("no more invalid_client, by the way", thread=card)
    await stage.quiet()
    assert len(stage.said()) == before
    assert (await stage.paste()).closed
    tenant = stage.tenant()
    await stage.enter()
    card = await stage.finish(tenant)
    await stage.ada.says("how do we disconnect again?", thread=card)
    await stage.ada.sees("You can end it any time")


async def test_a_long_message_hides_no_password_from_us(stage: Stage) -> None:
    tenant = await stage.to_linked()
    card = await stage.ada.sees("Workday is linked")
    await stage.ada.says(" ".join(f"word{number:04}" for number in range(300)) + f" {PASSWORD}", thread=card)
    await stage.ada.whispered("looks like a password")
    card = await stage.ada.sees("A password was posted")
    await card.press("Enter the new password")
    refused = await stage.send(stage.ada, "New password", {"New password": PASSWORD})
    assert "was posted in the thread" in str(refused.errors)
    assert tenant.logins("ISU_Wintro").bad == 0


async def test_nobody_guesses_a_password_in_bulk(stage: Stage) -> None:
    await stage.to_linked()
    card = await stage.ada.sees("Workday is linked")
    stage.slack.join("eve", CHANNEL)
    for number in range(20):
        await stage.eve.says(f"guess {number}", thread=card)
    await stage.eve.says("correct horse &lt;battery&gt; &amp; staple", thread=card)
    await stage.eve.says(f"{'x ' * 2000} {PASSWORD}", thread=card)
    await stage.quiet()
    assert not stage.link.setup.burnt
    await stage.col.says(PASSWORD, thread=card)
    await stage.becomes(lambda link: link.setup.burnt)


async def test_another_organisation_moves_no_card_by_talking(stage: Stage) -> None:
    stage.tenant()
    await stage.to_isu()
    await stage.enter("wrong password 1")
    card = await stage.ada.sees("invalid username or password")
    stage.slack.join("eve", CHANNEL)
    before = stage.link
    for text in ("Account Locked", "help", "It says: invalid username or password", f"<@{stage.slack.bot_user}> hi"):
        await stage.eve.says(text, thread=card)
    await stage.quiet()
    assert stage.link == before


async def test_a_posted_token_is_dropped_and_a_new_one_asked_for(stage: Stage) -> None:
    tenant, _ = await to_api_client(stage)
    client, token = registered(tenant)
    await enter(stage, client.client_id, client.client_secret, token)
    card = await stage.is_linked()
    await stage.ada.says(f"for the record: {token}", thread=card)
    await stage.ada.whispered("looks like a password")
    await stage.ada.sees("A secret of the API client was posted")
    assert len(stage.vault()) == 3, "the link works on until the new one is in"
    await (await stage.ada.sees("A secret of the API client was posted")).press("Enter the three values")
    old: dict[str, object] = {
        "Client ID": client.client_id,
        "Client Secret": client.client_secret,
        "Refresh Token": token,
    }
    refused = await stage.send(stage.ada, "API client", old)
    assert list(refused.errors) == ["Refresh Token"]
    await (await stage.ada.modal("API client")).close()
    fresh = tenant.manage_refresh_tokens_for_integrations(client, ISU)
    await enter(stage, client.client_id, client.client_secret, fresh)
    await stage.becomes(lambda link: link.status is Status.LINKED)
    assert len(stage.vault()) == 3
    assert not stage.link.setup.burnt_client
