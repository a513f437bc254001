from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlmodel import select

from storage.limits import login_attempts as logins
from storage.limits.login_attempts import Reservation
from storage.tables import GateRow, LoginRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from storage.database.transactions import Database


def reserve(session: Session, now: datetime, account_key: str = "isu") -> Reservation | datetime:
    return logins.reserve(session, account_key=account_key, now=now, once=uuid4().hex)


def test_a_third_bad_login_has_to_wait(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    for minute in (0, 10):
        leave = reserve(session, minutes(minute))
        assert isinstance(leave, Reservation)
        logins.settle(session, leave.id, good=False, now=minutes(minute + 1))
    assert reserve(session, minutes(20)) == minutes(31)
    assert isinstance(reserve(session, now, "other"), Reservation)
    assert reserve(session, minutes(31) - timedelta(microseconds=1)) == minutes(31)
    assert isinstance(reserve(session, minutes(31)), Reservation)
    assert reserve(session, minutes(31)) == minutes(41)


def test_good_logins_do_not_count(session: Session, now: datetime) -> None:
    for _ in range(5):
        leave = reserve(session, now)
        assert isinstance(leave, Reservation)
        logins.settle(session, leave.id, good=True, now=now)


def test_an_unknown_outcome_counts(session: Session, now: datetime, minutes: Callable[[float], datetime]) -> None:
    assert isinstance(reserve(session, now), Reservation)
    assert isinstance(reserve(session, now), Reservation)
    assert reserve(session, now) == minutes(30)


def test_a_hundred_at_once_get_two(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(10) as people:
        answers = list(people.map(lambda _: database.run_sync(lambda session: reserve(session, now)), range(100)))
    assert sum(isinstance(answer, Reservation) for answer in answers) == 2


def test_old_logins_and_accounts_are_forgotten_and_the_cap_is_kept(
    session: Session, minutes: Callable[[float], datetime]
) -> None:
    def kept() -> tuple[set[str], list[str]]:
        gates, found = session.exec(select(GateRow.account_key)), session.exec(select(LoginRow.account_key))
        return set(gates), sorted(found)

    for account, minute in (("old", 0), ("late", 1), ("new", 60), ("new", 61)):
        assert isinstance(reserve(session, minutes(minute), account), Reservation)
    late = session.exec(select(LoginRow.id).where(LoginRow.account_key == "late")).one()
    logins.settle(session, late, good=False, now=minutes(31))
    logins.prune(session, minutes(30))
    assert kept() == ({"late", "new"}, ["late", "new", "new"])
    assert reserve(session, minutes(62), "new") == minutes(90)
    logins.prune(session, minutes(60))
    assert kept() == ({"new"}, ["new", "new"])
    logins.prune(session, minutes(24 * 60))
    assert kept() == (set(), [])
    assert isinstance(reserve(session, minutes(24 * 60), "old"), Reservation)


def test_a_second_try_of_the_same_counts_once(session: Session, now: datetime) -> None:
    for _ in range(5):
        assert isinstance(logins.reserve(session, account_key="isu", now=now, once="check"), Reservation)


def test_the_tries_left_are_counted_and_come_back(
    session: Session, now: datetime, minutes: Callable[[float], datetime]
) -> None:
    assert logins.left(session, "isu", now) == logins.CAP
    logins.reserve(session, account_key="isu", now=now, once="a")
    assert logins.left(session, "isu", now) == 1
    assert logins.left(session, "another", now) == logins.CAP
    logins.reserve(session, account_key="isu", now=minutes(10), once="b")
    assert logins.left(session, "isu", minutes(10)) == 0
    logins.settle(session, "b", good=True, now=minutes(11))
    assert logins.left(session, "isu", minutes(11)) == 1
    assert logins.left(session, "isu", minutes(30)) == logins.CAP


def test_the_second_try_is_for_whoever_has_proved_the_account(session: Session, now: datetime) -> None:
    assert isinstance(
        logins.reserve(session, account_key="isu", now=now, once="theirs", most=logins.OTHERS), Reservation
    )
    assert logins.reserve(session, account_key="isu", now=now, once="again", most=logins.OTHERS) == now + logins.WINDOW
    assert isinstance(reserve(session, now), Reservation)
    assert reserve(session, now) == now + logins.WINDOW
