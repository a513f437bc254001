"""One app under load on one database: what is done to it, what it is seen to take, and what is counted at the end."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

import aiohttp
from sqlmodel import Session, col, func, select

from sandbox.slack import Message, SlackSandbox
from sandbox.slack.waiting import AppSilent, until
from sandbox.slack.workspace import Channel
from storage import migrate
from storage.credentials.keyring import new_key
from storage.database.transactions import Database
from storage.tables import ErrandRow
from tests.support.chaos_fleet import Replica
from tests.support.chaos_load import CHANCES, MORNING, Load, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

SEED = 17
WALKS = "walks of people"
WAIT_SECONDS = 45
TROUBLED = ("chat.postMessage", "chat.update", "chat.delete", "conversations.replies", "conversations.history")
OLDEST = re.compile(r"^linkworkday_oldest_errand_seconds (\S+)$", re.MULTILINE)
SLOW = re.compile(
    r'^linkworkday_ack_seconds_bucket\{kind="\w+",le="3.0"\} (\S+)$\n(?:^.*\n)*?'
    r'^linkworkday_ack_seconds_bucket\{kind="\w+",le="\+Inf"\} (\S+)$',
    re.MULTILINE,
)
PAGE = os.sysconf("SC_PAGE_SIZE")
SETTLE_SECONDS = 60
STILL_SECONDS, BLIND_SECONDS, ACK_SECONDS = 0.2, 1.0, 3.0
MOST_LEFT = 120
"""Unfinished errands beyond which nothing more is begun: the load is what one app carries, and not more."""

GROWTH, SPARE_MEGABYTES, SPARE_HANDLES, SPARE_SECONDS = 1.1, 8, 8, 15
"""How much more than in the second quarter the last one may take: a tenth, and what comes and goes by chance. An errand
that three faults of Slack's meet waits for 2, 4 and 8 seconds, which is most of a short run's quarter."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment: minutes since the start, megabytes, open handles, age of the oldest errand."""

    minute: float
    memory: float
    handles: float
    age: float


@dataclass
class Run:
    """What came of one run; `late` are requests that the app did not answer well within three seconds."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    sent: int = 0
    links: int = 0
    begun: int = 0
    done: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    stood: list[tuple[float, float]] = field(default_factory=list)
    """When this witness itself stood still, by Slack's clock, and for how many seconds."""
    blind: list[str] = field(default_factory=list)
    """Late ones of a time in which this witness stood still itself, and so cannot tell."""
    slow: int = 0
    """Answers that took the app more than three seconds by its own clock."""
    given_up: int = 0

    def quarters(self, of: Callable[[Sample], float]) -> tuple[float, float]:
        """Return the medians of the second and of the last quarter."""
        each = max(len(self.samples) // 4, 1)
        return median(map(of, self.samples[each : 2 * each])), median(map(of, self.samples[-each:]))

    def wrong(self) -> list[str]:
        """Name what is not as it must be."""
        found = [f"lost: {one}" for one in self.lost] + [f"doubled: {one}" for one in self.doubled]
        found += [f"late: {one}" for one in self.late]
        found += [f"{self.slow} answers took more than three seconds by the app's own clock"] if self.slow else []
        found += [f"{self.given_up} errands were given up or held"] if self.given_up else []
        for what, of, spare in (
            ("megabytes", lambda one: one.memory, SPARE_MEGABYTES),
            ("handles", lambda one: one.handles, SPARE_HANDLES),
            ("seconds of the oldest errand", lambda one: one.age, SPARE_SECONDS),
        ):
            before, after = self.quarters(of)
            if after > before * GROWTH + spare:
                found.append(f"{what}: {before:.1f} grew to {after:.1f}")
        return found

    def figures(self) -> str:
        """Tell all that was counted."""
        memory, handles = self.quarters(lambda one: one.memory), self.quarters(lambda one: one.handles)
        age = self.quarters(lambda one: one.age)
        did = ", ".join(f"{number} {what}" for what, number in sorted(self.done.items()))
        stood = max((still for _, still in self.stood), default=0.0)
        return (
            f"{self.name}: {self.sent} messages of {self.links} links; {did}; {self.faults} faults of Slack; "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.late)} late, {len(self.blind)} not judged, "
            f"as the witness itself stood still (for {stood:.1f} s at most); second and last quarter: "
            f"{memory[0]:.0f} and {memory[1]:.0f} MB, {handles[0]:.0f} and {handles[1]:.0f} handles, "
            f"oldest errand {age[0]:.1f} and {age[1]:.1f} s"
        )


def moved(offset: float) -> datetime:
    """Return the time in working hours that the app is told."""
    return datetime.now(UTC) + timedelta(seconds=offset)


async def soaked(name: str, address: str, folder: Path, seconds: float) -> Run:
    """Run one app under load for so long, let it come to rest, and count."""
    run, dice = Run(name), Random(SEED)  # noqa: S311  makes trouble, keeps no secret
    offset = (MORNING - datetime.now(UTC)).total_seconds()
    migrate.upgrade(address)
    database = Database(address)
    load_now = partial(moved, offset)
    async with SlackSandbox(clock=lambda: load_now().timestamp()) as slack:
        slack.core.echo_own_messages = False
        environment = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "PORT": "0",
            "DATABASE_URL": address,
            "CREDENTIAL_KEYS": new_key("k1"),
            "STAFF_CHANNEL": "C0STAFF",
        }
        replica = Replica(folder, "app", environment)
        replica.set_clock(offset)
        load = Load(slack, database, load_now, dice)
        slack.faults.randomly(SEED, CHANCES, TROUBLED)
        slack.faults.timeout_seconds = 1.0
        await replica.start()
        slack.deliver_to(replica.url)
        try:
            watching = asyncio.create_task(watch(run, replica, seconds))
            attending = asyncio.create_task(attend(run, slack.world.clock))
            await live(run, load, seconds)
            await watching
            attending.cancel()
            slack.faults.stop()
            await rest(load)
            count(run, load, database)
        finally:
            await replica.end()
            database.close()
    return run


async def live(run: Run, load: Load, seconds: float) -> None:
    """Do what people and the clock do, one thing after another, no more than is carried away."""
    ends = asyncio.get_running_loop().time() + seconds
    ways: tuple[tuple[str, float, Callable[[Run, Load], Coroutine[Any, Any, bool]]], ...] = (
        ("links begun by the clock", 0.2, begin),
        (WALKS, 0.25, walk),
        ("questions in a thread", 0.75, ask),
        ("commands", 1.0, command),
    )
    while asyncio.get_running_loop().time() < ends:
        while await asyncio.to_thread(load.unsent) > MOST_LEFT:  # noqa: ASYNC110  a database sends no event
            await asyncio.sleep(0.2)
        load.slack.history_lag = load.dice.choice((0, 1, 2))
        throw = load.dice.random()
        what, _, way = next(one for one in ways if throw < one[1])
        # Whom the app fails is in Slack's own record, and counted as late at the end.
        with suppress(AppSilent):
            if await way(run, load):
                run.done[what] += 1
        await asyncio.sleep(load.dice.uniform(0.2, 0.6))


async def begin(_run: Run, load: Load) -> bool:
    load.begin()
    return True


async def ask(_run: Run, load: Load) -> bool:
    quiet = [link for number, link in enumerate(load.links) if number % 2 == 0 and link.id not in load.asked]
    if not quiet:
        return False
    before = len(load.asked)
    await load.ask(load.dice.choice(quiet[-20:]))
    return len(load.asked) > before


async def command(_run: Run, load: Load) -> bool:
    channel = load.dice.choice(load.links).channel_id if load.links else "C0ACME"
    await load.slack.person("sam").command(
        "/link-workday", load.dice.choice(("status", "list", "help")), channel=channel
    )
    return True


async def walk(run: Run, load: Load) -> bool:
    """Start a link as one of our own people, in a channel of its own, and press and ask as its admin."""
    slack, number = load.slack, run.begun
    run.begun += 1
    channel = replace(slack.world.channel("C0ACME"), id=f"C0W{number}", name=f"w{number}")
    channel.messages, channel.replies = {}, {}
    slack.world.channels[channel.id] = channel
    sam, ada = slack.person("sam"), slack.person("ada")
    await sam.command("/link-workday", channel=channel.id)
    modal = await sam.modal("Link Workday")
    await modal.fill({"Permission profile": "Recruiting", "Workday admin": "@ada", "Customer": f"Walk {number}"})
    outcome = await modal.submit()
    assert outcome.closed, outcome
    card = await shown(slack, channel, "I can do this")
    await card.press("I can do this", by=ada)
    await shown(slack, channel, "Paste the URL")
    return True


async def shown(slack: SlackSandbox, channel: Channel, button: str) -> Message:
    """Wait for a message with a button."""

    def look() -> Message | None:
        return next((one for one in slack.messages(channel.id) if button in str(one.buttons)), None)

    return await until(look, WAIT_SECONDS, lambda: f"no button {button!r} in {channel.name}")


async def watch(run: Run, replica: Replica, seconds: float) -> None:
    """Look at the process, and read its own numbers, every so often."""
    began, pid = asyncio.get_running_loop().time(), replica.pid
    base = replica.url.removesuffix("/slack/events")
    async with aiohttp.ClientSession() as session:
        while (passed := asyncio.get_running_loop().time() - began) < seconds:
            async with session.get(f"{base}/metrics") as answer:
                text = await answer.text()
            told = OLDEST.search(text)
            run.slow = round(sum(float(every) - float(soon) for soon, every in SLOW.findall(text)))
            memory, handles = taken(pid)
            run.samples.append(Sample(passed / 60, memory, handles, float(told[1]) if told else 0.0))
            await asyncio.sleep(max(seconds / 240, 0.5))


async def attend(run: Run, clock: Callable[[], float]) -> None:
    """Note when this process, which is Slack and its people at once, stood still."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await asyncio.sleep(0.05)
        over = loop.time() - began - 0.05
        if over > STILL_SECONDS:
            run.stood.append((clock(), over))


def taken(pid: int) -> tuple[float, int]:
    """Return the megabytes and the handles that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE / 1e6, len(list(Path(f"/proc/{pid}/fd").iterdir()))


def was_blind(stood: Sequence[tuple[float, float]], at: float) -> bool:
    """Return whether a second or more of the three before a moment passed without this process."""
    begins = at - ACK_SECONDS
    return sum(max(min(end, at) - max(end - still, begins), 0) for end, still in stood) >= BLIND_SECONDS


async def rest(load: Load) -> None:
    """Wait until nothing is left to do, or long enough: what is left then is counted as lost."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            while await asyncio.to_thread(load.left):  # noqa: ASYNC110  a database sends no event
                await asyncio.sleep(0.5)


def count(run: Run, load: Load, database: Database) -> None:
    """Count what stands in Slack and what the database says of it."""
    run.sent, run.lost, run.doubled = judge(load)
    run.lost += [f"{left} errands are left undone"] if (left := load.left()) else []
    run.links, run.faults = len(load.links) + run.begun, len(load.slack.faults.happened)
    walked = [load.slack.world.channel(f"C0W{number}") for number in range(run.begun)]
    posts = [post for channel in walked for post in channel.messages.values() if post.by_app and not post.deleted]
    times = Counter(post.metadata["event_payload"]["errand_id"] for post in posts if post.metadata)
    run.sent += len(posts)
    run.doubled += [f"errand {name}" for name, number in times.items() if number > 1]
    for one in load.slack.delivery.log:
        if one.reply.problem:
            kept = run.blind if was_blind(run.stood, one.at) else run.late
            kept.append(f"{one.kind} at {one.at:.0f}: {one.reply.problem}")

    def given_up(session: Session) -> int:
        rows = select(func.count()).select_from(ErrandRow).where(col(ErrandRow.state).in_(["dead", "held"]))
        return session.exec(rows).one()

    run.given_up = database.run_sync(given_up)
