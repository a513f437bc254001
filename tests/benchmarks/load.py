"""Sends signed presses and messages to a server in a process of its own, as fast as asked, and times the answers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from bot.slack.block_kit import Address, blocks
from flows.cards.context import Scene
from flows.cards.thread_card import card
from flows.link.effects import Slot
from flows.link.state import Link, Step
from flows.transitions.moves import card_slot
from sandbox.child import Child
from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox
from storage import links as store
from storage import messages
from storage.database.transactions import Database
from storage.messages import Posted
from tests.benchmarks.floors import SIGNING_SECRET
from tests.benchmarks.wires import Wires, wires
from tests.support.backdrop import CHANNEL
from tests.support.databases import migrated_sqlite
from tests.support.drawing import words
from tests.support.links import RULES, a_link

ROOT = Path(__file__).parents[2]
CPU_OF_PROCESS = 2
"""Linux's kind of clock, in the name of a clock behind the inverted id of a process (clock_getcpuclockid)."""

PAGE = os.sysconf("SC_PAGE_SIZE")
MANY = 20
"""Links that are pressed in turn."""

CONNECTIONS = 64
"""At once; of more the app lets some wait, and refuses who cannot be answered in time."""

Send = Callable[[Wires], Awaitable[float]]
"""Sends one request; what it returns is not looked at."""

LOOK = 0.0005
"""Seconds between two looks whether a card has come; REST is how long what follows it may take."""
REST = 0.3

_numbers = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server in a process of its own, and what is sent to it."""

    url: str
    pid: int
    secret: str
    press: Callable[[int], dict[str, object]]
    calls: Sequence[object] | None = None
    """What it has asked of Slack, where each press sets something off there."""

    @property
    def cpu(self) -> float:
        """Return the seconds of CPU that all its threads have used, to the nanosecond; /proc counts in hundredths."""
        return time.clock_gettime((~self.pid << 3) | CPU_OF_PROCESS)

    @property
    def memory(self) -> float:
        """Return the megabytes that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE / 1e6

    async def post(self, to: Wires, body: bytes, kind: str) -> float:
        """Send one request and return the seconds until its answer; raises AssertionError for a refusal."""
        stamp = str(int(time.time()))
        digest = hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        began = time.perf_counter()
        status = await to.post(self.url, headers, body)
        assert status == 200, status
        return time.perf_counter() - began

    async def pressed(self, to: Wires) -> float:
        number = next(_numbers)
        payload = self.press(number) | {"trigger_id": f"{number}.1.x"}
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self.post(to, body, "application/x-www-form-urlencoded")

    async def said(self, to: Wires) -> float:
        """Send an event that leaves nothing: a channel has another topic."""
        number = next(_numbers)
        event = {"type": "message", "subtype": "channel_topic", "channel": "C1", "user": "U1", "ts": f"{number}.1"}
        grants = [{"enterprise_id": None, "team_id": "T", "user_id": "U", "is_bot": True}]
        envelope = {"type": "event_callback", "team_id": "T", "event_id": f"Ev{number}", "event": event}
        return await self.post(to, json.dumps(envelope | {"authorizations": grants}).encode(), "application/json")


def press_of(links: list[Link], user: str, user_team: str, team: str) -> Callable[[int], dict[str, object]]:
    message = card_of(links[0])

    def press(number: int) -> dict[str, object]:
        link = links[number % len(links)]
        value = "-location" if number // len(links) % 2 else "location"
        said = {"link": link.id, "do": "tick", "step": link.step.value, "rev": link.revision, "value": value}
        return {
            "type": "block_actions",
            "user": {"id": user, "team_id": user_team},
            "team": {"id": team},
            "channel": {"id": link.channel_id},
            "container": {"type": "message", "channel_id": link.channel_id, "message_ts": "1.1"},
            "message": message,
            "actions": [{"type": "button", "action_id": "press.tick.0", "block_id": "b", "value": json.dumps(said)}],
        }

    return press


def card_of(link: Link) -> dict[str, object]:
    """Return the message of a card, which Slack sends back whole with each press of it."""
    drawn = card(Scene(link, RULES, words(), link.touched), len(link.cards) - 1)
    stands = blocks(drawn, Address(link_id=link.id, step=link.step, revision=link.revision))
    return {"type": "message", "ts": "1.1", "thread_ts": "1.0", "text": drawn.text, "blocks": stands}


@asynccontextmanager
async def floor(kind: str, address: str = "", *slack: str) -> AsyncIterator[Server]:
    """Run a bare app; with where a message stands in `slack`, it edits that after each press."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.floors", kind, address, *slack, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    port = (await process.stdout.readline()).decode().rpartition(" ")[2].strip()
    plain: dict[str, object] = {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T"},
        "team": {"id": "T"},
        "channel": {"id": "C1"},
        "message": card_of(a_link(step=Step.PERMISSIONS)),
        "actions": [{"type": "button", "action_id": "press", "block_id": "b", "value": "x" * 90}],
    }
    try:
        url = f"http://127.0.0.1:{port}/slack/events"
        yield Server(url=url, pid=process.pid, secret=SIGNING_SECRET, press=lambda _: plain)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def ours(folder: Path, address: str = "") -> AsyncIterator[Server]:
    """Run the real app, with links at the step at which one ticks, their messages posted."""
    file = folder / "link.db"
    if not address:
        file.write_bytes(migrated_sqlite())
        address = f"sqlite:///{file}"
    async with SlackSandbox() as slack, WorkdaySandbox() as workday:
        ada, core = slack.person("ada").user, slack.person("sam").user
        channel = next(one.id for one in slack.world.channels.values() if one.name == CHANNEL)
        links = await with_messages(slack, address, channel, ada.id, ada.team_id, core.team_id)
        child = Child(folder, slack, workday, {}, DATABASE_URL=address, LOG_LEVEL="error", CLOCK_FILE="")
        await child.start()
        assert child._process  # noqa: SLF001  it measures that process
        try:
            yield Server(
                url=slack.delivery.urls[0],
                pid=child._process.pid,  # noqa: SLF001  it measures that process
                secret=slack.signing_secret,
                press=press_of(links, ada.id, ada.team_id, core.team_id),
                calls=slack.calls,
            )
        finally:
            await child.stop()


async def with_messages(
    slack: SlackSandbox, address: str, channel: str, admin: str, admin_team: str, team: str
) -> list[Link]:
    """Store links whose parent and card stand in Slack."""
    now = datetime.now(UTC)
    model = a_link(step=Step.PERMISSIONS, created=now, touched=now)
    assert model.admin
    owner = replace(model.owner, team_id=team, user_id=slack.person("sam").user.id)
    other = replace(model.admin, user_id=admin, team_id=admin_team)
    links = [
        replace(
            model,
            id=f"load{number}",
            customer=f"Load {number}",
            channel_id=channel,
            team_id=team,
            owner=owner,
            admin=other,
        )
        for number in range(MANY)
    ]
    database = Database(address)
    async with aiohttp.ClientSession() as session:
        for link in links:
            database.run_sync(partial(store.create, link=link, effects=(), wake_at=None, now=now))
            thread: str | None = None
            for slot in (Slot.PARENT.value, card_slot(link)):
                ts = await posted(slack, session, channel, link.customer, thread)
                message = Posted(channel_id=channel, ts=ts, thread_ts=thread)
                database.run_sync(partial(messages.remember, link_id=link.id, slot=slot, message=message))
                thread = thread or ts
    database.close()
    return links


async def posted(
    slack: SlackSandbox, session: aiohttp.ClientSession, channel: str, text: str, thread: str | None = None
) -> str:
    """Post a message as the app and return its ts."""
    asked = {"channel": channel, "text": text, **({"thread_ts": thread} if thread else {})}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.post(f"{slack.api_url}chat.postMessage", json=asked, headers=headers) as answer:
        said = await answer.json()
    assert said["ok"], said
    return str(said["ts"])


@asynccontextmanager
async def courier(address: str) -> AsyncIterator[Server]:
    """Run a bare app that edits a message after each press."""
    async with SlackSandbox() as slack, aiohttp.ClientSession() as session:
        channel = next(one.id for one in slack.world.channels.values() if one.name == CHANNEL)
        ts = await posted(slack, session, channel, "a card")
        async with floor("sqlmodel", address, slack.api_url, slack.bot_token, channel, ts) as server:
            yield replace(server, calls=slack.calls)


async def cpu_of(server: Server, send: Send, number: int) -> float:
    """Return the seconds of CPU of one request, of `number` that go one after another."""
    async with wires() as one:
        await send(one)
        before = server.cpu
        for _ in range(number):
            await send(one)
        return (server.cpu - before) / number


async def cpu_and_after(server: Server, number: int) -> float:
    """Return the seconds of CPU of one press and of what it sets off; the next one comes when Slack has got that."""
    async with wires() as one:
        before = server.cpu
        for _ in range(number):
            seen = len(server.calls or ())
            await server.pressed(one)
            async with asyncio.timeout(10):
                while server.calls is not None and len(server.calls) == seen:  # noqa: ASYNC110  the sandbox tells nobody
                    await asyncio.sleep(LOOK)
        await asyncio.sleep(REST)
        return (server.cpu - before) / number


async def latencies(server: Server, a_second: float, seconds: float) -> list[float]:
    """Press so many times a second, whatever the answers take, and return what they took, the fastest first.

    Waiting for a connection counts.
    """
    async with wires(CONNECTIONS) as kept:
        for _ in range(MANY):
            await server.pressed(kept)
        began, waiting = time.perf_counter(), []
        for number in range(int(a_second * seconds)):
            pause = began + number / a_second - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            waiting.append(asyncio.create_task(server.pressed(kept)))
        return sorted(await asyncio.gather(*waiting))


def p99(found: list[float]) -> float:
    return found[int(len(found) * 0.99)]
