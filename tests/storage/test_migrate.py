from __future__ import annotations

import ast
import re
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, String, inspect, text
from sqlmodel import Session, col, select

from flows.link.effects import Say, SendSheet
from flows.link.state import Status
from storage import link_lists, migrate
from storage import links as store
from storage.credentials.keyring import KeyRing, new_key
from storage.credentials.rotation import missing_keys, rotate
from storage.database.address import DatabaseError, read_url
from storage.database.engines import new_engine
from storage.database.transactions import Database
from storage.serialization import read_effect
from storage.tables import ErrandRow, LinkRow
from tests.support.forked import PROCESSES
from tests.support.recorded import RECORDED, fill
from tests.support.recording import RELEASES
from tests.support.secrets_at_rest import get, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.link.effects import Effect
    from flows.link.state import Link


def tables(url: str) -> set[str]:
    engine = new_engine(read_url(url))
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_up_down_up(empty_url: str) -> None:
    assert migrate.pending(empty_url)
    migrate.upgrade(empty_url)
    assert not migrate.pending(empty_url)
    assert {"linkrow", "errandrow", "secretrow"} < tables(empty_url)
    migrate.downgrade(empty_url, "base")
    assert tables(empty_url) == {"alembic_version"}
    assert migrate.pending(empty_url)
    migrate.upgrade(empty_url)
    assert not migrate.pending(empty_url)


def test_migrations_and_tables_agree(url: str) -> None:
    assert migrate.drift(url) is None


def test_drift_is_noticed(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    engine = new_engine(read_url(empty_url))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE pulserow ADD COLUMN extra VARCHAR"))
    engine.dispose()
    assert "extra" in (migrate.drift(empty_url) or "")


def test_replicas_that_start_together_migrate_once(empty_url: str) -> None:
    replicas = [PROCESSES.Process(target=migrate.upgrade, args=(empty_url,)) for _ in range(2)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join(60)
    assert [replica.exitcode for replica in replicas] == [0, 0]
    assert not migrate.pending(empty_url)


def test_an_open_database_migrates(empty_url: str) -> None:
    with closing(Database(empty_url)) as database:
        migrate.upgrade(database)
        assert database.run_sync(link_lists.next_wake) is None


def test_rows_survive_a_table_that_sqlite_has_to_replace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    migrate.upgrade(url)
    with migrate._connection(url) as connection:  # noqa: SLF001
        connection.execute(text("INSERT INTO gaterow VALUES ('a', '2026-01-01 00:00:00.000000')"))
        connection.execute(text("INSERT INTO loginrow VALUES ('x', 'a', '2026-01-01 00:00:00.000000')"))
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("gaterow", recreate="always") as batch:
            batch.add_column(Column("extra", String))
        assert connection.execute(text("SELECT count(*) FROM loginrow")).scalar() == 1


def test_secrets_sealed_by_an_older_release_still_open(
    empty_url: str, make_link: Callable[..., Link], now: datetime
) -> None:
    key = new_key("k1")
    ring, link = KeyRing.parse(key), make_link()
    migrate.upgrade(empty_url)
    with closing(Database(empty_url)) as database:
        database.run_sync(lambda session: store.create(session, link, (), wake_at=None, now=now))
        ref = database.run_sync(lambda session: put(session, ring, link.id, "hunter2", now))

        def bare(session: Session) -> bytes:
            return bytes(session.connection().execute(text("SELECT sealed FROM secretrow")).scalar_one())

        newest = database.run_sync(bare)
        migrate.downgrade(empty_url, "a41c7e9d2f58")
        older = database.run_sync(bare)
        assert older[:4] == b"\x01\x02k1"
        assert len(older) == len(newest) - 2
        migrate.upgrade(empty_url)
        assert database.run_sync(bare)[:1] == b"\x01", "it opens as it is"
        assert database.run_sync(partial(get, ring=ring, ref=ref)) == "hunter2"
        assert missing_keys(database, ring) == set()
        newer = KeyRing.parse(f"{new_key('k2')},{key}")
        assert rotate(database, newer) == 1
        assert database.run_sync(bare)[:1] == b"\x02"
        assert database.run_sync(partial(get, ring=newer, ref=ref)) == "hunter2"


def test_columns_are_filled_from_the_documents_of_an_older_release(
    empty_url: str, make_link: Callable[..., Link], now: datetime
) -> None:
    plain, shut = make_link(id="l1"), make_link(id="l2", blocked="token_revoked")
    gone = make_link(id="l3", status=Status.CANCELLED, erase=True)
    migrate.upgrade(empty_url)
    with closing(Database(empty_url)) as database:

        def create(session: Session) -> None:
            for link in (plain, shut, gone):
                store.create(session, link, (), wake_at=now, now=now)

        database.run_sync(create)
        older = text("UPDATE linkrow SET document = :flat WHERE id = :id")
        flat = '{"profile": "absence", "blocked": "token_revoked", "erase": false}'
        migrate.downgrade(empty_url, "c7d20b64e913")
        database.run_sync(lambda session: session.connection().execute(older, {"flat": flat, "id": shut.id}))
        migrate.upgrade(empty_url)
        read = select(LinkRow.profile, LinkRow.blocked, LinkRow.erase).order_by(col(LinkRow.id))
        assert database.run_sync(lambda session: session.exec(read).all()) == [
            ("recruiting", None, False),
            ("absence", "token_revoked", False),
            ("recruiting", None, True),
        ]


def test_a_list_that_an_older_release_was_to_send_goes_as_files(
    empty_url: str, make_link: Callable[..., Link], now: datetime
) -> None:
    migrate.upgrade(empty_url)
    with closing(Database(empty_url)) as database:
        effects = (Say(key="say.coming"), SendSheet())
        database.run_sync(lambda session: store.create(session, make_link(), effects, wake_at=None, now=now))
    migrate.downgrade(empty_url, "3c9f07b1d6e8")
    with closing(Database(empty_url)) as database:
        assert _waiting(database) == [Say(key="say.coming"), Say(key="say.sheet")]
    migrate.upgrade(empty_url)
    with closing(Database(empty_url)) as database:
        assert _waiting(database) == list(effects)


def _waiting(database: Database) -> list[Effect]:
    written = select(ErrandRow.kind, ErrandRow.payload).order_by(col(ErrandRow.seq))
    rows = database.run_sync(lambda session: session.exec(written).all())
    return [read_effect(kind, payload) for kind, payload in rows]


def test_dangling_rows_stop_a_migration(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    migrate.upgrade(url)
    migrate.downgrade(url, "-1")
    engine = new_engine(read_url(url), foreign_keys=False)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO loginrow VALUES ('x', 'nobody', '2026-01-01 00:00:00.000000')"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="refer to nothing"):
        migrate.upgrade(url)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        migrate.upgrade("postgresql+psycopg://user:hunter2@127.0.0.1:1/x")
    assert "DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


MIGRATIONS = Path(__file__).parents[2] / "storage" / "migrations" / "versions"


def test_a_migration_after_a_release_only_adds() -> None:
    """Expand in one release; contract in a later one, whose migration says `Contracts:` and the last that used it."""
    text_of = {path: path.read_text("utf-8") for path in MIGRATIONS.glob("*.py")}
    follows = dict(re.findall(r"^Revision: (\w+), after (\w+)$", "\n".join(text_of.values()), re.MULTILINE))
    released = {_revision_of(release) for release in RECORDED}
    while before := {follows[one] for one in released if one in follows} - released:
        released |= before
    later = [path.name for path, text in text_of.items() if takes_away(text) and not _revision(text) & released]
    assert later == []
    assert len(released) >= 18, "the chain is read to its beginning"
    assert takes_away("def upgrade():\n    op.drop_column('linkrow', 'mood')\n")
    assert takes_away(
        "def upgrade():\n    op.add_column(\n        'linkrow',\n        Column('mood', nullable=False),\n    )\n"
    )
    assert not takes_away(
        "def upgrade():\n    op.create_table('mood')\n\ndef downgrade():\n    op.drop_table('mood')\n"
    )


def _revision_of(release: str) -> str:
    (found,) = re.findall(
        r'"alembic_version" VALUES\(\'(\w+)', (RELEASES / release / "database.sql").read_text("utf-8")
    )
    return str(found)


def _revision(migration: str) -> set[str]:
    return set(re.findall(r"^revision: str = ['\"](\w+)", migration, re.MULTILINE))


@pytest.mark.parametrize("release", RECORDED)
def test_all_that_an_older_release_uses_is_there_after_the_upgrade(tmp_path: Path, release: str) -> None:
    """It runs beside the newer one until the last replica is replaced."""
    url = f"sqlite:///{tmp_path}/older.db"
    fill(release, url, tmp_path)
    older = _columns(url)
    migrate.upgrade(url)
    newer = _columns(url)
    assert older.keys() <= newer.keys()
    known = {table for table, _ in older}
    assert [name for name, is_asked in newer.items() if is_asked and name[0] in known and not older.get(name)] == []


def _columns(url: str) -> dict[tuple[str, str], bool]:
    """Return each column, and whether whoever writes a row has to give it."""
    engine = new_engine(read_url(url))
    asked = inspect(engine)
    found = {
        (table, column["name"]): not column["nullable"] and column["default"] is None
        for table in asked.get_table_names()
        for column in asked.get_columns(table)
    }
    engine.dispose()
    return found


def takes_away(migration: str) -> bool:
    """Tell whether a release that does not know of this migration could fail after it."""
    (upgrade,) = (
        one for one in ast.parse(migration).body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"
    )
    calls = [ast.unparse(one) for one in ast.walk(upgrade) if isinstance(one, ast.Call)]
    is_less = any(re.match(r"\w+\.(drop_table|drop_column|rename_table)\(", call) for call in calls)
    changes = [call for call in calls if re.match(r"\w+\.(add_column|alter_column)\(", call)]
    asks_more = [call for call in changes if "nullable=False" in call and "server_default" not in call]
    renames = [call for call in changes if "new_column_name" in call]
    return bool(is_less or asks_more or renames) and "Contracts: " not in migration


def test_what_a_newer_release_has_migrated_is_left_alone(url: str) -> None:
    """One release back: its schema has all that this one uses, and nothing is taken back."""
    with closing(Database(url)) as database:
        newer = text("UPDATE alembic_version SET version_num = 'of_the_next_release'")
        database.run_sync(lambda session: session.connection().execute(newer))
    assert migrate.is_newer(url)
    assert not migrate.pending(url)
    migrate.upgrade(url)
    assert migrate.is_newer(url)
