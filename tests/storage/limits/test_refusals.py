"""What a tenant has to refuse is counted for all links at once, and dry runs stop before there are too many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import col, select

from flows.diagnosis.limits import MOST_REFUSED
from storage.limits import refusals
from storage.tables import RefusalRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from storage.database.transactions import Database


def reserve(session: Session, now: datetime, once: str, wanted: int = 5, tenant_key: str = "acme") -> int:
    return refusals.reserve(session, tenant_key=tenant_key, now=now, once=once, wanted=wanted)


def test_dry_runs_are_granted_as_long_as_the_last_hour_has_room(
    session: Session, minutes: Callable[[float], datetime]
) -> None:
    refusals.settle(session, tenant_key="acme", now=minutes(0), once="reads", times=MOST_REFUSED - 8)
    assert reserve(session, minutes(10), "a") == 5
    assert reserve(session, minutes(20), "b") == 3
    assert reserve(session, minutes(30), "c") == 0
    assert reserve(session, minutes(30), "c", tenant_key="another") == 5
    assert reserve(session, minutes(60), "d", MOST_REFUSED) == MOST_REFUSED - 8, "the reads are an hour old"


def test_what_was_reserved_counts_until_it_is_settled_and_once(
    session: Session, minutes: Callable[[float], datetime]
) -> None:
    for _ in range(20):
        assert reserve(session, minutes(0), "again", 4) == 4
    refusals.settle(session, tenant_key="acme", now=minutes(1), once="again", times=MOST_REFUSED - 1)
    assert reserve(session, minutes(2), "b") == 1
    refusals.settle(session, tenant_key="acme", now=minutes(3), once="b", times=0)
    assert reserve(session, minutes(4), "c") == 1
    refusals.settle(session, tenant_key="acme", now=minutes(5), once="more than may be", times=MOST_REFUSED)
    assert reserve(session, minutes(6), "d") == 0


def test_many_at_once_get_no_more_than_there_is(database: Database, now: datetime) -> None:
    def one(number: int) -> int:
        return database.run_sync(partial(reserve, now=now, once=str(number), wanted=3))

    with ThreadPoolExecutor(10) as people:
        assert sum(people.map(one, range(40))) == MOST_REFUSED


def test_what_is_long_ago_is_forgotten(session: Session, minutes: Callable[[float], datetime]) -> None:
    for minute in (0, 90):
        reserve(session, minutes(minute), str(minute))
    refusals.prune(session, minutes(89))
    assert session.exec(select(col(RefusalRow.id))).all() == ["90"]
