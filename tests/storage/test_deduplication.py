from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, func, select

from storage import deduplication as inbox
from storage.tables import InboxRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.database.transactions import Database


def test_a_delivery_counts_once(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    assert not inbox.is_known(session, "Ev1")
    assert inbox.first_time(session, "Ev1", now)
    assert inbox.is_known(session, "Ev1")
    assert not inbox.first_time(session, "Ev1", minutes(5))
    assert inbox.first_time(session, "Ev2", minutes(5))
    assert inbox.prune(session, minutes(5), signed_before=minutes(5)) == 1
    assert inbox.first_time(session, "Ev1", minutes(5))


def test_a_delivery_repeated_at_once_counts_once(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as replicas:
        take = lambda _: database.run_sync(lambda session: inbox.first_time(session, "Ev1", now))  # noqa: E731
        assert sum(replicas.map(take, range(24))) == 1


def test_a_delivery_whose_turn_failed_is_new_again(database: Database, now: datetime) -> None:
    def fail(session: Session) -> None:
        assert inbox.first_time(session, "Ev1", now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run_sync(fail)
    assert database.run_sync(lambda session: inbox.first_time(session, "Ev1", now))


def test_a_signed_request_is_forgotten_sooner(
    session: Session, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    for key in ("Ev1", f"{inbox.SIGNED}v0=1"):
        inbox.first_time(session, key, now)
    inbox.first_time(session, f"{inbox.SIGNED}v0=2", minutes(4))
    assert inbox.prune(session, now, signed_before=minutes(3)) == 1
    assert not inbox.first_time(session, "Ev1", now)
    assert not inbox.first_time(session, f"{inbox.SIGNED}v0=2", now)


def test_what_is_counted_has_one_row_however_often_it_comes(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as replicas:
        take = lambda _: database.run_sync(lambda session: inbox.count(session, "x", now))  # noqa: E731
        assert sorted(replicas.map(take, range(24))) == list(range(1, 25))
    assert database.run_sync(lambda session: session.exec(select(func.count()).select_from(InboxRow)).one()) == 1
    assert database.run_sync(lambda session: inbox.count(session, "y", now)) == 1
    assert not database.run_sync(lambda session: inbox.first_time(session, "x", now))
