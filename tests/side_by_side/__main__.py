"""`make side-by-side rev=…`: a revision out of git and this tree as two processes on one PostgreSQL.

The older one has links; the newer one is started beside it and migrates; Slack's requests go to each in turn. Links are
begun, walked and finished by both. Then the newer one is taken away, the older one restarted on what it has left, and
at last the newer one goes on alone. Nothing may be lost, doubled, held, dead or answered late.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg

from flows.permissions import load_permissions
from sandbox.child import HERE, Child
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import Tenant, WorkdaySandbox
from storage.database.address import read_url
from tests.support.backdrop import GROUP, HOST, ISU, TENANT, Clock
from tests.support.databases import postgres_server
from tests.support.recording import CUSTOMERS, KEY, begin, invite, press, turn_to
from tests.support.stage import Stage

LEFT = "SELECT count(*) FROM errandrow WHERE settled_at IS NULL"
WAITING = "SELECT * FROM errandrow WHERE settled_at IS NULL"
BADLY = "SELECT kind, state, error FROM errandrow WHERE state IN ('dead', 'held')"
STEPS = "SELECT customer, status, state FROM linkrow ORDER BY created_at"


class Beside:
    """The two releases, with people who do not know which of them answers."""

    def __init__(self, stage: Stage, older: Child, newer: Child, url: str) -> None:
        self.stage, self.older, self.newer = stage, older, newer
        plain = read_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._database = psycopg.connect(plain, autocommit=True)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self._database.execute(query.encode()).fetchall()

    async def quiet(self) -> None:
        await until(lambda: self.rows(LEFT) == [(0,)] or None, 60, lambda: str(self.rows(WAITING)))

    async def both(self) -> None:
        """Start the newer one beside the older one."""
        await self.newer.start()
        self.stage.slack.deliver_to(self.older.url, self.newer.url)

    async def later(self, **duration: float) -> None:
        self.stage.clock.offset += timedelta(**duration)
        for child in (self.older, self.newer):
            child.pass_time(timedelta(**duration))
        await asyncio.sleep(2)
        await self.quiet()

    def grant(self, tenant: Tenant) -> None:
        """Do in Workday what the card asks."""
        tenant.create_security_group(GROUP, kind="Integration System Security Group (Unconstrained)")
        tenant.assign_integration_system_users(GROUP, [ISU])
        wanted: dict[str, list[str]] = {}
        for row in load_permissions().rows("recruiting", absence=False):
            wanted.setdefault(row.policy, []).append(row.access.value)
        tenant.maintain_permissions(GROUP, wanted)
        tenant.activate_pending_security_policy_changes("Let it in")


async def play(beside: Beside) -> None:
    """Live through an upgrade, a way back and the way forward."""
    stage = beside.stage
    tenant, ada, acme = stage.tenant(), stage.ada, stage.channel
    invite(stage)
    await beside.older.start()
    await stage.to_isu()
    await begin(stage, "Globex")
    await beside.quiet()

    await beside.both()
    stage.ada, stage.channel = ada, acme
    await stage.enter()
    await (await stage.ada.sees("I've exempted it", timeout=20)).press("I've exempted it")
    await (await stage.ada.sees("Group created", timeout=10)).press("Group created")
    await (await stage.ada.sees("All saved: next", timeout=10)).press("All saved")
    beside.grant(tenant)
    await (await stage.ada.sees("Activated", timeout=10)).press("Activated")
    await stage.ada.sees("Workday is linked", timeout=30)
    await (await begin(stage, "Nimbus")).press("I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)
    for word in ("status", "list", "help", "status"):
        assert await stage.sam.command("/link-workday", word, channel=stage.channel)
    for customer in ("Nimbus", "Globex"):
        turn_to(stage, customer)
        for text in ("help", "how long does it take?"):
            await stage.ada.says(text, thread=stage.said(stage.channel)[0])
    for _ in range(8):
        await beside.later(hours=6)

    await beside.newer.end_well()
    await beside.older.end_well()
    await beside.older.start()
    await (await begin(stage, "Orbit")).press("I can do this")
    await press(stage, "Globex", "I can do this")
    await stage.ada.sees("Paste the URL", timeout=10)
    await beside.later(hours=6)

    await beside.both()
    await beside.older.end_well()
    stage.slack.deliver_to(beside.newer.url)
    for customer in CUSTOMERS:
        await press(stage, customer, "Paste the URL")
    await beside.later(days=1)
    await beside.newer.end_well()


def judged(beside: Beside) -> list[str]:
    """Name what is not as it must be."""
    stage = beside.stage
    wrong = [f"doubled: errand {one}" for one in stage.doubled()]
    wrong += [f"badly ended: {row}" for row in beside.rows(BADLY)]
    wrong += [f"late: {one.kind} {one.reply.problem}" for one in stage.slack.delivery.log if one.reply.problem]
    for child, name in ((beside.older, "older"), (beside.newer, "newer")):
        lines = child.log.read_text("utf-8", errors="replace").splitlines()
        wrong += [f"{name}: {line}" for line in lines if "error" in line.casefold().split()[:3]]
    return wrong


async def run(rev: str, folder: Path, url: str) -> int:
    """Play it; 1 when something is wrong."""
    tree = folder / "older"
    tree.mkdir()
    archive = subprocess.run(["git", "archive", rev], cwd=HERE, check=True, capture_output=True)  # noqa: S603, S607, ASYNC221
    subprocess.run(["tar", "-x", "-C", tree], input=archive.stdout, check=True)  # noqa: S603, S607, ASYNC221
    clock = Clock()
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        more = {"DATABASE_URL": url, "CREDENTIAL_KEYS": KEY}
        for name in ("one", "two"):
            (folder / name).mkdir()
        older = Child(folder / "one", slack, workday, {HOST: TENANT}, **more)
        newer = Child(folder / "two", slack, workday, {HOST: TENANT}, **more)
        older.root = tree
        stage = Stage(slack, workday, clock, folder)
        beside = Beside(stage, older, newer, url)
        try:
            await play(beside)
        except BaseException:
            print(*(child.end_of_log() for child in (older, newer)), sep="\n---\n")  # noqa: T201
            raise
        finally:
            for child in (older, newer):
                await child.kill()
        wrong = judged(beside)
        answered = Counter(one.kind for one in slack.delivery.log)
        print(f"{rev} and this tree: {dict(answered)} requests, {len(slack.calls)} calls, {beside.rows(STEPS)}")  # noqa: T201
        print(*(f"WRONG  {one}" for one in wrong), sep="\n")  # noqa: T201
    return 1 if wrong else 0


def main(rev: str) -> int:
    """Make a folder and a server for it."""
    new: Callable[[], str]
    with tempfile.TemporaryDirectory(prefix="beside-") as folder, postgres_server() as new:
        return asyncio.run(run(rev, Path(folder), new()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
