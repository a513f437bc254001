"""A copy is put back in the middle of a link, or moved to PostgreSQL: it goes on, and no message is lost or doubled."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from bot.ops import backups
from sandbox.slack import Message
from sandbox.slack.waiting import until
from sandbox.workday import Tenant
from storage.credentials.keyring import new_key
from tests.support.backdrop import ISU, KEY
from tests.support.databases import postgres_programs
from tests.support.stage import Stage, staged

ROOT = Path(__file__).parents[2]


async def test_a_link_goes_on_from_a_copy(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        tenant, said = stage.tenant(), list[str]()
        copy, live = tmp_path / "copy.db", tmp_path / "link.db"
        await stage.to_service_url()
        await stage.quiet()
        # What waits while the copy is taken is sent right after it: the copy knows nothing of that.
        stage.slack.faults.next("chat.postMessage", rate_limited=2)
        await stage.ada.says("help", thread=stage.said()[0])
        await until(lambda: stage.slack.faults.happened or None, 5, lambda: "no post was tried")
        settings = stage.settings(**stage.more)
        assert backups.backup(settings, copy, said.append) == 0
        assert said[0].startswith(f"{copy}: whole. Links: 1")
        assert said[1] == "It opens with the keys k1; keep those apart from it."
        assert (await stage.paste()).closed
        lost = await stage.ada.sees("Enter user name and password", timeout=10)
        await stage.quiet()

        await stage.stop()
        live.write_bytes(b"lost" * 5000)
        now = stage.clock()
        assert backups.restore(settings, copy, now, said.append, replace=False) == 1
        other = settings.model_copy(update={"credential_keys": SecretStr(new_key("other"))})
        assert backups.restore(other, copy, now, said.append, replace=True) == 1
        assert live.read_bytes() == b"lost" * 5000, "nothing was changed"
        assert backups.restore(settings, copy, now, said.append, replace=True) == 0
        assert [path.read_bytes()[:4] for path in tmp_path.glob("link.db.before-*")] == [b"lost"]  # noqa: ASYNC240

        await stage.start()
        await goes_on(stage, tenant, lost)


async def goes_on(stage: Stage, tenant: Tenant, lost: Message) -> None:
    """Walk on from the copy: nothing is said twice, and nobody signs on by themselves."""
    await stage.quiet()
    assert not stage.doubled(), "what was sent after the copy is read back, and not sent again"
    newest = stage.slack.thread(stage.said()[0])[-1]
    assert "Paste the URL" in newest.buttons, "the card of the present stands at the end"
    await lost.press("Enter user name and password")
    await stage.quiet()
    assert stage.link.step.value == "service_url", "a button of the time that was lost changes nothing"
    assert (await stage.paste()).closed
    await stage.becomes(lambda link: link.step.value == "isu")
    await stage.quiet()
    await stage.enter()
    await stage.finish(tenant)
    assert tenant.logins(ISU).bad == 0


async def test_the_recipe_for_postgresql_as_it_is_printed(tmp_path: Path, postgres: Callable[[], str]) -> None:
    """The two lines of docs/operations.md, run by a shell."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    dump, restore = re.findall(r"^(pg_(?:dump|restore) .*?)(?: +#.*)?$", page, re.MULTILINE)
    url = postgres()
    async with staged(tmp_path, database_url=url) as stage:
        tenant = stage.tenant()
        await stage.to_service_url()
        await stage.quiet()
        stage.slack.faults.next("chat.postMessage", rate_limited=2)
        await stage.ada.says("help", thread=stage.said()[0])
        await until(lambda: stage.slack.faults.happened or None, 5, lambda: "no post was tried")
        environment = {
            "PATH": f"{postgres_programs(url)}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PG_URL": url.replace("+psycopg", ""),
            "DATABASE_URL": url,
            "SLACK_BOT_TOKEN": stage.slack.bot_token,
            "SLACK_SIGNING_SECRET": stage.slack.signing_secret,
            "CREDENTIAL_KEYS": KEY,
        }

        async def shell(line: str) -> str:
            ran = await asyncio.create_subprocess_shell(
                line, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            told = (await ran.communicate())[0].decode()
            assert ran.returncode == 0, told
            return told

        await shell(dump)
        assert (await stage.paste()).closed
        lost = await stage.ada.sees("Enter user name and password", timeout=10)
        await stage.quiet()
        await stage.stop()
        assert "Links restored: 1" in await shell(restore)
        await stage.start()
        await goes_on(stage, tenant, lost)


async def test_a_link_goes_on_where_it_was_brought_to(tmp_path: Path, postgres: Callable[[], str]) -> None:
    async with staged(tmp_path) as stage:
        tenant, said, url = stage.tenant(), list[str](), postgres()
        await stage.to_isu()
        await stage.enter()
        await stage.ada.sees("I've exempted it", timeout=10)
        settings = stage.settings(**stage.more)
        await stage.stop()
        before = len(stage.slack.thread(stage.said()[0]))
        address = tmp_path / "address"
        address.write_text(url)
        assert backups.copy_to(settings, f"@{address}", said.append) == 0
        assert "The same on both sides" in said[0]
        assert backups.copy_to(settings, settings.database_url, said.append) == 1
        await stage.start(database_url=url)
        await stage.quiet()
        assert len(stage.slack.thread(stage.said()[0])) == before, "nothing is said anew"
        await stage.finish(tenant)
        assert backups.copy_to(settings, url, said.append) == 1, "it has gone on, and is no copy any more"
        assert said[-1].startswith("Nothing was copied: the table")
