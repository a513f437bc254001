"""The daily digest: everybody reads what is theirs to read, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session, col, select

from bot.outbox.posting import Posting
from bot.outbox.staff_notices import Notices
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import Speaker
from flows.link.effects import TellStaff
from flows.link.state import Status
from sandbox.slack import Person
from sandbox.slack.waiting import until
from storage.messages import Standing
from storage.outbox import errands
from storage.outbox.errands import Errand, Lane
from storage.reports import digests as told
from storage.tables import ErrandRow
from tests.support.news import no_news
from tests.support.stage import Stage

MONDAY = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1, hours=1)


def digests(person: Person) -> list[str]:
    return [message.text for message in person.dms if "need somebody today" in message.text]


def in_channel(stage: Stage) -> list[str]:
    return [message.text for message in stage.said("cs-team") if "need somebody today" in message.text]


def payloads(stage: Stage) -> list[tuple[str, dict[str, object]]]:
    """Every errand about the digest: its link's customer, and what it holds."""
    customers = {link.id: link.customer for link in stage.links()}

    def read(session: Session) -> list[tuple[str, str]]:
        rows = select(ErrandRow).where(col(ErrandRow.payload).contains("staff.digest")).order_by(col(ErrandRow.seq))
        return [(row.link_id, row.payload) for row in session.exec(rows)]

    found = stage.app.database.run_sync(read)
    return [(customers[link_id], json.loads(payload)["value"]) for link_id, payload in found]


def stored(stage: Stage) -> str:
    with closing(sqlite3.connect(stage.folder / "link.db")) as connection:
        return "\n".join(connection.iterdump())


async def two_owners(stage: Stage, **more: object) -> None:
    """Sam has started Acme's and Hooli's links, Kim has started Umbrella's; a day later nobody has moved them."""
    await stage.stop()
    stage.clock.set(MONDAY)
    await stage.start(**more)
    for owner, customer in ((stage.sam, "Acme"), (stage.kim, "Umbrella"), (stage.sam, "Hooli")):
        modal = await stage.open_start(owner)
        await modal.fill({"Customer": customer, "Workday admin": "@ada"})
        assert (await modal.submit()).closed
    await stage.later()
    await stage.quiet()


async def queued(stage: Stage, number: int) -> None:
    """Let a digest come due while Slack is away, and wait until so many errands about it have been tried in vain."""
    stage.slack.down = True
    stage.clock.set(TUESDAY)
    await stage.later()
    await until(lambda: True if len(payloads(stage)) == number else None, 5, lambda: f"there are {payloads(stage)}")
    await asyncio.sleep(0.5)


def forgotten(stage: Stage, customer: str) -> None:
    (link,) = (link for link in stage.links() if link.customer == customer)
    assert stage.forget(link.id)
    (link,) = (one for one in stage.links() if one.id == link.id)
    assert link.status is Status.CANCELLED


async def test_each_owner_reads_about_their_own_links_only(stage: Stage) -> None:
    await two_owners(stage)
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    (to_sam,), (to_kim,) = digests(stage.sam), digests(stage.kim)
    assert "Acme" in to_sam
    assert "Hooli" in to_sam
    assert "Umbrella" not in to_sam
    assert "Umbrella" in to_kim
    assert "Acme" not in to_kim
    assert "Hooli" not in to_kim
    owners = {stage.sam.id: {"Acme", "Hooli"}, stage.kim.id: {"Umbrella"}}
    written = payloads(stage)
    assert len(written) == 2
    for customer, held in written:
        names = held["names"]
        assert isinstance(names, dict)
        assert held == {"key": "staff.digest", "names": {"at": names["at"], "left": "0"}, "to": held["to"]}
        assert customer in owners[str(held["to"])]
    await stage.later(hours=1)
    await stage.quiet()
    assert len(digests(stage.sam)) == len(digests(stage.kim)) == 1


async def test_only_what_is_news_is_told_and_what_is_muted_is_not(stage: Stage) -> None:
    await two_owners(stage)
    stage.sam.user.tz, stage.kim.user.tz = "Asia/Tokyo", "America/Los_Angeles"
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    assert "New\n" in digests(stage.sam)[0]
    (morning,) = (message for message in stage.sam.dms if "need somebody today" in message.text)
    await morning.press("detail.2")
    window = await stage.sam.modal("Workday link")
    assert "Your mornings are quiet" in window.text
    muted = next(link.customer for link in stage.links() if link.muted)
    stage.clock.set(TUESDAY.replace(hour=1) + timedelta(days=1))
    await stage.later()
    await stage.quiet()
    assert len(digests(stage.sam)) == 1, "nothing has changed since the day before"
    stage.clock.set(TUESDAY + timedelta(days=2, hours=2.5))
    await stage.later()
    await stage.quiet()
    assert len(digests(stage.kim)) == 2, "half past nine in California"
    assert len(digests(stage.sam)) == 1, "the middle of the night in Tokyo"
    await stage.later(hours=7)
    await stage.quiet()
    assert len(digests(stage.sam)) == 2, "half past nine in Tokyo"
    assert "Changed\n" in digests(stage.sam)[-1]
    assert muted not in digests(stage.sam)[-1]
    await window.press("Unmute")
    assert not [link for link in stage.links() if link.muted]


async def test_who_is_on_holiday_has_the_backup_read_it(stage: Stage) -> None:
    await two_owners(stage, backup_owner=stage.kim.id)
    stage.sam.user.status = ":palm_tree:"
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    assert not digests(stage.sam)
    assert len(digests(stage.kim)) == 2


async def test_nobody_is_sent_to_ask_somebody_whose_account_is_closed(stage: Stage) -> None:
    await two_owners(stage)
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    assert "Ask @ada" in digests(stage.kim)[0]
    stage.slack.deactivate("ada")
    now, (link,) = stage.clock(), [link for link in stage.links() if link.customer == "Umbrella"]

    def write(session: Session) -> None:
        told.tell(session, stage.kim.id, {link.id: "later"}, now, most=9)
        names = {"at": now.isoformat(), "left": "0"}
        errands.enqueue(session, link.id, (TellStaff(key="staff.digest", names=names, to=stage.kim.id),), now)

    stage.app.database.run_sync(write)
    await stage.later(seconds=1)
    await stage.quiet()
    assert "who manages Workday there now" in digests(stage.kim)[1]
    (link,) = (one for one in stage.links() if one.id == link.id)
    assert link.admin
    assert not link.admin.present


async def test_the_staff_channel_gets_one_digest_of_all(stage: Stage) -> None:
    await two_owners(stage, staff_channel="C0STAFF")
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    (text,) = in_channel(stage)
    assert all(customer in text for customer in ("Acme", "Umbrella", "Hooli"))
    assert not digests(stage.sam) + digests(stage.kim)
    assert len(payloads(stage)) == 1


async def test_a_staff_channel_that_refuses_is_replaced_by_the_owners(stage: Stage) -> None:
    await two_owners(stage, staff_channel="C0STAFF")
    stage.slack.remove_bot("cs-team")
    stage.clock.set(TUESDAY)
    await stage.later()
    await stage.quiet()
    assert not in_channel(stage)
    (to_sam,), (to_kim,) = digests(stage.sam), digests(stage.kim)
    assert "Umbrella" not in to_sam
    assert "Acme" not in to_kim


@pytest.mark.parametrize("staff_channel", ["", "C0STAFF"])
async def test_nothing_of_a_customer_that_is_forgotten_stays(stage: Stage, staff_channel: str) -> None:
    await two_owners(stage, staff_channel=staff_channel)
    await queued(stage, 1 if staff_channel else 2)
    forgotten(stage, "Umbrella")
    stage.slack.down = False
    await stage.later(minutes=2)
    await stage.quiet()
    said = [*digests(stage.sam), *digests(stage.kim), *in_channel(stage)]
    assert said
    assert not [text for text in said if "Umbrella" in text], "it is drawn from the links as they are"
    await stage.app.ticker.clean()
    assert "Umbrella" not in stored(stage)
    assert "Hooli" in stored(stage)
    assert "Hooli" in "".join(said)
    forgotten(stage, "Hooli")
    await stage.quiet()
    await stage.app.ticker.clean()
    assert "Hooli" not in stored(stage)
    assert "Acme" in stored(stage)


async def test_when_nothing_is_left_to_tell_nothing_is_sent(stage: Stage) -> None:
    await two_owners(stage)
    await queued(stage, 2)
    for customer in ("Acme", "Umbrella", "Hooli"):
        forgotten(stage, customer)
    stage.slack.down = False
    await stage.later(minutes=2)
    await stage.quiet()
    assert not digests(stage.sam) + digests(stage.kim)

    def ends(session: Session) -> set[tuple[str, str | None, str | None]]:
        rows = session.exec(select(ErrandRow).where(col(ErrandRow.payload).contains("staff.digest")))
        return {(row.state, row.slack_ts, row.error) for row in rows}

    assert stage.app.database.run_sync(ends) == {("sent", None, None)}


async def test_owners_get_one_errand_each_however_often_the_first_one_is_tried(stage: Stage) -> None:
    await two_owners(stage)
    await stage.app.courier.stop()
    link, now = stage.links()[0], stage.clock() + timedelta(days=2)
    stage.clock.set(now)
    marks = {link.id: "m" for link in stage.links()}
    stage.app.database.run_sync(lambda session: told.tell(session, told.CHANNEL, marks, now, most=9))
    effect = TellStaff(key="staff.digest", names={"at": now.isoformat(), "left": "0"})
    errand = Errand(
        id="e1",
        link_id=link.id,
        lane=Lane.STAFF,
        effect=effect,
        tries=2,
        doubtful=True,
        fence=2,
        first_try_at=now,
        lease_until=now,
        created_at=now,
        origin=None,
    )

    async with aiohttp.ClientSession() as session:
        speaker = Speaker(AsyncWebClient(base_url=stage.slack.api_url, session=session), Pacer(stage.clock))
        notices = Notices(
            stage.app.database,
            stage.app.drawing,
            speaker,
            Posting(speaker, read_back=False),
            no_news(stage.clock),
            staff_channel="",
            slack_url="",
        )
        for _ in range(2):
            assert await notices.bring(errand, Standing(link=link, posted={}), effect) is None
    assert {customer for customer, _ in payloads(stage)} in ({"Acme", "Umbrella"}, {"Hooli", "Umbrella"})
    assert len(payloads(stage)) == 2
