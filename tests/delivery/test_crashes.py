"""The process dies or is stopped at every point in turn: no message is lost, none is left doubled.

Courier, deliveries, speaker, auditor, ticker and database are the real ones. Time is that of the event loop and only
moves when everybody waits; Slack is the sandbox's, called without a network. A point is where a process can be caught:
after each transaction, and before and after Slack carries out a call. What else goes wrong is drawn from a seed made of
the way and the point; a case that fails names both, and plays the same way each time.

`make test` catches the process at each point of a calm life in one way, and in the next way at the next; `CRASHES=all`
tries all of them at each. Among the ways are clocks that jump by fifteen leases, and history that lags beyond the first
look of an audit.
"""

from __future__ import annotations

import asyncio
import os
import re
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.drawing import Drawing
from bot.encryption import Sealing
from bot.engine import Engine
from bot.outbox import worker as courier
from bot.outbox.duplicates import Auditor
from bot.outbox.endings import Endings
from bot.outbox.files.sheets import Sheets
from bot.outbox.slack_delivery import Deliveries
from bot.outbox.workday_check import Checker
from bot.outbox.worker import Courier
from bot.papers.sheet_files import SheetMaker
from bot.papers.signatures import PaperKey
from bot.scheduler import Ticker
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import Speaker
from flows.link.effects import LookUp, Say, Show, Slot, TellStaff
from flows.link.state import Link, Step
from flows.transitions.moves import card_slot
from flows.words import Library, load_words
from flows.workday.check_run import Workday
from sandbox.slack.web_api import Args, call
from sandbox.slack.workspace import DEFAULT_EVENTS, DEFAULT_SCOPES, Core, default_world
from storage import links as store
from storage.credentials.keyring import KeyRing, new_key
from storage.database.transactions import Database
from storage.outbox import errands, recovery
from storage.outbox.errands import State
from storage.tables import UNAUDITED, ErrandRow
from tests.support.databases import migrated_sqlite
from tests.support.links import RULES, a_link
from tests.support.news import no_news

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")

START = datetime(2026, 11, 26, 15, tzinfo=UTC)
"""A Thursday, in the working hours of everybody."""

ANSWER, LAG, TICK = 0.6, 0.8, 2.0
LEASE, AUDIT_AFTER, CLOSED_AFTER = timedelta(seconds=2), timedelta(seconds=3), timedelta(seconds=5)
END = 600.0
"""Seconds within which everything must have been sent and audited, whatever happened."""

LEFT = f"SELECT count(*) FROM errandrow WHERE settled_at IS NULL OR {UNAUDITED.text}"  # noqa: S608  our own words

RING = KeyRing.parse(new_key("k1"))
WORDS = load_words()
LINK = replace(a_link(channel_id="C0ACME"), created=START - timedelta(days=3), touched=START - timedelta(days=3))
EFFECTS = (
    Show(slot="parent"),
    LookUp(user_id="U0ADA"),
    Show(slot=card_slot(LINK)),
    Say(key="command.status_none"),
    TellStaff(key="staff.refused", names={"code": "nothing"}),
    Say(key="command.outsider"),
    Show(slot="parent"),
)


class Selector(selectors.SelectSelector):
    """Instead of waiting, moves the clock."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for ever"
        self.elapsed += max(timeout, 0)
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose hours pass in no time."""

    def __init__(self) -> None:
        self.selector = Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.elapsed


def clock() -> datetime:
    return START + timedelta(seconds=asyncio.get_running_loop().time())


def slack_seconds() -> float:
    return clock().timestamp()


def ahead() -> datetime:
    """Run ahead by more than Slack's signatures would allow."""
    return clock() + timedelta(hours=2)


def jumping() -> datetime:
    """Run ahead for a moment, again and again."""
    return clock() + (15 * LEASE if asyncio.get_running_loop().time() % 0.7 < 0.35 else timedelta())


@dataclass
class Answer:
    """What the web client gives, and what its errors hold."""

    data: dict[str, Any]
    status_code: int = 200

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "1"}


def refused(answer: Answer) -> SlackApiError:
    return SlackApiError("", answer)  # type: ignore[no-untyped-call] # the SDK leaves it untyped


class Calm(Random):
    """Dice that make no trouble."""

    def random(self) -> float:
        return 1.0

    def choice(self, seq: SupportsLenAndGetItem[T]) -> T:
        return seq[0]


class Life:
    """One process: passes its points until the one at which it is caught; `go_on` lets a stopped one go on."""

    def __init__(self, caught_at: int = 0) -> None:
        self.passed = 0
        self.where = ""
        self.caught = asyncio.Event()
        self._caught_at = caught_at
        self._caught_in = ""
        self._may_go = asyncio.Event()
        self._may_go.set()

    async def point(self, name: str) -> None:
        self.passed += 1
        if self.passed == self._caught_at or name == self._caught_in:
            self.where, self._caught_in = name, ""
            self._may_go.clear()
            self.caught.set()
        await self._may_go.wait()

    def catch(self, name: str) -> None:
        """Catch it the next time at a point of this name."""
        self._caught_in = name

    def die(self) -> None:
        """Let nothing pass any more, not even what is not caught yet."""
        self._may_go.clear()

    def go_on(self) -> None:
        self._may_go.set()


class Records(Database):
    """The real database, run in place so that the order of things is always the same."""

    def __init__(self, path: Path, life: Life) -> None:
        super().__init__(f"sqlite:///{path}")
        self._life = life

        def hurry(connection: Any, _: object) -> None:  # noqa: ANN401  the driver's
            # No real power cut here, and the disk is what takes the time.
            connection.execute("PRAGMA synchronous = OFF")

        event.listen(self._engine, "connect", hurry)

    async def run(self, work: Callable[[Session], T]) -> T:
        result = self.run_sync(work)
        await self._life.point("after a transaction")
        return result


class Wire:
    """Slack's web client down to its one method; what it asks for is carried out whether or not anybody still waits."""

    def __init__(self, core: Core, life: Life, dice: Random) -> None:
        self._core = core
        self._life = life
        self._dice = dice
        self._under_way: set[asyncio.Task[Answer]] = set()

    async def api_call(self, method: str, **arguments: dict[str, Any]) -> Answer:
        await self._life.point(f"before {method}")
        roll = self._dice.random()
        if roll < 0.04:
            raise refused(Answer({"ok": False, "error": "ratelimited"}, 429))
        if roll < 0.08:
            raise refused(Answer({}, 503))
        late = self._dice.choice((0.02, 0.02, 0.02, 0.3, 1.2))
        asked = Args(arguments.get("json") or arguments.get("params") or {})
        task = asyncio.create_task(self._carry_out(method, asked, late))
        self._under_way.add(task)
        answer = await asyncio.shield(task)
        await self._life.point(f"after {method}")
        if roll < 0.16:
            raise ConnectionResetError
        if not answer.data["ok"]:
            raise refused(answer)
        return answer

    async def _carry_out(self, method: str, arguments: Args, after: float) -> Answer:
        await asyncio.sleep(after)
        found = call(self._core, method, self._core.bot_token, arguments)
        return Answer(found.body, found.status)


class Process:
    """One running copy of the app, without its doors."""

    def __init__(self, path: Path, core: Core, life: Life, dice: Random, clock: Clock = clock) -> None:
        self.life = life
        self.database = Records(path, life)
        records, sealing = self.database, Sealing(self.database, RING, clock)
        engine = Engine(database=records, sealing=sealing, rules=RULES, clock=clock)
        drawing = Drawing(rules=RULES, library=Library(words={"en": WORDS}, default="en"), clock=clock)
        speaker = Speaker(cast("AsyncWebClient", Wire(core, life, dice)), Pacer(clock), timeout=ANSWER)
        deliveries = Deliveries(
            records,
            drawing,
            speaker,
            no_news(clock),
            sheets=Sheets(records, drawing, speaker, SheetMaker(key=PaperKey(bytes(32)))),
            staff_channel="C0STAFF",
            slack_url="https://wintro.slack.com/",
        )
        checker = Checker(engine, records, sealing, RULES, clock, cast("Workday", None))
        self.courier = Courier(Endings(records, engine.turns, clock, lease=LEASE), deliveries, checker)
        engine.on_work = self.courier.kick

        async def speaker_of(_link_id: str) -> Speaker:
            return speaker

        auditor = Auditor(records, clock, speaker_of, after=AUDIT_AFTER, closed_after=CLOSED_AFTER)
        self.ticker = Ticker(records, engine, self.courier, auditor, rules=RULES, clock=clock, seconds=TICK)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.courier.start()
        self._tasks = [asyncio.create_task(self._tick())]

    async def _tick(self) -> None:
        while True:
            await self.ticker.tick()
            await self.ticker.audit()
            await asyncio.sleep(TICK)


async def killed(process: Process, another: Callable[[], Process]) -> None:
    """It dies at once; the next one knows that it is alone."""
    process.life.die()
    await asyncio.sleep(1)
    following = another()
    following.database.run_sync(lambda session: recovery.release(session, clock()))
    following.start()


async def killed_beside(process: Process, another: Callable[[], Process]) -> None:
    """It dies at once beside another, which takes over as soon as a lease has run out by its clock."""
    process.life.die()
    await asyncio.sleep(0.3)
    another().start()


async def stopped(process: Process, another: Callable[[], Process]) -> None:
    """It stands still for longer than its lease, while another takes over; then it goes on as if nothing was."""
    await asyncio.sleep(0.5)
    another().start()
    await asyncio.sleep(LEASE.total_seconds() + 1)
    process.life.go_on()


async def stopped_long(process: Process, another: Callable[[], Process]) -> None:
    """It stands still until the other has even audited what it took over."""
    await asyncio.sleep(0.5)
    another().start()
    await asyncio.sleep((LEASE + AUDIT_AFTER).total_seconds() + 3)
    process.life.go_on()


@dataclass(frozen=True, slots=True)
class Way:
    """What happens to the process that is caught, how far history lags, and by which clock the next one goes."""

    name: str
    happens: Callable[[Process, Callable[[], Process]], Coroutine[None, None, None]]
    lag: float = LAG
    clock: Clock = clock


WAYS = (
    Way("killed", killed),
    Way("killed_and_clocks_jump", killed_beside, lag=2.8, clock=jumping),
    Way("stopped", stopped),
    Way("stopped_and_history_hangs", stopped, lag=4.7),
    Way("stopped_long", stopped_long),
)
LAST_POINT = 400


@dataclass
class Told:
    """What Slack and the database hold in the end, and where the first process was caught."""

    messages: Counter[tuple[str, bool, str]]
    states: Counter[State]
    points: int
    where: str


async def done(database: Database) -> None:
    """Wait until everything was sent and audited."""

    def left(session: Session) -> int:
        return int(session.connection().exec_driver_sql(LEFT).scalar_one())

    async with asyncio.timeout(END):
        await asyncio.sleep(1)
        while database.run_sync(left):  # noqa: ASYNC110  this is the clock that drives them
            await asyncio.sleep(1)


async def play(path: Path, way: Way | None, point: int, seed: str) -> Told:
    dice = Random(seed)  # noqa: S311  makes trouble, keeps no secret
    core = Core(default_world(slack_seconds), DEFAULT_SCOPES, DEFAULT_EVENTS)
    core.history_lag = way.lag if way else 0.0
    life = Life(point)
    process = Process(path, core, life, dice if way else Calm())
    process.database.run_sync(lambda session: store.create(session, LINK, EFFECTS, wake_at=START, now=START))
    process.start()
    if way:
        watch = asyncio.create_task(life.caught.wait())
        await asyncio.wait([watch, asyncio.create_task(done(process.database))], return_when="FIRST_COMPLETED")
        if life.caught.is_set():
            await way.happens(process, lambda: Process(path, core, Life(), dice, way.clock))
        watch.cancel()
    await done(process.database)
    messages = Counter(
        # A notice links to the thread where that stands already: its lane does not wait for the others.
        (channel.id, bool(post.thread_ts), re.sub(r"https://wintro\.slack\.com/archives/\S*", "", post.text))
        for channel in core.world.channels.values()
        for post in channel.messages.values()
        if not post.deleted
    )
    rows = process.database.run_sync(lambda session: session.exec(select(col(ErrandRow.state))).all())
    return Told(messages, Counter(State(state) for state in rows), life.passed, life.where)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing happens in the long ones but the courier looking for work each second."""
    monkeypatch.setattr(courier, "LONGEST_PAUSE", timedelta(seconds=2))


def run(folder: Path, way: Way | None, point: int) -> Told:
    path = folder / f"{way.name if way else 'calm'}-{point}.db"
    path.write_bytes(migrated_sqlite())
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(play(path, way, point, seed=path.name))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return run(tmp_path_factory.mktemp("calm"), None, 0)


def test_when_nothing_happens_everything_is_said_once(calm: Told) -> None:
    assert set(calm.states) == {State.SENT}
    assert calm.messages.total() >= 6, "parent, card, two says, a nudge and a notice"
    assert set(calm.messages.values()) == {1}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_caught_at_every_point_nothing_is_lost_or_left_doubled(tmp_path: Path, calm: Told, way: Way) -> None:
    everywhere = os.environ.get("CRASHES") == "all"
    places: set[str] = set()
    for point in range(1, LAST_POINT) if everywhere else range(1 + WAYS.index(way), calm.points, len(WAYS)):
        told = run(tmp_path, way, point)
        if not told.where:
            break
        places.add(told.where)
        case = f"{way.name} at point {point}, {told.where}"
        assert told.messages == calm.messages, case
        assert set(told.states) == {State.SENT}, case
    else:
        assert not everywhere, "the process never comes to an end"
    assert len(places) > (6 if everywhere else 1), places


@dataclass
class Pair:
    """A process that has posted the first message of a link and is caught with the next one, and another beside it."""

    core: Core
    process: Process
    another: Process

    @classmethod
    async def caught(cls, path: Path, effect: Show | TellStaff, where: str, clock: Clock = clock) -> Pair:
        path.write_bytes(migrated_sqlite())  # noqa: ASYNC240  nobody else runs yet
        core = Core(default_world(slack_seconds), DEFAULT_SCOPES, DEFAULT_EVENTS)
        pair = cls(core, Process(path, core, Life(), Calm(), clock), Process(path, core, Life(), Calm(), clock))
        first, life = Show(slot=Slot.PARENT), pair.process.life
        pair.run(lambda session: store.create(session, LINK, (first,), wake_at=None, now=START))
        pair.process.start()
        await done(pair.another.database)
        pair.run(lambda session: errands.enqueue(session, LINK.id, (effect,), clock()))
        life.catch(where)
        pair.process.courier.kick()
        await life.caught.wait()
        return pair

    def run(self, work: Callable[[Session], object]) -> None:
        self.another.database.run_sync(work)

    async def taken_over(self, link: Link) -> None:
        """Let the link be another, and the other process carry out what the first one was caught with."""
        self.run(lambda session: store.save(session, link, (), wake_at=None, now=clock()))
        self.another.start()
        await asyncio.sleep(LEASE.total_seconds() + 2)

    @property
    def said(self) -> list[str]:
        posts = self.core.world.channel("C0ACME").messages.values()
        return [post.text for post in posts if not post.deleted]


def test_whoever_stood_still_and_edits_last_leaves_no_old_state_on_a_card(tmp_path: Path) -> None:
    async def tell() -> None:
        pair = await Pair.caught(tmp_path / "edit.db", Show(slot=Slot.PARENT), "after a transaction")
        await pair.taken_over(replace(LINK, customer="Globex"))
        assert "Globex" in pair.said[0]
        pair.process.life.go_on()
        await asyncio.sleep(0.5)
        assert "Globex" not in pair.said[0], "what it knew before"
        await done(pair.another.database)
        (parent,) = pair.said
        assert "Globex" in parent

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(tell())


def test_a_card_that_shows_up_when_a_newer_one_stands_below_is_taken_back(tmp_path: Path) -> None:
    async def tell() -> None:
        pair = await Pair.caught(tmp_path / "card.db", Show(slot=card_slot(LINK)), "after chat.postMessage")
        pair.process.life.die()
        assert len(pair.said) == 2
        pair.core.history_lag = 4.7
        await pair.taken_over(replace(LINK, step=Step.SERVICE_URL, cards=(LINK.step, Step.SERVICE_URL)))
        await done(pair.another.database)
        assert len(pair.said) == 1

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(tell())


def test_a_copy_is_found_by_whoever_runs_far_ahead_of_slack(tmp_path: Path) -> None:
    async def tell() -> None:
        notice = TellStaff(key="staff.refused", names={"code": "nothing"})
        pair = await Pair.caught(tmp_path / "ahead.db", notice, "after chat.postMessage", ahead)
        pair.process.life.die()
        await pair.taken_over(LINK)
        await done(pair.another.database)
        assert len([post for post in pair.core.world.channel("C0STAFF").messages.values() if not post.deleted]) == 1

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(tell())
