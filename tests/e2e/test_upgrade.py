"""One release back: a newer one has changed the database, as it may, and this one goes on with it."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select, update

from bot.ops import backups, check
from bot.ops.check import Level
from storage import migrate
from storage.tables import LinkRow
from tests.support.stage import staged


def as_a_newer_release(session: Session) -> None:
    """Expand, as the next release may: a column, a table, a revision, and a field in the document."""
    connection = session.connection()
    connection.execute(text("ALTER TABLE linkrow ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'"))
    connection.execute(text("CREATE TABLE moodrow (id TEXT PRIMARY KEY)"))
    connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_next_release'"))
    document = json.loads(session.exec(select(LinkRow.document)).one())
    document["value"]["mood"] = {"since": "2026-03-02"}
    session.exec(update(LinkRow).where(col(LinkRow.id).is_not(None)).values(document=json.dumps(document)))


async def test_back_one_release_goes_on_and_keeps_what_it_does_not_know(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        tenant = stage.tenant()
        await stage.to_isu()
        await stage.quiet()
        # The newer one runs beside this one for a while, then is taken back.
        stage.app.database.run_sync(as_a_newer_release)
        await stage.enter()
        await stage.ada.sees("I've exempted it", timeout=10)
        await stage.stop()
        said: list[str] = []
        assert backups.copy_to(stage.settings(**stage.more), f"sqlite:///{tmp_path}/other.db", said.append) == 1
        assert said[0].startswith("A newer release has been here"), "it would leave behind what it does not know"
        url = stage.settings(**stage.more).database_url
        assert migrate.is_newer(url)
        assert not migrate.pending(url)
        await stage.start()
        await stage.finish(tenant)
        row = stage.app.database.run_sync(lambda session: session.exec(select(LinkRow.document)).one())
        assert json.loads(row)["value"]["mood"] == {"since": "2026-03-02"}
        (line,) = (one for one in check._stored(stage.settings(**stage.more)) if one.what == "Database")  # noqa: SLF001
        assert (line.level, "a newer release" in line.text) == (Level.WARNING, True)
