"""What `/link-workday` answers, and how a link is started."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select, update

from sandbox.slack import Channel, Modal, NotAllowed
from sandbox.slack.events import payloads
from sandbox.slack.workspace import BOT_USER, INSTALL_TEAM
from storage.tables import LinkRow
from tests.support.backdrop import CHANNEL, PASSWORD
from tests.support.stage import Stage


async def test_help_status_and_a_word_nobody_knows(stage: Stage) -> None:
    answer = await stage.sam.command("/link-workday", "help", channel=CHANNEL)
    assert answer
    assert "/link-workday" in answer.text
    answer = await stage.sam.command("/link-workday", "status", channel=CHANNEL)
    assert answer
    assert "no Workday link" in answer.text
    answer = await stage.sam.command("/link-workday", "dance", channel=CHANNEL)
    assert answer
    assert "dance" in answer.text
    await stage.to_linked()
    answer = await stage.sam.command("/link-workday", "status", channel=CHANNEL)
    assert answer
    assert "Acme" in answer.text
    assert "linked since" in answer.text


@pytest.mark.parametrize(
    ("typed", "is_known"), [("acme", True), ("“Acme”", True), ("Ac", False), ("Acme please", False)]
)
async def test_a_customer_named_alone_is_shown(stage: Stage, typed: str, *, is_known: bool) -> None:
    await stage.begin()
    answer = await stage.sam.command("/link-workday", typed, channel=CHANNEL)
    assert answer
    assert ("press the start button" in answer.text) is is_known
    assert ("I don't know" in answer.text) is not is_known


async def test_status_tells_whose_move_it_is(stage: Stage) -> None:
    await stage.to_service_url()
    answer = await stage.sam.command("/link-workday", "STATUS ", channel=CHANNEL)
    assert answer
    assert "Acme" in answer.text
    assert "@ada" in answer.text


async def test_a_cancelled_link_is_in_no_status(stage: Stage) -> None:
    await stage.begin()
    await (await stage.sam.sees("Link Workday · Acme")).choose("press.menu", "End this link", by=stage.sam)
    assert (await stage.send(stage.sam, "End this link", {})).closed
    answer = await stage.sam.command("/link-workday", "status", channel=CHANNEL)
    assert answer
    assert "no Workday link" in answer.text


async def test_what_looks_like_more_than_a_word_is_not_repeated(stage: Stage) -> None:
    answer = await stage.sam.command("/link-workday", PASSWORD, channel=CHANNEL)
    assert answer
    assert "horse" not in answer.text


async def test_customers_have_no_command_and_other_workspaces_are_refused(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await stage.ada.command("/link-workday", channel=CHANNEL)
    forged = {
        "command": "/link-workday",
        "team_id": "T0GLOBEX",
        "user_id": stage.eve.id,
        "channel_id": "C0GLOBEX",
        "channel_name": "x",
        "text": "",
        "trigger_id": "1.2",
        "response_url": "",
    }
    reply = await stage.slack.deliver_raw("command", forged)
    assert reply.status == 200
    assert "team that runs the app" in reply.body
    assert not stage.links()


async def test_the_modal_knows_the_customer_from_the_channel(stage: Stage) -> None:
    modal = await stage.open_start()
    assert modal.values["Customer"] == "Acme"
    await modal.close()
    modal = await stage.open_start(channel="ext-globex-wintro")
    assert modal.values["Customer"] == "Globex"


async def test_the_modal_asks_for_the_name_of_a_private_channel(stage: Stage) -> None:
    members = [stage.sam.id, stage.ada.id, BOT_USER]
    stage.slack.world.channels["G0PRIVATE"] = Channel(
        "G0PRIVATE", "ext-umbrella-wintro", (INSTALL_TEAM, "T0ACME"), members, is_private=True
    )
    place = stage.slack.channel("ext-umbrella-wintro")

    async def open_start() -> Modal:
        fields = payloads.command_fields(stage.slack.core, stage.sam.user, place, "/link-workday", "")
        await stage.sam.deliver("command", {**fields, "channel_name": "privategroup"}, "started")
        return await stage.sam.modal("Link Workday")

    modal = await open_start()
    assert modal.values["Customer"] == "Umbrella"
    await modal.close()
    stage.slack.faults.next("conversations.info", error="channel_not_found")
    modal = await open_start()
    assert not modal.values["Customer"]
    await modal.fill({"Customer": "Umbrella", "Workday admin": "@ada"})
    assert (await modal.submit()).closed
    await stage.ada.sees("Welcome", channel="ext-umbrella-wintro")


async def test_slack_is_slow_to_open_the_modal(stage: Stage) -> None:
    stage.slack.faults.next("views.open", error="internal_error")
    answer = await stage.sam.command("/link-workday", channel=CHANNEL)
    assert answer
    assert "again" in answer.text
    stage.slack.faults.next("views.open", delay=2.6)
    answer = await stage.sam.command("/link-workday", channel=CHANNEL)
    assert answer
    assert "again" in answer.text
    await stage.begin()


async def test_a_second_start_finds_the_link_that_runs(stage: Stage) -> None:
    await stage.begin()
    modal = await stage.open_start()
    await modal.fill({"Customer": "  ACME ", "Workday admin": "@col"})
    outcome = await modal.submit()
    assert "already" in outcome.errors["Customer"]
    assert "in this channel" in outcome.errors["Customer"]
    await modal.close()
    modal = await stage.open_start(channel="ext-globex-wintro")
    await modal.fill({"Customer": "acme"})
    outcome = await modal.submit()
    assert "another channel" in outcome.errors["Customer"]
    assert len(stage.links()) == 1
    await modal.fill({"Customer": "Globex", "Workday admin": "@eve"})
    assert (await modal.submit()).closed
    await stage.eve.sees("Welcome")
    assert len(stage.links()) == 2


async def test_a_wrong_name_is_refused_at_its_field_and_the_rest_is_kept(stage: Stage) -> None:
    modal = await stage.open_start()
    await modal.fill({"Customer": "???", "Workday admin": "@ada", "Permission profile": "HRIS"})
    outcome = await modal.submit()
    assert list(outcome.errors) == ["Customer"]
    assert modal.values["The customer's Workday admin"] == "@ada"
    assert "HRIS" in str(modal.values["Permission profile"])
    await modal.fill({"Customer": "Acme"})
    assert (await modal.submit()).closed
    await stage.ada.sees("Welcome")
    assert stage.link.setup.profile == "hris"


async def test_only_our_own_people_can_send_the_start_form(stage: Stage) -> None:
    modal = await stage.open_start()
    await modal.submit()
    await stage.ada.sees("Welcome")
    sent = next(one for one in reversed(stage.slack.delivery.log) if one.kind == "interactive")
    forged = sent.payload | {"user": {"id": stage.eve.id, "team_id": "T0GLOBEX"}}
    await stage.slack.press_raw(forged)
    assert len(stage.links()) == 1


async def test_an_admin_who_is_not_in_the_channel_is_invited(stage: Stage) -> None:
    await stage.open_start()
    outcome = await stage.send(stage.sam, "Link Workday", {"Workday admin": "@eve"})
    assert outcome.closed
    await stage.ada.sees("is not in this channel. Please invite")
    stage.slack.join("eve", CHANNEL)
    await (await stage.eve.sees("Welcome")).press("I can do this")
    await stage.eve.sees("Paste the URL")


async def test_a_link_that_cannot_be_read_is_named_to_whoever_starts_another(stage: Stage) -> None:
    await stage.begin()

    def spoil(session: Session) -> None:
        document = session.exec(select(LinkRow.document)).one()
        session.exec(update(LinkRow).values(document=document.replace('"revision":1', '"revision":"?"')))

    stage.app.database.run_sync(spoil)
    modal = await stage.open_start()
    await modal.fill({"Customer": "Acme", "Workday admin": "@col"})
    assert "cannot read it" in (await modal.submit()).errors["Customer"]
    await modal.fill({"Customer": "Globex"})
    assert (await modal.submit()).closed
    await stage.quiet()
    for typed, said in (
        ("pause acme", "cannot be read"),
        ("brief acme", "cannot be read"),
        ("insight", ""),
        ("export", ""),
    ):
        answer = await stage.sam.command("/link-workday", typed, channel="cs-team")
        assert answer
        assert said in answer.text
    await stage.quiet()
    told = [one.text for one in stage.sam.dms if "The one link there is" in one.text]
    assert len(told) == 2
    assert all("Left out: 1 link" in one for one in told)
