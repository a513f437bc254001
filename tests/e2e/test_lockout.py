"""The proof that nobody's user is locked by us: a hundred credentials at once, three processes, two logins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from sqlmodel import Session, col, select

from flows.endpoints import Endpoint, Environment
from flows.messages import Form, Show
from flows.state import Link, Person, Step
from sandbox.child import Child
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from storage import migrate, store
from storage.database import Database
from storage.keyring import new_key
from storage.tables import ErrandRow
from tests.e2e.conftest import CHANNEL, EVENTS, HOST, ISU, PASSWORD, TENANT
from tests.e2e.test_leaks import free_port

PROCESSES = 3
LINKS = 20
SUBMISSIONS = 100


@asynccontextmanager
async def replicas(
    folder: Path, slack: SlackSandbox, workday: WorkdaySandbox, url: str, key: str
) -> AsyncIterator[list[int]]:
    """Run several of the app on one database; gives their ports."""
    ports = [free_port() for _ in range(PROCESSES)]
    children: list[Child] = []
    for port in ports:
        (folder / str(port)).mkdir()
        more = {"PORT": str(port), "DATABASE_URL": url, "CREDENTIAL_KEYS": key}
        children.append(Child(folder / str(port), slack, workday, {HOST: TENANT}, **more))
    try:
        await asyncio.gather(*(child.start() for child in children))
        yield ports
        assert await asyncio.gather(*(child.stop() for child in children)) == [0] * PROCESSES
    finally:
        await asyncio.gather(*(child.kill() for child in children))


def waiting_links(database: Database, slack: SlackSandbox) -> list[Link]:
    """Store links of as many customers, all with one tenant and all waiting for its integration user's password."""
    now = datetime.now(UTC)
    channel = next(one for one in slack.world.channels.values() if one.name == CHANNEL)
    sam, ada = (Person(user_id=one.user.id, team_id=one.user.team_id) for one in map(slack.person, ("sam", "ada")))
    made = [
        Link(
            id=f"link{number}",
            team_id=sam.team_id,
            channel_id=channel.id,
            customer=f"Acme {number}",
            profile="recruiting",
            absence=False,
            environment=Environment.IMPLEMENTATION,
            owner=sam,
            admin=ada,
            created=now,
            touched=now,
            step=Step.ISU,
            cards=(Step.ISU,),
            endpoint=Endpoint(host=HOST, tenant=TENANT),
        )
        for number in range(LINKS)
    ]

    def work(session: Session) -> None:
        for link in made:
            store.create(session, link, (Show(slot="parent"), Show(slot="card.0")), wake_at=None, now=now)

    database.run_sync(work)
    return made


async def send(session: aiohttp.ClientSession, slack: SlackSandbox, port: int, link: Link, password: str) -> int:
    """Send the modal with user name and password, as Slack would."""
    said = {"link": link.id, "step": link.step, "rev": link.revision, "form": Form.ISU}
    typed = {"user": ISU, "password": password}
    assert link.admin
    payload = {
        "type": "view_submission",
        "user": {"id": link.admin.user_id, "team_id": link.admin.team_id},
        "team": {"id": link.admin.team_id},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "form.isu",
            "private_metadata": json.dumps(said),
            "app_installed_team_id": link.team_id,
            "state": {"values": {name: {name: {"value": text}} for name, text in typed.items()}},
        },
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = slack.delivery.signed(body, "application/x-www-form-urlencoded")
    async with session.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as answer:
        return answer.status


def under_way(session: Session) -> int:
    checks = (col(ErrandRow.kind) == "RunCheck", col(ErrandRow.settled_at).is_(None))
    return len(session.exec(select(ErrandRow.id).where(*checks)).all())


async def test_a_hundred_at_once_from_three_processes_make_two_logins(
    tmp_path: Path, postgres: Callable[[], str]
) -> None:
    url = postgres()
    migrate.upgrade(url)
    async with SlackSandbox(events=EVENTS) as slack, WorkdaySandbox() as workday:
        tenant = workday.tenant(TENANT)
        tenant.create_integration_system_user(ISU, password=PASSWORD, require_new_password=False)
        with closing(Database(url)) as database:
            links = waiting_links(database, slack)
            async with (
                replicas(tmp_path, slack, workday, url, new_key("k1")) as ports,
                aiohttp.ClientSession() as session,
            ):
                wrong = [f"Wrong-{number}-password" for number in range(SUBMISSIONS)]
                sending = (
                    send(session, slack, ports[number % PROCESSES], links[number % LINKS], password)
                    for number, password in enumerate(wrong)
                )
                assert await asyncio.gather(*sending) == [200] * SUBMISSIONS
                await until(lambda: None if database.run_sync(under_way) else True, 10, lambda: "a check does not end")
                assert (tenant.logins(ISU).bad, tenant.logins(ISU).good) == (2, 0)
                # Not even the right one is tried any more, wherever it is entered.
                assert [await send(session, slack, port, links[number], PASSWORD) for number, port in enumerate(ports)]
                await until(lambda: None if database.run_sync(under_way) else True, 10, lambda: "a check does not end")
                assert (tenant.logins(ISU).bad, tenant.logins(ISU).good) == (2, 0)
            told = [link.cooling_until for link in database.run_sync(store.everywhere)]
            assert sum(until_when is not None for until_when in told) >= LINKS - 2
