"""Neighbours who shout, join uninvited or look over a shoulder: nobody else is held up, and nothing is theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from flows.link.state import Step
from storage import audit_log as audit
from tests.support.stage import Stage, staged

SHOUTS = 60


async def test_a_shouting_member_holds_up_nobody_and_is_answered_a_few_times(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    parent = stage.said()[0]
    before = len(stage.said())
    for _ in range(SHOUTS):
        await stage.ada.says("help", thread=parent)
    began = asyncio.get_running_loop().time()
    await card.press("Back")
    await stage.becomes(lambda link: link.step is Step.WELCOME)
    await stage.ada.sees("I can do this")
    assert asyncio.get_running_loop().time() - began < 2
    await stage.quiet()
    assert len(stage.said()) - before <= 10, "a few answers in each minute, and the card"


async def test_a_third_organisation_takes_no_link_by_pressing_first(stage: Stage) -> None:
    card = await stage.begin(admin="")
    await stage.quiet()
    stage.slack.share(stage.channel, "T0GLOBEX")
    stage.slack.join("eve", stage.channel)
    await card.press("I can do this", by=stage.eve)
    await stage.eve.whispered("More than two organisations")
    assert stage.link.admin is None
    assert stage.link.step is Step.WELCOME


async def test_our_people_hear_of_a_third_organisation(stage: Stage) -> None:
    await stage.to_isu()
    stage.slack.share(stage.channel, "T0GLOBEX")
    await stage.sam.sees("People of one more organisation read", channel="dm")
    stage.slack.unshare(stage.channel)
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    await stage.sam.sees("has left or is not in the channel", channel="dm")


async def test_a_staff_channel_that_becomes_shared_reads_nothing_more(tmp_path: Path) -> None:
    async with staged(tmp_path, staff_channel="C0STAFF") as stage:
        await stage.begin()
        stage.slack.share("cs-team", "T0GLOBEX")
        await stage.said()[0].press("Ask Wintro to join", by=stage.ada)
        await stage.sam.sees("asks you to join", channel="dm")
        await stage.sam.sees("The staff channel is shared", channel="dm")
        assert not [message for message in stage.said("cs-team") if "asks you to join" in message.text]


async def test_a_third_organisation_does_not_say_who_goes_on_either(stage: Stage) -> None:
    card = await stage.begin(admin="")
    await stage.quiet()
    stage.slack.share(stage.channel, "T0GLOBEX")
    stage.slack.join("eve", stage.channel)
    await card.press("press.hand_over", by=stage.eve)
    await stage.eve.whispered("More than two organisations")
    assert not stage.eve.modals
    stage.slack.faults.next("conversations.info", error="internal_error", times=2)
    await card.press("I can do this", by=stage.eve)
    await stage.eve.whispered("Slack is slow right now")
    assert stage.link.admin is None


async def test_a_stranger_uses_up_nobodys_answers(stage: Stage) -> None:
    await stage.to_isu()
    await stage.quiet()
    stage.slack.join("eve", stage.channel)
    parent = stage.said()[0]
    for _ in range(10):
        await stage.eve.says("help", thread=parent)
    await stage.ada.says("help", thread=parent)
    await stage.ada.sees("The card above lists")
    before = len(stage.said())
    for _ in range(10):
        await stage.col.says("help", thread=parent)
    await stage.quiet()
    assert len(stage.said()) <= before + 5, "the answer stands there"


async def test_presses_of_two_who_may_not_fill_no_history(stage: Stage) -> None:
    card = await stage.to_isu()
    await stage.quiet()
    stage.slack.join("eve", stage.channel)
    for _ in range(SHOUTS // 4):
        for person in (stage.eve, stage.col):
            await card.press("Back", by=person)
    await stage.quiet()
    lines = [line for line in stage.app.database.run_sync(audit.read) if "refused" in line.detail]
    assert len(lines) == 2
    whispers = [call for call in stage.slack.calls if call.method == "chat.postEphemeral"]
    assert len(whispers) <= 4 * 2, "a few times in each minute"
