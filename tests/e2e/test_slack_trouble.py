"""Slack is away, slow or forgetful: nothing is lost, nothing is doubled, and the link goes on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from bot.ops.links import settle
from bot.outbox import duplicates
from bot.slack import acks
from bot.slack.rate_limits import UPDATE
from flows.link.effects import Show
from flows.link.events import Undeliverable
from flows.link.state import Status, Step
from flows.schedule.wakeups import next_wake
from flows.transitions.moves import card_slot
from sandbox.slack.workspace import BOT_USER
from sandbox.workday import Tenant
from storage import links as store
from storage.outbox import recovery
from storage.outbox.errands import Lane, State
from storage.tables import ErrandRow
from tests.support.backdrop import CHANNEL, PASSWORD
from tests.support.stage import Stage

QUICK = 2.5
"""Seconds after which something that is certainly not done is tried again."""


async def patience(stage: Stage, rounds: int = 30, *, seconds: float = 61) -> None:
    """Let time pass until everything that waits has been sent; at the usual pace leases end while something is sent."""
    for _ in range(rounds):
        await stage.later(seconds=seconds)
        await asyncio.sleep(0.05)
        try:
            async with asyncio.timeout(0.2):
                await stage.quiet()
        except TimeoutError:
            continue
        return
    await stage.quiet()


def cards(stage: Stage, text: str) -> int:
    return len([message for message in stage.said() if text in message.text])


async def whole(stage: Stage, tenant: Tenant | None = None, *, waits: bool = False) -> None:
    """Go on to the end, and find everything there exactly once; `waits` lets no time pass while something is sent."""
    tenant = tenant or stage.tenant()
    await stage.enter()
    await stage.finish(tenant)
    if waits:
        await stage.quiet()
    await stage.later(minutes=3)
    await stage.quiet()
    await stage.later(minutes=3)
    assert not stage.doubled()
    assert cards(stage, "Workday is linked") == 1
    assert len(stage.said()) == 1 + len(stage.link.cards)


async def test_two_slow_answers_in_a_row_leave_time_to_answer_slack(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is within its own limit; together they would take what the database needs."""
    monkeypatch.setattr(acks, "ASKING_SECONDS", 0.5)
    modal = await stage.open_start()
    await modal.fill({"Permission profile": "Recruiting"})
    # Who has typed the command is known for some seconds.
    stage.clock.offset += timedelta(seconds=11)
    stage.slack.faults.next("users.info", delay=0.3)
    stage.slack.faults.next("conversations.info", delay=0.4)
    outcome = await modal.submit()
    assert "Slack did not say who shares this channel" in str(outcome.errors)
    assert (await modal.submit()).closed


async def test_slack_is_down_for_a_while(stage: Stage) -> None:
    await stage.to_service_url()
    modal_card = await stage.ada.sees("Paste the URL")
    await modal_card.press("Paste the URL")
    modal = await stage.ada.modal("Workday service URL")
    await modal.fill({"Endpoint": "https://wd2-impl-services1.workday.com/ccx/api/v1/acme_dpt1"})
    stage.workday.delay = 0.2
    assert (await modal.submit()).closed
    stage.slack.down = True
    await stage.becomes(lambda link: link.step is Step.ISU)
    # Nearly a day: after a whole one, in Ada's working hours, she is reminded too.
    for _ in range(4):
        await stage.later(hours=5, minutes=30)
        await asyncio.sleep(0.05)
    assert not cards(stage, "Enter user name and password")
    stage.slack.down = False
    stage.workday.delay = 0
    await patience(stage)
    await whole(stage)


@pytest.mark.parametrize("seconds", [1, 30])
async def test_slack_asks_to_wait(stage: Stage, seconds: int) -> None:
    card = await stage.begin()
    for method in ("chat.postMessage", "chat.update"):
        stage.slack.faults.next(method, rate_limited=seconds, times=2)
    await card.press("I can do this")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    await asyncio.sleep(0.1)
    posts = len([call for call in stage.slack.calls if call.status == 429])
    assert posts == 1
    await stage.later(seconds=seconds - 0.5)
    await asyncio.sleep(0.1)
    assert len([call for call in stage.slack.calls if call.status == 429]) == posts
    await patience(stage)
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


@pytest.mark.parametrize("trouble", ["500", "500 after the work", "lost", "internal_error", "hangs"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_nobody_knows_whether_it_was_done(stage: Stage, method: str, trouble: str) -> None:
    card = await stage.begin()
    await stage.quiet()
    match trouble:
        case "500":
            stage.slack.faults.next(method, http=500)
        case "500 after the work":
            stage.slack.faults.next(method, http=503, performed=True)
        case "lost":
            stage.slack.faults.next(method, lose_answer=True)
        case "internal_error":
            stage.slack.faults.next(method, error="internal_error")
        case _:
            stage.slack.faults.timeout_seconds = 0.3
            stage.slack.faults.next(method, timeout=True, performed=True)
    await card.press("I can do this")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    await asyncio.sleep(0.1)
    await patience(stage)
    assert stage.slack.faults.happened
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_lost_answer_to_an_edit_is_made_good_at_once(stage: Stage) -> None:
    """An edit may be done twice, so nobody has to wait for a lease."""
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.update", lose_answer=True)
    await card.press("I can do this")
    await asyncio.sleep(0.1)
    await stage.later(seconds=QUICK)
    await stage.ada.sees("Paste the URL")


@pytest.mark.parametrize(
    "fault",
    [{"error": "internal_error"}, {"error": "internal_error", "performed": True}, {"body": '{"ok": true, "ts'}],
    ids=["refused", "done", "cut"],
)
async def test_a_failure_that_slack_has_answered_is_read_back_within_seconds(
    stage: Stage, fault: dict[str, Any]
) -> None:
    """Nothing is on its way any more, so nobody has to wait for a lease."""
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.postMessage", **fault)
    await card.press("I can do this")
    await asyncio.sleep(0.2)
    await stage.later(seconds=6)
    await stage.ada.sees("Paste the URL")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_card_that_never_stood_leaves_no_line(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.postMessage", rate_limited=30)
    await card.press("I can do this")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    await asyncio.sleep(0.1)
    await (await stage.sam.sees("Link Workday · Acme")).press("Restart this step", by=stage.sam)
    await stage.becomes(lambda link: len(link.cards) == 3)
    await patience(stage)
    await stage.ada.sees("Paste the URL")
    assert len(stage.said()) == 3, "parent, welcome, and the card that is live"


async def test_a_lost_start(stage: Stage) -> None:
    """The parent message, whose answer is lost, is found again in the channel."""
    stage.slack.faults.next("chat.postMessage", lose_answer=True)
    modal = await stage.open_start()
    await modal.fill({"Workday admin": "@ada"})
    assert (await modal.submit()).closed
    await asyncio.sleep(0.2)
    await patience(stage)
    assert cards(stage, "Link Workday · Acme") == 1
    await (await stage.ada.sees("I can do this")).press("I can do this")
    stage.workday.tenant("acme_dpt1")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_late_copy_is_taken_back(stage: Stage) -> None:
    """A message that shows up after it was sent again is deleted by the audit."""
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.postMessage", lose_answer=True)
    stage.slack.faults.next("conversations.replies", error="fatal_error", times=1)
    await card.press("I can do this")
    await asyncio.sleep(0.1)
    stage.slack.history_lag = 100_000
    await patience(stage)
    stage.slack.history_lag = 0
    assert len(stage.doubled()) == 1
    await stage.later(minutes=3)
    assert not stage.doubled()
    assert cards(stage, "Paste the URL") == 1
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_one_that_slack_does_not_tell_of_keeps_no_copy_of_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "PUT_OFF", timedelta())
    stage.app.ticker._auditor._closed_after = timedelta()  # noqa: SLF001  a quarter of an hour is long for a test
    await stage.to_service_url()
    await stage.quiet()
    doubtful = (col(ErrandRow.state) == State.SENT.value, col(ErrandRow.lane) == Lane.SLACK.value)

    def audited(session: Session) -> list[bool]:
        found = session.exec(select(ErrandRow).where(*doubtful).order_by(col(ErrandRow.seq)))
        return [row.audited_at is not None for row in found]

    stage.app.database.run_sync(lambda session: session.exec(update(ErrandRow).where(*doubtful).values(doubtful=True)))
    stage.slack.faults.next("conversations.history", error="internal_error")
    stage.slack.faults.next("conversations.replies", error="not_in_channel")
    await stage.later(minutes=2)
    first, *others = stage.app.database.run_sync(audited)
    assert not first
    assert others.count(False) == 1, "a copy may still stand there when we are let in again"
    assert any(others)
    for _ in range(2):
        await stage.later(minutes=2)
    assert all(stage.app.database.run_sync(audited))


HISTORY = {"channels:history", "groups:history"}


async def held_card(stage: Stage) -> str:
    """Lose the answer to the next card where nothing can be read back; gives the id of the held errand."""
    await stage.quiet()
    stage.slack.faults.next("chat.postMessage", lose_answer=True)
    await (await stage.ada.sees("I can do this")).press("I can do this")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    await asyncio.sleep(0.2)
    await stage.later(seconds=61)
    await stage.sam.sees("I don't know whether one of my messages about Acme arrived", channel="dm")
    (one,) = stage.app.database.run_sync(recovery.held)
    for _ in range(3):
        await stage.later(hours=1)
        await asyncio.sleep(0.1)
    assert len([message for message in stage.sam.dms if "I don't know" in message.text]) == 1
    assert cards(stage, "Paste the URL") == 1
    return one.id


async def test_what_cannot_be_read_back_is_held_until_the_right_is_given(stage: Stage) -> None:
    await stage.begin()
    stage.slack.core.scopes -= HISTORY
    await held_card(stage)
    await stage.stop()
    await stage.start()
    await asyncio.sleep(0.3)
    assert stage.app.database.run_sync(recovery.held)
    assert len([message for message in stage.sam.dms if "I don't know" in message.text]) == 1, "told once"
    await stage.stop()
    stage.slack.core.scopes |= HISTORY
    await stage.start()
    await stage.quiet()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_person_says_where_a_held_message_is(stage: Stage) -> None:
    await stage.stop()
    await stage.start(read_back="off")
    await stage.begin()
    errand = await held_card(stage)
    card = await stage.ada.sees("Paste the URL")
    link = f"https://wintro.slack.com/archives/{card.channel}/p{card.ts.replace('.', '')}?thread_ts={card.thread_ts}"
    run, now = stage.app.database.run_sync, stage.clock()
    assert not run(lambda session: settle(session, "another", link, now))
    for wrong in ("https://example.com", link.replace(card.channel, "C0GLOBEX")):
        with pytest.raises(ValueError, match="Copy link"):
            run(partial(settle, errand_id=errand, permalink=wrong, now=now))
    assert run(lambda session: settle(session, errand, link, now))
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_person_says_that_a_held_message_is_not_there(stage: Stage) -> None:
    await stage.stop()
    await stage.start(read_back="off")
    await stage.begin()
    errand = await held_card(stage)
    (await stage.ada.sees("Paste the URL")).post.deleted = True
    run, now = stage.app.database.run_sync, stage.clock()
    assert not run(lambda session: settle(session, "another", "", now))
    assert run(lambda session: settle(session, errand, "", now))
    await stage.ada.sees("Paste the URL")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage)


async def test_a_definite_no_makes_nothing_doubtful(stage: Stage) -> None:
    """Where nothing can be read back, a message that Slack has certainly not taken is simply sent again."""
    await stage.stop()
    await stage.start(read_back="off")
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.postMessage", rate_limited=1, times=2)
    await card.press("I can do this")
    # Where a lease ends in the middle of sending, nobody can tell whether it was sent.
    await patience(stage, seconds=2)
    assert not [call for call in stage.slack.calls if call.method.startswith("conversations.re")]
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    await whole(stage, waits=True)


async def test_many_due_links_are_woken_one_after_another_and_each_says_one_thing(stage: Stage) -> None:
    """After three days away nothing comes as a burst, and nobody reads about what was missed on the way."""
    stage.clock.set(datetime(2027, 3, 1, 14, 0, tzinfo=UTC))
    await stage.to_service_url()
    await stage.quiet()
    model, world = stage.link, stage.slack.world
    acme = world.channel(CHANNEL)
    numbers = range(30)
    for number in numbers:
        world.channels[f"C0MANY{number}"] = replace(
            acme, id=f"C0MANY{number}", name=f"many-{number}", messages={}, replies={}
        )

    def create(session: Session) -> None:
        for number in numbers:
            link = replace(model, id=f"many{number}", customer=f"Many {number}", channel_id=f"C0MANY{number}")
            effects = (Show(slot="parent"), Show(slot=card_slot(link)))
            wake = next_wake(link, stage.app.rules)
            store.create(session, link, effects, wake_at=wake, now=stage.clock())

    stage.app.database.run_sync(create)
    stage.app.courier.kick()
    await stage.quiet()
    await stage.stop()
    stage.clock.offset += timedelta(days=3)
    await stage.start()
    await stage.app.ticker.tick()

    def nudged() -> list[int]:
        return [len([m for m in stage.said(f"C0MANY{number}") if "waits for you" in m.text]) for number in numbers]

    await asyncio.sleep(0.5)
    assert 0 < sum(nudged()) <= 22
    for _ in range(8):
        await stage.later(seconds=5)
        await stage.quiet()
    assert nudged() == [1] * 30
    assert not stage.doubled()


async def test_everything_at_random(stage: Stage) -> None:
    chances = {"http500": 0.1, "lose_answer": 0.1, "rate_limited": 0.1, "http503_performed": 0.1}
    tenant = stage.tenant()
    card = await stage.begin()
    stage.slack.faults.randomly(7, chances, ["chat.postMessage", "chat.update", "conversations.replies"])
    await card.press("I can do this")
    await patience(stage)
    assert (await stage.paste()).closed
    await stage.becomes(lambda link: link.step is Step.ISU)
    await patience(stage)
    stage.slack.faults.stop()
    await patience(stage)
    await whole(stage, tenant)


async def test_the_app_is_not_in_the_channel(stage: Stage) -> None:
    modal = await stage.open_start(channel="no-bot")
    await modal.fill({"Customer": "Acme", "Workday admin": "@linkworkday"})
    refused = await modal.submit()
    assert "/invite" in str(refused.errors)
    assert not stage.said("no-bot")
    stage.slack.invite_bot("no-bot")
    assert "That is an app" in str((await modal.submit()).errors)
    await modal.fill({"Workday admin": "@ada"})
    assert (await modal.submit()).closed
    card = await stage.ada.sees("I can do this", channel="no-bot")
    await stage.becomes(lambda link: link.blocked is None and link.admin and link.admin.team_id)
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL", channel="no-bot")
    # Made private, it keeps its id and all that stands in it; the other kind of rights has to do from here on.
    stage.slack.make_private("no-bot")
    stage.workday.tenant("acme_dpt1")
    assert (await stage.paste()).closed
    card = await stage.ada.sees("Enter user name and password", channel="no-bot")
    await stage.ada.says("What do I have to do?", thread=card)
    status = await stage.sam.command("/link-workday", "status", channel="no-bot")
    assert status
    assert "Acme" in status.text
    stage.tenant()
    await stage.enter()
    await stage.finish(stage.tenant())
    assert len(stage.said("no-bot")) == 1 + len(stage.link.cards) + 1, "and the answer"
    # Taken out in the middle of it all, it hears nothing more there, and staff need not wait for the next message.
    stage.slack.remove_bot("no-bot")
    await stage.sam.sees("Invite me to the channel", channel="dm")
    stage.slack.invite_bot("no-bot")
    await stage.becomes(lambda link: link.blocked is None)


async def test_an_archived_channel_waits_until_it_is_opened(stage: Stage) -> None:
    card = await stage.to_isu()
    tenant = stage.tenant()
    stage.workday.delay = 0.3
    await card.press("Enter user name and password")
    modal = await stage.ada.modal("Integration user")
    await modal.fill({"Password": PASSWORD})
    assert (await modal.submit()).closed
    stage.slack.archive(CHANNEL)
    await stage.sam.sees("I can't post about Acme", channel="dm")
    await stage.becomes(lambda link: link.blocked)
    stage.workday.delay = 0
    await stage.becomes(lambda link: link.step is Step.EXPIRY)
    await stage.days(1)
    assert len([message for message in stage.sam.dms if "can't post about" in message.text]) == 1
    channel = stage.slack.channel(CHANNEL)
    channel.is_archived = False
    # Whoever opens it again has taken the app out of it meanwhile.
    channel.members.remove(BOT_USER)
    stage.slack.core.announce({"type": "channel_unarchive", "channel": channel.id, "user": stage.sam.id}, channel)
    await stage.sam.sees("Invite me to the channel", channel="dm")
    stage.slack.invite_bot(CHANNEL)
    await stage.becomes(lambda link: link.blocked is None)
    # Slack tells of what it believes unheard once more, though it is over.
    for late in ("channel_archive", "channel_left"):
        stage.slack.core.announce({"type": late, "channel": channel.id, "user": stage.sam.id}, channel)
    await stage.slack.settled()
    await stage.quiet()
    assert stage.link.blocked is None
    await stage.finish(tenant)


async def test_a_channel_that_opens_without_a_word_is_noticed_with_the_next_press(stage: Stage) -> None:
    """Restrictions are lifted and scopes granted without any event."""
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.update", error="restricted_action", times=2)
    stage.slack.faults.next("chat.postMessage", error="restricted_action")
    await card.press("I can do this")
    await stage.becomes(lambda link: link.blocked == "restricted_action")
    await stage.sam.sees("I can't post about Acme", channel="dm")
    await stage.quiet()
    await (await stage.ada.sees("Link Workday · Acme")).press("Continue", by=stage.ada)
    await stage.becomes(lambda link: link.blocked is None)
    await stage.quiet()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_channel_that_opens_without_a_word_is_tried_each_hour(stage: Stage) -> None:
    """A finished link has nobody who presses: it would stay unlooked after until the app starts anew."""
    card = await stage.begin()
    await stage.quiet()
    for again in (partial(card.press, "I can do this"), stage.app.ticker.try_shut):
        stage.slack.faults.next("chat.update", error="restricted_action", times=2)
        stage.slack.faults.next("chat.postMessage", error="restricted_action")
        await again()
        await stage.becomes(lambda link: link.blocked)
        await stage.quiet()
    await stage.app.ticker.try_shut()
    await stage.becomes(lambda link: link.blocked is None)
    await stage.quiet()
    assert len([message for message in stage.sam.dms if "can't post about" in message.text]) == 1
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_revoked_token_is_tried_again_after_the_restart(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.update", error="token_revoked", times=9)
    stage.slack.faults.next("chat.postMessage", error="token_revoked", times=9)
    await card.press("I can do this")
    await stage.becomes(lambda link: link.blocked == "token_revoked")
    await stage.quiet()
    stage.slack.faults.stop()
    await stage.stop()
    await stage.start()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    assert stage.link.blocked is None


async def test_a_single_message_that_is_refused_does_not_shut_the_channel(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    stage.can_refuse_blocks = True
    stage.slack.faults.next("chat.postMessage", error="msg_too_long")
    await card.press("I can do this")
    await stage.sam.sees("msg_too_long", channel="dm")
    await stage.quiet()
    assert stage.link.blocked is None
    await (await stage.ada.sees("Link Workday · Acme")).press("Continue", by=stage.ada)
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_a_code_that_nobody_knows_is_tried_again_and_leaves_a_way_on(stage: Stage, method: str) -> None:
    """The newest card may not stand yet, or stand and be edited."""
    card = await stage.begin()
    if method == "chat.update":
        await card.press("I can do this")
        card = await stage.ada.sees("Paste the URL")
    await stage.quiet()
    stage.slack.faults.next(method, error="a_code_from_next_year", times=2)
    await card.press("I can do this" if method == "chat.postMessage" else "I'm stuck")
    wanted = "Paste the URL" if method == "chat.postMessage" else "Back to the step"
    await patience(stage)
    await stage.ada.sees(wanted)
    assert not [one for one in stage.sam.dms if "a_code_from_next_year" in one.text], "it has passed"
    stage.slack.faults.next("chat.update", error="a_code_from_next_year", times=99)
    stage.slack.faults.next("chat.postMessage", error="a_code_from_next_year", times=99)
    await (await stage.ada.sees(wanted)).press("I'm stuck" if method == "chat.postMessage" else "Back to the step")
    for _ in range(4):
        await stage.later(seconds=9)
        await asyncio.sleep(0.05)
    await stage.becomes(lambda link: link.blocked == "a_code_from_next_year")
    stage.slack.faults.stop()
    await (await stage.ada.sees("Link Workday · Acme")).press("Continue", by=stage.ada)
    await patience(stage)
    assert stage.link.blocked is None
    await stage.sam.sees("I don't know what that means", channel="dm")
    await stage.ada.sees("Back to the step" if method == "chat.postMessage" else "Paste the URL")
    assert not stage.doubled()


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message", "block_mismatch"])
async def test_where_nothing_may_be_edited_only_the_newest_card_is_posted_anew(stage: Stage, code: str) -> None:
    """The thread stays the thread; old cards and the parent stand as they were."""
    tenant = stage.tenant()
    card = await stage.begin()
    await stage.quiet()
    stage.slack.faults.next("chat.update", error=code, times=999)
    await card.press("I can do this")
    assert (await stage.paste()).closed
    await stage.enter()
    await stage.finish(tenant)
    await stage.quiet()
    parents = [message for message in stage.said() if message.thread_ts is None]
    assert len(parents) == 1, "one parent, one thread"
    assert {message.thread_ts for message in stage.said()} == {None, parents[0].ts}
    assert cards(stage, "Workday is linked") == 1
    told = [message.text for message in stage.sam.dms if "Acme" in message.text]
    assert all("Workday is linked" in text for text in told), "nobody is alarmed"
    assert not stage.doubled()


async def test_a_parent_that_is_too_long_to_edit_is_no_matter_of_an_invitation(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    parent = await stage.ada.sees("Link Workday · Acme")
    stage.slack.faults.next("chat.update", error="msg_too_long", times=2)
    await card.press("I can do this")
    notice = await stage.sam.sees("Slack refused one of my messages about Acme", channel="dm")
    assert "/invite" not in notice.text
    await stage.quiet()
    assert stage.link.blocked is None
    assert (await stage.paste()).closed
    card = await stage.ada.sees("Enter user name and password")
    assert card.thread_ts == parent.ts


async def test_a_rule_of_an_administrator_is_named_and_a_restart_tries_again(stage: Stage) -> None:
    card = await stage.begin()
    await stage.quiet()
    stage.slack.refuse_posts("app_access_restricted", channel=CHANNEL)
    await card.press("I can do this")
    notice = await stage.sam.sees("a rule of a Slack administrator keeps me out", channel="dm")
    assert "/invite" not in notice.text
    await stage.becomes(lambda link: link.blocked == "app_access_restricted")
    stage.slack.refuse_posts("", channel=CHANNEL)
    await stage.stop()
    await stage.start()
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    assert stage.link.blocked is None


async def test_a_staff_channel_that_refuses_is_replaced_by_the_owner(stage: Stage) -> None:
    await stage.stop()
    await stage.start(staff_channel="C0STAFF")
    await stage.to_service_url()
    parent = await stage.ada.sees("Link Workday · Acme")
    await parent.press("Ask Wintro to join", by=stage.ada)
    await stage.kim.sees("asks you to join", channel="cs-team")
    await stage.quiet()
    await (await stage.kim.sees("somebody is on it")).press("I'm on it", by=stage.kim)
    await stage.quiet()
    stage.slack.remove_bot("cs-team")
    await parent.press("Ask Wintro to join", by=stage.ada)
    await stage.sam.sees("asks you to join", channel="dm")


async def test_a_channel_that_gets_another_id(stage: Stage) -> None:
    await stage.to_isu()
    tenant = stage.tenant()
    stage.slack.change_channel_id(CHANNEL, "C0MOVED")
    await stage.becomes(lambda link: link.channel_id == "C0MOVED")
    await whole(stage, tenant)
    assert {message.channel for message in stage.said()} == {"C0MOVED"}


async def test_a_channel_that_gets_another_id_while_nobody_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app is off for longer than Slack goes on trying, or Slack refuses a message before it says why."""
    card = await stage.to_service_url()
    await stage.quiet()
    with monkeypatch.context() as silent:
        silent.setattr(stage.slack.core, "announce", lambda *_: None)
        stage.slack.change_channel_id(CHANNEL, "C0MOVED")
    await stage.said()[0].press("Ask Wintro to join", by=stage.ada)
    await stage.becomes(lambda link: link.channel_id == "C0MOVED")
    await stage.ada.sees("asks you to join")
    assert not stage.ada.whispers
    # A button of a link that is not ours, or of a message that nobody knows, still moves nothing.
    stage.slack.change_channel_id(CHANNEL, "C0AGAIN")
    await stage.becomes(lambda link: link.channel_id == "C0AGAIN")
    sent = next(one for one in reversed(stage.slack.delivery.log) if one.payload.get("type") == "block_actions")
    for container in ({"channel_id": "C0ELSE", "message_ts": "1.1"}, {"channel_id": "C0ELSE", "message_ts": card.ts}):
        await stage.slack.press_raw({**sent.payload, "channel": {"id": "C0ELSE"}, "container": container})
    await stage.quiet()
    assert stage.link.channel_id == "C0AGAIN"
    # Told of a new id after a message was refused under the old one, it goes on.
    await stage.app.engine.handle(stage.link.id, Undeliverable(code="channel_not_found"))
    stage.slack.change_channel_id(CHANNEL, "C0THIRD")
    await stage.becomes(lambda link: link.channel_id == "C0THIRD")
    assert stage.link.blocked is None


async def test_events_that_come_twice_or_in_the_wrong_order(stage: Stage) -> None:
    card = await stage.to_service_url()
    stage.slack.duplicate_events(3)
    await stage.ada.says("help", thread=card)
    await stage.ada.sees("paste it right here")
    await stage.quiet()
    assert cards(stage, "paste it right here") == 1
    stage.clock.offset += timedelta(minutes=1)
    async with stage.slack.reordered():
        await asyncio.gather(stage.ada.says("one moment", thread=card), stage.ada.mentions_bot("help", thread=card))
    await stage.quiet()
    assert cards(stage, "paste it right here") == 2
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_whisper_that_slack_refuses(stage: Stage) -> None:
    card = await stage.to_isu()
    stage.slack.faults.next("chat.postEphemeral", error="user_not_in_channel")
    before = len(stage.said())
    await card.press("Enter user name and password", by=stage.sam, unseen=True)
    await stage.quiet()
    assert len(stage.said()) == before
    stage.slack.faults.next("chat.postEphemeral", error="user_not_in_channel", times=2)
    stage.slack.faults.next("chat.postMessage", lose_answer=True)
    await stage.ada.says(f"password: {PASSWORD.replace(' ', '')}9X", thread=card)
    await asyncio.sleep(0.1)
    await patience(stage)
    assert cards(stage, "please delete your last message") == 1
    await stage.later(minutes=3)
    assert not stage.doubled()
    stage.tenant()
    await stage.enter()
    await stage.ada.sees("I've exempted it", timeout=10)


async def test_a_trigger_that_came_too_late(stage: Stage) -> None:
    card = await stage.to_service_url()
    stage.slack.faults.next("views.open", error="expired_trigger_id")
    await card.press("Paste the URL")
    await stage.ada.whispered("Please press again")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_database_that_has_lost_its_last_moments_shows_where_it_stands(stage: Stage) -> None:
    """A server has taken over that lagged behind: the card in Slack is newer than all that is known."""
    card = await stage.begin()
    await stage.quiet()
    known = stage.link
    await card.press("I can do this")
    newer = await stage.ada.sees("Paste the URL")
    await stage.quiet()
    stage.app.database.run_sync(
        lambda session: store.save(session, known, (), wake_at=None, now=stage.clock(), before=known)
    )
    await newer.press("Paste the URL")
    await stage.ada.whispered("That card has changed since")
    await stage.quiet()
    await (await stage.ada.sees("I can do this")).press("I can do this")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_message_that_somebody_deleted_is_posted_anew(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    card.post.deleted = True
    await (await stage.ada.sees("Link Workday · Acme")).choose("press.menu", "Pause", by=stage.ada)
    await stage.ada.sees("Everything is kept")
    await (await stage.ada.sees("Everything is kept")).press("Continue where we stopped")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    assert stage.link.status is Status.ACTIVE


async def test_a_thread_that_is_always_taken_away_is_not_begun_for_ever(stage: Stage) -> None:
    """An app of the customer's deletes at once what no person of theirs has written."""
    await stage.to_service_url()
    await stage.quiet()
    begun: set[str] = set()

    async def take_away() -> None:
        while True:
            for message in stage.said():
                message.post.deleted = True
                if message.thread_ts is None:
                    begun.add(message.ts)
            await asyncio.sleep(0)

    other = asyncio.create_task(take_away())
    await stage.days(2)
    await patience(stage)
    await patience(stage)
    other.cancel()
    assert len(begun) <= 5, "two threads, and what Slack has put beside them"
    (told,) = [one.text for one in stage.sam.dms if "takes away what I post" in one.text]
    assert "thread_not_found" in told
    await stage.stop()
    await stage.start()
    await patience(stage)
    assert (await stage.paste()).closed


@pytest.mark.parametrize(
    "begins", ["a press", "a reminder", "a reminder, refused", "a question", "an older first message"]
)
async def test_a_thread_that_is_gone_is_begun_anew(stage: Stage, begins: str) -> None:
    """A rule of the customer's workspace deletes what is old: the whole thread, or the message it began with."""
    await stage.to_service_url()
    open_card = await stage.ada.sees("Paste the URL")
    await stage.quiet()
    parent = stage.said()[0]
    left = [] if begins != "an older first message" else stage.said()[1:]
    for message in stage.said():
        message.post.deleted = message not in left
    match begins:
        case "a press":
            # On a screen that has not heard of it yet.
            open_card.post.deleted = False
            await open_card.press("I'm stuck", by=stage.ada)
            open_card.post.deleted = True
        case "a reminder" | "a reminder, refused":
            stage.slack.core.refuses_lost_threads = begins != "a reminder"
            await stage.days(2)
        case "a question":
            await stage.ada.says("What do I have to do?", thread=parent)
        case _:
            await open_card.press("I'm stuck", by=stage.ada)
    await patience(stage)
    if left:
        old = [message for message in stage.said() if message.thread_ts == parent.ts]
        assert not any(message.buttons for message in old), "nobody has to guess which thread it is"
        assert "goes on in a new one" in old[-1].text
        # Whoever writes there all the same is told so, once.
        for said in ("What do I have to do?", "Hello?"):
            await stage.ada.says(said, thread=parent)
            await patience(stage)
        told = [message for message in stage.said() if message.thread_ts == parent.ts]
        assert [message.ts for message in told[:-1]] == [message.ts for message in old]
        assert "goes on in a new one" in told[-1].text
        old = told
        for message in old:
            message.post.deleted = True
    now = stage.said()
    first = next((message for message in now if message.thread_ts is None), parent)
    # Where somebody still speaks the thread goes on.
    assert {message.thread_ts for message in now} == ({parent.ts} if begins == "a question" else {None, first.ts})
    if begins in {"a press", "an older first message"}:
        await (await stage.ada.sees("Back to the step")).press("Back to the step")
    if begins.startswith("a reminder"):
        await stage.ada.sees("waits for you")
    assert not [one for one in stage.sam.dms if "refused one of my messages" in one.text]
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")
    assert not stage.doubled()


async def test_uninstalling_is_noticed_and_harms_nothing(stage: Stage) -> None:
    await stage.begin()
    stage.slack.uninstall()
    await stage.slack.settled()
    assert list(await stage.app.health.problems()) == ["slack"]
    assert stage.link.frozen


async def test_a_press_is_answered_though_hundreds_of_messages_wait(stage: Stage) -> None:
    """They are messages that nobody waits for, to other channels; each has its turn already."""
    card = await stage.begin()
    await stage.quiet()
    for other in range(600):
        stage.app._pacer.turn(f"nightly{other}", f"C{other}")  # noqa: SLF001  so many links would take minutes
        stage.app._pacer.turn(f"refreshed{other}", f"C{other}", UPDATE)  # noqa: SLF001
    began = asyncio.get_running_loop().time()
    await card.press("I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)
    await stage.quiet()
    assert asyncio.get_running_loop().time() - began < 2


async def test_a_deleted_card_is_missed_when_somebody_speaks(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    card.post.deleted = True
    await stage.ada.says("help", thread=stage.said()[0])
    await stage.ada.sees("Paste the URL")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_an_edit_is_no_proof_that_posts_are_taken(stage: Stage) -> None:
    """Out of the channel, the app can edit what stands there; each press must not open it again and tell of it anew."""
    card = await stage.to_isu()
    await stage.quiet()
    stage.slack.refuse_posts("not_in_channel", CHANNEL)
    await card.press("Back")
    await stage.becomes(lambda link: link.step is Step.SERVICE_URL)
    await stage.quiet()
    assert (await stage.paste()).closed
    await stage.becomes(lambda link: link.blocked == "not_in_channel")
    for _ in range(2):
        await stage.said()[0].choose("press.menu", "Pause", by=stage.ada)
        await stage.becomes(lambda link: link.status is Status.PAUSED)
        await stage.quiet()
        assert stage.link.blocked == "not_in_channel"
        await stage.said()[0].press("Continue where we stopped", by=stage.ada)
        await stage.becomes(lambda link: link.status is Status.ACTIVE)
        await stage.quiet()
        assert stage.link.blocked == "not_in_channel"
    assert len([message for message in stage.sam.dms if "can't post about" in message.text]) == 1


async def test_a_start_warns_of_nothing_that_nobody_can_mend(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.stop()
    await stage.start(workday_extra_origins="", staff_channel="C0STAFF")
    await stage.stop()
    await stage.start()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
