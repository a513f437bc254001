"""The rows of `make bench`: each sets floor and ours going in turn, in one run; asserts nothing about their ratio."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from math import inf
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import insert, text

from bot.config.settings import Settings
from bot.encryption import Sealing
from bot.engine import Engine
from bot.ops.links import plan
from bot.slack.rate_limits import POST, UPDATE, Pacer
from bot.turns import Room, Turns
from flows.diagnosis.findings import conclude
from flows.diagnosis.observations import CheckKind
from flows.link.events import Action, Pressed
from flows.link.state import Link, Status, Step
from flows.tenant.service_url import Endpoint
from flows.workday.check_plan import CheckPlan
from flows.workday.check_run import Workday
from flows.workday.network import MOST_AT_ONCE, Network
from flows.workday.origins import Origins
from sandbox.child import Child
from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox
from storage import audit_log, link_lists, migrate
from storage import links as store
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.link_columns import columns_of
from storage.tables import LinkRow, table_of
from tests.benchmarks import load, profiling
from tests.benchmarks.floors import core_wake, raw_turn, sqlmodel_turn
from tests.benchmarks.page_load import loads
from tests.benchmarks.probing import HOST as PROBED
from tests.benchmarks.probing import ROWS as ASKED
from tests.benchmarks.probing import bare
from tests.benchmarks.ratios import Row
from tests.support.databases import postgres_server
from tests.support.drawn_states import every_state
from tests.support.links import ADA, NOW, RULES, a_link

Rows = AsyncIterator[Row]
THIRD_PARTY = (
    "import aiohttp, slack_bolt.async_app, slack_bolt.adapter.socket_mode.aiohttp, sqlmodel, httpx, pydantic_settings, "
    "cryptography.hazmat.primitives.ciphers.aead, lxml.etree, apscheduler.schedulers.asyncio, prometheus_client, "
    "joserfc.jwe, babel, sqlalchemy.dialects.sqlite"
)
AS_INSTALLED = "import sys; sys.modules['httpx._main'] = None\n"
"""Hides the command line of httpx: what it draws with is installed where the app is developed, and nowhere else."""
WARM = 100
"""Presses before any are counted: what was loaded late is there, and Slack's allowance of edits is used up."""
CARDS = 20
FIRST = 5
"""Presses whose cards are counted, and those before, in which languages and statements are loaded: twice as many and
these are fewer than Slack takes at once."""
MOMENTS = 12
LOOKS = 100_000
SECONDS = 5
AT_ONCE = 0.5
"""Seconds of waiting that nobody notices; less of it is no better."""
LOADS = {25: 2, 50: 2, 100: 3, 200: 2}
"""Presses a second, and how often each is measured."""


async def acks(*, short: bool) -> Rows:
    """Acknowledge an event that leaves nothing, and a press behind its durable turn: CPU of the whole server."""
    number, rounds = (12, 3) if short else (30, 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            load.floor("none") as bare,
            load.floor("sqlmodel", f"sqlite:///{folder / 'orm.db'}") as orm,
            load.floor("raw", f"sqlite:///{folder / 'raw.db'}") as raw,
            load.courier(f"sqlite:///{folder / 'card.db'}") as card,
            load.ours(folder) as ours,
        ):
            async for row in _cards(orm, card, ours):
                yield row
            sends = ((bare, bare.said), (ours, ours.said), (orm, orm.pressed), (raw, raw.pressed), (ours, ours.pressed))
            for server, send in sends:
                await load.cpu_of(server, send, WARM)
            found = [await _quietest(sends, number) for _ in range(rounds)]
            pairs = {(0, 1): ("an event that leaves nothing", "bare Bolt", 1.2)}
            pairs |= {(2, 4): ("a press behind its durable turn", "Bolt and a bare SQLModel turn", 1.1)}
            pairs |= {(3, 4): ("the same press", "Bolt and a bare sqlite3 turn", 2.0)}
            for (floor, mine), (what, of, goal) in pairs.items():
                measured = tuple((one[floor], one[mine]) for one in found)
                yield Row(name=what, floor=of, unit="ms CPU", goal=goal, rounds=measured)
            if short:
                return
            before, more = ours.memory, 10_000
            await load.cpu_of(ours, ours.pressed, 10 * number)
            settled = ours.memory
            await load.cpu_of(ours, ours.pressed, more)
            yield Row(
                name="memory after many presses more",
                floor=f"before {more:,} of them",
                unit="MB",
                goal=1.02,
                rounds=((max(before, settled), ours.memory),),
            )


async def _quietest(sends: Sequence[tuple[load.Server, load.Send]], number: int) -> list[float]:
    """Send a few of each kind in turn, again and again, and return the least milliseconds of CPU that one has taken.

    Whatever else runs on the machine disturbs some of these moments, and seldom all of one kind.
    """
    least = [inf] * len(sends)
    for _ in range(MOMENTS):
        for which, (server, send) in enumerate(sends):
            least[which] = min(least[which], 1000 * await load.cpu_of(server, send, number))
    return least


async def _cards(orm: load.Server, card: load.Server, ours: load.Server) -> Rows:
    """Press all, each time when the card of the press before has come: under load nobody sleeps, caches are warm."""
    for server in (orm, card, ours):
        await load.cpu_and_after(server, FIRST)
    found = [[1000 * await load.cpu_and_after(one, CARDS) for one in (orm, card, ours)] for _ in range(2)]
    of, name = "Bolt and a bare SQLModel turn", "a press with its card in Slack"
    without, whole = (tuple((one[which], one[2]) for one in found) for which in (0, 1))
    yield Row(name=name, floor=f"{of}, without", unit="ms CPU", goal=1.9, rounds=without)
    yield Row(
        name=f"{name}, all of it",
        floor=f"{of}, claim, Slack's client and record",
        unit="ms CPU",
        goal=1.1,
        rounds=whole,
    )


async def sqlite_load(*, short: bool) -> Rows:
    """Press ever more often against the real `serve`; too long, and too easily disturbed, for the short form."""
    with tempfile.TemporaryDirectory() as name:
        async for row in _pressed(Path(name), "SQLite", f"sqlite:///{name}/orm.db", "", {} if short else LOADS):
            yield row


async def postgresql_load(*, short: bool) -> Rows:
    """Do the same on a PostgreSQL that writes all through to the disk."""
    if short:
        return
    with tempfile.TemporaryDirectory() as name, postgres_server(is_durable=True) as create:
        mine = create()
        migrate.upgrade(mine)
        async for row in _pressed(Path(name), "PostgreSQL", _driven(create()), mine, {100: 2}):
            yield row


async def burst(*, short: bool) -> Rows:
    """Press far more often than can be taken."""
    with tempfile.TemporaryDirectory() as name:
        async for row in _pressed(Path(name), "SQLite", f"sqlite:///{name}/orm.db", "", {} if short else {500: 1}):
            yield row


async def _pressed(folder: Path, kind: str, bare: str, address: str, loads: dict[int, int]) -> Rows:
    if not loads:
        return
    async with load.floor("sqlmodel", bare) as floor, load.ours(folder, address) as ours:
        for number, rounds in loads.items():
            found = [await _p99s((floor, ours), number, SECONDS) for _ in range(rounds)]
            yield Row(
                name=f"99 of 100 presses, {number} a second, {kind}",
                floor="Bolt and a bare SQLModel turn",
                unit="ms",
                goal=2.4 if kind == "SQLite" else 3.1,
                rounds=tuple(found),
                is_compared=False,
                plot="benchmarks-load.svg" if kind == "SQLite" else "",
                point=number,
            )


async def _p99s(servers: tuple[load.Server, load.Server], a_second: float, seconds: float) -> tuple[float, float]:
    floor, ours = [1000 * load.p99(await load.latencies(server, a_second, seconds)) for server in servers]
    return floor, ours


def _driven(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://")


async def turns(*, short: bool) -> Rows:
    """Take turns through storage, each durable, and count what a press asks of the database."""
    number, rounds = (100, 2) if short else (200, 4)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        places = {"SQLite": [f"sqlite:///{name}/{one}.db" for one in "abc"]}
        if not short:
            create = stack.enter_context(postgres_server(is_durable=True))
            places["PostgreSQL"] = [create() for _ in range(3)]
        for kind, (mine, orm, raw) in places.items():
            with closing(Database(mine)) as database:
                migrate.upgrade(database)
                work = [sqlmodel_turn(_driven(orm)), raw_turn(raw), _turn(database)]
                found = [[_rate(one, number) for one in work] for _ in range(rounds)]
            for floor, of, goal in ((0, "bare SQLModel", 1 / 1.2), (1, "the bare driver", 2.5)):
                measured = tuple((one[floor], one[2]) for one in found)
                yield Row(
                    name=f"a turn, {kind}, against {of}",
                    floor=of,
                    unit="a second",
                    goal=goal,
                    rounds=measured,
                    is_rate=True,
                    # How much a bare driver is ahead is up to the disk that all of them wait for.
                    is_compared=of != "the bare driver",
                )
    counts = await profiling.measured(profiling.presses, None, None)
    times = len(profiling.WALK)
    bound = ((6.0, counts.transactions / times),)
    yield Row(name="transactions of a press with its three messages", floor="six", unit="", goal=1, rounds=bound)
    bound = ((19.0, counts.statements.total() / times),)
    yield Row(name="SQL statements of a press with its three messages", floor="nineteen", unit="", goal=1, rounds=bound)


def _turn(database: Database) -> Callable[[], object]:
    link, turns = a_link(id="bench", step=Step.PERMISSIONS), Turns(RULES)
    database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=NOW))
    values = cycle(("location", "-location"))

    def turn() -> None:
        press = Pressed(actor=ADA, action=Action.TICK, step=Step.PERMISSIONS, revision=1, value=next(values))
        decision = database.run_sync(lambda session: turns.turn(session, link.id, press, NOW))
        assert decision
        assert not decision.refusal

    return turn


def _rate(work: Callable[[], object], number: int) -> float:
    began = time.perf_counter()
    for _ in range(number):
        work()
    return number / (time.perf_counter() - began)


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


async def waking(*, short: bool) -> Rows:
    """Wake due links among ever more that are not due, in batches, as `serve` does."""
    number, sizes = (1_000, (5_000,)) if short else (2_000, (5_000, 50_000, 200_000, 1_000_000))
    with tempfile.TemporaryDirectory() as name, closing(Database(f"sqlite:///{name}/ours.db")) as database:
        migrate.upgrade(database)
        stored = 0
        for size in sizes:
            _idle(database, stored, size)
            stored = size
            _due(database, number, f"{size}")
            wake, began = core_wake(f"sqlite:///{name}/core{size}.db", number, 200), time.process_time()
            wake()
            floor = time.process_time() - began
            took = await _woken(database, number)
            yield Row(
                name=f"waking a due link, {size:,} others not due",
                floor="Core",
                unit="ms CPU",
                goal=5,
                rounds=((1000 * floor / number, 1000 * took / number),),
                plot="benchmarks-waking.svg",
                point=size,
            )
            yield Row(
                name=f"quiet looks decided a second, {size:,} others not due",
                floor="300 a second",
                unit="a second",
                goal=1,
                rounds=((300, number / took),),
                is_rate=True,
            )


async def _woken(database: Database, number: int) -> float:
    sealing = Sealing(database, KeyRing.parse(new_key("k1")), lambda: NOW)
    audit_log.use_key(database, bytes(32))
    engine = Engine(database=database, sealing=sealing, rules=RULES, clock=lambda: NOW)
    room, began = Room(links=200, messages=number, checks=number), time.process_time()
    left = number
    while left:
        left -= room.links - (await engine.wake_due(room)).links
    return time.process_time() - began


def _idle(database: Database, first: int, last: int) -> None:
    rows = text(
        "INSERT INTO linkrow (id, team_id, channel_id, status, wake_at, created_at, updated_at, version, document, "  # noqa: S608  numbers
        "profile, erase) WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
        f"SELECT 'idle' || i, 'T', 'C' || i, 'linked', '2027-06-01 00:00:00.000000', :now, :now, 1, '{'x' * 300}', "
        "'recruiting', 0 FROM n"
    )
    values = {"first": first, "last": last - 1, "now": "2026-11-01 00:00:00.000000"}
    database.run_sync(lambda session: session.connection().execute(rows, values))


def _due(database: Database, number: int, name: str) -> None:
    looked = NOW - timedelta(days=2)
    model = next(one for one in every_state() if one.status is Status.LINKED and not one.issue and not one.blocked)
    model = replace(model, created=looked, touched=looked, linked=looked, asked_at=looked, nudged={}, nudge=None)
    rows = [
        {"id": f"due{name}-{one}", "created_at": looked, "version": 1, **columns_of(link, NOW, looked)}
        for one in range(number)
        for link in (replace(model, id=f"due{name}-{one}", customer=f"Due {name} {one}"),)
    ]
    database.run_sync(lambda session: session.connection().execute(insert(table_of(LinkRow)), rows))


async def patience(*, short: bool) -> Rows:  # noqa: ARG001  it waits by a clock of its own
    """Pace what is sent, by a clock that is set on: the seconds until the last one may go."""
    now = NOW
    pacer = Pacer(lambda: now)
    waiting = [(f"m{number}", f"C{number % 60}") for number in range(600)]
    for who, channel in waiting:
        pacer.turn(who, channel)
    pacer.attend("C-person")
    took = pacer.turn("card", "C-person", POST)
    yield Row(
        name="a person's card behind 600 waiting messages",
        floor="2 s",
        unit="s",
        goal=1,
        rounds=((2, max(took, AT_ONCE)),),
    )
    pacer, began = Pacer(lambda: now), now
    left = {f"u{number}": 0.0 for number in range(150)}
    while left:
        left = {who: wait for who in left if (wait := pacer.turn(who, "C1", UPDATE))}
        now += timedelta(seconds=min(left.values(), default=0))
    seconds = (now - began).total_seconds()
    yield Row(
        name="150 edits at Slack's 50 a minute", floor="Slack's limit", unit="s", goal=1.05, rounds=((120, seconds),)
    )


async def starts(*, short: bool) -> Rows:
    """Start `serve`, on a database without links and on one with a hundred thousand."""
    rounds = 2
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as name:
        folder, found = Path(name), []
        (folder / "sitecustomize.py").write_text(AS_INSTALLED, "utf-8")
        environment["PYTHONPATH"] = name
        places = [_database(folder / "few", 0), *([] if short else [_database(folder / "many", LOOKS)])]
        async with SlackSandbox() as slack, WorkdaySandbox() as workday:
            for number in range(rounds + 1):
                third = _took(
                    lambda: subprocess.run((sys.executable, "-c", THIRD_PARTY), check=True, env=environment)  # noqa: S603  our own words
                )
                figures = [third]
                for place in places:
                    async with _started(place, slack, workday) as (seconds, memory):
                        figures += (seconds, memory)
                if number:  # the first one may have to compile
                    found.append(figures)
    of = "importing the libraries"
    yield Row(
        name="a start until it listens", floor=of, unit="s", goal=1.5, rounds=tuple((one[0], one[1]) for one in found)
    )
    yield Row(
        name="memory after a start", floor="120 MB", unit="MB", goal=1, rounds=tuple((120, one[2]) for one in found)
    )
    if not short:
        measured = tuple((one[1], one[3]) for one in found)
        yield Row(name="a start with 100,000 links", floor="a start with none", unit="s", goal=1.5, rounds=measured)
        measured = tuple((140, one[4]) for one in found)
        yield Row(name="memory after a start with 100,000 links", floor="140 MB", unit="MB", goal=1, rounds=measured)


def _database(folder: Path, number: int) -> Path:
    folder.mkdir()
    with closing(Database(f"sqlite:///{folder / 'link.db'}")) as database:
        migrate.upgrade(database)
        for first in range(0, number, 10_000):
            rows = [_stored(link) for link in _crowd(first, min(first + 10_000, number))]
            database.run_sync(lambda session, rows=rows: session.connection().execute(insert(table_of(LinkRow)), rows))  # type: ignore[misc]
    return folder


def _crowd(first: int, last: int) -> Iterator[Link]:
    """Make links of all kinds, nearly all of them finished and well."""
    finished = [one for one in every_state() if one.status is Status.LINKED and not one.issue and not one.blocked]
    walking = [one for one in every_state() if one.status is Status.ACTIVE and not one.blocked]
    for number in range(first, last):
        kinds = finished if number % 50 else walking
        link = kinds[number // 50 % len(kinds)] if kinds is walking else kinds[number % len(kinds)]
        yield replace(link, id=f"many{number}", customer=f"Many {number}", channel_id=f"C{number}")


def _stored(link: Link) -> dict[str, object]:
    later = datetime.now(UTC) + timedelta(days=1)
    return {"id": link.id, "created_at": NOW, "version": 1, **columns_of(link, later, NOW)}


@asynccontextmanager
async def _started(folder: Path, slack: SlackSandbox, workday: WorkdaySandbox) -> AsyncIterator[tuple[float, float]]:
    child = Child(folder, slack, workday, {}, CREDENTIAL_KEYS=_KEY, LOG_LEVEL="error", PYTHONPATH=str(folder.parent))
    began = time.perf_counter()
    await child.start()
    seconds = time.perf_counter() - began
    await asyncio.sleep(0.5)
    assert child._process  # noqa: SLF001  it measures that process
    server = load.Server(url="", pid=child._process.pid, secret="", press=lambda _: {})  # noqa: SLF001
    try:
        yield seconds, server.memory
    finally:
        await child.stop()


_KEY = new_key("k1")


async def plans(*, short: bool) -> Rows:
    """Plan thirty days as `workday-link plan` does, against reading the links; nearly all of them are finished."""
    number, rounds = (300, 3) if short else (3_000, 3)
    slack = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "0123456789abcdef" * 2}
    settings = Settings.model_validate(slack | {"credential_keys": _KEY})
    with tempfile.TemporaryDirectory() as name:
        folder = _database(Path(name) / "plan", number)
        with closing(Database(f"sqlite:///{folder / 'link.db'}")) as database:
            until, found = (NOW + timedelta(days=30)).date(), []
            for _ in range(rounds):
                began = time.process_time()
                database.run_sync(link_lists.everywhere)
                read, began = time.process_time() - began, time.process_time()
                assert len(await plan(database, settings, NOW, until)) > number
                found.append((1000 * read / number, 1000 * (time.process_time() - began) / number))
    yield Row(
        name="`plan` for 30 days, a link with three reminders",
        floor="reading it",
        unit="ms CPU",
        goal=4,
        rounds=tuple(found),
    )


async def probes(*, short: bool) -> Rows:
    """Ask tenants that take a tenth of a second for each answer: one of them, and many at once."""
    async with WorkdaySandbox() as workday:
        workday.delay = 0.1
        network = Network(Origins.parse(f"{PROBED}={workday.origin}"))
        client, found = Workday(network, pace=0), []
        plan = _set_up(workday, "acme")
        for _ in range(1 if short else 3):
            floor, began = await bare(workday.origin, plan), time.perf_counter()
            assert conclude((await client.run(plan)).report, ASKED).ok
            found.append((floor, time.perf_counter() - began))
        yield Row(name="a check of one tenant", floor="the bare requests", unit="s", goal=1.1, rounds=tuple(found))
        if not short:
            workday.delay = 1.0
            plans = [_set_up(workday, f"tenant{number}") for number in range(3 * MOST_AT_ONCE)]
            asked, began = len(workday.requests), time.perf_counter()
            outcomes = await asyncio.gather(*(client.run(one) for one in plans))
            took = time.perf_counter() - began
            assert all(conclude(one.report, ASKED).ok for one in outcomes)
            floor = (len(workday.requests) - asked) * workday.delay / MOST_AT_ONCE
            yield Row(
                name=f"checks of {len(plans)} tenants at once, a second for each answer",
                floor=f"the answers, {MOST_AT_ONCE} at a time",
                unit="s",
                goal=1.1,
                rounds=((floor, took),),
            )
        await network.aclose()


def _set_up(workday: WorkdaySandbox, name: str) -> CheckPlan:
    """Make a tenant in which all is granted, and the plan of its check."""
    tenant = workday.tenant(name)
    tenant.create_integration_system_user("ISU_Link", "secret")
    tenant.create_security_group("Link")
    tenant.assign_integration_system_users("Link", ["ISU_Link"])
    tenant.maintain_permissions("Link", {row.policy: row.access.value for row in ASKED})
    tenant.activate_pending_security_policy_changes("for the link")
    tenant.throttle(soap=1_000_000)
    return CheckPlan(
        kind=CheckKind.PERMISSIONS,
        endpoints=(Endpoint(host=PROBED, tenant=name),),
        user="ISU_Link",
        password=SecretStr("secret"),
        rows=ASKED,
    )


ALL = (acks, turns, patience, waking, starts, plans, probes, loads, sqlite_load, postgresql_load, burst)
