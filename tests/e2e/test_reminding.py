"""Reminders: on the right days, in working hours, once, and over when their reason is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.link.setup import ExpiryKind
from flows.link.state import Cause, Status, Step
from sandbox.slack import Message
from tests.support.backdrop import ISU, PASSWORD
from tests.support.stage import Stage, few_rows, staged

MONDAY = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)
YORK = ZoneInfo("America/New_York")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, permissions_file=few_rows(tmp_path)) as built:
        yield built


def sent(stage: Stage, text: str) -> list[Message]:
    return [message for message in stage.said() if text in message.text]


def local(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC).astimezone(YORK)


def kind(stage: Stage) -> ExpiryKind | None:
    return stage.link.setup.expiry.kind if stage.link.setup.expiry else None


async def live(stage: Stage, days: int) -> None:
    """Live through days in steps of eight hours."""
    for _ in range(days * 3):
        await stage.later(hours=8)
        await stage.quiet()


async def to_password_policy(stage: Stage, days: str = "90") -> None:
    """Link with a password that expires; the tenant knows it too."""
    tenant = stage.tenant()
    card = await stage.to_expiry()
    await card.press("It expires")
    assert (await stage.send(stage.ada, "Password expiry", {"expire after": days})).closed
    await (await stage.ada.sees("Group created")).press("Group created")
    await (await stage.ada.sees("All saved: next")).press("All saved")
    stage.grant(tenant)
    tenant.activate_pending_security_policy_changes("Let it in")
    await (await stage.ada.sees("Activated")).press("Activated")
    await stage.is_linked()
    await stage.quiet()


async def test_a_stalled_link_is_brought_up_on_days_1_3_and_7_and_then_is_ours(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    touched = stage.link.touched
    posted: dict[str, int] = {}
    for day in range(1, 15):
        await live(stage, 1)
        # The older ones leave the thread.
        nudges = sent(stage, "waits for you")
        assert len(nudges) == (0 if day < 1 else 1), day
        for message in nudges:
            at = local(message)
            assert at.weekday() < 5
            assert 9 <= at.hour < 17
            posted[message.ts] = (at.date() - touched.astimezone(YORK).date()).days
    days = list(posted.values())
    assert days == [1, 3, 7]
    assert len([message for message in stage.sam.dms if "has not moved since" in message.text]) == 1
    nudge = sent(stage, "waits for you")[-1]
    assert len([one for one in sent(stage, "waits for you") if one.buttons]) == 1
    message = await stage.ada.sees("waits for you")
    assert message == nudge
    await message.press("Continue")
    await stage.ada.sees("Moving again")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_nudge_that_would_fall_on_a_weekend_waits_for_monday(stage: Stage) -> None:
    stage.clock.set(MONDAY + timedelta(days=4))  # a Friday
    await stage.to_service_url()
    await live(stage, 2)
    assert not sent(stage, "waits for you")
    await live(stage, 2)
    (nudge,) = sent(stage, "waits for you")
    assert local(nudge).strftime("%A") == "Monday"
    await nudge.press("Continue", by=stage.ada)
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_month_switched_off_gives_one_nudge(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    await stage.quiet()
    await stage.stop()
    stage.clock.offset += timedelta(days=30)
    await stage.start()
    await stage.later(hours=24)
    await stage.quiet()
    assert len(sent(stage, "waits for you")) == 1
    await live(stage, 7)
    assert len(sent(stage, "waits for you")) <= 1
    await (await stage.ada.sees("waits for you")).press("Continue")
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_paused_link_is_asked_about_later(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    await (await stage.ada.sees("Link Workday · Acme")).choose("press.menu", "Pause", by=stage.ada)
    await live(stage, 6)
    assert not sent(stage, "link is paused. Is it time")
    await live(stage, 3)
    (nudge,) = sent(stage, "link is paused. Is it time")
    await nudge.press("Continue where we stopped", by=stage.ada)
    await stage.becomes(lambda link: link.status is Status.ACTIVE)
    assert (await stage.paste()).closed
    await stage.ada.sees("Enter user name and password")


async def test_a_cancelled_link_is_never_brought_up(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await stage.to_service_url()
    await (await stage.sam.sees("Link Workday · Acme")).choose("press.menu", "End this link", by=stage.sam)
    assert (await stage.send(stage.sam, "End this link", {})).closed
    await stage.quiet()
    before = len(stage.said())
    await live(stage, 10)
    assert len(stage.said()) == before
    assert not [message for message in stage.sam.dms if "moved" in message.text]


async def test_the_password_ladder_ends_in_an_issue_and_the_issue_in_a_fix(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await to_password_policy(stage, "33")
    tenant = stage.tenant()
    tenant.maintain_password_rules(expiry_days=33)
    due = stage.link.setup.expiry.due if stage.link.setup.expiry else None
    assert due
    told: dict[int, int] = {}
    last = None
    for _ in range(34):
        await live(stage, 1)
        at = stage.link.nudged.get(Cause.PASSWORD)
        if at and at != last:
            last = at
            told[(due - at.astimezone(YORK).date()).days] = len(sent(stage, "If nothing changes"))
            assert at.astimezone(YORK).weekday() < 5
    assert 5 <= len(told) <= 6, told
    assert set(told) <= {30, 29, 28, 14, 13, 12, 7, 6, 5, 3, 2, 1, 0}
    assert len([one for one in stage.said() if "Enter the new password" in " ".join(one.buttons)]) == 1
    # From the day on which Workday refuses it, one issue stands instead, and what announced it claims nothing good.
    assert sent(stage, "has ended: Workday refuses it")
    assert not sent(stage, "✓ Workday has accepted")
    bad = tenant.logins(ISU).bad
    await live(stage, 6)
    (nudge,) = sent(stage, "has not worked since")
    assert tenant.logins(ISU).bad <= bad + 1, "a refused password is not tried by the clock"
    assert len([one for one in stage.said() if "Enter the new password" in " ".join(one.buttons)]) == 2
    assert "Needs attention" in stage.said()[0].text
    card = await stage.ada.sees("as announced")
    assert "Enter the new password" in card.buttons
    assert len([message for message in stage.sam.dms if "has not reacted" in message.text]) == 1
    tenant.change_password(ISU, PASSWORD + "!")
    await nudge.press("Enter the new password", by=stage.ada)
    assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "!"})).closed
    await stage.ada.sees("✓ Fixed")
    await stage.ada.sees("Linked since")
    before = len(stage.said())
    await live(stage, 1)
    assert len(stage.said()) == before
    assert stage.link.setup.expiry
    assert stage.link.setup.expiry.due
    assert stage.link.setup.expiry.due > due


async def test_a_password_that_works_after_its_end_is_asked_about_and_not_nagged(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await to_password_policy(stage, "33")
    await live(stage, 38)
    assert kind(stage) is ExpiryKind.UNKNOWN
    assert not sent(stage, "has stopped or is about to")
    assert not [one for one in stage.said() if "Enter the new password" in " ".join(one.buttons)]
    await live(stage, 32)
    asked = await stage.ada.sees("password expire?")
    await asked.press("I've exempted it")
    await stage.ada.sees("Answered: you exempted")
    assert kind(stage) is ExpiryKind.EXEMPT
    before = len(stage.said())
    await live(stage, 7)
    assert len(stage.said()) == before


async def test_a_snooze_is_kept_to(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await to_password_policy(stage, "33")
    for _ in range(8):
        await live(stage, 1)
        if sent(stage, "If nothing changes"):
            break
    nudge = await stage.ada.sees("If nothing changes")
    await nudge.choose("press.menu", "Remind me on Monday")
    await stage.ada.sees("set aside until")
    until = stage.link.snoozed_until
    assert until
    assert until.astimezone(YORK).strftime("%A %H") == "Monday 09"
    while stage.clock() + timedelta(hours=6) < until:
        await stage.later(hours=6)
    await stage.quiet()
    assert not sent(stage, "If nothing changes")
    await stage.later(hours=7)
    await stage.quiet()
    assert len(sent(stage, "If nothing changes")) == 1


async def test_a_new_password_is_tried_before_the_old_one_goes(stage: Stage) -> None:
    stage.clock.set(MONDAY)
    await to_password_policy(stage, "33")
    tenant = stage.tenant()
    (old,) = stage.vault()
    for _ in range(8):
        await live(stage, 1)
        if sent(stage, "If nothing changes"):
            break
    nudge = await stage.ada.sees("Enter the new password")
    await nudge.press("Enter the new password")
    assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "!"})).closed
    await stage.becomes(lambda link: not link.attempt.checking)
    assert stage.vault() == {old}
    assert stage.link.status is Status.LINKED
    tenant.change_password(ISU, PASSWORD + "!")
    await nudge.press("Enter the new password")
    assert (await stage.send(stage.ada, "New password", {"New password": PASSWORD + "!"})).closed
    await stage.ada.sees("✓ Workday has accepted ISU_Wintro's password", timeout=10)
    link = await stage.becomes(lambda link: link.setup.account and not link.setup.account.candidate)
    assert old not in stage.vault()
    assert len(stage.vault()) == 1
    assert link.setup.expiry
    assert link.setup.expiry.set_on == stage.clock().date()
    assert link.step is Step.LINKED
