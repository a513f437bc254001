"""Whatever is killed, stopped, lost, late, doubled or out of order: each message stands in Slack exactly once.

The real app runs as child processes against the sandbox Slack: one on SQLite, three on PostgreSQL. What was said is
counted from the sandbox's own record. `make chaos` runs it; CHAOS_SCALE=0.1 makes it short, CHAOS_SEED plays the same
dice again (processes keep their own time, so the same dice are not the same run).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sandbox.slack import SlackSandbox
from storage import migrate
from storage.credentials.keyring import new_key
from storage.database.transactions import Database
from tests.support.chaos_fleet import Fleet, Replica
from tests.support.chaos_load import CHANCES, MORNING, Load, judge
from tests.support.chaos_worker import LAG, POINTS

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
SEED = int(os.environ.get("CHAOS_SEED", "0")) or time.time_ns() % 1_000_000
FAULTS = round(100 * SCALE)
"""Random kills and stops of each setting, besides those at the named points."""

MESSAGES = round(1500 * SCALE)
STORM_SECONDS = 900
"""By then everything was killed often enough, or a point is never passed any more."""

SETTLE_SECONDS = 180

TROUBLED = [
    *("chat.postMessage", "chat.update", "chat.delete", "conversations.replies", "conversations.history"),
    *("users.info", "conversations.members"),
]


async def live(load: Load, fleet: Fleet, is_over: Callable[[], bool]) -> None:
    """Begin links and ask questions as long as the trouble lasts, never much more than is carried away."""
    while not is_over():
        while await asyncio.to_thread(load.unsent) > 60:  # noqa: ASYNC110  a database sends no event
            await asyncio.sleep(0.1)
        for _ in range(2):
            load.begin()
        replica = load.dice.choice(fleet.replicas)
        if replica.url:
            load.slack.deliver_to(replica.url)
        load.slack.history_lag = load.dice.choice((0, 1, LAG))
        quiet = [link for link in load.links[-30::2] if load.links.index(link) % 2 == 0]
        if load.dice.random() < 0.2:
            async with load.slack.reordered():
                for link in quiet[:3]:
                    await load.ask(link)
        else:
            for link in quiet[:2]:
                await load.ask(link)
        await asyncio.sleep(load.dice.uniform(0.1, 0.5))


async def jump(fleet: Fleet, offset: float, dice: Random) -> None:
    """Set one clock ahead or back for a moment, again and again."""
    while True:
        replica = dice.choice(fleet.replicas)
        replica.set_clock(offset + dice.choice((-1, 1)) * dice.choice((1, 3, 30)))
        await asyncio.sleep(dice.uniform(0.5, 2))
        replica.set_clock(offset)
        await asyncio.sleep(dice.uniform(0.5, 2))


async def storm(folder: Path, url: str, replicas: int, *, has_jumps: bool) -> None:
    dice = Random(SEED)  # noqa: S311  makes trouble, keeps no secret
    offset = (MORNING - datetime.now(UTC)).total_seconds()
    began = time.monotonic()

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=offset)

    migrate.upgrade(url)
    database = Database(url)
    async with SlackSandbox(clock=lambda: now().timestamp()) as slack:
        slack.core.echo_own_messages = False
        slack.ack_seconds = 1.0
        environment = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "PORT": "0",
            "DATABASE_URL": url,
            "CREDENTIAL_KEYS": new_key("k1"),
            "STAFF_CHANNEL": "C0STAFF",
        }
        fleet = Fleet([Replica(folder, f"app{number}", environment) for number in range(replicas)], dice)
        for replica in fleet.replicas:
            replica.set_clock(offset)
        load = Load(slack, database, now, dice)
        slack.faults.randomly(SEED, CHANCES, TROUBLED)
        slack.faults.timeout_seconds = 1.0
        jumping = asyncio.create_task(jump(fleet, offset, dice)) if has_jumps else None
        meddling = asyncio.gather(*(fleet.meddle(replica, FAULTS // replicas) for replica in fleet.replicas))

        def is_over() -> bool:
            return meddling.done() and judge(load)[0] >= MESSAGES

        try:
            async with asyncio.timeout(STORM_SECONDS):
                await asyncio.gather(meddling, live(load, fleet, is_over))
            if jumping:
                jumping.cancel()
                with suppress(asyncio.CancelledError):
                    await jumping
            slack.faults.stop()
            for replica in fleet.replicas:
                replica.set_clock(offset)
            async with asyncio.timeout(SETTLE_SECONDS):
                while await asyncio.to_thread(load.left):  # noqa: ASYNC110  a database sends no event
                    await asyncio.sleep(0.5)
            # What a stopped process had in hand is looked at once more as well.
            await asyncio.sleep(8)
        finally:
            total, lost, doubled = judge(load)
            print(  # noqa: T201  the figures are what this is for
                f"\nseed {SEED}: {total} messages of {len(load.links)} links, {len(load.asked)} questions; "
                f"{fleet.kills} kills and {fleet.stops} stops at random, {len(fleet.caught)} at named points; "
                f"{len(slack.faults.happened)} faults of Slack; {copies(slack)} copies taken back; "
                f"{len(lost)} lost, {len(doubled)} doubled; {time.monotonic() - began:.0f} s"
            )
            for replica in fleet.replicas:
                await replica.end()
        database.close()
    assert not lost
    assert not doubled
    assert len(fleet.caught) == 2 * len(POINTS)


def copies(slack: SlackSandbox) -> int:
    return sum(post.deleted for channel in slack.world.channels.values() for post in channel.messages.values())


async def test_one_process_on_sqlite(tmp_path: Path) -> None:
    await storm(tmp_path, f"sqlite:///{tmp_path / 'link.db'}", 1, has_jumps=False)


async def test_three_replicas_on_postgresql(tmp_path: Path, postgres: Callable[[], str]) -> None:
    await storm(tmp_path, postgres(), 3, has_jumps=False)


async def test_three_replicas_whose_clocks_jump(tmp_path: Path, postgres: Callable[[], str]) -> None:
    await storm(tmp_path, postgres(), 3, has_jumps=True)
