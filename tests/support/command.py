"""What a run of the command finds: a link that was stored before."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from bot.config.settings import load_settings
from flows.link.setup import Setup
from flows.link.state import Link, Person
from flows.tenant.service_url import Endpoint, Environment
from storage import links as store
from storage.database.transactions import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def store_link(profile: str = "recruiting") -> None:
    link = Link(
        id="abc",
        team_id="T1",
        channel_id="C1",
        customer="Acme",
        setup=Setup(
            profile=profile,
            absence=False,
            environment=Environment.PRODUCTION,
            endpoint=Endpoint(host="wd2-impl-services1.workday.com", tenant="acme"),
        ),
        owner=Person(user_id="U1", team_id="T1"),
        admin=None,
        created=NOW,
        touched=NOW,
    )
    with closing(Database(load_settings().database_url)) as database:
        database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=NOW))
