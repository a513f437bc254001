"""Neighbours who shout, join uninvited or look over a shoulder: nobody else is held up, and nothing is theirs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from flows.link.state import Step
from storage import audit_log as audit
from tests.support.stage import Stage, staged

SHOUTS = 60
QUESTIONS = (
    *("is this safe?", "who can see the password?", "how long does it take?", "is it read-only?"),
    *("what data do you read?", "what is an ISU?"),
)
"""As many as one person is answered within a minute."""

ANSWERS = (
    *(
        "only through the button",
        "goes from the form",
        "stop after every step",
        "It reads.",
        "Only what the permissions",
    ),
    "account for programs",
)
HELP = "The card above shows"


async def test_a_shouting_member_holds_up_nobody_and_is_answered_once_a_minute(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    parent = stage.said()[0]
    stage.clock.offset += timedelta(seconds=60 - stage.clock().second)
    before = len(stage.said())
    for _ in range(SHOUTS):
        await stage.ada.says("help", thread=parent)
    began = asyncio.get_running_loop().time()
    await card.press("Back")
    await stage.becomes(lambda link: link.step is Step.WELCOME)
    await stage.ada.sees("I can do this")
    assert asyncio.get_running_loop().time() - began < 2
    await stage.quiet()
    assert len(stage.said()) - before <= 3, "one answer, and the cards of the step before"
    lines = [line for line in stage.app.database.run_sync(audit.read) if line.what == "heard.help"]
    assert [line.detail.get("times") for line in lines] == [None, 1, 10], "answered, repeated, ten times repeated"


async def test_whoever_asks_something_else_is_answered_within_the_same_minute(stage: Stage) -> None:
    await stage.to_service_url()
    await stage.quiet()
    parent = stage.said()[0]
    stage.clock.offset += timedelta(seconds=60 - stage.clock().second)
    for words in (*[QUESTIONS[0]] * 10, *QUESTIONS, "help"):
        await stage.ada.says(words, thread=parent)
    await stage.quiet()
    assert len([message for message in stage.said() if any(words in message.text for words in ANSWERS)]) == len(ANSWERS)
    assert not any(HELP in message.text for message in stage.said()), "enough for one person"
    await stage.col.says("help", thread=parent)
    await stage.col.sees(HELP)


async def test_a_third_organisation_takes_no_link_by_pressing_first(stage: Stage) -> None:
    card = await stage.begin(admin="")
    await stage.quiet()
    stage.slack.share(stage.channel, "T0GLOBEX")
    stage.slack.join("eve", stage.channel)
    await card.press("I can do this", by=stage.eve)
    await stage.eve.whispered("More than two organisations")
    assert stage.link.admin is None
    assert stage.link.step is Step.WELCOME
    stage.slack.unshare(stage.channel)
    await stage.sam.sees("is shared with nobody any more", channel="dm")
    await stage.quiet()
    assert len([one for one in stage.sam.dms if "is shared with nobody any more" in one.text]) == 1


async def test_our_people_hear_of_a_third_organisation(stage: Stage) -> None:
    await stage.to_isu()
    stage.slack.share(stage.channel, "T0GLOBEX")
    await stage.sam.sees("People of one more organisation read", channel="dm")
    stage.slack.unshare(stage.channel)
    await stage.becomes(lambda link: link.admin and not link.admin.present)
    await stage.sam.sees("has left or is not in the channel", channel="dm")


async def test_our_people_hear_of_a_channel_that_its_host_has_cut_off(stage: Stage) -> None:
    await stage.to_isu()
    await stage.quiet()
    stage.slack.unshare(stage.channel, "C0OURS")
    await stage.sam.sees("I can't post about Acme", channel="dm")
    # Our side of it has another id by now: it is followed there as soon as somebody presses something.
    await stage.said()[0].choose("press.menu", "Pause", by=stage.sam)
    await stage.becomes(lambda link: link.channel_id == "C0OURS" and link.blocked is None)


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
    await stage.eve.whispered("That did not work just now")
    assert stage.link.admin is None


async def test_a_stranger_uses_up_nobodys_answers(stage: Stage) -> None:
    await stage.to_isu()
    await stage.quiet()
    stage.slack.join("eve", stage.channel)
    parent = stage.said()[0]
    before = len(stage.said())
    for _ in range(10):
        await stage.eve.says("help", thread=parent)
    await stage.quiet()
    assert len(stage.said()) == before
    await stage.ada.says("help", thread=parent)
    await stage.ada.sees("It is the task")
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
    assert sorted((line.actor, line.detail["times"]) for line in lines) == [
        *(("U0COL", 1), ("U0COL", 10)),
        *(("U0EVE", 1), ("U0EVE", 10)),
    ], "a counter, not a line for each"
    whispers = [call for call in stage.slack.calls if call.method == "chat.postEphemeral"]
    minutes = {call.time // 60 for call in whispers}
    assert len(whispers) <= 4 * 2 * len(minutes), "a few times in each minute"
