"""Who has our team's id and is none of our staff; who could press Start where several customers meet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.slack.guests import KNOWN_FOR
from flows.link.state import Status, Step
from sandbox.slack import Person
from sandbox.slack.waiting import until
from tests.support.backdrop import CHANNEL, PASSWORD, REST_URL
from tests.support.stage import Stage


@pytest.fixture
async def gus(stage: Stage) -> Person:
    stage.slack.join("gus", CHANNEL)
    return stage.slack.person("gus")


async def test_a_guest_is_not_staff(stage: Stage, gus: Person) -> None:
    for word in ("", "status", "web-only on"):
        told = await gus.command("/link-workday", word, channel=CHANNEL)
        assert "belongs to the team that runs the app" in str(told)
    await stage.to_isu()
    before = stage.link
    parent = stage.said()[0]
    for choice in ("End this link", "Pause"):
        await parent.choose("press.menu", choice, by=gus)
    await stage.quiet()
    assert stage.link == before


async def test_a_guest_cannot_make_themself_the_admin(stage: Stage, gus: Person) -> None:
    await stage.to_isu()
    await stage.said()[0].press("press.hand_over", by=gus)
    await gus.whispered("and the team that started this link")
    assert not gus.modals
    assert stage.link.admin
    assert stage.link.admin.user_id == stage.ada.id


async def test_an_admin_of_whom_slack_says_nothing_is_there_while_they_read_the_channel(stage: Stage) -> None:
    await stage.to_service_url()
    stage.slack.core.hidden_people.add(stage.ada.id)
    await stage.days(2)
    assert [call for call in stage.slack.calls if call.error == "user_not_found"]
    assert stage.link.admin
    assert stage.link.admin.present
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    stage.slack.leave("ada", CHANNEL)
    await stage.becomes(lambda link: link.admin and not link.admin.present)


async def test_a_guest_can_be_the_customers_admin(stage: Stage, gus: Person) -> None:
    stage.ada = gus
    tenant = await stage.to_linked(Workday_admin="@gus")
    assert stage.link.status is Status.LINKED
    assert tenant.logins("ISU_Wintro").bad == 0


async def test_slack_is_asked_once_an_hour_and_nothing_is_assumed_without_its_answer(stage: Stage) -> None:
    def asked() -> int:
        return len([call for call in stage.slack.calls if call.method == "users.info"])

    # Whom it has asked about is what a process remembers, so this one walks itself.
    stage.beginning = None
    await stage.to_isu()
    await stage.quiet()
    before = asked()
    parent = stage.said()[0]
    await parent.choose("press.menu", "Pause", by=stage.sam)
    await stage.becomes(lambda link: link.status is Status.PAUSED)
    assert asked() == before, "Sam was asked about at the command"
    stage.clock.offset += KNOWN_FOR
    stage.slack.faults.next("users.info", error="internal_error")
    await stage.said()[0].choose("press.menu", "End this link", by=stage.sam)
    await stage.sam.whispered("That did not work just now")
    assert not stage.sam.modals
    await stage.said()[0].choose("press.menu", "End this link", by=stage.sam)
    await stage.sam.modal("End this link")


async def test_what_waits_for_slack_to_say_who_somebody_is_is_not_lost(stage: Stage) -> None:
    await stage.to_service_url()
    parent = stage.said()[0]
    await parent.choose("press.menu", "End this link", by=stage.sam)
    modal = await stage.sam.modal("End this link")
    stage.clock.offset += KNOWN_FOR
    stage.slack.faults.next("users.info", error="internal_error")
    await modal.submit()
    await stage.sam.whispered("That did not work just now")
    assert stage.link.status is Status.ACTIVE
    stage.clock.offset += KNOWN_FOR
    stage.slack.faults.next("users.info", error="internal_error")
    await stage.sam.says(REST_URL, thread=await stage.ada.sees("Paste the URL"))
    await stage.ada.sees("Enter user name and password", timeout=20)


async def test_where_several_customers_meet_the_admin_is_named_first(stage: Stage) -> None:
    stage.slack.invite_team(CHANNEL, "T0GLOBEX")
    stage.slack.share(CHANNEL, "T0GLOBEX")
    modal = await stage.open_start()
    await modal.fill({"Permission profile": "Recruiting"})
    outcome = await modal.submit()
    (said,) = outcome.errors.values()
    assert "More than two organisations" in said
    stage.slack.core.hides_teams = True
    stage.slack.faults.next("conversations.members", error="internal_error")
    (said,) = (await modal.submit()).errors.values()
    assert "did not say who shares this channel" in said
    stage.slack.join("eve", CHANNEL)
    (said,) = (await modal.submit()).errors.values()
    assert "More than two organisations" in said, "its members tell"
    await modal.fill({"Workday admin": "@ada"})
    assert (await modal.submit()).closed
    await stage.ada.sees("I can do this")
    assert stage.link.step is Step.WELCOME


async def test_where_slack_does_not_name_organisations_the_members_tell_of_them(stage: Stage) -> None:
    stage.slack.core.hides_teams = True
    await (await stage.begin(admin="")).press("I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)
    assert stage.link.admin is not None
    assert stage.link.admin.user_id == stage.ada.id


async def test_a_password_put_in_by_editing_is_noticed(stage: Stage) -> None:
    await stage.to_expiry()
    card = await stage.ada.sees("I've exempted it")
    said = await stage.ada.says("wait", thread=card)
    message: dict[str, Any] = {
        "type": "message",
        "user": stage.ada.id,
        "team": stage.ada.user.team_id,
        "user_team": stage.ada.user.team_id,
        "ts": said.ts,
        "thread_ts": card.thread_ts,
        "text": f"it is {PASSWORD.replace('<', '&lt;').replace('>', '&gt;').replace('&', '&amp;', 0)}",
        "edited": {"user": stage.ada.id, "ts": "1.2"},
    }
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C0ACME",
        "ts": "1700000000.000100",
        "message": message,
        "previous_message": {**message, "text": "wait"},
    }
    body = {"type": "event_callback", "team_id": "T0WINTRO", "event_id": "EvEdit", "event": event}
    unchanged = {**event, "ts": "1700000000.000200", "previous_message": message}
    assert (await stage.slack.deliver_raw("event", {**body, "event_id": "Ev0", "event": unchanged})).status == 200
    await stage.quiet()
    assert stage.vault()
    talk = {**message, "text": "help"}
    helped = {**event, "ts": "1700000000.000300", "message": talk}
    before = len(stage.said())
    assert (await stage.slack.deliver_raw("event", {**body, "event_id": "Ev1", "event": helped})).status == 200
    await stage.quiet()
    assert len(stage.said()) == before
    assert (await stage.slack.deliver_raw("event", body)).status == 200
    await until(lambda: None if stage.vault() else True, 10, lambda: "it is still kept")


async def test_who_was_asked_about_while_the_clock_ran_ahead_is_asked_about_again(stage: Stage) -> None:
    stage.clock.offset += timedelta(days=365)
    await stage.to_service_url()
    stage.clock.offset -= timedelta(days=365)

    def asked() -> int:
        return len([call for call in stage.slack.calls if call.method == "users.info"])

    before = asked()
    await stage.paste()
    assert asked() > before
