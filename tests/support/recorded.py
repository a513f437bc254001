"""Puts back what an older release has left, as `tests/support/recording.py` wrote it down; judges nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Integer, MetaData, create_engine, func, select

from sandbox.slack.workspace import Channel, Team, User, World
from sandbox.slack.workspace.world import Post
from storage import migrate
from storage.database.address import read_url
from tests.support.recording import RELEASES

T = TypeVar("T")

RECORDED = sorted(path.name for path in RELEASES.iterdir())


def slack_of(release: str, clock: Callable[[], float]) -> tuple[World, datetime]:
    """Return who and what was in Slack, and when the release left it."""
    told = json.loads((RELEASES / release / "slack.json").read_text("utf-8"))
    world = World(clock)
    world.teams = {team["id"]: _made(Team, team) for team in told["teams"]}
    world.users = {user["id"]: _made(User, user) for user in told["users"]}
    for one in told["channels"]:
        posts = [_made(Post, post) for post in one.pop("messages")]
        channel = world.channels[one["id"]] = _made(Channel, one)
        for post in posts:
            channel.add(post)
    return world, datetime.fromisoformat(told["left_at"])


def _made(kind: type[T], told: dict[str, Any]) -> T:
    known = signature(kind).parameters
    return kind(**{name: value for name, value in told.items() if name in known})


def fill(release: str, url: str, folder: Path) -> None:
    """Fill an empty database with what the release had stored, in the schema that it had then."""
    file = folder / f"{release}.db"
    target = read_url(url)
    if target.get_backend_name() == "sqlite":
        file = Path(target.database or "")
    with closing(sqlite3.connect(file)) as database:
        database.executescript((RELEASES / release / "database.sql").read_text("utf-8"))
        (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    if target.get_backend_name() == "sqlite":
        return
    migrate.upgrade(url, revision)
    there, here = MetaData(), create_engine(target)
    source = create_engine(f"sqlite:///{file}")
    with source.connect() as left, here.begin() as right:
        there.reflect(right)
        for table in there.sorted_tables:
            rows = left.execute(table.select()).mappings().all()
            if rows and table.name != "alembic_version":
                right.execute(table.insert(), [dict(row) for row in rows])
            for column in table.primary_key:
                if isinstance(column.type, Integer):
                    # A number that the database gives goes on after the highest one that was brought.
                    asked = func.setval(func.pg_get_serial_sequence(table.name, column.name), func.max(column))
                    right.execute(select(asked).where(column.is_not(None)))
    here.dispose()
    source.dispose()
