"""The proof that nobody's user is locked by us: two bad logins, whatever people, addresses and gateways do."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from sqlmodel import Session, col, select

from flows.link.attempt import Hitch
from flows.link.effects import Show
from flows.link.events import Form
from flows.link.setup import Setup
from flows.link.state import Link, Person, Step
from flows.tenant.service_url import Endpoint, Environment
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from storage import link_lists, migrate
from storage import links as store
from storage.credentials.keyring import new_key
from storage.database.transactions import Database
from storage.tables import ErrandRow
from tests.support.backdrop import CHANNEL, HOST, ISU, PASSWORD, TENANT
from tests.support.forked import Child
from tests.support.ports import free_port
from tests.support.stage import Stage, staged

PROCESSES = 3
LINKS = 20
SUBMISSIONS = 100
ALIAS = "impl-services1.wd2.myworkday.com"
"""Another name of what HOST is."""
HERE = Endpoint(host=HOST, tenant=TENANT)


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


def waiting_links(database: Database, slack: SlackSandbox, endpoints: Sequence[Endpoint], now: datetime) -> list[Link]:
    """Store links of as many customers, all waiting for the integration user's password."""
    channel = next(one for one in slack.world.channels.values() if one.name == CHANNEL)
    sam, ada = (Person(user_id=one.user.id, team_id=one.user.team_id) for one in map(slack.person, ("sam", "ada")))
    made = [
        Link(
            id=f"link{number}",
            team_id=sam.team_id,
            channel_id=channel.id,
            customer=f"Acme {number}",
            setup=Setup(profile="recruiting", absence=False, environment=Environment.IMPLEMENTATION, endpoint=endpoint),
            owner=sam,
            admin=ada,
            created=now,
            touched=now,
            step=Step.ISU,
            cards=(Step.ISU,),
        )
        for number, endpoint in enumerate(endpoints)
    ]

    def work(session: Session) -> None:
        for link in made:
            store.create(session, link, (Show(slot="parent"), Show(slot="card.0")), wake_at=None, now=now)

    database.run_sync(work)
    return made


async def send(
    session: aiohttp.ClientSession, slack: SlackSandbox, port: int, link: Link, password: str, user: str = ISU
) -> int:
    """Send the modal with user name and password, as Slack would."""
    said = {"link": link.id, "step": link.step, "rev": link.revision, "form": Form.ISU}
    typed = {"user": user, "password": password}
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
    async with SlackSandbox() as slack, WorkdaySandbox() as workday:
        tenant = workday.tenant(TENANT)
        tenant.create_integration_system_user(ISU, password=PASSWORD, require_new_password=False)
        with closing(Database(url)) as database:
            links = waiting_links(database, slack, [HERE] * LINKS, datetime.now(UTC))
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
            told = [link.cooling_until for link in database.run_sync(link_lists.everywhere)]
            assert sum(until_when is not None for until_when in told) >= LINKS - 2


async def enter_wrong(stage: Stage, tries: Sequence[tuple[Endpoint, str]]) -> list[bool]:
    """Enter a wrong password for fresh links, one after another; tell which of them has to wait."""
    links = waiting_links(stage.app.database, stage.slack, [endpoint for endpoint, _ in tries], stage.clock())
    async with aiohttp.ClientSession() as session:
        for number, (link, (_, user)) in enumerate(zip(links, tries, strict=True)):
            assert await send(session, stage.slack, stage.app.port, link, f"Wrong-{number}-password", user) == 200
            await stage.quiet()
    waits = {link.id: link.attempt.hitch is Hitch.COOLING for link in stage.links()}
    return [waits[link.id] for link in links]


async def test_another_name_of_the_host_gives_no_new_tries(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.stop()
        await stage.start(workday_extra_origins=f"{HOST}={stage.workday.origin} {ALIAS}={stage.workday.origin}")
        tenant = stage.tenant()
        alias, capitals = Endpoint(host=ALIAS, tenant=TENANT), Endpoint(host=HOST, tenant=TENANT.upper())
        waits = await enter_wrong(
            stage, [(HERE, ISU), (HERE, ISU), (alias, ISU), (capitals, ISU), (alias, ISU.upper())]
        )
        assert waits == [False, False, True, True, True]
        assert tenant.logins(ISU).bad == 2
        assert len(stage.workday.requests) == 2


async def test_a_password_changed_in_the_middle_of_a_check_makes_one_bad_login(stage: Stage) -> None:
    tenant, card = await stage.to_activated()
    stage.workday.delay = 0.05
    before = tenant.logins(ISU).good
    await card.press("Activated: check")
    await until(lambda: True if tenant.logins(ISU).good > before + 2 else None, 10, lambda: "no probe comes")
    tenant.change_password(ISU, "another one")
    await stage.quiet()
    assert tenant.logins(ISU).bad == 1
    assert await enter_wrong(stage, [(HERE, ISU)] * 3) == [False, True, True]
    assert tenant.logins(ISU).bad == 2


async def cut(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
    """Send the head of an error and half of its body."""
    response = web.StreamResponse(status=status, headers={"Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport
    request.transport.close()
    return response


async def compress(_: web.Request, status: int, body: bytes) -> web.StreamResponse:
    return web.Response(status=status, headers={"Content-Encoding": "gzip"}, body=gzip.compress(body))


async def replace_by_page(_: web.Request, __: int, ___: bytes) -> web.StreamResponse:
    return web.Response(status=502, text="<html><title>502 Bad Gateway</title></html>", content_type="text/html")


async def halve(_: web.Request, status: int, body: bytes) -> web.StreamResponse:
    return web.Response(status=status, body=body[: len(body) // 2], content_type="text/xml")


async def fault_of_its_own(_: web.Request, __: int, ___: bytes) -> web.StreamResponse:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        "<faultcode>e:Server</faultcode><faultstring>Policy falsified</faultstring></e:Fault></e:Body></e:Envelope>"
    )
    return web.Response(status=500, text=body, content_type="text/xml")


Spoil: TypeAlias = Callable[[web.Request, int, bytes], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def gateway(workday: WorkdaySandbox, spoil: Spoil) -> AsyncIterator[str]:
    """Stand between the app and Workday and spoil whatever is an error; gives the address."""

    async def passed_on(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {"Content-Type": request.headers.get("Content-Type", "text/xml")}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, f"{workday.origin}{request.raw_path}", data=body, headers=headers
            ) as answer,
        ):
            said = await answer.read()
        if answer.status >= 400:
            return await spoil(request, answer.status, said)
        return web.Response(status=answer.status, body=said, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", passed_on)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("spoil", [cut, compress, replace_by_page, halve, fault_of_its_own])
async def test_a_gateway_that_hides_refusals_brings_no_third(tmp_path: Path, spoil: Spoil) -> None:
    async with staged(tmp_path) as stage, gateway(stage.workday, spoil) as origin:
        await stage.stop()
        await stage.start(workday_extra_origins=f"{HOST}={origin}")
        tenant = stage.tenant()
        assert await enter_wrong(stage, [(HERE, ISU)] * 4) == [False, False, True, True]
        assert tenant.logins(ISU).bad == 2


async def test_workday_away_for_maintenance_costs_no_tries(stage: Stage) -> None:
    tenant = stage.tenant()
    tenant.maintenance = True
    assert await enter_wrong(stage, [(HERE, ISU)] * 4) == [False] * 4
    assert (tenant.logins(ISU).bad, tenant.logins(ISU).good) == (0, 0)
