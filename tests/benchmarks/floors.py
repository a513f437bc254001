"""The floors: the same work with nothing around it, by bare Bolt, bare SQLModel, Core and the bare driver."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, ClassVar

import psycopg
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Index, MetaData, insert, select, update
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as select_models

from storage.database.address import read_url
from storage.database.engines import new_engine

SIGNING_SECRET = "floor"
DOCUMENT = json.dumps({"number": 0, "text": "x" * 1500})
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)

Turn = Callable[[], object]


class Floor(SQLModel):
    """Gives the tables of the floor a metadata of their own."""

    metadata: ClassVar[MetaData] = MetaData()


class Thing(Floor, table=True):
    """What a link is: one document."""

    __table_args__ = (Index("ix_thing_wake", "wake_at", "id"),)

    id: str = Field(primary_key=True)
    version: int = 0
    wake_at: datetime | None = None
    document: str


class Task(Floor, table=True):
    """What an errand is."""

    id: int | None = Field(default=None, primary_key=True)
    thing: str = Field(index=True)
    payload: str


class Line(Floor, table=True):
    """What a line of the audit is."""

    id: int | None = Field(default=None, primary_key=True)
    thing: str = Field(index=True)
    what: str


def _changed(document: str) -> str:
    found = json.loads(document)
    return json.dumps({**found, "number": found["number"] + 1})


def sqlmodel_turn(address: str) -> Turn:
    """Return one durable turn as SQLModel's own pages would write it: get, change, add two rows, commit."""
    engine = new_engine(read_url(address))
    Floor.metadata.create_all(engine)
    with Session(engine) as session:
        session.merge(Thing(id="one", document=DOCUMENT))
        session.commit()

    def turn() -> None:
        with Session(engine) as session:
            thing = session.get_one(Thing, "one", with_for_update=True)
            thing.document, thing.version = _changed(thing.document), thing.version + 1
            session.add_all([thing, Task(thing="one", payload="{}"), Line(thing="one", what="pressed")])
            session.commit()

    return turn


def raw_turn(address: str) -> Turn:
    """Return the same turn by the driver alone."""
    if address.startswith("postgresql"):
        server = psycopg.connect(address)
        server.execute("CREATE TABLE raw_thing (id text PRIMARY KEY, document text)")
        server.execute("CREATE TABLE raw_task (thing text, payload text)")
        server.execute("INSERT INTO raw_thing VALUES ('one', %s)", (DOCUMENT,))
        server.commit()

        def on_server() -> None:
            found = server.execute("SELECT document FROM raw_thing WHERE id = 'one' FOR UPDATE").fetchone()
            server.execute("UPDATE raw_thing SET document = %s WHERE id = 'one'", (_changed((found or ("",))[0]),))
            server.execute("INSERT INTO raw_task VALUES ('one', '{}')")
            server.execute("INSERT INTO raw_task VALUES ('one', 'pressed')")
            server.commit()

        return on_server
    file = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    file.executescript(
        "pragma journal_mode=wal; pragma synchronous=full;"
        "create table raw_thing(id text primary key, document text); create table raw_task(thing text, payload text);"
    )
    file.execute("insert into raw_thing values ('one', ?)", (DOCUMENT,))

    def turn() -> None:
        file.execute("begin immediate")
        (document,) = file.execute("select document from raw_thing where id = 'one'").fetchone()
        file.execute("update raw_thing set document = ? where id = 'one'", (_changed(document),))
        file.execute("insert into raw_task values ('one', '{}')")
        file.execute("insert into raw_task values ('one', 'pressed')")
        file.execute("commit")

    return turn


def core_wake(address: str, number: int, batch: int) -> Callable[[], None]:
    """Return the waking of many due documents by prebuilt Core: read a batch, write it with an errand and a line."""
    engine = new_engine(read_url(address))
    Floor.metadata.create_all(engine)
    thing, task, line = (Floor.metadata.tables[name] for name in ("thing", "task", "line"))
    due = select(thing.c.id, thing.c.document).where(thing.c.wake_at <= NOW).order_by(thing.c.wake_at, thing.c.id)
    with engine.begin() as connection:
        rows = [{"id": f"due{one}", "version": 0, "wake_at": NOW, "document": DOCUMENT} for one in range(number)]
        connection.execute(insert(thing), rows)

    def wake() -> None:
        while True:
            with engine.begin() as connection:
                found = connection.execute(due.limit(batch)).all()
                if not found:
                    return
                for one in found:
                    changed: dict[str, Any] = {"document": _changed(one.document), "wake_at": None}
                    connection.execute(update(thing).where(thing.c.id == one.id).values(changed))
                connection.execute(insert(task), [{"thing": one.id, "payload": "{}"} for one in found])
                connection.execute(insert(line), [{"thing": one.id, "what": "woke"} for one in found])

    return wake


def bolt(turn: Turn | None, then: Callable[[], Awaitable[object]] | None = None) -> AsyncApp:
    """Make a Bolt app that acknowledges, a press behind a turn; `then` is begun with the acknowledgement."""
    known = AuthorizeResult(enterprise_id=None, team_id="T", bot_user_id="U", bot_id="B", bot_token="xoxb-floor")
    threads = ThreadPoolExecutor(1)
    begun: set[asyncio.Future[object]] = set()

    async def authorize() -> AuthorizeResult:
        return known

    async def heard() -> None:
        return None

    async def pressed(ack: AsyncAck) -> None:
        if turn:
            await asyncio.get_running_loop().run_in_executor(threads, turn)
        await ack()
        if then:
            begun.add(task := asyncio.ensure_future(then()))
            task.add_done_callback(begun.discard)

    app = AsyncApp(authorize=authorize, signing_secret=SIGNING_SECRET, process_before_response=True)
    app.event("message")(heard)
    app.action("press")(pressed)
    return app


def sqlmodel_courier(address: str, slack: str, token: str, channel: str, ts: str) -> Callable[[], Awaitable[object]]:
    """Return what a press sets off, bare: claim a task, edit a message by Slack's own client, record its end."""
    engine, client = new_engine(read_url(address)), AsyncWebClient(token=token, base_url=slack)
    threads = ThreadPoolExecutor(1)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 200}} for _ in range(12)]

    def claim() -> int:
        with Session(engine) as session:
            waiting = select_models(Task).where(col(Task.payload) == "{}").order_by(col(Task.id)).limit(1)
            task = session.exec(waiting).one()
            task.payload = "claimed"
            session.add(task)
            session.commit()
            assert task.id
            return task.id

    def end(number: int) -> None:
        with Session(engine) as session:
            session.get_one(Task, number).payload = "done"
            session.commit()

    async def carry_out() -> None:
        loop = asyncio.get_running_loop()
        number = await loop.run_in_executor(threads, claim)
        await client.chat_update(channel=channel, ts=ts, text="x", blocks=blocks)
        await loop.run_in_executor(threads, end, number)

    return carry_out


async def serve(kind: str, address: str, *slack: str) -> None:
    """Be a bare app until somebody ends it; prints its port."""
    turns = {"none": lambda _: None, "sqlmodel": sqlmodel_turn, "raw": raw_turn}
    then = sqlmodel_courier(address, *slack) if slack else None
    runner = web.AppRunner(bolt(turns[kind](address), then).web_app("/slack/events"))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"listening on port {runner.addresses[0][1]}", flush=True)  # noqa: T201  whoever started it reads this
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
