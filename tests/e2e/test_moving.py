"""Our own people take a link to another channel: it goes on there, and the thread it leaves says where."""

from __future__ import annotations

from sandbox.slack import Channel
from sandbox.slack.workspace import BOT_USER, INSTALL_TEAM
from tests.support.backdrop import CHANNEL
from tests.support.stage import Stage

NEW = "ext-acme-new"


def add_channel(stage: Stage) -> Channel:
    members = [stage.sam.id, stage.kim.id, stage.ada.id, BOT_USER]
    made = Channel("C0NEW", NEW, (INSTALL_TEAM, "T0ACME"), members)
    stage.slack.world.channels[made.id] = made
    return made


async def test_a_link_goes_on_in_another_channel(stage: Stage) -> None:
    await stage.to_service_url()
    add_channel(stage)
    answer = await stage.kim.command("/link-workday", "move #ext-globex-wintro", channel=CHANNEL)
    assert answer
    assert "shared with somebody else" in answer.text
    answer = await stage.kim.command("/link-workday", f"move #{NEW}", channel=CHANNEL)
    assert answer
    assert "goes on in" in answer.text
    await stage.quiet()
    assert stage.link.channel_id == "C0NEW"
    old, new = stage.said(), stage.said(NEW)
    assert "goes on in another channel" in old[0].text
    assert not [message for message in old if message.buttons], "no button of the old thread is left"
    farewell = stage.slack.thread(old[0])[-1]
    assert new[0].ts.replace(".", "") in str(farewell.post.blocks)
    assert [message for message in stage.sam.dms if "goes on in another channel" in message.text]
    told = stage.said()
    for said in ("What now?", "password: Kestrel#2026-harbor"):
        await stage.ada.says(said, thread=old[0])
    await stage.ada.whispered("looks like a password")
    await stage.quiet()
    assert len(stage.said()) == len(told) + 1, "whoever writes there all the same is told so, once"
    assert "goes on in another channel" in stage.said()[-1].text
    await (await stage.ada.sees("Paste the URL", channel=NEW)).press("Paste the URL")
    url = "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"
    assert (await stage.send(stage.ada, "Workday service URL", {"Endpoint": url})).closed
    await stage.ada.sees("Enter user name and password", channel=NEW, timeout=10)


async def test_a_link_of_a_channel_that_was_deleted_goes_on_in_another_one(stage: Stage) -> None:
    await stage.to_service_url()
    add_channel(stage)
    stage.slack.delete_channel(CHANNEL)
    await stage.sam.sees("The channel of Acme was deleted", channel="dm")
    answer = await stage.kim.command("/link-workday", f"move Acme #{NEW}", channel="cs-team")
    assert answer
    assert "goes on in" in answer.text
    await stage.quiet()
    assert stage.link.blocked is None
    await stage.ada.sees("Paste the URL", channel=NEW)


async def test_a_link_of_an_archived_channel_is_saved_by_a_move(stage: Stage) -> None:
    await stage.to_service_url()
    add_channel(stage)
    stage.slack.archive(CHANNEL)
    await stage.quiet()
    home = await stage.sam.home()
    await home.press("Details")
    await (await stage.sam.modal("Workday link")).press("Another channel")
    asked = await stage.sam.modal("Another channel")
    await asked.fill({"Channel": CHANNEL})
    assert "already" in (await asked.submit()).errors["Channel"]
    await asked.fill({"Channel": NEW})
    assert (await asked.submit()).closed
    await stage.quiet()
    assert stage.link.blocked is None
    await stage.ada.sees("Paste the URL", channel=NEW)
