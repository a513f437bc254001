"""Troubles of our own: one errand, one link or one check that fails takes nothing else with it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, col, delete, select, update

from bot import turns
from bot.outbox import workday_check as checker
from bot.outbox import worker as courier
from bot.outbox.endings import LEASE, UNREADABLE, Endings
from flows import decide
from flows.diagnosis.observations import CheckKind
from flows.link.attempt import Checking, Hitch
from flows.link.effects import Decision, RunCheck, Say
from flows.link.state import Link, Step
from flows.tenant.service_url import Endpoint
from flows.workday import network
from flows.workday.check_run import Workday
from sandbox.slack.waiting import until
from sandbox.workday import Oddity
from storage import links as store
from storage.database.transactions import Database
from storage.outbox import claims, errands, recovery, set_back
from storage.outbox.claims import Hands
from storage.outbox.errands import Errand, State
from storage.tables import ErrandRow, LinkRow, MessageRow
from tests.support.backdrop import HOST, ISU, REST_URL
from tests.support.counting import Counts, counted
from tests.support.links import NOW, a_link
from tests.support.stage import Stage, staged


async def test_a_check_that_fails_on_our_side_gives_the_button_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_service_url()

        async def fail(*_: object, **__: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(Workday, "run", fail)
        assert (await stage.paste()).closed
        await asyncio.sleep(0.1)
        await stage.later(seconds=3)
        await stage.becomes(lambda link: link.attempt.hitch is Hitch.INTERRUPTED)
        monkeypatch.undo()
        card = await stage.ada.sees("interrupted on our side")
        await again(stage, card.buttons)


async def test_a_check_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_service_url()
        monkeypatch.setattr(checker, "CHECK_SECONDS", 0.05)
        stage.workday.delay = 0.5
        assert (await stage.paste()).closed
        card = await stage.ada.sees("interrupted on our side")
        monkeypatch.undo()
        stage.workday.delay = 0
        await again(stage, card.buttons)


async def again(stage: Stage, buttons: list[str]) -> None:
    if "Check again" in buttons:
        await (await stage.ada.sees("interrupted on our side")).press("Check again")
    else:
        button = next(name for name in buttons if name in {"Enter it again", "Paste the URL"})
        assert (await stage.paste(REST_URL, button=button)).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_long_check_keeps_its_errand(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_service_url()
        stage.workday.delay = 0.4
        assert (await stage.paste()).closed
        await asyncio.sleep(0.1)
        stage.clock.offset += LEASE * 2
        await stage.ada.sees("Enter user name and password")
        assert stage.link.attempt.hitch is None
        assert len(stage.workday.requests) == 1


async def test_a_check_with_a_proved_password_goes_on_by_itself_when_its_worker_is_gone(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        tenant, card = await stage.to_activated()
        stage.workday.next_answers(Oddity.HANG)
        before = len(stage.workday.requests)
        await card.press("Activated: check")
        await until(lambda: stage.workday.requests[before:] or None, 5, lambda: "Workday was not asked")
        await stage.later(seconds=checker.LEASE.total_seconds() + 1)
        await stage.is_linked()
        assert tenant.logins(ISU).bad == 0
        assert not [one for one in stage.said() if "interrupted" in one.text or "doesn't lock" in one.text]


async def test_a_check_that_another_process_has_taken_over_asks_nothing(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        _, card = await stage.to_activated()
        await stage.app.courier.stop()
        await card.press("Activated: check")
        before = len(stage.workday.requests)
        free = {Hands.TESTS: 1}
        claimed = [
            stage.app.database.run_sync(partial(claims.claim, now=now, lease=LEASE, free=free))
            for now in (stage.clock(), stage.clock() + LEASE * 2)
        ]
        (late,), (ours,) = claimed
        assert isinstance(ours.effect, RunCheck)
        await stage.app.courier._checker.run(late, ours.effect.check_id)  # noqa: SLF001  who comes to itself after that
        assert len(stage.workday.requests) == before
        assert stage.link.attempt.checking
        await stage.app.courier._checker.run(ours, ours.effect.check_id)  # noqa: SLF001
        assert len(stage.workday.requests) > before
        assert stage.link.attempt.checking is None


async def test_one_link_that_cannot_be_woken_keeps_no_other_from_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path) as stage:
        await stage.begin()
        await stage.quiet()
        first = stage.link.id
        modal = await stage.open_start()
        await modal.fill({"Customer": "Umbrella", "Workday admin": "@col"})
        assert (await modal.submit()).closed
        await stage.quiet()
        woken = []

        def poisoned(link: Link, *rest: object) -> Decision:
            if link.id == first:
                raise RuntimeError("poison")
            woken.append(link.id)
            return decide(link, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(turns, "decide", poisoned)
        await stage.later(days=5)
        assert woken
        monkeypatch.undo()
        await stage.later(minutes=11)
        await stage.quiet()


async def test_a_database_that_fails_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged(tmp_path) as stage:
        card = await stage.begin()
        await stage.quiet()
        finish, claim, failures = errands.finish, claims.claim, iter(range(3))

        def failing(*args: object, **more: object) -> bool:
            if next(failures, None) is not None:
                raise OSError("disk")
            return finish(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(errands, "finish", failing)
        await card.press("I can do this")
        for _ in range(6):
            await asyncio.sleep(0.05)
            await stage.later(seconds=61)
        await stage.quiet()
        monkeypatch.undo()
        calls = iter(range(1))

        def unclaimed(*args: object, **more: object) -> list[errands.Errand]:
            if next(calls, None) is not None:
                raise OSError("disk")
            return claim(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(claims, "claim", unclaimed)
        assert (await stage.paste()).closed
        await stage.becomes(lambda link: link.step is Step.ISU)
        await stage.quiet()
        assert not stage.doubled()


async def test_an_end_that_cannot_be_recorded_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path) as stage:
        card = await stage.begin()
        await stage.quiet()

        def broken(*_: object, **__: object) -> bool:
            raise OSError("disk")

        monkeypatch.setattr(errands, "finish", broken)
        monkeypatch.setattr(errands, "retry", broken)
        await card.press("I can do this")
        await asyncio.sleep(0.2)
        monkeypatch.undo()
        assert "left unfinished" in caplog.text
        await until(lambda: not stage.app.database.run_sync(sending) or None, 3, lambda: "it keeps its lease")
        await stage.later(seconds=6)
        await stage.ada.sees("Paste the URL")


async def test_with_as_much_under_way_as_may_be_the_app_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "AT_ONCE", dict.fromkeys(Hands, 1))
    async with staged(tmp_path) as stage:
        card = await stage.begin()
        await stage.quiet()
        stage.slack.faults.next("chat.update", delay=0.3)
        with monkeypatch.context() as full:
            # As when all hands have something to do, which no one of them has ended yet.
            full.setattr(courier, "AT_ONCE", dict.fromkeys(Hands, 0))
            await card.press("I can do this")
        await stage.ada.sees("Paste the URL")


async def test_what_takes_too_long_at_the_end_is_left_for_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(tmp_path) as stage:
        await stage.to_service_url()
        stage.workday.delay = 0.8
        assert (await stage.paste()).closed
        await asyncio.sleep(0.1)
        monkeypatch.setattr(courier, "ENDING_SECONDS", 0.05)
        await stage.stop()
        with closing(Database(stage.settings(**stage.more).database_url)) as database:
            assert database.run_sync(sending) == 0, "another process need not wait for the end of its lease"
        stage.workday.delay = 0
        await stage.start()
        await stage.ada.sees("Enter user name and password")


async def test_whoever_sent_what_another_had_taken_over_asks_for_another_audit(tmp_path: Path) -> None:
    """It may have stood still for so long that even the audit was over when its message went out."""
    async with staged(tmp_path) as stage:
        card = await stage.begin()
        await stage.quiet()
        stage.slack.faults.next("chat.postMessage", delay=0.3)
        await card.press("I can do this")
        run, now = stage.app.database.run_sync, stage.clock()

        def take_over(session: Session) -> str:
            (row,) = session.exec(select(ErrandRow).where(col(ErrandRow.state) == State.SENDING.value)).all()
            row.fence, row.state, row.settled_at, row.audited_at = row.fence + 1, State.SENT.value, now, now
            session.add(row)
            return row.id

        def is_suspect(session: Session) -> bool | None:
            (row,) = session.exec(select(ErrandRow).where(col(ErrandRow.id) == taken)).all()
            return (row.doubtful and row.audited_at is None) or None

        await until(lambda: run(sending) or None, 2, lambda: "nothing is being sent")
        taken = run(take_over)
        await until(lambda: run(is_suspect), 3, lambda: "nobody asks for an audit")


def sending(session: Session) -> int:
    return recovery.counts(session)[State.SENDING]


async def test_a_press_and_all_it_shows_take_five_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "IDLE_SECONDS", 60)
    async with staged(tmp_path) as stage:
        card = await stage.begin()
        await stage.quiet()
        stage.app.ticker._scheduler.pause()  # noqa: SLF001  a tick would be counted
        counts = Counts()
        with counted(counts):
            await card.press("I can do this")
            await stage.ada.sees("Paste the URL")
            await counts.rest()
        # The turn, the claim of the first message, and one for the end of each: parent, old card, new card.
        assert counts.transactions == 5
        # One of them remembers the signed request, so that no other process carries it out again.
        assert counts.statements.total() <= 19


async def test_one_link_that_cannot_be_read_keeps_no_other_waiting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path) as stage:
        await stage.begin()
        await stage.quiet()
        broken = stage.link.id
        run, now = stage.app.database.run_sync, stage.clock()

        def spoil(session: Session) -> None:
            session.exec(update(LinkRow).where(col(LinkRow.id) == broken).values(document="{}"))
            errands.enqueue(session, broken, (Say(key="command.status_none"),), now)
            # Longer than the story: the tick would stumble over it as well.
            session.exec(update(LinkRow).where(col(LinkRow.id) == broken).values(wake_at=None))

        run(spoil)
        modal = await stage.open_start()
        await modal.fill({"Customer": "Umbrella", "Workday admin": "@col"})
        assert (await modal.submit()).closed
        await stage.col.sees("I can do this")
        await until(lambda: "a link cannot be read" in caplog.text or None, 5, lambda: "nobody names the broken link")
        run(lambda session: session.exec(delete(ErrandRow).where(col(ErrandRow.link_id) == broken)))
        run(lambda session: session.exec(delete(MessageRow).where(col(MessageRow.link_id) == broken)))
        run(lambda session: session.exec(delete(LinkRow).where(col(LinkRow.id) == broken)))


async def test_no_pause_looks_like_a_clock_that_was_set_back(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.begin()
        await stage.quiet()
        await stage.app.courier.stop()
        database, link_id = stage.app.database, stage.link.id
        endings = Endings(database, stage.app.engine.turns, stage.clock)

        def work(session: Session) -> Errand:
            errands.enqueue(session, link_id, (Say(key="say.back"),), stage.clock())
            (errand,) = claims.claim(session, now=stage.clock(), lease=LEASE, free={Hands.NOTICES: 1})
            return errand

        for pause in (endings.retry, endings.put_back):
            await pause(await database.run(work), courier._backoff(99) * 3, "a crowd before it")  # noqa: SLF001
            assert not await database.run(lambda session: set_back.is_set_back(session, stage.clock()))
            await stage.later(hours=1)


async def test_a_link_that_nobody_can_read_is_looked_at_more_and_more_seldom(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.begin()
        await stage.quiet()
        await stage.app.courier.stop()
        run, link_id = stage.app.database.run_sync, stage.link.id
        endings = Endings(stage.app.database, stage.app.engine.turns, stage.clock)
        run(lambda session: errands.enqueue(session, link_id, (Say(key="say.back"),), stage.clock()))
        for minutes, seconds in ((0, 5), (10, 30), (100, 60)):
            stage.clock.offset += timedelta(minutes=minutes)
            now = stage.clock()
            (errand,) = run(lambda session: claims.claim(session, now=now, lease=LEASE, free={Hands.NOTICES: 1}))  # noqa: B023  run at once
            await endings.leave(errand)
            waits = run(claims.next_run)
            assert waits
            assert (waits - now).total_seconds() == pytest.approx(seconds, rel=0.2)
            assert run(lambda session: claims.waiting(session, at_most=9, but=(UNREADABLE,))) == 0


async def test_whoever_checks_does_not_wait_behind_tenants_that_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(network, "KEPT", 1)
    monkeypatch.setattr(Stage, "deadline", 60)
    monkeypatch.setattr(courier, "ENDING_SECONDS", 0.1)
    async with staged(tmp_path) as stage:
        await stage.to_service_url()
        await stage.quiet()
        stage.workday.tenant("hangs").delay = 60

        def look(session: Session) -> None:
            for number in range(3):
                there = (Endpoint(host=HOST, tenant="hangs"),)
                checking = Checking(id=f"c{number}", kind=CheckKind.REACH, since=NOW, endpoints=there)
                link = a_link(id=f"l{number}", customer=f"C{number}", step=Step.SERVICE_URL, checking=checking)
                store.create(session, link, (RunCheck(check_id=checking.id),), wake_at=None, now=stage.clock())

        stage.app.database.run_sync(look)
        stage.app.courier.kick()
        await until(lambda: stage.app.database.run_sync(sending) == 3 or None, 5, lambda: "nobody looks")
        assert (await stage.paste()).closed
        await stage.ada.sees("Enter user name and password", timeout=10)
