"""The years after: what breaks is found before the data stops, said once, and mended with one press."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, func, select, update

from bot.ops.links import plan
from flows.link.effects import Say
from flows.link.events import Form
from flows.link.setup import ExpiryKind
from flows.link.state import Status, Step
from sandbox.child import PERMISSIONS
from sandbox.slack import Message
from sandbox.workday import Oddity, Tenant
from storage import deduplication as inbox
from storage import form_tokens as tickets
from storage import link_lists
from storage.form_tokens import Ticket
from storage.limits import refusals
from storage.outbox import errands
from storage.outbox.errands import Lane, State
from storage.tables import ErrandRow, GateRow, LinkRow, LoginRow, MessageRow, RefusalRow, TicketRow
from tests.support.backdrop import GROUP, ISU, PASSWORD
from tests.support.stage import Stage, few_rows, staged

MONDAY = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)


async def live(stage: Stage, days: int) -> None:
    """Live through days in steps of eight hours."""
    for _ in range(days * 3):
        await stage.later(hours=8)
        await stage.quiet()


def asking(stage: Stage) -> list[Message]:
    return [message for message in stage.said() if "has not worked since" in message.text]


async def linked(stage: Stage) -> Tenant:
    stage.clock.set(MONDAY)
    tenant = await stage.to_linked()
    await stage.quiet()
    return tenant


async def test_a_healthy_link_is_looked_at_daily_in_silence(stage: Stage) -> None:
    tenant = await linked(stage)
    before, asked, calls = len(stage.said()), len(stage.workday.requests), len(stage.slack.calls)
    await live(stage, 5)
    assert len(stage.said()) == before
    checks = [one for one in stage.workday.requests[asked:] if one.operation == "Server_Timestamp_Get"]
    assert 4 <= len(checks) <= 6
    assert tenant.logins(ISU).bad == 0
    # One answer that came damaged says nothing: it is asked for again within minutes.
    stage.workday.next_answers(Oddity.TRUNCATED)
    while not stage.link.attempt.recheck:
        await stage.later(hours=8)
        await stage.quiet()
    await stage.later(minutes=3)
    link = await stage.becomes(lambda link: not link.attempt.recheck)
    assert link.issue is None
    assert len(stage.slack.calls) == calls


async def test_a_permission_taken_away_is_found_and_its_return_too(stage: Stage) -> None:
    tenant = await linked(stage)
    for policy in ("Job Requisition Data", "Job Requisitions for Recruiting"):
        tenant.revoke_permission(GROUP, policy)
    tenant.activate_pending_security_policy_changes("Tidying up")
    await live(stage, 2)
    (nudge,) = asking(stage)
    assert "1 of 10 permissions is refused" in nudge.text
    card = await stage.ada.sees("Needs attention")
    assert "Job Requisition" in card.text
    assert "Check now" in card.buttons
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Put back")
    await live(stage, 2)
    assert not asking(stage)
    await stage.ada.sees("✓ Fixed")
    assert stage.link.issue
    assert stage.link.issue.resolved
    said = len(stage.said())
    await live(stage, 2)
    assert len(stage.said()) == said


async def test_the_press_that_proves_a_mend(stage: Stage) -> None:
    tenant = await linked(stage)
    tenant.disable(ISU)
    await live(stage, 2)
    assert len(asking(stage)) == 1
    bad = tenant.logins(ISU).bad
    await live(stage, 2)
    assert tenant.logins(ISU).bad == bad == 1
    tenant.enable(ISU)
    await asking(stage)[-1].press("Check now", by=stage.ada)
    await stage.ada.sees("✓ Fixed")
    assert stage.link.setup.account
    assert stage.link.setup.account.proved


async def test_an_unlinked_sandbox_is_found_right_after_the_copy(stage: Stage) -> None:
    tenant = await linked(stage)
    with_sandbox = stage.link
    assert with_sandbox.setup.environment.value == "implementation"
    production = stage.workday.tenant("acme")
    tenant.refresh_from(production)
    await live(stage, 2)
    (nudge,) = asking(stage)
    assert "invalid username or password" in nudge.text


async def test_a_user_is_replaced_and_the_old_one_works_until_then(stage: Stage) -> None:
    tenant = await linked(stage)
    (old,) = stage.vault()
    await stage.said()[0].choose("press.menu", "Replace a part", by=stage.ada)
    modal = await stage.ada.modal("Replace a part")
    assert (await modal.submit()).closed
    card = await stage.ada.sees("Enter user name and password", timeout=10)
    tenant.create_integration_system_user("ISU_New", password=PASSWORD + "2", require_new_password=False)
    await card.press("Enter user name and password")
    fields: dict[str, object] = {"User name": "ISU_New", "Password": PASSWORD + "2"}
    assert (await stage.send(stage.ada, "Integration user", fields)).closed
    await (await stage.ada.sees("I've exempted it", timeout=10)).press("I've exempted it")
    assert len(stage.vault()) == 2
    assert old in stage.vault()
    await (await stage.ada.sees("Group created")).press("Group created")
    tenant.assign_integration_system_users(GROUP, ["ISU_New"])
    tenant.activate_pending_security_policy_changes("The new one")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    await (await stage.ada.sees("Activated: check")).press("Activated")
    await stage.becomes(lambda link: link.status is Status.LINKED)
    await stage.quiet()
    link = stage.link
    assert link.setup.account
    assert link.setup.account.user_name == "ISU_New"
    assert stage.vault() == link.secrets
    assert old not in stage.vault()
    assert len(stage.links()) == 1
    assert "linked with the new set-up" in stage.said()[0].text


async def test_a_replacement_can_be_given_up(stage: Stage) -> None:
    await linked(stage)
    before = stage.link
    await stage.said()[0].press("Change the permissions", by=stage.sam)
    modal = await stage.sam.modal("Permissions")
    await modal.fill({"Permission profile": "HRIS"})
    assert (await modal.submit()).closed
    await stage.becomes(lambda link: link.step is Step.PERMISSIONS and link.setup.profile == "hris")
    await stage.quiet()
    await stage.said()[0].choose("press.menu", "Leave it as it was", by=stage.ada)
    link = await stage.becomes(lambda link: link.status is Status.LINKED)
    assert (link.setup.profile, link.setup.account, link.linked) == (
        before.setup.profile,
        before.setup.account,
        before.linked,
    )
    await stage.ada.sees("left as it was")
    await stage.quiet()
    assert [one.broadcast for one in stage.said()].count(True) == 1, "that it is linked is news once"
    for message in stage.said():
        message.post.deleted = True
    await stage.sam.command("/link-workday", "recheck", channel=stage.channel)
    await stage.becomes(lambda link: link.last and link.last.key.startswith("looked"))
    for _ in range(3):
        await stage.later(seconds=61)
        await stage.quiet()
    # A rule of the customer's has deleted what was old, and the thread begins anew.
    assert [one.broadcast for one in stage.said()] == [False, False]


async def test_an_admin_who_left_is_replaced_by_asking_the_owner(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    stage.slack.world.user("ada").deleted = True
    await live(stage, 2)
    await stage.sam.sees("has left or is not in the channel", channel="dm")
    await live(stage, 2)
    nudge = [message for message in stage.said() if "needs somebody" in message.text][-1]
    assert "@sam" not in nudge.text, "nobody of ours is asked in the customer's thread"
    await nudge.press("Hand over", by=stage.sam)
    modal = await stage.sam.modal("Hand over")
    await modal.fill({"Who goes on": "@col"})
    assert (await modal.submit()).closed
    await stage.becomes(lambda link: link.admin and link.admin.user_id == stage.col.id and link.admin.team_id)
    await stage.col.sees("this is yours from now on")


async def test_our_own_people_get_one_digest_a_day_and_none_when_all_is_well(stage: Stage) -> None:
    tenant = await linked(stage)
    await live(stage, 3)
    assert not [message for message in stage.sam.dms if "need somebody today" in message.text]
    tenant.disable(ISU)
    await live(stage, 6)
    told = [message for message in stage.sam.dms if "need somebody today" in message.text]
    # One for what is new, and one for each working day that changed something: how many hangs on the hour of its look.
    assert 1 <= len(told) <= 5
    assert "Acme" in told[-1].text
    assert f"<#{stage.link.channel_id}>" in told[-1].post.text or stage.channel in told[-1].text
    tenant.enable(ISU)
    await asking(stage)[-1].press("Check now", by=stage.ada)
    await stage.ada.sees("✓ Fixed")
    await live(stage, 3)
    assert len([message for message in stage.sam.dms if "need somebody today" in message.text]) <= len(told) + 1


async def test_the_plan_says_what_is_sent_and_then_it_is(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    await stage.quiet()
    until = (MONDAY + timedelta(days=10)).date()
    settings = stage.settings(vendor_name="Wintro")
    lines = await plan(stage.app.database, settings, stage.clock(), until)
    assert [line[4:14] for line in lines] == ["2027-03-02", "2027-03-04", "2027-03-08", "2027-03-08"]
    assert "waits for you" not in stage.ada.screen()
    await live(stage, 8)
    assert stage.link.nudge
    assert stage.link.nudge.number == 2


async def test_an_unknown_end_is_asked_about_in_a_month(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    tenant = stage.tenant()
    card = await stage.to_expiry()
    await card.press("I don't know")
    await (await stage.ada.sees("Group created")).press("Group created")
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    await (await stage.ada.sees("Activated: check")).press("Activated")
    await stage.is_linked()
    await live(stage, 29)
    assert not [message for message in stage.said() if "password expire?" in message.text]
    await live(stage, 5)
    asked = await stage.ada.sees("password expire?")
    await asked.press("It expires: enter the policy")
    days: dict[str, object] = {"Passwords expire": "90", "set on": stage.clock().date().isoformat()}
    assert (await stage.send(stage.ada, "Password expiry", days)).closed
    await stage.ada.sees("Answered: you told me")
    assert stage.link.setup.expiry
    assert stage.link.setup.expiry.kind is ExpiryKind.POLICY


async def test_links_that_an_older_release_finished_are_looked_after_too(stage: Stage) -> None:
    await linked(stage)
    unwoken = update(LinkRow).where(col(LinkRow.id) == stage.link.id).values(wake_at=None)
    stage.app.database.run_sync(lambda session: session.exec(unwoken))
    assert stage.app.database.run_sync(link_lists.asleep)
    await stage.stop()
    await stage.start()
    assert not stage.app.database.run_sync(link_lists.asleep)
    asked = len(stage.workday.requests)
    await live(stage, 2)
    assert len(stage.workday.requests) > asked


def hold(stage: Stage, link_id: str) -> int:
    """Say of everything that waits in the thread of a link that nobody knows whether it is there."""
    waiting = (
        update(ErrandRow)
        .where(col(ErrandRow.link_id) == link_id, col(ErrandRow.lane) == Lane.SLACK.value)
        .where(col(ErrandRow.settled_at).is_(None))
        .values(state=State.HELD.value, doubtful=True)
    )
    return stage.app.database.run_sync(lambda session: session.exec(waiting)).rowcount


@pytest.mark.parametrize("held_before", [True, False])
async def test_a_message_whose_end_is_unknown_keeps_no_customer_from_being_forgotten(
    stage: Stage,
    held_before: bool,  # noqa: FBT001
) -> None:
    await stage.to_service_url()
    await stage.quiet()
    link_id = stage.link.id
    stage.slack.down = True
    if held_before:
        stage.app.database.run_sync(
            lambda session: errands.enqueue(session, link_id, (Say(key="say.back"),), stage.clock())
        )
        assert hold(stage, link_id)
    assert stage.forget(link_id)
    if not held_before:
        assert hold(stage, link_id)
        await stage.app.ticker.clean()
    stage.slack.down = False
    await stage.later(minutes=2)
    await stage.quiet()
    await stage.app.ticker.clean()
    assert not stage.links()
    assert not stage.app.database.run_sync(lambda session: session.exec(select(ErrandRow.id)).all())


async def test_the_clean_up_forgets_old_logins_messages_tickets_and_what_lies_in_the_log(stage: Stage) -> None:
    def count(session: Session, row: type[SQLModel]) -> int:
        return session.exec(select(func.count()).select_from(row)).one()

    def left(session: Session) -> list[int]:
        return [count(session, row) for row in (GateRow, LoginRow, TicketRow, RefusalRow)]

    def messages(session: Session) -> tuple[bool, bool]:
        return count(session, ErrandRow) > 0, count(session, MessageRow) > 0

    await stage.to_isu()
    await stage.enter("wrong")
    await stage.ada.sees("invalid username or password", timeout=10)
    now, link = stage.clock(), stage.link
    ticket = Ticket(link_id=link.id, form=Form.ISU, step=link.step, person=link.owner, until=now + tickets.LIFE)
    stage.app.database.run_sync(lambda session: tickets.issue(session, ticket, now))
    refused = partial(refusals.settle, tenant_key="acme", now=now, once="check", times=1)
    stage.app.database.run_sync(refused)
    await stage.app.ticker.clean()
    assert stage.app.database.run_sync(left) == [1, 1, 1, 1]
    stage.clock.offset += timedelta(days=1, hours=1)
    await stage.app.ticker.clean()
    assert stage.app.database.run_sync(left) == [0, 0, 0, 0]
    stage.clock.offset += timedelta(days=28)
    await stage.quiet()
    await stage.app.ticker.clean()
    assert stage.app.database.run_sync(messages) == (True, True)
    stage.app.ticker._scheduler.pause()  # noqa: SLF001  or it says something more
    stage.clock.offset += timedelta(days=31)
    await stage.app.ticker.clean()
    assert stage.app.database.run_sync(messages) == (False, True), "only the place of what stands is kept"


async def test_the_clean_up_shreds_what_another_process_has_deleted(stage: Stage) -> None:
    await stage.begin()
    await stage.quiet()
    stage.app.ticker._scheduler.pause()  # noqa: SLF001  or its pulse comes in between
    with closing(sqlite3.connect(stage.folder / "link.db")) as another:
        another.execute("INSERT INTO pulserow (name, at) VALUES ('c4n4ry', '2026-01-01 00:00:00')")
        another.commit()
        another.execute("DELETE FROM pulserow WHERE name = 'c4n4ry'")
        another.commit()
        log = stage.folder / "link.db-wal"
        assert b"c4n4ry" in log.read_bytes()
        await stage.app.ticker.clean()
        assert b"c4n4ry" not in log.read_bytes()


async def test_one_part_of_the_clean_up_that_fails_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk")

    await stage.begin()
    await stage.quiet()
    link_id = stage.link.id
    stage.forget(link_id)
    await stage.quiet()
    monkeypatch.setattr(inbox, "prune", fail)
    await stage.app.ticker.clean()
    assert "could not be forgotten" in caplog.text
    assert not stage.links()


async def test_what_a_profile_asks_for_since_is_missed_by_nobody_before_it_is_asked_for(tmp_path: Path) -> None:
    more = tmp_path / "more.toml"
    more.write_bytes(PERMISSIONS.read_bytes())
    async with staged(tmp_path, permissions_file=few_rows(tmp_path)) as stage:
        tenant = await stage.to_linked()
        await stage.quiet()
        before = stage.ada.screen()
        await stage.stop()
        await stage.start(permissions_file=more)
        await stage.days(2)
        assert stage.link.open_issue is None
        assert stage.ada.screen() == before, "nobody was asked for more"
        assert "refuses what it took before" not in stage.sam.screen()
        brief = await stage.sam.command("/link-workday", "brief", channel=stage.channel)
        assert brief
        assert "Candidate Data: Job Application" in brief.text
        await stage.said()[0].press("Change the permissions", by=stage.sam)
        assert (await stage.send(stage.sam, "Permissions", {})).closed
        await stage.ada.sees("All saved: next")
        stage.grant(tenant)
        tenant.activate_pending_security_policy_changes("Let it in")
        await (await stage.ada.sees("All saved: next")).press("All saved")
        await (await stage.ada.sees("Activated: check")).press("Activated: check")
        await stage.is_linked()
        assert stage.link.setup.matrix
        assert stage.link.setup.matrix.total > 2
        told = await stage.sam.command("/link-workday", "brief", channel=stage.channel)
        assert told
        assert "In the profile since" not in told.text


async def test_a_press_on_a_card_from_before_the_profile_changed_brings_it_up_to_date(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await (await stage.to_expiry()).press("I've exempted it")
        await (await stage.ada.sees("Group created")).press("Group created")
        card = await stage.ada.sees("All saved: next")
        assert "Move Candidate" in card.text
        await stage.stop()
        await stage.start(permissions_file=few_rows(tmp_path))
        *_, writing = [touch for touch in card.touchables if touch.label == "Added"]
        await card.press(writing.element["action_id"])
        await stage.ada.whispered("changed")
        await stage.quiet()
        assert "Move Candidate" not in (await stage.ada.sees("All saved: next")).text
