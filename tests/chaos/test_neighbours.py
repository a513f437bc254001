"""Neighbours at their worst, in figures: a member who shouts without end, a customer who tries to lock out another.

`make chaos` runs them beside the kills; the stories of `tests/e2e` tell the same in small.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.link.effects import Show
from flows.link.state import Step
from flows.transitions.moves import card_slot
from sandbox.slack.waiting import until
from storage import links as store
from tests.support.backdrop import ISU
from tests.support.links import a_link
from tests.support.neighbours import of, owner_looks, to_somebody_elses_user
from tests.support.stage import Stage, staged

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
OTHERS = 20
"""Links that have a reminder due while somebody shouts: as many as are woken in one go."""

TICK = 1.0
SHOUTS = max(60, round(600 * SCALE))
DAYS = max(1, round(5 * SCALE))
MORNING = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""A Thursday, in the working hours of everybody."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as built:
        built.clock.set(MORNING)
        yield built


def others_due(stage: Stage, at: datetime, first: int) -> list[str]:
    """Begin links that have stood still for days, each in a channel of its own; returns the channels."""
    found = list[str]()
    for number in range(first, first + OTHERS):
        channel = replace(stage.slack.world.channel("C0ACME"), id=f"C0N{number}", name=f"n{number}")
        channel.messages, channel.replies = {}, {}
        stage.slack.world.channels[channel.id] = channel
        link = a_link(id=f"n{number}", team_id=stage.slack.team, channel_id=channel.id, customer=f"Number {number}")
        link = replace(link, created=at - timedelta(days=3), touched=at - timedelta(days=3))
        effects = (Show(slot="parent"), Show(slot=card_slot(link)))
        stage.app.database.run_sync(
            lambda session, link=link, effects=effects: store.create(session, link, effects, wake_at=at, now=at)  # type: ignore[misc]
        )
        found.append(channel.id)
    stage.app.courier.kick()
    return found


def reminded(stage: Stage, channels: list[str]) -> list[float]:
    """List when each reminder was posted, in seconds of the story."""
    return [
        float(message.ts)
        for channel in channels
        for message in stage.slack.messages(channel)
        if message.by_app and "waits for you" in message.text
    ]


async def lateness(stage: Stage, first: int) -> float:
    """Have as many reminders come due as can be sent in one go; returns how late the last one comes, in seconds."""
    at = stage.clock() + timedelta(seconds=3)
    channels = others_due(stage, at, first)
    await until(lambda: len(reminded(stage, channels)) == OTHERS or None, 30, lambda: "reminders are missing")
    return max(moment - at.timestamp() for moment in reminded(stage, channels))


@asynccontextmanager
async def shouting(stage: Stage) -> AsyncIterator[list[int]]:
    """Have a colleague of the admin's shout for help, as fast as Slack takes it."""
    parent, count = stage.said()[0], [0]

    async def shout() -> None:
        while count[0] < SHOUTS:
            await stage.col.says("help", thread=parent)
            count[0] += 1
            await asyncio.sleep(0.01)

    task = asyncio.create_task(shout())
    try:
        yield count
        await task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_shouting_member_delays_nobody(stage: Stage) -> None:
    card = await stage.to_service_url()
    await stage.quiet()
    calm = await lateness(stage, 0)
    await stage.later(minutes=5)
    await stage.quiet()
    before = len(stage.said())
    async with shouting(stage) as count:
        await until(lambda: count[0] >= SHOUTS // 10 or None, 30, lambda: "nobody shouts")
        late = asyncio.create_task(lateness(stage, OTHERS))
        began = time.monotonic()
        await card.press("Back")
        await stage.ada.sees("I can do this")
        own = time.monotonic() - began
        shouted = await late
    await stage.quiet()
    answers = len(stage.said()) - before
    late_ticks = int(max(shouted - calm, 0) // TICK)
    print(  # noqa: T201  the figures are what this is for
        f"\n{count[0]} shouts: others' reminders {shouted:.1f} s after their moment ({calm:.1f} s without), late by "
        f"{late_ticks} ticks; own card after {own:.2f} s; {answers} answers"
    )
    assert late_ticks == 0
    assert own < 2
    assert answers <= SHOUTS // 10


async def test_a_hostile_customer_shuts_nobody_out(stage: Stage) -> None:
    tenant = await to_somebody_elses_user(stage)
    tries = refused = looks = 0
    for half_hour in range(DAYS * 48):
        for _ in range(2):
            await stage.enter(f"Wrong-{tries}-password", button="Enter it again", user=ISU.lower())
            tries += 1
            await stage.quiet()
        if half_hour % 12 == 0:
            looks += 1
            refused += not await owner_looks(stage, tenant)
        await stage.later(minutes=30)
        await stage.quiet()
    print(  # noqa: T201  the figures are what this is for
        f"\n{DAYS} days, {tries} tries of another customer: {tenant.logins(ISU).bad} foreign logins; "
        f"{refused} of {looks} looks refused to the owner"
    )
    assert of(stage, "Globex").step is Step.ISU
    assert tenant.logins(ISU).bad == 0
    assert refused == 0
