"""Our own people run their links by words, mistyped ones too, and by the buttons under each answer."""

from __future__ import annotations

from bot.staff.lookup import PAGE
from sandbox.slack import Message, Person
from tests.support.backdrop import CHANNEL, PASSWORD
from tests.support.stage import Stage


async def ask(person: Person, text: str, channel: str = CHANNEL) -> Message:
    answer = await person.command("/link-workday", text, channel=channel)
    assert answer
    return answer


async def test_a_slip_is_offered_as_it_was_meant_and_done_at_a_press(stage: Stage) -> None:
    await stage.to_service_url()
    answer = await ask(stage.sam, "stauts")
    assert "Did you mean" in answer.text
    await answer.press("Status")
    told = await stage.sam.whispered("Acme")
    assert "paste the service URL" in told.text
    assert "Open the thread" in told.text
    assert "/archives/" in str(told.post.blocks)


async def test_a_link_is_paused_until_a_day_and_goes_on(stage: Stage) -> None:
    await stage.to_service_url()
    answer = await ask(stage.sam, "pause until soon")
    assert "2026-12-01" in answer.text
    answer = await ask(stage.sam, "pause until in two weeks")
    assert "paused until" in answer.text
    await stage.quiet()
    assert "Paused* until" in str((await stage.sam.sees("Link Workday · Acme")).post.blocks)
    # The day is moved, and not twice.
    assert "paused until" in (await ask(stage.sam, "pause acme until in 10 days", channel="cs-team")).text
    assert "is paused already" in (await ask(stage.sam, "pause until in 10 days")).text
    await stage.quiet()
    await stage.days(13)
    await stage.ada.sees("the pause is over")
    card = await stage.ada.sees("Paste the URL")
    await card.press("Paste the URL")
    assert (await stage.ada.modal("Workday service URL")).title


async def test_a_link_is_handed_over_by_a_mention_and_by_a_modal(stage: Stage) -> None:
    await stage.to_service_url()
    answer = await ask(stage.sam, "hand over to @col please")
    assert "handed over to" in answer.text
    await stage.quiet()
    assert stage.link.admin
    assert stage.link.admin.user_id == stage.col.id
    answer = await ask(stage.sam, "handover")
    assert "window" in answer.text
    outcome = await stage.send(stage.sam, "Hand over", {"Who goes on?": "@ada"})
    assert outcome.closed, outcome
    await stage.quiet()
    assert stage.link.admin.user_id == stage.ada.id


async def test_with_two_links_in_a_channel_it_asks_which(stage: Stage) -> None:
    await stage.to_service_url()
    modal = await stage.open_start()
    assert "has a link already" in modal.text
    await modal.fill({"Customer": "Globex", "Workday admin": "@col"})
    assert (await modal.submit()).closed
    await stage.quiet()
    answer = await ask(stage.sam, "pause")
    assert "Which one" in answer.text
    await answer.press("Globex")
    await stage.sam.whispered("Globex is paused")
    await stage.quiet()
    assert {one.customer: one.status.value for one in stage.links()} == {"Acme": "active", "Globex": "paused"}
    # Of the two only one can go on, and neither can be checked.
    assert "Globex goes on" in (await ask(stage.sam, "resume")).text
    assert (await ask(stage.sam, "resume")).text.count("is not paused") == 2
    checked = (await ask(stage.sam, "recheck")).text
    assert "Acme: There is nothing to check" in checked
    assert "Globex: There is nothing to check" in checked
    assert "not paused" in (await ask(stage.sam, "resume glob")).text
    # A part of a name is a guess at a link of another channel, and a slip keeps all that was typed behind it.
    answer = await ask(stage.sam, "pause glob until in two weeks", channel="cs-team")
    assert "Do you mean this one" in answer.text
    answer = await ask(stage.sam, "puase globex until in two weeks", channel="cs-team")
    assert answer.text.splitlines()[0].endswith(" Globex?")
    assert [one.status.value for one in stage.links()] == ["active", "active"]
    await answer.press("Pause")
    await stage.sam.whispered("Globex is paused until")
    stage.kim.user.locale = "de-DE"
    assert "geht weiter" in (await ask(stage.kim, "weiter mit Globex", channel="cs-team")).text
    # Signs are not typed, so two names that differ by them alone are asked about, and either of them is found.
    modal = await stage.open_start()
    await modal.fill({"Customer": "A&C: Mé", "Workday admin": "@col"})
    assert (await modal.submit()).closed
    await stage.quiet()
    for typed in ("pause ACME", "pause a&c mé"):
        answer = await ask(stage.sam, typed, channel="cs-team")
        assert "Which one" in answer.text
        assert "A&C: Mé" in str(answer.buttons)
    assert [one.status.value for one in stage.links()].count("paused") == 0
    stage.slack.should_escape = False
    answer = await ask(stage.kim, "übergeben an @niemand")
    assert "so wie Slack sie beim Tippen anbietet" in answer.text
    await answer.press("Übergeben")
    assert "Welche" in (await stage.kim.whispered("mehrere Verbindungen")).text


async def test_a_finished_link_is_looked_at_copied_and_ended(stage: Stage) -> None:
    await stage.to_linked()
    answer = await ask(stage.sam, "open acm")
    await answer.press("Check now")
    await stage.sam.whispered("Workday is being asked")
    await stage.quiet()
    answer = await ask(stage.sam, "copy")
    assert (await stage.send(stage.sam, "Another environment", {})).closed
    await stage.quiet()
    assert len(stage.links()) == 2
    assert "Which one" in (await ask(stage.sam, "cancel")).text
    assert "no link of that name" in (await ask(stage.sam, f"cancel {PASSWORD}")).text


async def test_a_list_is_paged_filtered_and_says_when_it_is_empty(stage: Stage) -> None:
    assert "No link" in (await ask(stage.sam, "list")).text
    await stage.begin()
    for number in range(14):
        modal = await stage.open_start()
        await modal.fill({"Customer": f"Customer {number:02}", "Workday admin": "@ada"})
        assert (await modal.submit()).closed
    answer = await ask(stage.sam, "list")
    assert "15 links" in answer.text
    here = await ask(stage.sam, "status")
    assert here.buttons.count("Brief") == PAGE, "a channel can have more links than one message holds"
    assert "There are more" in here.text
    await answer.press("Next")
    turned = await stage.sam.whispered("Page 2 of 2")
    assert "Before" in turned.buttons
    assert "15 links" in (await ask(stage.sam, "meine")).text
    assert "No link" in (await ask(stage.kim, "meine")).text
    assert "No link" in (await ask(stage.sam, "list stuck")).text
    await stage.days(2)
    assert "15 links" in (await ask(stage.sam, "list stuck")).text


async def test_a_start_says_what_is_odd_about_the_channel(stage: Stage) -> None:
    modal = await stage.open_start(channel="cs-team")
    await stage.quiet()
    shown = await stage.sam.modal("Link Workday")
    assert "not shared" in shown.text
    await modal.close()
    modal = await stage.open_start(channel="no-bot")
    await stage.quiet()
    assert "not in this channel" in (await stage.sam.modal("Link Workday")).text
    await modal.fill({"Customer": "Acme", "Workday admin": "@ada"})
    assert "not in this channel" in (await modal.submit()).errors["Customer"]
    await modal.close()
    modal = await stage.open_start()
    await modal.fill({"Customer": "WINTRO", "Workday admin": "@ada"})
    assert "your own company" in (await modal.submit()).errors["Customer"]


async def test_another_answers_buttons_are_only_for_our_own_people(stage: Stage) -> None:
    await stage.begin()
    answer = await ask(stage.sam, "list")
    (button,) = [one for one in answer.post.blocks if one.get("accessory")]
    forged = {
        "type": "block_actions",
        "user": {"id": stage.eve.id, "team_id": "T0GLOBEX"},
        "container": {"type": "message", "channel_id": stage.link.channel_id, "is_ephemeral": True},
        "channel": {"id": stage.link.channel_id, "name": "x"},
        "trigger_id": "1.2",
        "response_url": stage.slack.core.response_url(stage.eve.user, stage.slack.channel(CHANNEL)),
        "actions": [{"action_id": "type.0", "block_id": "b", "value": button["accessory"]["value"], "type": "button"}],
    }
    await stage.slack.deliver_raw("interactive", forged)
    told = await stage.eve.whispered("team that runs the app")
    assert "Acme" not in told.text
