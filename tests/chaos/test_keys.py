"""Keys on a bad day, in figures: turned while everybody works, and one lost for good.

`make chaos` runs it beside the kills. The second process is the command itself, as an operator would run it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bot.slack.rate_limits import Budget, Pacer
from flows.link.effects import Show
from flows.link.setup import Account
from flows.link.state import Link, Status, Step
from flows.tenant.endpoint import Endpoint
from flows.transitions.moves import card_slot
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import Tenant, WorkdaySandbox
from storage import links as store
from storage import migrate
from storage.credentials import store as credentials
from storage.credentials.audit_key import arm
from storage.credentials.fingerprints import Marks
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.survey import survey
from storage.database.transactions import Database
from tests.support.backdrop import HOST, ISU, Clock
from tests.support.links import a_link
from tests.support.stage import Stage

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
OLD, NEW = new_key("k1"), new_key("k2")
CUSTOMERS = 20
"""Links whose admins keep pressing; one in five is finished, and looked at with all of its permissions."""

SEALED = max(1000, round(10_000 * SCALE))
"""Secrets of links that nobody presses; they make the rotation last."""

PER_SECOND = 20
PRESSES = max(60, round(400 * SCALE))
NOW = datetime.now(UTC)
"""The command beside the app has no other clock."""


FAST = Budget(1000, 1000)


def stored(session: Session, ring: KeyRing, name: str, step: Step = Step.LINKED) -> Link:
    """Store a link with a sealed password, in a channel and with a tenant of its own."""
    sealed = credentials.seal(ring, link_id=name, field="password", secret=SecretStr(f"{name}-1"))
    link = a_link(
        id=name,
        team_id="T0WINTRO",
        channel_id=f"C0{name.upper()}",
        customer=name.title(),
        step=step,
        status=Status.LINKED if step is Step.LINKED else Status.ACTIVE,
        created=NOW,
        touched=NOW,
        linked=NOW if step is Step.LINKED else None,
        account=Account(user_name=ISU, secret=sealed.ref, proved=True),
        endpoint=Endpoint(host=HOST, tenant=f"{name}_dpt1"),
    )
    shown = (Show(slot="parent"), Show(slot=card_slot(link)))
    store.create(session, link, shown[: 1 + (step is not Step.LINKED)], wake_at=None, now=NOW)
    credentials.keep(session, sealed, NOW)
    return link


def prepare_idle(database: Database, ring: KeyRing) -> int:
    """Seal what nobody presses: keys of the app's own, and many secrets of one link."""
    link = database.run_sync(partial(stored, ring=ring, name="idle"))
    arm(database, ring, NOW)
    Marks.load(database, ring, NOW)

    def fill(session: Session) -> None:
        for number in range(SEALED):
            secret = SecretStr(f"idle-{number}")
            one = credentials.seal(ring, link_id=link.id, field="password", secret=secret)
            credentials.keep(session, one, NOW)

    database.run_sync(fill)
    return SEALED + 3


def tenant_of(stage: Stage, link: Link) -> Tenant:
    assert link.setup.endpoint
    return stage.workday.tenant(link.setup.endpoint.tenant)


def prepare(stage: Stage, wanted: Iterable[tuple[KeyRing, Step]]) -> list[Link]:
    """Make a database with links at some step, each sealed by its ring, and their channels and tenants."""
    url = f"sqlite:///{stage.folder / 'link.db'}"
    migrate.upgrade(url)
    with closing(Database(url)) as database:
        links = [
            database.run_sync(partial(stored, ring=ring, name=f"n{number}", step=step))
            for number, (ring, step) in enumerate(wanted)
        ]
    for link in links:
        channel = replace(stage.slack.world.channel("C0ACME"), id=link.channel_id, name=link.id)
        channel.messages, channel.replies = {}, {}
        stage.slack.world.channels[channel.id] = channel
        tenant = tenant_of(stage, link)
        tenant.create_integration_system_user(ISU, password=f"{link.id}-1", require_new_password=False)
    return links


@asynccontextmanager
async def serving(stage: Stage, links: list[Link], *keys: str) -> AsyncIterator[None]:
    await stage.start(credential_keys=SecretStr(",".join(keys)))
    for link in links:
        stage.grant(tenant_of(stage, link))
        tenant_of(stage, link).activate_pending_security_policy_changes("Let it in")
    try:
        yield
    finally:
        await stage.stop()


async def run(stage: Stage, verb: str, *words: str, keys: str) -> tuple[int, str]:
    """Run one verb of the command in a process of its own."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SLACK_BOT_TOKEN": stage.slack.bot_token,
        "SLACK_SIGNING_SECRET": stage.slack.signing_secret,
        "SLACK_API_URL": stage.slack.api_url,
        "DATABASE_URL": f"sqlite:///{stage.folder / 'link.db'}",
        "CREDENTIAL_KEYS": keys,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", verb, *words),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=Path(__file__).parents[2],
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        built = Stage(slack, workday, clock, tmp_path)
        # What is counted is errors: how long anything takes on a busy machine is measured elsewhere.
        built.deadline = slack.ack_seconds = 120.0
        built.pacer = partial(Pacer, channel=FAST, workspace=FAST, updates=FAST)
        yield built


@dataclass
class Pressing:
    """Admins who never stop: they go to and fro, look at a finished link again, or change its password."""

    stage: Stage
    presses: int = 0
    checks: int = 0
    passwords: int = 0
    next_at: float = 0.0
    modal: asyncio.Lock = field(default_factory=asyncio.Lock)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self, link: Link) -> None:
        turn = 1
        act = self.look if link.step is Step.LINKED else self.to_and_fro
        while not self.is_over.is_set():
            now = time.monotonic()
            self.next_at = max(self.next_at, now) + 1 / PER_SECOND
            await asyncio.sleep(self.next_at - now)
            await act(link, turn)
            self.presses += 1
            turn += 1

    async def to_and_fro(self, link: Link, turn: int) -> None:
        label = "I can do this" if turn % 2 else "Back"
        card = await self.stage.ada.sees(label, timeout=30, channel=link.id)
        await card.press(label, by=self.stage.ada)

    async def look(self, link: Link, turn: int) -> None:
        (parent, *_) = self.stage.said(link.id)
        if turn % 2:
            await parent.press("Check now", by=self.stage.ada)
            self.checks += 1
        else:
            password = f"{link.id}-{turn}"
            tenant_of(self.stage, link).change_password(ISU, password)
            async with self.modal:
                menu = partial(parent.choose, "press.menu", "Enter the new password", by=self.stage.ada)
                await self.opened("New password", menu)
                assert (await self.stage.send(self.stage.ada, "New password", {"New password": password})).closed
            self.passwords += 1
        load = partial(store.load, link_id=link.id)
        async with asyncio.timeout(200):
            # Not with `now`: it holds up the loop, which is the app's, too.
            while (found := await self.stage.app.database.run(load)) and found.attempt.checking:  # noqa: ASYNC110  a database sends no events
                await asyncio.sleep(0.1)

    async def opened(self, title: str, press: Callable[[], Awaitable[None]]) -> None:
        """Have a form opened; on a busy machine Slack finds the app too late now and then."""
        for _ in range(9):
            await press()
            with suppress(AssertionError):
                await self.stage.ada.modal(title, timeout=5)
                return

    def now(self, link: Link) -> Link:
        found = self.stage.app.database.run_sync(lambda session: store.load(session, link.id))
        assert found
        return found


async def test_keys_are_turned_while_everybody_works(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    old, both = KeyRing.parse(OLD), f"{NEW},{OLD}"
    links = prepare(stage, [(old, Step.LINKED), *[(old, Step.WELCOME)] * 4] * (CUSTOMERS // 5))
    with closing(Database(f"sqlite:///{stage.folder / 'link.db'}")) as database:
        idle = prepare_idle(database, old)
        async with serving(stage, links, both):
            await stage.quiet()
            load = Pressing(stage)
            pressing = [asyncio.create_task(load.go_on(link)) for link in links]
            await until(lambda: load.presses >= CUSTOMERS or None, 60, lambda: "nobody presses")
            began, before = time.monotonic(), load.presses
            code, said = await run(stage, "rotate-keys", keys=both)
            seconds = time.monotonic() - began
            during = load.presses - before
            await until(lambda: load.presses >= PRESSES or None, 300, lambda: f"{load.presses} presses")
            load.is_over.set()
            await asyncio.gather(*pressing)
            await stage.quiet()
            after = [load.now(link) for link in links]
        refused = [one for one in stage.slack.delivery.log if one.reply.problem]
        errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
        unread = sum(len(use.closed) for use in survey(database, KeyRing.parse(NEW)))
    print(  # noqa: T201  the figures are what this is for
        f"\n{idle + CUSTOMERS} secrets turned in {seconds:.1f} s by a second process, during {during} presses "
        f"({during / seconds:.0f} a second); {load.presses} presses in all, {load.checks} of them checks, "
        f"{load.passwords} new passwords: "
        f"{len(refused) + len(errors)} errors, {unread} secrets that do not open"
    )
    assert (code, said.splitlines()[-1]) == (0, "k1: needed by 0, may go"), said
    assert during > CUSTOMERS, "it goes on while they press"
    assert not refused
    assert not errors
    assert not unread
    assert {link.setup.account and link.setup.account.proved for link in after} == {True}
    assert {(link.issue, link.attempt.hitch) for link in after} == {(None, None)}
    assert not any(tenant_of(stage, link).logins(ISU).bad for link in links)


async def test_a_lost_key_costs_only_what_it_sealed(stage: Stage) -> None:
    links = prepare(stage, [(KeyRing.parse(key), Step.LINKED) for key in (OLD, NEW)] * (CUSTOMERS // 2))
    lost, kept = links[::2], links[1::2]
    code, said = await run(stage, "recover", "--without", "k1", keys=NEW)
    assert code == 0, said
    async with serving(stage, links, NEW):
        await stage.quiet()
        load = Pressing(stage)
        asked = [link for link in links if load.now(link).step is Step.ISU]
        for link in lost:
            card = await stage.ada.sees("Enter it again", channel=link.id)
            await load.opened("Integration user", partial(card.press, "Enter it again", by=stage.ada))
            fields: dict[str, object] = {"User name": ISU, "Password": f"{link.id}-1"}
            assert (await stage.send(stage.ada, "Integration user", fields)).closed
        await stage.quiet()
        good = [link for link in lost if tenant_of(stage, link).logins(ISU).good]
        untouched = [link for link in kept if load.now(link).secrets == link.secrets]
        unread = sum(len(use.closed) for use in survey(stage.app.database, KeyRing.parse(NEW)))
    print(  # noqa: T201  the figures are what this is for
        f"\nkey lost: {len(asked)} of {len(links)} customers asked anew, {len(good)} back at once, "
        f"{len(untouched)} of {len(kept)} others as they were; {unread} secrets that do not open"
    )
    assert [link.id for link in asked] == [link.id for link in good] == [link.id for link in lost]
    assert untouched == kept
    assert unread == 0
