"""The looks for stray copies: however many messages are in doubt, a few at a time, and all in the end."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.outbox.duplicates import Auditor
from bot.slack.rate_limits import Pacer
from bot.slack.web_api import Speaker
from flows.link.effects import Say
from sandbox.slack import SlackSandbox
from storage import links as store
from storage.database.transactions import Database
from storage.outbox import claims, errands
from storage.outbox.claims import Hands
from tests.support.databases import migrated_sqlite
from tests.support.links import NOW, a_link

MANY, FEW = 30, 5


def doubt(session: Session) -> None:
    """Have many messages sent of which nobody knew for a while whether they were."""
    link = a_link()
    store.create(session, link, (), wake_at=None, now=NOW)
    errands.enqueue(session, link.id, [Say(key=f"say.{number}") for number in range(MANY)], NOW)
    for number in range(1, MANY + 1):
        later, free = NOW + timedelta(minutes=2 * number), dict.fromkeys(Hands, MANY)
        claims.claim(session, now=later - timedelta(minutes=1), lease=timedelta(seconds=60), free=free)
        # Not heard of again, it is claimed once more.
        (errand,) = claims.claim(session, now=later, lease=timedelta(seconds=60), free=free)
        errands.finish(session, errand, now=later, channel_id="C0ACME", ts=f"{later.timestamp():.6f}")


async def test_of_many_messages_in_doubt_few_are_watched_at_once_and_all_come_to_their_end(tmp_path: Path) -> None:
    file = tmp_path / "links.db"
    file.write_bytes(migrated_sqlite())
    async with SlackSandbox() as slack, aiohttp.ClientSession() as session:
        with closing(Database(f"sqlite:///{file}")) as database:
            await database.run(doubt)
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
            speaker = Speaker(client, Pacer(lambda: NOW))

            async def speaker_of(_: str) -> Speaker:
                return speaker

            auditor = partial(Auditor, database, lambda: NOW + timedelta(days=1), speaker_of, most_watched=FEW)
            patient, hasty = auditor(), auditor(closed_after=timedelta())
            for _ in range(3):
                await patient.run()
            assert len(slack.calls) == FEW
            for _ in range(MANY // FEW):
                await hasty.run()
            assert len(slack.calls) == FEW + MANY
            await hasty.run()
            assert len(slack.calls) == FEW + MANY
