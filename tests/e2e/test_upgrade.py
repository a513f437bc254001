"""What another release has left: an older one before this one, a newer one beside it or before it came back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import Session, col, select, update

from bot.ops import backups, check
from bot.ops.check import Level
from flows.link.effects import RunCheck, Say
from flows.link.state import Step
from sandbox.slack import SlackSandbox
from sandbox.slack.waiting import until
from sandbox.workday import WorkdaySandbox
from storage import migrate
from storage.migrations.upcasters import newest
from storage.outbox import errands
from storage.tables import ErrandRow, LinkRow
from tests.support.backdrop import HOST, ISU, Clock
from tests.support.recorded import RECORDED, fill, slack_of
from tests.support.recording import GLOBEX_PASSWORD, KEY, press
from tests.support.stage import Stage, staged


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("release", RECORDED)
async def test_links_of_an_older_release_go_on(
    tmp_path: Path, request: pytest.FixtureRequest, release: str, database: str
) -> None:
    url = f"sqlite:///{tmp_path}/link.db" if database == "sqlite" else request.getfixturevalue("postgres")()
    fill(release, url, tmp_path)
    clock = Clock()
    world, left_at = slack_of(release, clock.seconds)
    clock.set(left_at)
    async with (
        SlackSandbox(clock=clock.seconds, world=world) as slack,
        WorkdaySandbox(clock=clock.seconds) as workday,
    ):
        stage = Stage(slack, workday, clock, tmp_path)
        tenant = stage.tenant()
        workday.tenant("nimbus_dpt1")
        other = workday.tenant("globex_dpt1")
        other.create_integration_system_user(ISU, password=GLOBEX_PASSWORD, require_new_password=False)
        migrate.upgrade(url)
        await stage.start(database_url=url, credential_keys=SecretStr(KEY))
        try:
            stage.grant(tenant)
            tenant.activate_pending_security_policy_changes("Let it in")
            # What waited is sent, once, and what an older release has posted is pressed.
            await stage.later(minutes=5)
            await press(stage, "Orbit", "I can do this")
            await press(stage, "Nimbus", "Paste the URL")
            assert (
                await stage.send(
                    stage.ada, "Workday service URL", {"Endpoint": f"https://{HOST}/ccx/api/v1/nimbus_dpt1"}
                )
            ).closed
            await press(stage, "Globex", "Enter")
            sent = await stage.send(stage.ada, "Integration user", {"User name": ISU, "Password": GLOBEX_PASSWORD})
            assert sent.closed
            await stage.ada.sees("I've exempted it", timeout=10)
            before = tenant.logins(ISU).good
            await stage.days(1)
            assert tenant.logins(ISU).good > before, "the finished link is looked at"
            assert {link.customer: link.step for link in stage.links()} == {
                "Acme": Step.LINKED,
                "Globex": Step.EXPIRY,
                "Nimbus": Step.ISU,
                "Orbit": Step.SERVICE_URL,
            }
            assert not [link.customer for link in stage.links() if link.open_issue or link.attempt.trouble]
            assert not stage.doubled()
            states = select(ErrandRow.state).distinct()
            assert set(stage.app.database.run_sync(lambda session: session.exec(states).all())) == {"sent"}
        finally:
            await stage.stop()


def as_a_newer_release(session: Session) -> None:
    """Expand, as the next release may: a column, a table, a revision, and a field in the document."""
    connection = session.connection()
    connection.execute(text("ALTER TABLE linkrow ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'"))
    connection.execute(text("CREATE TABLE moodrow (id TEXT PRIMARY KEY)"))
    connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_next_release'"))
    document = json.loads(session.exec(select(LinkRow.document)).one())
    document["value"]["mood"] = {"since": "2026-03-02"}
    session.exec(update(LinkRow).where(col(LinkRow.id).is_not(None)).values(document=json.dumps(document)))


async def test_what_a_newer_release_beside_this_one_has_written_is_left_to_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        card = await stage.to_service_url()
        await stage.quiet()
        (before,), said = rows_of(stage), len(stage.said())
        wakes = stage.clock()

        def newer(session: Session) -> None:
            errands.enqueue(session, before.id, (Say(key="command.unknown", names={"word": "tango"}),), wakes)
            session.exec(update(ErrandRow).where(col(ErrandRow.settled_at).is_(None)).values(kind="Sing"))
            errands.enqueue(session, before.id, (RunCheck(check_id="theirs"),), wakes)
            document = before.document.replace(f'"schema":{newest("Link")}', f'"schema":{newest("Link") + 1}', 1)
            session.exec(update(LinkRow).where(col(LinkRow.id) == before.id).values(document=document, wake_at=wakes))

        stage.app.database.run_sync(newer)
        await card.press("Paste the URL")
        await stage.ada.whispered("I cannot read this link right now")
        await stage.later(seconds=20)
        await stage.later(seconds=20)
        (left,) = rows_of(stage)
        assert (left.wake_at, left.version, len(stage.said())) == (wakes, before.version, said)
        waiting = select(ErrandRow.kind, ErrandRow.tries).where(col(ErrandRow.settled_at).is_(None))

        def found() -> list[tuple[str, int]]:
            return stage.app.database.run_sync(lambda session: sorted(session.exec(waiting).all()))

        # A try is counted for the moment in which it is looked at.
        await until(lambda: found() == [("RunCheck", 0), ("Sing", 0)] or None, 2, lambda: str(found()))

        def taken(session: Session) -> None:
            session.exec(update(ErrandRow).where(col(ErrandRow.kind) == "Sing").values(kind="Say"))
            session.exec(update(LinkRow).where(col(LinkRow.id) == before.id).values(document=before.document))

        stage.app.database.run_sync(taken)
        await stage.later(seconds=20)
        await stage.quiet()
        assert len(stage.said()) == said + 1
        await card.press("Paste the URL")


def rows_of(stage: Stage) -> list[LinkRow]:
    return stage.app.database.run_sync(lambda session: list(session.exec(select(LinkRow)).all()))


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
