"""Whatever is killed, stopped, lost, late, doubled or out of order: each message stands in Slack exactly once.

The real app runs as child processes against the sandbox Slack: one on SQLite, three on PostgreSQL. What was said is
counted from the sandbox's own record. `make chaos` runs it; CHAOS_SCALE=0.1 makes it short, CHAOS_SEED plays the same
dice again (processes keep their own time, so the same dice are not the same run).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlmodel import Session, col, func, select

from flows.link.effects import Effect, LookUp, Say, Show, TellStaff
from flows.link.state import Link
from flows.transitions.moves import card_slot
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace import Channel
from storage import links as store
from storage import migrate
from storage.credentials.keyring import new_key
from storage.database import Database
from storage.tables import UNAUDITED, ErrandRow
from tests.support.chaos_fleet import Fleet, Replica
from tests.support.chaos_worker import LAG, POINTS
from tests.support.links import a_link

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
SEED = int(os.environ.get("CHAOS_SEED", "0")) or time.time_ns() % 1_000_000
FAULTS = round(100 * SCALE)
"""Random kills and stops of each setting, besides those at the named points."""

MESSAGES = round(1500 * SCALE)
WORDS = ("one", "two", "three", "four")
STORM_SECONDS = 900
"""By then everything was killed often enough, or a point is never passed any more."""

SETTLE_SECONDS = 180

CHANCES = {
    "http500": 0.02,
    "http503_performed": 0.02,
    "rate_limited": 0.01,
    "lose_answer": 0.06,
    "timeout": 0.02,
    "internal_error": 0.01,
    "slow": 0.03,
}
TROUBLED = [
    *("chat.postMessage", "chat.update", "chat.delete", "conversations.replies", "conversations.history"),
    *("users.info", "conversations.members"),
]
MORNING = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""A Thursday, in the working hours of everybody."""


@dataclass
class Load:
    """Links that are begun one after another, each in a channel of its own, and what people ask in their threads."""

    slack: SlackSandbox
    database: Database
    now: Callable[[], datetime]
    dice: Random
    links: list[Link] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)

    def begin(self) -> Link:
        """Begin one link; every other one has waited for days, so that a reminder is due."""
        number, now = len(self.links), self.now()
        channel = replace(self.slack.world.channel("C0ACME"), id=f"C0N{number}", name=f"n{number}")
        channel.messages, channel.replies = {}, {}
        self.slack.world.channels[channel.id] = channel
        since = now - timedelta(days=3) if number % 2 else now
        link = replace(
            a_link(id=f"n{number}", team_id=self.slack.team, channel_id=channel.id, customer=f"Number {number}"),
            created=since,
            touched=since,
        )
        says = [Say(key="command.unknown", names={"word": word}) for word in WORDS]
        staff = TellStaff(key="staff.undeliverable", names={"code": "nothing"})
        effects: tuple[Effect, ...] = (
            Show(slot="parent"),
            LookUp(user_id="U0ADA"),
            *says[:2],
            Show(slot=card_slot(link)),
            staff,
            *says[2:],
        )
        wake = now if number % 2 else None
        self.database.run_sync(lambda session: store.create(session, link, effects, wake_at=wake, now=now))
        self.links.append(link)
        return link

    async def ask(self, link: Link) -> None:
        """Ask for help in the thread of a link whose card stands; now and then Slack says so twice."""
        channel = self.slack.world.channels[link.channel_id]
        card = next((post for post in channel.messages.values() if post.thread_ts and post.blocks), None)
        if link.id in self.asked or card is None or card.thread_ts is None:
            return
        self.slack.duplicate_events(self.dice.choice((0, 0, 1)))
        parent = next(message for message in self.slack.messages(channel.id) if message.ts == card.thread_ts)
        said = await self.slack.person("ada").says("help", thread=parent)
        self.asked[link.id] = said.ts

    def was_taken(self, link: Link) -> bool:
        """Tell whether the app has ever acknowledged the question, so that it has to be answered."""
        return any(
            one.reply.problem is None
            for one in self.slack.delivery.log
            if one.kind == "event" and one.payload["event"].get("ts") == self.asked.get(link.id)
        )

    def left(self) -> int:
        def count(session: Session) -> int:
            rows = select(func.count()).select_from(ErrandRow)
            return session.exec(rows.where(col(ErrandRow.settled_at).is_(None) | UNAUDITED)).one()

        return self.database.run_sync(count)


def kinds(channel: Channel) -> Counter[str]:
    """Name what the app has said in a channel."""
    found = Counter[str]()
    for post in channel.messages.values():
        if not post.by_app or post.deleted:
            continue
        word = next((word for word in WORDS if f"`{word}`" in post.text), None)
        if word:
            found[word] += 1
        elif post.thread_ts is None:
            found["parent"] += 1
        elif "waits for you" in post.text:
            found["reminder"] += 1
        elif post.blocks and post.text.startswith("Welcome"):
            found["card"] += 1
        else:
            found["answer"] += 1
    return found


def judge(load: Load) -> tuple[int, list[str], list[str]]:
    """Count the messages, and name what is lost and what stands more than once."""
    total, lost, doubled = 0, list[str](), list[str]()
    for number, link in enumerate(load.links):
        found = kinds(load.slack.world.channels[link.channel_id])
        wanted = {"parent", "card", *WORDS} | ({"reminder"} if number % 2 else set())
        if link.id in load.asked:
            wanted |= {"answer"} if load.was_taken(link) else set()
        lost += [f"{link.id}: {kind}" for kind in wanted - found.keys()]
        doubled += [f"{link.id}: {kind} {count} times" for kind, count in found.items() if count > 1]
        total += found.total()
    staff = Counter(
        link.id
        for post in load.slack.world.channel("C0STAFF").messages.values()
        for link in load.links
        if not post.deleted and f"*{link.customer}*" in post.text
    )
    lost += [f"{link.id}: notice" for link in load.links if not staff[link.id]]
    doubled += [f"{name}: notice {count} times" for name, count in staff.items() if count > 1]
    return total + staff.total(), lost, doubled


async def live(load: Load, fleet: Fleet, is_over: Callable[[], bool]) -> None:
    """Begin links and ask questions as long as the trouble lasts, never much more than is carried away."""
    while not is_over():
        while await asyncio.to_thread(load.left) > 60:  # noqa: ASYNC110  a database sends no event
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
