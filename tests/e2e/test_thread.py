"""What people type in the thread: secrets, Workday's own words, calls for help."""

from __future__ import annotations

import pytest

from flows.state import Step
from tests.e2e.conftest import CHANNEL, PASSWORD, Stage

POSTED = "Tr0ub4dor&3-horse-battery"


async def test_a_password_in_the_thread_is_warned_of_and_dropped(stage: Stage) -> None:
    await stage.to_expiry()
    tenant = stage.tenant()
    assert stage.vault()
    tenant.change_password("ISU_Wintro", POSTED)
    await (await stage.ada.sees("It is exempt now")).press("Back")
    await stage.enter(POSTED)
    card = await stage.ada.sees("It is exempt now", timeout=10)
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
    await stage.becomes(lambda link: not link.burnt)
    assert len(stage.vault()) == 1


async def test_workdays_own_words_are_explained(stage: Stage) -> None:
    card = await stage.to_isu()
    tenant = stage.tenant()
    await stage.ada.says("It says: invalid username or password", thread=card)
    answer = await stage.ada.sees("It uses these words for several problems")
    assert answer.thread_ts == card.thread_ts
    await stage.ada.says("Processing error occurred. The task submitted is not authorized.", thread=card)
    await stage.ada.sees("a permission is missing or not active yet")
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
    before = len(stage.said())
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
