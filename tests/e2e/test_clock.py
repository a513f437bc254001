"""The clock runs ahead by a year, and comes back: nothing waits for that year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from flows.link.moments import in_time
from storage import heartbeats as pulse
from storage import link_lists
from storage import links as store
from storage.tables import ErrandRow, LinkRow, PulseRow
from tests.support.links import a_link
from tests.support.stage import Stage

YEAR = timedelta(days=365)
WRONG = "not the password"


def waits(session: Session) -> Iterator[datetime]:
    yield from [row.run_at for row in session.exec(select(ErrandRow)) if row.settled_at is None]
    yield from [row.at for row in session.exec(select(PulseRow))]


async def test_what_slack_did_not_take_meanwhile_is_sent_when_the_clock_is_right(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    stage.clock.offset += YEAR
    await card.press("I can do this")
    await stage.quiet()
    stage.slack.down = True
    await stage.later(days=8)
    stage.clock.offset -= YEAR + timedelta(days=8)
    stage.slack.down = False
    await stage.later(seconds=0)
    await stage.later(seconds=61)
    await stage.quiet()
    now = stage.clock()
    assert in_time(stage.link, now) == stage.link
    late = stage.app.database.run_sync(lambda session: [one for one in waits(session) if one > now])
    assert late == []
    await stage.paste()
    await stage.ada.sees("Enter user name and password", timeout=10)


async def test_a_pause_after_refused_logins_is_no_year(stage: Stage) -> None:
    await stage.to_isu()
    stage.tenant()
    stage.clock.offset += YEAR
    await stage.enter(WRONG)
    await stage.ada.sees("invalid username or password")
    await stage.enter(WRONG, button="Enter it again")
    await stage.becomes(lambda link: not link.attempt.checking)
    await stage.enter(button="Enter it again")
    await stage.ada.sees("so that Workday")
    stage.clock.offset -= YEAR
    await stage.later(seconds=0)
    await stage.quiet()
    until = stage.link.cooling_until
    assert until
    assert until <= stage.clock() + timedelta(minutes=30)
    await stage.later(minutes=31)
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_a_restart_between_both_finds_it_too(stage: Stage) -> None:
    await stage.to_linked()
    await stage.quiet()
    stage.clock.offset += YEAR
    await stage.later(seconds=0)
    await stage.quiet()
    await stage.stop()
    stage.clock.offset -= YEAR
    await stage.start()
    await stage.later(seconds=0)
    await stage.quiet()
    assert in_time(stage.link, stage.clock()) == stage.link
    wakes = stage.app.database.run_sync(lambda session: session.exec(select(LinkRow.wake_at)).all())
    assert all(wake and wake < stage.clock() + timedelta(days=3) for wake in wakes)


async def test_links_are_brought_back_in_parts_and_one_that_breaks_off_is_begun_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.begin()
    await stage.quiet()
    ahead = stage.clock() + YEAR

    def move(session: Session) -> None:
        for number in range(5):
            link = a_link(id=f"n{number}", customer=f"Number {number}", created=ahead, touched=ahead)
            store.create(session, link, (), wake_at=ahead, now=ahead)
        pulse.beat(session, pulse.TICKER, ahead)

    def left(session: Session) -> int:
        return sum(in_time(link, stage.clock()) != link for link in link_lists.everywhere(session))

    stage.app.ticker._scheduler.pause()  # noqa: SLF001  each tick is one of ours
    stage.app.database.run_sync(move)
    monkeypatch.setattr(link_lists, "AT_A_TIME", 2)
    turns, mended = stage.app.engine.turns, list[str]()
    original = turns.bring_back

    def breaks_off(session: Session, link_id: str, now: datetime) -> None:
        mended.append(link_id)
        if len(mended) == 4:
            raise OSError("power cut")
        original(session, link_id, now)

    with monkeypatch.context() as broken:
        broken.setattr(turns, "bring_back", breaks_off)
        await stage.app.ticker.tick()
    assert stage.app.database.run_sync(left) == 3, "the first part stays done"
    await stage.app.ticker.tick()
    assert stage.app.database.run_sync(left) == 0
    last = stage.app.database.run_sync(lambda session: pulse.last_beat(session, pulse.TICKER))
    assert last
    assert last <= stage.clock()


async def test_a_link_that_no_wrong_clock_has_moved_is_left_alone(stage: Stage) -> None:
    await stage.to_linked()
    await stage.quiet()
    before = stage.link
    stage.app.database.run_sync(lambda session: pulse.beat(session, pulse.TICKER, stage.clock() + YEAR))
    await stage.later(seconds=0)
    assert stage.link == before
    last = stage.app.database.run_sync(lambda session: pulse.last_beat(session, pulse.TICKER))
    assert last
    assert last <= stage.clock()
