"""Our own people see every link on their Home tab, as it is now; customers and guests see none of them."""

from __future__ import annotations

import asyncio

from flows.link.state import Status
from sandbox.slack import Modal, Person
from sandbox.slack.waiting import until
from tests.support.backdrop import ISU, PASSWORD
from tests.support.stage import Stage


async def shows(person: Person, home: Modal, text: str, seconds: float = 4) -> None:
    def look() -> bool | None:
        current = person.slack.core.views.homes[person.id]
        return True if text in Modal(person.slack, current, person).text else None

    await until(look, seconds, lambda: f"the board lacks {text!r}: {home.text}")


async def board(person: Person) -> Modal:
    return await person.home()


async def test_a_board_follows_what_happens_while_somebody_looks(stage: Stage) -> None:
    home = await board(stage.sam)
    assert "no link now" in home.text
    await stage.to_service_url()
    await shows(stage.sam, home, "paste the service URL")
    await stage.quiet()
    published = [call for call in stage.slack.calls if call.method == "views.publish"]
    assert len(published) < 8, "changes are gathered"
    assert {call.args["user_id"] for call in published} == {stage.sam.id}


async def test_a_link_is_seen_whole_and_moved_from_its_window(stage: Stage) -> None:
    await stage.to_linked()
    home = await board(stage.sam)
    await home.press("Details")
    window = await stage.sam.modal("Workday link")
    assert "sent the form Integration user · @ada" in window.text
    assert "Open the thread" in window.text
    await window.press("Pause")
    await stage.quiet()
    window = await stage.sam.modal("Workday link")
    assert "is paused" in window.text
    assert stage.link.status.value == "paused"
    await window.press("Continue")
    assert "goes on" in (await stage.sam.modal("Workday link")).text
    await window.press("Brief")
    window = await stage.sam.modal("Workday link")
    assert "What the admin sees now" in window.text
    assert "Next: 1." in window.text
    await window.press("Details")
    window = await stage.sam.modal("Workday link")
    assert "sent the form Integration user · @ada" in window.text
    (told,) = (message for message in stage.sam.dms if "Workday is linked" in message.text)
    await told.press("Note")
    noted = await stage.sam.modal("Note")
    await noted.fill({"What should the others know?": "the password is Hunter2-Battery!"})
    assert "looks like a password" in (await noted.submit()).errors["What should the others know?"]
    await noted.fill({"What should the others know?": "Ada is on holiday in March."})
    assert (await noted.submit()).closed
    await told.press("Details")
    window = await stage.sam.modal("Workday link")
    assert "Ada is on holiday in March." in window.text
    assert "sent the form Note · @sam" in window.text
    assert not [message for message in stage.said() if "holiday" in message.text]
    await told.press("Brief")
    assert "Likely cause" in (await stage.sam.modal("Workday link")).text
    assert not [message for message in stage.said() if "Brief" in message.text]
    await (await stage.sam.modal("Workday link")).press("Details")
    await (await stage.sam.modal("Workday link")).press("Hand over")
    await (await stage.sam.modal("Hand over")).close()
    # A form that is pushed above the window leaves nothing behind it that is not true any more.
    window = await stage.sam.modal("Workday link")
    await window.press("Note")
    noted = await stage.sam.modal("Note")
    await noted.fill({"What should the others know?": "Bob stands in for her."})
    assert (await noted.submit()).closed
    assert stage.sam.modals == []
    assert PASSWORD not in window.text


async def test_filters_states_names_and_pages_narrow_the_board(stage: Stage) -> None:
    await stage.begin()
    for number in range(22):
        modal = await stage.open_start()
        await modal.fill({"Customer": f"Customer {number:02}", "Workday admin": "@ada"})
        assert (await modal.submit()).closed
    home = await board(stage.sam)
    assert "23 links" in home.text
    assert "Page 1 of 2" in home.text
    await home.press("Next")
    await shows(stage.sam, home, "Page 2 of 2")
    home = Modal(stage.slack, stage.slack.core.views.homes[stage.sam.id], stage.sam)
    await home.press("On the way: 23")
    await shows(stage.sam, home, "Page 1 of 2")
    home = Modal(stage.slack, stage.slack.core.views.homes[stage.sam.id], stage.sam)
    await home.fill({"Find a customer": "ACM"})
    await shows(stage.sam, home, "Page 1 of 1")
    kims = await board(stage.kim)
    await kims.press("Mine")
    await shows(stage.kim, kims, "No link is in this list")


async def test_a_customer_sees_a_friendly_page_and_a_forged_press_shows_nothing(stage: Stage) -> None:
    await stage.to_service_url()
    page = await board(stage.ada)
    assert "Wintro uses me" in page.text
    assert "Acme" not in page.text
    for action_id, value in (
        ("board.0", "p=1"),
        ("detail.0", f"open #{stage.link.id}"),
        ("detail.0", f"cancel #{stage.link.id}"),
    ):
        forged = {
            "type": "block_actions",
            "user": {"id": stage.eve.id, "team_id": "T0OURS"},
            "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "type": "home", "private_metadata": "c=acme"},
            "trigger_id": stage.slack.core.views.trigger(stage.eve.user),
            "actions": [{"action_id": action_id, "block_id": "b", "type": "button", "value": value}],
        }
        await stage.slack.deliver_raw("interactive", forged)
    await stage.quiet()
    assert not stage.eve.modals
    assert stage.eve.id not in stage.slack.core.views.homes
    assert stage.link.status.value == "active"


async def test_a_board_that_slack_refuses_is_told_of_and_comes_by_itself(stage: Stage) -> None:
    await stage.begin()
    home = await board(stage.sam)
    await shows(stage.sam, home, "Acme")
    stage.slack.faults.next("views.publish", error="internal_error", times=2)
    await home.press("Stuck")
    told = await stage.sam.modal("Workday link")
    assert "did not take your board" in told.text
    await shows(stage.kim, await board(stage.kim), "Acme")
    await shows(stage.sam, home, "No link is in this list")
    stage.slack.faults.next("views.publish", rate_limited=30)
    await Modal(stage.slack, stage.slack.core.views.homes[stage.sam.id], stage.sam).press("Stuck")
    assert "did not take your board" in (await stage.sam.modal("Workday link")).text
    await shows(stage.sam, await board(stage.sam), "Acme", seconds=1)


async def test_who_is_a_guest_by_now_loses_the_board(stage: Stage) -> None:
    await stage.begin()
    home = await board(stage.sam)
    await shows(stage.sam, home, "Acme")
    stage.sam.user.is_guest = True
    await stage.later(minutes=5)
    await shows(stage.sam, home, "Wintro uses me")


async def test_two_at_once_and_a_link_cancelled_under_an_open_window_are_told_so(stage: Stage) -> None:
    await stage.begin()
    await (await board(stage.sam)).press("Details")
    await (await board(stage.kim)).press("Details")
    windows = [await one.modal("Workday link") for one in (stage.sam, stage.kim)]
    await asyncio.gather(*(one.press("Pause") for one in windows))
    said = [(await one.modal("Workday link")).text.splitlines()[1] for one in (stage.sam, stage.kim)]
    assert sorted(said) == ["Acme is paused already.", "Acme is paused. Everything is kept."]
    await (await stage.sam.modal("Workday link")).press("Continue")
    window = await stage.sam.modal("Workday link")
    await (await stage.kim.sees("Link Workday · Acme")).choose("press.menu", "End this link", by=stage.kim)
    assert (await stage.send(stage.kim, "End this link", {})).closed
    await window.press("Pause")
    assert "This link was ended" in (await stage.sam.modal("Workday link")).text
    assert stage.link.status is Status.CANCELLED
    assert ISU not in window.text
