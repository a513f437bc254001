"""Raw rows for whoever counts with tools of their own: links and events as CSV, no name in them; counts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from sqlmodel import Session

from bot.config.settings import Settings, rules_of
from bot.ops.audit_log import open_private
from bot.ops.record import Deed, note
from bot.turns import APP
from flows.papers.insight import LINK_COLUMNS, link_row
from flows.papers.plain_files import table
from storage import link_lists
from storage.database.transactions import Database
from storage.reports import journeys

Rows: TypeAlias = Callable[[Session, datetime], Iterator[Sequence[str]]]
"""Yields the names of the columns and then the rows."""

AT_ONCE = 500


def of_links(session: Session, now: datetime, *, settings: Settings) -> Iterator[Sequence[str]]:
    """Yield every link that can be read."""
    rules = rules_of(settings)
    yield LINK_COLUMNS
    found, after = link_lists.page(session)
    while True:
        yield from (link_row(link, now, rules) for link in found)
        if not after:
            return
        found, after = link_lists.page(session, after=after)


def of_events(session: Session, _now: datetime) -> Iterator[Sequence[str]]:
    """Yield every line of every history."""
    yield journeys.EVENT_COLUMNS
    yield from journeys.events(session)


def write(database: Database, to: Path, rows: Rows, now: datetime) -> int:
    """Write rows as CSV, for the owner of the file alone, some at a time; returns how many. Raises OSError."""

    def work(session: Session) -> int:
        found = rows(session, now)
        columns, count, some = next(found), 0, list[Sequence[str]]()
        with open_private(to) as file:
            file.write(table(columns, ()).encode("utf-8-sig"))
            for row in found:
                some.append(row)
                if len(some) == AT_ONCE:
                    file.write(_lines(some))
                    count, some = count + AT_ONCE, []
            file.write(_lines(some))
        return count + len(some)

    written = database.read_sync(work)
    database.run_sync(lambda session: note(session, APP, Deed.EXPORT, now))
    return written


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    return table((), rows).partition("\r\n")[2].encode()
