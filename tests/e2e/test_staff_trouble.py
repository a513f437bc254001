"""What goes wrong while our own people work: each has an answer that fits, and nothing is lost or done twice."""

from __future__ import annotations

import asyncio

from sqlmodel import Session, update

from flows.link.state import Status
from sandbox.slack import Modal
from sandbox.slack.waiting import until
from storage import audit_log as audit
from storage.tables import LinkRow
from tests.support.backdrop import CHANNEL
from tests.support.stage import Stage

NAME = "🚀 שלום Ácme\u202e <!channel> *&* " + "x" * 45


async def shown(stage: Stage, text: str) -> Modal:
    """Wait until Sam's board holds a text."""

    def look() -> Modal | None:
        view = stage.slack.core.views.homes.get(stage.sam.id)
        home = Modal(stage.slack, view, stage.sam) if view else None
        return home if home and text in home.text else None

    return await until(look, 6, lambda: f"the board lacks {text!r}")


async def test_a_board_with_a_broken_link_odd_names_and_a_refusal_of_slacks(stage: Stage) -> None:
    await stage.begin(Customer=NAME)
    modal = await stage.open_start()
    await modal.fill({"Customer": "Broken Ltd", "Workday admin": "@ada"})
    assert (await modal.submit()).closed
    await stage.quiet()

    def spoil(session: Session) -> None:
        wrong = update(LinkRow).where(LinkRow.customer == "broken ltd").values(document="{")  # type: ignore[arg-type]
        session.exec(wrong)

    stage.app.database.run_sync(spoil)
    await stage.sam.home()
    stage.slack.faults.next("views.publish", error="internal_error", times=1)
    await stage.begin(Customer="One More")
    await until(lambda: stage.slack.faults.happened or None, 6, lambda: "Slack refused nothing")
    await stage.sam.home()
    home = await shown(stage, "3 links")
    assert "cannot be read by this version" in home.text
    assert "🚀 שלום Ácme <!channel>" in home.text, "what turns a line around is left out, the rest is as it was typed"
    for long in ("open " + "x" * 3000, "y" * 3000):
        answer = await stage.sam.command("/link-workday", long, channel=CHANNEL)
        assert answer
        assert "no link of that name" in answer.text or "I don't know" in answer.text
        assert len(answer.text) < 200, "it is not repeated"
    modal = await stage.open_start()
    await modal.fill({"Customer": "z" * 3000, "Workday admin": "@ada"})
    assert "up to 80 characters" in str((await modal.submit()).errors)


async def test_two_of_us_at_once_and_a_form_over_a_link_that_ended(stage: Stage) -> None:
    await stage.to_service_url()
    answers = await asyncio.gather(
        *(one.command("/link-workday", "pause", channel=CHANNEL) for one in (stage.sam, stage.kim))
    )
    texts = [answer.text for answer in answers if answer]
    assert sorted(("Everything is kept" in text, "is paused" in text) for text in texts) == [
        (False, True),
        (True, True),
    ]
    await stage.quiet()
    link_id = stage.link.id
    entries = stage.app.database.run_sync(lambda session: audit.read(session, link_id))
    assert len([one for one in entries if one.what == "pressed.pause" and "refused" not in one.detail]) == 1
    parent = await stage.ada.sees("Link Workday · Acme")
    await parent.press("Hand over", by=stage.sam)
    await parent.choose("press.menu", "End this link", by=stage.kim)
    assert (await stage.send(stage.kim, "End this link", {})).closed
    outcome = await stage.send(stage.sam, "Hand over", {"Who goes on": "@col"})
    assert "was ended" in str(outcome.errors) or "was ended" in " ".join(one.text for one in stage.sam.whispers)
    assert stage.link.status is Status.CANCELLED
    assert stage.link.admin
    assert stage.link.admin.user_id == stage.ada.id


async def test_a_table_that_was_asked_for_before_a_restart_comes_once_after_it(stage: Stage) -> None:
    await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("files.getUploadURLExternal", http=503)
    await stage.sam.command("/link-workday", "export", channel=CHANNEL)
    await stage.stop()
    await stage.start()
    await stage.later(minutes=3)
    await stage.quiet()
    assert len([one for one in stage.sam.dms if "as a table" in one.text and one.files]) == 1
